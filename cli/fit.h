#pragma once
#include <cstdint>
#include <functional>
#include <memory>

#include "cli/fit_options.h"
#include "cli/fit_report.h"
#include "cli/progress_line.h"
#include "lang/diagnostic.h"
#include "runtime/log_density.h"
#include "runtime/model.h"

namespace vippl::cli {

/// Whether other coordinates than those of the script were chosen, and what the choice took.
struct Coordinates {
  bool differ = false;
  std::int64_t gradient_evaluations = 0;
  std::int64_t density_evaluations = 0;
  double seconds = 0;
  bool are_cut_short = false;  ///< the budget ended the choice before all were tried
  double nominal_seconds = 0;  ///< of one gradient of the model, for the budget
};

/// Runs the plan on a model, with progress on stderr and Ctrl-C ending the fit early. Throws
/// Failure, in words, if no fit could be made. `sources` are those of the model's script. What the
/// choice of the coordinates took is counted with the starts.
inference::Posterior fit(const runtime::LogDensity& model, const FitPlan& plan,
                         const Coordinates& coordinates, const lang::Sources& sources,
                         Verbosity verbosity);

/// Makes what is fitted in other coordinates: the model, or that of the rows that are kept.
using MakeModel = std::function<std::unique_ptr<runtime::LogDensity>(const runtime::ModelOptions&)>;

/// Chooses, as the plan says, which latents of the model are fitted non-centred, and puts them into
/// the options that it is made with. The model is to be made again where they differ.
Coordinates choose_coordinates(const runtime::Model& model, const FitPlan& plan,
                               const MakeModel& make, Verbosity verbosity,
                               runtime::ModelOptions& options);

/// "2 of 31 terms of the log density are not finite: ...": what a failed fit tells.
std::string failure_text(const inference::FitError& error);

}  // namespace vippl::cli
