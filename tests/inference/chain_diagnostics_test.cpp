#include "inference/chain_diagnostics.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "runtime/random.h"

using vippl::inference::ChainDiagnostics;
using vippl::inference::diagnose_chains;
using vippl::inference::effective_sample_size;
using vippl::inference::split_rhat;

namespace {

using Matrix = Eigen::MatrixXd;
using Eigen::Index;

double wave(double i) {
  const double x = std::sin(12.9898 * i + 78.233) * 43758.5453;
  return x - std::floor(x);
}

/// As in chain_diagnostics_reference.R.
Matrix made_up(Index length, Index chains, double memory, double shift, bool has_ties) {
  Matrix x(length, chains);
  for (Index c = 0; c < chains; ++c) {
    double state = 0;
    for (Index t = 0; t < length; ++t) {
      state = memory * state + wave(static_cast<double>(1000 * (c + 1) + t + 1)) - 0.5;
      const double value = state + shift * static_cast<double>(c);
      x(t, c) = has_ties ? std::floor(4 * value) : value;
    }
  }
  return x;
}

/// Stationary chains x_t = memory x_(t - 1) + noise, of variance 1.
Matrix autoregressive(Index length, Index chains, double memory) {
  Matrix x(length, chains);
  for (Index c = 0; c < chains; ++c) {
    vippl::runtime::Rng rng(1, vippl::runtime::Purpose::test, 0, static_cast<std::uint32_t>(c));
    double state = rng.normal();
    for (Index t = 0; t < length; ++t) {
      x(t, c) = state;
      state = memory * state + std::sqrt(1 - memory * memory) * rng.normal();
    }
  }
  return x;
}

}  // namespace

TEST_CASE("R-hat, effective sample sizes and errors are those of R's posterior") {
  struct Case {
    Index length, chains;
    double memory, shift;
    bool has_ties;
    double rhat, ess_bulk, ess_tail, mcse_mean;
  };
  const Case cases[] = {
      // by chain_diagnostics_reference.R
      {100, 4, 0, 0, false, 1.00473761749, 447.936271832, 411.57070585, 0.0137336178024},
      {101, 4, 0.5, 0, false, 1.02938910653, 170.899773646, 225.468708825, 0.0240228960781},
      {250, 1, 0.9, 0, false, 1.15510813662, 7.7348470697, 26.8526188659, 0.224342551737},
      {60, 3, -0.6, 0, false, 1.02415436876, 405.949050919, 91.8685807604, 0.0180074412914},
      {200, 2, 0.3, 0.2, false, 1.13018718955, 13.6079905908, 120.058770027, 0.0905492832635},
      {80, 4, 0.7, 0, true, 1.13137083723, 26.6268988613, 85.8533101201, 0.293833933385},
      {40, 4, 0.99, 1, false, 2.72360732618, 5.84412296817, 13.3544192585, 0.888911220986},
  };
  for (const Case& each : cases) {
    CAPTURE(each.length);
    const Matrix x = made_up(each.length, each.chains, each.memory, each.shift, each.has_ties);
    const ChainDiagnostics found = diagnose_chains(x);
    CHECK(found.rhat == doctest::Approx(each.rhat).epsilon(1e-7));
    CHECK(found.ess_bulk == doctest::Approx(each.ess_bulk).epsilon(1e-6));
    CHECK(found.ess_tail == doctest::Approx(each.ess_tail).epsilon(1e-6));
    CHECK(found.mcse_mean == doctest::Approx(each.mcse_mean).epsilon(1e-6));
  }
}

TEST_CASE("the effective sample size of autoregressive chains is near its closed form") {
  for (const double memory : {-0.3, 0.0, 0.5, 0.9}) {
    CAPTURE(memory);
    const Matrix x = autoregressive(10000, 4, memory);
    const double expected = static_cast<double>(x.size()) * (1 - memory) / (1 + memory);
    CHECK(effective_sample_size(x) == doctest::Approx(expected).epsilon(0.1));
    CHECK(diagnose_chains(x).mcse_mean == doctest::Approx(1 / std::sqrt(expected)).epsilon(0.06));
    CHECK(diagnose_chains(x).rhat < 1.01);
  }
}

TEST_CASE("R-hat sees chains that differ in location, in spread, or in their halves") {
  const Matrix same = autoregressive(500, 4, 0.2);
  CHECK(diagnose_chains(same).rhat < 1.01);
  Matrix shifted = same;
  shifted.col(0).array() += 1;
  CHECK(diagnose_chains(shifted).rhat > 1.1);
  CHECK(split_rhat(shifted) > 1.1);
  Matrix spread = same;
  spread.col(0) *= 4;
  CHECK(split_rhat(spread) < 1.01);  // which is why distances from the median are looked at too
  CHECK(diagnose_chains(spread).rhat > 1.05);
  Matrix drifting = same;
  drifting.topRows(250).array() += 1;
  CHECK(diagnose_chains(drifting).rhat > 1.1);
}

TEST_CASE("heavy tails do not hide that chains disagree") {
  Matrix heavy = autoregressive(500, 4, 0);
  for (double& x : heavy.reshaped()) x = std::sinh(4 * x);
  heavy.col(0).array() += 40;
  CHECK(split_rhat(heavy) < 1.01);
  CHECK(diagnose_chains(heavy).rhat > 1.05);
}

TEST_CASE("what cannot be diagnosed is no number") {
  const double infinity = std::numeric_limits<double>::infinity();
  Matrix broken = autoregressive(100, 2, 0);
  broken(3, 1) = infinity;
  for (const Matrix& x : {Matrix(broken), Matrix(Matrix::Constant(100, 2, 3.0)),
                          Matrix(autoregressive(3, 4, 0)), Matrix(0, 4)}) {
    const ChainDiagnostics found = diagnose_chains(x);
    CHECK(std::isnan(found.rhat));
    CHECK(std::isnan(found.ess_bulk));
    CHECK(std::isnan(found.ess_tail));
    CHECK(std::isnan(effective_sample_size(x)));
    CHECK(std::isnan(split_rhat(x)));
  }
  CHECK(diagnose_chains(Matrix::Constant(100, 2, 3.0)).mcse_mean == 0);
  CHECK(std::isnan(diagnose_chains(broken).mcse_mean));
}
