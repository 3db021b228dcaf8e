#pragma once
#include <array>

#include "runtime/degrees_of_freedom.h"
#include "runtime/elementwise_operation.h"
#include "runtime/fused_sum.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

/// What one call of a fused sum works with, tile by tile.
class FusedSum::Pass {
 public:
  // Terms of a tile: as many as keep the buffers of a few steps in the first-level cache.
  static constexpr Index tile_of_one = 128;
  static constexpr Index tile_of_many = 64;
  static Index most_terms(Index lanes) { return lanes == 1 ? tile_of_one : tile_of_many; }

  Pass(const FusedSum& sum, const Frame& frame, std::span<const Operand> in, double* scratch);

  void run(const Tile& tile, const Layout* layouts, double* out);

 private:
  struct Adjoint {
    const double* data = nullptr;
    double sign = 1;
  };
  using Lanes = std::array<double, 8>;

  // Numbers that lie as the lanes of a tile do.
  simd::Strided packed(const double* data) const {
    return lanes_ == 1 ? simd::Strided{data, 1, 0} : simd::Strided{data, lanes_, 1};
  }
  simd::Strided stretch(const Operand& operand, Index at, bool is_same) const;
  Index term(std::size_t i) const { return first_ + static_cast<Index>(i); }
  Index columns(const FusedStep& step) const { return sum_.inputs_[step.right].size; }
  const double* matrix(const FusedStep& step) const {
    return in_[step.left].value + first_ * columns(step);
  }
  const simd::Products* products() const;

  // From the inputs to the arguments of the density.
  simd::Strided evaluate(std::size_t s);
  simd::Strided input(std::size_t s, const Operand& operand);
  void multiply_matrix(const FusedStep& step, double* out) const;
  void add(const FusedStep& step, double* out) const;

  // The density, and slopes_.
  void add_terms(double* out);
  bool add_up(Lanes& sums);
  bool add_outcomes(Lanes& sums);
  bool add_counts(Lanes& sums);
  bool add_normal(Lanes& sums);
  bool add_normal_of_known_scale(Lanes& sums);
  bool add_student_t(Lanes& sums);
  void add_density(double* out);
  double* slopes_by_location(std::size_t y, std::size_t location);
  bool subtract_known(Lanes& sums) const;
  KernelArgument argument(std::size_t k);
  void add_slopes_of_one(std::size_t s, const Lanes& slopes);

  // From the slopes of the density back to the inputs.
  void pull_back();
  void pull_back_matrix(const FusedStep& step, const double* adjoint, double* sums) const;
  double* sums_of_one(std::size_t s) const;
  bool add_product_to_sum(std::size_t s, const simd::Strided& factor, const Adjoint& own) const;
  void negate(const double* x, double* y) const;
  void add_to_sums(std::size_t s, const Adjoint& adjoint) const;

  const FusedSum& sum_;
  const Frame& frame_;
  std::span<const Operand> in_;
  std::size_t lanes_;
  double* sums_;
  std::array<double*, max_steps> values_;
  std::array<double*, max_steps> adjoints_;
  std::array<double*, max_kernel_arguments> arguments_;
  double* terms_;
  std::array<simd::Strided, max_steps> registers_;
  Index first_ = 0;
  std::size_t count_ = 0;
  const Layout* layouts_ = nullptr;        // per step
  std::array<Adjoint, max_steps> slopes_;  // by each argument of the density; then by other steps
  DegreesOfFreedom degrees_;
};

}  // namespace vippl::runtime
