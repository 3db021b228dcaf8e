#include "cli/summary_json.h"

#include <Eigen/Cholesky>
#include <nlohmann/json.hpp>

#include "cli/scalar_names.h"
#include "cli/version.h"

namespace vippl::cli {
namespace {

using Json = nlohmann::ordered_json;

void add_moments(Json& entry, const inference::Moments& moments) {
  entry["mean"] = moments.mean;
  entry["sd"] = moments.sd;
  entry["q05"] = moments.q05;
  entry["q50"] = moments.q50;
  entry["q95"] = moments.q95;
}

Json entry_of(const inference::ScalarSummary& summary) {
  Json entry;
  add_moments(entry, summary.reported);
  entry["mcse"] = summary.mcse;
  entry["estimate"] = name_of(summary.estimate);
  entry["trust"] = name_of(summary.trust);
  if (summary.chains) {
    entry["rhat"] = summary.chains->rhat;
    entry["ess_bulk"] = summary.chains->ess_bulk;
    entry["ess_tail"] = summary.chains->ess_tail;
  }
  if (summary.estimate == inference::Estimate::corrected) add_moments(entry["raw"], summary.raw);
  if (summary.linear_response_sd) entry["linear_response_sd"] = *summary.linear_response_sd;
  return entry;
}

Json labels_of(const FitReport& report) {
  Json labels = Json::object();
  for (const runtime::Quantity& quantity : report.quantities) {
    bool has_labels = false;
    for (const auto& dimension : quantity.labels) has_labels = has_labels || !dimension.empty();
    if (has_labels) labels[quantity.name] = quantity.labels;
  }
  return labels;
}

Json sites_of(const FitReport& report) {
  Json sites = Json::array();
  for (const inference::SiteKl& site : report.sites) {
    sites.push_back({{"name", site.name},
                     {"dimension", site.dimension},
                     {"kl", site.kl},
                     {"kl_se", site.kl_se},
                     {"kl_per_dimension", site.kl_per_dimension()},
                     {"sd_ratio", site.sd_ratio},
                     {"finding", name_of(site.finding)}});
  }
  return sites;
}

Json frozen_of(const FitReport& report) {
  Json frozen = Json::array();
  for (const runtime::FrozenStatistic& statistic : report.frozen) {
    frozen.push_back({{"place", statistic.place},
                      {"call", statistic.call},
                      {"function", statistic.function},
                      {"statistic", statistic.name},
                      {"shape", statistic.shape},
                      {"values", statistic.values}});
  }
  return frozen;
}

/// The guide on the unconstrained scale, for use elsewhere: z = mean + factor * noise, or mean + sd
/// * noise where the factor would be too large to write down.
Json guide_of(const FitReport& report) {
  constexpr Eigen::Index largest_factor = 100;
  const inference::Guide& guide = *report.posterior->guide;
  const auto list = [](const Eigen::VectorXd& values) {
    return std::vector<double>(values.begin(), values.end());
  };
  Json json;
  Json& sites = json["sites"] = Json::array();
  for (const runtime::Site& site : report.latents)
    sites.push_back({{"name", site.name}, {"offset", site.offset}, {"size", site.size}});
  json["is_normal"] = guide.is_normal();
  json["mean"] = list(guide.mean());
  json["sd"] = list(guide.variance().cwiseSqrt());
  if (guide.dimension() > largest_factor) return json;
  const Eigen::MatrixXd factor = guide.covariance().llt().matrixL();
  Json& rows = json["factor"] = Json::array();
  for (Eigen::Index i = 0; i < factor.rows(); ++i)
    rows.push_back(list(factor.row(i).head(i + 1).transpose()));
  return json;
}

Json holdout_of(const HoldoutScore& score) {
  std::vector<std::int32_t> rows = score.withheld;
  for (std::int32_t& row : rows) ++row;  // as a script counts them
  return {
      {"size", score.plate},
      {"rows", std::move(rows)},
      {"row_count", score.row_count},
      {"log_density", score.total()},
      {"log_density_per_row", score.per_row()},
      {"log_density_per_row_se", score.per_row_se()},
      {"log_densities", std::vector<double>(score.log_density.begin(), score.log_density.end())},
      {"draws", score.draws}};
}

/// The modes of the posterior, where several were found; "exchange_of" counts from 1.
Json modes_of(const FitReport& report) {
  const inference::Modes& modes = report.posterior->modes;
  Json list = Json::array();
  for (const inference::Mode& mode : modes.found) {
    Json entry = {{"share", mode.share},
                  {"share_from", modes.is_weighed ? "weights" : "elbo"},
                  {"elbo", mode.elbo},
                  {"starts", mode.starts},
                  {"exchange_of", nullptr}};
    if (mode.exchange_of) entry["exchange_of"] = *mode.exchange_of + 1;
    Json& parameters = entry["parameters"] = Json::object();
    for (const runtime::Quantity& quantity : report.quantities) {
      if (quantity.kind == runtime::Quantity::Kind::generated) continue;
      for (Eigen::Index i = 0; i < scalar_count(quantity); ++i) {
        if (!inference::differs(modes.found, quantity.offset + i)) continue;
        parameters[scalar_name(quantity, i)] = {{"mean", mode.mean[quantity.offset + i]},
                                                {"sd", mode.sd[quantity.offset + i]}};
      }
    }
    list.push_back(std::move(entry));
  }
  return list;
}

Json short_chains_of(const inference::ShortChains& chains) {
  return {{"chains", chains.chains},
          {"transitions", chains.transitions},
          {"acceptance", chains.acceptance},
          {"settled", chains.has_settled},
          {"obstacle", chains.obstacle}};
}

Json chains_of(const inference::Chains& chains) {
  const auto numbers = [](const Eigen::VectorXd& x) {
    return std::vector<double>(x.begin(), x.end());
  };
  return {{"count", chains.count},
          {"draws", chains.kept},
          {"stride", chains.stride},
          {"warmup", chains.warmup},
          {"divergences", chains.divergences},
          {"cut_off", chains.cut_off},
          {"step_sizes", numbers(chains.step_sizes)},
          {"acceptance", numbers(chains.acceptance)}};
}

}  // namespace

std::string summary_json(const FitReport& report) {
  const inference::Posterior& posterior = *report.posterior;
  const inference::Verdict verdict = report.verdict();
  Json json;
  json["version"] = version;
  json["model"] = report.model;
  json["data"] = report.data_files;
  Json& parameters = json["parameters"] = Json::object();
  for (const runtime::Quantity& quantity : report.quantities) {
    for (Eigen::Index i = 0; i < scalar_count(quantity); ++i) {
      parameters[scalar_name(quantity, i)] = entry_of(report.summary(quantity, i));
    }
  }
  json["labels"] = labels_of(report);
  if (posterior.chains) {
    json["chains"] = chains_of(*posterior.chains);
  } else {
    json["elbo"] = posterior.elbo;
    json["elbo_se"] = posterior.elbo_se;
    json["khat"] = posterior.khat;
    json["weight_spread"] = posterior.weight_spread;
  }
  json["modes"] = modes_of(report);
  if (posterior.short_chains) json["short_chains"] = short_chains_of(*posterior.short_chains);
  json["converged"] = posterior.converged;
  json["stop_reason"] = name_of(posterior.stop_reason);
  json["stop_sentence"] = posterior.stop_sentence;
  json["verdict"] = verdict.word();
  json["verdict_reason"] = verdict.reason;
  json["next_step"] = verdict.next_step;
  json["notes"] = report.notes();
  json["sites"] = sites_of(report);
  json["frozen"] = frozen_of(report);
  if (report.holdout) json["holdout"] = holdout_of(*report.holdout);
  json["algorithm"] = posterior.algorithm;
  json["guide"] = report.guide_name();
  json["guide_request"] = posterior.guide_request;
  json["noncentred"] = report.noncentred;
  if (posterior.guide) json["unconstrained"] = guide_of(report);
  json["gradient_evaluations"] = posterior.gradient_evaluations;
  json["density_evaluations"] = posterior.density_evaluations;
  json["non_finite_draws"] = posterior.non_finite_draws;
  json["seed"] = posterior.seed;
  json["seconds"] = {{"load", report.load_seconds},
                     {"start", posterior.seconds.start},
                     {"optimise", posterior.seconds.optimise},
                     {"judge", posterior.seconds.judge},
                     {"total", report.total_seconds}};
  // Labels come from data files and may hold bytes that are not UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace vippl::cli
