#include "runtime/degrees_of_freedom.h"

#include <numbers>

namespace vippl::runtime {

void DegreesOfFreedom::set(const simd::Strided& df, std::size_t lanes, bool wants_slopes) {
  bool known = lanes_ == lanes && (has_slopes_ || !wants_slopes);
  for (std::size_t l = 0; l < lanes; ++l) {
    const double here = df.data[l * df.lane];
    known = known && df_[l] == here;
    df_[l] = here;
  }
  if (known) return;
  lanes_ = lanes;
  has_slopes_ = wants_slopes;
  // (df + 1) / 2, then df / 2; pi df
  const std::size_t different = df.lane == 0 ? 1 : lanes;
  std::array<double, 2 * most_lanes> halves;
  std::array<double, most_lanes> logs;
  for (std::size_t l = 0; l < different; ++l) {
    halves[l] = 0.5 * df_[l] + 0.5;
    halves[different + l] = 0.5 * df_[l];
    logs[l] = std::numbers::pi * df_[l];
  }
  const simd::Engine& engine = simd::engine();
  std::array<double, 2 * most_lanes> results;
  engine.log(different, logs.data(), logs.data());
  engine.log_gamma(2 * different, halves.data(), results.data());
  for (std::size_t l = 0; l < lanes; ++l) {
    const std::size_t at = df.lane == 0 ? 0 : l;
    constants_[l] = results[at] - results[different + at] - 0.5 * logs[at];
  }
  if (!wants_slopes) return;
  engine.digamma(2 * different, halves.data(), results.data());
  for (std::size_t l = 0; l < lanes; ++l) {
    const std::size_t at = df.lane == 0 ? 0 : l;
    slopes_[l] = 0.5 * (results[at] - results[different + at]) - 0.5 / df_[l];
  }
}

}  // namespace vippl::runtime
