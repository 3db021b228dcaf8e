#include "runtime/wrapper_kernels.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace vippl::runtime {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Result {
  double value = 0;
  std::vector<double> partials;
};

Result evaluate(ScalarKernel kernel, const std::vector<double>& x) {
  std::vector<KernelArgument> arguments;
  for (const double& argument : x) arguments.push_back({&argument, 0});
  Result result;
  result.partials.assign(x.size(), std::nan(""));
  std::vector<double*> partials;
  for (double& partial : result.partials) partials.push_back(&partial);
  kernel(1, arguments.data(), &result.value, partials.data());
  double alone = 0;
  kernel(1, arguments.data(), &alone, nullptr);
  CHECK((alone == result.value || (std::isnan(alone) && std::isnan(result.value))));
  return result;
}

// Against central differences, for all arguments but the first `skipped` (a datum and its bounds).
void check_partials(ScalarKernel kernel, std::vector<double> x, std::size_t skipped) {
  const Result at = evaluate(kernel, x);
  for (std::size_t k = skipped; k < x.size(); ++k) {
    if (std::isinf(x[k])) continue;
    const double step = 1e-5;
    const double middle = x[k];
    x[k] = middle + step;
    const double above = evaluate(kernel, x).value;
    x[k] = middle - step;
    const double below = evaluate(kernel, x).value;
    x[k] = middle;
    CAPTURE(k);
    CHECK(at.partials[k] == doctest::Approx((above - below) / (2 * step)).epsilon(1e-7));
  }
}

double log1m(double x) { return std::log1p(-std::exp(x)); }

}  // namespace

TEST_CASE("the probability of an interval comes from the shorter tail") {
  const double a = std::log(0.2);
  const double b = std::log(0.7);
  const Result middle = evaluate(&log_interval_kernel, {a, b, log1m(a), log1m(b)});
  CHECK(middle.value == doctest::Approx(std::log(0.5)).epsilon(1e-14));
  // Both ends so far up that the lower tail is 1 in double precision: P = e^-50 - e^-51.
  const Result far = evaluate(&log_interval_kernel, {0, 0, -50, -51});
  CHECK(far.value == doctest::Approx(-50 + std::log1p(-std::exp(-1))).epsilon(1e-14));
  // And so far down.
  const Result low = evaluate(&log_interval_kernel, {-51, -50, 0, 0});
  CHECK(low.value == doctest::Approx(far.value).epsilon(1e-14));
  check_partials(&log_interval_kernel, {a, b, log1m(a), log1m(b)}, 0);
  check_partials(&log_interval_kernel, {0, 0, -5, -6}, 0);
  CHECK(evaluate(&log_interval_kernel, {-1, -1, log1m(-1), log1m(-1)}).value == -infinity);
}

TEST_CASE("truncation takes the log probability off inside the bounds") {
  const double a = std::log(0.2);
  const double b = std::log(0.7);
  const std::vector<double> x = {0.5, 0, 1, a, b, log1m(a), log1m(b)};
  CHECK(evaluate(&truncation_kernel, x).value == doctest::Approx(-std::log(0.5)).epsilon(1e-14));
  check_partials(&truncation_kernel, x, 3);
  for (const double outside : {-0.1, 1.1}) {
    std::vector<double> y = x;
    y[0] = outside;
    const Result result = evaluate(&truncation_kernel, y);
    CHECK(result.value == -infinity);
    CHECK(result.partials == std::vector<double>(7, 0.0));
  }
  // No lower bound.
  const std::vector<double> upper = {0.5, -infinity, 1, -infinity, b, 0, log1m(b)};
  CHECK(evaluate(&truncation_kernel, upper).value == doctest::Approx(-b).epsilon(1e-14));
  // Bounds that leave nothing.
  const std::vector<double> none = {1, 1, 1, a, a, log1m(a), log1m(a)};
  CHECK(evaluate(&truncation_kernel, none).value == -infinity);
}

TEST_CASE("censoring chooses between the density and the tails") {
  const auto at = [](double y) { return evaluate(&censored_kernel, {y, -1, 2, -0.3, -1.5, -2.5}); };
  CHECK(at(-1).value == -1.5);
  CHECK(at(-7).value == -1.5);
  CHECK(at(0).value == -0.3);
  CHECK(at(2).value == -2.5);
  CHECK(at(0).partials == std::vector<double>{0, 0, 0, 1, 0, 0});
  CHECK(at(2).partials == std::vector<double>{0, 0, 0, 0, 0, 1});
}

TEST_CASE("zeros that are more, or all there are") {
  for (const double y : {0.0, 2.0}) {
    check_partials(&zero_inflated_kernel, {y, 0.3, -1.2}, 1);
    check_partials(&hurdle_kernel, {y, 0.3, -1.2, -0.9}, 1);
  }
  // p = 0 is the distribution itself, however small its density; p = 1 is always zero.
  CHECK(evaluate(&zero_inflated_kernel, {0, 0, -900}).value == -900);
  CHECK(evaluate(&zero_inflated_kernel, {0, 1, -900}).value == 0);
  CHECK(evaluate(&zero_inflated_kernel, {3, 1, -2}).value == -infinity);
  CHECK(evaluate(&hurdle_kernel, {3, 1, -2, -1}).value == -infinity);
  CHECK(evaluate(&hurdle_kernel, {0, 0, -2, -1}).value == -infinity);
  // A chance that is none.
  CHECK(evaluate(&zero_inflated_kernel, {0, 1.5, -2}).value == -infinity);
  CHECK(std::isnan(evaluate(&hurdle_kernel, {0, std::nan(""), -2, -1}).value));
}

}  // namespace vippl::runtime
