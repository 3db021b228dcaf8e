#include "inference/nuts_chain.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace vippl::inference {

namespace {

using runtime::Rng;

// Streams of random numbers: 0 to 2 are those of draws of a guide and of short chains.
constexpr std::uint32_t transition_stream = 3, search_stream = 4;

// An energy that grows by more than this: the integrator has lost the trajectory.
constexpr double divergence = 1000;

double energy_of(const PhasePoint& point, const Eigen::VectorXd& variance) {
  const double energy =
      0.5 * (point.momentum.array().square() * variance.array()).sum() - point.log_density;
  return std::isnan(energy) ? std::numeric_limits<double>::infinity() : energy;
}

}  // namespace

NutsChain::NutsChain(PhasePoint start, const NutsSettings& settings, std::uint32_t number)
    : settings_(settings),
      number_(number),
      variance_(Eigen::VectorXd::Ones(start.z.size())),
      step_sizes_(settings.target_acceptance),
      spread_(start.z.size()),
      windows_(settings.warmup),
      present_(std::move(start)),
      rng_(settings.seed, runtime::Purpose::posterior, transition_stream, number),
      subtrees_(static_cast<std::size_t>(settings.max_depth) + 1),
      draws_(settings.samples / settings.stride, present_.z.size()),
      log_densities_(draws_.rows()) {
  present_.momentum.resize(present_.z.size());
  begin_step_search();
}

double NutsChain::mean_acceptance() const {
  return acceptance_total_ /
         static_cast<double>(std::max<std::int64_t>(1, transitions_ - settings_.warmup));
}

void NutsChain::receive(double log_density, const Eigen::Ref<const Eigen::RowVectorXd>& gradient) {
  moving_.log_density = log_density;
  moving_.gradient = gradient.transpose();
  moving_.momentum += 0.5 * direction_ * step_ * moving_.gradient;
  if (is_searching_)
    judge_step();
  else
    add_leaf();
}

void NutsChain::draw_momentum(Rng& rng) {
  rng.fill_normal({present_.momentum.data(), static_cast<std::size_t>(present_.momentum.size())});
  present_.momentum.array() /= variance_.array().sqrt();
  energy_ = energy_of(present_, variance_);
}

/// Half a kick and the drift; receive() brings the gradient for the other half.
void NutsChain::begin_leapfrog() {
  const double time = direction_ * step_;
  moving_.momentum += 0.5 * time * moving_.gradient;
  moving_.z.array() += time * variance_.array() * moving_.momentum.array();
}

/// Doubles or halves the step until the acceptance of one leapfrog step crosses the target.
void NutsChain::begin_step_search() {
  is_searching_ = true;
  step_tries_ = 0;
  ++searches_;
  try_step();
}

void NutsChain::try_step() {
  Rng rng(settings_.seed, runtime::Purpose::posterior, search_stream + searches_, number_,
          static_cast<std::uint32_t>(step_tries_));
  draw_momentum(rng);
  moving_ = present_;
  direction_ = 1;
  begin_leapfrog();
}

void NutsChain::judge_step() {
  constexpr int most_tries = 60;  // 2^60 is beyond any scale
  const bool is_accepted =
      energy_ - energy_of(moving_, variance_) > std::log(settings_.target_acceptance);
  if (step_tries_ == 0) step_grows_ = is_accepted;
  ++step_tries_;
  if (is_accepted == step_grows_ && step_tries_ < most_tries) {
    step_ *= step_grows_ ? 2 : 0.5;
    try_step();
    return;
  }
  is_searching_ = false;
  step_sizes_.restart(step_);
  begin_transition();
}

void NutsChain::begin_transition() {
  rng_ = Rng(settings_.seed, runtime::Purpose::posterior, transition_stream, number_,
             static_cast<std::uint32_t>(transitions_));
  draw_momentum(rng_);
  tree_.become_leaf(present_, 0);
  back_ = front_ = present_;
  depth_ = 0;
  acceptance_sum_ = leaves_ = 0;
  has_diverged_ = false;
  begin_doubling();
}

void NutsChain::begin_doubling() {
  direction_ = rng_.uniform() > 0.5 ? 1 : -1;
  moving_ = direction_ > 0 ? front_ : back_;
  subtree_count_ = 0;
  begin_leapfrog();
}

/// The doubling's points come one by one; two neighbouring stretches of equal size become one, as
/// in counting in binary, so that a turn within any of them is seen as soon as it is complete.
void NutsChain::add_leaf() {
  const double gain = energy_ - energy_of(moving_, variance_);
  ++leaves_;
  acceptance_sum_ += std::min(1.0, std::exp(gain));
  if (gain < -divergence) {
    has_diverged_ = true;
    end_transition();
    return;
  }
  subtrees_[subtree_count_++].become_leaf(moving_, gain);
  while (subtree_count_ > 1) {
    NutsTree& earlier = subtrees_[subtree_count_ - 2];
    const NutsTree& later = subtrees_[subtree_count_ - 1];
    if (earlier.level != later.level) break;
    const bool has_turned = turns_back(earlier, later, variance_);
    earlier.last = later.last;
    absorb(earlier, later);
    if (rng_.uniform() < std::exp(later.log_weight - earlier.log_weight)) earlier.take_draw(later);
    --subtree_count_;
    if (has_turned) {  // nothing of this doubling is used, or going back would find it turned
      end_transition();
      return;
    }
  }
  if (subtrees_[0].level == depth_)
    complete_doubling();
  else
    begin_leapfrog();
}

void NutsChain::complete_doubling() {
  NutsTree& added = subtrees_[0];
  // Biased to the new half: farther from where the transition began.
  if (rng_.uniform() < std::exp(added.log_weight - tree_.log_weight)) tree_.take_draw(added);
  bool has_turned = false;
  if (direction_ > 0) {
    front_ = moving_;
    has_turned = turns_back(tree_, added, variance_);
    tree_.last = added.last;
  } else {
    back_ = moving_;
    std::swap(added.first, added.last);  // it was built backwards
    has_turned = turns_back(added, tree_, variance_);
    tree_.first = added.first;
  }
  absorb(tree_, added);
  ++depth_;
  if (has_turned || depth_ == settings_.max_depth) {
    if (!has_turned && !is_warming_up()) ++cut_off_;
    end_transition();
  } else {
    begin_doubling();
  }
}

void NutsChain::end_transition() {
  present_.z = tree_.z;
  present_.gradient = tree_.gradient;
  present_.log_density = tree_.log_density;
  const double acceptance = acceptance_sum_ / leaves_;
  if (is_warming_up()) {
    learn(acceptance);
    return;
  }
  acceptance_total_ += acceptance;
  if (has_diverged_) ++divergences_;
  const std::int64_t sample = transitions_ - settings_.warmup;
  if ((sample + 1) % settings_.stride == 0 && kept_ < draws_.rows()) {
    draws_.row(kept_) = present_.z.transpose();
    log_densities_[kept_++] = present_.log_density;
  }
  ++transitions_;
  if (!is_done()) begin_transition();
}

void NutsChain::learn(double acceptance) {
  step_sizes_.learn(acceptance);
  step_ = step_sizes_.step();
  const std::int64_t done = transitions_++;
  if (windows_.learns_metric(done)) spread_.add(present_.z);
  if (windows_.ends_window(done)) {
    variance_ = spread_.regularised();
    spread_.clear();
    begin_step_search();
    return;
  }
  if (!is_warming_up()) step_ = step_sizes_.settled_step();
  if (!is_done()) begin_transition();
}

}  // namespace vippl::inference
