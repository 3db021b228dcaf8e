#include "runtime/fused_sum.h"

#include <algorithm>
#include <array>
#include <utility>

#include "lang/diagnostic.h"
#include "runtime/elementwise_operation.h"
#include "runtime/lanes.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

using simd::Strided;

// Terms of a tile: as many as keep the buffers of a few steps in the first-level cache.
constexpr Index tile_of_one = 128;
constexpr Index tile_of_many = 64;
// A run of an index so long is worth a tile of its own.
constexpr Index long_run = 16;

Index most_terms(Index lanes) { return lanes == 1 ? tile_of_one : tile_of_many; }
std::size_t unsigned_of(Index i) { return static_cast<std::size_t>(i); }

// The end of the run that begins at `first`: of neighbours (step 1) or of one element (step 0).
Index run_end(const std::vector<std::int32_t>& index, Index first, Index end, int step) {
  Index i = first + 1;
  while (i < end && index[unsigned_of(i)] == index[unsigned_of(i - 1)] + step) ++i;
  return i;
}

}  // namespace

/// What one call works with, tile by tile.
class FusedSum::Pass {
 public:
  Pass(const FusedSum& sum, const Frame& frame, std::span<const Operand> in, double* scratch)
      : sum_(sum), frame_(frame), in_(in), lanes_(unsigned_of(frame.lanes)), sums_(scratch) {
    const Index buffer = most_terms(frame.lanes) * frame.lanes;
    double* next = scratch + sum.sums_size(frame.lanes);
    for (std::size_t s = 0; s < sum.steps_.size(); ++s, next += 2 * buffer) {
      values_[s] = next;
      adjoints_[s] = next + buffer;
    }
    for (std::size_t k = 0; k < sum.arguments_.size(); ++k, next += buffer) arguments_[k] = next;
    terms_ = next;
  }

  void run(const Tile& tile, const Layout* layouts, double* out) {
    first_ = tile.first;
    count_ = unsigned_of(tile.count);
    layouts_ = layouts;
    for (std::size_t s = 0; s < sum_.steps_.size(); ++s) registers_[s] = evaluate(s);
    by_value_ = {adjoints_[sum_.arguments_[0]], 1};
    if (!add_outcomes(out) && !add_normal(out)) add_density(out);
    if (frame_.gradient) pull_back();
  }

 private:
  struct Adjoint {
    const double* data = nullptr;
    double sign = 1;
  };

  // Numbers that lie as the lanes of a tile do.
  Strided packed(const double* data) const {
    return lanes_ == 1 ? Strided{data, 1, 0} : Strided{data, lanes_, 1};
  }
  // From element `at` of an operand on, or that element for all terms.
  Strided stretch(const Operand& operand, Index at, bool is_same) const {
    const Index step = operand.fixed ? 1 : frame_.lanes;
    const double* const data = operand.value + at * step;
    if (is_same) return {data, 0, operand.fixed || lanes_ == 1 ? std::size_t{0} : std::size_t{1}};
    return operand.fixed ? Strided{data, 1, 0} : packed(data);
  }

  Strided evaluate(std::size_t s) {
    const FusedStep& step = sum_.steps_[s];
    const simd::FusedSteps& engine = simd::engine().fused;
    switch (step.kind) {
      case FusedStep::Kind::input:
        return input(s, in_[step.left]);
      case FusedStep::Kind::product:
        multiply_matrix(step, values_[s]);
        break;
      case FusedStep::Kind::add:
        engine.add(count_, lanes_, registers_[step.left], registers_[step.right], values_[s]);
        break;
      case FusedStep::Kind::subtract:
        engine.subtract(count_, lanes_, registers_[step.left], registers_[step.right], values_[s]);
        break;
      case FusedStep::Kind::multiply:
        engine.multiply(count_, lanes_, registers_[step.left], registers_[step.right], values_[s]);
        break;
    }
    return packed(values_[s]);
  }

