#include "runtime/operators.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "lang/diagnostic.h"
#include "runtime/broadcast.h"
#include "runtime/lanes.h"
#include "runtime/map_operation.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

using lang::ast::BinaryOperator;

struct Add {
  static constexpr BinaryOperator op = BinaryOperator::add;
  static constexpr std::string_view name = "add";
  static double value(double a, double b) { return a + b; }
  static double left(double, double, double) { return 1; }
  static double right(double, double, double) { return 1; }
};
struct Subtract {
  static constexpr BinaryOperator op = BinaryOperator::subtract;
  static constexpr std::string_view name = "subtract";
  static double value(double a, double b) { return a - b; }
  static double left(double, double, double) { return 1; }
  static double right(double, double, double) { return -1; }
};
struct Multiply {
  static constexpr BinaryOperator op = BinaryOperator::multiply;
  static constexpr std::string_view name = "multiply";
  static double value(double a, double b) { return a * b; }
  static double left(double, double b, double) { return b; }
  static double right(double a, double, double) { return a; }
};
struct Divide {
  static constexpr BinaryOperator op = BinaryOperator::divide;
  static constexpr std::string_view name = "divide";
  static double value(double a, double b) { return a / b; }
  static double left(double, double b, double) { return 1 / b; }
  static double right(double, double b, double y) { return -y / b; }
};
struct Power {
  static constexpr BinaryOperator op = BinaryOperator::power;
  static constexpr std::string_view name = "power";
  static double value(double a, double b) { return b == 2 ? a * a : std::pow(a, b); }
  static double left(double a, double b, double) {
    return b == 2 ? 2 * a : b == 0 ? 0 : b * std::pow(a, b - 1);
  }
  // At a = 0 the limit of a^b log(a) is 0 for every b > 0.
  static double right(double a, double, double y) { return y == 0 ? 0 : y * std::log(a); }
};
template <BinaryOperator logical>
struct Logical {
  static constexpr BinaryOperator op = logical;
  static constexpr std::string_view name = op == BinaryOperator::equal           ? "equal"
                                           : op == BinaryOperator::not_equal     ? "not_equal"
                                           : op == BinaryOperator::less          ? "less"
                                           : op == BinaryOperator::less_equal    ? "less_equal"
                                           : op == BinaryOperator::greater       ? "greater"
                                           : op == BinaryOperator::greater_equal ? "greater_equal"
                                           : op == BinaryOperator::logical_and   ? "and"
                                                                                 : "or";
  static double value(double a, double b) {
    switch (op) {
      case BinaryOperator::equal:
        return a == b;
      case BinaryOperator::not_equal:
        return a != b;
      case BinaryOperator::less:
        return a < b;
      case BinaryOperator::less_equal:
        return a <= b;
      case BinaryOperator::greater:
        return a > b;
      case BinaryOperator::greater_equal:
        return a >= b;
      case BinaryOperator::logical_and:
        return a != 0 && b != 0;
      default:
        return a != 0 || b != 0;
    }
  }
  static double left(double, double, double) { return 0; }
  static double right(double, double, double) { return 0; }
};
template <class Rule>
inline constexpr bool differentiable = true;
template <BinaryOperator op>
inline constexpr bool differentiable<Logical<op>> = false;

// Elements of one operand as the loops below walk them: element i of lane b is data[at(i) + b *
// lane].
struct Walk {
  const Broadcast& broadcast;
  Index element;
  Index lane;
  Index at(Index i) const { return broadcast[i] * element; }
};

// An operand is flat where its memory runs beside that of the result (step 1) or is a single number
// (step 0).
struct Flat {
  bool is_flat;
  Index step;
};
Flat flat(const Operand& operand, const Broadcast& broadcast, Index lanes) {
  if (broadcast.kind == Broadcast::Kind::full) return {lanes == 1 || !operand.fixed, 1};
  if (broadcast.kind == Broadcast::Kind::scalar) return {lanes == 1 || operand.fixed, 0};
  return {false, 0};
}

