#pragma once
#include <string_view>
#include <vector>

#include "runtime/broadcast.h"
#include "runtime/operation.h"

namespace vippl::runtime {

/// One step of what a fused sum computes for each of its terms.
struct FusedStep {
  enum class Kind {
    input,     ///< element `broadcast[i]` of input `left`
    product,   ///< row i of the matrix of data `left` times the vector `right`, both inputs
    add,       ///< of the steps `left` and `right`, as those below
    subtract,  //
    multiply   //
  };
  Kind kind = Kind::input;
  std::size_t left = 0;
  std::size_t right = 0;
  Broadcast broadcast;  ///< of an input
};

/// What an input of the operation is, by its number.
struct FusedInput {
  Index size = 0;
  bool fixed = false;
};

/// What is known of a density whatever the point, and has been looked at: the scales of a normal
/// density, which are positive and finite, or the counts of a Poisson density. Nothing of others.
struct KnownTerms {
  std::vector<double> inverses;  ///< of the scales: per term, or one for all
  /// The sum over the terms before this one, and that of all, of what the log density is less by:
  /// of the log of the scale and log(2 pi) / 2, or log(y!). One number if it is the same for each
  /// term.
  std::vector<double> sums;
};

/// The sum of a density over its terms, with what its arguments are computed from: some terms at a
/// time, so that nothing between the inputs and the sum leaves the first-level cache. The
/// derivatives are computed in the same pass and wait, summed, for backward().
class FusedSum final : public Operation {
 public:
  static constexpr std::size_t max_steps = 12;

  /// `arguments`: the steps that the density is taken of. Steps come after those that they use, and
  /// each is used once.
  FusedSum(std::string_view name, ScalarKernel kernel, DensityForm form,
           std::vector<FusedInput> inputs, std::vector<FusedStep> steps,
           std::vector<std::size_t> arguments, Index terms, KnownTerms known);

  std::string_view name() const override { return name_; }
  Index scratch_size(Index lanes) const override;
  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* scratch) const override;
  void backward(const Frame& frame, std::span<const Operand> in, const double* out,
                const double* out_adjoint, double* scratch) const override;

 private:
  class Pass;
  /// How the elements of an indexed input stand under the terms of a tile.
  enum class Layout : unsigned char { in_order, all_the_same, scattered };
  struct Tile {
    Index first = 0;
    Index count = 0;
    Index layouts = 0;  ///< where those of its steps begin
  };
  struct Tiles {
    std::vector<Tile> tiles;
    std::vector<Layout> layouts;
  };

  Tiles tiles(Index most) const;
  Index sum_size(std::size_t step) const;
  std::vector<char> joined_products() const;
  Index sums_at(std::size_t step, Index lanes) const { return sum_begins_[step] * lanes; }
  Index sums_size(Index lanes) const { return sum_begins_.back() * lanes; }

  std::string_view name_;
  ScalarKernel kernel_;
  DensityForm form_;
  std::vector<FusedInput> inputs_;
  std::vector<FusedStep> steps_;
  std::vector<std::size_t> arguments_;
  Index terms_;
  KnownTerms known_;
  std::vector<char> active_;       // per step: depends on a latent
  std::vector<char> is_joined_;    // per step: a product that the step that adds it computes
  std::vector<Index> sum_begins_;  // of the derivatives by the inputs of each step, and their end
  Tiles tiles_of_one_;             // for one point
  Tiles tiles_of_many_;
};

}  // namespace vippl::runtime
