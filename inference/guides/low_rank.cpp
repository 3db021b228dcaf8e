#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>

#include "inference/guide.h"
#include "inference/guides/roll_call.h"
#include "inference/scale_map.h"

namespace vippl::inference::guides {

namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using Eigen::Index;

const double log_two_pi = std::log(2 * std::numbers::pi);

// Loadings of 0 are a saddle of the ELBO, which no gradient leaves: a start has none smaller.
constexpr double least_loading = 0.1;
// Rows that are worked on together, so that columns are read in order and nothing is allocated.
constexpr Index chunk = 64;
using Chunk = Eigen::Array<double, chunk, 1>;

/// Independent normals and K common directions: z = m + S (mu + sigma * e + U f), where m and the
/// diagonal S are the units and the noise is e (d numbers), then f (K). The covariance in units,
/// diag(sigma)^2 + U U', is never formed: with V = U / sigma, M = I + V'V = L L' and
/// G = V inverse(L)', its determinant is |M| prod sigma^2 and its inverse
/// diag(1 / sigma) (I - G G') diag(1 / sigma) (Woodbury). The parameters are mu, those of sigma,
/// then U column by column.
class LowRank final : public Guide {
 public:
  LowRank(Index dimension, Index rank, ScaleMap map)
      : map_(map),
        name_("lowrank:" + std::to_string(rank)),
        parameters_(dimension * (2 + rank)),
        sigma_(dimension),
        location_(dimension),
        scale_(dimension),
        slope_(dimension),
        loadings_(dimension, rank),
        ratio_(dimension, rank),
        gram_(rank, rank),
        cholesky_(rank),
        inverse_(Matrix::Zero(rank, rank)),
        woodbury_(dimension, rank) {
    start_at(identity_start(dimension), 1);
  }

  std::unique_ptr<Guide> clone() const override { return std::make_unique<LowRank>(*this); }
  std::string_view name() const override { return name_; }
  Index dimension() const override { return location_.size(); }
  Index noise_dimension() const override { return dimension() + rank(); }
  Index parameter_count() const override { return parameters_.size(); }
  bool is_normal() const override { return true; }

  void start_at(const Start& start, double shrink) override {
    const Index d = dimension();
    const bool is_member = start.loadings.cols() == rank();
    unit_location_ = start.location;
    unit_scale_ = is_member ? start.own_scale : start.scale;
    Vector parameters(parameter_count());
    parameters.head(d).setZero();
    parameters.segment(d, d).setConstant(scale_parameter(map_, shrink));
    const Matrix loadings = is_member
                                ? Matrix(unit_scale_.cwiseInverse().asDiagonal() * start.loadings)
                                : first_loadings(start);
    parameters.tail(d * rank()) = shrink * loadings.reshaped();
    set_parameters(parameters);
  }

  Start as_start() const override {
    const Eigen::LLT<Matrix> cholesky(covariance());
    Vector conditional = scale_.array() / (1 - woodbury_.rowwise().squaredNorm().array()).sqrt();
    return {location_, cholesky.matrixL(), std::move(conditional), loadings_, scale_};
  }

  Vector parameters() const override { return parameters_; }

  void set_parameters(const Eigen::Ref<const Vector>& parameters) override {
    parameters_ = parameters;
    const Index d = dimension();
    for (Index j = 0; j < d; ++j) {
      const double raw = parameters_[d + j];
      sigma_[j] = scale_of(map_, raw);
      location_[j] = unit_location_[j] + unit_scale_[j] * parameters_[j];
      scale_[j] = unit_scale_[j] * sigma_[j];
      slope_[j] = scale_derivative(map_, raw, sigma_[j]);
    }
    for (Index k = 0; k < rank(); ++k) {
      const auto column = parameters_.segment((2 + k) * d, d);
      loadings_.col(k) = unit_scale_.cwiseProduct(column);
      ratio_.col(k) = column.cwiseQuotient(sigma_);
    }
    factorise();
  }

  void place(const Points& noise, Points& z) const override {
    for (Index j = 0; j < dimension(); ++j) {
      z.col(j).array() = location_[j] + scale_[j] * noise.col(j).array();
      for (Index k = 0; k < rank(); ++k) z.col(j) += loadings_(j, k) * noise.col(dimension() + k);
    }
  }

