#include "runtime/fused_pass.h"

#include "runtime/lanes.h"

namespace vippl::runtime {

namespace {

using simd::Strided;

std::size_t unsigned_of(Index i) { return static_cast<std::size_t>(i); }

}  // namespace

FusedSum::Pass::Pass(const FusedSum& sum, const Frame& frame, std::span<const Operand> in,
                     double* scratch)
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

void FusedSum::Pass::run(const Tile& tile, const Layout* layouts, double* out) {
  first_ = tile.first;
  count_ = unsigned_of(tile.count);
  layouts_ = layouts;
  for (std::size_t s = 0; s < sum_.steps_.size(); ++s) registers_[s] = evaluate(s);
  add_terms(out);
  if (frame_.gradient) pull_back();
}

// From element `at` of an operand on, or that element for all terms.
Strided FusedSum::Pass::stretch(const Operand& operand, Index at, bool is_same) const {
  const Index step = operand.fixed ? 1 : frame_.lanes;
  const double* const data = operand.value + at * step;
  if (is_same) return {data, 0, operand.fixed || lanes_ == 1 ? std::size_t{0} : std::size_t{1}};
  return operand.fixed ? Strided{data, 1, 0} : packed(data);
}

Strided FusedSum::Pass::evaluate(std::size_t s) {
  const FusedStep& step = sum_.steps_[s];
  const simd::FusedSteps& engine = simd::engine().fused;
  switch (step.kind) {
    case FusedStep::Kind::input:
      return input(s, in_[step.left]);
    case FusedStep::Kind::product:
      multiply_matrix(step, values_[s]);
      break;
    case FusedStep::Kind::add:
    case FusedStep::Kind::subtract:
      add(step, values_[s]);
      break;
    case FusedStep::Kind::multiply:
      if (sum_.is_joined_[s]) return {};
      engine.multiply(count_, lanes_, registers_[step.left], registers_[step.right], values_[s]);
      break;
  }
  return packed(values_[s]);
}

void FusedSum::Pass::add(const FusedStep& step, double* out) const {
  const simd::FusedSteps& engine = simd::engine().fused;
  const bool adds = step.kind == FusedStep::Kind::add;
  for (const auto& [term, other] :
       {std::pair(step.right, step.left), std::pair(step.left, step.right)}) {
    if (!sum_.is_joined_[term]) continue;
    const FusedStep& product = sum_.steps_[term];
    return engine.add_product(count_, lanes_, registers_[other], adds ? 1 : -1,
                              registers_[product.left], registers_[product.right], out);
  }
  (adds ? engine.add : engine.subtract)(count_, lanes_, registers_[step.left],
                                        registers_[step.right], out);
}

Strided FusedSum::Pass::input(std::size_t s, const Operand& operand) {
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

const simd::Products* FusedSum::Pass::products() const {
  if (lanes_ == 1) return &simd::engine().one;
  return lanes_ == 8 ? &simd::engine().eight : nullptr;
}

void FusedSum::Pass::multiply_matrix(const FusedStep& step, double* out) const {
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
void FusedSum::Pass::pull_back() {
  const simd::FusedSteps& engine = simd::engine().fused;
  std::array<Adjoint, max_steps>& adjoints = slopes_;
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
        adjoints[step.right] = {own.data, step.kind == FusedStep::Kind::add ? own.sign : -own.sign};
        break;
      case FusedStep::Kind::multiply:
        for (const auto& [side, other] :
             {std::pair(step.left, step.right), std::pair(step.right, step.left)}) {
          if (!sum_.active_[side]) continue;
          if (add_product_to_sum(side, registers_[other], own)) {
            adjoints[side] = {};
            continue;
          }
          engine.multiply(count_, lanes_, packed(own.data), registers_[other], adjoints_[side]);
          adjoints[side] = {adjoints_[side], own.sign};
        }
        break;
    }
  }
}

void FusedSum::Pass::pull_back_matrix(const FusedStep& step, const double* adjoint,
                                      double* sums) const {
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

// Where the sums of a step that is a single number in this tile stand, else null.
double* FusedSum::Pass::sums_of_one(std::size_t s) const {
  const FusedStep& step = sum_.steps_[s];
  if (step.kind != FusedStep::Kind::input) return nullptr;
  double* const sums = sums_ + sum_.sums_at(s, frame_.lanes);
  switch (step.broadcast.kind) {
    case Broadcast::Kind::full:
      return nullptr;
    case Broadcast::Kind::scalar:
      return sums;
    case Broadcast::Kind::indexed:
      break;
  }
  return layouts_[s] == Layout::all_the_same ? sums + step.broadcast[first_] * frame_.lanes
                                             : nullptr;
}

// The product of the adjoint with a factor goes to the sum of a single number at once. False where
// the step is no single number in this tile.
bool FusedSum::Pass::add_product_to_sum(std::size_t s, const Strided& factor,
                                        const Adjoint& own) const {
  double* const sums = own.sign < 0 ? nullptr : sums_of_one(s);
  if (sums == nullptr) return false;
  simd::engine().fused.pull_back(count_, lanes_, factor, own.data, true, sums);
  return true;
}

void FusedSum::Pass::negate(const double* x, double* y) const {
  constexpr double minus_one = -1;
  simd::engine().fused.multiply(count_, lanes_, packed(x), {&minus_one, 0, 0}, y);
}

void FusedSum::Pass::add_to_sums(std::size_t s, const Adjoint& adjoint) const {
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

}  // namespace vippl::runtime
