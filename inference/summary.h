#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "inference/posterior.h"
#include "runtime/log_density.h"

namespace vippl::inference {

enum class Estimate { guide, corrected, linear_response, chains };

/// "guide", "corrected", "linear_response", "chains".
std::string_view name_of(Estimate estimate);

struct Moments {
  double mean = 0;
  double sd = 0;
  double q05 = 0;
  double q50 = 0;
  double q95 = 0;
};

/// How far what is reported of a scalar can be relied upon, by what corrects the guide.
enum class Trust {
  full,       ///< the mean to 0.1 posterior sds, the sd to a tenth
  mean_only,  ///< the mean to 0.1 sds
  none        ///< neither is known to be right
};

/// "full", "mean only", "none".
std::string_view name_of(Trust trust);

/// Of ScalarSummary::tail_shape: from where sds mean little, since they hang on a few draws far
/// out, and from where there is no sd by which a mean could be judged.
inline constexpr double heavy_tail = 0.4, hopeless_tail = 0.5;

/// What is reported of one scalar.
struct ScalarSummary {
  Moments reported;
  double mcse =
      0;  ///< Monte Carlo standard error of the reported mean, the fit's own noise included
  Estimate estimate = Estimate::guide;
  Moments raw;  ///< the guide's own; equal to `reported` when estimate is `guide`
  /// Posterior sds between the reported mean and the best that is known, and the log of the ratio
  /// of the sds; 0 where the best is what is reported, NaN where nothing better is known.
  double mean_gap = 0;
  double log_sd_gap = 0;
  /// Posterior sds that the reported mean may be off by: mean_gap and twice its Monte Carlo error.
  /// NaN where nothing better is known.
  double mean_bound = 0;
  /// The share that the reported sd may be off by, likewise.
  double log_sd_bound = 0;
  double tail_shape = 0;  ///< of draws of chains (psis.h); 0 where there are none
  Trust trust = Trust::none;
  /// Beside the sd of a guide without correlations, which is too small where there are some.
  std::optional<double> linear_response_sd = {};
  /// Where chains made the draws.
  std::optional<ChainDiagnostics> chains = {};
};

/// One summary per column of Draws, in the order of model.quantities(). An explicit guide is
/// reported as it is: exactly where the scalar's map allows, otherwise from draws until the error
/// of the mean is below 0.005 sd. Under
/// `--guide auto` the values are corrected by what Posterior::correction() names. Of chains: the
/// moments of their draws.
std::vector<ScalarSummary> summarise(const Posterior& posterior, const runtime::LogDensity& model);

}  // namespace vippl::inference
