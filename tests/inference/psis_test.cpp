#include "inference/psis.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "runtime/random.h"

using namespace vippl::inference;
using vippl::runtime::Purpose;
using vippl::runtime::Rng;

namespace {

double pareto_quantile(double u, double shape) { return (std::pow(1 - u, -shape) - 1) / shape; }

/// n quantiles of a generalised Pareto distribution, shuffled by a fixed permutation.
Eigen::VectorXd pareto_log_ratios(double shape, int n) {
  Eigen::VectorXd log_ratios(n);
  for (int i = 1; i <= n; ++i) {
    const double u = ((i * 77) % n + 0.5) / n;
    log_ratios[i - 1] = std::log(1 + pareto_quantile(u, shape));
  }
  return log_ratios;
}

}  // namespace

TEST_CASE("smoothed weights and k-hat agree with loo 2.5.1 for R") {
  // n <- 200; u <- (seq_len(n) - 0.5) / n; x <- ((1 - u)^(-k) - 1) / k; x <- x[(seq_len(n) * 77) %%
  // n + 1] p <- loo::psis(log(1 + x), r_eff = 1); p$diagnostics$pareto_k; weights(p)[c(187, 174,
  // 70, 80, 100)]
  struct Case {
    double shape, khat;
    double log_weights[5];
  };
  const Case cases[] = {
      {0.9,
       0.78769636330736625,
       {-1.7568070461525016, -2.6303166469469641, -4.1316458282424247, -5.3947718897517749,
        -6.2466621120736079}},
      {0.4,
       0.42218300174332946,
       {-3.0102591501148233, -3.4498230485929100, -4.3223871150594784, -5.0853974980722434,
        -5.6761937241923333}},
      {-0.3,
       -0.096427899283475227,
       {-4.5428512698937755, -4.5428512698937755, -4.7536345649142611, -5.0502662103045211,
        -5.3843049621304147}},
  };
  constexpr Eigen::Index places[] = {186, 173, 69, 79, 99};
  for (const Case& c : cases) {
    CAPTURE(c.shape);
    const SmoothedWeights found = smooth_weights(pareto_log_ratios(c.shape, 200));
    CHECK(found.khat == doctest::Approx(c.khat).epsilon(1e-10));
    for (int i = 0; i < 5; ++i)
      CHECK(found.log_weights[places[i]] == doctest::Approx(c.log_weights[i]).epsilon(1e-10));
    CHECK(found.log_weights.array().exp().sum() == doctest::Approx(1));
  }
}

TEST_CASE("the Pareto fit agrees with loo 2.5.1 for R") {
  // x <- ((1 - u[1:50 * 4])^(-0.5) - 1) / 0.5; loo:::gpdfit(x)
  Eigen::VectorXd excesses(50);
  for (int i = 1; i <= 50; ++i) excesses[i - 1] = pareto_quantile((4 * i - 0.5) / 200, 0.5);
  const GeneralisedPareto fit = fit_generalised_pareto(excesses);
  CHECK(fit.shape == doctest::Approx(0.59358198105977833).epsilon(1e-10));
  CHECK(fit.scale == doctest::Approx(0.96333151154185115).epsilon(1e-10));
}

TEST_CASE("k-hat finds the tail of known ratios") {
  Rng rng(3, Purpose::test);
  for (const double shape : {0.2, 0.5, 0.9}) {
    CAPTURE(shape);
    Eigen::VectorXd log_ratios(20000);
    for (double& x : log_ratios) x = std::log1p(pareto_quantile(rng.uniform(), shape));
    // Three standard errors of the shape from a tail of 425.
    CHECK(std::fabs(smooth_weights(log_ratios).khat - shape) < 3 * (1 + shape) / std::sqrt(425.0));
  }
}

TEST_CASE("smoothing keeps the order of the weights, and adds a constant for nothing") {
  const Eigen::VectorXd log_ratios = pareto_log_ratios(0.9, 200);
  const Eigen::VectorXd a = smooth_weights(log_ratios).log_weights;
  const Eigen::VectorXd b = smooth_weights(log_ratios.array() - 3000).log_weights;
  CHECK((a - b).cwiseAbs().maxCoeff() < 1e-9);
  for (Eigen::Index i = 0; i < 200; ++i)
    for (Eigen::Index j = 0; j < 200; ++j)
      if (log_ratios[i] < log_ratios[j]) CHECK(a[i] <= a[j]);
}

TEST_CASE("equal ratios need no smoothing: q is p") {
  const SmoothedWeights found = smooth_weights(Eigen::VectorXd::Constant(1000, -7));
  CHECK(found.khat == 0);
  CHECK(found.log_weights.maxCoeff() == doctest::Approx(-std::log(1000.0)));
  CHECK(effective_draws(found.log_weights) == doctest::Approx(1000));
}

TEST_CASE("ratios that cannot be fitted give an infinite k-hat, not a crash") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(smooth_weights(Eigen::VectorXd(0)).khat == infinity);
  CHECK(smooth_weights(Eigen::VectorXd::Ones(3)).khat == infinity);
  CHECK(smooth_weights(Eigen::VectorXd::Constant(100, -infinity)).khat == infinity);
  // All the weight on one draw, and the others outside the support.
  Eigen::VectorXd one = Eigen::VectorXd::Constant(1000, -infinity);
  one[17] = 5;
  const SmoothedWeights found = smooth_weights(one);
  CHECK(found.khat == infinity);
  CHECK(found.log_weights[17] == 0);
  CHECK(effective_draws(found.log_weights) == doctest::Approx(1));
}

TEST_CASE("some draws outside the support get weight 0, the rest are smoothed") {
  Rng rng(3, Purpose::test);
  Eigen::VectorXd log_ratios(2000);
  for (double& x : log_ratios) x = 0.3 * rng.normal();
  for (Eigen::Index i = 0; i < 2000; i += 10)
    log_ratios[i] = -std::numeric_limits<double>::infinity();
  const SmoothedWeights found = smooth_weights(log_ratios);
  CHECK(found.khat < 0.5);
  CHECK(std::exp(found.log_weights[10]) == 0);
  CHECK(found.log_weights.array().exp().sum() == doctest::Approx(1));
}

TEST_CASE("the k-hat limit tightens for few draws") {
  CHECK(khat_limit(100) == doctest::Approx(0.5));
  CHECK(khat_limit(20000) == 0.7);
}

TEST_CASE("the shape of the heavier tail") {
  for (const double shape : {0.1, 0.5, 0.9}) {
    CAPTURE(shape);
    constexpr int n = 20000;
    Eigen::VectorXd values(n);
    for (int i = 0; i < n; ++i) {
      const double x = pareto_quantile(((i * 77) % n + 0.5) / n, shape);
      values[i] = i % 2 == 0 ? x : -0.1 * std::sqrt(x);
    }
    CHECK(tail_shape(values) == doctest::Approx(shape).epsilon(0.1).scale(1));
    CHECK(tail_shape(-values) == doctest::Approx(tail_shape(values)));
  }
  CHECK(tail_shape(Eigen::VectorXd::Constant(100, 3)) == 0);
}
