#pragma once
#include <functional>
#include <memory>

#include "cli/fit_options.h"
#include "cli/fit_report.h"
#include "cli/progress_line.h"
#include "lang/diagnostic.h"
#include "runtime/log_density.h"
#include "runtime/model.h"

namespace vippl::cli {

/// Runs the plan on a model, with progress on stderr and Ctrl-C ending the fit early. Throws
/// Failure, in words, if no fit could be made. `sources` are those of the model's script.
inference::Posterior fit(const runtime::LogDensity& model, const FitPlan& plan,
                         const lang::Sources& sources, Verbosity verbosity);

using MakeModel = std::function<std::unique_ptr<runtime::Model>(const runtime::ModelOptions&)>;

/// Chooses, as the plan says, which latents of the model are fitted non-centred, and puts them into
/// the options that it is made with. False: the model stays as it is.
bool choose_coordinates(const runtime::Model& model, const FitPlan& plan, const MakeModel& make,
                        Verbosity verbosity, runtime::ModelOptions& options);

/// "2 of 31 terms of the log density are not finite: ...": what a failed fit tells.
std::string failure_text(const inference::FitError& error);

}  // namespace vippl::cli