  void pull_back(const Points& noise, const Points& dz, Eigen::Ref<Vector> gradient) override {
    const Index d = dimension();
    for (Index j = 0; j < d; ++j) {
      const double unit = unit_scale_[j];
      gradient[j] += unit * dz.col(j).sum();
      gradient[d + j] += unit * slope_[j] * dz.col(j).dot(noise.col(j));
      for (Index k = 0; k < rank(); ++k)
        gradient[(2 + k) * d + j] += unit * dz.col(j).dot(noise.col(d + k));
    }
  }

  void log_density(const Points& z, LogDensities& values) const override {
    values.setConstant(log_normaliser());
    for (Index j = 0; j < dimension(); ++j)
      values.array() -= 0.5 * ((z.col(j).array() - location_[j]) / scale_[j]).square();
    for (Index first = 0; first < z.rows(); first += chunk) {
      const Index count = std::min(chunk, z.rows() - first);
      for (Index k = 0; k < rank(); ++k) {
        const Chunk shared = shared_part(z, first, count, k);
        values.segment(first, count).array() += 0.5 * shared.head(count).square();
      }
    }
  }

  void log_density(const Points& z, LogDensities& values, Points& gradients) const override {
    log_density(z, values);
    for (Index j = 0; j < dimension(); ++j)
      gradients.col(j).array() = (location_[j] - z.col(j).array()) / (scale_[j] * scale_[j]);
    for (Index first = 0; first < z.rows(); first += chunk) {
      const Index count = std::min(chunk, z.rows() - first);
      for (Index k = 0; k < rank(); ++k) {
        const Chunk shared = shared_part(z, first, count, k);
        for (Index j = 0; j < dimension(); ++j)
          gradients.col(j).segment(first, count).array() +=
              woodbury_(j, k) / scale_[j] * shared.head(count);
      }
    }
  }

  /// The squared distance of z is that of the noise less its part along which z does not move: that
  /// is spanned by the columns of (-V, I), whose Gram matrix is M.
  void log_density_of_placed(const Points& noise, LogDensities& values) const override {
    const Index d = dimension();
    values.setConstant(log_normaliser());
    for (Index j = 0; j < noise.cols(); ++j) values.array() -= 0.5 * noise.col(j).array().square();
    for (Index first = 0; first < noise.rows(); first += chunk) {
      const Index count = std::min(chunk, noise.rows() - first);
      for (Index k = 0; k < rank(); ++k) {
        Chunk lost = Chunk::Zero();
        for (Index l = 0; l <= k; ++l)
          lost.head(count) += inverse_(k, l) * noise.col(d + l).segment(first, count).array();
        for (Index j = 0; j < d; ++j)
          lost.head(count) -= woodbury_(j, k) * noise.col(j).segment(first, count).array();
        values.segment(first, count).array() += 0.5 * lost.head(count).square();
      }
    }
  }

  std::optional<double> entropy() const override {
    return 0.5 * static_cast<double>(dimension()) - log_normaliser();
  }

  void add_entropy_gradient(double weight, Eigen::Ref<Vector> gradient) const override {
    const Index d = dimension();
    for (Index j = 0; j < d; ++j) {
      const double precision = (1 - woodbury_.row(j).squaredNorm()) / sigma_[j];
      gradient[d + j] += weight * slope_[j] * precision;
      // inverse(covariance) U = diag(1 / sigma) V inverse(M) = diag(1 / sigma) G inverse(L).
      for (Index k = 0; k < rank(); ++k)
        for (Index l = k; l < rank(); ++l)
          gradient[(2 + k) * d + j] += weight * woodbury_(j, l) * inverse_(l, k) / sigma_[j];
    }
  }

  Vector mean() const override { return location_; }
  Vector variance() const override {
    return scale_.cwiseAbs2() + loadings_.rowwise().squaredNorm();
  }
  Matrix covariance() const override {
    Matrix result = loadings_ * loadings_.transpose();
    result.diagonal() += scale_.cwiseAbs2();
    return result;
  }

 private:
  Index rank() const { return loadings_.cols(); }

