#pragma once
#include <array>

#include "runtime/ode_system.h"

namespace vippl::runtime {

/// The explicit Runge-Kutta method of Dormand and Prince (1980), J. Comp. Appl. Math. 6(1): order 5
/// with an error estimate of order 4. A view of scratch memory, as its evaluations are.
class DormandPrince {
 public:
  static constexpr double error_order = 5;  ///< the error of one step shrinks as its length to this

  DormandPrince(const OdeSystem& system, Index lanes, Scratch& scratch);

  /// Parameters of the right side as inputs with lanes; their adjoints start at 0.
  void set_parameters(const double* parameters);
  const double* parameter_adjoint() const { return adjoints_ + parameters_ * lanes_; }

  /// dz/dt
  const double* derivative(const double* t, const double* z);
  /// The state at the end of the step, and its error in units of the tolerance: NaN or infinite
  /// where the step cannot be made.
  void attempt(const OdeStep& step, double* z_end, double* error);
  /// Turns the adjoint of the state at the end into that of the state at the start, for steps of
  /// fixed lengths, and adds to those of the parameters.
  void pull_back(const OdeStep& step, double* adjoint);

 private:
  static constexpr std::size_t stage_count = 7;
  void run_stages(const OdeStep& step, std::size_t count, bool gradient);

  const OdeSystem& system_;
  Index lanes_;
  Index parameters_;
  double* adjoints_;
  std::array<SubTape::Evaluation, stage_count> stages_;
  double* error_;       // of every element
  double* stage_seed_;  // adjoint of one stage's derivative
  std::array<double*, stage_count> state_adjoints_;
};

}  // namespace vippl::runtime
