#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "cli/fit_options.h"
#include "cli/load.h"
#include "cli/progress_line.h"
#include "inference/rank_histogram.h"

namespace vippl::cli {

/// Simulation-based calibration of a model and a way to fit it.
struct Sbc {
  struct Scalar {
    std::string name;                 ///< as in JSON
    std::string label;                ///< as in tables
    std::vector<std::int64_t> ranks;  ///< one per replicate that was fitted
    inference::RankHistogram histogram;
    bool is_flagged = false;  ///< its ranks are not uniform
  };
  std::vector<Scalar> scalars;
  std::int64_t replicates = 0;  ///< fitted
  std::int64_t failed = 0;
  std::string first_failure;     ///< in words
  std::int64_t uncorrected = 0;  ///< fits whose posterior nothing could correct
  std::int64_t draws = 0;        ///< of each posterior, among which the truth is ranked
  std::int64_t bins = 0;
  double seconds = 0;
  bool is_interrupted = false;

  std::int64_t flagged() const;
};

/// Draws latents and data `replicates` times, fits each, and ranks each true scalar among draws of
/// its posterior. Throws Failure where the model cannot be simulated, or no replicate be fitted.
Sbc run_sbc(const LoadedModel& loaded, const FitPlan& plan, const runtime::ModelOptions& options,
            std::int64_t replicates, inference::Progress& progress);

}  // namespace vippl::cli
