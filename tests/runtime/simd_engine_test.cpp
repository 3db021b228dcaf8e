#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "runtime/random.h"
#include "runtime/simd/engine.h"
#include "runtime/special.h"

namespace vippl::runtime {

namespace {

using simd::Engine;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::vector<const Engine*> engines() {
  const simd::Engines all = simd::all_engines();
  return {all.table, all.table + all.count};
}

// The distance to the next number of this size.
double ulp(double x) {
  const double size = std::abs(x);
  return std::nextafter(size, infinity) - size;
}

bool same_bits(double x, double y) { return std::memcmp(&x, &y, sizeof x) == 0; }

struct Accuracy {
  const char* name;
  simd::Map Engine::*map;
  long double (*exact)(long double);
  double lower;
  double upper;
  bool is_log10;  // of the bounds: numbers of all sizes
  double ulps;
};

const Accuracy accuracies[] = {
    {"exp", &Engine::exp, [](long double x) { return expl(x); }, -745, 709.7, false, 1.1},
    {"exp", &Engine::exp, [](long double x) { return expl(x); }, -1, 1, false, 1.1},
    {"log", &Engine::log, [](long double x) { return logl(x); }, -323, 308, true, 0.9},
    {"log", &Engine::log, [](long double x) { return logl(x); }, -0.5, 0.5, true, 0.9},
    {"log1p", &Engine::log1p, [](long double x) { return log1pl(x); }, -0.9999, 3, false, 1.3},
    {"log1p", &Engine::log1p, [](long double x) { return log1pl(x); }, -300, 300, true, 1.3},
    {"expm1", &Engine::expm1, [](long double x) { return expm1l(x); }, -3, 3, false, 2.1},
    {"expm1", &Engine::expm1, [](long double x) { return expm1l(x); }, -40, 709, false, 2.1},
    {"expm1", &Engine::expm1, [](long double x) { return expm1l(x); }, -300, 0, true, 2.1},
    {"tanh", &Engine::tanh, [](long double x) { return tanhl(x); }, -30, 30, false, 3},
    {"tanh", &Engine::tanh, [](long double x) { return tanhl(x); }, -300, 1, true, 3},
    {"inv_logit", &Engine::inv_logit, [](long double x) { return 1 / (1 + expl(-x)); }, -740, 40,
     false, 2.6},
    {"log1p_exp", &Engine::log1p_exp,
     [](long double x) { return x > 0 ? x + log1pl(expl(-x)) : log1pl(expl(x)); }, -740, 50, false,
     2.2},
    {"erf", &Engine::erf, [](long double x) { return erfl(x); }, -7, 7, false, 1.6},
    {"erf", &Engine::erf, [](long double x) { return erfl(x); }, -300, 2, true, 1.6},
};

}  // namespace

TEST_CASE("vector functions are accurate to a few units in the last place") {
  for (const Engine* engine : engines()) {
    for (const Accuracy& function : accuracies) {
      Rng rng(1, Purpose::test);
      std::vector<double> x(20011);
      for (double& value : x) {
        value = function.lower + (function.upper - function.lower) * rng.uniform();
        if (function.is_log10) value = std::pow(10, value);
      }
      std::vector<double> y(x.size());
      (engine->*function.map)(x.size(), x.data(), y.data());
      double worst = 0;
      double at = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const long double exact = function.exact(x[i]);
        const double error =
            static_cast<double>(std::abs(y[i] - exact)) / ulp(static_cast<double>(exact));
        if (error <= worst) continue;
        worst = error;
        at = x[i];
      }
      INFO(engine->name, " ", function.name, " at ", at);
      CHECK(worst < function.ulps);
    }
  }
}

