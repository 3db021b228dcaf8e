#include "runtime/transform_number.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/lanes.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double no_lower = -infinity;
constexpr double no_upper = infinity;

/// One input as a table of elements by lanes, whatever its layout.
struct View {
  const double* value = nullptr;
  double* adjoint = nullptr;
  Index element = 0;
  Index lane = 0;

  double at(Index i, Index b) const { return value[i * element + b * lane]; }
  void add(Index i, Index b, double derivative) const {
    if (adjoint != nullptr) adjoint[i * element + b * lane] += derivative;
  }
};

View view(const Operand& operand, BoundForm form, Index lanes) {
  const Index lane = operand.fixed ? 0 : 1;
  const Index element = form == BoundForm::scalar ? 0 : operand.fixed ? 1 : lanes;
  return {operand.value, operand.adjoint, element, lane};
}

struct Bounds {
  View lower;
  View upper;
};

/// The bounds among the inputs, the first of which would be in[first].
Bounds view_bounds(std::span<const Operand> in, std::size_t first, BoundForms forms, Index lanes) {
  Bounds bounds{{&no_lower}, {&no_upper}};
  if (forms.lower != BoundForm::none) bounds.lower = view(in[first++], forms.lower, lanes);
  if (forms.upper != BoundForm::none) bounds.upper = view(in[first], forms.upper, lanes);
  return bounds;
}

/// x, or the next number inside where rounding has put x on a bound.
double keep_above(double x, double lower) {
  return x == lower ? std::nextafter(lower, infinity) : x;
}
double keep_below(double x, double upper) {
  return x == upper ? std::nextafter(upper, -infinity) : x;
}

/// exp(-|z|), from which inv_logit(z) and inv_logit(-z) both follow without cancellation.
double tail(double z) { return std::exp(-std::abs(z)); }
double inv_logit(double z, double tail) { return (z < 0 ? tail : 1) / (1 + tail); }

bool add_fingerprint(Index count, BoundForms bounds, std::vector<std::uint64_t>& numbers) {
  numbers.push_back(static_cast<std::uint64_t>(count));
  numbers.push_back(static_cast<std::uint64_t>(bounds.lower) * 4 +
                    static_cast<std::uint64_t>(bounds.upper));
  return true;
}

// The forms of the bounds of many runs on one number each, which follow `before` other inputs.
BoundForms repeat(BoundForms bounds, std::span<const bool> shared, std::size_t before) {
  for (BoundForm* form : {&bounds.lower, &bounds.upper}) {
    if (*form == BoundForm::none) continue;
    *form = shared[before++] ? BoundForm::scalar : BoundForm::full;
  }
  return bounds;
}

// Whether all are above one number that is known: scales, rates, most of what is bounded.
bool are_above_one(std::span<const Operand> in, std::size_t first, BoundForms forms) {
  return forms.lower == BoundForm::scalar && forms.upper == BoundForm::none && in[first].fixed &&
         *in[first].value > -infinity && !in[0].fixed;
}

class ConstrainNumbers final : public Operation {
 public:
  ConstrainNumbers(Index count, BoundForms bounds) : count_(count), bounds_(bounds) {}

  std::string_view name() const override { return "constrain"; }
  bool fingerprint(std::vector<std::uint64_t>& numbers) const override {
    return add_fingerprint(count_, bounds_, numbers);
  }
  std::shared_ptr<const Operation> repeated(Index count,
                                            std::span<const bool> shared) const override {
    if (count_ != 1 || shared[0]) return nullptr;
    return make_constrain_numbers(count, repeat(bounds_, shared, 1));
  }

