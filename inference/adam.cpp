#include "inference/adam.h"

#include <cmath>

namespace vippl::inference {

Adam::Adam(Eigen::Index size, const AdamSettings& settings)
    : settings_(settings),
      first_(Eigen::VectorXd::Zero(size)),
      second_(Eigen::VectorXd::Zero(size)) {}

double Adam::ascend(const Eigen::VectorXd& gradient, Eigen::VectorXd& parameters) {
  first_power_ *= settings_.first_decay;
  second_power_ *= settings_.second_decay;
  const double rate = settings_.learning_rate / (1 - first_power_);
  const double second_correction = std::sqrt(1 - second_power_);
  double square = 0;
  for (Eigen::Index i = 0; i < gradient.size(); ++i) {
    const double g = gradient[i];
    first_[i] += (1 - settings_.first_decay) * (g - first_[i]);
    second_[i] += (1 - settings_.second_decay) * (g * g - second_[i]);
    const double step =
        rate * first_[i] / (std::sqrt(second_[i]) / second_correction + settings_.epsilon);
    parameters[i] += step;
    square += step * step;
  }
  return std::sqrt(square);
}

}  // namespace vippl::inference
