#include "runtime/random.h"

#include <Random123/philox.h>

#include <boost/random/binomial_distribution.hpp>
#include <boost/random/gamma_distribution.hpp>
#include <boost/random/poisson_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "lang/diagnostic.h"

namespace vippl::runtime {

namespace {

constexpr std::uint32_t site_bits = 24;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// Counts are returned as double: beyond this they are no longer whole numbers, and the normal limit
// is exact enough.
constexpr double largest_exact_count = 1e15;

double normal_limit(double mean, double variance, Rng& rng) {
  return std::round(mean + std::sqrt(variance) * rng.normal());
}

}  // namespace

Rng::Rng(std::uint64_t seed, Purpose purpose, std::uint32_t site, std::uint32_t row,
         std::uint32_t draw)
    : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
      counter_{0, draw, row, (static_cast<std::uint32_t>(purpose) << site_bits) | site},
      words_{} {
  VIPPL_ASSERT(site < (1U << site_bits), "a site's number fits in 24 bits");
}

void Rng::refill() {
  const r123::Philox4x32::ctr_type counter = {{counter_[0], counter_[1], counter_[2], counter_[3]}};
  const r123::Philox4x32::key_type key = {{key_[0], key_[1]}};
  const r123::Philox4x32::ctr_type block = r123::Philox4x32()(counter, key);
  for (std::size_t i = 0; i < 4; ++i) words_[i] = block[i];
  used_ = 0;
  ++counter_[0];
  VIPPL_ASSERT(counter_[0] != 0, "a stream ends after 2^34 words");
}

Rng::result_type Rng::operator()() {
  if (used_ == 4) refill();
  return words_[used_++];
}

double Rng::uniform() {
  const std::uint64_t high = (*this)();
  const std::uint64_t low = (*this)();
  // An odd multiple of 2^-53, so neither 0 nor 1 after rounding.
  const std::uint64_t fraction = ((high << 32 | low) >> 11) | 1;
  return static_cast<double>(fraction) * 0x1p-53;
}

double Rng::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  const double radius = std::sqrt(-2 * std::log(uniform()));
  const double angle = 2 * std::numbers::pi * uniform();
  spare_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

void Rng::fill_normal(std::span<double> out) {
  for (double& x : out) x = normal();
}

double Rng::exponential() { return -std::log(uniform()); }

double Rng::gamma(double shape) {
  if (!(shape > 0) || !std::isfinite(shape)) return not_a_number;
  return boost::random::gamma_distribution<double>(shape)(*this);
}

double Rng::chi_square(double df) { return 2 * gamma(0.5 * df); }

double Rng::student_t(double df) {
  const double numerator = normal();
  return numerator / std::sqrt(chi_square(df) / df);
}

double Rng::beta(double alpha, double beta) {
  const double a = gamma(alpha);
  const double b = gamma(beta);
  // Both underflow where the parameters are tiny: the distribution then sits at 0 and 1.
  if (a + b == 0) return uniform() * (alpha + beta) < alpha ? 1 : 0;
  return a / (a + b);
}

double Rng::cauchy() { return std::tan(std::numbers::pi * (uniform() - 0.5)); }

double Rng::poisson(double mean) {
  if (!(mean >= 0) || !std::isfinite(mean)) return not_a_number;
  if (mean == 0) return 0;
  if (mean > largest_exact_count) return normal_limit(mean, mean, *this);
  return static_cast<double>(
      boost::random::poisson_distribution<std::int64_t, double>(mean)(*this));
}

double Rng::binomial(double trials, double p) {
  if (!(trials >= 0) || !std::isfinite(trials) || !(p >= 0 && p <= 1)) return not_a_number;
  if (trials == 0 || p == 0) return 0;
  if (p == 1) return trials;
  if (trials > largest_exact_count) {
    const double x = normal_limit(trials * p, trials * p * (1 - p), *this);
    return std::fmin(std::fmax(x, 0), trials);
  }
  return static_cast<double>(boost::random::binomial_distribution<std::int64_t, double>(
      static_cast<std::int64_t>(trials), p)(*this));
}

std::size_t Rng::categorical(std::span<const double> weights) {
  double total = 0;
  for (double weight : weights) total += weight;
  double left = uniform() * total;
  std::size_t last_possible = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!(weights[i] > 0)) continue;
    last_possible = i;
    left -= weights[i];
    if (left < 0) return i;
  }
  return last_possible;  // rounding left a crumb of the total
}

std::size_t Rng::index(std::size_t count) {
  VIPPL_ASSERT(count > 0, "there is something to choose from");
  if (count > max())
    return boost::random::uniform_int_distribution<std::size_t>(0, count - 1)(*this);
  // Lemire (2019), "Fast random integer generation in an interval": the high word of a product,
  // with the few low words that would favour some results drawn again.
  const std::uint32_t n = static_cast<std::uint32_t>(count);
  std::uint64_t product = std::uint64_t{(*this)()} * n;
  if (static_cast<std::uint32_t>(product) < n) {
    const std::uint32_t uneven = (0U - n) % n;
    while (static_cast<std::uint32_t>(product) < uneven) product = std::uint64_t{(*this)()} * n;
  }
  return static_cast<std::size_t>(product >> 32);
}

}  // namespace vippl::runtime