  // Keeps the exponential of each element.
  Index scratch_size(Index lanes) const override { return count_ * lanes; }

  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* scratch) const override {
    if (are_above_one(in, 1, bounds_)) {
      const double lower = *in[1].value;
      const Index size = count_ * frame.lanes;
      simd::engine().exp(static_cast<std::size_t>(size), in[0].value, scratch);
      bool is_on_bound = false;
      for (Index at = 0; at < size; ++at) {
        out[at] = lower + scratch[at];
        is_on_bound = is_on_bound || out[at] == lower;
      }
      for (Index at = 0; is_on_bound && at < size; ++at) out[at] = keep_above(out[at], lower);
      return;
    }
    const View zs = view(in[0], BoundForm::full, frame.lanes);
    const Bounds bounds = view_bounds(in, 1, bounds_, frame.lanes);
    for (Index i = 0; i < count_; ++i) {
      for (Index b = 0; b < frame.lanes; ++b) {
        const Index at = i * frame.lanes + b;
        out[at] = constrain(zs.at(i, b), bounds.lower.at(i, b), bounds.upper.at(i, b), scratch[at]);
      }
    }
  }

  void backward(const Frame& frame, std::span<const Operand> in, const double* /*out*/,
                const double* out_adjoint, double* scratch) const override {
    if (are_above_one(in, 1, bounds_)) {
      for (Index at = 0; in[0].adjoint != nullptr && at < count_ * frame.lanes; ++at)
        in[0].adjoint[at] += out_adjoint[at] * scratch[at];
      return;
    }
    const View zs = view(in[0], BoundForm::full, frame.lanes);
    const Bounds bounds = view_bounds(in, 1, bounds_, frame.lanes);
    for (Index i = 0; i < count_; ++i) {
      for (Index b = 0; b < frame.lanes; ++b) {
        const Index at = i * frame.lanes + b;
        const double lower = bounds.lower.at(i, b);
        const double upper = bounds.upper.at(i, b);
        const double adjoint = out_adjoint[at];
        if (lower == -infinity && upper == infinity) {
          zs.add(i, b, adjoint);
        } else if (upper == infinity) {
          zs.add(i, b, adjoint * scratch[at]);
          bounds.lower.add(i, b, adjoint);
        } else if (lower == -infinity) {
          zs.add(i, b, -adjoint * scratch[at]);
          bounds.upper.add(i, b, adjoint);
        } else {
          const double z = zs.at(i, b);
          const double p = inv_logit(z, scratch[at]);
          const double q = inv_logit(-z, scratch[at]);
          zs.add(i, b, adjoint * (upper - lower) * p * q);
          bounds.lower.add(i, b, adjoint * q);
          bounds.upper.add(i, b, adjoint * p);
        }
      }
    }
  }

 private:
  static double constrain(double z, double lower, double upper, double& exponential) {
    if (lower == -infinity && upper == infinity) return z;
    if (lower == -infinity || upper == infinity) {
      exponential = std::exp(z);
      return upper == infinity ? keep_above(lower + exponential, lower)
                               : keep_below(upper - exponential, upper);
    }
    exponential = tail(z);
    // From the nearer end, so that what is left of the interval keeps its digits.
    const double step = (upper - lower) * exponential / (1 + exponential);
    return z < 0 ? keep_above(lower + step, lower) : keep_below(upper - step, upper);
  }

  Index count_;
  BoundForms bounds_;
};

class NumberLogJacobian final : public Operation {
 public:
  NumberLogJacobian(Index count, BoundForms bounds) : count_(count), bounds_(bounds) {}

