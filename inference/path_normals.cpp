#include "inference/path_normals.h"

#include <Eigen/Cholesky>
#include <cmath>
#include <deque>
#include <optional>

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

constexpr std::size_t history = 6;
constexpr double least_curvature = 1e-12;

struct Pair {
  Vector step;
  Vector change;  // of the gradient of -log density
};

/// The diagonal estimate of the inverse Hessian, updated by one pair (Gilbert & Lemarechal 1989).
void update_diagonal(const Pair& pair, Vector& diagonal) {
  const Eigen::ArrayXd s = pair.step.array();
  const Eigen::ArrayXd y = pair.change.array();
  const double a = (y.square() * diagonal.array()).sum();
  const double b = (s * y).sum();
  const double c = (s.square() / diagonal.array()).sum();
  const Eigen::ArrayXd inverse = a / (b * diagonal.array()) + y.square() / b -
                                 a * s.square() / (b * c * diagonal.array().square());
  if (inverse.isFinite().all() && (inverse > 0).all()) diagonal = inverse.inverse();
}

std::optional<Start> normal_at(const PathPoint& point, const Vector& diagonal,
                               const std::deque<Pair>& pairs, bool dense) {
  if (!dense) {
    Vector location = point.x + diagonal.cwiseProduct(point.gradient);
    return Start{std::move(location), Matrix(), diagonal.cwiseSqrt()};
  }
  Matrix covariance = diagonal.asDiagonal();
  for (const Pair& pair : pairs) {
    const double rho = 1 / pair.step.dot(pair.change);
    const Vector projected = covariance * pair.change;
    const double weight = rho * (1 + rho * pair.change.dot(projected));
    covariance -= rho * (projected * pair.step.transpose() + pair.step * projected.transpose());
    covariance += weight * pair.step * pair.step.transpose();
  }
  const Eigen::LLT<Matrix> cholesky(covariance);
  if (cholesky.info() != Eigen::Success) return std::nullopt;
  Vector location = point.x + covariance * point.gradient;
  return normal_start(std::move(location), cholesky.matrixL());
}

}  // namespace

std::vector<Start> path_normals(const std::vector<PathPoint>& path, std::size_t count, bool dense) {
  std::vector<Start> normals;
  if (path.empty()) return normals;
  Vector diagonal = Vector::Ones(path.front().x.size());
  std::deque<Pair> pairs;
  const std::size_t stride = (path.size() + count - 1) / count;
  for (std::size_t k = 1; k < path.size(); ++k) {
    Pair pair{path[k].x - path[k - 1].x, path[k - 1].gradient - path[k].gradient};
    if (pair.step.dot(pair.change) > least_curvature * pair.change.squaredNorm()) {
      update_diagonal(pair, diagonal);
      pairs.push_back(std::move(pair));
      if (pairs.size() > history) pairs.pop_front();
    }
    if ((path.size() - 1 - k) % stride != 0) continue;
    std::optional<Start> normal = normal_at(path[k], diagonal, pairs, dense);
    if (normal && normal->location.allFinite() && normal->scale.allFinite())
      normals.push_back(std::move(*normal));
  }
  return normals;
}

}  // namespace vippl::inference
