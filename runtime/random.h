#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace vippl::runtime {

/// What a stream of random numbers is for: streams of different purposes never share a number.
enum class Purpose : std::uint8_t { start, noise, batch, posterior, prior, generate, test };

/// A stream of random numbers: Philox4x32-10 (Salmon et al. 2011), a pure function of seed,
/// purpose, site, row and draw, so that results do not depend on the order or the number of
/// threads. Copies continue on their own.
class Rng {
 public:
  using result_type = std::uint32_t;

  explicit Rng(std::uint64_t seed, Purpose purpose, std::uint32_t site = 0, std::uint32_t row = 0,
               std::uint32_t draw = 0);

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return 0xFFFFFFFFU; }
  result_type operator()();

  /// Strictly between 0 and 1, 53 bits.
  double uniform();
  /// Standard normal; Box-Muller, two normals from four words, always.
  double normal();
  void fill_normal(std::span<double> out);

  // Variates over Boost.Random, for samplers. Parameters as in language.md section 15.
  double exponential();        ///< rate 1
  double gamma(double shape);  ///< rate 1
  double chi_square(double df);
  double student_t(double df);  ///< location 0, scale 1
  double beta(double alpha, double beta);
  double cauchy();              ///< location 0, scale 1
  double poisson(double mean);  ///< a whole number
  double binomial(double trials, double p);
  /// From 0 to weights.size() - 1, with chances proportional to the weights.
  std::size_t categorical(std::span<const double> weights);
  /// From 0 to count - 1.
  std::size_t index(std::size_t count);

 private:
  void refill();

  std::uint32_t key_[2];
  std::uint32_t counter_[4];
  std::uint32_t words_[4];
  unsigned used_ = 4;
  bool has_spare_ = false;
  double spare_ = 0;
};

}  // namespace vippl::runtime
