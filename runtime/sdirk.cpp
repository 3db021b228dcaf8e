#include "runtime/sdirk.h"

#include <algorithm>
#include <limits>

#include "runtime/lu.h"

namespace vippl::runtime {

namespace {

constexpr double diagonal = 0.25;
constexpr double nodes[] = {1.0 / 4, 3.0 / 4, 11.0 / 20, 1.0 / 2, 1};
// The last row is also the solution.
constexpr double weights[5][5] = {{diagonal},
                                  {1.0 / 2, diagonal},
                                  {17.0 / 50, -1.0 / 25, diagonal},
                                  {371.0 / 1360, -137.0 / 2720, 15.0 / 544, diagonal},
                                  {25.0 / 24, -49.0 / 48, 125.0 / 16, -85.0 / 12, diagonal}};
constexpr double error_weights[] = {-3.0 / 16, -27.0 / 32, 25.0 / 32, 0, 1.0 / 4};

// Newton's iteration stops where its error is so small a part of the tolerance: gradients take the
// stages to be solved. It cannot pass the rounding errors of the state itself.
constexpr double newton_tolerance = 1e-4;
constexpr int most_corrections = 12;

}  // namespace

Sdirk::Sdirk(const OdeSystem& system, Index lanes, Scratch& scratch)
    : system_(system),
      lanes_(lanes),
      parameters_(system.rhs.variable_count()),
      adjoints_(scratch.doubles(system.rhs.adjoint_size(lanes))),
      jacobian_adjoints_(scratch.doubles(system.rhs.adjoint_size(lanes))),
      stage_(system.rhs, lanes, scratch, adjoints_),
      jacobian_(system.rhs, lanes, scratch, jacobian_adjoints_) {
  const Index n = system.state_size();
  jacobians_ = scratch.doubles(n * n * lanes);
  factors_ = scratch.doubles(n * n * lanes);
  pivots_ = scratch.doubles(n * lanes);
  row_ = scratch.doubles(n);
  t_ = scratch.doubles(lanes);
  base_ = scratch.doubles(n * lanes);
  seed_ = scratch.doubles(n * lanes);
  norm_ = scratch.doubles(lanes);
  state_ = scratch.doubles(lanes);
  for (double*& state : states_) state = scratch.doubles(n * lanes);
  for (double*& slope : slopes_) slope = scratch.doubles(n * lanes);
}

void Sdirk::set_parameters(const double* parameters) {
  const Index size = system_.rhs.parameter_count() * lanes_;
  for (SubTape::Evaluation* each : {&stage_, &jacobian_}) {
    std::copy_n(parameters, size, each->input(parameters_));
  }
  std::fill_n(adjoints_ + parameters_ * lanes_, size, 0.0);
  std::fill_n(jacobian_adjoints_ + parameters_ * lanes_, size, 0.0);
}

const double* Sdirk::derivative(const double* t, const double* z) {
  std::copy_n(t, lanes_, stage_.input(0));
  std::copy_n(z, system_.state_size() * lanes_, stage_.input(1));
  stage_.forward(false);
  return stage_.result();
}

// Row by row, by one backward sweep for each.
void Sdirk::find_jacobians(const double* t, const double* z) {
  const Index n = system_.state_size();
  std::copy_n(t, lanes_, jacobian_.input(0));
  std::copy_n(z, n * lanes_, jacobian_.input(1));
  jacobian_.forward(true);
  std::fill_n(seed_, n * lanes_, 0.0);
  for (Index row = 0; row < n; ++row) {
    std::fill_n(seed_ + row * lanes_, lanes_, 1.0);
    jacobian_.backward(seed_);
    std::fill_n(seed_ + row * lanes_, lanes_, 0.0);
    for (Index column = 0; column < n; ++column) {
      const double* const derivatives = jacobian_.adjoint(1 + column);
      for (Index b = 0; b < lanes_; ++b) {
        jacobians_[(b * n + row) * n + column] = derivatives[b];
      }
    }
  }
}

void Sdirk::factor(const OdeStep& step) {
  const Index n = system_.state_size();
  for (Index b = 0; b < lanes_; ++b) {
    double* const matrix = factors_ + b * n * n;
    for (Index k = 0; k < n * n; ++k) {
      matrix[k] = -step.length(b) * diagonal * jacobians_[b * n * n + k];
    }
    for (Index i = 0; i < n; ++i) matrix[i * n + i] += 1;
    lu_factor(matrix, n, pivots_ + b * n);
  }
}

// One correction of a stage of lane b by Newton's method; its size in units of the tolerance.
double Sdirk::improve(const OdeStep& step, Index b, const double* derivative, double* stage) {
  const Index n = system_.state_size();
  for (Index i = 0; i < n; ++i) {
    const Index at = i * lanes_ + b;
    row_[i] = base_[at] + step.length(b) * diagonal * derivative[at] - stage[at];
  }
  lu_solve(factors_ + b * n * n, pivots_ + b * n, n, row_);
  for (Index i = 0; i < n; ++i) {
    const Index at = i * lanes_ + b;
    seed_[at] = row_[i];
    stage[at] += row_[i];
  }
  return weighted_norm(system_, lanes_, b, seed_, step.z, step.z);
}

void Sdirk::solve_stage(const OdeStep& step, std::size_t stage) {
  const Index n = system_.state_size();
  double* const z = states_[stage];
  std::copy_n(step.z, n * lanes_, base_);
  for (Index b = 0; b < lanes_; ++b) {
    t_[b] = step.t[b] + nodes[stage] * step.length(b);
    for (std::size_t j = 0; j < stage; ++j) {
      const double factor = step.length(b) * weights[stage][j];
      for (Index i = b; i < n * lanes_; i += lanes_) base_[i] += factor * slopes_[j][i];
    }
    for (Index i = b; i < n * lanes_; i += lanes_) {
      z[i] = base_[i];
      if (stage > 0) z[i] += step.length(b) * diagonal * slopes_[stage - 1][i];
    }
    norm_[b] = std::numeric_limits<double>::infinity();
    if (state_[b] != 2) state_[b] = step.length(b) == 0 ? 1 : 0;
  }
  const double tolerance =
      std::max(newton_tolerance, 10 * std::numeric_limits<double>::epsilon() / system_.rel_tol);
  for (int correction = 0; correction < most_corrections; ++correction) {
    if (std::none_of(state_, state_ + lanes_, [](double state) { return state == 0; })) break;
    const double* const derivative_here = derivative(t_, z);
    for (Index b = 0; b < lanes_; ++b) {
      if (state_[b] != 0) continue;
      const double norm = improve(step, b, derivative_here, z);
      const double rate = norm / norm_[b];
      norm_[b] = norm;
      if (!std::isfinite(norm) || (correction > 1 && rate > 1 && norm > tolerance)) {
        state_[b] = 2;
      } else if (norm == 0 || (correction > 0 && norm * rate <= tolerance * (1 - rate)) ||
                 norm <= 0.1 * tolerance) {
        state_[b] = 1;
      }
    }
  }
  for (Index b = 0; b < lanes_; ++b) {
    if (state_[b] == 0) state_[b] = 2;
    const double length = step.length(b);
    // From the equation of the stage, not from the right side: that would multiply what is left of
    // the error by a stiff Jacobian.
    for (Index i = b; i < n * lanes_; i += lanes_) {
      slopes_[stage][i] = length == 0 ? 0 : (z[i] - base_[i]) / (length * diagonal);
    }
  }
}

void Sdirk::solve_stages(const OdeStep& step) {
  find_jacobians(step.t, step.z);
  factor(step);
  std::fill_n(state_, lanes_, 0.0);
  for (std::size_t stage = 0; stage < stage_count; ++stage) solve_stage(step, stage);
}

void Sdirk::attempt(const OdeStep& step, double* z_end, double* error) {
  const Index n = system_.state_size();
  solve_stages(step);
  std::copy_n(states_.back(), n * lanes_, z_end);
  for (Index b = 0; b < lanes_; ++b) {
    if (state_[b] == 2) {
      error[b] = std::numeric_limits<double>::infinity();
      continue;
    }
    for (Index i = 0; i < n; ++i) {
      row_[i] = 0;
      for (std::size_t j = 0; j < stage_count; ++j) {
        row_[i] += step.length(b) * error_weights[j] * slopes_[j][i * lanes_ + b];
      }
    }
    // Without this the estimate grows with the stiffness, which the solution does not.
    lu_solve(factors_ + b * n * n, pivots_ + b * n, n, row_);
    for (Index i = 0; i < n; ++i) seed_[i * lanes_ + b] = row_[i];
    error[b] = weighted_norm(system_, lanes_, b, seed_, step.z, z_end);
  }
}

// Stage i is z_i = z + sum of length * a_ij * f(z_j). With g_i the adjoint of its right side and
// k_i = length * (sum over j >= i of a_ji g_j) that of f(z_i), g_i = J_i' k_i, and the last stage,
// which is the result, has the adjoint of the end on top.
void Sdirk::pull_back(const OdeStep& step, double* adjoint) {
  const Index n = system_.state_size();
  solve_stages(step);
  for (std::size_t i = stage_count; i-- > 0;) {
    for (Index b = 0; b < lanes_; ++b) t_[b] = step.t[b] + nodes[i] * step.length(b);
    find_jacobians(t_, states_[i]);
    factor(step);
    for (Index b = 0; b < lanes_; ++b) {
      const double length = step.length(b);
      const double* const jacobian = jacobians_ + b * n * n;
      for (Index k = 0; k < n; ++k) {
        const Index at = k * lanes_ + b;
        double later = 0;
        for (std::size_t j = i + 1; j < stage_count; ++j) later += weights[j][i] * slopes_[j][at];
        seed_[at] = length * later;
      }
      for (Index k = 0; k < n; ++k) {
        double sum = i + 1 == stage_count ? adjoint[k * lanes_ + b] : 0;
        for (Index r = 0; r < n; ++r) sum += jacobian[r * n + k] * seed_[r * lanes_ + b];
        row_[k] = sum;
      }
      lu_solve_transposed(factors_ + b * n * n, pivots_ + b * n, n, row_);
      for (Index k = 0; k < n; ++k) {
        const Index at = k * lanes_ + b;
        slopes_[i][at] = row_[k];
        seed_[at] += length * diagonal * row_[k];
      }
    }
    if (system_.rhs.parameter_count() == 0) continue;
    std::copy_n(t_, lanes_, stage_.input(0));
    std::copy_n(states_[i], n * lanes_, stage_.input(1));
    stage_.forward(true);
    stage_.backward(seed_);
  }
  std::fill_n(adjoint, n * lanes_, 0.0);
  for (const double* each : slopes_) {
    for (Index k = 0; k < n * lanes_; ++k) adjoint[k] += each[k];
  }
}

}  // namespace vippl::runtime
