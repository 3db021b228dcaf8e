#include "runtime/ode.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/dormand_prince.h"
#include "runtime/lanes.h"
#include "runtime/sdirk.h"

namespace vippl::runtime {

namespace {

// Attempts, accepted or not, after which a solution is given up.
constexpr Index most_attempts = 100'000;
// Steps that are kept for the way back. Where a solution takes more, every second is dropped, again
// and again, and the way back repeats the steps between two that were kept: memory is fixed, so
// that nothing is allocated, and most_attempts steps are at most `kept_steps` * `repeated_steps`.
constexpr Index kept_steps = 256;
constexpr Index repeated_steps = 512;
static_assert(kept_steps * repeated_steps >= most_attempts);

// Of the control of step lengths: Hairer, Norsett and Wanner, Solving Ordinary Differential
// Equations I, section II.4.
constexpr double safety = 0.9;
constexpr double least_factor = 0.2;
constexpr double largest_factor = 5;
// A step that would stop so shortly before a time of output goes on to it.
constexpr double stretch = 1.01;

double factor_for(double error, double order) {
  if (!std::isfinite(error)) return least_factor;
  if (error == 0) return largest_factor;
  return std::clamp(safety * std::pow(error, -1 / order), least_factor, largest_factor);
}

// Every lane goes at its own pace, with its own lengths, so that a point's solution does not depend
// on its neighbours; the lanes only share the evaluations of the right side.
template <class Method>
class Solver {
 public:
  Solver(const OdeProblem& problem, Index lanes, Scratch& scratch)
      : problem_(problem),
        lanes_(lanes),
        size_(problem.system.state_size()),
        steps_(scratch.doubles(lanes)),
        strides_(scratch.doubles(lanes)),
        kept_(scratch.doubles(kept_steps * row_size() * lanes)),
        repeated_(scratch.doubles(repeated_steps * row_size() * lanes)),
        states_(scratch.objects<Lane>(lanes)),
        t_(scratch.doubles(lanes)),
        t_end_(scratch.doubles(lanes)),
        z_(scratch.doubles(size_ * lanes)),
        z_end_(scratch.doubles(size_ * lanes)),
        error_(scratch.doubles(lanes)),
        adjoint_(scratch.doubles(size_ * lanes)),
        parameters_(scratch.doubles(problem.system.rhs.parameter_count() * lanes)),
        method_(problem.system, lanes, scratch) {}

  void forward(bool gradient, std::span<const Operand> in, double* out) {
    load_parameters(in);
    load(in[0], size_, z_);
    const Index outputs = static_cast<Index>(problem_.times.size());
    for (Index b = 0; b < lanes_; ++b) {
      states_[b] = Lane{};
      states_[b].t = problem_.start;
      states_[b].active = outputs > 0;
      strides_[b] = 1;
      if (outputs > 0 && problem_.times.front() == problem_.start) write(b, out);
    }
    choose_first_lengths();
    while (any_active()) {
      attempt([&](Index b) {
        if (gradient) keep(b);
      });
      for (Index b = 0; b < lanes_; ++b) {
        if (states_[b].arrived) write(b, out);
      }
    }
    for (Index b = 0; b < lanes_; ++b) {
      steps_[b] = static_cast<double>(states_[b].accepted);
      if (!states_[b].failed) continue;
      steps_[b] = -1;
      for (Index i = b; i < outputs * size_ * lanes_; i += lanes_) {
        out[i] = std::numeric_limits<double>::quiet_NaN();
      }
    }
  }

  void backward(std::span<const Operand> in, const double* out_adjoint) {
    load_parameters(in);
    std::fill_n(adjoint_, size_ * lanes_, 0.0);
    for (Index b = 0; b < lanes_; ++b) {
      states_[b] = Lane{};
      states_[b].left = std::max<Index>(static_cast<Index>(steps_[b]), 0);
      states_[b].failed = steps_[b] < 0;
    }
    while (std::any_of(states_, states_ + lanes_, [](const Lane& l) { return l.left > 0; })) {
      repeat_steps();
      for (Index b = 0; b < lanes_; ++b) go_back(b, in, out_adjoint);
      method_.pull_back({t_, t_end_, z_}, adjoint_);
    }
    for (Index b = 0; b < lanes_; ++b) {
      const bool at_start = !problem_.times.empty() && problem_.times.front() == problem_.start;
      if (at_start && !states_[b].failed) add_output(b, 0, out_adjoint);
    }
    add(adjoint_, size_, in[0]);
    if (in.size() > 1) add(method_.parameter_adjoint(), in[1].size, in[1]);
  }

 private:
  struct Lane {
    double t = 0;        // reached so far
    double length = 0;   // of the step to come, if no output is nearer
    Index output = 0;    // the next one to be reached
    Index accepted = 0;  // steps so far
    Index attempts = 0;
    Index wanted = -1;    // steps after which to stop, if not at the end
    Index left = 0;       // on the way back: steps still to be taken
    Index repeated = -1;  // on the way back: the kept step whose followers are in repeated_
    bool active = false;
    bool arrived = false;  // by the last attempt, at an output
    bool failed = false;
  };

