#include "inference/normal_score.h"

#include <cmath>
#include <numbers>

namespace vippl::inference {

NormalScore score_normal(Evaluator& evaluator, const Start& normal, const Points& noise) {
  Points z(noise.rows(), noise.cols());
  double log_scale = 0;
  if (normal.precision.size() > 0) {
    normal.precision.place(noise, z);
    log_scale = -normal.precision.log_determinant_of_factor();
  } else if (normal.factor.size() == 0) {
    z = noise * normal.scale.asDiagonal();
    log_scale = normal.scale.array().log().sum();
  } else {
    z = noise * normal.factor.transpose();
    log_scale = normal.factor.diagonal().array().log().sum();
  }
  z.rowwise() += normal.location.transpose();
  LogDensities values(z.rows());
  evaluator.densities(z, values);
  if (!values.allFinite() || !std::isfinite(log_scale)) return {};
  const double log_two_pi = std::log(2 * std::numbers::pi);
  const Eigen::VectorXd log_ratios = values.array() + log_scale +
                                     0.5 * noise.rowwise().squaredNorm().array() +
                                     0.5 * static_cast<double>(noise.cols()) * log_two_pi;
  NormalScore score;
  score.elbo = log_ratios.mean();
  score.spread = std::sqrt((log_ratios.array() - score.elbo).square().mean());
  return score;
}

}  // namespace vippl::inference
