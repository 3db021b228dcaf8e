#include <algorithm>
#include <cmath>
#include <numbers>

#include "runtime/bessel.h"
#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct VonMises {
  static constexpr std::size_t parameter_count = 2;
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T location = parameters[0], concentration = parameters[1];
    // exp(-concentration) is in both parts: cos - 1 by the half angle keeps digits near 0.
    const T half_sine = sin(0.5 * (y - location));
    const double at = value_of(concentration);
    const T log_bessel = with_slope(T(runtime::log_scaled_bessel_i0(at)), concentration,
                                    runtime::log_scaled_bessel_i0_slope(at));
    return -2 * concentration * half_sine * half_sine - log_bessel - std::log(2 * std::numbers::pi);
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    // Best & Fisher (1979), Applied Statistics 28(2). Beyond the limits their rejection constant
    // has no digits left, and the distribution is uniform or normal.
    constexpr double uniform_below = 1e-8, normal_above = 1e6;
    const double location = parameters[0], concentration = parameters[1];
    double angle = 0;
    if (concentration < uniform_below) {
      angle = std::numbers::pi * (2 * rng.uniform() - 1);
    } else if (concentration > normal_above) {
      angle = rng.normal() / sqrt(concentration);
    } else {
      const double tau = 1 + sqrt(1 + 4 * concentration * concentration);
      const double rho = (tau - sqrt(2 * tau)) / (2 * concentration);
      const double r = (1 + rho * rho) / (2 * rho);
      double cosine = 0;
      double c = 0;
      double u = 0;
      do {
        const double z = cos(std::numbers::pi * rng.uniform());
        cosine = (1 + r * z) / (r + z);
        c = concentration * (r - cosine);
        u = rng.uniform();
      } while (c * (2 - c) <= u && log(c / u) + 1 < c);
      angle = std::acos(std::clamp(cosine, -1.0, 1.0));
      if (rng.uniform() < 0.5) angle = -angle;
    }
    return std::remainder(location + angle, 2 * std::numbers::pi);
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, ""},
                                    {"concentration", Support::positive, ""}};

}  // namespace

constinit const Distribution von_mises = describe<VonMises, von_mises>(
    {.name = "von_mises",
     .parameters = parameters,
     .summary = "normal wrapped around the circle, of angles from -pi to pi",
     .source = "Mardia & Jupp (2000), Directional Statistics, ch. 3",
     .support = between({Bound::Kind::constant, -std::numbers::pi},
                        {Bound::Kind::constant, std::numbers::pi})});

}  // namespace vippl::stdlib::distributions
