#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/operation.h"

namespace vippl::runtime {

/// A number among the inputs of an operation.
struct InputElement {
  std::uint32_t input = 0;
  std::int32_t at = 0;
};

/// What observations y that share their coefficients b leave of themselves, where the location is
/// X b: the first rows of the triangular factor of [X e], where e = y - X origin, for some origin
/// close to the best fit. The sum of squares of y - X b is that of e - factor (b - origin): nowhere
/// a difference of large numbers, as there would be with X'X.
struct FactorBlock {
  std::vector<InputElement> coefficients;
  std::vector<double> origin;  ///< one number per coefficient
  Index rows = 0;
  std::vector<double> factor;  ///< of X: rows x coefficients, row-major, zero below the diagonal
  std::vector<double> e;       ///< its last column, one number per row
};

/// The log density of independent normal observations with one scale, whose locations are linear in
/// the inputs: constant - observations log(scale) - (sum of squares) / (2 scale^2). The scale is
/// the last input, or 1 for all if there is none.
class NormalStatistics final : public Operation {
 public:
  NormalStatistics(std::span<const FactorBlock> blocks, Index observations, double constant,
                   bool has_scale);

  std::string_view name() const override { return "normal_statistics"; }
  Index scratch_size(Index lanes) const override;
  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* scratch) const override;
  void backward(const Frame& frame, std::span<const Operand> in, const double* out,
                const double* out_adjoint, double* scratch) const override;

 private:
  struct Block {
    Index columns = 0;
    Index rows = 0;
  };
  // Rows of a triangular factor without the columns before the first of them, where all are zero.
  struct Panel {
    Index first = 0;  // row, and column
    Index rows = 0;
    Index columns = 0;
    Index at = 0;  // where its rows x columns numbers begin among factors_
  };
  template <class Body>
  static Index for_each_panel(const Block& block, Index at, Body&& body);
  template <class Lanes>
  void find_residuals(Lanes lanes, std::span<const Operand> in, double* residuals,
                      double* shifted) const;
  template <class Lanes>
  void pull_back(Lanes lanes, std::span<const Operand> in, const double* residuals,
                 const double* weights, double* adjoints) const;

  // Those of all blocks, one behind the other.
  std::vector<Block> blocks_;
  std::vector<InputElement> coefficients_;
  std::vector<double> origins_;
  std::vector<double> factors_;  // panel by panel: see for_each_panel
  std::vector<double> e_;
  double observations_;
  double constant_;
  bool has_scale_;
  Index most_columns_ = 0;  // of one block
};

}  // namespace vippl::runtime
