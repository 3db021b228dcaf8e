#include "inference/laplace.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <utility>

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using Eigen::Index;

constexpr double eigenvalue_floor = 1e-10;  // relative to the largest
// Steps in units of the conditional sd: within this range third derivatives and rounding both stay
// small.
constexpr double wanted_step = 1e-3;
constexpr double least_step = 1e-5;
constexpr double largest_step = 1e-1;
constexpr Index most_points_at_once = 256;

bool difference(Evaluator& evaluator, const Vector& point, const Vector& steps, Matrix& hessian) {
  const Index d = point.size();
  const Index columns_at_once = std::max<Index>(1, std::min(d, most_points_at_once / 2));
  for (Index first = 0; first < d; first += columns_at_once) {
    const Index count = std::min(columns_at_once, d - first);
    Points points = point.transpose().replicate(2 * count, 1);
    for (Index i = 0; i < count; ++i) {
      points(2 * i, first + i) += steps[first + i];
      points(2 * i + 1, first + i) -= steps[first + i];
    }
    LogDensities values(2 * count);
    Points gradients(2 * count, d);
    evaluator.gradients(points, values, gradients);
    if (!values.allFinite() || !gradients.allFinite()) return false;
    for (Index i = 0; i < count; ++i) {
      // The step that was really taken, after rounding.
      const double width = points(2 * i, first + i) - points(2 * i + 1, first + i);
      hessian.col(first + i) = (gradients.row(2 * i) - gradients.row(2 * i + 1)) / width;
    }
  }
  const Matrix transposed = hessian.transpose();
  hessian = 0.5 * (hessian + transposed);
  return true;
}

/// The lower triangle L with L L' = inverse(precision), if the precision is positive definite.
std::optional<Matrix> factor_of_inverse(const Matrix& precision) {
  // Reversing the order turns the triangle of the precision into the wanted triangle of its
  // inverse.
  const Matrix reversed = precision.reverse();
  const Eigen::LLT<Matrix> cholesky(reversed);
  if (cholesky.info() != Eigen::Success) return std::nullopt;
  const Vector diagonal = cholesky.matrixLLT().diagonal();
  const double ratio = diagonal.minCoeff() / diagonal.maxCoeff();
  if (!(ratio * ratio > eigenvalue_floor)) return std::nullopt;
  const Index d = precision.rows();
  const Matrix inverse = cholesky.matrixU().solve(Matrix::Identity(d, d));
  return Matrix(inverse.reverse());
}

Matrix floored_factor_of_inverse(const Matrix& precision) {
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(precision);
  const Vector sizes = eigen.eigenvalues().cwiseAbs();
  const double floor = std::max(eigenvalue_floor * sizes.maxCoeff(), 1e-300);
  const Vector roots = sizes.cwiseMax(floor).cwiseSqrt().cwiseInverse();
  const Matrix half = roots.asDiagonal() * eigen.eigenvectors().transpose();
  const Eigen::HouseholderQR<Matrix> qr(half);
  Matrix upper = qr.matrixQR().triangularView<Eigen::Upper>();
  for (Index i = 0; i < upper.rows(); ++i)
    if (upper(i, i) < 0) upper.row(i) *= -1;
  return upper.transpose();
}

/// The same factor for any finite Hessian. In units of the conditional sds, since only there does a
/// ratio of eigenvalues speak of the shape rather than of the units.
Matrix factor_of(const Matrix& hessian) {
  Vector units = hessian.diagonal().cwiseAbs();
  for (double& unit : units) unit = unit > 0 ? 1 / std::sqrt(unit) : 1;
  const Matrix precision = -(units.asDiagonal() * hessian * units.asDiagonal());
  std::optional<Matrix> factor = factor_of_inverse(precision);
  if (!factor) factor = floored_factor_of_inverse(precision);
  return units.asDiagonal() * *factor;
}

}  // namespace

std::optional<Matrix> difference_hessian(Evaluator& evaluator, const Vector& point) {
  const Index d = point.size();
  Matrix hessian(d, d);
  Vector steps = 1e-4 * point.cwiseAbs().cwiseMax(1);
  if (!difference(evaluator, point, steps, hessian)) {
    steps *= 1e-3;  // a boundary is near
    if (!difference(evaluator, point, steps, hessian)) return std::nullopt;
    return hessian;
  }
  bool again = false;
  for (Index j = 0; j < d; ++j) {
    const double curvature = std::fabs(hessian(j, j));
    if (!(curvature > 0)) continue;
    const double sd = 1 / std::sqrt(curvature);
    if (steps[j] >= least_step * sd && steps[j] <= largest_step * sd) continue;
    steps[j] = wanted_step * std::min(sd, 1e6 * steps[j]);
    again = true;
  }
  Matrix better(d, d);
  if (again && difference(evaluator, point, steps, better)) return better;
  return hessian;
}

std::optional<Start> laplace(Evaluator& evaluator, const Vector& point, const Vector& gradient) {
  const std::optional<Matrix> hessian = difference_hessian(evaluator, point);
  if (!hessian || !hessian->allFinite()) return std::nullopt;
  Matrix factor = factor_of(*hessian);
  if (!factor.allFinite()) return std::nullopt;

  const Vector newton = factor * (factor.transpose() * gradient);
  Points pair(2, point.size());
  pair.row(0) = point;
  pair.row(1) = point + newton;
  LogDensities values(2);
  evaluator.densities(pair, values);
  const bool is_better = std::isfinite(values[1]) && values[1] > values[0];
  Vector location = point;
  if (is_better) location += newton;
  return normal_start(std::move(location), std::move(factor));
}

}  // namespace vippl::inference
