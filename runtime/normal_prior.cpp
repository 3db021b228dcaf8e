#include "runtime/normal_prior.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "runtime/lanes.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

simd::Argument argument(const std::vector<double>& numbers) {
  return {numbers.data(), numbers.size() == 1 ? 0 : 1};
}

}  // namespace

NormalPrior::NormalPrior(Index size, std::vector<double> locations, std::span<const double> scales)
    : size_(size), locations_(std::move(locations)) {
  const double each = scales.size() == 1 ? static_cast<double>(size) : 1;
  constant_ = -0.5 * static_cast<double>(size) * std::log(2 * std::numbers::pi);
  for (const double scale : scales) {
    inverses_.push_back(1 / scale);
    constant_ -= each * std::log(scale);
  }
}

void NormalPrior::forward(const Frame& frame, std::span<const Operand> in, double* out,
                          double* /*scratch*/) const {
  with_lanes(frame.lanes, [&](auto lanes) { std::fill_n(out, Index{lanes}, constant_); });
  simd::engine().normal_prior.forward(static_cast<std::size_t>(size_),
                                      static_cast<std::size_t>(frame.lanes), in[0].value,
                                      argument(locations_), argument(inverses_), out);
}

void NormalPrior::backward(const Frame& frame, std::span<const Operand> in, const double* out,
                           const double* out_adjoint, double* scratch) const {
  if (in[0].adjoint == nullptr) return;
  // Where nothing is likely there is no slope.
  with_lanes(frame.lanes, [&](auto lanes) {
    for (Index l = 0; l < lanes; ++l)
      scratch[l] = out[l] == -std::numeric_limits<double>::infinity() ? 0 : out_adjoint[l];
  });
  simd::engine().normal_prior.backward(
      static_cast<std::size_t>(size_), static_cast<std::size_t>(frame.lanes), in[0].value,
      argument(locations_), argument(inverses_), scratch, in[0].adjoint);
}

}  // namespace vippl::runtime