  void factorise() {
    for (Index k = 0; k < rank(); ++k)
      for (Index l = 0; l < rank(); ++l)
        gram_(k, l) = (k == l ? 1 : 0) + ratio_.col(k).dot(ratio_.col(l));
    cholesky_.compute(gram_);
    const Matrix& lower = cholesky_.matrixLLT();
    for (Index k = 0; k < rank(); ++k)  // the inverse of the triangle, row by row
      for (Index l = 0; l <= k; ++l) {
        double sum = k == l ? 1 : 0;
        for (Index i = l; i < k; ++i) sum -= lower(k, i) * inverse_(i, l);
        inverse_(k, l) = sum / lower(k, k);
      }
    woodbury_.setZero();
    for (Index k = 0; k < rank(); ++k)
      for (Index l = 0; l <= k; ++l) woodbury_.col(k) += inverse_(k, l) * ratio_.col(l);
  }

  /// Loadings in units of start.scale that leave the conditional scales and add the widest
  /// directions of its covariance: no normal target's ELBO is then below that of a mean field.
  Matrix first_loadings(const Start& start) const {
    Matrix loadings(dimension(), rank());
    if (start.factor.size() == 0) {  // nothing is known: some direction or other
      Rng rng(1, runtime::Purpose::start, 2);
      rng.fill_normal({loadings.data(), static_cast<std::size_t>(loadings.size())});
      return loadings * (least_loading / std::sqrt(static_cast<double>(dimension())));
    }
    const Matrix factor = start.scale.cwiseInverse().asDiagonal() *
                          Matrix(start.factor.triangularView<Eigen::Lower>());
    const Eigen::SelfAdjointEigenSolver<Matrix> eigen(factor * factor.transpose());
    for (Index k = 0; k < rank(); ++k) {
      const Index i = dimension() - 1 - k;  // the eigenvalues rise
      const double added = eigen.eigenvalues()[i] - 1;
      loadings.col(k) =
          std::sqrt(std::max(added, least_loading * least_loading)) * eigen.eigenvectors().col(i);
    }
    return loadings;
  }

  /// Row k of G' diag(1 / scale) (z - location), for rows of z.
  Chunk shared_part(const Points& z, Index first, Index count, Index k) const {
    Chunk sum = Chunk::Zero();
    for (Index j = 0; j < dimension(); ++j)
      sum.head(count) +=
          woodbury_(j, k) / scale_[j] * (z.col(j).segment(first, count).array() - location_[j]);
    return sum;
  }

  double log_normaliser() const {
    return -0.5 * static_cast<double>(dimension()) * log_two_pi - scale_.array().log().sum() -
           cholesky_.matrixLLT().diagonal().array().log().sum();
  }

  ScaleMap map_;
  std::string name_;
  Vector unit_location_;
  Vector unit_scale_;
  Vector parameters_;
  Vector sigma_;
  Vector location_;              // of z
  Vector scale_;                 // of z, without the common directions
  Vector slope_;                 // d sigma_ / d its parameter
  Matrix loadings_;              // of z
  Matrix ratio_;                 // V
  Matrix gram_;                  // M
  Eigen::LLT<Matrix> cholesky_;  // of M: L
  Matrix inverse_;               // of L, lower triangle
  Matrix woodbury_;              // G
};

Index default_rank(Index dimension) {
  constexpr Index most = 20;
  return std::min(most, std::max<Index>(1, dimension / 10));
}

std::unique_ptr<Guide> make(Index dimension, std::string_view argument,
                            const GuideSettings& settings) {
  Index rank = default_rank(dimension);
  if (!argument.empty()) {
    const char* end = argument.data() + argument.size();
    const auto [stop, error] = std::from_chars(argument.data(), end, rank);
    if (error != std::errc() || stop != end || rank < 1)
      throw std::invalid_argument(
          "the guide `lowrank` takes the number of directions, such as `lowrank:10`, got `" +
          std::string(argument) + "`");
  }
  // More directions than coordinates would add nothing.
  return std::make_unique<LowRank>(dimension, std::min(rank, dimension), settings.scale_map);
}

}  // namespace

constinit const GuideFamily low_rank = {
    .name = "lowrank",
    .summary = "independent normals and a few directions in which all vary together",
    .make = &make};

}  // namespace vippl::inference::guides
