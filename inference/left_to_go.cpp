#include "inference/left_to_go.h"

#include <fmt/format.h>

#include <cmath>

namespace vippl::inference {

void require_nothing_left(Posterior& posterior) {
  constexpr double near_enough = 0.05;
  const Eigen::VectorXd sds = posterior.guide->variance().cwiseSqrt();
  const double left = posterior.location_se.cwiseQuotient(sds).maxCoeff();
  const bool was_interrupted = posterior.stop_reason == StopReason::interrupted;
  posterior.converged = !was_interrupted && left < near_enough;
  if (!posterior.converged && !was_interrupted && std::isfinite(left))
    posterior.stop_sentence += fmt::format(", with about {:.2g} sd still to go", left);
}

}  // namespace vippl::inference
