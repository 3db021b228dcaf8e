#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>

namespace vippl::inference {

/// What a fit may spend, in gradients: the one place where that is decided. Counted, and not timed,
/// so that the same seed gives the same bytes on any machine. `spent` is what the evaluator of the
/// fit has counted so far.
class Budget {
 public:
  /// Without a limit but those that hold for every fit.
  Budget() = default;
  /// `seconds`, or 0 for as many as is usual, at so many for a gradient. Some gradients were spent
  /// before the fit began.
  Budget(double seconds, double seconds_per_gradient, std::int64_t before)
      : seconds_(seconds > 0 ? seconds : usual_seconds(seconds_per_gradient)),
        total_(gradients_in(seconds_, seconds_per_gradient)),
        most_by_chains_(usual_by_chains(seconds_per_gradient)),
        before_(is_limited() ? before : 0) {}

  bool is_limited() const { return total_ < unlimited; }
  double seconds() const { return seconds_; }

  /// What is left once so many gradients were spent by others.
  Budget after(std::int64_t spent) const {
    Budget rest = *this;
    if (is_limited()) rest.before_ += spent;
    return rest;
  }

  /// Whether no further choice of coordinates, nor climb, is to begin.
  bool ends_starts(std::int64_t spent) const { return before_ + spent >= total_ / 4; }
  /// Whether no further step of the fit is to begin: what is left is for judging it.
  bool ends_fit(std::int64_t spent) const { return before_ + spent >= total_ / 2; }
  /// Whether nothing that could be left out is to begin.
  bool is_spent(std::int64_t spent) const { return before_ + spent >= total_; }

  /// Draws that may judge the fit; some are needed to say anything.
  std::int64_t for_draws(std::int64_t spent) const {
    constexpr std::int64_t least = 500;
    constexpr std::int64_t per_gradient = 2;  // a density costs about half as much
    const std::int64_t left = std::max<std::int64_t>(0, total_ - before_ - spent);
    return left < unlimited / per_gradient ? std::max(least, per_gradient * left) : left;
  }
  /// Gradients of the short chains: many times as many as the fit took, since chains that settle
  /// end early, and a posterior that they need long for is one that the guide does not follow.
  std::int64_t for_chains(std::int64_t spent) const {
    const std::int64_t left = std::max<std::int64_t>(0, total_ - before_ - spent);
    return std::min(wanted_by_chains(spent), left);
  }
  /// The same where nothing is seen to change any more and the chains are too few to tell: then
  /// what was spent on them is worth as much again.
  std::int64_t for_chains_in_doubt(std::int64_t spent) const {
    const std::int64_t left = std::max<std::int64_t>(0, total_ - before_ - spent);
    return std::min(2 * wanted_by_chains(spent), left);
  }
  /// Whether the chains would be granted more without a limit.
  bool limits_chains(std::int64_t spent) const {
    return for_chains(spent) < wanted_by_chains(spent);
  }

 private:
  static constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

  /// A few; more where gradients are dear, as with large data, since any fit takes some thousands.
  static double usual_seconds(double seconds_per_gradient) {
    constexpr double least = 10, most = 60, gradients = 10'000;
    return std::clamp(gradients * seconds_per_gradient, least, most);
  }

  static std::int64_t gradients_in(double seconds, double seconds_per_gradient) {
    constexpr double countable = 1e15;
    const double count = seconds / seconds_per_gradient;
    return count < countable ? static_cast<std::int64_t>(count) : unlimited;
  }

  static constexpr std::int64_t most_at_any_cost = 1'200'000;

  /// More than at any cost where gradients are cheap.
  static std::int64_t usual_by_chains(double seconds_per_gradient) {
    constexpr double seconds = 3;
    constexpr std::int64_t most = 2'400'000;
    return std::clamp(gradients_in(seconds, seconds_per_gradient), most_at_any_cost, most);
  }

  std::int64_t wanted_by_chains(std::int64_t spent) const {
    constexpr std::int64_t times = 200, least = 60'000;
    return std::clamp(times * spent, least, most_by_chains_);
  }

  double seconds_ = std::numeric_limits<double>::infinity();
  std::int64_t total_ = unlimited;
  std::int64_t most_by_chains_ = most_at_any_cost;
  std::int64_t before_ = 0;
};

}  // namespace vippl::inference
