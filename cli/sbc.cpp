#include "cli/sbc.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "cli/failure.h"
#include "cli/fit.h"
#include "cli/interrupt.h"
#include "cli/scalar_names.h"
#include "cli/simulated_data.h"
#include "inference/reported_draws.h"
#include "stdlib/registry.h"

namespace vippl::cli {
namespace {

/// With the truth among them they fill 2, 4, 5, 10 or 20 bins evenly.
constexpr std::int64_t ranked_draws = 99;
/// Chance that anything is flagged though all ranks are uniform.
constexpr double false_alarms = 0.05;

/// A scalar of a latent, by its column among the draws of the simulation and of the fits.
struct Column {
  Eigen::Index simulated = 0;
  Eigen::Index fitted = 0;
};

/// The 0s of a Cholesky factor, the 1s of a correlation matrix.
bool is_constant(const runtime::ScalarMap& map) {
  return map.kind == runtime::ScalarMap::Kind::identity && map.scale == 0;
}

std::vector<Column> latent_columns(const SimulatedData& simulated, const runtime::Model& model,
                                   std::vector<Sbc::Scalar>& scalars) {
  std::vector<Column> columns;
  for (const runtime::Quantity& quantity : model.quantities()) {
    if (quantity.kind != runtime::Quantity::Kind::latent) continue;
    const auto same =
        std::find_if(simulated.quantities().begin(), simulated.quantities().end(),
                     [&](const runtime::Quantity& each) { return each.name == quantity.name; });
    for (Eigen::Index i = 0; i < scalar_count(quantity); ++i) {
      if (is_constant(quantity.maps[static_cast<std::size_t>(i)])) continue;
      columns.push_back({same->offset + i, quantity.offset + i});
      scalars.push_back({scalar_name(quantity, i), scalar_label(quantity, i), {}, {}, false});
    }
  }
  return columns;
}

std::int64_t rank_of(double truth, const runtime::Draws& draws, Eigen::Index column,
                     const std::vector<Eigen::Index>& rows, runtime::Rng& rng) {
  std::int64_t below = 0;
  std::size_t equal = 0;
  for (const Eigen::Index row : rows) {
    if (draws(row, column) < truth) ++below;
    if (draws(row, column) == truth) ++equal;
  }
  return below + static_cast<std::int64_t>(equal == 0 ? 0 : rng.index(equal + 1));
}

class Calibration {
 public:
  Calibration(const LoadedModel& loaded, const FitPlan& plan, const runtime::ModelOptions& options,
              std::int64_t replicates)
      : loaded_(loaded),
        plan_(plan),
        options_(options),
        simulated_(loaded, options, replicates),
        columns_(latent_columns(simulated_, *loaded.model, result_.scalars)) {
    result_.draws = ranked_draws;
  }

  /// False if the user has had enough.
  bool add(std::int64_t replicate) {
    try {
      return fit_one(replicate);
    } catch (const Failure& failure) {
      if (failure.code() != ExitCode::inference && failure.code() != ExitCode::model) throw;
      note_failure(failure.what());
    }
    return true;
  }

  Sbc finish() {
    if (result_.replicates == 0) {
      throw Failure(
          ExitCode::inference,
          "vippl: no replicate could be fitted; the first failed so:\n" + result_.first_failure);
    }
    result_.bins = inference::bins_for(result_.replicates);
    for (Sbc::Scalar& scalar : result_.scalars) {
      scalar.histogram = inference::rank_histogram(scalar.ranks, result_.draws, result_.bins);
      scalar.is_flagged =
          scalar.histogram.p_value * static_cast<double>(result_.scalars.size()) < false_alarms;
    }
    return std::move(result_);
  }

 private:
  bool fit_one(std::int64_t replicate) {
    FitPlan plan = plan_;
    plan.settings.seed += static_cast<std::uint64_t>(replicate);
    lang::Diagnostics said_before;
    const auto make = [&](const runtime::ModelOptions& options) {
      return with_rendered_errors(loaded_.program.sources, [&] {
        return runtime::make_model(loaded_.program.script, loaded_.program.sources,
                                   simulated_.data(replicate), stdlib::registry(), options,
                                   said_before);
      });
    };
    std::unique_ptr<runtime::Model> model = make(options_);
    runtime::ModelOptions chosen = options_;
    const InterruptGuard guard;  // of the choice and the fit together
    const Coordinates coordinates =
        choose_coordinates(*model, plan, make, Verbosity::quiet, chosen);
    if (coordinates.differ) model = make(chosen);
    const inference::Posterior posterior =
        fit(*model, plan, coordinates, loaded_.program.sources, Verbosity::quiet);
    if (posterior.stop_reason == inference::StopReason::interrupted) {
      result_.is_interrupted = true;
      return false;
    }
    const inference::ReportedDraws draws = inference::reported_draws(posterior);
    runtime::Rng rng(plan.settings.seed, runtime::Purpose::posterior, stream);
    const std::vector<Eigen::Index> rows = inference::pick(draws, ranked_draws, rng);
    if (std::ssize(rows) < ranked_draws) {
      note_failure("vippl: too few draws of the posterior have a density\n");
      return true;
    }
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const double truth = simulated_.truths()(replicate, columns_[c].simulated);
      result_.scalars[c].ranks.push_back(
          rank_of(truth, draws.constrained, columns_[c].fitted, rows, rng));
    }
    ++result_.replicates;
    if (!posterior.chains && posterior.correction() == inference::Posterior::Correction::none)
      ++result_.uncorrected;
    return true;
  }

  void note_failure(const std::string& text) {
    if (result_.failed++ == 0) result_.first_failure = text;
  }

  static constexpr std::uint32_t stream = 7;  // of numbers that no other part of a fit uses
  const LoadedModel& loaded_;
  const FitPlan& plan_;
  const runtime::ModelOptions& options_;
  Sbc result_;
  SimulatedData simulated_;
  std::vector<Column> columns_;
};

}  // namespace

std::int64_t Sbc::flagged() const {
  return std::count_if(scalars.begin(), scalars.end(),
                       [](const Scalar& scalar) { return scalar.is_flagged; });
}

Sbc run_sbc(const LoadedModel& loaded, const FitPlan& plan, const runtime::ModelOptions& options,
            std::int64_t replicates, inference::Progress& progress) {
  const auto begin = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  Calibration calibration(loaded, plan, options, replicates);
  progress.begin("replicate", replicates);
  for (std::int64_t r = 0; r < replicates && calibration.add(r); ++r)
    progress.report({r + 1, seconds(), std::numeric_limits<double>::quiet_NaN(), 0, 0});
  Sbc result = calibration.finish();
  result.seconds = seconds();
  return result;
}

}  // namespace vippl::cli
