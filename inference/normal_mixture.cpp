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
  explicit NormalMixture(std::vector<Start> normals) : normals_(std::move(normals)) {
    VIPPL_ASSERT(!normals_.empty(), "a mixture has components");
    for (const Start& normal : normals_)
      VIPPL_ASSERT(normal.factor.size() > 0, "each component has its factor");
  }

  std::unique_ptr<Guide> clone() const override { return std::make_unique<NormalMixture>(*this); }
  std::string_view name() const override { return "mixture"; }
  Index dimension() const override { return normals_.front().location.size(); }
  Index noise_dimension() const override { return dimension() + 1; }
  Index parameter_count() const override { return 0; }
  bool is_normal() const override { return false; }

  void start_at(const Start& start, double shrink) override {
    Start normal = start;
    if (normal.factor.size() == 0) normal.factor = normal.scale.asDiagonal();
    normal.factor *= shrink;
    normal.scale *= shrink;
    normals_ = {std::move(normal)};
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
    values = log_sum(log_components(z));
  }

  void log_density(const Points& z, LogDensities& values, Points& gradients) const override {
    const Matrix components = log_components(z);
    values = log_sum(components);
    gradients.setZero();
    for (std::size_t k = 0; k < normals_.size(); ++k) {
      const Start& normal = normals_[k];
      const Vector share = (components.col(static_cast<Index>(k)) - values).array().exp() / count();
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
    for (const Start& normal : normals_) sum += normal.location;
    return sum / count();
  }
  Vector variance() const override { return covariance().diagonal(); }
  Matrix covariance() const override {
    const Vector centre = mean();
    Matrix sum = Matrix::Zero(dimension(), dimension());
    for (const Start& normal : normals_) {
      const Vector shift = normal.location - centre;
      const Matrix factor = normal.factor.triangularView<Eigen::Lower>();
      sum += factor * factor.transpose() + shift * shift.transpose();
    }
    return sum / count();
  }

 private:
  double count() const { return static_cast<double>(normals_.size()); }

  /// Each with equal probability, as the noise is standard normal.
  const Start& chosen(double noise) const {
    const double share = 0.5 * std::erfc(-noise / std::numbers::sqrt2);
    const auto k = static_cast<std::size_t>(share * count());
    return normals_[std::min(k, normals_.size() - 1)];
  }

  /// Column k: log density of normal k.
  Matrix log_components(const Points& z) const {
    Matrix result(z.rows(), static_cast<Index>(normals_.size()));
    for (std::size_t k = 0; k < normals_.size(); ++k) {
      const Start& normal = normals_[k];
      Matrix noise = (z.rowwise() - normal.location.transpose()).transpose();
      normal.factor.triangularView<Eigen::Lower>().solveInPlace(noise);
      const double log_scale = normal.factor.diagonal().array().log().sum();
      result.col(static_cast<Index>(k)) =
          (-0.5 * noise.colwise().squaredNorm().transpose().array() - log_scale -
           0.5 * static_cast<double>(dimension()) * log_two_pi)
              .matrix();
    }
    return result;
  }

  /// Of the equally weighted mixture.
  Vector log_sum(const Matrix& components) const {
    const Vector largest = components.rowwise().maxCoeff();
    const Matrix relative = (components.colwise() - largest).array().exp();
    return largest.array() + (relative.rowwise().sum().array() / count()).log();
  }

  std::vector<Start> normals_;
};

}  // namespace

std::unique_ptr<Guide> make_normal_mixture(std::vector<Start> normals) {
  return std::make_unique<NormalMixture>(std::move(normals));
}

}  // namespace vippl::inference
