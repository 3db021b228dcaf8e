#include "inference/climb.h"

#include "inference/lbfgs.h"

namespace vippl::inference {

Climb climb(Evaluator& evaluator, const Eigen::VectorXd& from, int history,
            const Progress& progress) {
  const Eigen::Index d = evaluator.dimension();
  Points point(1, d), point_gradient(1, d);
  LogDensities value(1);
  const Objective objective = [&](const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
    point.row(0) = x;
    evaluator.gradients(point, value, point_gradient);
    gradient = -point_gradient.row(0);
    return -value[0];
  };
  Climb result;
  result.x = from;
  result.gradient.resize(d);
  const LbfgsWatcher watcher = [&](const LbfgsIteration& at) {
    result.path.push_back({at.x, -at.gradient});
    result.log_density = -at.value;
    return !progress.interrupted();
  };
  LbfgsSettings settings;
  settings.history = history;
  settings.max_iterations = 1000;
  settings.relative_gain = 1e-9;
  const LbfgsStop stop = minimise(objective, settings, watcher, result.x).stop;
  result.has_arrived =
      stop == LbfgsStop::gradient || stop == LbfgsStop::gain || stop == LbfgsStop::line_search;
  if (!result.path.empty()) result.gradient = result.path.back().gradient;
  return result;
}

}  // namespace vippl::inference