  Strided input(std::size_t s, const Operand& operand) {
    const Broadcast& broadcast = sum_.steps_[s].broadcast;
    if (broadcast.kind == Broadcast::Kind::full) return stretch(operand, first_, false);
    if (broadcast.kind == Broadcast::Kind::scalar) return stretch(operand, 0, true);
    if (layouts_[s] != Layout::scattered)
      return stretch(operand, broadcast[first_], layouts_[s] == Layout::all_the_same);
    double* to = values_[s];
    if (operand.fixed) {
      for (std::size_t i = 0; i < count_; ++i) to[i] = operand.value[broadcast[term(i)]];
      return {values_[s], 1, 0};
    }
    with_lanes(frame_.lanes, [&](auto lanes) {
      for (std::size_t i = 0; i < count_; ++i, to += lanes) {
        const double* const from = operand.value + broadcast[term(i)] * lanes;
        for (Index b = 0; b < lanes; ++b) to[b] = from[b];
      }
    });
    return packed(values_[s]);
  }

  Index term(std::size_t i) const { return first_ + static_cast<Index>(i); }
  Index columns(const FusedStep& step) const { return sum_.inputs_[step.right].size; }
  const double* matrix(const FusedStep& step) const {
    return in_[step.left].value + first_ * columns(step);
  }
  const simd::Products* products() const {
    if (lanes_ == 1) return &simd::engine().one;
    return lanes_ == 8 ? &simd::engine().eight : nullptr;
  }

  void multiply_matrix(const FusedStep& step, double* out) const {
    const std::size_t inner = unsigned_of(columns(step));
    const double* const a = matrix(step);
    const double* const b = in_[step.right].value;
    if (const simd::Products* fast = products()) return fast->forward(count_, inner, a, b, out);
    for (std::size_t i = 0; i < count_; ++i) {
      for (std::size_t l = 0; l < lanes_; ++l) {
        double sum = 0;
        for (std::size_t k = 0; k < inner; ++k) sum += a[i * inner + k] * b[k * lanes_ + l];
        out[i * lanes_ + l] = sum;
      }
    }
  }
  void pull_back_matrix(const FusedStep& step, const double* adjoint, double* sums) const {
    const std::size_t inner = unsigned_of(columns(step));
    const double* const a = matrix(step);
    if (const simd::Products* fast = products())
      return fast->backward(count_, inner, a, adjoint, sums);
    for (std::size_t i = 0; i < count_; ++i) {
      for (std::size_t k = 0; k < inner; ++k) {
        for (std::size_t l = 0; l < lanes_; ++l)
          sums[k * lanes_ + l] += a[i * inner + k] * adjoint[i * lanes_ + l];
      }
    }
  }

  // The logistic likelihood without its values one by one; false where that will not do.
  bool add_outcomes(double* out) {
    if (sum_.form_ != DensityForm::bernoulli_logit || sum_.active_[sum_.arguments_[0]])
      return false;
    const std::size_t logit = sum_.arguments_[1];
    if (lanes_ != 1 && lanes_ != 8) return false;
    std::array<double, 8> sums = {};
    if (!simd::engine().fused.bernoulli_logit(count_, lanes_, registers_[sum_.arguments_[0]],
                                              registers_[logit], sums.data(), adjoints_[logit]))
      return false;
    for (std::size_t l = 0; l < lanes_; ++l) out[l] += sums[l];
    return true;
  }

