#pragma once
#include <Eigen/Core>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/log_density.h"

// Log densities written by hand, on which inference is tested.

namespace vippl::testing {

using runtime::LogDensities;
using runtime::Points;
using runtime::Rows;

constexpr double minus_infinity = -std::numeric_limits<double>::infinity();
constexpr double log_two_pi = 1.8378770664093454836;

/// A target given by its value and gradient at one point. Every coordinate is one reported scalar,
/// through `maps`; a map of kind `other` is reported as the square of its coordinate.
class Target : public runtime::LogDensity {
 public:
  explicit Target(Eigen::Index dimension);

  /// The log density at z; adds to the gradient, which is zero, unless it is null.
  virtual double at(const Eigen::VectorXd& z, const Rows& rows,
                    Eigen::VectorXd* gradient) const = 0;

  void set_map(Eigen::Index scalar, const runtime::ScalarMap& map);

  Eigen::Index dimension() const override { return dimension_; }
  std::span<const runtime::Site> sites() const override { return sites_; }
  std::span<const runtime::Quantity> quantities() const override { return quantities_; }

  std::unique_ptr<runtime::Workspace> make_workspace() const override;
  void evaluate(const Points& points, const Rows& rows, runtime::Workspace& workspace,
                LogDensities& values, Points& gradients) const override;
  void evaluate(const Points& points, const Rows& rows, runtime::Workspace& workspace,
                LogDensities& values) const override;
  void constrain(const Points& points, std::uint64_t seed, runtime::Draws& draws) const override;
  void draw_prior(std::uint64_t seed, Points& points) const override;
  std::vector<runtime::Term> terms(const Eigen::VectorXd& point) const override;
  std::string trace_non_finite(const Eigen::VectorXd& point) const override;

 private:
  struct Buffers;

  Eigen::Index dimension_;
  std::vector<runtime::Site> sites_;
  std::vector<runtime::Quantity> quantities_;
};

/// A normalised normal density: its ELBO at the best full-rank guide is 0.
class NormalTarget : public Target {
 public:
  NormalTarget(Eigen::VectorXd mean, const Eigen::MatrixXd& covariance);

  const Eigen::VectorXd& mean() const { return mean_; }
  const Eigen::MatrixXd& precision() const { return precision_; }

  double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override;

 private:
  Eigen::VectorXd mean_;
  Eigen::MatrixXd precision_;
  double constant_;
};

/// A covariance with these sds and the same correlation everywhere.
Eigen::MatrixXd equicorrelated(const Eigen::VectorXd& sds, double correlation);

/// Neal's funnel: v ~ normal(0, 3), the others normal(0, exp(v / 2)).
class Funnel : public Target {
 public:
  using Target::Target;

  double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override;
};

/// A slightly skewed density: exp-gamma coordinates, a z - b e^z with a = b = `shape`, normalised.
class LogGamma : public Target {
 public:
  LogGamma(Eigen::Index dimension, double shape) : Target(dimension), shape_(shape) {}

  double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override;

 private:
  double shape_;
};

/// A standard normal cut off where z[0] < bound.
class HalfSpace : public Target {
 public:
  HalfSpace(Eigen::Index dimension, double bound) : Target(dimension), bound_(bound) {}

  double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override;

 private:
  double bound_;
};

/// y ~ normal(X w, noise), w ~ normal(0, 1): a plate over the rows of X that minibatches cut.
class Regression : public Target {
 public:
  Regression(Eigen::MatrixXd x, Eigen::VectorXd y, double noise, Eigen::Index batch_size = 0);

  Eigen::Index row_count() const override { return batch_ > 0 ? x_.rows() : 0; }
  Eigen::Index batch_size() const override { return batch_; }

  double at(const Eigen::VectorXd& w, const Rows& rows, Eigen::VectorXd* gradient) const override;

  Eigen::MatrixXd posterior_precision() const;
  Eigen::VectorXd posterior_mean() const;

 private:
  Eigen::MatrixXd x_;
  Eigen::VectorXd y_;
  double noise_;
  Eigen::Index batch_;
};

/// A regression of `rows` x `columns` with made-up data; neighbouring columns are correlated.
Regression made_up_regression(Eigen::Index rows, Eigen::Index columns, double noise,
                              Eigen::Index batch_size = 0);

}  // namespace vippl::testing