  // A step is kept as time, length, next output and state at its start, from which it can be
  // repeated to the bit.
  Index row_size() const { return size_ + 3; }
  double* kept_row(Index b, Index i) { return kept_ + (b * kept_steps + i) * row_size(); }
  double* repeated_row(Index b, Index i) {
    return repeated_ + (b * repeated_steps + i) * row_size();
  }

  void store(Index b, double* row) const {
    const Lane& lane = states_[b];
    row[0] = lane.t;
    row[1] = lane.length;
    row[2] = static_cast<double>(lane.output);
    for (Index i = 0; i < size_; ++i) row[3 + i] = z_[i * lanes_ + b];
  }

  void restore(Index b, const double* row) {
    Lane& lane = states_[b];
    lane.t = row[0];
    lane.length = row[1];
    lane.output = static_cast<Index>(row[2]);
    for (Index i = 0; i < size_; ++i) z_[i * lanes_ + b] = row[3 + i];
  }

  void load(const Operand& operand, Index size, double* to) const {
    const LaneStrides stride = strides(operand, lanes_);
    for (Index i = 0; i < size; ++i) {
      for (Index b = 0; b < lanes_; ++b) {
        to[i * lanes_ + b] = operand.value[i * stride.element + b * stride.lane];
      }
    }
  }

  void load_parameters(std::span<const Operand> in) {
    if (in.size() > 1) load(in[1], in[1].size, parameters_);
    method_.set_parameters(parameters_);
  }

  void add(const double* adjoint, Index size, const Operand& to) const {
    if (to.adjoint == nullptr) return;
    for (Index i = 0; i < size * lanes_; ++i) to.adjoint[i] += adjoint[i];
  }

  Index last_output() const { return static_cast<Index>(problem_.times.size()) - 1; }
  double output_time(Index i) const { return problem_.times[static_cast<std::size_t>(i)]; }
  bool any_active() const {
    return std::any_of(states_, states_ + lanes_, [](const Lane& lane) { return lane.active; });
  }

  // The state is that of the lane's next output.
  void write(Index b, double* out) {
    Lane& lane = states_[b];
    for (Index i = 0; i < size_; ++i) {
      out[(lane.output * size_ + i) * lanes_ + b] = z_[i * lanes_ + b];
    }
    lane.arrived = false;
    lane.active = ++lane.output <= last_output();
  }

  void add_output(Index b, Index output, const double* out_adjoint) {
    for (Index i = 0; i < size_; ++i) {
      adjoint_[i * lanes_ + b] += out_adjoint[(output * size_ + i) * lanes_ + b];
    }
  }

  // A hundredth of the time in which the state would change by its own size.
  void choose_first_lengths() {
    constexpr double small = 1e-5;
    constexpr double default_length = 1e-6;
    const double least_length =
        std::max(16 * std::numeric_limits<double>::epsilon() * std::abs(problem_.start),
                 std::numeric_limits<double>::min());
    std::fill_n(t_, lanes_, problem_.start);
    const double* const slope = method_.derivative(t_, z_);
    for (Index b = 0; b < lanes_; ++b) {
      const double size = weighted_norm(problem_.system, lanes_, b, z_, z_, z_);
      const double change = weighted_norm(problem_.system, lanes_, b, slope, z_, z_);
      Lane& lane = states_[b];
      lane.length = size < small || change < small ? default_length : 0.01 * size / change;
      lane.length = std::max(lane.length, least_length);
      if (lane.active && !(std::isfinite(size) && std::isfinite(change))) give_up(lane);
    }
  }

  static void give_up(Lane& lane) {
    lane.failed = true;
    lane.active = false;
  }

  double end_of_step(const Lane& lane) const {
    const double next = output_time(lane.output);
    return stretch * lane.length >= next - lane.t ? next : lane.t + lane.length;
  }

  // One attempt at a step in every active lane; calls `accepted` for the lanes where it is accurate
  // enough, before they move on.
  template <class Accepted>
  void attempt(const Accepted& accepted) {
    for (Index b = 0; b < lanes_; ++b) {
      t_[b] = states_[b].t;
      t_end_[b] = states_[b].active ? end_of_step(states_[b]) : states_[b].t;
    }
    method_.attempt({t_, t_end_, z_}, z_end_, error_);
    for (Index b = 0; b < lanes_; ++b) {
      Lane& lane = states_[b];
      if (!lane.active) continue;
      const double length = t_end_[b] - t_[b];
      const double next_length = length * factor_for(error_[b], Method::error_order);
      ++lane.attempts;
      if (!(error_[b] <= 1)) {
        lane.length = next_length;
        if (lane.attempts >= most_attempts || lane.t + lane.length == lane.t) give_up(lane);
        continue;
      }
      accepted(b);
      // A step cut short by an output says nothing against the length that was planned.
      const bool is_cut = t_end_[b] == output_time(lane.output) && length < lane.length;
      lane.length = is_cut ? std::max(lane.length, next_length) : next_length;
      lane.t = t_end_[b];
      lane.arrived = lane.t == output_time(lane.output);
      if (++lane.accepted == lane.wanted) lane.active = false;
      for (Index i = b; i < size_ * lanes_; i += lanes_) z_[i] = z_end_[i];
      if (lane.active && lane.attempts >= most_attempts && !is_done(lane)) give_up(lane);
    }
  }

