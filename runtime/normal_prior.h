#pragma once
#include <vector>

#include "runtime/operation.h"

namespace vippl::runtime {

/// The log density of one latent array, whose elements are normal with locations and scales that
/// are known: per element, or one for all. Also of known values with a latent location, which is
/// the same.
class NormalPrior final : public Operation {
 public:
  /// All scales are positive and finite.
  NormalPrior(Index size, std::vector<double> locations, std::span<const double> scales);

  std::string_view name() const override { return "normal"; }
  Index scratch_size(Index lanes) const override { return lanes; }
  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* scratch) const override;
  void backward(const Frame& frame, std::span<const Operand> in, const double* out,
                const double* out_adjoint, double* scratch) const override;

 private:
  Index size_;
  std::vector<double> locations_;
  std::vector<double> inverses_;  // of the scales
  double constant_;
};

}  // namespace vippl::runtime
