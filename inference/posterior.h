#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inference/budget.h"
#include "inference/chains.h"
#include "inference/guide.h"
#include "inference/mode.h"
#include "inference/progress.h"
#include "inference/short_chains.h"
#include "runtime/log_density.h"

namespace vippl::inference {

enum class StopReason { converged, iteration_limit, stage_limit, stalled, budget, interrupted };

/// "converged", "iteration limit", ...
std::string_view name_of(StopReason reason);

/// Wall-clock seconds of each phase.
struct Seconds {
  double start = 0;     ///< finding where to start
  double optimise = 0;  ///< fitting the guide
  double judge = 0;     ///< ELBO, importance sampling, k-hat
  double total() const { return start + optimise + judge; }
};

/// A mode of the log density to which starts of the fit climbed.
struct StartEnd {
  Eigen::Index starts = 0;   ///< how many ended here
  Eigen::VectorXd location;  ///< unconstrained
  double log_density = 0;    ///< there, in nats
  /// Of the normal approximation with the curvature there, on few draws, in nats; -infinity where
  /// it has draws without a density. Says how much of the posterior lies here: the log density does
  /// not, since a narrow mode can be high and hold nothing.
  double elbo = 0;
  /// Holds about as much of the posterior as where the guide is, and lies outside the guide.
  bool is_rival = false;
};

/// What a fit leaves behind; the table, the JSON, the draws and every diagnostic are read from
/// here.
struct Posterior {
  std::string algorithm;         ///< its name in the table
  std::string guide_request;     ///< as asked for: "auto", "meanfield", ...
  std::unique_ptr<Guide> guide;  ///< guide->name(), guide->parameters(); null where chains drew
  /// Instead of a guide: then `draws` are theirs, of equal weight, and there is no log_q, k-hat,
  /// ELBO (NaN) or location_se.
  std::optional<Chains> chains;

  // S independent draws of the guide, none dropped: one that is not finite has log_p = -infinity
  // and weight 0.
  Points draws;                 ///< S x dimension, unconstrained
  runtime::Draws constrained;   ///< S x reported scalars
  LogDensities log_p;           ///< log joint, with the Jacobian
  LogDensities log_q;           ///< of the guide
  Eigen::VectorXd log_weights;  ///< Pareto-smoothed, normalised: exp sums to 1
  double khat = 0;              ///< of the importance weights; infinity where it cannot be fitted
  double weight_spread = 0;     ///< sd of the raw weights as a share of their mean
  /// Whether the weights can correct the guide: k-hat is below its limit, or they hardly differ.
  bool weights_are_good() const;
  /// Whether few draws with large weights decide: their means are then right, but what the guide
  /// lacks far out is lacking in spreads too.
  bool weights_hang_on_few() const;
  /// Run where the weights are not good or hang on few, or where there are many dimensions: where
  /// they settled, what they say stands above what the weights say.
  std::optional<ShortChains> short_chains;
  /// What can correct the guide.
  enum class Correction { none, weights, short_chains };
  Correction correction() const;
  /// Whether what corrects the guide knows spreads as well as means.
  bool knows_spreads() const;
  Eigen::Index non_finite_draws = 0;

  double elbo = 0;     ///< in nats, on fresh draws
  double elbo_se = 0;  ///< its Monte Carlo standard error
  /// Standard error of the guide's location (unconstrained, size dimension) from the fit: noise of
  /// its fixed draws and what the optimiser left undone.
  Eigen::VectorXd location_se;

  /// Of the reported scalars by linear response (linear_response.h), NaN where there is none; empty
  /// where the guide holds correlations itself.
  Eigen::VectorXd linear_response_sd;

  /// The distinct ends of the starts, the highest log density first; starts that were interrupted
  /// or gave up have none. Empty where the algorithm makes no climbs (adam), or in more dimensions
  /// than Hessians are made for.
  std::vector<StartEnd> start_ends;
  /// What there is at those ends that are rivals, and at the guide; empty where there are none.
  Modes modes;
  /// False: the starts found several modes of comparable weight, and the guide describes one of
  /// them only, whatever k-hat says of that one: the draws cannot know what they never see. True
  /// proves nothing: no start may have found the other mode. Ends with clearly less of the
  /// posterior, such as the spike of a funnel, and ends that the guide covers do not count.
  bool starts_agree() const;

  std::vector<TracePoint> trace;
  StopReason stop_reason = StopReason::converged;
  std::string stop_sentence;         ///< why the fit ended, in words
  Budget budget;                     ///< what the fit might spend
  bool chains_were_limited = false;  ///< whether the budget allowed short chains less than usual
  /// Whether the fit or its judgement may be what the budget made of it.
  bool lacks_budget() const;
  bool converged = false;
  std::vector<std::string> notes;  ///< such as "1 of 4 starts died"; for the reader of the table

  std::int64_t gradient_evaluations = 0;  ///< points at which value and gradient were computed
  std::int64_t density_evaluations = 0;   ///< points at which the value alone was
  std::uint64_t seed = 0;
  Seconds seconds;
};

}  // namespace vippl::inference
