#pragma once
#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/LU>
#include <cmath>
#include <limits>
#include <memory>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "runtime/log_density.h"

// Log densities written by hand, on which inference is tested.

namespace vippl::testing {

using runtime::LogDensities;
using runtime::Points;
using runtime::Rows;

constexpr double minus_infinity = -std::numeric_limits<double>::infinity();
const double log_two_pi = std::log(2 * std::numbers::pi);

/// A target given by its value and gradient at one point. Every coordinate is one reported scalar,
/// through `maps`; a map of kind `other` is reported as the square of its coordinate.
class Target : public runtime::LogDensity {
 public:
  explicit Target(Eigen::Index dimension) : dimension_(dimension) {
    for (Eigen::Index j = 0; j < dimension; ++j) {
      std::string name = "z";
      name += std::to_string(j);
      sites_.push_back({name, {}, {}, j, 1});
      runtime::Quantity quantity;
      quantity.name = std::move(name);
      quantity.offset = j;
      quantity.maps = {{runtime::ScalarMap::Kind::identity, j, 0, 1}};
      quantities_.push_back(quantity);
    }
  }

  /// The log density at z; adds to the gradient, which is zero, unless it is null.
  virtual double at(const Eigen::VectorXd& z, const Rows& rows,
                    Eigen::VectorXd* gradient) const = 0;

  void set_map(Eigen::Index scalar, const runtime::ScalarMap& map) {
    quantities_[static_cast<std::size_t>(scalar)].maps = {map};
  }

  Eigen::Index dimension() const override { return dimension_; }
  std::span<const runtime::Site> sites() const override { return sites_; }
  std::span<const runtime::Quantity> quantities() const override { return quantities_; }

  std::unique_ptr<runtime::Workspace> make_workspace() const override {
    auto buffers = std::make_unique<Buffers>();
    buffers->z.resize(dimension_);
    buffers->gradient.resize(dimension_);
    return buffers;
  }

  void evaluate(const Points& points, const Rows& rows, runtime::Workspace& workspace,
                LogDensities& values, Points& gradients) const override {
    auto& buffers = static_cast<Buffers&>(workspace);
    for (Eigen::Index b = 0; b < points.rows(); ++b) {
      buffers.z = points.row(b);
      buffers.gradient.setZero();
      values[b] = at(buffers.z, rows, &buffers.gradient);
      if (!std::isfinite(values[b])) buffers.gradient.setZero();
      gradients.row(b) = buffers.gradient;
    }
  }

  void evaluate(const Points& points, const Rows& rows, runtime::Workspace& workspace,
                LogDensities& values) const override {
    auto& buffers = static_cast<Buffers&>(workspace);
    for (Eigen::Index b = 0; b < points.rows(); ++b) {
      buffers.z = points.row(b);
      values[b] = at(buffers.z, rows, nullptr);
    }
  }

  void constrain(const Points& points, std::uint64_t, runtime::Draws& draws) const override {
    using Kind = runtime::ScalarMap::Kind;
    for (Eigen::Index s = 0; s < points.rows(); ++s)
      for (Eigen::Index j = 0; j < dimension_; ++j) {
        const runtime::ScalarMap& map = quantities_[static_cast<std::size_t>(j)].maps[0];
        const double z = points(s, map.coordinate);
        double f = z;
        if (map.kind == Kind::exponential) f = std::exp(z);
        if (map.kind == Kind::inverse_logit) f = 1 / (1 + std::exp(-z));
        if (map.kind == Kind::other) f = z * z;
        draws(s, j) = map.shift + map.scale * f;
      }
  }

  void draw_prior(std::uint64_t seed, Points& points) const override {
    runtime::Rng rng(seed, runtime::Purpose::prior);
    rng.fill_normal({points.data(), static_cast<std::size_t>(points.size())});
  }

  std::vector<runtime::Term> terms(const Eigen::VectorXd& point) const override {
    return {{"observe y ~ target()", "target.vi:1", at(point, {}, nullptr)}};
  }

  std::string trace_non_finite(const Eigen::VectorXd& point) const override {
    return std::isfinite(at(point, {}, nullptr)) ? "" : "the target, target.vi:1";
  }

 private:
  struct Buffers : runtime::Workspace {
    Eigen::VectorXd z;
    Eigen::VectorXd gradient;
  };

  Eigen::Index dimension_;
  std::vector<runtime::Site> sites_;
  std::vector<runtime::Quantity> quantities_;
};

/// A normalised normal density: its ELBO at the best full-rank guide is 0.
class NormalTarget : public Target {
 public:
  NormalTarget(Eigen::VectorXd mean, const Eigen::MatrixXd& covariance)
      : Target(mean.size()),
        mean_(std::move(mean)),
        precision_(covariance.inverse()),
        constant_(-0.5 * static_cast<double>(mean_.size()) * log_two_pi -
                  Eigen::MatrixXd(covariance.llt().matrixL()).diagonal().array().log().sum()) {}

  const Eigen::VectorXd& mean() const { return mean_; }
  const Eigen::MatrixXd& precision() const { return precision_; }

  double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
    double square = 0;
    for (Eigen::Index j = 0; j < z.size(); ++j) {
      double pull = 0;
      for (Eigen::Index k = 0; k < z.size(); ++k) pull += precision_(j, k) * (z[k] - mean_[k]);
      square += (z[j] - mean_[j]) * pull;
      if (gradient != nullptr) (*gradient)[j] -= pull;
    }
    return constant_ - 0.5 * square;
  }