// Calls `body` with the two steps as constants, so that each combination becomes one plain vector
// loop.
template <class Body>
void with_steps(Index a, Index b, Body&& body) {
  using Zero = std::integral_constant<Index, 0>;
  using One = std::integral_constant<Index, 1>;
  if (a == 1 && b == 1) return body(One{}, One{});
  if (a == 1) return body(One{}, Zero{});
  if (b == 1) return body(Zero{}, One{});
  return body(Zero{}, Zero{});
}

template <class Rule>
class Binary final : public BinaryOperation {
 public:
  using BinaryOperation::BinaryOperation;

  BinaryOperator op() const override { return Rule::op; }
  std::string_view name() const override { return Rule::name; }
  bool is_differentiable() const override { return differentiable<Rule>; }

  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double*) const override {
    if (is_square(in)) return square(frame.lanes, in[0], out);
    if (forward_on_engine(frame.lanes, in, out)) return;
    const Flat flat_a = flat(in[0], a_, frame.lanes);
    const Flat flat_b = flat(in[1], b_, frame.lanes);
    const double* a = in[0].value;
    const double* b = in[1].value;
    if (flat_a.is_flat && flat_b.is_flat) {
      const Index count = size_ * frame.lanes;
      with_steps(flat_a.step, flat_b.step, [&](auto step_a, auto step_b) {
        for (Index i = 0; i < count; ++i) out[i] = Rule::value(a[i * step_a], b[i * step_b]);
      });
      return;
    }
    const Walk walk_a = walk(in[0], a_, frame.lanes);
    const Walk walk_b = walk(in[1], b_, frame.lanes);
    with_lanes(frame.lanes, [&](auto lanes) {
      with_steps(walk_a.lane, walk_b.lane, [&](auto lane_a, auto lane_b) {
        for (Index i = 0; i < size_; ++i) {
          const double* x = a + walk_a.at(i);
          const double* y = b + walk_b.at(i);
          for (Index l = 0; l < lanes; ++l)
            out[i * lanes + l] = Rule::value(x[l * lane_a], y[l * lane_b]);
        }
      });
    });
  }

  void backward(const Frame& frame, std::span<const Operand> in, const double* out,
                const double* out_adjoint, double*) const override {
    if (is_square(in)) {
      if (in[0].adjoint != nullptr) pull_back_square(frame.lanes, in[0], out_adjoint);
      return;
    }
    if (in[0].adjoint != nullptr)
      pull_back<true>(frame.lanes, in[0], a_, in[1], b_, out, out_adjoint);
    if (in[1].adjoint != nullptr)
      pull_back<false>(frame.lanes, in[1], b_, in[0], a_, out, out_adjoint);
  }

 private:
  // The loops that the engine has, for operands that are broadcast whole.
  bool forward_on_engine(Index lanes, std::span<const Operand> in, double* out) const {
    if (a_.kind == Broadcast::Kind::indexed || b_.kind == Broadcast::Kind::indexed) return false;
    const simd::FusedSteps& engine = simd::engine().fused;
    simd::FusedSteps::Combine combine = nullptr;
    if constexpr (Rule::op == BinaryOperator::add) combine = engine.add;
    if constexpr (Rule::op == BinaryOperator::subtract) combine = engine.subtract;
    if constexpr (Rule::op == BinaryOperator::multiply) combine = engine.multiply;
    if (combine == nullptr) return false;
    combine(static_cast<std::size_t>(size_), static_cast<std::size_t>(lanes),
            strided(lanes, in[0], a_), strided(lanes, in[1], b_), out);
    return true;
  }
  static simd::Strided strided(Index lanes, const Operand& operand, const Broadcast& broadcast) {
    const LaneStrides s = strides(operand, lanes);
    const Index element = broadcast.kind == Broadcast::Kind::full ? s.element : 0;
    return {operand.value, static_cast<std::size_t>(element),
            static_cast<std::size_t>(lanes == 1 ? 0 : s.lane)};
  }
  template <bool is_left>
  bool pull_back_on_engine(Index lanes, const Operand& self, const Broadcast& self_at,
                           const Operand& other, const Broadcast& other_at,
                           const double* out_adjoint) const {
    constexpr bool is_product = Rule::op == BinaryOperator::multiply;
    if constexpr (!is_product && Rule::op != BinaryOperator::add &&
                  Rule::op != BinaryOperator::subtract)
      return false;
    if (self_at.kind == Broadcast::Kind::indexed || other_at.kind == Broadcast::Kind::indexed)
      return false;
    const double sign = is_left ? Rule::left(1, 1, 1) : Rule::right(1, 1, 1);
    simd::engine().fused.pull_back(
        static_cast<std::size_t>(size_), static_cast<std::size_t>(lanes),
        is_product ? strided(lanes, other, other_at) : simd::Strided{&sign, 0, 0}, out_adjoint,
        self_at.kind == Broadcast::Kind::scalar, self.adjoint);
    return true;
  }

  // x^2 is no matter for pow().
  bool is_square(std::span<const Operand> in) const {
    return Rule::op == BinaryOperator::power && !in[0].fixed && in[1].fixed &&
           a_.kind == Broadcast::Kind::full && b_.kind == Broadcast::Kind::scalar &&
           *in[1].value == 2;
  }
  void square(Index lanes, const Operand& a, double* out) const {
    for (Index i = 0; i < size_ * lanes; ++i) out[i] = a.value[i] * a.value[i];
  }
  void pull_back_square(Index lanes, const Operand& a, const double* out_adjoint) const {
    for (Index i = 0; i < size_ * lanes; ++i) a.adjoint[i] += chain(2 * a.value[i], out_adjoint[i]);
  }

  static Walk walk(const Operand& operand, const Broadcast& broadcast, Index lanes) {
    const LaneStrides s = strides(operand, lanes);
    return {broadcast, s.element, lanes == 1 ? 0 : s.lane};
  }

  template <bool is_left>
  static double derivative(double self, double other, double y) {
    if constexpr (is_left) return Rule::left(self, other, y);
    return Rule::right(other, self, y);
  }

  // `self` is latent, since it has an adjoint.
  template <bool is_left>
  void pull_back(Index lane_count, const Operand& self, const Broadcast& self_at,
                 const Operand& other, const Broadcast& other_at, const double* out,
                 const double* out_adjoint) const {
    if (pull_back_on_engine<is_left>(lane_count, self, self_at, other, other_at, out_adjoint))
      return;
    const double* x = self.value;
    const double* y = other.value;
    const Flat flat_other = flat(other, other_at, lane_count);
    if (self_at.kind == Broadcast::Kind::full && flat_other.is_flat) {
      const Index count = size_ * lane_count;
      with_steps(1, flat_other.step, [&](auto, auto step) {
        for (Index i = 0; i < count; ++i) {
          self.adjoint[i] += chain(derivative<is_left>(x[i], y[i * step], out[i]), out_adjoint[i]);
        }
      });
      return;
    }
    const Walk walk_other = walk(other, other_at, lane_count);
    with_lanes(lane_count, [&](auto lanes) {
      with_steps(1, walk_other.lane, [&](auto, auto lane_other) {
        // One number under all: its sum stays in registers.
        if constexpr (!std::is_same_v<decltype(lanes), Index>) {
          if (self_at.kind == Broadcast::Kind::scalar) {
            double sums[decltype(lanes)::value] = {};
            for (Index i = 0; i < size_; ++i) {
              const double* other_value = y + walk_other.at(i);
              for (Index l = 0; l < lanes; ++l) {
                sums[l] += chain(
                    derivative<is_left>(x[l], other_value[l * lane_other], out[i * lanes + l]),
                    out_adjoint[i * lanes + l]);
              }
            }
            for (Index l = 0; l < lanes; ++l) self.adjoint[l] += sums[l];
            return;
          }
        }
        for (Index i = 0; i < size_; ++i) {
          const Index at = self_at[i] * lanes;
          const double* other_value = y + walk_other.at(i);
          for (Index l = 0; l < lanes; ++l) {
            self.adjoint[at + l] += chain(
                derivative<is_left>(x[at + l], other_value[l * lane_other], out[i * lanes + l]),
                out_adjoint[i * lanes + l]);
          }
        }
      });
    });
  }
};

