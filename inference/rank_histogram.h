#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vippl::inference {

/// The ranks of true values among draws of their posteriors, over replicates of simulation-based
/// calibration (Talts, Betancourt, Simpson, Vehtari & Gelman 2018, arXiv 1804.06788): uniform if
/// the posteriors are right.
struct RankHistogram {
  std::vector<std::int64_t> counts;  ///< of equal bins, from the lowest ranks to the highest
  double chi_square = 0;             ///< against equal counts
  double p_value = 1;                ///< of chi_square, with counts.size() - 1 degrees of freedom
  /// Standardised departures: positive `slant` where truths lie above their posteriors; positive
  /// `hollow` where they lie outside them, in their tails. Standard normal if ranks are uniform.
  double slant = 0;
  double hollow = 0;
};

/// Ranks are 0 to `draws`; the number of bins divides draws + 1.
RankHistogram rank_histogram(std::span<const std::int64_t> ranks, std::int64_t draws,
                             std::int64_t bins);

/// What is wrong with the posteriors, by the two departures: "posteriors too
/// narrow", "too wide", "too low", "too high".
std::string departure_words(const RankHistogram& histogram);

/// As many bins as the number of replicates can fill with five each, a divisor of 100 up to 20.
std::int64_t bins_for(std::int64_t replicates);

}  // namespace vippl::inference
