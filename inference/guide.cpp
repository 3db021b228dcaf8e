#include "inference/guide.h"

#include <Eigen/Cholesky>
#include <stdexcept>
#include <utility>

#include "inference/guides/roll_call.h"

namespace vippl::inference {

namespace {

// Up to here a packed triangle is cheap to fit and to draw from; above, its d^2 / 2 parameters ask
// for too many draws.
constexpr Eigen::Index largest_full_rank = 200;

/// KL(q || p) of two normals of diagonal plus low rank less the log determinants, times 2, without
/// a matrix of d x d: the inverse of p's covariance is diag(1 / own_scale)^2 less a square of rank
/// K (Woodbury).
double half_of_low_rank(const Start& q, const Start& p) {
  const Eigen::VectorXd inverse = p.own_scale.cwiseInverse();
  const Eigen::MatrixXd ratio = inverse.asDiagonal() * p.loadings;
  Eigen::MatrixXd gram = ratio.transpose() * ratio;
  gram.diagonal().array() += 1;
  const Eigen::LLT<Eigen::MatrixXd> cholesky(gram);
  const Eigen::MatrixXd root =
      inverse.asDiagonal() * cholesky.matrixL().solve(ratio.transpose()).transpose();
  // (square of x under the inverse), summed over columns: of q's own scales, q's loadings, the
  // shift.
  const auto square = [&](const Eigen::MatrixXd& x) {
    return (inverse.asDiagonal() * x).squaredNorm() - (root.transpose() * x).squaredNorm();
  };
  const double own = q.own_scale.cwiseProduct(inverse).squaredNorm() -
                     (q.own_scale.asDiagonal() * root).squaredNorm();
  return own + square(q.loadings) - static_cast<double>(q.location.size()) +
         square(q.location - p.location);
}

/// KL(q || p) of two normals less the log determinants, which cancel in the symmetrised sum,
/// times 2.
double half_of_symmetrised(const Start& q, const Start& p) {
  const Eigen::VectorXd shift = q.location - p.location;
  const Eigen::Index d = shift.size();
  if (q.precision.size() > 0 && p.precision.size() > 0)
    return trace_and_shift(q.precision, p.precision, shift);
  if (q.factor.size() == 0 && p.factor.size() == 0) {
    return (q.scale.array() / p.scale.array()).square().sum() - static_cast<double>(d) +
           (shift.array() / p.scale.array()).square().sum();
  }
  const Eigen::MatrixXd q_factor =
      q.factor.size() == 0 ? Eigen::MatrixXd(q.scale.asDiagonal()) : q.factor;
  const Eigen::MatrixXd p_factor =
      p.factor.size() == 0 ? Eigen::MatrixXd(p.scale.asDiagonal()) : p.factor;
  const auto triangle = p_factor.triangularView<Eigen::Lower>();
  const Eigen::MatrixXd ratio = triangle.solve(q_factor);
  return ratio.squaredNorm() - static_cast<double>(d) + triangle.solve(shift).squaredNorm();
}

std::string names_of_guides() {
  std::string names = "auto";
  for (const GuideFamily* family : all_guides()) names += ", " + std::string(family->name);
  return names;
}

}  // namespace

Start normal_start(Eigen::VectorXd location, Eigen::MatrixXd factor) {
  const Eigen::Index d = location.size();
  const Eigen::MatrixXd inverse =
      factor.triangularView<Eigen::Lower>().solve(Eigen::MatrixXd::Identity(d, d));
  Eigen::VectorXd scale = inverse.colwise().norm().cwiseInverse();
  return {std::move(location), std::move(factor), std::move(scale)};
}

Start sparse_start(Eigen::VectorXd location, SparseCholesky precision) {
  Eigen::VectorXd scale = precision.conditional_scale();
  return {std::move(location), {}, std::move(scale), {}, {}, std::move(precision)};
}

Start identity_start(Eigen::Index dimension) {
  return {Eigen::VectorXd::Zero(dimension), Eigen::MatrixXd(), Eigen::VectorXd::Ones(dimension)};
}

void Guide::draw(Rng& rng, Points& noise, Points& z) const {
  rng.fill_normal({noise.data(), static_cast<std::size_t>(noise.size())});
  place(noise, z);
}

double symmetrised_kl(const Guide& a, const Guide& b) {
  const Start first = a.as_start();
  const Start second = b.as_start();
  if (first.loadings.size() > 0 && second.loadings.size() > 0)
    return 0.5 * (half_of_low_rank(first, second) + half_of_low_rank(second, first));
  return 0.5 * (half_of_symmetrised(first, second) + half_of_symmetrised(second, first));
}

std::span<const GuideFamily* const> all_guides() { return guides::table; }

std::unique_ptr<Guide> make_guide(std::string_view text, Eigen::Index dimension,
                                  const GuideSettings& settings) {
  if (text == "auto") text = family_by_size(dimension);
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const std::string_view argument =
      colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  for (const GuideFamily* family : all_guides())
    if (family->name == name) return family->make(dimension, argument, settings);
  throw std::invalid_argument("there is no guide `" + std::string(name) + "`, expected one of " +
                              names_of_guides());
}

std::string_view family_by_size(Eigen::Index dimension) {
  return dimension <= largest_full_rank ? "fullrank" : "meanfield";
}

}  // namespace vippl::inference
