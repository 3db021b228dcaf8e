#include "runtime/scalar_program.h"

#include <algorithm>

#include "runtime/lanes.h"

namespace vippl::runtime {

void ScalarProgram::forward(const Frame& frame, std::span<const Operand> in, double* out,
                            double* scratch) const {
  double* input = scratch;
  with_lanes(frame.lanes, [&](auto lanes) {
    for (const Operand& operand : in) {
      for (Index l = 0; l < lanes; ++l) input[l] = operand.value[operand.fixed ? 0 : l];
      input += lanes;
    }
  });
  simd::engine().scalars.run(codes_.size(), codes_.data(), static_cast<std::size_t>(frame.lanes),
                             static_cast<std::size_t>(inside()), scratch, out);
}

void ScalarProgram::backward(const Frame& frame, std::span<const Operand> in, const double* out,
                             const double* out_adjoint, double* scratch) const {
  const Index size = inside() * frame.lanes;
  double* const input_adjoints = scratch + size;
  double* const adjoints = input_adjoints + size;
  std::fill_n(input_adjoints, size, 0.0);
  std::copy_n(out_adjoint, results() * frame.lanes, adjoints);
  simd::engine().scalars.pull_back(
      codes_.size(), codes_.data(), static_cast<std::size_t>(frame.lanes),
      static_cast<std::size_t>(inside()), scratch, out, input_adjoints, adjoints);
  const double* adjoint = input_adjoints;
  with_lanes(frame.lanes, [&](auto lanes) {
    for (const Operand& operand : in) {
      for (Index l = 0; operand.adjoint != nullptr && l < lanes; ++l)
        operand.adjoint[l] += adjoint[l];
      adjoint += lanes;
    }
  });
}

}  // namespace vippl::runtime
