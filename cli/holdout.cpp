#include "cli/holdout.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

#include "cli/failure.h"
#include "inference/reported_draws.h"
#include "inference/row_subset.h"
#include "runtime/random.h"
#include "stdlib/registry.h"

namespace vippl::cli {
namespace {

// Draws times rows: each is one evaluation of one row.
constexpr double most_evaluations = 2e7;
constexpr Eigen::Index least_draws = 200;

[[noreturn]] void fail(ExitCode code, const std::string& message) {
  throw Failure(code, "vippl: " + message + "\n");
}

/// The sizes that are the first dimension of some data, in the order of the script.
std::vector<std::string> plates_of(const lang::ast::Script& script) {
  std::vector<std::string> plates;
  for (const lang::ast::Statement& statement : script.statements) {
    const auto* data = std::get_if<lang::ast::Data>(&statement.node);
    if (data == nullptr || data->type.shape.empty()) continue;
    const auto* name = std::get_if<lang::ast::Name>(&data->type.shape.front().node);
    if (name != nullptr && std::find(plates.begin(), plates.end(), name->name) == plates.end())
      plates.push_back(name->name);
  }
  return plates;
}

std::string plate_of(const LoadedModel& loaded, const HoldoutRequest& request) {
  const std::vector<std::string> plates = plates_of(loaded.program.script);
  if (plates.empty()) fail(ExitCode::usage, "--holdout: no data of this script have rows");
  const bool is_known = std::find(plates.begin(), plates.end(), request.plate) != plates.end();
  if (is_known) return request.plate;
  if (request.plate.empty() && plates.size() == 1) return plates.front();
  std::string choices;
  for (const std::string& plate : plates)
    choices +=
        fmt::format("{}--holdout {}={}", choices.empty() ? "" : " or ", plate, request.fraction);
  fail(ExitCode::usage,
       request.plate.empty()
           ? fmt::format("--holdout: the data have rows of several kinds; write {}", choices)
           : fmt::format("--holdout: `{}` is not a size that counts rows of the data; write {}",
                         request.plate, choices));
}

Eigen::Index extent_of(const runtime::Model& model, const std::string& plate) {
  for (const runtime::BoundSize& size : model.sizes())
    if (size.name == plate) return size.extent;
  return 0;
}

void refuse_latents_of_rows(const runtime::Model& model, const std::string& plate) {
  for (const runtime::Site& site : model.sites()) {
    if (std::find(site.dimensions.begin(), site.dimensions.end(), plate) == site.dimensions.end())
      continue;
    fail(ExitCode::model,
         fmt::format("--holdout: `{0}` has one value per row of `{1}`, so that nothing would be "
                     "learnt of it where a row is withheld\n"
                     "  hint: withhold rows of another size, --holdout NAME=FRACTION",
                     site.name, plate));
  }
}

/// By chance, the same for the same seed; in order.
std::vector<std::int32_t> draw_rows(Eigen::Index count, Eigen::Index wanted, std::uint64_t seed) {
  constexpr std::uint32_t stream = 1;  // minibatches of a fit use 0
  runtime::Rng rng(seed, runtime::Purpose::batch, stream);
  std::vector<std::int32_t> rows(static_cast<std::size_t>(count));
  std::iota(rows.begin(), rows.end(), 0);
  for (std::size_t i = 0; i < static_cast<std::size_t>(wanted); ++i)
    std::swap(rows[i], rows[i + rng.index(rows.size() - i)]);
  rows.resize(static_cast<std::size_t>(wanted));
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::string of_holdout(std::string text) {
  constexpr std::string_view batch = "--batch";
  const std::size_t at = text.find(batch);
  return at == std::string::npos ? text : text.replace(at, batch.size(), "--holdout");
}

/// What cannot be cut to a minibatch cannot be withheld row by row either.
[[noreturn]] void fail_uncut(lang::Diagnostic diagnostic, const std::string& plate,
                             const lang::Sources& sources) {
  diagnostic.message = fmt::format("--holdout cannot withhold rows of `{}`: {}", plate,
                                   of_holdout(diagnostic.message));
  diagnostic.hint = of_holdout(diagnostic.hint);
  throw Failure(ExitCode::model, rendered(diagnostic, sources));
}

std::unique_ptr<runtime::Model> model_of_rows(const LoadedModel& loaded, const std::string& plate,
                                              Eigen::Index rows, runtime::ModelOptions options) {
  options.batch = runtime::Batch{plate, rows, false};
  lang::Diagnostics said_before;
  try {
    return runtime::make_model(loaded.program.script, loaded.program.sources, loaded.data,
                               stdlib::registry(), options, said_before);
  } catch (const lang::ModelError& error) {
    fail_uncut(error.diagnostic(), plate, loaded.program.sources);
  }
}

}  // namespace

HoldoutRequest parse_holdout(const std::string& text) {
  HoldoutRequest request;
  const std::size_t sign = text.find('=');
  if (sign != std::string::npos) request.plate = text.substr(0, sign);
  const std::size_t first = sign == std::string::npos ? 0 : sign + 1;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data() + first, end, request.fraction);
  const bool is_number = problem == std::errc() && stop == end && sign != 0;
  if (is_number && request.fraction > 0 && request.fraction < 1) return request;
  fail(ExitCode::usage,
       fmt::format("--holdout {}: expected a share of the rows between 0 and 1, such as 0.2 or "
                   "n=0.2",
                   text));
}

double HoldoutScore::per_row_se() const {
  const double count = static_cast<double>(log_density.size());
  const double square = (log_density.array() - per_row()).square().sum();
  return std::sqrt(square / (count - 1) / count);
}

Holdout::Holdout(const LoadedModel& loaded, const HoldoutRequest& request,
                 runtime::ModelOptions options)
    : plate_(plate_of(loaded, request)), row_count_(extent_of(*loaded.model, plate_)) {
  refuse_latents_of_rows(*loaded.model, plate_);
  const auto wanted =
      static_cast<Eigen::Index>(std::lround(request.fraction * static_cast<double>(row_count_)));
  if (wanted < 2 || wanted >= row_count_) {
    fail(ExitCode::model,
         fmt::format("--holdout: {} of the {} rows of `{}` are {}; at least 2 are withheld, and "
                     "one is kept",
                     request.fraction, row_count_, plate_, wanted));
  }
  withheld_ = draw_rows(row_count_, wanted, options.seed);
  one_row_ = model_of_rows(loaded, plate_, 1, options);
  training_ = training_with(loaded, options);
}

std::unique_ptr<runtime::LogDensity> Holdout::training_with(
    const LoadedModel& loaded, const runtime::ModelOptions& options) const {
  std::vector<std::int32_t> kept;
  for (std::int32_t row = 0; row < row_count_; ++row)
    if (!std::binary_search(withheld_.begin(), withheld_.end(), row)) kept.push_back(row);
  std::unique_ptr<runtime::Model> model = model_of_rows(loaded, plate_, std::ssize(kept), options);
  return std::make_unique<inference::RowSubset>(std::move(model), std::move(kept));
}

HoldoutScore Holdout::score(const inference::Posterior& posterior) const {
  const inference::ReportedDraws reported = inference::reported_draws(posterior);
  const auto affordable =
      static_cast<Eigen::Index>(most_evaluations / static_cast<double>(withheld_.size()));
  HoldoutScore score{plate_, row_count_, withheld_, Eigen::VectorXd(std::ssize(withheld_)), 0};
  const Eigen::Index count = reported.points.rows();
  const Eigen::Index wanted = std::clamp(affordable, std::min(least_draws, count), count);
  const Eigen::Index step = (count + wanted - 1) / wanted;  // chains stand one after another
  std::vector<Eigen::Index> rows;
  for (Eigen::Index row = 0; row < count; row += step) rows.push_back(row);
  score.draws = std::ssize(rows);
  const runtime::Points draws = reported.points(rows, Eigen::all);
  const Eigen::ArrayXd log_weights = reported.log_weights(rows);
  const auto log_sum_exp = [](const Eigen::ArrayXd& x) {
    const double greatest = x.maxCoeff();
    return std::isfinite(greatest) ? greatest + std::log((x - greatest).exp().sum()) : greatest;
  };
  const double log_total = log_sum_exp(log_weights);
  const std::unique_ptr<runtime::Workspace> workspace = one_row_->make_workspace();
  runtime::LogDensities values(score.draws);
  for (std::size_t i = 0; i < withheld_.size(); ++i) {
    one_row_->rows_log_density(draws, {{&withheld_[i], 1}}, *workspace, values);
    // A draw without weight may well have no density either: -inf and NaN add nothing.
    const Eigen::ArrayXd terms = (log_weights > -std::numeric_limits<double>::infinity())
                                     .select(log_weights + values.array(), log_weights);
    score.log_density[static_cast<Eigen::Index>(i)] = log_sum_exp(terms) - log_total;
  }
  return score;
}

}  // namespace vippl::cli
