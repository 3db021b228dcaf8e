#include "inference/lbfgs.h"

#include <algorithm>
#include <cmath>

#include "inference/line_search.h"

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Eigen::Index;

// A pair bends the metric only if its curvature is this clear of rounding.
constexpr double least_curvature = 1e-12;

/// The last steps and changes of gradient: an estimate of the inverse Hessian.
class History {
 public:
  History(Index dimension, int length)
      : steps_(dimension, length), changes_(dimension, length), rho_(length), alpha_(length) {}

  void clear() { count_ = 0; }
  bool is_empty() const { return count_ == 0; }

  /// Drops the pair if its curvature is not positive.
  void add(const Vector& step, const Vector& change) {
    const double curvature = step.dot(change);
    if (!(curvature > least_curvature * step.norm() * change.norm())) return;
    next_ = is_empty() ? 0 : (next_ + 1) % capacity();
    steps_.col(next_) = step;
    changes_.col(next_) = change;
    rho_[next_] = 1 / curvature;
    unit_ = curvature / change.squaredNorm();
    count_ = std::min(count_ + 1, capacity());
  }

  /// direction = -(inverse Hessian) gradient.
  void descend(const Vector& gradient, Vector& direction) {
    direction = -gradient;
    if (is_empty()) return;
    for (Index i = 0; i < count_; ++i) {
      const Index k = place(i);
      alpha_[k] = rho_[k] * steps_.col(k).dot(direction);
      direction -= alpha_[k] * changes_.col(k);
    }
    direction *= unit_;
    for (Index i = count_ - 1; i >= 0; --i) {
      const Index k = place(i);
      direction += (alpha_[k] - rho_[k] * changes_.col(k).dot(direction)) * steps_.col(k);
    }
  }

 private:
  Index capacity() const { return rho_.size(); }
  /// The column of the i-th newest pair.
  Index place(Index i) const { return (next_ - i + capacity()) % capacity(); }

  Eigen::MatrixXd steps_;
  Eigen::MatrixXd changes_;
  Vector rho_;
  Vector alpha_;
  double unit_ = 1;
  Index next_ = 0;
  Index count_ = 0;
};

}  // namespace

LbfgsResult minimise(const Objective& objective, const LbfgsSettings& settings,
                     const LbfgsWatcher& watcher, Vector& x) {
  const Index d = x.size();
  History history(d, settings.history);
  Vector gradient(d), direction(d), change(d);
  LinePoint found{.x = Vector(d), .gradient = Vector(d)};
  LineBuffers buffers{Vector(d), Vector(d)};
  LbfgsResult result;

  result.value = objective(x, gradient);
  result.evaluations = 1;
  result.gradient_norm = gradient.norm();
  if (!std::isfinite(result.value) || !std::isfinite(result.gradient_norm)) {
    result.stop = LbfgsStop::not_finite;
    return result;
  }
  if (!watcher({0, result.value, result.gradient_norm, 0, x, gradient})) {
    result.stop = LbfgsStop::interrupted;
    return result;
  }

  int small_gains = 0;
  while (true) {
    if (result.gradient_norm <= settings.gradient_tolerance) {
      result.stop = LbfgsStop::gradient;
      return result;
    }
    if (result.iterations == settings.max_iterations) {
      result.stop = LbfgsStop::iterations;
      return result;
    }
    history.descend(gradient, direction);
    if (!(direction.dot(gradient) < 0)) {  // rounding has spoilt the metric
      history.clear();
      direction = -gradient;
    }
    // Without a metric nothing is known of the units: begin with a step of at most length 1.
    const double first_step = history.is_empty() ? std::min(1.0, 1 / result.gradient_norm) : 1.0;
    const LineSearchResult line =
        search_line(objective, {x, gradient, direction, result.value, first_step}, buffers, found);
    result.evaluations += line.evaluations;
    if (!line.has_decreased) {
      if (history.is_empty()) {
        result.stop = LbfgsStop::line_search;
        return result;
      }
      history.clear();  // once more along the gradient
      continue;
    }
    ++result.iterations;
    direction = found.x - x;
    change = found.gradient - gradient;
    history.add(direction, change);
    const double gain = result.value - found.value;
    x.swap(found.x);
    gradient.swap(found.gradient);
    result.value = found.value;
    result.gradient_norm = gradient.norm();
    if (!watcher({result.iterations, result.value, result.gradient_norm, direction.norm(), x,
                  gradient})) {
      result.stop = LbfgsStop::interrupted;
      return result;
    }
    const double small = settings.relative_gain * std::max(1.0, std::fabs(result.value));
    const bool is_small = gain <= std::max(small, settings.absolute_gain);
    small_gains = is_small ? small_gains + 1 : 0;
    if (small_gains == settings.patience) {
      result.stop = LbfgsStop::gain;
      return result;
    }
  }
}

}  // namespace vippl::inference