TEST_CASE("vector functions know the special values that the standard functions know") {
  struct Standard {
    const char* name;
    simd::Map Engine::*map;
    double (*standard)(double);
  };
  const Standard functions[] = {
      {"exp", &Engine::exp, [](double x) { return std::exp(x); }},
      {"log", &Engine::log, [](double x) { return std::log(x); }},
      {"log1p", &Engine::log1p, [](double x) { return std::log1p(x); }},
      {"expm1", &Engine::expm1, [](double x) { return std::expm1(x); }},
      {"tanh", &Engine::tanh, [](double x) { return std::tanh(x); }},
      {"erf", &Engine::erf, [](double x) { return std::erf(x); }},
      {"inv_logit", &Engine::inv_logit, [](double x) { return 1 / (1 + std::exp(-x)); }},
      {"log1p_exp", &Engine::log1p_exp,
       [](double x) { return x > 40 ? x : std::log1p(std::exp(x)); }},
  };
  const double values[] = {0.0,       -0.0,   1,       -1,     -2,          infinity,
                           -infinity, 5e-324, -5e-324, 1e-310, 1e308,       -1e308,
                           709.9,     -745.2, -760,    1e-20,  not_a_number};
  for (const Engine* engine : engines()) {
    for (const Standard& function : functions) {
      for (const double x : values) {
        INFO(engine->name, " ", function.name, " at ", x);
        double y = 7;
        (engine->*function.map)(1, &x, &y);
        const double expected = function.standard(x);
        if (std::isnan(expected)) {
          CHECK(std::isnan(y));
        } else {
          CHECK(std::signbit(y) == std::signbit(expected));
          CHECK((y == expected || std::abs(y - expected) <= 3 * ulp(expected)));
        }
      }
    }
  }
}

TEST_CASE("vector log_gamma and digamma agree with the scalar ones") {
  for (const Engine* engine : engines()) {
    Rng rng(2, Purpose::test);
    std::vector<double> x(5003);
    for (double& value : x) value = std::pow(10, -6 + 12 * rng.uniform());
    std::vector<double> y(x.size());
    std::vector<double> slope(x.size());
    engine->log_gamma(x.size(), x.data(), y.data());
    engine->digamma(x.size(), x.data(), slope.data());
    for (std::size_t i = 0; i < x.size(); ++i) {
      INFO(engine->name, " at ", x[i]);
      const double value = log_gamma(x[i]);
      CHECK(std::abs(y[i] - value) <= 2e-14 * std::max(1.0, std::abs(value)));
      const double derivative = digamma(x[i]);
      CHECK(std::abs(slope[i] - derivative) <= 4e-15 * std::max(1.0, std::abs(derivative)));
    }
  }
}

TEST_CASE("a vector function gives the same bytes wherever in the array an element stands") {
  for (const Engine* engine : engines()) {
    Rng rng(3, Purpose::test);
    std::vector<double> x(31);
    for (double& value : x) value = 5 * rng.normal();
    for (const Accuracy& function : accuracies) {
      std::vector<double> together(x.size());
      (engine->*function.map)(x.size(), x.data(), together.data());
      for (std::size_t i = 0; i < x.size(); ++i) {
        double alone = 0;
        (engine->*function.map)(1, &x[i], &alone);
        CHECK(((std::isnan(alone) && std::isnan(together[i])) || same_bits(alone, together[i])));
      }
    }
  }
}

TEST_CASE("products with eight vectors or one are sums of products, whatever the sizes") {
  for (const Engine* engine : engines()) {
    Rng rng(4, Purpose::test);
    for (const std::size_t rows : {1, 2, 5, 64, 131}) {
      for (const std::size_t inner : {1, 3, 4, 8, 9, 12, 13, 20, 28, 36, 43, 52, 55}) {
        INFO(engine->name, " ", rows, " x ", inner);
        std::vector<double> a(rows * inner);
        rng.fill_normal(a);
        for (const std::size_t lanes : {1, 8}) {
          const simd::Products& products = lanes == 1 ? engine->one : engine->eight;
          std::vector<double> b(inner * lanes);
          std::vector<double> y(rows * lanes);
          std::vector<double> adjoint(inner * lanes, 0.5);
          rng.fill_normal(b);
          products.forward(rows, inner, a.data(), b.data(), y.data());
          products.backward(rows, inner, a.data(), y.data(), adjoint.data());
          for (std::size_t l = 0; l < lanes; ++l) {
            std::vector<double> expected(inner, 0.5);
            for (std::size_t i = 0; i < rows; ++i) {
              double sum = 0;
              for (std::size_t k = 0; k < inner; ++k) sum += a[i * inner + k] * b[k * lanes + l];
              CHECK(y[i * lanes + l] == doctest::Approx(sum).epsilon(1e-12).scale(1));
              for (std::size_t k = 0; k < inner; ++k) expected[k] += a[i * inner + k] * sum;
            }
            for (std::size_t k = 0; k < inner; ++k)
              CHECK(adjoint[k * lanes + l] == doctest::Approx(expected[k]).epsilon(1e-11).scale(1));
          }
        }
      }
    }
  }
}

}  // namespace vippl::runtime