// Of the side of an operator that stands so under a result of `size` elements.
Index own_size(const Broadcast& broadcast, Index size) {
  switch (broadcast.kind) {
    case Broadcast::Kind::full:
      return size;
    case Broadcast::Kind::scalar:
      return 1;
    case Broadcast::Kind::indexed:
      break;
  }
  return broadcast.index.empty() ? 0 : 1 + *std::ranges::max_element(broadcast.index);
}

template <class Body>
decltype(auto) with_rule(BinaryOperator op, Body&& body) {
  switch (op) {
    case BinaryOperator::add:
      return body(Add{});
    case BinaryOperator::subtract:
      return body(Subtract{});
    case BinaryOperator::multiply:
      return body(Multiply{});
    case BinaryOperator::divide:
      return body(Divide{});
    case BinaryOperator::power:
      return body(Power{});
    case BinaryOperator::equal:
      return body(Logical<BinaryOperator::equal>{});
    case BinaryOperator::not_equal:
      return body(Logical<BinaryOperator::not_equal>{});
    case BinaryOperator::less:
      return body(Logical<BinaryOperator::less>{});
    case BinaryOperator::less_equal:
      return body(Logical<BinaryOperator::less_equal>{});
    case BinaryOperator::greater:
      return body(Logical<BinaryOperator::greater>{});
    case BinaryOperator::greater_equal:
      return body(Logical<BinaryOperator::greater_equal>{});
    case BinaryOperator::logical_and:
      return body(Logical<BinaryOperator::logical_and>{});
    case BinaryOperator::logical_or:
      return body(Logical<BinaryOperator::logical_or>{});
    case BinaryOperator::range:
    case BinaryOperator::matrix_multiply:
      break;
  }
  throw lang::InternalError("operators: `..` and `@` are not elementwise");
}

