#include "stdlib/operations/scaled_hmm.h"

#include <algorithm>
#include <utility>

#include "runtime/lanes.h"
#include "runtime/simd/engine.h"

namespace vippl::stdlib {

namespace {

using runtime::Frame;
using runtime::Index;
using runtime::Operand;

class ScaledHmm final : public runtime::Operation {
 public:
  ScaledHmm(std::shared_ptr<const runtime::Operation> exact, Index times, Index states)
      : exact_(std::move(exact)), times_(times), states_(states) {}
  std::string_view name() const override { return exact_->name(); }

  // Whether the scaled sums were good, the weights of the transitions and of the start; then the
  // sums, or what `exact` needs.
  Index scratch_size(Index lanes) const override {
    return 1 + weights_size(lanes) + std::max(sums_size(lanes), exact_->scratch_size(lanes));
  }

  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* scratch) const override {
    *scratch = forward_scaled(frame.lanes, in, out, scratch + 1) ? 1 : 0;
    if (*scratch == 0) exact_->forward(frame, in, out, scratch + 1 + weights_size(frame.lanes));
  }

  void backward(const Frame& frame, std::span<const Operand> in, const double* out,
                const double* out_adjoint, double* scratch) const override {
    double* const weights = scratch + 1;
    double* const rest = weights + weights_size(frame.lanes);
    if (*scratch == 0) return exact_->backward(frame, in, out, out_adjoint, rest);
    runtime::simd::engine().hidden_markov.backward(
        unsigned_of(times_), unsigned_of(states_), unsigned_of(frame.lanes), weights, out_adjoint,
        rest, in[0].adjoint, in[1].adjoint, in[2].adjoint);
  }

 private:
  static std::size_t unsigned_of(Index i) { return static_cast<std::size_t>(i); }
  Index weights_size(Index lanes) const { return (states_ + 1) * states_ * lanes; }
  Index sums_size(Index lanes) const { return ((2 * states_ + 2) * times_ + 2 * states_) * lanes; }

  bool forward_scaled(Index lanes, std::span<const Operand> in, double* out,
                      double* weights) const {
    if (times_ == 0 || (lanes != 1 && lanes != 8) || (in[0].fixed && lanes > 1)) return false;
    double* const initial = weights + states_ * states_ * lanes;
    copy(in[1], lanes, weights);
    copy(in[2], lanes, initial);
    if (std::any_of(weights, weights + weights_size(lanes), [](double x) { return !(x >= 0); }))
      return false;
    return runtime::simd::engine().hidden_markov.forward(
        unsigned_of(times_), unsigned_of(states_), unsigned_of(lanes), in[0].value, weights,
        initial, weights + weights_size(lanes), out);
  }

  static void copy(const Operand& from, Index lanes, double* to) {
    std::copy_n(from.value, from.size * (from.fixed ? 1 : lanes), to);
    if (from.fixed) runtime::expand_lanes(to, from.size, lanes);
  }

  std::shared_ptr<const runtime::Operation> exact_;
  Index times_;
  Index states_;
};

}  // namespace

std::shared_ptr<const runtime::Operation> make_scaled_hmm(
    std::shared_ptr<const runtime::Operation> exact, Index times, Index states) {
  return std::make_shared<const ScaledHmm>(std::move(exact), times, states);
}

}  // namespace vippl::stdlib
