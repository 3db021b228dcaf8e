#include "runtime/mixture_density.h"

#include <cmath>
#include <limits>
#include <utility>

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
  MixtureDensity(Index rows, Broadcast weights, std::vector<Broadcast> components, bool summed)
      : rows_(rows),
        weights_(std::move(weights)),
        components_(std::move(components)),
        count_(static_cast<Index>(components_.size())),
        summed_(summed) {}

  std::string_view name() const override { return "mixture"; }
  Index scratch_size(Index lanes) const override { return summed_ ? rows_ * lanes : 0; }

  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* scratch) const override {
    const Index lanes = frame.lanes;
    double* const densities = summed_ ? scratch : out;
    for (Index r = 0; r < rows_; ++r)
      for (Index lane = 0; lane < lanes; ++lane)
        densities[r * lanes + lane] = row_density(in, r, lanes, lane);
    if (!summed_) return;
    for (Index lane = 0; lane < lanes; ++lane) {
      double sum = 0;
      for (Index r = 0; r < rows_; ++r) sum += densities[r * lanes + lane];
      out[lane] = sum;
    }
  }

  void backward(const Frame& frame, std::span<const Operand> in, const double* out,
                const double* out_adjoint, double* scratch) const override {
    const Index lanes = frame.lanes;
    const double* const densities = summed_ ? scratch : out;
    for (Index r = 0; r < rows_; ++r) {
      for (Index lane = 0; lane < lanes; ++lane) {
        const double total = densities[r * lanes + lane];
        const double adjoint = summed_ ? out_adjoint[lane] : out_adjoint[r * lanes + lane];
        if (adjoint == 0 || total == -infinity) continue;
        const Index first = weights_[r] * count_;
        for (Index k = 0; k < count_; ++k) {
          const Operand& component = in[static_cast<std::size_t>(k) + 1];
          const Index w = at(in[0], first + k, lanes, lane);
          const Index l = at(component, components_[static_cast<std::size_t>(k)][r], lanes, lane);
          const double share = adjoint * std::exp(component.value[l] - total);
          if (in[0].adjoint != nullptr) in[0].adjoint[w] += share;
          if (component.adjoint != nullptr && in[0].value[w] != 0)
            component.adjoint[l] += share * in[0].value[w];
        }
      }
    }
  }

 private:
  double row_density(std::span<const Operand> in, Index r, Index lanes, Index lane) const {
    const Index first = weights_[r] * count_;
    const auto weight = [&](Index k) { return in[0].value[at(in[0], first + k, lanes, lane)]; };
    const auto density = [&](Index k) {
      const Operand& component = in[static_cast<std::size_t>(k) + 1];
      return component
          .value[at(component, components_[static_cast<std::size_t>(k)][r], lanes, lane)];
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

  Index rows_;
  Broadcast weights_;
  std::vector<Broadcast> components_;
  Index count_;
  bool summed_;
};

}  // namespace

std::shared_ptr<const Operation> make_mixture_density(Index rows, Broadcast weights,
                                                      std::vector<Broadcast> components,
                                                      bool summed) {
  return std::make_shared<const MixtureDensity>(rows, std::move(weights), std::move(components),
                                                summed);
}

}  // namespace vippl::runtime
