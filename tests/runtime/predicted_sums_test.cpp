#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "runtime/random.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

using Real = long double;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

struct Outcomes {
  std::size_t elements;
  std::size_t lanes;
  std::vector<double> y, logits, sums, slopes;

  Outcomes(std::size_t rows, std::size_t points, Rng& rng)
      : elements(rows),
        lanes(points),
        y(rows),
        logits(rows * points),
        sums(points, 0.5),
        slopes(rows * points) {
    for (double& outcome : y) outcome = rng.uniform() < 0.5 ? 1 : 0;
    for (double& logit : logits) logit = 6 * rng.normal();
  }
  bool add(const simd::Engine& engine) {
    return engine.fused.bernoulli_logit(elements, lanes, {y.data(), 1, 0},
                                        {logits.data(), lanes, lanes == 1 ? 0U : 1U}, sums.data(),
                                        slopes.data());
  }
};

void check(const Outcomes& outcomes) {
  for (std::size_t l = 0; l < outcomes.lanes; ++l) {
    Real sum = 0.5L;
    Real size = 1;
    for (std::size_t i = 0; i < outcomes.elements; ++i) {
      const std::size_t at = i * outcomes.lanes + l;
      const Real x = outcomes.y[i] == 1 ? -Real(outcomes.logits[at]) : outcomes.logits[at];
      CAPTURE(outcomes.logits[at]);
      const Real term = (x > 0 ? x : 0) + log1pl(expl(-fabsl(x)));
      sum -= term;
      size += term;
      const Real other = 1 / (1 + expl(-x));
      const auto slope = static_cast<double>(outcomes.y[i] == 1 ? other : -other);
      CHECK(std::abs(outcomes.slopes[at] - slope) <= 4e-16);
    }
    CHECK(std::abs(outcomes.sums[l] - static_cast<double>(sum)) <=
          1e-15 * static_cast<double>(size + 4 * Real(outcomes.elements)));
  }
}

// Counts with logs of rates, in the places of outcomes and logits.
Outcomes counts(std::size_t rows, std::size_t points, Rng& rng) {
  Outcomes result(rows, points, rng);
  for (double& count : result.y) count = std::floor(12 * rng.uniform());
  return result;
}
bool add_counts(const simd::Engine& engine, Outcomes& counts) {
  return engine.fused.poisson_log(counts.elements, counts.lanes, {counts.y.data(), 1, 0},
                                  {counts.logits.data(), counts.lanes, counts.lanes == 1 ? 0U : 1U},
                                  counts.sums.data(), counts.slopes.data());
}

void check_counts(const Outcomes& counts) {
  for (std::size_t l = 0; l < counts.lanes; ++l) {
    Real sum = 0.5L;
    Real size = 1;
    for (std::size_t i = 0; i < counts.elements; ++i) {
      const std::size_t at = i * counts.lanes + l;
      const Real x = counts.logits[at];
      CAPTURE(counts.logits[at]);
      sum += counts.y[i] * x - expl(x);
      size += counts.y[i] * fabsl(x) + expl(x);
      const auto slope = static_cast<double>(counts.y[i] - expl(x));
      CHECK(std::abs(counts.slopes[at] - slope) <=
            4e-16 * (counts.y[i] + static_cast<double>(expl(x))));
    }
    CHECK(std::abs(counts.sums[l] - static_cast<double>(sum)) <=
          4e-15 * static_cast<double>(size + 4 * Real(counts.elements)));
  }
}

}  // namespace

