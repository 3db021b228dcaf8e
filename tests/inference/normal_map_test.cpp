#include "inference/normal_map.h"

#include <doctest/doctest.h>

#include <cmath>

#include "lang/diagnostic.h"

using namespace vippl::inference;
using Kind = vippl::runtime::ScalarMap::Kind;

TEST_CASE("an identity map has the moments of the normal") {
  const Moments m = NormalMap({Kind::identity, 0, 1, -2}, 3, 0.5).moments();
  CHECK(m.mean == doctest::Approx(-5));
  CHECK(m.sd == doctest::Approx(1));
  CHECK(m.q05 == doctest::Approx(-5 - 1.6448536269514722));
  CHECK(m.q50 == doctest::Approx(-5));
  CHECK(m.q95 == doctest::Approx(-5 + 1.6448536269514722));
}

TEST_CASE("an exponential map has the moments of the lognormal") {
  const Moments m = NormalMap({Kind::exponential, 0, 10, 2}, 0.3, 0.8).moments();
  CHECK(m.mean == doctest::Approx(10 + 2 * std::exp(0.3 + 0.32)));
  CHECK(m.sd == doctest::Approx(2 * std::exp(0.62) * std::sqrt(std::exp(0.64) - 1)));
  CHECK(m.q50 == doctest::Approx(10 + 2 * std::exp(0.3)));
  CHECK(m.q05 == doctest::Approx(10 + 2 * std::exp(0.3 - 0.8 * 1.6448536269514722)));
}

TEST_CASE("an inverse logit map: known moments, from narrow to wide normals") {
  // By symmetry the mean at location 0 is 1/2; narrow and wide normals have exact limits.
  CHECK(NormalMap({Kind::inverse_logit, 0, 0, 1}, 0, 3).moments().mean ==
        doctest::Approx(0.5).epsilon(1e-14));
  const Moments narrow = NormalMap({Kind::inverse_logit, 0, 0, 1}, 1, 1e-4).moments();
  const double p = 1 / (1 + std::exp(-1.0));
  CHECK(narrow.mean == doctest::Approx(p).epsilon(1e-8));
  CHECK(narrow.sd == doctest::Approx(1e-4 * p * (1 - p)).epsilon(1e-6));
  // Very wide: nearly a step, so half the mass is at each end.
  const Moments wide = NormalMap({Kind::inverse_logit, 0, -1, 2}, 0, 1e4).moments();
  CHECK(wide.mean == doctest::Approx(0).epsilon(1e-12));
  CHECK(wide.sd == doctest::Approx(1).epsilon(0.05));
  CHECK(wide.q05 == doctest::Approx(-1));
}

TEST_CASE("the slope of the mean agrees with a difference") {
  for (const Kind kind : {Kind::identity, Kind::exponential, Kind::inverse_logit}) {
    const vippl::runtime::ScalarMap map{kind, 0, 1, -3};
    const double up = NormalMap(map, 0.2 + 1e-6, 0.7).moments().mean;
    const double down = NormalMap(map, 0.2 - 1e-6, 0.7).moments().mean;
    CHECK(NormalMap(map, 0.2, 0.7).mean_slope() ==
          doctest::Approx(std::fabs(up - down) / 2e-6).epsilon(1e-6));
  }
}

TEST_CASE("a map without a closed form is refused") {
  CHECK_THROWS_AS(NormalMap({Kind::other, 0, 0, 1}, 0, 1), vippl::lang::InternalError);
}
