#include "inference/line_search.h"

#include <algorithm>
#include <cmath>

namespace vippl::inference {

namespace {

constexpr double sufficient_decrease = 1e-4;  // c1 and c2 of Nocedal & Wright (2006), section 3.1
constexpr double curvature = 0.9;
constexpr double expansion = 4;        // of the step while the line still falls
constexpr double retreat = 0.2;        // of the bracket, from a value that is not finite
constexpr double least_advance = 0.1;  // of the bracket: where interpolation may go
constexpr int most_evaluations = 30;

struct Sample {
  double step = 0;
  double value = 0;
  double slope = 0;
  bool is_finite() const { return std::isfinite(value) && std::isfinite(slope); }
};

/// The minimum of the cubic through two samples, kept inside the bracket.
double interpolate(const Sample& a, const Sample& b) {
  const double width = b.step - a.step;
  if (!b.is_finite()) return a.step + retreat * width;
  const double d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step);
  const double square = d1 * d1 - a.slope * b.slope;
  double step = a.step + 0.5 * width;
  if (square >= 0) {
    const double d2 = std::copysign(std::sqrt(square), width);
    const double cubic = b.step - width * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
    if (std::isfinite(cubic)) step = cubic;
  }
  const double near = a.step + least_advance * width;
  const double far = b.step - least_advance * width;
  return std::clamp(step, std::min(near, far), std::max(near, far));
}

class Search {
 public:
  Search(const Objective& objective, const Line& line, LineBuffers& buffers, LinePoint& found)
      : objective_(objective),
        line_(line),
        buffers_(buffers),
        found_(found),
        origin_{0, line.value, line.gradient.dot(line.direction)} {
    found_.value = line.value;
  }

  LineSearchResult run() {
    Sample previous = origin_;
    double step = line_.first_step;
    while (result_.evaluations < most_evaluations && !is_done_) {
      const Sample here = sample(step);
      if (is_done_) break;
      const bool is_too_far = !here.is_finite() || lacks_decrease(here) ||
                              (previous.step > 0 && here.value >= previous.value);
      if (is_too_far) {
        zoom(previous, here);
        break;
      }
      if (here.slope >= 0) {
        zoom(here, previous);
        break;
      }
      previous = here;
      step *= expansion;
    }
    return result_;
  }

 private:
  bool lacks_decrease(const Sample& s) const {
    return s.value > origin_.value + sufficient_decrease * s.step * origin_.slope;
  }

  Sample sample(double step) {
    buffers_.x = line_.x + step * line_.direction;
    ++result_.evaluations;
    Sample here{step, objective_(buffers_.x, buffers_.gradient), 0};
    if (!std::isfinite(here.value)) return here;
    here.slope = buffers_.gradient.dot(line_.direction);
    if (!std::isfinite(here.slope)) return here;
    if (here.value < found_.value) {
      result_.has_decreased = true;
      found_.value = here.value;
      found_.x.swap(buffers_.x);
      found_.gradient.swap(buffers_.gradient);
    }
    is_done_ = !lacks_decrease(here) && std::fabs(here.slope) <= -curvature * origin_.slope &&
               result_.has_decreased && found_.value == here.value;
    return here;
  }

  /// `low` meets the decrease condition and its slope points towards `high`.
  void zoom(Sample low, Sample high) {
    while (result_.evaluations < most_evaluations && !is_done_) {
      const Sample here = sample(interpolate(low, high));
      if (is_done_) return;
      if (!here.is_finite() || lacks_decrease(here) || here.value >= low.value) {
        high = here;
      } else {
        if (here.slope * (high.step - low.step) >= 0) high = low;
        low = here;
      }
      const double width = std::fabs(high.step - low.step);
      if (width <= 1e-14 * std::max(low.step, high.step)) return;  // no number lies between
    }
  }

  const Objective& objective_;
  const Line& line_;
  LineBuffers& buffers_;
  LinePoint& found_;
  Sample origin_;
  LineSearchResult result_;
  bool is_done_ = false;
};

}  // namespace

LineSearchResult search_line(const Objective& objective, const Line& line, LineBuffers& buffers,
                             LinePoint& found) {
  return Search(objective, line, buffers, found).run();
}

}  // namespace vippl::inference