TEST_CASE("sums of Poisson likelihoods and their slopes against long doubles") {
  Rng rng(12, Purpose::test);
  const simd::Engines engines = simd::all_engines();
  for (std::size_t e = 0; e < engines.count; ++e) {
    for (const std::size_t lanes : {1, 8}) {
      for (const std::size_t elements : {1, 3, 8, 13, 128, 511}) {
        INFO(engines.table[e]->name, ", ", elements, " x ", lanes);
        Outcomes some = counts(elements, lanes, rng);
        REQUIRE(add_counts(*engines.table[e], some));
        check_counts(some);
      }
      for (const double log_rate :
           {0.0, -0.0, 5e-324, -1e-300, 1e-17, 36.8, -36.8, 600.0, -700.0, 707.9, -707.9}) {
        INFO(engines.table[e]->name, ", ", lanes, " points, ", log_rate);
        Outcomes some = counts(11, lanes, rng);
        some.logits[5 * lanes - 1] = some.logits[10 * lanes] = log_rate;
        REQUIRE(add_counts(*engines.table[e], some));
        check_counts(some);
      }
      for (std::size_t i = 0; i < 11; ++i) {
        for (const double bad : {infinity, -infinity, not_a_number, 708.5, -708.5, 1e300}) {
          INFO(engines.table[e]->name, ", ", lanes, " points, row ", i, ", ", bad);
          Outcomes some = counts(11, lanes, rng);
          some.logits[(i + 1) * lanes - 1] = bad;
          CHECK_FALSE(add_counts(*engines.table[e], some));
        }
      }
    }
  }
}

TEST_CASE("sums of logistic likelihoods and their slopes against long doubles") {
  Rng rng(9, Purpose::test);
  const simd::Engines engines = simd::all_engines();
  for (std::size_t e = 0; e < engines.count; ++e) {
    for (const std::size_t lanes : {1, 8}) {
      for (const std::size_t elements : {1, 3, 8, 13, 128, 511}) {
        INFO(engines.table[e]->name, ", ", elements, " x ", lanes);
        Outcomes outcomes(elements, lanes, rng);
        REQUIRE(outcomes.add(*engines.table[e]));
        check(outcomes);
      }
    }
  }
}

TEST_CASE("sums of logistic likelihoods are right for logits of any size") {
  Rng rng(10, Purpose::test);
  const simd::Engines engines = simd::all_engines();
  for (std::size_t e = 0; e < engines.count; ++e) {
    for (const std::size_t lanes : {1, 8}) {
      for (const double logit : {0.0, -0.0, 5e-324, -5e-324, 1e-17, 36.8, -36.8, 707.9, -708.1,
                                 745.2, -745.2, 1e5, -1e5, 1e300, -1e300}) {
        for (const double outcome : {0.0, 1.0}) {
          INFO(engines.table[e]->name, ", ", lanes, " points, ", outcome, " at ", logit);
          Outcomes outcomes(11, lanes, rng);
          outcomes.y[4] = outcomes.y[10] = outcome;
          outcomes.logits[5 * lanes - 1] = outcomes.logits[10 * lanes] = logit;
          REQUIRE(outcomes.add(*engines.table[e]));
          check(outcomes);
        }
      }
    }
  }
}

TEST_CASE("sums of logistic likelihoods refuse other outcomes and logits that are not finite") {
  Rng rng(11, Purpose::test);
  const simd::Engines engines = simd::all_engines();
  for (std::size_t e = 0; e < engines.count; ++e) {
    for (const std::size_t lanes : {1, 8}) {
      for (std::size_t i = 0; i < 11; ++i) {
        INFO(engines.table[e]->name, ", ", lanes, " points, row ", i);
        for (const double bad : {infinity, -infinity, not_a_number}) {
          Outcomes outcomes(11, lanes, rng);
          outcomes.logits[(i + 1) * lanes - 1] = bad;
          CHECK_FALSE(outcomes.add(*engines.table[e]));
        }
        for (const double bad : {2.0, -1.0, 0.5, 5e-324, not_a_number, infinity}) {
          Outcomes outcomes(11, lanes, rng);
          outcomes.y[i] = bad;
          CHECK_FALSE(outcomes.add(*engines.table[e]));
        }
      }
    }
  }
}

}  // namespace vippl::runtime
