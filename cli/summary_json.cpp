#include "cli/summary_json.h"

#include <nlohmann/json.hpp>

#include "cli/scalar_names.h"
#include "cli/verdict.h"
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
  if (summary.estimate != inference::Estimate::guide) add_moments(entry["raw"], summary.raw);
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

}  // namespace

std::string summary_json(const FitReport& report) {
  const inference::Posterior& posterior = *report.posterior;
  const Verdict verdict = verdict_of(posterior);
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
  json["elbo"] = posterior.elbo;
  json["elbo_se"] = posterior.elbo_se;
  json["khat"] = posterior.khat;
  json["converged"] = posterior.converged;
  json["stop_reason"] = name_of(posterior.stop_reason);
  json["stop_sentence"] = posterior.stop_sentence;
  json["verdict"] = verdict.word;
  json["verdict_reason"] = verdict.reason;
  json["notes"] = posterior.notes;
  json["algorithm"] = posterior.algorithm;
  json["guide"] = report.guide_name();
  json["guide_request"] = posterior.guide_request;
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
