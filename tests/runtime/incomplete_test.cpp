#include "runtime/incomplete.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace vippl;

// Expected values: mpmath 1.2.1 with 60 digits, log(gammainc(a, x, inf)) - loggamma(a) and the
// series with hyp1f1 and hyp2f1; derivatives by central differences with a step of 1e-20.

namespace {

/// Relative; of the log of a chance near 1, absolute.
bool agrees(double found, double expected) {
  return std::abs(found - expected) <= 2e-12 * std::abs(expected) + 1e-15;
}

}  // namespace

TEST_CASE("the incomplete gamma functions and their derivatives by the shape agree with mpmath") {
  struct Case {
    double shape;
    double x;
    double log_p;
    double p_by_shape;
    double log_q;
    double q_by_shape;
  };
  const Case cases[] = {
      {0.001, 1e-05, -0.010936541856671912, -10.937363513165012, -4.521108920080178,
       994.6164157622044},
      {0.001, 20, -9.871173097903177e-14, -9.906877326778421e-11, -29.946572600629914,
       1003.6170198334723},
      {0.5, 1e-12, -13.694728320329363, -27.66751108990757, -1.1283798037153877e-06,
       3.121947834663433e-05},
      {0.5, 0.7, -0.2701350205678532, -0.6961289646388769, -1.4408621872008949, 2.2445539710026416},
      {0.5, 300, -1.674167984691788e-132, -1.2841888551146856e-131, -303.42591595890315,
       7.670609322702484},
      {2.5, 2, -0.7972106518608857, -0.6093232167675753, -0.5988994716092456, 0.49971487225639727},
      {40, 3, -69.30030952939165, -2.604629430221419, -8.003095092521891e-31,
       2.0845097010843128e-30},
      {40, 41.5, -0.4895800312554575, -0.09850797086008103, -0.9490301973660962,
       0.15595813930499372},
      {40, 900, -1.14e-322, -3.6e-322, -741.2941167122475, 3.1272273622580187},
      {3000, 2500, -50.10480419761907, -0.18411684957432195, -1.7368408303344988e-22,
       3.1978166189323736e-23},
      {3000, 3001.5, -0.6667994005788717, -0.014180039654910588, -0.7202079952980325,
       0.014957964678039205},
      {3000, 4000, -7.235436441937343e-62, -2.0898899193809305e-62, -140.78128508367124,
       0.2888408924813036},
  };
  for (const Case& c : cases) {
    CAPTURE(c.shape);
    CAPTURE(c.x);
    const runtime::GammaTail lower = runtime::log_gamma_p(c.shape, c.x);
    const runtime::GammaTail upper = runtime::log_gamma_q(c.shape, c.x);
    CHECK(agrees(lower.log_chance, c.log_p));
    CHECK(agrees(lower.by_shape, c.p_by_shape));
    CHECK(agrees(upper.log_chance, c.log_q));
    CHECK(agrees(upper.by_shape, c.q_by_shape));
  }
}

TEST_CASE("the incomplete beta function and its derivatives agree with mpmath") {
  struct Case {
    double a;
    double b;
    double x;
    double log_chance;
    double by_a;
    double by_b;
  };
  const Case cases[] = {
      {0.01, 0.5, 0.001, -0.08277341748915394, -8.26136701393812, 0.04851259593849597},
      {0.5, 0.5, 0.3, -0.9969312110207781, -1.7419887614846414, 1.270275689098669},
      {0.5, 40, 0.01, -0.46423792014422965, -1.1244453808594965, 0.009570692593778567},
      {2.5, 3, 0.4, -0.8858560829925616, -0.5040207932238483, 0.3732360882182541},
      {2.5, 3, 0.9, -0.005856311113023598, -0.004877423870386684, 0.011499139865096774},
      {40, 7, 0.3, -34.182318412663456, -1.0674170894430441, 1.62099544372519},
      {40, 7, 0.85, -0.7906038123506505, -0.05364275679112042, 0.31131136524325653},
      {300, 800, 0.2, -19.432600659426292, -0.31848163471194646, 0.09783811813610241},
      {300, 800, 0.28, -0.3447153881870789, -0.023681751405268625, 0.009040676441874446},
      {1, 0.001, 0.25, -8.153798440277226, -2.315095681867812, 999.856165860522},
      {10000.0, 3, 0.9375, -633.1995555867029, -0.06433885107110127, 5.516719375952704},
  };
  for (const Case& c : cases) {
    CAPTURE(c.a);
    CAPTURE(c.b);
    CAPTURE(c.x);
    const runtime::BetaTail tail = runtime::log_ibeta(c.a, c.b, c.x, 1 - c.x);
    CHECK(agrees(tail.log_chance, c.log_chance));
    CHECK(agrees(tail.by_a, c.by_a));
    CHECK(agrees(tail.by_b, c.by_b));
    // The other side of 1 - x, where the symmetric call takes the other way.
    const runtime::BetaTail other = runtime::log_ibeta(c.b, c.a, 1 - c.x, c.x);
    CHECK(std::exp(tail.log_chance) + std::exp(other.log_chance) ==
          doctest::Approx(1).epsilon(1e-13));
  }
}

TEST_CASE("large shapes keep the digits that the normal limit shows") {
  // A gamma variable of large shape is near normal: at its mean the chance is 1/2 + 1 / (3 sqrt(2
  // pi shape)), up to shape^(-3/2).
  const double shape = 1e8;
  const double chance = std::exp(runtime::log_gamma_p(shape, shape).log_chance);
  CHECK(chance - 0.5 ==
        doctest::Approx(1 / (3 * std::sqrt(2 * 3.141592653589793 * shape))).epsilon(1e-8));
  CHECK(std::exp(runtime::log_ibeta(1e6, 1e6, 0.5, 0.5).log_chance) ==
        doctest::Approx(0.5).epsilon(1e-12));
}

TEST_CASE("no incomplete function throws, whatever its arguments") {
  const double infinity = std::numeric_limits<double>::infinity();
  const double not_a_number = std::numeric_limits<double>::quiet_NaN();
  CHECK(runtime::log_gamma_p(2, 0).log_chance == -infinity);
  CHECK(runtime::log_gamma_q(2, 0).log_chance == 0);
  CHECK(runtime::log_gamma_p(2, infinity).log_chance == 0);
  CHECK(runtime::log_gamma_q(2, infinity).log_chance == -infinity);
  CHECK(std::isnan(runtime::log_gamma_p(-1, 1).log_chance));
  CHECK(std::isnan(runtime::log_gamma_p(1, -1).log_chance));
  CHECK(std::isnan(runtime::log_gamma_p(not_a_number, 1).log_chance));
  CHECK(std::isnan(runtime::log_gamma_p(1e18, 1e18).log_chance));
  CHECK(runtime::log_ibeta(2, 3, 0, 1).log_chance == -infinity);
  CHECK(runtime::log_ibeta(2, 3, 1, 0).log_chance == 0);
  CHECK(std::isnan(runtime::log_ibeta(2, 3, -0.1, 1.1).log_chance));
  CHECK(std::isnan(runtime::log_ibeta(0, 3, 0.5, 0.5).log_chance));
  CHECK(std::isnan(runtime::log_ibeta(2, not_a_number, 0.5, 0.5).log_chance));
  CHECK(runtime::gamma_quantile(2, 1) == infinity);
  CHECK(runtime::gamma_upper_quantile(2, 0) == infinity);
}