 private:
  Eigen::VectorXd mean_;
  Eigen::MatrixXd precision_;
  double constant_;
};

/// A covariance with these sds and the same correlation everywhere.
inline Eigen::MatrixXd equicorrelated(const Eigen::VectorXd& sds, double correlation) {
  Eigen::MatrixXd covariance = correlation * sds * sds.transpose();
  covariance.diagonal() = sds.cwiseAbs2();
  return covariance;
}

/// Neal's funnel: v ~ normal(0, 3), the others normal(0, exp(v / 2)).
class Funnel : public Target {
 public:
  using Target::Target;

  double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
    const double v = z[0];
    const double count = static_cast<double>(z.size() - 1);
    const double squares = z.tail(z.size() - 1).squaredNorm();
    if (gradient != nullptr) {
      (*gradient)[0] += -v / 9 - 0.5 * count + 0.5 * squares * std::exp(-v);
      gradient->tail(z.size() - 1) -= z.tail(z.size() - 1) * std::exp(-v);
    }
    return -v * v / 18 - std::log(3.0) - 0.5 * count * v - 0.5 * squares * std::exp(-v) -
           0.5 * (count + 1) * log_two_pi;
  }
};

/// A slightly skewed density: exp-gamma coordinates, a z - b e^z with a = b = `shape`, normalised.
class LogGamma : public Target {
 public:
  LogGamma(Eigen::Index dimension, double shape) : Target(dimension), shape_(shape) {}

  double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
    double sum = 0;
    for (Eigen::Index j = 0; j < z.size(); ++j) {
      sum += shape_ * (z[j] - std::exp(z[j])) + shape_ * std::log(shape_) - std::lgamma(shape_);
      if (gradient != nullptr) (*gradient)[j] += shape_ * (1 - std::exp(z[j]));
    }
    return sum;
  }

 private:
  double shape_;
};

/// A standard normal cut off where z[0] < bound.
class HalfSpace : public Target {
 public:
  HalfSpace(Eigen::Index dimension, double bound) : Target(dimension), bound_(bound) {}

  double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
    if (z[0] < bound_) return minus_infinity;
    if (gradient != nullptr) *gradient -= z;
    return -0.5 * z.squaredNorm();
  }

 private:
  double bound_;
};

/// y ~ normal(X w, noise), w ~ normal(0, 1): a plate over the rows of X that minibatches cut.
class Regression : public Target {
 public:
  Regression(Eigen::MatrixXd x, Eigen::VectorXd y, double noise, Eigen::Index batch_size = 0)
      : Target(x.cols()), x_(std::move(x)), y_(std::move(y)), noise_(noise), batch_(batch_size) {}

  Eigen::Index row_count() const override { return batch_ > 0 ? x_.rows() : 0; }
  Eigen::Index batch_size() const override { return batch_; }

  double at(const Eigen::VectorXd& w, const Rows& rows, Eigen::VectorXd* gradient) const override {
    const Eigen::Index used =
        rows.all() ? x_.rows() : static_cast<Eigen::Index>(rows.indices.size());
    const double weight = static_cast<double>(x_.rows()) / static_cast<double>(used);
    double sum = 0;
    for (Eigen::Index i = 0; i < used; ++i) {
      const Eigen::Index row = rows.all() ? i : rows.indices[static_cast<std::size_t>(i)];
      double residual = y_[row];
      for (Eigen::Index j = 0; j < w.size(); ++j) residual -= x_(row, j) * w[j];
      residual /= noise_;
      sum -= 0.5 * residual * residual + std::log(noise_) + 0.5 * log_two_pi;
      if (gradient == nullptr) continue;
      for (Eigen::Index j = 0; j < w.size(); ++j)
        (*gradient)[j] += weight * residual * x_(row, j) / noise_;
    }
    if (gradient != nullptr) *gradient -= w;
    return weight * sum - 0.5 * w.squaredNorm() - 0.5 * static_cast<double>(w.size()) * log_two_pi;
  }

  Eigen::MatrixXd posterior_precision() const {
    Eigen::MatrixXd precision = x_.transpose() * x_ / (noise_ * noise_);
    precision.diagonal().array() += 1;
    return precision;
  }
  Eigen::VectorXd posterior_mean() const {
    return posterior_precision().llt().solve(x_.transpose() * y_) / (noise_ * noise_);
  }

 private:
  Eigen::MatrixXd x_;
  Eigen::VectorXd y_;
  double noise_;
  Eigen::Index batch_;
};

/// A regression of `rows` x `columns` with made-up data; neighbouring columns are correlated.
inline Regression made_up_regression(Eigen::Index rows, Eigen::Index columns, double noise,
                                     Eigen::Index batch_size = 0) {
  runtime::Rng rng(7, runtime::Purpose::test, 99);
  Eigen::MatrixXd x(rows, columns);
  Eigen::VectorXd y(rows);
  for (Eigen::Index i = 0; i < rows; ++i) {
    y[i] = noise * rng.normal();
    for (Eigen::Index j = 0; j < columns; ++j) {
      x(i, j) = rng.normal() + (j > 0 ? 0.8 * x(i, j - 1) : 0);
      y[i] += x(i, j) * (j % 2 == 0 ? 0.5 : -0.2);
    }
  }
  return Regression(std::move(x), std::move(y), noise, batch_size);
}

}  // namespace vippl::testing
