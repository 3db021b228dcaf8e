#include "inference/summary.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "inference/normal_map.h"
#include "inference/psis.h"

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Eigen::Index;
using runtime::ScalarMap;

/// Draws of the scalars that have no closed form, in antithetic pairs: rows 2i and 2i + 1.
struct PairedDraws {
  runtime::Draws values;       // draws x those scalars
  std::vector<Index> columns;  // of runtime::Draws
};

std::vector<ScalarMap> all_maps(const runtime::LogDensity& model) {
  std::vector<ScalarMap> maps;
  for (const runtime::Quantity& quantity : model.quantities()) {
    maps.resize(
        std::max(maps.size(), static_cast<std::size_t>(quantity.offset) + quantity.maps.size()));
    std::copy(quantity.maps.begin(), quantity.maps.end(), maps.begin() + quantity.offset);
  }
  return maps;
}

/// The value below which the given share of the weight lies. `order` sorts the values.
double weighted_quantile(const Vector& values, const Vector& weights,
                         const std::vector<Index>& order, double share) {
  double sum = 0;
  for (const Index i : order) {
    sum += weights[i];
    if (sum >= share) return values[i];
  }
  return values[order.back()];
}

std::vector<Index> sorted_order(const Vector& values) {
  std::vector<Index> order(static_cast<std::size_t>(values.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::sort(order.begin(), order.end(), [&](Index a, Index b) {
    return values[a] != values[b] ? values[a] < values[b] : a < b;
  });
  return order;
}

Moments moments_of_draws(const Vector& values, const Vector& weights) {
  Moments m;
  m.mean = weights.dot(values);
  m.sd = std::sqrt(weights.dot((values.array() - m.mean).square().matrix()));
  const std::vector<Index> order = sorted_order(values);
  m.q05 = weighted_quantile(values, weights, order, 0.05);
  m.q50 = weighted_quantile(values, weights, order, 0.50);
  m.q95 = weighted_quantile(values, weights, order, 0.95);
  return m;
}

/// Standard error of the mean over antithetic pairs.
double paired_error(const Vector& values, double mean) {
  const Index pairs = values.size() / 2;
  double square = 0;
  for (Index i = 0; i < pairs; ++i) {
    const double deviation = 0.5 * (values[2 * i] + values[2 * i + 1]) - mean;
    square += deviation * deviation;
  }
  const double count = static_cast<double>(pairs);
  return std::sqrt(square / count / (count - 1));
}

/// The first draws of `seed` and the block; `generate` statements must not repeat theirs from block
/// to block.
std::uint64_t seed_of_block(std::uint64_t seed, Index block) {
  return seed + 0x9E3779B97F4A7C15U * static_cast<std::uint64_t>(block + 1);
}

/// As many draws as bring the error of each mean below 0.005 sd, and that of each sd to about that,
/// if memory allows.
PairedDraws draw_pairs(const Posterior& posterior, const runtime::LogDensity& model,
                       std::vector<Index> columns) {
  constexpr Index wanted = 40000;  // 1 / 0.005^2, for a mean without the help of the pairs
  constexpr Index block = 2000;
  constexpr double most_numbers = 1e7;
  const double fitting = most_numbers / static_cast<double>(columns.size());
  const Index count =
      std::max(block, std::min(wanted, static_cast<Index>(fitting) / block * block));
  const Guide& guide = *posterior.guide;
  PairedDraws result{runtime::Draws(count, static_cast<Index>(columns.size())), std::move(columns)};
  Points half(block / 2, guide.noise_dimension());
  Points noise(block, guide.noise_dimension());
  Points z(block, guide.dimension());
  runtime::Draws all(block, posterior.constrained.cols());
  Rng rng(posterior.seed, runtime::Purpose::posterior, 1);
  for (Index first = 0; first < count; first += block) {
    rng.fill_normal({half.data(), static_cast<std::size_t>(half.size())});
    for (Index i = 0; i < half.rows(); ++i) {
      noise.row(2 * i) = half.row(i);
      noise.row(2 * i + 1) = -half.row(i);
    }
    guide.place(noise, z);
    model.constrain(z, seed_of_block(posterior.seed, first / block), all);
    for (std::size_t c = 0; c < result.columns.size(); ++c)
      result.values.col(static_cast<Index>(c)).segment(first, block) = all.col(result.columns[c]);
  }
  return result;
}

/// Moments with the Monte Carlo standard error of their mean.
struct Corrected {
  Moments moments;
  double mcse = 0;
  double log_sd_se = 0;   ///< 0 where it is not known
  double tail_shape = 0;  ///< the same
};

/// The importance-corrected moments of a scalar whose moments under the guide are known: these are
/// its control variate, so that only the weights' departure from equality adds noise.
Corrected correct_known(const Vector& values, const Vector& weights, const Moments& known) {
  const Vector excess = weights.array() - 1 / static_cast<double>(values.size());
  const Vector centred = values.array() - known.mean;
  const double shift = excess.dot(centred);
  Corrected result;
  result.moments.mean = known.mean + shift;
  const double variance = known.sd * known.sd + excess.dot(centred.cwiseAbs2()) - shift * shift;
  result.moments.sd = variance > 0 ? std::sqrt(variance) : moments_of_draws(values, weights).sd;
  result.mcse = excess.cwiseProduct((centred.array() - shift).matrix()).norm();
  return result;
}

/// Quantiles likewise, on the scale of z, where the map cannot leave the support.
void correct_known_quantiles(const Vector& z, const Vector& weights, const NormalMap& map,
                             Moments& moments) {
  const Vector equal = Vector::Constant(z.size(), 1 / static_cast<double>(z.size()));
  const std::vector<Index> order = sorted_order(z);
  const auto corrected = [&](double share) {
    const double z_share = map.is_increasing() ? share : 1 - share;
    return map.at(map.z_quantile(z_share) + weighted_quantile(z, weights, order, z_share) -
                  weighted_quantile(z, equal, order, z_share));
  };
  moments.q05 = corrected(0.05);
  moments.q50 = corrected(0.50);
  moments.q95 = corrected(0.95);
}

/// Mean and sd of each coordinate under a guide.
struct Marginals {
  Vector mean;
  Vector sd;
};

/// What the weights say of scalar i.
Corrected by_weights(const Posterior& posterior, const Marginals& guide, Index i,
                     const ScalarMap& map, const Vector& weights, const ScalarSummary& summary) {
  const Vector values = posterior.constrained.col(i);
  if (map.kind == ScalarMap::Kind::other || !posterior.guide->is_normal()) {
    const Moments moments = moments_of_draws(values, weights);
    const Vector centred = values.array() - moments.mean;
    return {moments, weights.cwiseProduct(centred).norm()};
  }
  Corrected result = correct_known(values, weights, summary.raw);
  const Index j = map.coordinate;
  correct_known_quantiles(posterior.draws.col(j), weights,
                          NormalMap(map, guide.mean[j], guide.sd[j]), result.moments);
  return result;
}

Corrected by_chains(const ShortChains& chains, Index i) {
  const Vector values = chains.constrained.col(i);
  const ChainMoments moments = chain_moments(values, chains.chains);
  const Vector equal = Vector::Constant(values.size(), 1 / static_cast<double>(values.size()));
  return {moments_of_draws(values, equal), moments.mean_se, moments.log_sd_se, tail_shape(values)};
}

/// Of means, in posterior sds, and of sds, as a share.
constexpr double judged_tolerance = 0.1;

/// How far from the mean of the weights chains are that did not settle, in sds of what varies less:
/// where few draws decide, and chains go elsewhere, the weights have not seen what matters.
double dissent(const Posterior& posterior, Index i, const Moments& by_weights) {
  if (!posterior.short_chains || posterior.knows_spreads()) return 0;
  const ShortChains& chains = *posterior.short_chains;
  if (chains.constrained.rows() == 0) return 0;
  const ChainMoments found = chain_moments(chains.constrained.col(i), chains.chains);
  const double gap = std::fabs(found.mean - by_weights.mean) / std::min(found.sd, by_weights.sd);
  return found.sd == 0 && by_weights.sd == 0 ? 0 : gap;
}

/// Compares what is reported with the best that is known.
void judge_scalar(const Corrected& best, bool knows_spread, ScalarSummary& summary) {
  const double sd = best.moments.sd;
  const Moments& reported = summary.reported;
  if (sd == 0 && reported.sd == 0 && reported.mean == best.moments.mean) {
    summary.trust = Trust::full;  // a constant
    return;
  }
  summary.mean_gap = std::fabs(reported.mean - best.moments.mean) / sd;
  summary.log_sd_gap = std::log(reported.sd / sd);
  summary.mean_bound = summary.mean_gap + 2 * std::max(best.mcse, summary.mcse) / sd;
  summary.log_sd_bound = std::fabs(summary.log_sd_gap) + 2 * best.log_sd_se;
  summary.tail_shape = best.tail_shape;
  if (!(summary.mean_bound < judged_tolerance) || best.tail_shape > hopeless_tail)
    return;  // nor if it is NaN
  const bool is_spread_right =
      knows_spread && summary.log_sd_bound < judged_tolerance && best.tail_shape < heavy_tail;
  summary.trust = is_spread_right ? Trust::full : Trust::mean_only;
}

/// Corrects what `--guide auto` reports, and says of every scalar how far it can be relied upon.
void judge_all(const Posterior& posterior, const Marginals& guide,
               const std::vector<ScalarMap>& maps, std::vector<ScalarSummary>& summaries) {
  const Posterior::Correction correction = posterior.correction();
  const bool knows_spreads = posterior.knows_spreads();
  const Vector weights = posterior.log_weights.array().exp();
  for (std::size_t i = 0; i < maps.size(); ++i) {
    ScalarSummary& summary = summaries[i];
    if (correction == Posterior::Correction::none) {
      summary.mean_gap = summary.log_sd_gap = summary.mean_bound =
          std::numeric_limits<double>::quiet_NaN();
      continue;
    }
    const Corrected best =
        correction == Posterior::Correction::weights
            ? by_weights(posterior, guide, static_cast<Index>(i), maps[i], weights, summary)
            : by_chains(*posterior.short_chains, static_cast<Index>(i));
    if (posterior.guide_request == "auto") {
      summary.estimate = Estimate::corrected;
      summary.reported = best.moments;
      summary.mcse = best.mcse;
    }
    judge_scalar(best, knows_spreads, summary);
    if (correction == Posterior::Correction::weights) {
      const double gap = dissent(posterior, static_cast<Index>(i), best.moments);
      summary.mean_gap = std::max(summary.mean_gap, gap);
      summary.mean_bound = std::max(summary.mean_bound, gap);
      if (!(gap < judged_tolerance)) summary.trust = Trust::none;
    }
    if (posterior.modes.leaves_open(static_cast<Index>(i))) summary.trust = Trust::none;
  }
}

/// Both are known where the chains agree and have enough draws, also in the tails.
Trust trust_in(const ChainDiagnostics& of, const Chains& chains) {
  if (!(of.rhat < rhat_limit && of.ess_bulk > least_ess)) return Trust::none;
  if (chains.divergent_share() > most_divergent) return Trust::none;
  return of.ess_tail > least_ess && chains.divergences == 0 ? Trust::full : Trust::mean_only;
}

std::vector<ScalarSummary> summarise_chains(const Posterior& posterior) {
  const Chains& chains = *posterior.chains;
  const Index count = posterior.constrained.rows();
  const Vector equal = Vector::Constant(count, 1 / static_cast<double>(count));
  std::vector<ScalarSummary> summaries(chains.diagnostics.size());
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    ScalarSummary& summary = summaries[i];
    summary.estimate = Estimate::chains;
    summary.reported = summary.raw =
        moments_of_draws(posterior.constrained.col(static_cast<Index>(i)), equal);
    summary.chains = chains.diagnostics[i];
    summary.mcse = chains.diagnostics[i].mcse_mean;
    const bool is_constant = summary.reported.sd == 0;
    summary.trust = is_constant ? Trust::full : trust_in(chains.diagnostics[i], chains);
  }
  return summaries;
}

}  // namespace

