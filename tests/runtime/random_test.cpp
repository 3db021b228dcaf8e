#include "runtime/random.h"

#include <Random123/philox.h>
#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <set>
#include <string>
#include <vector>

using vippl::runtime::Purpose;
using vippl::runtime::Rng;

namespace {

struct Moments {
  double mean = 0;
  double variance = 0;
};

Moments sample_moments(const std::function<double(Rng&)>& draw, int count) {
  Rng rng(11, Purpose::test);
  std::vector<double> draws;
  double mean = 0;
  for (int i = 0; i < count; ++i) {
    draws.push_back(draw(rng));
    mean += draws.back() / count;
  }
  double variance = 0;
  for (const double x : draws) variance += (x - mean) * (x - mean) / (count - 1);
  return {mean, variance};
}

}  // namespace

TEST_CASE("the generator is Philox4x32-10: the published vector of Random123") {
  // kat_vectors of the Random123 distribution: philox4x32 10, counter and key the digits of pi.
  const r123::Philox4x32::ctr_type counter = {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}};
  const r123::Philox4x32::key_type key = {{0xa4093822, 0x299f31d0}};
  const r123::Philox4x32::ctr_type expected = {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}};
  CHECK((r123::Philox4x32()(counter, key) == expected));
}

TEST_CASE("key and counter are laid out as documented") {
  // Zero key and counter: the first vector of kat_vectors. Purpose 0 is `start`.
  Rng zero(0, Purpose::start);
  CHECK(zero() == 0x6627e8d5);
  CHECK(zero() == 0xe169c58d);
  CHECK(zero() == 0xbc57ac4c);
  CHECK(zero() == 0x9b00dbd8);

  const std::uint64_t seed = 0x0123456789abcdefU;
  Rng rng(seed, Purpose::noise, 5, 6, 7);
  for (std::uint32_t block = 0; block < 3; ++block) {
    const r123::Philox4x32::ctr_type counter = {{block, 7, 6, (1U << 24) | 5U}};
    const r123::Philox4x32::key_type key = {{0x89abcdef, 0x01234567}};
    const r123::Philox4x32::ctr_type expected = r123::Philox4x32()(counter, key);
    for (std::size_t i = 0; i < 4; ++i) CHECK(rng() == expected[i]);
  }
}

TEST_CASE("streams that differ in one word share no numbers") {
  std::vector<Rng> streams;
  for (const std::uint64_t seed : {1ULL, 2ULL, 1ULL << 32})
    streams.emplace_back(seed, Purpose::noise);
  streams.emplace_back(1, Purpose::batch);
  streams.emplace_back(1, Purpose::noise, 1);
  streams.emplace_back(1, Purpose::noise, 0, 1);
  streams.emplace_back(1, Purpose::noise, 0, 0, 1);
  std::set<std::uint64_t> seen;
  constexpr std::size_t pairs = 500;
  for (Rng& rng : streams)
    for (std::size_t i = 0; i < pairs; ++i) {
      const std::uint64_t high = rng();
      seen.insert(high << 32 | rng());
    }
  CHECK(seen.size() == streams.size() * pairs);
}

TEST_CASE("a copy continues on its own, spare normal included") {
  Rng rng(3, Purpose::test);
  rng.normal();
  Rng copy = rng;
  for (int i = 0; i < 7; ++i) CHECK(copy.normal() == rng.normal());
}

TEST_CASE("two normals take four words, always") {
  Rng by_normal(3, Purpose::test);
  Rng by_word(3, Purpose::test);
  for (int i = 0; i < 10; ++i) by_normal.normal();
  for (int i = 0; i < 20; ++i) by_word();
  CHECK(by_normal() == by_word());
}

TEST_CASE("fill_normal gives what normal gives") {
  Rng a(3, Purpose::test), b(3, Purpose::test);
  std::vector<double> filled(11);
  a.fill_normal(filled);
  for (const double x : filled) CHECK(x == b.normal());
}

TEST_CASE("uniform stays strictly between 0 and 1") {
  Rng rng(5, Purpose::test);
  double least = 1, most = 0;
  for (int i = 0; i < 100000; ++i) {
    const double u = rng.uniform();
    least = std::fmin(least, u);
    most = std::fmax(most, u);
  }
  CHECK(least > 0);
  CHECK(least < 1e-4);
  CHECK(most < 1);
  CHECK(most > 1 - 1e-4);
}

