#pragma once
#include <optional>

#include "runtime/broadcast.h"
#include "runtime/operation.h"

namespace vippl::runtime {

/// One argument of an elementwise operation, as known when it is recorded.
struct ElementwiseInput {
  Broadcast broadcast;
  Index size = 0;      ///< number of elements of its own
  bool fixed = false;  ///< no derivative by it is wanted, or there is none
};

/// Arguments of a ScalarKernel at most: tiles of all of them live on the stack.
inline constexpr std::size_t max_kernel_arguments = 8;

/// out[i] = f(a[i], b[i], ...), the arguments broadcast to the shape of the result. Where a
/// derivative is wanted, the kernel writes the partials into scratch during forward().
class ElementwiseOperation final : public Operation {
 public:
  /// `size`: number of elements of the result.
  ElementwiseOperation(std::string_view name, ScalarKernel kernel,
                       std::vector<ElementwiseInput> inputs, Index size,
                       DensityForm form = DensityForm::other);

  std::string_view name() const override { return name_; }
  Index scratch_size(Index lanes) const override;
  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* scratch) const override;
  void backward(const Frame& frame, std::span<const Operand> in, const double* out,
                const double* out_adjoint, double* scratch) const override;
  bool is_differentiable() const override;
  bool fingerprint(std::vector<std::uint64_t>& numbers) const override;
  std::shared_ptr<const Operation> repeated(Index count,
                                            std::span<const bool> shared) const override;
  std::shared_ptr<const Operation> repeated_sum(Index count,
                                                std::span<const bool> shared) const override;
  const std::vector<ElementwiseInput>& inputs() const { return inputs_; }
  DensityForm form() const { return form_; }

 private:
  std::string_view name_;
  ScalarKernel kernel_;
  std::vector<ElementwiseInput> inputs_;
  Index size_;
  DensityForm form_;
};

/// The sum of f(a[i], b[i], ...) over all elements: one number per lane, as the log density of
/// independent observations. forward() adds the partials up in one accumulator per element of each
/// argument (in scratch), so that backward() is one multiplication per element of an argument,
/// however long the sum.
class SummedElementwise final : public Operation {
 public:
  /// `size`: number of terms.
  SummedElementwise(std::string_view name, ScalarKernel kernel,
                    std::vector<ElementwiseInput> inputs, Index size,
                    DensityForm form = DensityForm::other);

  std::string_view name() const override { return name_; }
  Index scratch_size(Index lanes) const override;
  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* scratch) const override;
  void backward(const Frame& frame, std::span<const Operand> in, const double* out,
                const double* out_adjoint, double* scratch) const override;

  /// The first term that is not finite, at one point, for messages.
  struct Culprit {
    Index term = 0;
    double value = 0;
    std::vector<double> arguments;
  };
  std::optional<Culprit> first_non_finite(std::span<const double* const> in) const;
  Index terms() const { return size_; }
  const std::vector<ElementwiseInput>& inputs() const { return inputs_; }
  ScalarKernel scalar_kernel() const { return kernel_; }
  DensityForm form() const { return form_; }
  bool fingerprint(std::vector<std::uint64_t>& numbers) const override;
  /// Only of a sum of one term.
  std::shared_ptr<const Operation> repeated(Index count,
                                            std::span<const bool> shared) const override;
  std::shared_ptr<const Operation> repeated_sum(Index count,
                                                std::span<const bool> shared) const override;

 private:
  void forward_of_one(const Frame& frame, std::span<const Operand> in, double* out,
                      double* scratch) const;

  std::string_view name_;
  ScalarKernel kernel_;
  std::vector<ElementwiseInput> inputs_;
  Index size_;
  DensityForm form_;
  bool is_of_one_;  // all arguments are one number
};

}  // namespace vippl::runtime
