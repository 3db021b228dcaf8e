#include "stdlib/dual.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "stdlib/tails.h"

using namespace vippl::stdlib;

namespace {

/// f as a function of one dual, against a central difference.
template <class F>
void check_derivative(const char* name, const F& f, double x) {
  INFO(name, " at ", x);
  Dual<1> dual(x);
  dual.partials[0] = 1;
  const Dual<1> result = f(dual);
  const double h = 1e-5;
  const double expected = (f(Dual<1>(x + h)).value - f(Dual<1>(x - h)).value) / (2 * h);
  CHECK(result.partials[0] == doctest::Approx(expected).epsilon(1e-7));
}

}  // namespace

TEST_CASE("the derivative of every function of a dual agrees with central differences") {
  for (double x : {0.3, 1.7}) {
    check_derivative(
        "-", [](auto v) { return -v; }, x);
    check_derivative(
        "x + c", [](auto v) { return v + 2.0; }, x);
    check_derivative(
        "c + x", [](auto v) { return 2.0 + v; }, x);
    check_derivative(
        "x - c", [](auto v) { return v - 2.0; }, x);
    check_derivative(
        "c - x", [](auto v) { return 2.0 - v; }, x);
    check_derivative(
        "x * c", [](auto v) { return v * 2.0; }, x);
    check_derivative(
        "x / c", [](auto v) { return v / 2.0; }, x);
    check_derivative(
        "c / x", [](auto v) { return 2.0 / v; }, x);
    check_derivative(
        "x * f", [](auto v) { return v * exp(v); }, x);
    check_derivative(
        "x / f", [](auto v) { return v / exp(v); }, x);
    check_derivative(
        "x - f", [](auto v) { return v - exp(v); }, x);
    check_derivative(
        "exp", [](auto v) { return exp(v); }, x);
    check_derivative(
        "expm1", [](auto v) { return expm1(v); }, x);
    check_derivative(
        "log", [](auto v) { return log(v); }, x);
    check_derivative(
        "log1p", [](auto v) { return log1p(v); }, x);
    check_derivative(
        "sqrt", [](auto v) { return sqrt(v); }, x);
    check_derivative(
        "abs", [](auto v) { return abs(v); }, x);
    check_derivative(
        "abs", [](auto v) { return abs(v); }, -x);
    check_derivative(
        "sin", [](auto v) { return sin(v); }, x);
    check_derivative(
        "cos", [](auto v) { return cos(v); }, x);
    check_derivative(
        "tanh", [](auto v) { return tanh(v); }, x);
    check_derivative(
        "atan", [](auto v) { return atan(v); }, x);
    check_derivative(
        "pow x c", [](auto v) { return pow(v, 2.5); }, x);
    check_derivative(
        "pow x f", [](auto v) { return pow(v, v); }, x);
    check_derivative(
        "log_gamma", [](auto v) { return log_gamma(v); }, x);
    check_derivative(
        "digamma", [](auto v) { return digamma(v); }, x);
    check_derivative(
        "log_beta", [](auto v) { return log_beta(v, exp(v)); }, x);
    check_derivative(
        "log1p_exp", [](auto v) { return log1p_exp(v); }, x);
    check_derivative(
        "log1p_exp", [](auto v) { return log1p_exp(v); }, -x);
    check_derivative(
        "x_log_y", [](auto v) { return x_log_y(v, exp(v)); }, x);
    for (double far : {-30.0, -1.0, 1.0, 30.0}) {
      check_derivative(
          "log_normal_cdf", [](auto v) { return log_normal_cdf(v); }, -std::abs(far) + x);
      check_derivative(
          "log_mills", [](auto v) { return log_mills(v); }, far + x);
      check_derivative(
          "log1m_exp", [](auto v) { return log1m_exp(v); }, -std::abs(far) / 100 - x);
      check_derivative(
          "log_inv_cloglog", [](auto v) { return log_inv_cloglog(v); }, std::min(far, 2.0) - x);
      check_derivative(
          "log_add_exp", [](auto v) { return log_add_exp(v, 2.0 * v); }, far * x);
    }
    check_derivative(
        "log_gamma_p", [](auto v) { return log_gamma_p(v, v * v); }, x);
    check_derivative(
        "log_gamma_q", [](auto v) { return log_gamma_q(v, v * v); }, x);
    check_derivative(
        "log_ibeta", [](auto v) { return log_ibeta(v, 2.0 * v, exp(-v), 1.0 - exp(-v)); }, x);
    check_derivative(
        "log_ibeta", [](auto v) { return log_ibeta(v, 2.0 * v, 1.0 - exp(-v), exp(-v)); }, x);
    check_derivative(
        "log_student_t_cdf", [](auto v) { return log_student_t_cdf(v, v - 1.0); }, x);
  }
}

TEST_CASE("each partial follows its own argument") {
  Dual<2> x(2);
  Dual<2> y(3);
  x.partials[0] = 1;
  y.partials[1] = 1;
  const Dual<2> result = x * x / y;
  CHECK(result.value == doctest::Approx(4.0 / 3));
  CHECK(result.partials[0] == doctest::Approx(4.0 / 3));
  CHECK(result.partials[1] == doctest::Approx(-4.0 / 9));
}

TEST_CASE("x_log_y is 0 where x is, even at y = 0") {
  CHECK(x_log_y(0.0, 0.0) == 0);
  CHECK(x_log_y(0.0, Dual<1>(0)).partials[0] == 0);
}
