#include "runtime/dormand_prince.h"

#include <algorithm>

namespace vippl::runtime {

namespace {

constexpr double nodes[] = {0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1};
// The last row is also the solution of order 5.
constexpr double weights[7][6] = {
    {},
    {1.0 / 5},
    {3.0 / 40, 9.0 / 40},
    {44.0 / 45, -56.0 / 15, 32.0 / 9},
    {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
    {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
    {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}};
// Solution of order 5 less that of order 4.
constexpr double error_weights[] = {71.0 / 57600,      0,          -71.0 / 16695, 71.0 / 1920,
                                    -17253.0 / 339200, 22.0 / 525, -1.0 / 40};

// y += factor * length of the step * x
void add_scaled(const OdeStep& step, Index size, Index lanes, double factor, const double* x,
                double* y) {
  if (factor == 0) return;
  for (Index i = 0; i < size; ++i) {
    for (Index b = 0; b < lanes; ++b) {
      y[i * lanes + b] += factor * step.length(b) * x[i * lanes + b];
    }
  }
}

}  // namespace

DormandPrince::DormandPrince(const OdeSystem& system, Index lanes, Scratch& scratch)
    : system_(system),
      lanes_(lanes),
      parameters_(system.rhs.variable_count()),
      adjoints_(scratch.doubles(system.rhs.adjoint_size(lanes))) {
  for (SubTape::Evaluation& stage : stages_) {
    stage = SubTape::Evaluation(system.rhs, lanes, scratch, adjoints_);
  }
  const Index size = system.state_size() * lanes;
  error_ = scratch.doubles(size);
  stage_seed_ = scratch.doubles(size);
  for (double*& adjoint : state_adjoints_) adjoint = scratch.doubles(size);
}

void DormandPrince::set_parameters(const double* parameters) {
  const Index size = system_.rhs.parameter_count() * lanes_;
  for (SubTape::Evaluation& stage : stages_) {
    std::copy_n(parameters, size, stage.input(parameters_));
  }
  std::fill_n(adjoints_ + parameters_ * lanes_, size, 0.0);
}

const double* DormandPrince::derivative(const double* t, const double* z) {
  std::copy_n(t, lanes_, stages_[0].input(0));
  std::copy_n(z, system_.state_size() * lanes_, stages_[0].input(1));
  stages_[0].forward(false);
  return stages_[0].result();
}

void DormandPrince::run_stages(const OdeStep& step, std::size_t count, bool gradient) {
  const Index size = system_.state_size();
  for (std::size_t i = 0; i < count; ++i) {
    double* const t = stages_[i].input(0);
    double* const z = stages_[i].input(1);
    for (Index b = 0; b < lanes_; ++b) t[b] = step.t[b] + nodes[i] * step.length(b);
    std::copy_n(step.z, size * lanes_, z);
    for (std::size_t j = 0; j < i; ++j) {
      add_scaled(step, size, lanes_, weights[i][j], stages_[j].result(), z);
    }
    stages_[i].forward(gradient);
  }
}

void DormandPrince::attempt(const OdeStep& step, double* z_end, double* error) {
  const Index size = system_.state_size();
  run_stages(step, stage_count, false);
  std::copy_n(stages_.back().input(1), size * lanes_, z_end);
  std::fill_n(error_, size * lanes_, 0.0);
  for (std::size_t j = 0; j < stage_count; ++j) {
    add_scaled(step, size, lanes_, error_weights[j], stages_[j].result(), error_);
  }
  for (Index b = 0; b < lanes_; ++b) {
    error[b] = weighted_norm(system_, lanes_, b, error_, step.z, z_end);
  }
}

void DormandPrince::pull_back(const OdeStep& step, double* adjoint) {
  constexpr std::size_t last = stage_count - 1;  // its derivative serves the error estimate only
  const Index size = system_.state_size();
  run_stages(step, last, true);
  for (std::size_t i = last; i-- > 0;) {
    std::fill_n(stage_seed_, size * lanes_, 0.0);
    add_scaled(step, size, lanes_, weights[last][i], adjoint, stage_seed_);
    for (std::size_t j = i + 1; j < last; ++j) {
      add_scaled(step, size, lanes_, weights[j][i], state_adjoints_[j], stage_seed_);
    }
    stages_[i].backward(stage_seed_);
    std::copy_n(stages_[i].adjoint(1), size * lanes_, state_adjoints_[i]);
  }
  for (std::size_t i = 0; i < last; ++i) {
    for (Index k = 0; k < size * lanes_; ++k) adjoint[k] += state_adjoints_[i][k];
  }
}

}  // namespace vippl::runtime
