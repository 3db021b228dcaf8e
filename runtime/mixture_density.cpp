#include "runtime/mixture_density.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "runtime/lanes.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double simplex_tolerance = 1e-8;

// Element i of an input in one lane.
Index at(const Operand& input, Index i, Index lanes, Index lane) {
  return input.fixed ? i : i * lanes + lane;
}

class MixtureDensity final : public Operation {
 public:
  explicit MixtureDensity(MixtureShape shape)
      : shape_(std::move(shape)),
        count_(static_cast<Index>(shape_.components.size())),
        is_plain_(shape_.summed && shape_.weights.kind == Broadcast::Kind::scalar &&
                  shape_.components.size() <= max_plain_components &&
                  std::ranges::all_of(shape_.components, [](const Broadcast& component) {
                    return component.kind == Broadcast::Kind::full;
                  })) {}

  const MixtureShape& shape() const { return shape_; }
  std::string_view name() const override { return "mixture"; }
  // A plain sum first has whether the engine did it, then the weights, the derivatives by them, and
  // those by the densities; other sums the densities of the rows.
  Index scratch_size(Index lanes) const override {
    if (is_plain_) return (1 + 2 * count_ + count_ * shape_.rows) * lanes;
    return shape_.summed ? shape_.rows * lanes : 0;
  }

  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* scratch) const override {
    if (is_plain_) {
      *scratch = forward_on_engine(frame, in, out, scratch + frame.lanes) ? 1 : 0;
      if (*scratch != 0) return;
      scratch += frame.lanes;
    }
    const Index lanes = frame.lanes;
    double* const densities = shape_.summed ? scratch : out;
    for (Index r = 0; r < shape_.rows; ++r)
      for (Index lane = 0; lane < lanes; ++lane)
        densities[r * lanes + lane] = row_density(in, r, lanes, lane);
    if (!shape_.summed) return;
    for (Index lane = 0; lane < lanes; ++lane) {
      double sum = 0;
      for (Index r = 0; r < shape_.rows; ++r) sum += densities[r * lanes + lane];
      out[lane] = sum;
    }
  }

  void backward(const Frame& frame, std::span<const Operand> in, const double* out,
                const double* out_adjoint, double* scratch) const override {
    if (is_plain_) {
      const bool was_on_engine = *scratch != 0;
      scratch += frame.lanes;
      if (was_on_engine) return backward_on_engine(frame, in, out_adjoint, scratch);
    }
    const Index lanes = frame.lanes;
    const double* const densities = shape_.summed ? scratch : out;
    for (Index r = 0; r < shape_.rows; ++r) {
      for (Index lane = 0; lane < lanes; ++lane) {
        const double total = densities[r * lanes + lane];
        const double adjoint = shape_.summed ? out_adjoint[lane] : out_adjoint[r * lanes + lane];
        if (adjoint == 0 || total == -infinity) continue;
        const Index first = shape_.weights[r] * count_;
        for (Index k = 0; k < count_; ++k) {
          const Operand& component = in[static_cast<std::size_t>(k) + 1];
          const Index w = at(in[0], first + k, lanes, lane);
          const Index l =
              at(component, shape_.components[static_cast<std::size_t>(k)][r], lanes, lane);
          const double share = adjoint * std::exp(component.value[l] - total);
          if (in[0].adjoint != nullptr) in[0].adjoint[w] += share;
          if (component.adjoint != nullptr && in[0].value[w] != 0)
            component.adjoint[l] += share * in[0].value[w];
        }
      }
    }
  }

  bool fingerprint(std::vector<std::uint64_t>& numbers) const override {
    numbers.push_back(static_cast<std::uint64_t>(shape_.rows) * 2 + (shape_.summed ? 1 : 0));
    add_fingerprint(shape_.weights, numbers);
    for (const Broadcast& component : shape_.components) add_fingerprint(component, numbers);
    return true;
  }
  std::shared_ptr<const Operation> repeated(Index count,
                                            std::span<const bool> shared) const override {
    return over_rows(count, shared, false);
  }
  std::shared_ptr<const Operation> repeated_sum(Index count,
                                                std::span<const bool> shared) const override {
    return over_rows(count, shared, true);
  }

 private:
  // Only of one row.
  std::shared_ptr<const Operation> over_rows(Index count, std::span<const bool> shared,
                                             bool summed) const {
    if (shape_.rows != 1) return nullptr;
    MixtureShape shape{count, repeat(shape_.weights, 1, 1, count, shared[0]), {}, summed};
    for (std::size_t k = 0; k < shape_.components.size(); ++k)
      shape.components.push_back(repeat(shape_.components[k], 1, 1, count, shared[k + 1]));
    return std::make_shared<const MixtureDensity>(std::move(shape));
  }

  static constexpr std::size_t max_plain_components = 4;

  // False where a number is in the way that takes more care.
  bool forward_on_engine(const Frame& frame, std::span<const Operand> in, double* out,
                         double* scratch) const {
    const Index lanes = frame.lanes;
    std::array<const double*, max_plain_components> densities;
    for (std::size_t k = 0; k < shape_.components.size(); ++k) {
      if (in[k + 1].fixed && lanes > 1) return false;
      densities[k] = in[k + 1].value;
    }
    std::copy_n(in[0].value, count_ * (in[0].fixed ? 1 : lanes), scratch);
    if (in[0].fixed) expand_lanes(scratch, count_, lanes);
    if (!are_mixture_weights(scratch, count_, lanes)) return false;
    double* const shares = scratch + count_ * lanes;
    return simd::engine().mixture(
        static_cast<std::size_t>(shape_.rows), static_cast<std::size_t>(lanes),
        shape_.components.size(), scratch, densities.data(), out,
        frame.gradient ? shares + count_ * lanes : nullptr, frame.gradient ? shares : nullptr);
  }

  void backward_on_engine(const Frame& frame, std::span<const Operand> in,
                          const double* out_adjoint, const double* scratch) const {
    with_lanes(frame.lanes, [&](auto lanes) {
      const double* const shares = scratch + count_ * lanes;
      for (Index i = 0; in[0].adjoint != nullptr && i < count_; ++i) {
        for (Index b = 0; b < lanes; ++b)
          in[0].adjoint[i * lanes + b] += chain(shares[i * lanes + b], out_adjoint[b]);
      }
      const double* weighted = shares + count_ * lanes;
      for (std::size_t k = 0; k < shape_.components.size(); ++k, weighted += shape_.rows * lanes) {
        double* const adjoint = in[k + 1].adjoint;
        for (Index i = 0; adjoint != nullptr && i < shape_.rows; ++i) {
          for (Index b = 0; b < lanes; ++b)
            adjoint[i * lanes + b] += weighted[i * lanes + b] * out_adjoint[b];
        }
      }
    });
  }

  double row_density(std::span<const Operand> in, Index r, Index lanes, Index lane) const {
    const Index first = shape_.weights[r] * count_;
    const auto weight = [&](Index k) { return in[0].value[at(in[0], first + k, lanes, lane)]; };
    const auto density = [&](Index k) {
      const Operand& component = in[static_cast<std::size_t>(k) + 1];
      return component
          .value[at(component, shape_.components[static_cast<std::size_t>(k)][r], lanes, lane)];
    };
    double largest = -infinity;
    double total = 0;
    bool negative = false;
    for (Index k = 0; k < count_; ++k) {
      total += weight(k);
      negative = negative || weight(k) < 0;
      if (weight(k) == 0) continue;
      const double l = density(k);
      if (!(l <= largest)) largest = l;  // NaN is kept
    }
    if (std::isnan(total)) return total;
    if (negative || std::abs(total - 1) > simplex_tolerance) return -infinity;
    if (!(std::abs(largest) < infinity)) return largest;
    double sum = 0;
    for (Index k = 0; k < count_; ++k)
      if (weight(k) != 0) sum += weight(k) * std::exp(density(k) - largest);
    return largest + std::log(sum);
  }

  MixtureShape shape_;
  Index count_;
  bool is_plain_;  // a sum with the same weights in all rows
};

}  // namespace

std::shared_ptr<const Operation> make_mixture_density(MixtureShape shape) {
  return std::make_shared<const MixtureDensity>(std::move(shape));
}

const MixtureShape* mixture_shape(const Operation& operation) {
  const auto* mixture = dynamic_cast<const MixtureDensity*>(&operation);
  return mixture == nullptr ? nullptr : &mixture->shape();
}

bool are_mixture_weights(const double* weights, Index count, Index lanes) {
  for (Index lane = 0; lane < lanes; ++lane) {
    double total = 0;
    for (Index k = 0; k < count; ++k) {
      if (!(weights[k * lanes + lane] >= 0)) return false;
      total += weights[k * lanes + lane];
    }
    if (!(std::abs(total - 1) <= simplex_tolerance)) return false;
  }
  return true;
}

}  // namespace vippl::runtime
