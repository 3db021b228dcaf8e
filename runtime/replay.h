#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/tape.h"

namespace vippl::runtime {

/// Which instructions of a tape are needed for what; made once per tape, shared by all its replays.
struct Schedule {
  explicit Schedule(const Tape& tape);

  std::vector<Index> density;   ///< instructions that the log joint or a guard depends on, in order
  std::vector<Index> reported;  ///< instructions that the reported quantities or a guard need
  /// Per node: has a derivative by some latent that the log joint depends on.
  std::vector<bool> active;
};

/// The buffers of one tape for a fixed number of lanes, laid out once: replaying allocates nothing.
/// One thread at a time.
class Replay {
 public:
  Replay(const Tape& tape, const Schedule& schedule, Index lanes);
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

  Index lanes() const { return lanes_; }
  /// z, laid out coordinate by coordinate with the lanes of one coordinate together: fill before
  /// forward().
  std::span<double> point() { return {values_.data(), point_size_}; }
  /// The gradient, laid out as point(); valid after backward().
  std::span<const double> gradient() const { return {adjoints_.data(), point_size_}; }

  /// Fills the arrays cut to the minibatch; `rows` has as many entries as the tape was recorded
  /// for.
  void set_rows(std::span<const std::int32_t> rows);

  /// Runs the log joint: one value per lane into `log_joint`. `row_scale` multiplies the terms over
  /// the plate.
  void forward(bool gradient, double row_scale, std::span<double> log_joint);
  /// Runs what the reported quantities need, and no more: instead of forward(), or after it.
  void forward_reported(std::uint64_t seed, Index first_draw);
  /// After forward(true, ...). With `terms` only those of that kind count.
  enum class Terms { all, density, jacobian };
  void backward(double row_scale, Terms terms = Terms::all);

  /// Elements of a node after forward(): element i of lane b at [i * lanes + b]; fixed nodes: [i].
  const double* values(NodeId node) const { return node_values_[static_cast<std::size_t>(node)]; }
  /// Lanes in which some guard does not hold, as a bit mask: their results are void.
  std::uint64_t failed_lanes() const;
  /// The first guard that does not hold in lane 0; the number of guards if all hold.
  std::size_t first_failed_guard() const;

 private:
  struct Step {
    const Operation* operation;
    std::span<const Operand> operands;
    double* out;
    double* out_adjoint;  // null: no derivative
    double* scratch;
  };
  /// What a term adds to the log joint.
  struct Sum {
    const double* values;
    double* adjoint;  // null: no derivative
    LogTerm::Kind kind;
    bool over_rows;
  };
  static void run(std::span<const Step> steps, const Frame& frame);

  const Tape& tape_;
  Index lanes_;
  std::size_t point_size_;
  std::vector<double> values_;      // the point, then every result
  std::vector<double> adjoints_;    // of the point, then of every result that has one
  std::vector<double> row_values_;  // constants cut to the minibatch
  std::vector<double> scratch_;
  std::vector<Operand> operands_;
  std::vector<Step> density_;  // what the log joint needs, in order
  std::vector<Step> reported_;
  std::vector<Sum> sums_;
  double fixed_terms_ = 0;
  std::vector<double*> node_values_;
  std::vector<double*> node_adjoints_;
};

}  // namespace vippl::runtime
