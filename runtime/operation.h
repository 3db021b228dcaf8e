#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/index.h"

// What one instruction of the tape does: an operation over whole arrays, for several points (lanes)
// at once. Everything that a script can compute, from `+` to a Cholesky factor or a differential
// equation, is an Operation.

namespace vippl::runtime {

/// An input of an operation. Latent: element i of lane b is value[i * lanes + b]. Fixed: value[i],
/// the same in all lanes. (With one lane the two layouts are the same.)
struct Operand {
  const double* value = nullptr;
  double* adjoint =
      nullptr;     ///< laid out as value; null where no derivative is wanted. Backward adds to it.
  Index size = 0;  ///< number of elements
  bool fixed = true;
};

/// The circumstances of one replay.
struct Frame {
  Index lanes = 1;
  bool gradient =
      false;  ///< whether backward() will follow; lets forward() store what backward needs
  std::uint64_t seed = 0;  ///< for operations that draw random numbers (`generate`)
  Index first_draw = 0;    ///< number of the draw in lane 0
};

/// Stateless between calls and const: one operation serves all threads. Sizes are known when it is
/// made.
class Operation {
 public:
  virtual ~Operation() = default;

  virtual std::string_view name() const = 0;
  /// Doubles of scratch memory for this many lanes; contents last from forward() to backward().
  virtual Index scratch_size(Index /*lanes*/) const { return 0; }
  /// Writes every element of `out` (laid out as a latent). Never throws on bad numbers: NaN or
  /// -infinity is the answer.
  virtual void forward(const Frame& frame, std::span<const Operand> in, double* out,
                       double* scratch) const = 0;
  /// Adds the adjoint of each input that has one. Called after forward() with frame.gradient set,
  /// same buffers.
  virtual void backward(const Frame& frame, std::span<const Operand> in, const double* out,
                        const double* out_adjoint, double* scratch) const = 0;
  /// False for results that are constant almost everywhere (comparisons, round): backward() is
  /// never called.
  virtual bool is_differentiable() const { return true; }
  /// Nominal seconds of one gradient by it besides reading its inputs and writing its results,
  /// where these do not tell how long it takes; see nominal_cost.h.
  virtual double inner_seconds() const { return 0; }
  /// True for operations that draw random numbers: their results differ from draw to draw at one
  /// and the same point.
  virtual bool is_random() const { return false; }

  // For the passes that optimise a tape (passes/optimise.h).

  /// Appends numbers that tell this operation from all others of its class. False where there are
  /// none: it equals only itself.
  virtual bool fingerprint(std::vector<std::uint64_t>& /*numbers*/) const { return false; }
  /// One operation that does `count` times what this one does: input k is one for all runs where
  /// shared[k], else those of the runs one behind the other, as are the results. Null if there is
  /// none.
  virtual std::shared_ptr<const Operation> repeated(Index /*count*/,
                                                    std::span<const bool> /*shared*/) const {
    return nullptr;
  }
  /// The same for the sum of the results, where this operation gives one number.
  virtual std::shared_ptr<const Operation> repeated_sum(Index /*count*/,
                                                        std::span<const bool> /*shared*/) const {
    return nullptr;
  }
};

/// Base for operations that are easiest written for one point: lanes are copied in and out one at a
/// time, so that derived classes see plain contiguous arrays. Fine wherever the work per element is
/// more than a copy.
class LaneOperation : public Operation {
 public:
  /// `sizes`: number of elements of each input and of the output.
  LaneOperation(std::vector<Index> input_sizes, Index output_size);

  Index scratch_size(Index lanes) const final;
  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* scratch) const final;
  void backward(const Frame& frame, std::span<const Operand> in, const double* out,
                const double* out_adjoint, double* scratch) const final;

 protected:
  /// Doubles of own scratch, kept from forward_lane to backward_lane of the same lane.
  virtual Index lane_scratch_size() const { return 0; }
  virtual void forward_lane(std::span<const double* const> in, double* out,
                            double* scratch) const = 0;
  /// in_adjoint[k] is null where no derivative is wanted; otherwise add to it.
  virtual void backward_lane(std::span<const double* const> in, const double* out,
                             const double* out_adjoint, std::span<double* const> in_adjoint,
                             double* scratch) const = 0;

  Index input_size(std::size_t k) const { return input_sizes_[k]; }
  Index output_size() const { return output_size_; }

 private:
  std::vector<Index> input_sizes_;
  Index output_size_;
};

/// `count` independent evaluations of a scalar formula of several arguments: argument k of
/// evaluation i is data[i * step] of arguments[k], with step 0 (the same for all) or 1. Writes
/// values[i] and, where partials[k] is not null, partials[k][i], the derivative by argument k.
/// `partials` itself may be null: values only. Pure; never throws.
struct KernelArgument {
  const double* data = nullptr;
  int step = 0;
  double operator[](std::size_t i) const { return data[step == 0 ? 0 : i]; }
};
using ScalarKernel = void (*)(std::size_t count, const KernelArgument* arguments, double* values,
                              double* const* partials);

/// What the engine and the passes may make of a density besides calling its kernel.
enum class DensityForm {
  other,
  normal,           ///< -log(2 pi) / 2 - log(b) - ((y - a) / b)^2 / 2 with parameters a and b
  bernoulli_logit,  ///< log(p) of an outcome 1, log(1 - p) of 0, with parameter log(p / (1 - p))
  poisson_log,      ///< y x - exp(x) - log(y!) of a count, with parameter x, the log of its mean
  student_t,        ///< with parameters degrees of freedom, location and scale
  cauchy,           ///< the same with one degree of freedom, and two parameters
  categorical       ///< log(p[y]) with the parameter p, a simplex
};

/// The kernel of a function of one argument: y[i] = f(x[i]); backward adds f'(x[i]) * y_adjoint[i]
/// to x_adjoint[i].
using MapKernel = void (*)(std::size_t count, const double* x, double* y);
using MapDerivative = void (*)(std::size_t count, const double* x, const double* y,
                               const double* y_adjoint, double* x_adjoint);

}  // namespace vippl::runtime
