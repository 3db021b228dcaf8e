#include "runtime/bessel.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace vippl;

TEST_CASE("the log of the scaled Bessel function and its derivative agree with mpmath") {
  struct Case {
    double x;
    double value;
    double slope;
  };
  // mpmath 1.2.1: log(besseli(0, x)) - x and besseli(1, x) / besseli(0, x) - 1; by Hankel's series
  // from 1e6 on.
  const Case cases[] = {
      {0, 0.0, -1.0},
      {0.001, -0.000999750000015625, -0.9995000000625},
      {1, -0.7640856414928213, -0.5536100341034655},
      {20, -2.4103895717557258, -0.025329492110192874},
      {499, -4.024990828549805, -0.001002507023219477},
      {501, -4.02699183322677, -0.0009985029951369902},
      {1000000, -7.826693687186747, -5.00000125000125e-07},
      {1000000000000, -14.734449091168822, -5.00000000000125e-13},
  };
  for (const Case& c : cases) {
    CAPTURE(c.x);
    CHECK(std::abs(runtime::log_scaled_bessel_i0(c.x) - c.value) <=
          1e-13 * (1 + std::abs(c.value)));
    CHECK(std::abs(runtime::log_scaled_bessel_i0_slope(c.x) - c.slope) <=
          1e-12 * std::abs(c.slope));
  }
}

TEST_CASE("a scaled Bessel function of what is not positive is no number") {
  CHECK(std::isnan(runtime::log_scaled_bessel_i0(-1)));
  CHECK(std::isnan(runtime::log_scaled_bessel_i0_slope(-1)));
  CHECK(std::isnan(runtime::log_scaled_bessel_i0(std::numeric_limits<double>::quiet_NaN())));
}
