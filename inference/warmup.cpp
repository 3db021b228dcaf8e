#include "inference/warmup.h"

#include <algorithm>
#include <cmath>

namespace vippl::inference {

namespace {

constexpr double strength = 0.05;  // of the pull to the centre: gamma
constexpr double delay = 10;       // t_0
constexpr double decay = 0.75;     // kappa

}  // namespace

void DualAveraging::restart(double step) {
  // Larger steps are cheaper, so they are tried first.
  constexpr double boldness = 10;
  centre_ = std::log(boldness * step);
  log_step_ = std::log(step);
  log_settled_ = 0;
  shortfall_ = 0;
  count_ = 0;
}

void DualAveraging::learn(double acceptance) {
  ++count_;
  const double share = 1 / (count_ + delay);
  shortfall_ += share * (target_ - acceptance - shortfall_);
  log_step_ = centre_ - shortfall_ * std::sqrt(count_) / strength;
  const double weight = std::pow(count_, -decay);
  log_settled_ += weight * (log_step_ - log_settled_);
}

double DualAveraging::step() const { return std::exp(log_step_); }

double DualAveraging::settled_step() const {
  return std::exp(count_ > 0 ? log_settled_ : log_step_);
}

RunningVariance::RunningVariance(Eigen::Index dimension)
    : mean_(Eigen::VectorXd::Zero(dimension)), squares_(Eigen::VectorXd::Zero(dimension)) {}

void RunningVariance::add(const Eigen::VectorXd& point) {
  ++count_;
  // (x - old mean) (x - new mean), without a buffer: the second factor is a share of the first.
  squares_.array() += (point - mean_).array().square() * ((count_ - 1) / count_);
  mean_ += (point - mean_) / count_;
}

Eigen::VectorXd RunningVariance::regularised() const {
  constexpr double prior_count = 5;
  constexpr double prior_variance = 1e-3;
  const double total = count_ + prior_count;
  const Eigen::VectorXd variance = squares_ / std::max(1.0, count_ - 1);
  return (variance * count_ / total).array() + prior_variance * prior_count / total;
}

void RunningVariance::clear() {
  count_ = 0;
  mean_.setZero();
  squares_.setZero();
}

WarmupWindows::WarmupWindows(std::int64_t transitions) {
  constexpr std::int64_t usual_first = 75, usual_last = 50, usual_window = 25;
  constexpr std::int64_t least = 20;  // below, there is nothing to learn a metric from
  if (transitions < least) return;
  std::int64_t last = usual_last;
  std::int64_t window = usual_window;
  first_ = usual_first;
  if (first_ + window + last > transitions) {
    first_ = transitions * 15 / 100;
    last = transitions / 10;
    window = transitions - first_ - last;
  }
  const std::int64_t end = transitions - last;
  for (std::int64_t at = first_ + window; at <= end; at += window) {
    window *= 2;
    // A window too short for its successor to follow takes up the rest.
    if (at + window > end) at = end;
    ends_.push_back(at);
    if (at == end) break;
  }
}

bool WarmupWindows::learns_metric(std::int64_t i) const {
  return !ends_.empty() && i >= first_ && i < ends_.back();
}

bool WarmupWindows::ends_window(std::int64_t i) const {
  return std::find(ends_.begin(), ends_.end(), i + 1) != ends_.end();
}

}  // namespace vippl::inference
