#include "cli/fit.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "cli/failure.h"
#include "cli/interrupt.h"

namespace vippl::cli {

std::string failure_text(const inference::FitError& error) {
  std::string text = fmt::format("vippl: no fit could be made: {}\n", error.what());
  if (!error.trace().empty()) text += fmt::format("  {}\n", error.trace());
  std::vector<runtime::Term> bad;
  for (const runtime::Term& term : error.terms()) {
    if (!std::isfinite(term.value)) bad.push_back(term);
  }
  if (!bad.empty()) {
    constexpr std::size_t most_terms = 5;
    text += "  terms of the log density that are not finite:\n";
    for (std::size_t i = 0; i < std::min(bad.size(), most_terms); ++i) {
      text += fmt::format("    {}: {}   ({})\n", bad[i].place, bad[i].statement, bad[i].value);
    }
    if (bad.size() > most_terms) text += fmt::format("    and {} more\n", bad.size() - most_terms);
  }
  return text;
}

inference::Posterior fit(const runtime::LogDensity& model, const FitPlan& plan,
                         const lang::Sources& sources, Verbosity verbosity) {
  if (model.dimension() == 0) {
    throw Failure(ExitCode::model,
                  "vippl: the script has no latents: nothing is left to fit without a `sample`\n");
  }
  const InterruptGuard guard;
  ProgressLine progress(terminal_of(STDERR_FILENO), verbosity);
  try {
    return with_rendered_errors(
        sources, [&] { return plan.algorithm->run(model, plan.settings, progress); });
  } catch (const inference::FitError& error) {
    throw Failure(ExitCode::inference, failure_text(error));
  } catch (const std::invalid_argument& error) {
    throw Failure(ExitCode::usage, fmt::format("vippl: {}\n", error.what()));
  }
}

}  // namespace vippl::cli