TEST_CASE("variates have the moments of their distributions") {
  struct Case {
    std::string name;
    std::function<double(Rng&)> draw;
    double mean;
    double variance;
  };
  const Case cases[] = {
      {"uniform", [](Rng& r) { return r.uniform(); }, 0.5, 1.0 / 12},
      {"normal", [](Rng& r) { return r.normal(); }, 0, 1},
      {"exponential", [](Rng& r) { return r.exponential(); }, 1, 1},
      {"gamma 0.5", [](Rng& r) { return r.gamma(0.5); }, 0.5, 0.5},
      {"gamma 3.5", [](Rng& r) { return r.gamma(3.5); }, 3.5, 3.5},
      {"chi_square", [](Rng& r) { return r.chi_square(4); }, 4, 8},
      {"student_t", [](Rng& r) { return r.student_t(10); }, 0, 1.25},
      {"beta", [](Rng& r) { return r.beta(2, 3); }, 0.4, 0.04},
      {"beta tiny", [](Rng& r) { return r.beta(1e-4, 3e-4); }, 0.25, 0.25 * 0.75},
      {"poisson 2", [](Rng& r) { return r.poisson(2); }, 2, 2},
      {"poisson 50", [](Rng& r) { return r.poisson(50); }, 50, 50},
      {"binomial small", [](Rng& r) { return r.binomial(8, 0.3); }, 2.4, 1.68},
      {"binomial large", [](Rng& r) { return r.binomial(1000, 0.3); }, 300, 210},
      {"index", [](Rng& r) { return static_cast<double>(r.index(6)); }, 2.5, 35.0 / 12},
      {"categorical",
       [](Rng& r) {
         const double weights[] = {1, 0, 3};
         return static_cast<double>(r.categorical(weights));
       },
       1.5, 0.75},
  };
  constexpr int count = 40000;
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const Moments m = sample_moments(c.draw, count);
    // Five standard errors; those of a variance need the fourth moment, at most 9 variances squared
    // in this list.
    CHECK(std::fabs(m.mean - c.mean) < 5 * std::sqrt(c.variance / count));
    CHECK(std::fabs(m.variance - c.variance) < 5 * 3 * c.variance / std::sqrt(double{count}));
  }
}

TEST_CASE("half of the Cauchy draws lie between -1 and 1") {
  Rng rng(5, Purpose::test);
  int inside = 0;
  for (int i = 0; i < 10000; ++i) inside += std::fabs(rng.cauchy()) < 1;
  CHECK(std::abs(inside - 5000) < 250);
}

TEST_CASE("counts are whole and within their range, also in the limits") {
  Rng rng(5, Purpose::test);
  CHECK(rng.poisson(0) == 0);
  CHECK(rng.binomial(0, 0.5) == 0);
  CHECK(rng.binomial(7, 0) == 0);
  CHECK(rng.binomial(7, 1) == 7);
  for (const double mean : {0.1, 9.0, 1e6, 1e17}) {
    const double x = rng.poisson(mean);
    CHECK(x == std::floor(x));
    CHECK(std::fabs(x - mean) < 10 * std::sqrt(mean) + 10);
  }
  for (int i = 0; i < 100; ++i) {
    const double x = rng.binomial(20, 0.9);
    CHECK((x >= 0 && x <= 20 && x == std::floor(x)));
  }
}

TEST_CASE("parameters outside the support give NaN, not an endless loop") {
  Rng rng(5, Purpose::test);
  const double nan = std::nan("");
  CHECK(std::isnan(rng.gamma(0)));
  CHECK(std::isnan(rng.gamma(-1)));
  CHECK(std::isnan(rng.gamma(nan)));
  CHECK(std::isnan(rng.poisson(-1)));
  CHECK(std::isnan(rng.poisson(nan)));
  CHECK(std::isnan(rng.binomial(5, 1.5)));
  CHECK(std::isnan(rng.binomial(-5, 0.5)));
}

TEST_CASE("categorical never picks a weight of 0") {
  Rng rng(5, Purpose::test);
  const double weights[] = {0, 1e-300, 0};
  for (int i = 0; i < 50; ++i) CHECK(rng.categorical(weights) == 1);
}

TEST_CASE("the same seed gives the same numbers for ever") {
  // Values of the first build: a change of any of them breaks every stored result of every user.
  Rng rng(1, Purpose::posterior, 2, 3, 4);
  struct Golden {
    std::string name;
    double found;
    double expected;
  };
  const Golden goldens[] = {
      {"uniform", rng.uniform(), 0.16347225451901626},
      {"normal", rng.normal(), -2.3048618304612285},
      {"normal again", rng.normal(), -1.168630628524469},
      {"exponential", rng.exponential(), 0.29935768310466515},
      {"gamma", rng.gamma(2.5), 0.11657723098504946},
      {"gamma below 1", rng.gamma(0.3), 1.2427409937579423},
      {"student_t", rng.student_t(3), 1.276115561270434},
      {"beta", rng.beta(2, 3), 0.18658619095738244},
      {"cauchy", rng.cauchy(), -1.5085497534540071},
      {"poisson", rng.poisson(4), 3},
      {"poisson large", rng.poisson(90), 87},
      {"binomial", rng.binomial(40, 0.4), 11},
      {"index", static_cast<double>(rng.index(1000)), 503},
  };
  for (const Golden& golden : goldens) {
    CAPTURE(golden.name);
    CHECK(golden.found == doctest::Approx(golden.expected).epsilon(1e-14));
  }
}
