#include "inference/matched_draws.h"

#include <Eigen/Cholesky>
#include <algorithm>

#include "lang/diagnostic.h"

namespace vippl::inference {

namespace {

constexpr Eigen::Index least_draws = 128;
constexpr Eigen::Index draws_per_coordinate = 8;

/// Makes the columns of `half` orthogonal, each of squared length rows(). By Cholesky: the result
/// is uniform over all such matrices, as with the symmetric root, which costs more.
void match_columns(Eigen::Ref<Eigen::MatrixXd> half) {
  // A second pass takes out the rounding that a badly conditioned first one leaves.
  for (int pass = 0; pass < 2; ++pass) {
    Eigen::MatrixXd gram = half.transpose() * half / static_cast<double>(half.rows());
    const Eigen::LLT<Eigen::MatrixXd> cholesky(gram);
    cholesky.matrixU().solveInPlace<Eigen::OnTheRight>(half);
  }
}

}  // namespace

void fill_matched(runtime::Rng& rng, Eigen::Index block, runtime::Points& noise) {
  const Eigen::Index half_count = noise.rows() / 2;
  VIPPL_ASSERT(noise.rows() % 2 == 0, "matched draws come in pairs");
  VIPPL_ASSERT(half_count >= std::min(block, noise.cols()), "there are enough draws to match");
  for (Eigen::Index first = 0; first < noise.cols(); first += block) {
    Eigen::MatrixXd half(half_count, std::min(block, noise.cols() - first));
    rng.fill_normal({half.data(), static_cast<std::size_t>(half.size())});
    match_columns(half);
    for (Eigen::Index j = 0; j < half.cols(); ++j) {
      for (Eigen::Index i = 0; i < half_count; ++i) {
        noise(2 * i, first + j) = half(i, j);
        noise(2 * i + 1, first + j) = -half(i, j);
      }
    }
  }
}

MatchPlan plan_match(Eigen::Index dimension, Eigen::Index largest_block) {
  const Eigen::Index block = std::min(dimension, largest_block);
  return {std::max(least_draws, draws_per_coordinate * block), block};
}

}  // namespace vippl::inference
