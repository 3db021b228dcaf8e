#include "stdlib/operations/hmm.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "stdlib/operations/scaled_hmm.h"

namespace vippl::stdlib {

namespace {

using runtime::Index;

constexpr double infinity = std::numeric_limits<double>::infinity();

// NaN if one is.
double largest(const double* x, Index count) {
  double result = -infinity;
  for (Index i = 0; i < count; ++i) {
    if (std::isnan(x[i])) return x[i];
    result = std::max(result, x[i]);
  }
  return result;
}

// out[i] = exp(logs[i] - largest)
void scale(const double* logs, double largest, Index count, double* out) {
  for (Index i = 0; i < count; ++i) out[i] = std::exp(logs[i] - largest);
}

// log of the sum of weights[i * step] exp(logs[i]), one logarithm and exponential at a time.
double exact_log_sum(const double* logs, const double* weights, Index step, Index count) {
  double top = -infinity;
  for (Index i = 0; i < count; ++i) top = std::max(top, logs[i] + std::log(weights[i * step]));
  if (top == -infinity) return top;
  double sum = 0;
  for (Index i = 0; i < count; ++i) sum += std::exp(logs[i] + std::log(weights[i * step]) - top);
  return top + std::log(sum);
}

// The same from scaled[i] = exp(logs[i] - top), which many sums share. What underflows there is
// lost beside a sum of the usual size only; else the sum is done again, exactly.
double log_sum(const double* logs, const double* scaled, double top, const double* weights,
               Index step, Index count) {
  constexpr double usual = 1e-290;
  if (top == -infinity) return top;
  double sum = 0;
  double least = 0;
  for (Index i = 0; i < count; ++i) {
    sum += scaled[i] * weights[i * step];
    least = std::min(least, weights[i * step]);
  }
  if (least < 0) return std::numeric_limits<double>::quiet_NaN();
  return sum < usual ? exact_log_sum(logs, weights, step, count) : top + std::log(sum);
}

// The inputs of one lane.
struct Chain {
  Index times;
  Index states;
  const double* emission;
  const double* transition;
  const double* initial;

  const double* emission_at(Index t) const { return emission + t * states; }
};

// forward[t, j]: log of the sum over the paths that are in state j at time t, up to there. Returns
// the log of the sum over all paths; `work` holds K numbers.
double run_forward(const Chain& chain, double* forward, double* work) {
  const Index states = chain.states;
  for (Index j = 0; j < states; ++j) forward[j] = std::log(chain.initial[j]) + chain.emission[j];
  for (Index t = 1; t < chain.times; ++t) {
    const double* before = forward + (t - 1) * states;
    const double top = largest(before, states);
    scale(before, top, states, work);
    for (Index j = 0; j < states; ++j)
      forward[t * states + j] = chain.emission_at(t)[j] +
                                log_sum(before, work, top, chain.transition + j, states, states);
  }
  const double* last = forward + (chain.times - 1) * states;
  const double top = largest(last, states);
  if (!std::isfinite(top)) return top;
  scale(last, top, states, work);
  double sum = 0;
  for (Index j = 0; j < states; ++j) sum += work[j];
  return top + std::log(sum);
}

// One step back: from next[j], the log of the sum over the paths after state j at time t + 1, to
// that after state i at time t. Leaves next + emission in `joined` and its scaled exponential in
// `work`; returns the scale.
double step_backward(const Chain& chain, Index t, const double* next, double* joined, double* work,
                     double* out) {
  for (Index j = 0; j < chain.states; ++j) joined[j] = chain.emission_at(t + 1)[j] + next[j];
  const double top = largest(joined, chain.states);
  scale(joined, top, chain.states, work);
  for (Index i = 0; i < chain.states; ++i)
    out[i] = log_sum(joined, work, top, chain.transition + i * chain.states, 1, chain.states);
  return top;
}

class HmmLogDensity final : public runtime::LaneOperation {
 public:
  HmmLogDensity(Index times, Index states)
      : LaneOperation({times * states, states * states, states}, 1),
        times_(times),
        states_(states) {}
  std::string_view name() const override { return "hmm_log_density"; }

