#include "inference/site_kl.h"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using Eigen::Index;

constexpr Index most_draws = 400;
constexpr Index least_share = 4;  // of the draws of the fit: on large data each takes long
// Beyond, the covariances that a guide holds are left out.
constexpr Index largest_factor = 1000;

// Below these a site is its prior. A normal this near in KL has a log sd ratio below 0.1 in size;
// the sd of the prior is known to some per cent only.
constexpr double uninformed_kl = 0.01;  // nats per coordinate
constexpr double uninformed_ratio = 0.9;
// No data make a posterior so much wider than its prior.
constexpr double runaway_ratio = 10;
// Without a prior sd: wide, and not only because it is far from 0.
constexpr double runaway_sd = 1e3;

/// Lower triangle of the covariance; diagonal in high dimension. Empty if it is not positive
/// definite.
Matrix factor_of(const Guide& guide) {
  if (guide.dimension() > largest_factor) return {};
  const Eigen::LLT<Matrix> factor(guide.covariance());
  return factor.info() == Eigen::Success ? Matrix(factor.matrixL()) : Matrix();
}

/// The guide as seen by one site after another.
struct Conditionals {
  Vector scale;      ///< of each coordinate given those before it
  Vector sd;         ///< of each coordinate given the sites before its own
  Matrix log_terms;  ///< draws x coordinates: log density of each coordinate given those before it
};

Conditionals conditionals(const Guide& guide, const Points& draws,
                          std::span<const runtime::Site> sites) {
  Conditionals result;
  Points noise = draws.rowwise() - guide.mean().transpose();
  if (const Matrix factor = factor_of(guide); factor.size() > 0) {
    noise = factor.triangularView<Eigen::Lower>().solve(noise.transpose()).transpose();
    result.scale = factor.diagonal();
    result.sd = result.scale;
    for (const runtime::Site& site : sites) {
      const auto block = factor.block(site.offset, site.offset, site.size, site.size);
      result.sd.segment(site.offset, site.size) = block.rowwise().norm();
    }
  } else {
    result.scale = guide.variance().cwiseSqrt();
    result.sd = result.scale;
    noise = noise * result.scale.cwiseInverse().asDiagonal();
  }
  const double log_two_pi = std::log(2 * std::numbers::pi);
  const Eigen::RowVectorXd log_scale = result.scale.transpose().array().log();
  result.log_terms = -0.5 * (noise.array().square() + log_two_pi).matrix();
  result.log_terms.rowwise() -= log_scale;
  return result;
}

SiteKl::Finding finding_of(const SiteKl& site, double greatest_ratio, double greatest_free_sd) {
  if (greatest_ratio > runaway_ratio || greatest_free_sd > runaway_sd)
    return SiteKl::Finding::runaway;
  const bool is_prior = site.kl_per_dimension() < uninformed_kl && site.sd_ratio > uninformed_ratio;
  return is_prior ? SiteKl::Finding::uninformed : SiteKl::Finding::none;
}

std::string names_of(std::span<const SiteKl> sites, SiteKl::Finding finding) {
  constexpr int most_names = 6;
  std::string names;
  int count = 0;
  for (const SiteKl& site : sites) {
    if (site.finding != finding) continue;
    if (++count <= most_names) names += fmt::format("{}`{}`", names.empty() ? "" : ", ", site.name);
  }
  if (count > most_names) names += fmt::format(" and {} more", count - most_names);
  return names;
}

}  // namespace

std::string_view name_of(SiteKl::Finding finding) {
  switch (finding) {
    case SiteKl::Finding::none:
      return "none";
    case SiteKl::Finding::uninformed:
      return "uninformed";
    case SiteKl::Finding::runaway:
      return "runaway";
  }
  return "";
}

Points site_kl_draws(const Posterior& posterior) {
  const Index wanted = std::min(most_draws, posterior.draws.rows() / least_share);
  std::vector<Index> rows;
  for (Index s = 0; s < posterior.draws.rows() && std::ssize(rows) < wanted; ++s)
    if (std::isfinite(posterior.log_p[s])) rows.push_back(s);
  return posterior.draws(rows, Eigen::all);
}

std::vector<SiteKl> site_kl(const Guide& guide, const Points& draws,
                            std::span<const runtime::Site> sites, const Matrix& log_priors,
                            const Vector& prior_sd) {
  std::vector<SiteKl> result;
  const double count = static_cast<double>(draws.rows());
  const Conditionals q = conditionals(guide, draws, sites);
  if (!q.scale.allFinite() || !(q.scale.minCoeff() > 0)) return result;
  const Vector mean = guide.mean();
  for (std::size_t s = 0; s < sites.size(); ++s) {
    const runtime::Site& site = sites[s];
    if (site.size == 0) continue;
    SiteKl entry;
    entry.name = site.name;
    entry.dimension = site.size;
    // Both densities at the same draws: where they agree the difference has no noise.
    const Vector terms = q.log_terms.middleCols(site.offset, site.size).rowwise().sum() -
                         log_priors.col(static_cast<Index>(s));
    entry.kl = terms.mean();
    entry.kl_se = std::sqrt((terms.array() - entry.kl).square().sum() / (count - 1) / count);
    double log_ratio = 0;
    double greatest_ratio = 0;
    double greatest_free_sd = 0;
    for (Index k = site.offset; k < site.offset + site.size; ++k) {
      const double ratio = q.sd[k] / prior_sd[k];
      log_ratio += std::log(ratio);
      greatest_ratio = std::max(greatest_ratio, std::isnan(ratio) ? 0.0 : ratio);
      if (std::isnan(ratio) && q.sd[k] > std::abs(mean[k]))
        greatest_free_sd = std::max(greatest_free_sd, q.sd[k]);
    }
    entry.sd_ratio = std::exp(log_ratio / static_cast<double>(site.size));
    entry.finding = finding_of(entry, greatest_ratio, greatest_free_sd);
    result.push_back(std::move(entry));
  }
  return result;
}

std::vector<std::string> site_notes(std::span<const SiteKl> sites) {
  std::vector<std::string> notes;
  if (const std::string names = names_of(sites, SiteKl::Finding::uninformed); !names.empty()) {
    notes.push_back(
        fmt::format("the data say next to nothing about {}: less than {} nats per "
                    "coordinate beyond the prior",
                    names, uninformed_kl));
  }
  if (const std::string names = names_of(sites, SiteKl::Finding::runaway); !names.empty()) {
    notes.push_back(
        fmt::format("the guide of {} is far wider than the prior, or than any scale "
                    "that makes sense: nothing in the model holds it",
                    names));
  }
  return notes;
}

}  // namespace vippl::inference