  std::string_view name() const override { return "log_jacobian"; }
  bool fingerprint(std::vector<std::uint64_t>& numbers) const override {
    return add_fingerprint(count_, bounds_, numbers);
  }
  std::shared_ptr<const Operation> repeated_sum(Index count,
                                                std::span<const bool> shared) const override {
    if (count_ != 1 || shared[0]) return nullptr;
    return make_number_log_jacobian(count, repeat(bounds_, shared, 2));
  }

  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* /*scratch*/) const override {
    std::fill_n(out, frame.lanes, 0.0);
    if (are_above_one(in, 2, bounds_))
      return add_over_elements(in[0].value, count_, frame.lanes, out);
    const View zs = view(in[0], BoundForm::full, frame.lanes);
    const Bounds bounds = view_bounds(in, 2, bounds_, frame.lanes);
    for (Index i = 0; i < count_; ++i) {
      for (Index b = 0; b < frame.lanes; ++b) {
        out[b] += log_derivative(zs.at(i, b), bounds.lower.at(i, b), bounds.upper.at(i, b));
      }
    }
  }

  void backward(const Frame& frame, std::span<const Operand> in, const double* /*out*/,
                const double* out_adjoint, double* /*scratch*/) const override {
    if (are_above_one(in, 2, bounds_)) {
      with_lanes(frame.lanes, [&](auto lanes) {
        for (Index i = 0; in[0].adjoint != nullptr && i < count_; ++i) {
          for (Index b = 0; b < lanes; ++b) in[0].adjoint[i * lanes + b] += out_adjoint[b];
        }
      });
      return;
    }
    const View zs = view(in[0], BoundForm::full, frame.lanes);
    const Bounds bounds = view_bounds(in, 2, bounds_, frame.lanes);
    for (Index i = 0; i < count_; ++i) {
      for (Index b = 0; b < frame.lanes; ++b) {
        const double lower = bounds.lower.at(i, b);
        const double upper = bounds.upper.at(i, b);
        if (lower == -infinity && upper == infinity) continue;
        if (lower == -infinity || upper == infinity) {
          zs.add(i, b, out_adjoint[b]);
          continue;
        }
        zs.add(i, b, -out_adjoint[b] * std::tanh(0.5 * zs.at(i, b)));
        bounds.lower.add(i, b, -out_adjoint[b] / (upper - lower));
        bounds.upper.add(i, b, out_adjoint[b] / (upper - lower));
      }
    }
  }

 private:
  // log_inv_logit(z) + log_inv_logit(-z) = -|z| - 2 log1p(exp(-|z|)): finite however far out z is.
  static double log_derivative(double z, double lower, double upper) {
    if (lower == -infinity && upper == infinity) return 0;
    if (lower == -infinity || upper == infinity) return z;
    if (upper <= lower) return -infinity;
    return std::log(upper - lower) - std::abs(z) - 2 * std::log1p(tail(z));
  }

  Index count_;
  BoundForms bounds_;
};

double bound_at(std::span<const double> values, std::size_t i, double none) {
  if (values.empty()) return none;
  return values.size() == 1 ? values[0] : values[i];
}

}  // namespace

std::unique_ptr<Operation> make_constrain_numbers(Index count, BoundForms bounds) {
  return std::make_unique<ConstrainNumbers>(count, bounds);
}

std::unique_ptr<Operation> make_number_log_jacobian(Index count, BoundForms bounds) {
  return std::make_unique<NumberLogJacobian>(count, bounds);
}

std::optional<std::string> unconstrain_numbers(const BoundValues& bounds, std::span<const double> x,
                                               std::span<double> z) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double lower = bound_at(bounds.lower, i, -infinity);
    const double upper = bound_at(bounds.upper, i, infinity);
    const auto subject = [&] {
      return x.size() == 1 ? fmt::format("the value is {:.10g}", x[i])
                           : fmt::format("entry {} is {:.10g}", i + 1, x[i]);
    };
    if (!std::isfinite(x[i])) return subject() + ", not a finite number";
    if (!(x[i] > lower)) return fmt::format("{}, not greater than {:.10g}", subject(), lower);
    if (!(x[i] < upper)) return fmt::format("{}, not less than {:.10g}", subject(), upper);
    if (lower == -infinity && upper == infinity) {
      z[i] = x[i];
    } else if (upper == infinity) {
      z[i] = std::log(x[i] - lower);
    } else if (lower == -infinity) {
      z[i] = std::log(upper - x[i]);
    } else {
      z[i] = std::log(x[i] - lower) - std::log(upper - x[i]);
    }
    if (bounds.scale.empty()) continue;
    const double location = bound_at(bounds.location, i, 0);
    const double scale = bound_at(bounds.scale, i, 1);
    z[i] = (z[i] - location) / scale;
    if (!std::isfinite(z[i]))
      return fmt::format("{}, at location {:.10g} and scale {:.10g}", subject(), location, scale);
  }
  return std::nullopt;
}

ScalarMap number_map(const BoundValues& bounds, Index element) {
  const double lower = bound_at(bounds.lower, static_cast<std::size_t>(element), -infinity);
  const double upper = bound_at(bounds.upper, static_cast<std::size_t>(element), infinity);
  if (lower == -infinity && upper == infinity) return {ScalarMap::Kind::identity, element, 0, 1};
  if (upper == infinity) return {ScalarMap::Kind::exponential, element, lower, 1};
  if (lower == -infinity) return {ScalarMap::Kind::exponential, element, upper, -1};
  return {ScalarMap::Kind::inverse_logit, element, lower, upper - lower};
}

}  // namespace vippl::runtime
