#include "inference/normal_mixture.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "lang/diagnostic.h"

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using Eigen::Index;

const double log_two_pi = std::log(2 * std::numbers::pi);

class NormalMixture final : public Guide {
 public:
  explicit NormalMixture(MixedNormals parts) : parts_(std::move(parts)) {
    VIPPL_ASSERT(!parts_.normals.empty(), "a mixture has components");
    VIPPL_ASSERT(std::ssize(parts_.normals) == parts_.count(), "each component has its share");
    for (const Start& normal : parts_.normals)
      VIPPL_ASSERT(normal.factor.size() > 0, "each component has its factor");
  }

  std::unique_ptr<Guide> clone() const override { return std::make_unique<NormalMixture>(*this); }
  std::string_view name() const override { return "mixture"; }
  Index dimension() const override { return parts_.normals.front().location.size(); }
  Index noise_dimension() const override { return dimension() + 1; }
  Index parameter_count() const override { return 0; }
  bool is_normal() const override { return false; }

  void start_at(const Start& start, double shrink) override {
    Start normal = start;
    if (normal.factor.size() == 0) normal.factor = normal.scale.asDiagonal();
    normal.factor *= shrink;
    normal.scale *= shrink;
    parts_ = mixed_equally({std::move(normal)});
  }
  /// The normal with the mixture's mean and covariance.
  Start as_start() const override {
    const Eigen::LLT<Matrix> cholesky(covariance());
    return normal_start(mean(), cholesky.matrixL());
  }

  Vector parameters() const override { return Vector(0); }
  void set_parameters(const Eigen::Ref<const Vector>&) override {}
  void pull_back(const Points&, const Points&, Eigen::Ref<Vector>) override {}
  std::optional<double> entropy() const override { return std::nullopt; }
  void add_entropy_gradient(double, Eigen::Ref<Vector>) const override {}

  void place(const Points& noise, Points& z) const override {
    const Index d = dimension();
    for (Index b = 0; b < noise.rows(); ++b) {
      const Start& normal = chosen(noise(b, d));
      z.row(b) = normal.location.transpose();
      for (Index j = 0; j < d; ++j)
        for (Index k = 0; k <= j; ++k) z(b, j) += normal.factor(j, k) * noise(b, k);
    }
  }

  void log_density(const Points& z, LogDensities& values) const override {
    values = log_sum_of_rows(log_parts(parts_, z));
  }

  void log_density(const Points& z, LogDensities& values, Points& gradients) const override {
    const Matrix parts = log_parts(parts_, z);
    values = log_sum_of_rows(parts);
    gradients.setZero();
    for (Index k = 0; k < parts_.count(); ++k) {
      const Start& normal = parts_.normals[static_cast<std::size_t>(k)];
      const Vector share = (parts.col(k) - values).array().exp();
      Matrix pull = (z.rowwise() - normal.location.transpose()).transpose();
      normal.factor.triangularView<Eigen::Lower>().solveInPlace(pull);
      normal.factor.transpose().triangularView<Eigen::Upper>().solveInPlace(pull);
      gradients -= share.asDiagonal() * pull.transpose();
    }
  }

  void log_density_of_placed(const Points& noise, LogDensities& values) const override {
    Points z(noise.rows(), dimension());
    place(noise, z);
    log_density(z, values);
  }

  Vector mean() const override {
    Vector sum = Vector::Zero(dimension());
    for (Index k = 0; k < parts_.count(); ++k) sum += parts_.shares[k] * normal(k).location;
    return sum;
  }
  Vector variance() const override { return covariance().diagonal(); }
  Matrix covariance() const override {
    const Vector centre = mean();
    Matrix sum = Matrix::Zero(dimension(), dimension());
    for (Index k = 0; k < parts_.count(); ++k) {
      const Vector shift = normal(k).location - centre;
      const Matrix factor = normal(k).factor.triangularView<Eigen::Lower>();
      sum += parts_.shares[k] * (factor * factor.transpose() + shift * shift.transpose());
    }
    return sum;
  }

 private:
  const Start& normal(Index k) const { return parts_.normals[static_cast<std::size_t>(k)]; }

  /// By its share, as the noise is standard normal.
  const Start& chosen(double noise) const {
    double left = 0.5 * std::erfc(-noise / std::numbers::sqrt2);
    Index k = 0;
    while (k + 1 < parts_.count() && left >= parts_.shares[k]) left -= parts_.shares[k++];
    return normal(k);
  }

  MixedNormals parts_;
};

}  // namespace

MixedNormals mixed_equally(std::vector<Start> normals) {
  const auto count = static_cast<Index>(normals.size());
  return {std::move(normals), Vector::Constant(count, 1 / static_cast<double>(count))};
}

Matrix log_parts(const MixedNormals& mixture, const Points& z) {
  Matrix result(z.rows(), mixture.count());
  for (Index k = 0; k < mixture.count(); ++k) {
    const Start& normal = mixture.normals[static_cast<std::size_t>(k)];
    Matrix noise = (z.rowwise() - normal.location.transpose()).transpose();
    normal.factor.triangularView<Eigen::Lower>().solveInPlace(noise);
    const double log_scale = normal.factor.diagonal().array().log().sum();
    const double constant =
        std::log(mixture.shares[k]) - log_scale - 0.5 * static_cast<double>(z.cols()) * log_two_pi;
    result.col(k) = (constant - 0.5 * noise.colwise().squaredNorm().transpose().array()).matrix();
  }
  return result;
}

Vector log_sum_of_rows(const Matrix& log_parts) {
  const Vector largest = log_parts.rowwise().maxCoeff();
  const Matrix relative = (log_parts.colwise() - largest).array().exp();
  return largest.array() + relative.rowwise().sum().array().log();
}

std::unique_ptr<Guide> make_normal_mixture(MixedNormals mixture) {
  return std::make_unique<NormalMixture>(std::move(mixture));
}

}  // namespace vippl::inference