std::string_view name_of(Trust trust) {
  switch (trust) {
    case Trust::full:
      return "full";
    case Trust::mean_only:
      return "mean only";
    case Trust::none:
      return "none";
  }
  return "";
}

std::string_view name_of(Estimate estimate) {
  switch (estimate) {
    case Estimate::guide:
      return "guide";
    case Estimate::corrected:
      return "corrected";
    case Estimate::linear_response:
      return "linear_response";
    case Estimate::chains:
      return "chains";
  }
  return "";
}

std::vector<ScalarSummary> summarise(const Posterior& posterior, const runtime::LogDensity& model) {
  if (posterior.chains) return summarise_chains(posterior);
  const std::vector<ScalarMap> maps = all_maps(model);
  const Guide& guide = *posterior.guide;
  const Marginals marginals{guide.mean(), guide.variance().cwiseSqrt()};
  std::vector<ScalarSummary> summaries(maps.size());

  // What the noise of the fit adds where the map is not known: at most the worst coordinate's, in
  // sds.
  const double worst_location = posterior.location_se.cwiseQuotient(marginals.sd).maxCoeff();
  std::vector<Index> unknown;
  for (std::size_t i = 0; i < maps.size(); ++i) {
    if (maps[i].kind == ScalarMap::Kind::other || !guide.is_normal()) {
      unknown.push_back(static_cast<Index>(i));
      continue;
    }
    const Index j = maps[i].coordinate;
    const NormalMap map(maps[i], marginals.mean[j], marginals.sd[j]);
    summaries[i].raw = map.moments();
    summaries[i].mcse = map.mean_slope() * posterior.location_se[j];
  }
  if (!unknown.empty()) {
    const PairedDraws draws = draw_pairs(posterior, model, unknown);
    const Vector equal =
        Vector::Constant(draws.values.rows(), 1 / static_cast<double>(draws.values.rows()));
    for (std::size_t c = 0; c < unknown.size(); ++c) {
      ScalarSummary& summary = summaries[static_cast<std::size_t>(unknown[c])];
      const Vector values = draws.values.col(static_cast<Index>(c));
      summary.raw = moments_of_draws(values, equal);
      summary.mcse =
          std::hypot(paired_error(values, summary.raw.mean), worst_location * summary.raw.sd);
    }
  }
  for (ScalarSummary& summary : summaries) summary.reported = summary.raw;
  for (Index i = 0; i < posterior.linear_response_sd.size(); ++i)
    if (std::isfinite(posterior.linear_response_sd[i]))
      summaries[static_cast<std::size_t>(i)].linear_response_sd = posterior.linear_response_sd[i];
  judge_all(posterior, marginals, maps, summaries);
  return summaries;
}

}  // namespace vippl::inference