  bool is_done(const Lane& lane) const { return lane.arrived && lane.output == last_output(); }

  // Keeps the step of lane b that is about to be taken, if its number is a multiple of the stride.
  void keep(Index b) {
    const Index number = states_[b].accepted;
    auto stride = static_cast<Index>(strides_[b]);
    if (number == kept_steps * stride) {
      for (Index i = 1; i < kept_steps / 2; ++i) {
        std::copy_n(kept_row(b, 2 * i), row_size(), kept_row(b, i));
      }
      stride *= 2;
      strides_[b] = static_cast<double>(stride);
    }
    if (number % stride == 0) store(b, kept_row(b, number / stride));
  }

  // In the lanes whose next step back was not kept: takes the steps again that follow the last kept
  // one before it.
  void repeat_steps() {
    for (Index b = 0; b < lanes_; ++b) {
      Lane& lane = states_[b];
      const auto stride = static_cast<Index>(strides_[b]);
      const Index kept = (lane.left - 1) / stride;
      if (lane.left == 0 || stride == 1 || lane.repeated == kept) continue;
      restore(b, kept_row(b, kept));
      lane.repeated = kept;
      lane.accepted = 0;
      lane.attempts = 0;
      lane.wanted = lane.left - kept * stride;
      lane.active = true;
    }
    while (any_active()) {
      attempt([&](Index b) { store(b, repeated_row(b, states_[b].accepted)); });
      for (Index b = 0; b < lanes_; ++b) {
        if (!states_[b].arrived) continue;
        states_[b].arrived = false;
        ++states_[b].output;
      }
    }
  }

  // Sets up lane b for its next step back; a lane without one stands still.
  void go_back(Index b, std::span<const Operand> in, const double* out_adjoint) {
    Lane& lane = states_[b];
    if (lane.left == 0) {
      if (steps_[b] <= 0) {
        lane.t = problem_.start;
        const LaneStrides stride = strides(in[0], lanes_);
        for (Index i = 0; i < size_; ++i) {
          z_[i * lanes_ + b] = in[0].value[i * stride.element + b * stride.lane];
        }
      }
      t_[b] = t_end_[b] = lane.t;
      return;
    }
    const Index number = --lane.left;
    const auto stride = static_cast<Index>(strides_[b]);
    restore(b, stride == 1 ? kept_row(b, number) : repeated_row(b, number % stride));
    t_[b] = lane.t;
    t_end_[b] = end_of_step(lane);
    if (t_end_[b] == output_time(lane.output)) add_output(b, lane.output, out_adjoint);
  }

  const OdeProblem& problem_;
  Index lanes_;
  Index size_;
  // From forward() to backward(), per lane:
  double* steps_;
  double* strides_;  // every so many a step is kept
  double* kept_;
  // During each of them:
  double* repeated_;
  Lane* states_;
  double* t_;
  double* t_end_;
  double* z_;
  double* z_end_;
  double* error_;
  double* adjoint_;
  double* parameters_;
  Method method_;
};

template <class Method>
class Ode final : public Operation {
 public:
  Ode(OdeProblem problem, std::string name)
      : problem_(std::move(problem)), name_(std::move(name)) {}

  std::string_view name() const override { return name_; }
  Index scratch_size(Index lanes) const override {
    Scratch counted;
    const Solver<Method> solver(problem_, lanes, counted);
    return counted.used();
  }
  // As with two steps from output to output, the first half of which is repeated on the way back.
  double inner_seconds() const override {
    constexpr double evaluations = 2 * 6 * 1.5;
    return evaluations * static_cast<double>(problem_.times.size()) *
           problem_.system.rhs.nominal_seconds();
  }
  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* scratch) const override {
    Scratch memory(scratch);
    Solver<Method>(problem_, frame.lanes, memory).forward(frame.gradient, in, out);
  }
  void backward(const Frame& frame, std::span<const Operand> in, const double* /*out*/,
                const double* out_adjoint, double* scratch) const override {
    Scratch memory(scratch);
    Solver<Method>(problem_, frame.lanes, memory).backward(in, out_adjoint);
  }

 private:
  OdeProblem problem_;
  std::string name_;
};

}  // namespace

std::shared_ptr<const Operation> make_ode(OdeProblem problem) {
  switch (problem.method) {
    case lang::OdeMethod::rk45: {
      std::string name = fmt::format("ode({})", problem.function);
      return std::make_shared<Ode<DormandPrince>>(std::move(problem), std::move(name));
    }
    case lang::OdeMethod::stiff: {
      std::string name = fmt::format("ode({}, stiff)", problem.function);
      return std::make_shared<Ode<Sdirk>>(std::move(problem), std::move(name));
    }
  }
  VIPPL_ASSERT(false, "every method is made");
}

}  // namespace vippl::runtime
