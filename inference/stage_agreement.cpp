#include "inference/stage_agreement.h"

#include <algorithm>
#include <cmath>

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Eigen::Index;

constexpr double kl_tolerance = 0.01;
constexpr double kl_tolerance_per_coordinate = 0.001;
constexpr double elbo_tolerance = 0.01;
constexpr double negligible_kl = 1e-5;  // the ELBOs then agree as well
constexpr Index comparison_draws = 1000;

/// Whether the ELBOs of two guides are equal within 0.01 nats or two standard errors, on common
/// fresh draws.
bool elbos_agree(Evaluator& evaluator, const Guide& a, const Guide& b, std::uint64_t seed,
                 int stage, const Progress& progress) {
  Points noise(comparison_draws, a.noise_dimension());
  Rng rng(seed, runtime::Purpose::noise, 2, static_cast<std::uint32_t>(stage));
  rng.fill_normal({noise.data(), static_cast<std::size_t>(noise.size())});
  Points z(comparison_draws, a.dimension());
  LogDensities log_p(comparison_draws), log_q(comparison_draws);
  Vector difference = Vector::Zero(comparison_draws);
  for (const Guide* guide : {&a, &b}) {
    guide->place(noise, z);
    const auto goes_on = [&progress] { return !progress.interrupted(); };
    if (!evaluator.densities_in_blocks(z, log_p, goes_on)) return false;
    guide->log_density_of_placed(noise, log_q);
    difference = log_p - log_q - difference;
  }
  if (!difference.allFinite()) return false;
  const double count = static_cast<double>(comparison_draws);
  const double mean = difference.mean();
  const double error = std::sqrt((difference.array() - mean).square().sum() / (count - 1) / count);
  return std::fabs(mean) < std::max(elbo_tolerance, 2 * error);
}

}  // namespace

double negligible_divergence(Index dimension) {
  return kl_tolerance + kl_tolerance_per_coordinate * static_cast<double>(dimension);
}

bool stages_agree(Evaluator& evaluator, const Guide& before, const Guide& after, std::uint64_t seed,
                  int stage, const Progress& progress) {
  const double kl = symmetrised_kl(before, after);
  if (kl < negligible_kl) return true;
  return kl < negligible_divergence(after.dimension()) &&
         elbos_agree(evaluator, before, after, seed, stage, progress);
}

}  // namespace vippl::inference
