#include "runtime/normal_mixture.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "runtime/lanes.h"
#include "runtime/mixture_density.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

class NormalMixture final : public Operation {
 public:
  NormalMixture(NormalMixtureInputs inputs, InstructionBlock plainly)
      : inputs_(std::move(inputs)),
        count_(static_cast<Index>(inputs_.components.size())),
        plainly_(std::move(plainly)) {}

  std::string_view name() const override { return "normal_mixture"; }
  // Whether the engine did it; the weights, the parameters and the sums of the engine; what the
  // instructions need.
  Index scratch_size(Index lanes) const override {
    return 1 + 7 * count_ * lanes + plainly_.scratch_size(lanes);
  }

  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* scratch) const override {
    const bool on_engine = forward_on_engine(frame, in, out, scratch + 1);
    *scratch = on_engine ? 1 : 0;
    if (!on_engine) plainly_.forward(frame, in, out, scratch + 1 + 7 * count_ * frame.lanes);
  }

  void backward(const Frame& frame, std::span<const Operand> in, const double* /*out*/,
                const double* out_adjoint, double* scratch) const override {
    if (*scratch == 0)
      return plainly_.backward(frame, in, out_adjoint, scratch + 1 + 7 * count_ * frame.lanes);
    const Index size = count_ * frame.lanes;
    const double* const weight = scratch + 1;
    const double* const inverse = weight + 3 * size;
    const double* const share = weight + 4 * size;
    const double* const by_location = share + size;
    const double* const by_scale = by_location + size;
    with_lanes(frame.lanes, [&](auto lanes) {
      for (Index k = 0; k < count_; ++k) {
        const NormalMixtureInputs::Component& component = inputs_.components[unsigned_of(k)];
        const auto add = [&](double* adjoint, auto slope) {
          for (Index l = 0; adjoint != nullptr && l < lanes; ++l)
            adjoint[l] += chain(slope(k * lanes + l), out_adjoint[l]);
        };
        add(in[component.location].adjoint, [&](Index i) { return by_location[i] * inverse[i]; });
        add(in[component.scale].adjoint,
            [&](Index i) { return (by_scale[i] - share[i]) * inverse[i]; });
        if (component.log_weight != NormalMixtureInputs::none)
          add(in[component.log_weight].adjoint, [&](Index i) { return share[i]; });
        if (is_simplex() && in[inputs_.simplex].adjoint != nullptr)
          add(in[inputs_.simplex].adjoint + k * lanes,
              [&](Index i) { return share[i] / weight[i]; });
      }
    });
  }

 private:
  static std::size_t unsigned_of(Index i) { return static_cast<std::size_t>(i); }
  bool is_simplex() const { return inputs_.weights == NormalMixtureInputs::Weights::one_simplex; }

  static void spread(const Operand& from, Index element, Index lanes, double* to) {
    for (Index l = 0; l < lanes; ++l)
      to[l] = from.value[from.fixed ? element : element * lanes + l];
  }

  // Weights, or their logs; false where one is 0, or they are no simplex.
  bool read_weights(std::span<const Operand> in, Index lanes, double* weights, double* logs) const {
    const simd::Engine& engine = simd::engine();
    if (is_simplex()) {
      for (Index k = 0; k < count_; ++k) spread(in[inputs_.simplex], k, lanes, weights + k * lanes);
      if (!are_mixture_weights(weights, count_, lanes)) return false;
      engine.log(unsigned_of(count_ * lanes), weights, logs);
      return std::all_of(weights, weights + count_ * lanes, [](double w) { return w > 0; });
    }
    for (Index k = 0; k < count_; ++k) {
      const std::size_t input = inputs_.components[unsigned_of(k)].log_weight;
      if (input == NormalMixtureInputs::none) {
        std::fill_n(logs + k * lanes, lanes, 0.0);
      } else {
        spread(in[input], 0, lanes, logs + k * lanes);
      }
    }
    return true;
  }

  bool forward_on_engine(const Frame& frame, std::span<const Operand> in, double* out,
                         double* scratch) const {
    const Index lanes = frame.lanes;
    const Index size = count_ * lanes;
    double* const constant = scratch + size;
    double* const location = constant + size;
    double* const inverse = location + size;
    double* const sums = inverse + size;
    if (!read_weights(in, lanes, scratch, constant)) return false;
    double* const scale = sums;  // both are written later
    double* const log_scale = sums + size;
    for (Index k = 0; k < count_; ++k) {
      const NormalMixtureInputs::Component& component = inputs_.components[unsigned_of(k)];
      spread(in[component.location], 0, lanes, location + k * lanes);
      spread(in[component.scale], 0, lanes, scale + k * lanes);
    }
    simd::engine().log(unsigned_of(size), scale, log_scale);
    const double half_log_two_pi = 0.5 * std::log(2 * std::numbers::pi);
    bool good = true;
    for (Index i = 0; i < size; ++i) {
      good = good && scale[i] > 0;
      inverse[i] = 1 / scale[i];
      constant[i] -= log_scale[i] + half_log_two_pi;
    }
    return good &&
           simd::engine().normal_mixture(unsigned_of(inputs_.rows), unsigned_of(lanes),
                                         inputs_.components.size(), in[inputs_.data].value,
                                         scratch + size, out, frame.gradient ? sums : nullptr);
  }

  NormalMixtureInputs inputs_;
  Index count_;
  InstructionBlock plainly_;
};

}  // namespace

std::shared_ptr<const Operation> make_normal_mixture(NormalMixtureInputs inputs,
                                                     InstructionBlock plainly) {
  return std::make_shared<const NormalMixture>(std::move(inputs), std::move(plainly));
}

}  // namespace vippl::runtime
