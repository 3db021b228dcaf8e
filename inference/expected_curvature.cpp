#include "inference/expected_curvature.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "inference/matched_draws.h"
#include "inference/whitening.h"
#include "lang/diagnostic.h"

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using Eigen::Index;

constexpr Index largest_dense = 500;
constexpr Index largest_with_products = 16;  // above, d^2 / 2 products ask for too many draws
constexpr Index largest_block = 64;          // to match at once where no Hessian is wanted

/// Columns whose sample means matching fixes, centred: y_j^2 - 1, then with `products` y_j y_k.
Matrix matched_features(const Points& y, bool products) {
  const Index d = y.cols();
  Matrix features(y.rows() / 2, products ? d * (d + 1) / 2 : d);
  Index column = d;
  for (Index i = 0; i < features.rows(); ++i)
    features.row(i).head(d) = y.row(2 * i).array().square() - 1;
  for (Index j = 0; products && j < d; ++j)
    for (Index k = 0; k < j; ++k, ++column)
      for (Index i = 0; i < features.rows(); ++i) features(i, column) = y(2 * i, j) * y(2 * i, k);
  return features;
}

/// Takes the least-squares fit on the features off each column.
void regress_out(const Matrix& features, Matrix& even) {
  const Matrix gram = features.transpose() * features;
  const Matrix coefficients = gram.llt().solve(features.transpose() * even);
  even -= features * coefficients;
}

}  // namespace

void ExpectedCurvature::control(const Points& z, LogDensities& values) const {
  const Matrix y = Whitening(units).standardise(z);
  const Matrix curved = y * hessian;
  values = y * gradient + 0.5 * y.cwiseProduct(curved).rowwise().sum();
  values.array() -= 0.5 * hessian.trace();
}

ExpectedCurvature expected_curvature(Evaluator& evaluator, const Guide& guide, std::uint64_t seed,
                                     const std::function<bool()>& goes_on) {
  VIPPL_ASSERT(guide.is_normal(), "the guide is normal");
  const Index d = guide.dimension();
  const bool dense = d <= largest_dense;
  const bool products = d <= largest_with_products;
  MatchPlan plan = plan_match(d, dense ? d : largest_block);
  if (products) plan.draws = std::max(plan.draws, 3 * d * (d + 1));  // three pairs per product
  Points y(plan.draws, d);
  Rng rng(seed, runtime::Purpose::noise, 1);
  fill_matched(rng, plan.block, y);

  ExpectedCurvature result;
  result.units = guide.as_start();
  const Whitening whitening(result.units);
  Points z(y.rows(), d);
  whitening.place(y, z);
  LogDensities values(z.rows());
  Points gradients(z.rows(), d);
  if (!evaluator.gradients_in_blocks(z, values, gradients, goes_on)) return result;
  result.is_valid = values.allFinite() && gradients.allFinite();
  if (!result.is_valid) return result;

  const Points in_z = gradients;
  whitening.pull(in_z, gradients);
  result.gradient = gradients.colwise().mean();
  result.pairs = plan.draws / 2;
  Matrix even(result.pairs, d);  // what a pair adds to the mean gradient: odd parts cancel
  for (Index i = 0; i < result.pairs; ++i)
    even.row(i) = 0.5 * (gradients.row(2 * i) + gradients.row(2 * i + 1));
  even.rowwise() -= result.gradient.transpose();
  const double pairs = static_cast<double>(result.pairs);
  if (!dense) {
    Points shifts(result.pairs, d);
    whitening.spread(even, shifts);
    result.residual = shifts.colwise().squaredNorm().transpose() / (pairs - 1);
    return result;
  }
  const Matrix features = matched_features(y, products);
  regress_out(features, even);
  result.residual = even.transpose() * even / (pairs - 1 - static_cast<double>(features.cols()));
  const Matrix moment = gradients.transpose() * y / static_cast<double>(plan.draws);
  result.hessian = 0.5 * (moment + moment.transpose());
  return result;
}

Vector location_error(const ExpectedCurvature& curvature, Index fit_draws) {
  const Index d = curvature.gradient.size();
  const Whitening whitening(curvature.units);
  // Without a usable Hessian the guide's own units stand in for it: it is -I in them at the
  // optimum.
  Matrix inverse;
  if (curvature.hessian.size() > 0) {
    const Eigen::LLT<Matrix> cholesky(-curvature.hessian);
    if (cholesky.info() == Eigen::Success) inverse = cholesky.solve(Matrix::Identity(d, d));
  }
  const auto in_z = [&](const Matrix& m) -> Matrix {
    const Matrix stepped = inverse.size() == 0 ? m : Matrix(inverse * m);
    Points shifts(stepped.cols(), d);
    whitening.spread(stepped.transpose(), shifts);
    return shifts.transpose();
  };
  Vector variance_per_pair;
  if (curvature.residual.cols() == d && d > 0 && curvature.residual.rows() == d) {
    const Matrix half = in_z(curvature.residual);
    variance_per_pair = in_z(half.transpose()).diagonal();
  } else {
    variance_per_pair = curvature.residual;
  }
  variance_per_pair = variance_per_pair.cwiseMax(0);
  const Vector left_undone = in_z(curvature.gradient).cwiseAbs();
  Vector error(d);
  for (Index j = 0; j < d; ++j) {
    const double fit =
        fit_draws > 0 ? 2 * variance_per_pair[j] / static_cast<double>(fit_draws) : 0;
    const double check = variance_per_pair[j] / static_cast<double>(curvature.pairs);
    const double excess = std::max(0.0, left_undone[j] - 2 * std::sqrt(fit + check));
    error[j] = std::sqrt(fit + excess * excess);
  }
  return error;
}

}  // namespace vippl::inference
