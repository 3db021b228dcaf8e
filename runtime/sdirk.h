#pragma once
#include <array>

#include "runtime/ode_system.h"

namespace vippl::runtime {

/// A singly diagonally implicit Runge-Kutta method for stiff equations: L-stable, order 4, with an
/// error estimate of order 3. Hairer and Wanner, Solving Ordinary Differential Equations II, table
/// IV.6.5. Unlike a Rosenbrock method, whose formula holds the Jacobian, its gradient needs first
/// derivatives only. Members as those of DormandPrince.
class Sdirk {
 public:
  static constexpr double error_order = 4;

  Sdirk(const OdeSystem& system, Index lanes, Scratch& scratch);

  void set_parameters(const double* parameters);
  const double* parameter_adjoint() const { return adjoints_ + parameters_ * lanes_; }

  const double* derivative(const double* t, const double* z);
  void attempt(const OdeStep& step, double* z_end, double* error);
  void pull_back(const OdeStep& step, double* adjoint);

 private:
  static constexpr std::size_t stage_count = 5;
  void find_jacobians(const double* t, const double* z);
  void factor(const OdeStep& step);
  void solve_stages(const OdeStep& step);
  void solve_stage(const OdeStep& step, std::size_t stage);
  double improve(const OdeStep& step, Index b, const double* derivative, double* stage);

  const OdeSystem& system_;
  Index lanes_;
  Index parameters_;
  double* adjoints_;           // of stage_, whose parameters collect
  double* jacobian_adjoints_;  // of jacobian_, whose parameters are of no use
  SubTape::Evaluation stage_;
  SubTape::Evaluation jacobian_;
  double* jacobians_;  // one after the other, row-major
  double* factors_;    // of 1 - length * diagonal * jacobian, likewise
  double* pivots_;
  double* row_;   // of one lane
  double* t_;     // of a stage
  double* base_;  // what a stage is without its own derivative
  double* seed_;
  double* norm_;   // of the last correction, per lane
  double* state_;  // of a lane's stage: 0 in work, 1 solved, 2 given up
  std::array<double*, stage_count> states_;
  std::array<double*, stage_count> slopes_;  // the derivatives there; in pull_back the adjoints
};

}  // namespace vippl::runtime