  // A normal likelihood: its values and those slopes that differ in sign only are not written.
  bool add_normal(double* out) {
    if (sum_.form_ != DensityForm::normal || (lanes_ != 1 && lanes_ != 8)) return false;
    const auto [y, location, scale] =
        std::array{sum_.arguments_[0], sum_.arguments_[1], sum_.arguments_[2]};
    double* const slope = adjoints_[sum_.active_[location] ? location : y];
    const bool wants_slope = frame_.gradient && (sum_.active_[y] || sum_.active_[location]);
    const bool wants_by_scale = frame_.gradient && sum_.active_[scale];
    std::array<double, 8> sums = {};
    if (!sum_.scales_.inverses.empty()) {
      const bool one = sum_.scales_.inverses.size() == 1;
      const double* const inverses = sum_.scales_.inverses.data() + (one ? 0 : first_);
      if (!simd::engine().fused.normal_known_scale(
              count_, lanes_, registers_[y], registers_[location],
              {inverses, one ? std::size_t{0} : std::size_t{1}, 0}, sums.data(),
              wants_slope ? slope : nullptr))
        return false;
      const double logs = logs_of_scales();
      for (std::size_t l = 0; l < lanes_; ++l) out[l] += sums[l] - logs;
      by_value_ = {slope, -1};
      return true;
    }
    if (!simd::engine().fused.normal(count_, lanes_, registers_[y], registers_[location],
                                     registers_[scale], sums.data(), wants_slope ? slope : nullptr,
                                     wants_by_scale ? adjoints_[scale] : nullptr))
      return false;
    for (std::size_t l = 0; l < lanes_; ++l) out[l] += sums[l];
    by_value_ = {slope, -1};
    return true;
  }

  double logs_of_scales() const {
    const std::vector<double>& logs = sum_.scales_.logs;
    if (logs.size() == 1) return static_cast<double>(count_) * logs[0];
    return logs[unsigned_of(first_) + count_] - logs[unsigned_of(first_)];
  }

  // A kernel knows numbers that lie together, and one for all.
  KernelArgument argument(std::size_t k) {
    const Strided& x = registers_[sum_.arguments_[k]];
    if (x.element == 0 && x.lane == 0) return {x.data, 0};
    if (x.element == lanes_ && (lanes_ == 1 || x.lane == 1)) return {x.data, 1};
    double* const to = arguments_[k];
    for (std::size_t i = 0; i < count_; ++i) {
      for (std::size_t l = 0; l < lanes_; ++l)
        to[i * lanes_ + l] = x.data[i * x.element + l * x.lane];
    }
    return {to, 1};
  }

  void add_density(double* out) {
    std::array<KernelArgument, max_kernel_arguments> arguments;
    std::array<double*, max_kernel_arguments> partials = {};
    for (std::size_t k = 0; k < sum_.arguments_.size(); ++k) {
      arguments[k] = argument(k);
      if (sum_.active_[sum_.arguments_[k]]) partials[k] = adjoints_[sum_.arguments_[k]];
    }
    sum_.kernel_(count_ * lanes_, arguments.data(), terms_,
                 frame_.gradient ? partials.data() : nullptr);
    simd::engine().fused.add_rows(count_, lanes_, 1, terms_, out);
  }

  // From the slopes of the density back to the inputs.
  void pull_back() {
    const simd::FusedSteps& engine = simd::engine().fused;
    std::array<Adjoint, max_steps> adjoints;
    for (const std::size_t s : sum_.arguments_) adjoints[s] = {adjoints_[s], 1};
    adjoints[sum_.arguments_[0]] = by_value_;
    for (std::size_t s = sum_.steps_.size(); s-- > 0;) {
      if (!sum_.active_[s]) continue;
      const FusedStep& step = sum_.steps_[s];
      const Adjoint& own = adjoints[s];
      switch (step.kind) {
        case FusedStep::Kind::input:
          if (own.data != nullptr) add_to_sums(s, own);
          break;
        case FusedStep::Kind::product:
          if (own.sign < 0) negate(own.data, adjoints_[s]);
          pull_back_matrix(step, own.sign < 0 ? adjoints_[s] : own.data,
                           sums_ + sum_.sums_at(s, frame_.lanes));
          break;
        case FusedStep::Kind::add:
        case FusedStep::Kind::subtract:
          adjoints[step.left] = own;
          adjoints[step.right] = {own.data,
                                  step.kind == FusedStep::Kind::add ? own.sign : -own.sign};
          break;
        case FusedStep::Kind::multiply:
          for (const auto& [side, other] :
               {std::pair(step.left, step.right), std::pair(step.right, step.left)}) {
            if (!sum_.active_[side] || add_product_to_sum(side, registers_[other], own)) continue;
            engine.multiply(count_, lanes_, packed(own.data), registers_[other], adjoints_[side]);
            adjoints[side] = {adjoints_[side], own.sign};
          }
          break;
      }
    }
  }

