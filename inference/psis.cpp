#include "inference/psis.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Eigen::Index;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Index least_tail = 5;
constexpr double equal_weights = 1e-9;  // differences of log weights that are rounding

double log_sum_exp(const Vector& x) {
  const double largest = x.maxCoeff();
  if (!std::isfinite(largest)) return largest;
  return largest + std::log((x.array() - largest).exp().sum());
}

double quantile(const GeneralisedPareto& tail, double p) {
  if (tail.shape == 0) return -tail.scale * std::log1p(-p);
  return tail.scale * std::expm1(-tail.shape * std::log1p(-p)) / tail.shape;
}

/// Where the first quartile stands among n sorted values.
Index first_quartile(Index n) { return static_cast<Index>(static_cast<double>(n) / 4 + 0.5) - 1; }

/// min(0.2 S, 3 sqrt S), rounded up.
Index tail_length(Index draws) {
  const double s = static_cast<double>(draws);
  return static_cast<Index>(std::ceil(std::min(0.2 * s, 3 * std::sqrt(s))));
}

/// Of the largest twentieth, more than of weights: draws of chains are alike for a while. 0 where
/// these do not differ.
double upper_tail_shape(std::vector<double>& values) {
  const auto draws = static_cast<Index>(values.size());
  const Index length = std::max(least_tail, draws / 20);
  const auto cut = values.begin() + (draws - length - 1);
  std::nth_element(values.begin(), cut, values.end());
  std::sort(cut + 1, values.end());
  Vector excesses(length);
  for (Index i = 0; i < length; ++i) excesses[i] = *(cut + 1 + i) - *cut;
  if (!(excesses[first_quartile(length)] > 0)) return 0;
  return fit_generalised_pareto(excesses).shape;
}

}  // namespace

double tail_shape(const Eigen::Ref<const Vector>& values) {
  std::vector<double> numbers(values.begin(), values.end());
  const double above = upper_tail_shape(numbers);
  for (double& number : numbers) number = -number;
  return std::max(above, upper_tail_shape(numbers));
}

GeneralisedPareto fit_generalised_pareto(const Eigen::Ref<const Vector>& excesses) {
  const Index n = excesses.size();
  const double count = static_cast<double>(n);
  // The profile likelihood in theta = -shape / scale is averaged over a grid of m points; their
  // prior has its scale from the first quartile.
  constexpr double prior_width = 3;
  const Index m = 30 + static_cast<Index>(std::sqrt(count));
  const double quartile = excesses[first_quartile(n)];
  Vector theta(m), log_profile(m);
  for (Index j = 0; j < m; ++j) {
    const double spread = 1 - std::sqrt(static_cast<double>(m) / (static_cast<double>(j) + 0.5));
    theta[j] = 1 / excesses[n - 1] + spread / (prior_width * quartile);
    const double shape = (-theta[j] * excesses.array()).log1p().mean();
    log_profile[j] = count * (std::log(-theta[j] / shape) - shape - 1);
  }
  const Vector weights = (log_profile.array() - log_sum_exp(log_profile)).exp();
  const double mean_theta = theta.dot(weights);
  const double shape = (-mean_theta * excesses.array()).log1p().mean();
  // Ten pseudo-observations of shape 0.5 steady the shape of short tails.
  constexpr double prior_count = 10;
  constexpr double prior_shape = 0.5;
  return {(shape * count + prior_shape * prior_count) / (count + prior_count), -shape / mean_theta};
}

SmoothedWeights smooth_weights(const Eigen::Ref<const Vector>& log_ratios) {
  const Index draws = log_ratios.size();
  SmoothedWeights result{log_ratios, infinity, infinity};
  const double largest = draws > 0 ? log_ratios.maxCoeff() : -infinity;
  if (!std::isfinite(largest)) return result;
  result.log_weights.array() -= largest;
  const Vector ratios = result.log_weights.array().exp();
  result.spread = std::sqrt((ratios.array() / ratios.mean() - 1).square().mean());

  const Index length = tail_length(draws);
  if (length >= least_tail && length < draws) {
    std::vector<Index> order(static_cast<std::size_t>(draws));
    for (Index i = 0; i < draws; ++i) order[static_cast<std::size_t>(i)] = i;
    const Vector& w = result.log_weights;
    const auto cut = order.begin() + (draws - length - 1);
    // Ties by place, so that the result does not depend on how the selection works.
    const auto is_less = [&w](Index a, Index b) { return w[a] != w[b] ? w[a] < w[b] : a < b; };
    std::nth_element(order.begin(), cut, order.end(), is_less);
    std::sort(cut + 1, order.end(), is_less);
    const double threshold = std::exp(w[*cut]);
    Vector excesses(length);
    for (Index i = 0; i < length; ++i) excesses[i] = std::exp(w[*(cut + 1 + i)]) - threshold;
    const double spread = w[order.back()] - w[*(cut + 1)];
    const double quartile = excesses[first_quartile(length)];
    if (spread < equal_weights) {
      result.khat =
          0;  // q is p up to rounding: the ratios are bounded, and there is nothing to smooth
    } else if (quartile > 0) {
      const GeneralisedPareto tail = fit_generalised_pareto(excesses);
      result.khat = std::isfinite(tail.shape) ? tail.shape : infinity;
      for (Index i = 0; i < length && std::isfinite(result.khat); ++i) {
        const double p = (static_cast<double>(i) + 0.5) / static_cast<double>(length);
        // No smoothed weight is above the largest raw one, which is 1 here.
        result.log_weights[*(cut + 1 + i)] = std::min(std::log(threshold + quantile(tail, p)), 0.0);
      }
    }
  }
  result.log_weights.array() -= log_sum_exp(result.log_weights);
  return result;
}

double khat_limit(Index draws) {
  return std::min(1 - 1 / std::log10(static_cast<double>(draws)), 0.7);
}

double effective_draws(const Vector& log_weights) {
  return 1 / (2 * log_weights.array()).exp().sum();
}

}  // namespace vippl::inference
