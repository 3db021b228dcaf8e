#pragma once
#include <string_view>
#include <vector>

#include "inference/posterior.h"
#include "runtime/log_density.h"

namespace vippl::inference {

enum class Estimate { guide, corrected, linear_response };

/// "guide", "corrected", "linear_response".
std::string_view name_of(Estimate estimate);

struct Moments {
  double mean = 0;
  double sd = 0;
  double q05 = 0;
  double q50 = 0;
  double q95 = 0;
};

/// What is reported of one scalar.
struct ScalarSummary {
  Moments reported;
  double mcse =
      0;  ///< Monte Carlo standard error of the reported mean, the fit's own noise included
  Estimate estimate = Estimate::guide;
  Moments raw;  ///< the guide's own; equal to `reported` when estimate is `guide`
};

/// One summary per column of Draws, in the order of model.quantities(). An explicit guide is
/// reported as it is: exactly where the scalar's map allows, otherwise from draws until the error
/// of the mean is below 0.005 sd. Under
/// `--guide auto` the values are importance-corrected where k-hat < 0.7.
std::vector<ScalarSummary> summarise(const Posterior& posterior, const runtime::LogDensity& model);

}  // namespace vippl::inference