 protected:
  Index lane_scratch_size() const override { return (times_ + 5) * states_; }

  void forward_lane(std::span<const double* const> in, double* out,
                    double* scratch) const override {
    *out = times_ == 0 ? 0 : run_forward(chain(in), scratch, scratch + times_ * states_);
  }

  // The derivatives are the posterior expectations of how often a path is in a state, or makes a
  // transition.
  void backward_lane(std::span<const double* const> in, const double* out,
                     const double* out_adjoint, std::span<double* const> in_adjoint,
                     double* scratch) const override {
    if (times_ == 0 || !std::isfinite(*out) || *out_adjoint == 0) return;
    const Chain chain = this->chain(in);
    double* after = scratch + times_ * states_;
    double* before = after + states_;
    double* const joined = before + states_;
    double* const work = joined + states_;
    double* const past = work + states_;
    std::fill_n(after, states_, 0.0);
    for (Index t = times_ - 1;; --t) {
      const double* const forward = scratch + t * states_;
      for (Index j = 0; in_adjoint[0] != nullptr && j < states_; ++j)
        in_adjoint[0][t * states_ + j] += *out_adjoint * std::exp(forward[j] + after[j] - *out);
      if (t == 0) break;
      const double top = step_backward(chain, t - 1, after, joined, work, before);
      if (in_adjoint[1] != nullptr)
        add_transitions(forward - states_, past, joined, work, top, *out, *out_adjoint,
                        in_adjoint[1]);
      std::swap(before, after);
    }
    for (Index j = 0; in_adjoint[2] != nullptr && j < states_; ++j)
      in_adjoint[2][j] += *out_adjoint * std::exp(chain.emission[j] + after[j] - *out);
  }

 private:
  Chain chain(std::span<const double* const> in) const {
    return {times_, states_, in[0], in[1], in[2]};
  }

  // Adds factor * exp(forward[i] + joined[j] - total). The product of scaled exponentials is
  // cheaper and as good, unless the scales are so far above the total that what underflowed counts.
  void add_transitions(const double* forward, double* past, const double* joined,
                       const double* scaled, double top, double total, double factor,
                       double* adjoint) const {
    constexpr double far = 600;
    const double forward_top = largest(forward, states_);
    const double shift = forward_top + top - total;
    const bool is_far = shift > far;
    if (!is_far) scale(forward, forward_top, states_, past);
    for (Index i = 0; i < states_; ++i) {
      const double common = is_far ? 0 : factor * std::exp(shift) * past[i];
      for (Index j = 0; j < states_; ++j)
        adjoint[i * states_ + j] +=
            is_far ? factor * std::exp(forward[i] + joined[j] - total) : common * scaled[j];
    }
  }

  Index times_;
  Index states_;
};

// Scratch: the logs of forward and backward sums, their adjoints, and two rows of work.
class HmmSmooth final : public runtime::LaneOperation {
 public:
  HmmSmooth(Index times, Index states)
      : LaneOperation({times * states, states * states, states}, times * states),
        times_(times),
        states_(states) {}
  std::string_view name() const override { return "hmm_smooth"; }

 protected:
  Index lane_scratch_size() const override { return (4 * times_ + 2) * states_; }

  void forward_lane(std::span<const double* const> in, double* out,
                    double* scratch) const override {
    if (times_ == 0) return;
    const Chain chain{times_, states_, in[0], in[1], in[2]};
    const Index size = times_ * states_;
    double* const backward = scratch + size;
    double* const work = scratch + 4 * size;
    const double total = run_forward(chain, scratch, work);
    std::fill_n(backward + size - states_, states_, 0.0);
    for (Index t = times_ - 1; t-- > 0;)
      step_backward(chain, t, backward + (t + 1) * states_, work, work + states_,
                    backward + t * states_);
    for (Index i = 0; i < size; ++i) out[i] = std::exp(scratch[i] + backward[i] - total);
  }

