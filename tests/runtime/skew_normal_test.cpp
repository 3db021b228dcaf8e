#include "runtime/skew_normal.h"

#include <doctest/doctest.h>

#include <cmath>

#include "runtime/special.h"

using namespace vippl;

TEST_CASE("the skew normal tail and its derivatives agree with mpmath") {
  struct Case {
    double x;
    double shape;
    double log_chance;
    double by_x;
    double by_shape;
  };
  // mpmath 1.2.1: quad of 2 npdf(t) ncdf(shape t) with 40 digits, its integrand, and the closed
  // form -exp(-x^2 (1 + shape^2) / 2) / (pi (1 + shape^2)), both over the integral.
  const Case cases[] = {
      {-50, -3, -1254.138213958855, 50.01998403165955, -0.0},
      {-8, 0.5, -44.911459281450156, 10.232474550716583, -34.59073405385175},
      {-3, 3, -51.77641966434414, 30.645296688846265, -27.913339295002412},
      {-1, 30, -461.8527505417555, 902.9933894777497, -30.099705820378833},
      {-0.001, 30, -4.584168818580061, 38.130168481485605, -0.034578719659412505},
      {-0.1, -30, -0.08301839010462926, 0.861462482930698, -4.243098601638583e-06},
      {0.002, 30, -4.472093209509226, 36.59412633176571, -0.03087081826710338},
      {1, -3, -5.6246015489349945e-05, 0.0006533083544394337, -0.00021448757797149214},
      {3, 0.5, -0.0025634235533196054, 0.0082927687015822, -0.000920761038964449},
      {-0.001, 10000.0, -64.98925427055603, 101943.83133447666, -0.010294383031485114},
      {8, -3, 0.0, 1.4049275790652526e-141, -3.3776599029598604e-141},
      {-20, 3, -2010.5381688868067, 200.09992236223533, -1200.9328490231126},
  };
  for (const Case& c : cases) {
    CAPTURE(c.x);
    CAPTURE(c.shape);
    const runtime::SkewNormalTail tail = runtime::log_skew_normal_cdf(c.x, c.shape);
    CHECK(std::abs(tail.log_chance - c.log_chance) <= 1e-12 * std::abs(c.log_chance) + 1e-15);
    CHECK(std::abs(tail.by_x - c.by_x) <= 1e-11 * std::abs(c.by_x));
    CHECK(std::abs(tail.by_shape - c.by_shape) <= 1e-11 * std::abs(c.by_shape));
  }
}

TEST_CASE("shape 0 is the normal, and a large one the normal folded at 0") {
  for (double x : {-30.0, -2.0, 0.5, 3.0})
    CHECK(runtime::log_skew_normal_cdf(x, 0).log_chance ==
          doctest::Approx(runtime::log_normal_cdf(x)).epsilon(1e-13));
  CHECK(std::exp(runtime::log_skew_normal_cdf(0.5, 1e8).log_chance) ==
        doctest::Approx(2 * runtime::normal_cdf(0.5) - 1).epsilon(1e-13));
}
