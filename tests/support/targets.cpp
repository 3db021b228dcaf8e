#include "tests/support/targets.h"

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <cmath>
#include <utility>

namespace vippl::testing {

struct Target::Buffers : runtime::Workspace {
  Eigen::VectorXd z;
  Eigen::VectorXd gradient;
};

Target::Target(Eigen::Index dimension) : dimension_(dimension) {
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

void Target::set_map(Eigen::Index scalar, const runtime::ScalarMap& map) {
  quantities_[static_cast<std::size_t>(scalar)].maps = {map};
}

std::unique_ptr<runtime::Workspace> Target::make_workspace() const {
  auto buffers = std::make_unique<Buffers>();
  buffers->z.resize(dimension_);
  buffers->gradient.resize(dimension_);
  return buffers;
}

void Target::evaluate(const Points& points, const Rows& rows, runtime::Workspace& workspace,
                      LogDensities& values, Points& gradients) const {
  auto& buffers = static_cast<Buffers&>(workspace);
  for (Eigen::Index b = 0; b < points.rows(); ++b) {
    buffers.z = points.row(b);
    buffers.gradient.setZero();
    values[b] = at(buffers.z, rows, &buffers.gradient);
    if (!std::isfinite(values[b])) buffers.gradient.setZero();
    gradients.row(b) = buffers.gradient;
  }
}

void Target::evaluate(const Points& points, const Rows& rows, runtime::Workspace& workspace,
                      LogDensities& values) const {
  auto& buffers = static_cast<Buffers&>(workspace);
  for (Eigen::Index b = 0; b < points.rows(); ++b) {
    buffers.z = points.row(b);
    values[b] = at(buffers.z, rows, nullptr);
  }
}

void Target::constrain(const Points& points, std::uint64_t, runtime::Draws& draws) const {
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

void Target::draw_prior(std::uint64_t seed, Points& points) const {
  runtime::Rng rng(seed, runtime::Purpose::prior);
  rng.fill_normal({points.data(), static_cast<std::size_t>(points.size())});
}

std::vector<runtime::Term> Target::terms(const Eigen::VectorXd& point) const {
  return {{"observe y ~ target()", "target.vi:1", at(point, {}, nullptr)}};
}

std::string Target::trace_non_finite(const Eigen::VectorXd& point) const {
  return std::isfinite(at(point, {}, nullptr)) ? "" : "the target, target.vi:1";
}

NormalTarget::NormalTarget(Eigen::VectorXd mean, const Eigen::MatrixXd& covariance)
    : Target(mean.size()),
      mean_(std::move(mean)),
      precision_(covariance.inverse()),
      constant_(-0.5 * static_cast<double>(mean_.size()) * log_two_pi -
                Eigen::MatrixXd(covariance.llt().matrixL()).diagonal().array().log().sum()) {}

double NormalTarget::at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const {
  double square = 0;
  for (Eigen::Index j = 0; j < z.size(); ++j) {
    double pull = 0;
    for (Eigen::Index k = 0; k < z.size(); ++k) pull += precision_(j, k) * (z[k] - mean_[k]);
    square += (z[j] - mean_[j]) * pull;
    if (gradient != nullptr) (*gradient)[j] -= pull;
  }
  return constant_ - 0.5 * square;
}

Eigen::MatrixXd equicorrelated(const Eigen::VectorXd& sds, double correlation) {
  Eigen::MatrixXd covariance = correlation * sds * sds.transpose();
  covariance.diagonal() = sds.cwiseAbs2();
  return covariance;
}

double Funnel::at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const {
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

double LogGamma::at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const {
  double sum = 0;
  for (Eigen::Index j = 0; j < z.size(); ++j) {
    sum += shape_ * (z[j] - std::exp(z[j])) + shape_ * std::log(shape_) - std::lgamma(shape_);
    if (gradient != nullptr) (*gradient)[j] += shape_ * (1 - std::exp(z[j]));
  }
  return sum;
}

double HalfSpace::at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const {
  if (z[0] < bound_) return minus_infinity;
  if (gradient != nullptr) *gradient -= z;
  return -0.5 * z.squaredNorm();
}

Regression::Regression(Eigen::MatrixXd x, Eigen::VectorXd y, double noise, Eigen::Index batch_size)
    : Target(x.cols()), x_(std::move(x)), y_(std::move(y)), noise_(noise), batch_(batch_size) {}

double Regression::at(const Eigen::VectorXd& w, const Rows& rows, Eigen::VectorXd* gradient) const {
  const Eigen::Index used = rows.all() ? x_.rows() : static_cast<Eigen::Index>(rows.indices.size());
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

Eigen::MatrixXd Regression::posterior_precision() const {
  Eigen::MatrixXd precision = x_.transpose() * x_ / (noise_ * noise_);
  precision.diagonal().array() += 1;
  return precision;
}

Eigen::VectorXd Regression::posterior_mean() const {
  return posterior_precision().llt().solve(x_.transpose() * y_) / (noise_ * noise_);
}

Regression made_up_regression(Eigen::Index rows, Eigen::Index columns, double noise,
                              Eigen::Index batch_size) {
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
