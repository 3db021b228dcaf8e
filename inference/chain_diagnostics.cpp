#include "inference/chain_diagnostics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "runtime/special.h"

namespace vippl::inference {

namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using Eigen::Index;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr Index least_length = 4;  // of a chain, so that its halves have a variance

/// The first and the last half of each chain as chains of their own; without the middle value of an
/// odd number.
Matrix split(const Eigen::Ref<const Matrix>& chains) {
  const Index half = chains.rows() / 2;
  Matrix halves(half, 2 * chains.cols());
  halves << chains.topRows(half), chains.bottomRows(half);
  return halves;
}

bool can_be_diagnosed(const Eigen::Ref<const Matrix>& chains) {
  return chains.rows() >= least_length && chains.cols() > 0 && chains.allFinite() &&
         chains.minCoeff() < chains.maxCoeff();
}

std::vector<Index> sorted_order(const Matrix& values) {
  std::vector<Index> order(static_cast<std::size_t>(values.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::sort(order.begin(), order.end(),
            [&](Index a, Index b) { return values.data()[a] < values.data()[b]; });
  return order;
}

/// Interpolates between order statistics, as most programs do.
double quantile(const Matrix& values, double share) {
  std::vector<double> sorted(values.data(), values.data() + values.size());
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::ptrdiff_t>(std::floor(place));
  std::nth_element(sorted.begin(), sorted.begin() + below, sorted.end());
  const double low = sorted[static_cast<std::size_t>(below)];
  if (place == std::floor(place)) return low;
  const double high = *std::min_element(sorted.begin() + below + 1, sorted.end());
  return low + (place - std::floor(place)) * (high - low);
}

/// Mean of the chains' variances, and the variance of all that follows from it and from how far the
/// chains' means lie apart.
struct Variances {
  double within = 0;
  double total = 0;
};

Variances variances_of(const Matrix& chains) {
  const double length = static_cast<double>(chains.rows());
  const Vector means = chains.colwise().mean().transpose();
  Variances result;
  result.within = (chains.rowwise() - means.transpose()).squaredNorm() / (length - 1) /
                  static_cast<double>(chains.cols());
  result.total = result.within * (length - 1) / length;
  if (chains.cols() > 1)
    result.total +=
        (means.array() - means.mean()).square().sum() / static_cast<double>(chains.cols() - 1);
  return result;
}

double rhat_of(const Matrix& chains) {
  const Variances variances = variances_of(chains);
  return std::sqrt(variances.total / variances.within);
}

/// Autocorrelations over all chains at one lag after the other.
class Autocorrelation {
 public:
  explicit Autocorrelation(const Matrix& chains)
      : centred_(chains.rowwise() - chains.colwise().mean()), variances_(variances_of(chains)) {}

  double at(Index lag) const {
    const Index overlap = centred_.rows() - lag;
    const double covariance =
        centred_.topRows(overlap).cwiseProduct(centred_.bottomRows(overlap)).sum() /
        static_cast<double>(centred_.size());
    return 1 - (variances_.within - covariance) / variances_.total;
  }

 private:
  Matrix centred_;
  Variances variances_;
};

/// Sums of autocorrelations at lags 2k and 2k + 1 are positive and fall for a reversible chain
/// (Geyer 1992): where an estimate first is not positive, noise begins.
double ess_of(const Matrix& chains) {
  if (!can_be_diagnosed(chains)) return not_a_number;
  const Autocorrelation correlation(chains);
  const double count = static_cast<double>(chains.size());
  const Index last_pair = (chains.rows() - 4) / 2;
  double sum = 0;  // of the pairs
  double least_pair = std::numeric_limits<double>::infinity();
  double beyond = 0;  // the even lag of the first pair left out: it serves antithetic chains
  for (Index k = 0;; ++k) {
    const double even_lag = k == 0 ? 1 : correlation.at(2 * k);
    const double pair = even_lag + correlation.at(2 * k + 1);
    if (k > 0 && (k >= last_pair || !(pair > 0))) {
      beyond = std::max(0.0, even_lag);
      break;
    }
    least_pair = std::min(least_pair, pair);
    sum += least_pair;
    if (k >= last_pair) break;
  }
  // Antithetic chains can be better than independent draws, but no estimate is to be believed that
  // puts them very much better.
  const double tau = std::max(2 * sum - 1 + beyond, 1 / std::log10(count));
  return count / tau;
}

double ess_of_indicator(const Matrix& halves, double bound) {
  return ess_of((halves.array() <= bound).cast<double>());
}

}  // namespace

Matrix rank_normalised(const Matrix& values) {
  const std::vector<Index> order = sorted_order(values);
  const double count = static_cast<double>(values.size());
  Matrix scores(values.rows(), values.cols());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first + 1;
    while (end < order.size() && values.data()[order[end]] == values.data()[order[first]]) ++end;
    const double rank = 0.5 * static_cast<double>(first + 1 + end);
    const double score = runtime::normal_quantile((rank - 0.375) / (count + 0.25));  // Blom (1958)
    for (; first < end; ++first) scores.data()[order[first]] = score;
  }
  return scores;
}

double split_rhat(const Eigen::Ref<const Matrix>& chains) {
  return can_be_diagnosed(chains) ? rhat_of(split(chains)) : not_a_number;
}

double effective_sample_size(const Eigen::Ref<const Matrix>& chains) {
  return can_be_diagnosed(chains) ? ess_of(split(chains)) : not_a_number;
}

ChainDiagnostics diagnose_chains(const Eigen::Ref<const Matrix>& chains) {
  if (!can_be_diagnosed(chains)) {
    const bool is_constant = chains.size() > 0 && chains.allFinite() &&
                             chains.minCoeff() == chains.maxCoeff() && chains.rows() > 1;
    return {not_a_number, not_a_number, not_a_number, is_constant ? 0 : not_a_number};
  }
  const Matrix halves = split(chains);
  const Matrix scores = rank_normalised(halves);
  const Matrix distances = (halves.array() - quantile(chains, 0.5)).abs();
  ChainDiagnostics result;
  result.rhat = std::max(rhat_of(scores), rhat_of(rank_normalised(distances)));
  result.ess_bulk = ess_of(scores);
  result.ess_tail = std::min(ess_of_indicator(halves, quantile(chains, 0.05)),
                             ess_of_indicator(halves, quantile(chains, 0.95)));
  const double sd = std::sqrt((chains.array() - chains.mean()).square().sum() /
                              static_cast<double>(chains.size() - 1));
  result.mcse_mean = sd / std::sqrt(ess_of(halves));
  return result;
}

}  // namespace vippl::inference