class Choice final : public Operation {
 public:
  Choice(Broadcast condition, Broadcast accepted, Broadcast rejected, Index size)
      : at_{std::move(condition), std::move(accepted), std::move(rejected)}, size_(size) {}
  Choice(std::span<const Index> condition, std::span<const Index> accepted,
         std::span<const Index> rejected, std::span<const Index> result)
      : at_{make_broadcast(condition, result), make_broadcast(accepted, result),
            make_broadcast(rejected, result)},
        size_(element_count(result)) {}

  std::string_view name() const override { return "choose"; }
  bool fingerprint(std::vector<std::uint64_t>& numbers) const override {
    for (const Broadcast& at : at_) add_fingerprint(at, numbers);
    numbers.push_back(static_cast<std::uint64_t>(size_));
    return true;
  }
  std::shared_ptr<const Operation> repeated(Index count,
                                            std::span<const bool> shared) const override {
    const auto at = [&](std::size_t k) {
      return repeat(at_[k], own_size(at_[k], size_), size_, count, shared[k]);
    };
    return std::make_shared<const Choice>(at(0), at(1), at(2), size_ * count);
  }

  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double*) const override {
    for (Index i = 0; i < size_; ++i) {
      for (Index l = 0; l < frame.lanes; ++l) {
        const bool chosen = *element(in[0], 0, i, l, frame.lanes) != 0;
        out[i * frame.lanes + l] = *element(in[chosen ? 1 : 2], chosen ? 1 : 2, i, l, frame.lanes);
      }
    }
  }

  void backward(const Frame& frame, std::span<const Operand> in, const double*,
                const double* out_adjoint, double*) const override {
    for (Index i = 0; i < size_; ++i) {
      for (Index l = 0; l < frame.lanes; ++l) {
        const std::size_t k = *element(in[0], 0, i, l, frame.lanes) != 0 ? 1 : 2;
        if (in[k].adjoint == nullptr) continue;
        in[k].adjoint[element(in[k], k, i, l, frame.lanes) - in[k].value] +=
            out_adjoint[i * frame.lanes + l];
      }
    }
  }

 private:
  const double* element(const Operand& operand, std::size_t k, Index i, Index lane,
                        Index lanes) const {
    const LaneStrides s = strides(operand, lanes);
    return operand.value + at_[k][i] * s.element + lane * s.lane;
  }

  Broadcast at_[3];
  Index size_;
};