  // The product of the adjoint with a factor goes to the sum of a single number at once. False
  // where the step is no single number in this tile.
  bool add_product_to_sum(std::size_t s, const Strided& factor, const Adjoint& own) const {
    const FusedStep& step = sum_.steps_[s];
    if (step.kind != FusedStep::Kind::input || own.sign < 0) return false;
    double* sums = sums_ + sum_.sums_at(s, frame_.lanes);
    switch (step.broadcast.kind) {
      case Broadcast::Kind::full:
        return false;
      case Broadcast::Kind::scalar:
        break;
      case Broadcast::Kind::indexed:
        if (layouts_[s] != Layout::all_the_same) return false;
        sums += step.broadcast[first_] * frame_.lanes;
    }
    simd::engine().fused.pull_back(count_, lanes_, factor, own.data, true, sums);
    return true;
  }

  void negate(const double* x, double* y) const {
    constexpr double minus_one = -1;
    simd::engine().fused.multiply(count_, lanes_, packed(x), {&minus_one, 0, 0}, y);
  }

  void add_to_sums(std::size_t s, const Adjoint& adjoint) const {
    const simd::FusedSteps& engine = simd::engine().fused;
    const Broadcast& broadcast = sum_.steps_[s].broadcast;
    double* const sums = sums_ + sum_.sums_at(s, frame_.lanes);
    switch (broadcast.kind) {
      case Broadcast::Kind::full:
        return engine.add_scaled(count_ * lanes_, adjoint.sign, adjoint.data,
                                 sums + first_ * frame_.lanes);
      case Broadcast::Kind::scalar:
        return engine.add_rows(count_, lanes_, adjoint.sign, adjoint.data, sums);
      case Broadcast::Kind::indexed:
        break;
    }
    double* const to = sums + broadcast[first_] * frame_.lanes;
    switch (layouts_[s]) {
      case Layout::in_order:
        return engine.add_scaled(count_ * lanes_, adjoint.sign, adjoint.data, to);
      case Layout::all_the_same:
        return engine.add_rows(count_, lanes_, adjoint.sign, adjoint.data, to);
      case Layout::scattered:
        return engine.add_scattered(count_, lanes_, adjoint.sign, adjoint.data,
                                    broadcast.index.data() + first_, sums);
    }
  }

  const FusedSum& sum_;
  const Frame& frame_;
  std::span<const Operand> in_;
  std::size_t lanes_;
  double* sums_;
  std::array<double*, max_steps> values_;
  std::array<double*, max_steps> adjoints_;
  std::array<double*, max_kernel_arguments> arguments_;
  double* terms_;
  std::array<Strided, max_steps> registers_;
  Index first_ = 0;
  std::size_t count_ = 0;
  const Layout* layouts_ = nullptr;  // per step
  Adjoint by_value_;                 // of the density, by its value
};

FusedSum::FusedSum(std::string_view name, ScalarKernel kernel, DensityForm form,
                   std::vector<FusedInput> inputs, std::vector<FusedStep> steps,
                   std::vector<std::size_t> arguments, Index terms, KnownScales scales)
    : name_(name),
      kernel_(kernel),
      form_(form),
      inputs_(std::move(inputs)),
      steps_(std::move(steps)),
      arguments_(std::move(arguments)),
      terms_(terms),
      scales_(std::move(scales)) {
  VIPPL_ASSERT(steps_.size() <= max_steps && arguments_.size() <= max_kernel_arguments,
               "a fused sum has few steps");
  for (const FusedStep& step : steps_) {
    switch (step.kind) {
      case FusedStep::Kind::input:
        active_.push_back(!inputs_[step.left].fixed);
        break;
      case FusedStep::Kind::product:
        active_.push_back(!inputs_[step.right].fixed);
        break;
      case FusedStep::Kind::add:
      case FusedStep::Kind::subtract:
      case FusedStep::Kind::multiply:
        active_.push_back(active_[step.left] || active_[step.right]);
    }
  }
  sum_begins_.push_back(0);
  for (std::size_t s = 0; s < steps_.size(); ++s)
    sum_begins_.push_back(sum_begins_.back() + sum_size(s));
  tiles_of_one_ = tiles(tile_of_one);
  tiles_of_many_ = tiles(tile_of_many);
}

