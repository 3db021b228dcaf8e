#include "cli/gradient_timing.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace vippl::cli {

double microseconds_per_gradient(const runtime::LogDensity& model, const Eigen::VectorXd& point,
                                 Eigen::Index lanes) {
  constexpr int blocks = 8;
  constexpr double block_seconds = 0.03;
  runtime::Points points(lanes, point.size());
  points.rowwise() = point.transpose();
  runtime::LogDensities values(lanes);
  runtime::Points gradients(lanes, point.size());
  const std::unique_ptr<runtime::Workspace> workspace = model.make_workspace();
  const auto seconds_of = [&](std::int64_t count) {
    const auto begin = std::chrono::steady_clock::now();
    for (std::int64_t i = 0; i < count; ++i) {
      model.evaluate(points, {}, *workspace, values, gradients);
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  seconds_of(1);  // buffers are made here
  std::int64_t count = 1;
  while (seconds_of(count) < block_seconds / 2) count *= 2;
  double best = std::numeric_limits<double>::infinity();
  for (int block = 0; block < blocks; ++block) best = std::min(best, seconds_of(count));
  constexpr double microseconds_per_second = 1e6;
  return best * microseconds_per_second / static_cast<double>(count * lanes);
}

}  // namespace vippl::cli