void negate(std::size_t count, const double* x, double* y) {
  for (std::size_t i = 0; i < count; ++i) y[i] = -x[i];
}
void negate_derivative(std::size_t count, const double*, const double*, const double* y_adjoint,
                       double* x_adjoint) {
  for (std::size_t i = 0; i < count; ++i) x_adjoint[i] -= y_adjoint[i];
}
void logical_not(std::size_t count, const double* x, double* y) {
  for (std::size_t i = 0; i < count; ++i) y[i] = x[i] == 0;
}

}  // namespace

double apply_operator(BinaryOperator op, double a, double b) {
  return with_rule(op, [a, b](auto rule) { return decltype(rule)::value(a, b); });
}

std::shared_ptr<const Operation> make_broadcast_binary(BinaryOperator op, Broadcast a, Broadcast b,
                                                       Index size) {
  return with_rule(op, [&](auto rule) -> std::shared_ptr<const Operation> {
    return std::make_shared<const Binary<decltype(rule)>>(std::move(a), std::move(b), size);
  });
}

std::shared_ptr<const Operation> make_binary(BinaryOperator op, std::span<const Index> a,
                                             std::span<const Index> b,
                                             std::span<const Index> result) {
  if (!result.empty()) {
    return make_broadcast_binary(op, make_broadcast(a, result), make_broadcast(b, result),
                                 element_count(result));
  }
  return with_rule(op, [&](auto rule) -> std::shared_ptr<const Operation> {
    // Scalar operations are by far the most frequent in a loop, and all alike.
    static const auto scalar =
        std::make_shared<const Binary<decltype(rule)>>(Broadcast{}, Broadcast{}, 1);
    return scalar;
  });
}

bool BinaryOperation::fingerprint(std::vector<std::uint64_t>& numbers) const {
  add_fingerprint(a_, numbers);
  add_fingerprint(b_, numbers);
  numbers.push_back(static_cast<std::uint64_t>(size_));
  return true;
}

std::shared_ptr<const Operation> BinaryOperation::repeated(Index count,
                                                           std::span<const bool> shared) const {
  return make_broadcast_binary(op(), repeat(a_, own_size(a_, size_), size_, count, shared[0]),
                               repeat(b_, own_size(b_, size_), size_, count, shared[1]),
                               size_ * count);
}

bool is_negate(const Operation& operation) {
  const auto* map = dynamic_cast<const MapOperation*>(&operation);
  return map != nullptr && map->value_kernel() == &negate;
}

std::shared_ptr<const Operation> make_negate(Index size) {
  return std::make_shared<const MapOperation>("negate", &negate, &negate_derivative, size);
}

std::shared_ptr<const Operation> make_not(Index size) {
  return std::make_shared<const MapOperation>("not", &logical_not, nullptr, size);
}

std::shared_ptr<const Operation> make_choice(std::span<const Index> condition,
                                             std::span<const Index> accepted,
                                             std::span<const Index> rejected,
                                             std::span<const Index> result) {
  return std::make_shared<const Choice>(condition, accepted, rejected, result);
}

}  // namespace vippl::runtime
