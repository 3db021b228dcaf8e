#include "inference/rank_histogram.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "runtime/random.h"

namespace vippl {

namespace {

using inference::rank_histogram;
using inference::RankHistogram;

std::vector<std::int64_t> drawn_ranks(std::uint32_t stream, double (*of_uniform)(double),
                                      int count) {
  runtime::Rng rng(1, runtime::Purpose::test, stream);
  std::vector<std::int64_t> ranks;
  for (int i = 0; i < count; ++i)
    ranks.push_back(static_cast<std::int64_t>(100 * of_uniform(rng.uniform())));
  return ranks;
}

}  // namespace

TEST_CASE("ranks are counted in equal bins and compared with equal counts") {
  const std::vector<std::int64_t> ranks = {0, 0, 24, 25, 49, 50, 99, 99, 99, 99};
  const RankHistogram histogram = rank_histogram(ranks, 99, 4);
  CHECK(histogram.counts == std::vector<std::int64_t>{3, 2, 1, 4});
  // scipy.stats.chisquare([3, 2, 1, 4]): 2.0, 0.5724067044708798
  CHECK(histogram.chi_square == doctest::Approx(2));
  CHECK(histogram.p_value == doctest::Approx(0.5724067044708798).epsilon(1e-12));
}

TEST_CASE("uniform ranks give uniform p-values, and departures of unit variance") {
  int small = 0;
  double slants = 0, hollows = 0;
  constexpr int repeats = 400;
  for (std::uint32_t repeat = 0; repeat < repeats; ++repeat) {
    const RankHistogram histogram = rank_histogram(drawn_ranks(
                                                       repeat, [](double u) { return u; }, 100),
                                                   99, 20);
    small += histogram.p_value < 0.05 ? 1 : 0;
    slants += histogram.slant * histogram.slant / repeats;
    hollows += histogram.hollow * histogram.hollow / repeats;
  }
  CHECK(std::abs(small - 0.05 * repeats) < 15);  // sd 4.4
  CHECK(slants == doctest::Approx(1).epsilon(0.25));
  CHECK(hollows == doctest::Approx(1).epsilon(0.25));
}

TEST_CASE("each departure from uniform ranks has its words") {
  struct Case {
    double (*of_uniform)(double);
    std::string words;
  };
  const Case cases[] = {
      {[](double u) { return 0.5 + (u < 0.5 ? -0.5 : 0.5) * (1 - 0.3 * u); },
       "posteriors too narrow"},
      {[](double u) { return 0.25 + 0.5 * u; }, "posteriors too wide"},
      {[](double u) { return 1 - 0.7 * u; }, "posteriors too low"},
      {[](double u) { return 0.7 * u; }, "posteriors too high"},
      // Most at one end, the rest as it should be.
      {[](double u) { return u < 0.4 ? 0.05 * u : (u - 0.4) / 0.6; }, "posteriors too high"}};
  for (const Case& each : cases) {
    CAPTURE(each.words);
    std::vector<std::int64_t> ranks = drawn_ranks(1, each.of_uniform, 200);
    for (std::int64_t& rank : ranks) rank = std::min<std::int64_t>(rank, 99);
    const RankHistogram histogram = rank_histogram(ranks, 99, 20);
    CHECK(histogram.p_value < 1e-4);
    CHECK(inference::departure_words(histogram) == each.words);
  }
}

TEST_CASE("the bins are those that the replicates can fill") {
  CHECK(inference::bins_for(1000) == 20);
  CHECK(inference::bins_for(100) == 20);
  CHECK(inference::bins_for(50) == 10);
  CHECK(inference::bins_for(20) == 4);
  CHECK(inference::bins_for(3) == 2);
}

}  // namespace vippl