  // Back through the two recursions. A state that no path reaches has probability 0 and passes
  // nothing on.
  void backward_lane(std::span<const double* const> in, const double* out,
                     const double* out_adjoint, std::span<double* const> in_adjoint,
                     double* scratch) const override {
    const Index size = times_ * states_;
    double* const forward_adjoint = scratch + 2 * size;
    double* const backward_adjoint = scratch + 3 * size;
    double of_total = 0;
    for (Index i = 0; i < size; ++i) {
      forward_adjoint[i] = backward_adjoint[i] = out_adjoint[i] * out[i];
      of_total -= out_adjoint[i] * out[i];
    }
    if (size == 0 || !std::isfinite(of_total)) return;
    for (Index i = size - states_; i < size; ++i) forward_adjoint[i] += of_total * out[i];
    const Chain chain{times_, states_, in[0], in[1], in[2]};
    for (Index t = 0; t + 1 < times_; ++t) {
      for (Index i = 0; i < states_; ++i)
        reverse_backward(chain, t, i, scratch + size, backward_adjoint, in_adjoint);
    }
    for (Index t = times_ - 1; t > 0; --t) {
      for (Index j = 0; j < states_; ++j)
        reverse_forward(chain, t, j, scratch, forward_adjoint, in_adjoint);
    }
    for (Index j = 0; j < states_; ++j) {
      if (forward_adjoint[j] == 0) continue;
      if (in_adjoint[0] != nullptr) in_adjoint[0][j] += forward_adjoint[j];
      if (in_adjoint[2] != nullptr) in_adjoint[2][j] += forward_adjoint[j] / chain.initial[j];
    }
  }

 private:
  // backward[t, i] = log sum over j of transition[i, j] exp(emission[t + 1, j] + backward[t + 1,
  // j])
  void reverse_backward(const Chain& chain, Index t, Index i, const double* backward,
                        double* adjoint, std::span<double* const> in_adjoint) const {
    const double own = adjoint[t * states_ + i];
    if (own == 0) return;
    for (Index j = 0; j < states_; ++j) {
      const Index next = (t + 1) * states_ + j;
      const double weight = chain.transition[i * states_ + j];
      const double ratio =
          std::exp(chain.emission[next] + backward[next] - backward[t * states_ + i]);
      if (in_adjoint[1] != nullptr) in_adjoint[1][i * states_ + j] += own * ratio;
      if (weight == 0) continue;
      adjoint[next] += own * weight * ratio;
      if (in_adjoint[0] != nullptr) in_adjoint[0][next] += own * weight * ratio;
    }
  }

  // forward[t, j] = emission[t, j] + log sum over i of transition[i, j] exp(forward[t - 1, i])
  void reverse_forward(const Chain& chain, Index t, Index j, const double* forward, double* adjoint,
                       std::span<double* const> in_adjoint) const {
    const double own = adjoint[t * states_ + j];
    if (own == 0) return;
    const double log_sum = forward[t * states_ + j] - chain.emission[t * states_ + j];
    if (in_adjoint[0] != nullptr) in_adjoint[0][t * states_ + j] += own;
    for (Index i = 0; i < states_; ++i) {
      const Index before = (t - 1) * states_ + i;
      const double weight = chain.transition[i * states_ + j];
      const double ratio = std::exp(forward[before] - log_sum);
      if (in_adjoint[1] != nullptr) in_adjoint[1][i * states_ + j] += own * ratio;
      if (weight != 0) adjoint[before] += own * weight * ratio;
    }
  }

  Index times_;
  Index states_;
};

}  // namespace

std::shared_ptr<const runtime::Operation> make_hmm_log_density(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& /*result*/) {
  const std::vector<Index>& emission = arguments[0].extents;
  return make_scaled_hmm(std::make_shared<const HmmLogDensity>(emission[0], emission[1]),
                         emission[0], emission[1]);
}

std::shared_ptr<const runtime::Operation> make_hmm_smooth(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& /*result*/) {
  const std::vector<Index>& emission = arguments[0].extents;
  return std::make_shared<const HmmSmooth>(emission[0], emission[1]);
}

}  // namespace vippl::stdlib
