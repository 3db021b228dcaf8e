#include "inference/rank_histogram.h"

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

namespace vippl::inference {

RankHistogram rank_histogram(std::span<const std::int64_t> ranks, std::int64_t draws,
                             std::int64_t bins) {
  RankHistogram result;
  result.counts.assign(static_cast<std::size_t>(bins), 0);
  if (ranks.empty()) return result;
  const double count = static_cast<double>(ranks.size());
  for (const std::int64_t rank : ranks) {
    ++result.counts[static_cast<std::size_t>(rank * bins / (draws + 1))];
    // Legendre polynomials of the rank on (0, 1), of unit variance under uniform ranks up to
    // 1 / draws^2.
    const double u = (static_cast<double>(rank) + 0.5) / static_cast<double>(draws + 1);
    result.slant += std::sqrt(3.0) * (2 * u - 1) / std::sqrt(count);
    result.hollow += std::sqrt(5.0) * (6 * u * (u - 1) + 1) / std::sqrt(count);
  }
  const double expected = count / static_cast<double>(bins);
  for (const std::int64_t each : result.counts) {
    const double excess = static_cast<double>(each) - expected;
    result.chi_square += excess * excess / expected;
  }
  result.p_value =
      boost::math::gamma_q(0.5 * static_cast<double>(bins - 1), 0.5 * result.chi_square);
  return result;
}

std::string departure_words(const RankHistogram& histogram) {
  // A heap at one end alone is hollow too, and rather more than it slants.
  if (std::abs(histogram.hollow) > 2 * std::abs(histogram.slant))
    return histogram.hollow > 0 ? "posteriors too narrow" : "posteriors too wide";
  return histogram.slant > 0 ? "posteriors too low" : "posteriors too high";
}

std::int64_t bins_for(std::int64_t replicates) {
  constexpr std::int64_t choices[] = {20, 10, 5, 4};
  constexpr std::int64_t least_per_bin = 5;  // for the chi-square distribution to hold
  for (const std::int64_t bins : choices)
    if (replicates >= least_per_bin * bins) return bins;
  return 2;
}

}  // namespace vippl::inference
