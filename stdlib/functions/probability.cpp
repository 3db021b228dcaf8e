#include <cmath>

#include "runtime/frozen.h"
#include "stdlib/operations/fibre_kernels.h"
#include "stdlib/operations/moments.h"
#include "stdlib/roll_call.h"

namespace vippl::stdlib::functions {

namespace {

using lang::Parameter;
using lang::Support;

constexpr Parameter mixed[] = {
    {"p", Support::unit_interval}, {"a", Support::real}, {"b", Support::real}};
constexpr Parameter array[] = {{"x", Support::real, "*"}};

double log_mix(double p, double a, double b) {
  const double first = std::log(p) + a;
  const double second = std::log1p(-p) + b;
  const double larger = first > second ? first : second;
  if (std::isinf(larger)) return larger;
  return larger + std::log1p(std::exp(-std::abs(first - second)));
}

constexpr auto mixture = [](double p, double a, double b) { return log_mix(p, a, b); };
constexpr auto by_p = [](double, double a, double b, double y) {
  return std::exp(a - y) - std::exp(b - y);
};
constexpr auto by_a = [](double p, double a, double, double y) { return p * std::exp(a - y); };
constexpr auto by_b = [](double p, double, double b, double y) {
  return (1 - p) * std::exp(b - y);
};

// Column by column: along the first dimension.
class Standardize final : public FibreOperation, public runtime::UsesStatistics {
 public:
  explicit Standardize(const std::vector<runtime::Index>& extents)
      : FibreOperation("standardize", split(extents, 0), FibreResult::kept, fibres::standardize,
                       fibres::standardize_derivative),
        extents_(extents) {}

  std::vector<runtime::Statistic> statistics(const double* x) const override {
    return {reduce("mean", fibres::mean, x), reduce("sd", fibres::sd, x)};
  }

 private:
  runtime::Statistic reduce(std::string_view name, FibreKernel kernel, const double* x) const {
    const AxisSplit axes = split(extents_, 0);
    const FibreOperation operation(name, axes, FibreResult::reduced, kernel, nullptr);
    std::vector<double> values(static_cast<std::size_t>(axes.inner));
    const runtime::Operand input = {x, nullptr, axes.count * axes.inner, true};
    operation.forward(runtime::Frame{}, {&input, 1}, values.data(), nullptr);
    return {name, {extents_.begin() + 1, extents_.end()}, std::move(values)};
  }

  std::vector<runtime::Index> extents_;
};

std::shared_ptr<const runtime::Operation> make_standardize(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& /*result*/) {
  return std::make_shared<const Standardize>(arguments[0].extents);
}

constexpr runtime::Function rows[] = {
    along<"softmax", DefaultAxis::last, fibres::softmax, fibres::softmax_derivative>(
        &along_last, "exp(x) / sum(exp(x)), along the last or another dimension"),
    along<"log_softmax", DefaultAxis::last, fibres::log_softmax, fibres::log_softmax_derivative>(
        &along_last, "x - log_sum_exp(x), along the last or another dimension"),
    elementwise<"log_mix", mixture, by_p, by_a, by_b>(
        {.parameters = mixed, .summary = "log(p exp(a) + (1 - p) exp(b))"}),
    {{.name = "standardize",
      .parameters = array,
      .summary = "(x - mean(x)) / sd(x), column by column for a matrix",
      .result = "*",
      .rule = &standardize_shape},
     &make_standardize},
    {{.name = "cov",
      .parameters = x_y,
      .summary = "covariance of two vectors, or the matrix of those of the columns, over n - 1",
      .result = "*",
      .rule = &moments_shape},
     &make_cov},
    {{.name = "corr",
      .parameters = x_y,
      .summary = "correlation of two vectors, or the matrix of those of the columns",
      .result = "*",
      .rule = &moments_shape},
     &make_corr},
};

}  // namespace

constinit const FunctionTable probability = rows;

}  // namespace vippl::stdlib::functions
