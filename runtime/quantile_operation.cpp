#include "runtime/quantile_operation.h"

#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "runtime/elementwise_operation.h"

namespace vippl::runtime {

namespace {

class QuantileOf final : public LaneOperation {
 public:
  QuantileOf(const Distribution& distribution, std::vector<Broadcast> inputs,
             std::vector<Index> sizes, Index size)
      : LaneOperation(std::move(sizes), size),
        distribution_(distribution),
        inputs_(std::move(inputs)) {
    VIPPL_ASSERT(inputs_.size() <= max_kernel_arguments, "a kernel has few arguments");
  }

  std::string_view name() const override { return "quantile"; }
  bool is_differentiable() const override { return !distribution_.facts.support.is_discrete(); }

 protected:
  void forward_lane(std::span<const double* const> in, double* out, double*) const override {
    std::array<double, max_kernel_arguments> x;
    for (Index i = 0; i < output_size(); ++i) {
      bool legal = true;
      for (std::size_t k = 0; k < inputs_.size(); ++k) {
        x[k] = in[k][inputs_[k][i]];
        const lang::Support& support =
            k == 0 ? lang::Support::unit_interval : distribution_.facts.parameters[k - 1].support;
        legal = legal && lang::contains(support, x[k]);
      }
      out[i] = legal ? distribution_.quantile(x[0], {x.data() + 1, inputs_.size() - 1})
                     : std::numeric_limits<double>::quiet_NaN();
    }
  }

  void backward_lane(std::span<const double* const> in, const double* out,
                     const double* out_adjoint, std::span<double* const> in_adjoint,
                     double*) const override {
    for (Index i = 0; i < output_size(); ++i) {
      if (out_adjoint[i] == 0) continue;  // at p of 0 or 1 the derivatives are infinite
      std::array<KernelArgument, max_kernel_arguments> arguments;
      std::array<double, max_kernel_arguments> slopes = {};
      std::array<double*, max_kernel_arguments> partials;
      for (std::size_t k = 0; k < inputs_.size(); ++k) {
        arguments[k] = {k == 0 ? out + i : in[k] + inputs_[k][i], 0};
        partials[k] = &slopes[k];
      }
      // From the shorter tail, whose derivatives do not vanish.
      const double p = in[0][inputs_[0][i]];
      const bool lower = p < 0.5;
      double log_tail = 0;
      (lower ? distribution_.log_cdf : distribution_.log_ccdf)(1, arguments.data(), &log_tail,
                                                               partials.data());
      const double by_p = (lower ? 1 : -1) / (std::exp(log_tail) * slopes[0]);
      if (in_adjoint[0] != nullptr) in_adjoint[0][inputs_[0][i]] += out_adjoint[i] * by_p;
      for (std::size_t k = 1; k < inputs_.size(); ++k) {
        if (in_adjoint[k] != nullptr)
          in_adjoint[k][inputs_[k][i]] -= out_adjoint[i] * slopes[k] / slopes[0];
      }
    }
  }

 private:
  const Distribution& distribution_;
  std::vector<Broadcast> inputs_;
};

}  // namespace

std::shared_ptr<const Operation> make_quantile_of(const Distribution& distribution,
                                                  std::vector<Broadcast> inputs,
                                                  std::vector<Index> sizes, Index size) {
  return std::make_shared<const QuantileOf>(distribution, std::move(inputs), std::move(sizes),
                                            size);
}

}  // namespace vippl::runtime