// Tiles end where a long run of an index does, so that inside a tile it is a stretch of elements or
// one element.
FusedSum::Tiles FusedSum::tiles(Index most) const {
  Tiles result;
  for (Index first = 0; first < terms_;) {
    Index end = std::min(first + most, terms_);
    std::vector<Layout> layouts(steps_.size(), Layout::scattered);
    for (const FusedStep& step : steps_) {
      if (step.kind != FusedStep::Kind::input || step.broadcast.kind != Broadcast::Kind::indexed)
        continue;
      for (const int stride : {0, 1}) {
        const Index run = run_end(step.broadcast.index, first, end, stride);
        if (run - first >= long_run) end = run;
      }
    }
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      if (steps_[s].kind != FusedStep::Kind::input ||
          steps_[s].broadcast.kind != Broadcast::Kind::indexed)
        continue;
      const std::vector<std::int32_t>& index = steps_[s].broadcast.index;
      if (run_end(index, first, end, 0) == end)
        layouts[s] = Layout::all_the_same;
      else if (run_end(index, first, end, 1) == end)
        layouts[s] = Layout::in_order;
    }
    result.tiles.push_back({first, end - first, static_cast<Index>(result.layouts.size())});
    result.layouts.insert(result.layouts.end(), layouts.begin(), layouts.end());
    first = end;
  }
  return result;
}

// Elements of the latent input of a step.
Index FusedSum::sum_size(std::size_t step) const {
  const FusedStep& s = steps_[step];
  if (!active_[step]) return 0;
  if (s.kind == FusedStep::Kind::input) return inputs_[s.left].size;
  return s.kind == FusedStep::Kind::product ? inputs_[s.right].size : 0;
}

// The summed derivatives; then values and adjoints of each step, arguments, and the terms of a
// tile.
Index FusedSum::scratch_size(Index lanes) const {
  const auto buffers = static_cast<Index>(2 * steps_.size() + arguments_.size() + 1);
  return sums_size(lanes) + buffers * most_terms(lanes) * lanes;
}

void FusedSum::forward(const Frame& frame, std::span<const Operand> in, double* out,
                       double* scratch) const {
  std::fill_n(out, frame.lanes, 0.0);
  if (frame.gradient) std::fill_n(scratch, sums_size(frame.lanes), 0.0);
  Pass pass(*this, frame, in, scratch);
  const Tiles& cut = frame.lanes == 1 ? tiles_of_one_ : tiles_of_many_;
  for (const Tile& tile : cut.tiles) pass.run(tile, cut.layouts.data() + tile.layouts, out);
}

void FusedSum::backward(const Frame& frame, std::span<const Operand> in, const double* /*out*/,
                        const double* out_adjoint, double* scratch) const {
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    const Index size = sum_begins_[s + 1] - sum_begins_[s];
    if (size == 0) continue;
    const double* const sums = scratch + sums_at(s, frame.lanes);
    const bool is_input = steps_[s].kind == FusedStep::Kind::input;
    double* const adjoint = in[is_input ? steps_[s].left : steps_[s].right].adjoint;
    if (adjoint == nullptr) continue;
    simd::engine().fused.add_weighted(unsigned_of(size), unsigned_of(frame.lanes), out_adjoint,
                                      sums, adjoint);
  }
}

}  // namespace vippl::runtime
