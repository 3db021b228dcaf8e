#include "inference/normal_map.h"

#include <cmath>

#include "lang/diagnostic.h"

namespace vippl::inference {

namespace {

using Kind = runtime::ScalarMap::Kind;

constexpr double normal_quantile_95 = 1.6448536269514722;

double inverse_logit(double z) {
  return z >= 0 ? 1 / (1 + std::exp(-z)) : std::exp(z) / (1 + std::exp(z));
}

/// E f(location + sd e), e standard normal. The trapezoidal rule: for an analytic f under a normal
/// its error falls exponentially in 1 / width, and unlike Gauss-Hermite it also resolves a step
/// that is steep against sd.
template <class Function>
double expectation(double location, double sd, Function f) {
  constexpr double width = 1.0 / 16;
  constexpr int reach = 144;  // 9 sd either way: what lies beyond is below rounding
  double sum = 0;
  double weights = 0;
  for (int i = -reach; i <= reach; ++i) {
    const double e = width * i;
    const double weight = std::exp(-0.5 * e * e);
    weights += weight;
    sum += weight * f(location + sd * e);
  }
  return sum / weights;
}

}  // namespace

NormalMap::NormalMap(const runtime::ScalarMap& map, double location, double sd)
    : map_(map), location_(location), sd_(sd) {
  VIPPL_ASSERT(map.kind != Kind::other, "the map has a closed form");
}

double NormalMap::z_quantile(double share) const {
  // Only the three quantiles of the table are asked for.
  if (share == 0.5) return location_;
  return location_ + (share > 0.5 ? 1 : -1) * normal_quantile_95 * sd_;
}

double NormalMap::at(double z) const {
  switch (map_.kind) {
    case Kind::identity:
      return map_.shift + map_.scale * z;
    case Kind::exponential:
      return map_.shift + map_.scale * std::exp(z);
    case Kind::inverse_logit:
      return map_.shift + map_.scale * inverse_logit(z);
    case Kind::other:
      break;
  }
  return std::nan("");
}

Moments NormalMap::moments() const {
  double mean = 0;
  double sd = 0;
  switch (map_.kind) {
    case Kind::identity:
      mean = location_;
      sd = sd_;
      break;
    case Kind::exponential:
      mean = std::exp(location_ + 0.5 * sd_ * sd_);
      sd = mean * std::sqrt(std::expm1(sd_ * sd_));
      break;
    case Kind::inverse_logit: {
      mean = expectation(location_, sd_, inverse_logit);
      const auto square = [mean](double z) {
        const double deviation = inverse_logit(z) - mean;
        return deviation * deviation;
      };
      sd = std::sqrt(expectation(location_, sd_, square));
      break;
    }
    case Kind::other:
      break;
  }
  const double low = is_increasing() ? 0.05 : 0.95;
  return {map_.shift + map_.scale * mean, std::fabs(map_.scale) * sd, at(z_quantile(low)),
          at(z_quantile(0.5)), at(z_quantile(1 - low))};
}

double NormalMap::mean_slope() const {
  double slope = 1;
  switch (map_.kind) {
    case Kind::identity:
    case Kind::other:
      break;
    case Kind::exponential:
      slope = std::exp(location_ + 0.5 * sd_ * sd_);
      break;
    case Kind::inverse_logit:
      slope = expectation(location_, sd_, [](double z) {
        const double x = inverse_logit(z);
        return x * (1 - x);
      });
      break;
  }
  return std::fabs(map_.scale) * slope;
}

double NormalMap::mean_curvature() const {
  switch (map_.kind) {
    case Kind::identity:
    case Kind::other:
      break;
    case Kind::exponential:
      return map_.scale * std::exp(location_ + 0.5 * sd_ * sd_);
    case Kind::inverse_logit:
      return map_.scale * expectation(location_, sd_, [](double z) {
               const double x = inverse_logit(z);
               return x * (1 - x) * (1 - 2 * x);
             });
  }
  return 0;
}

}  // namespace vippl::inference
