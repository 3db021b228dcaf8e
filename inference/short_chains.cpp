#include "inference/short_chains.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "inference/chain_diagnostics.h"
#include "inference/matched_draws.h"
#include "inference/scalar_names.h"
#include "inference/whitening.h"

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Eigen::Index;

constexpr Index first_chains = 256;
// Where these move slowly, half of them go on for twice as long: what has to be waited for is that
// each chain forgets where it began.
constexpr Index least_chains = 64;
// A quarter turn of the oscillation that a trajectory is in units of the guide: the state is then
// independent of where it began.
constexpr double trajectory = 1.5;
constexpr int least_steps = 3, most_steps = 24;
constexpr double least_acceptance = 0.75, most_acceptance = 0.95;
constexpr int tuning_transitions = 6;
constexpr int most_shrinks = 8;         // of chains that begin where there is no density
constexpr Index most_correlated = 300;  // coordinates of which all covariances are learnt
// Windows of as many transitions also teach the units, where the chains have not settled: the first
// are about the guide, and the last must be about one kernel.
constexpr Index least_learning = 4, most_learning = 64;
// Where the guide had to be corrected so much, every other window takes smaller steps: the neck of
// a funnel that long steps cannot enter then shows as windows that differ.
constexpr double refinement = 0.6;
constexpr double least_once_learnt = 0.85;  // acceptance
constexpr double divergent_loss = 100;      // nats
constexpr double most_divergent = 0.005;    // share of the trajectories
// Of so many transitions a window says what there is to be said of the length of steps. Where such
// windows in a row have too many that diverge, longer ones would not help.
constexpr Index long_enough = 64;
constexpr int divergent_windows = 2;
constexpr double most_numbers = 3e7;  // of the states that are kept: 240 MB

// What has settled, in posterior sds and shares of the sd.
constexpr double still = 0.05;
constexpr double certain = 0.025;    // standard errors
constexpr double noise_errors = 4;   // below this many standard errors a change may be noise
constexpr double most_noise = 0.2;   // a change that could not be told from noise
constexpr double most_error = 0.05;  // standard errors, where that is of an earlier window
constexpr double forgotten = 0.125;  // of ChainMoments::memory

/// All chains, moved together.
class Population {
 public:
  Population(Evaluator& evaluator, const Guide& guide, std::uint64_t seed, Progress& progress)
      : evaluator_(evaluator),
        progress_(progress),
        units_(guide.as_start()),
        seed_(seed),
        w_(first_chains, guide.dimension()),
        z_(first_chains, guide.dimension()),
        dz_(first_chains, guide.dimension()),
        dw_(first_chains, guide.dimension()),
        log_p_(first_chains) {
    Rng rng(seed_, runtime::Purpose::posterior, site_, 0);
    fill_matched(rng, std::min(guide.dimension(), chains() / 4), w_);
    step_ = 1 / (1 + 0.5 * std::pow(static_cast<double>(guide.dimension()), 0.25));
    is_valid_ = evaluate();
    for (int k = 0; k < most_shrinks && is_valid_ && pull_in_lost_chains(); ++k)
      is_valid_ = evaluate();
  }

  bool is_valid() const { return is_valid_; }  // false once interrupted
  const Points& z() const { return z_; }
  Index chains() const { return w_.rows(); }
  int transitions() const { return transitions_; }
  /// Trajectories so far that lost their energy: the step is too long for where they went.
  Index divergences() const { return divergences_; }
  std::int64_t gradients_per_transition() const { return chains() * steps(); }

  /// Every second pair of chains ends here.
  void halve() {
    const Index half = chains() / 2;
    const auto keep = [half](auto& rows) {
      for (Index i = 0; i < half; i += 2) rows.middleRows(i, 2) = rows.middleRows(2 * i, 2).eval();
      rows.conservativeResize(half, rows.cols());
    };
    keep(w_);
    keep(z_);
    keep(dz_);
    keep(dw_);
    keep(log_p_);
  }

  /// Takes the spread of these states for the units from here on: where the guide is too narrow its
  /// trajectories are too short, and every chain stays near where it began.
  void learn_units(const Points& states) {
    const Points w = units_.standardise(states);
    const Index d = w.cols();
    const double count = static_cast<double>(w.rows());
    const double prior = static_cast<double>(std::min(d, most_correlated));
    const Vector mean = w.colwise().mean();
    const Points centred = w.rowwise() - mean.transpose();
    if (d > most_correlated) {
      const Vector squares = centred.colwise().squaredNorm();
      spread_ = Whitening({mean, {}, ((squares.array() + prior) / (count + prior)).sqrt()});
    } else {
      Eigen::MatrixXd covariance = centred.transpose() * centred;
      covariance.diagonal().array() += prior;  // as many states as the units expect them
      covariance /= count + prior;
      units_ = units_.within(mean, covariance.llt().matrixL());
    }
    w_ = units_.standardise(z_);
    if (spread_) w_ = spread_->standardise(w_);
    is_valid_ = evaluate();
  }

  /// Finds a step that most chains accept.
  void tune(double least) {
    for (int k = 0; k < tuning_transitions && is_valid_; ++k) {
      const double accepted = move();
      if (accepted < least)
        step_ *= 0.6;
      else if (accepted > most_acceptance)
        step_ *= 1.25;
      else
        return;
    }
  }

  /// Whether the steps are smaller than the tuned ones, in trajectories of the same length.
  void set_refined(bool is_refined) { refinement_ = is_refined ? refinement : 1; }

  /// One transition of every chain; the mean acceptance probability.
  double move() {
    ++transitions_;
    Rng rng(seed_, runtime::Purpose::posterior, site_, static_cast<std::uint32_t>(transitions_));
    const double step = refinement_ * step_ * (0.8 + 0.4 * rng.uniform());
    Points momentum = draw_momentum(rng);
    const Points w_before = w_, z_before = z_, dw_before = dw_;
    const LogDensities log_p_before = log_p_;
    const Vector kinetic_before = 0.5 * momentum.rowwise().squaredNorm();

    const int count = steps();
    for (int k = 0; k < count; ++k) {
      momentum += (k == 0 ? 0.5 : 1.0) * step * dw_;
      w_ += step * momentum;
      if (!(is_valid_ = evaluate())) return 0;
    }
    momentum += 0.5 * step * dw_;

    const Vector gain =
        log_p_ - log_p_before - 0.5 * momentum.rowwise().squaredNorm() + kinetic_before;
    double accepted = 0;
    for (Index i = 0; i < chains(); i += 2) {
      const double threshold = std::log(rng.uniform());  // common to the pair
      for (const Index row : {i, i + 1}) {
        if (!(gain[row] > -divergent_loss)) ++divergences_;
        if (gain[row] > threshold) {  // false for NaN
          accepted += std::min(1.0, std::exp(gain[row]));
          continue;
        }
        if (std::isfinite(gain[row])) accepted += std::exp(std::min(0.0, gain[row]));
        w_.row(row) = w_before.row(row);
        z_.row(row) = z_before.row(row);
        dw_.row(row) = dw_before.row(row);
        log_p_[row] = log_p_before[row];
      }
    }
    return accepted / static_cast<double>(chains());
  }

 private:
  int steps() const {
    const int tuned =
        std::clamp(static_cast<int>(std::lround(trajectory / step_)), least_steps, most_steps);
    return static_cast<int>(std::lround(tuned / refinement_));
  }

  /// Opposite in each pair, and no more alike than that: were they matched so that their sample
  /// covariance is I, the energy of each chain would vary too little, and with it the posterior.
  Points draw_momentum(Rng& rng) const {
    Points momentum(w_.rows(), w_.cols());
    Points half(w_.rows() / 2, w_.cols());
    rng.fill_normal({half.data(), static_cast<std::size_t>(half.size())});
    for (Index i = 0; i < half.rows(); ++i) {
      momentum.row(2 * i) = half.row(i);
      momentum.row(2 * i + 1) = -half.row(i);
    }
    return momentum;
  }

  /// Halves the distance from the centre of chains that have no finite density or gradient, in
  /// pairs; whether there were any.
  bool pull_in_lost_chains() {
    bool any = false;
    for (Index i = 0; i < chains(); i += 2) {
      const auto pair = Eigen::seqN(i, 2);
      if (log_p_(pair).allFinite() && dw_(pair, Eigen::all).allFinite()) continue;
      w_.middleRows(i, 2) *= 0.5;
      any = true;
    }
    return any;
  }

  bool evaluate() {
    if (spread_) spread_->place(w_, between_);
    units_.place(spread_ ? between_ : w_, z_);
    const auto goes_on = [this] { return !progress_.interrupted(); };
    if (!evaluator_.gradients_in_blocks(z_, log_p_, dz_, goes_on)) return false;
    units_.pull(dz_, spread_ ? between_ : dw_);
    if (spread_) spread_->pull(between_, dw_);
    return true;
  }

  static constexpr std::uint32_t site_ = 2;  // apart from the other streams of draws

  Evaluator& evaluator_;
  Progress& progress_;
  Whitening units_;
  std::optional<Whitening> spread_;  // of the states, in these; where they are many
  std::uint64_t seed_;
  double step_ = 0;
  double refinement_ = 1;
  int transitions_ = 0;
  Index divergences_ = 0;
  bool is_valid_ = false;
  Points w_, z_, dz_, dw_;  // one row per chain
  Points between_;          // w and z, where the units are in two steps
  LogDensities log_p_;
};

/// The states of the chains after some successive transitions.
struct Window {
  Points draws;
  runtime::Draws constrained;
  Index chains = 0;
  Index kept = 0;  // states of each chain
  Index transitions = 0;
  double acceptance = 0;
  Index divergences = 0;
};

/// `length` transitions, of which every `stride`-th leaves states.
Window record(Population& population, Index length, Index stride, Index scalars, std::uint64_t seed,
              const runtime::LogDensity& model) {
  const Index chains = population.chains();
  const Index most = length / stride * chains;
  Window window{.draws = Points(most, model.dimension()),
                .constrained = runtime::Draws(most, scalars),
                .chains = chains};
  double acceptance = 0;
  const Index divergences_before = population.divergences();
  runtime::Draws block(chains, scalars);
  for (; window.transitions < length; ++window.transitions) {
    acceptance += population.move();
    if (!population.is_valid()) break;
    if ((window.transitions + 1) % stride != 0) continue;
    const Index first = window.kept++ * chains;
    window.draws.middleRows(first, chains) = population.z();
    model.constrain(population.z(), seed + static_cast<std::uint64_t>(population.transitions()),
                    block);
    window.constrained.middleRows(first, chains) = block;
  }
  window.draws.conservativeResize(window.kept * chains, Eigen::NoChange);
  window.constrained.conservativeResize(window.kept * chains, Eigen::NoChange);
  window.divergences = population.divergences() - divergences_before;
  window.acceptance = acceptance / static_cast<double>(std::max<Index>(1, window.transitions));
  return window;
}

std::string name_of_scalar(const runtime::LogDensity& model, Index column) {
  for (const runtime::Quantity& quantity : model.quantities()) {
    const Index element = column - quantity.offset;
    if (element >= 0 && element < static_cast<Index>(quantity.maps.size()))
      return scalar_name(quantity, element);
  }
  return "";
}

/// Whether one scalar is the same in two windows.
enum class Change { none, in_mean, in_sd, too_noisy_to_tell };

Change change_between(const ChainMoments& before, const ChainMoments& after) {
  const double shift_se = std::hypot(before.mean_se, after.mean_se);
  if (std::fabs(after.mean - before.mean) > std::max(still * after.sd, noise_errors * shift_se))
    return Change::in_mean;
  const double ratio_se = std::hypot(before.log_sd_se, after.log_sd_se);
  if (std::fabs(std::log(after.sd / before.sd)) > std::max(still, noise_errors * ratio_se))
    return Change::in_sd;
  return noise_errors * std::max(shift_se / after.sd, ratio_se) > most_noise
             ? Change::too_noisy_to_tell
             : Change::none;
}

/// The same of the ranks of all values: a tail so heavy that the sd is noisy hides nothing there.
Change change_of_ranks(const Window& earlier, const Window& later, Index column) {
  const Index first = earlier.constrained.rows(), last = later.constrained.rows();
  Vector values(first + last);
  values << earlier.constrained.col(column), later.constrained.col(column);
  const Vector scores = rank_normalised(values);
  return change_between(chain_moments(scores.head(first), earlier.chains),
                        chain_moments(scores.tail(last), later.chains));
}

/// What two windows say of each other.
struct Comparison {
  std::string obstacle;      ///< in words, what has not settled; empty where all has
  bool is_in_doubt = false;  ///< the obstacle is noise: nothing is seen to change
  bool is_certain = true;    ///< the errors of the later window are small
};

Comparison compare(const Window& earlier, const Window& later, const runtime::LogDensity& model) {
  Comparison result;
  for (Index column = 0; column < later.constrained.cols(); ++column) {
    const ChainMoments before = chain_moments(earlier.constrained.col(column), earlier.chains);
    const ChainMoments after = chain_moments(later.constrained.col(column), later.chains);
    if (after.sd == 0 && before.sd == 0) continue;  // a constant
    const auto because = [&](std::string_view before_name, std::string_view after_name) {
      return Comparison{
          fmt::format("{}`{}`{}", before_name, name_of_scalar(model, column), after_name), false,
          false};
    };
    if (!std::isfinite(after.mean) || !std::isfinite(after.sd) || !std::isfinite(before.sd))
      return because("", " has no finite mean or sd");
    const Change change = change_between(before, after);
    if (change == Change::in_mean) return because("the mean of ", " still changes");
    if (change == Change::in_sd) return because("the sd of ", " still changes");
    if (after.memory > forgotten) return because("the chains move too slowly in ", "");
    const double error = std::max(after.mean_se / after.sd, after.log_sd_se);
    if (!result.is_in_doubt && change == Change::too_noisy_to_tell &&
        (error > most_error || change_of_ranks(earlier, later, column) != Change::none)) {
      result = because("the chains are too few to tell whether ", " still changes");
      result.is_in_doubt = true;
    }
    result.is_certain = result.is_certain && error < certain;
  }
  return result;
}

/// In words, what keeps the chains from where the step is too long; empty where nothing does.
std::string what_diverges(const Window& window) {
  const Index trajectories = window.transitions * window.chains;
  const double share = static_cast<double>(window.divergences) / static_cast<double>(trajectories);
  if (share < most_divergent) return "";
  return fmt::format("{:.2g} % of their trajectories lost their energy, as in the neck of a funnel",
                     100 * share);
}

}  // namespace

ChainMoments chain_moments(const Eigen::Ref<const Vector>& values, Index chains) {
  const Index kept = values.size() / chains;
  const auto states = values.reshaped(chains, kept);
  const Vector chain_means = states.rowwise().mean();
  ChainMoments moments;
  moments.mean = chain_means.mean();
  const Vector chain_squares = (states.array() - moments.mean).square().rowwise().mean();
  const double variance = chain_squares.mean();
  moments.sd = std::sqrt(variance);
  const auto error_of_mean = [chains](const Vector& x) {
    const Index pairs = chains / 2;
    const Vector pair_means = x.reshaped(2, pairs).colwise().mean().transpose();
    const double count = static_cast<double>(pairs);
    return std::sqrt((pair_means.array() - pair_means.mean()).square().sum() / (count - 1) / count);
  };
  moments.mean_se = error_of_mean(chain_means);
  moments.log_sd_se = variance > 0 ? error_of_mean(chain_squares) / (2 * variance) : 0;
  moments.memory =
      variance > 0 ? (chain_means.array() - moments.mean).square().mean() / variance : 0;
  return moments;
}

ShortChains run_short_chains(Evaluator& evaluator, const Guide& guide, std::uint64_t seed,
                             const ChainLimit& most, Progress& progress) {
  const runtime::LogDensity& model = evaluator.model();
  const Index scalars = scalar_count(model);
  const double numbers = static_cast<double>(first_chains * (scalars + guide.dimension()));
  const Index most_states = std::max<Index>(2, static_cast<Index>(most_numbers / numbers));
  const std::int64_t before = evaluator.gradient_evaluations();
  const auto spent = [&] { return evaluator.gradient_evaluations() - before; };

  Population population(evaluator, guide, seed, progress);
  if (population.is_valid()) population.tune(least_acceptance);
  ShortChains result;
  Window earlier;
  bool has_learnt = false;
  bool is_fine = true;
  int divergent = 0;  // windows in a row
  for (Index length = 2; population.is_valid();) {
    population.set_refined(has_learnt && is_fine);
    const Index stride = (length + most_states - 1) / most_states;
    Window later = record(population, length, stride, scalars, seed, model);
    if (later.transitions < length) break;  // interrupted
    const Comparison found = earlier.kept == 0
                                 ? Comparison{"they were too few transitions to tell", false, false}
                                 : compare(earlier, later, model);
    const std::string divergence = what_diverges(later);
    result.obstacle = found.obstacle.empty() ? divergence : found.obstacle;
    result.has_settled = result.obstacle.empty();
    earlier = std::move(later);
    if (result.has_settled && found.is_certain) break;
    divergent = divergence.empty() || length < long_enough ? 0 : divergent + 1;
    if (divergent == divergent_windows) break;
    if (!result.has_settled && length >= least_learning && length <= most_learning) {
      population.learn_units(earlier.draws);
      has_learnt = true;
      population.set_refined(false);
      population.tune(least_once_learnt);
    }
    // Where nothing is seen to change, long steps have done their part: now they would only add
    // noise, by single chains that they leave stuck far out.
    const bool is_in_doubt = found.is_in_doubt && divergence.empty();
    is_fine = (is_in_doubt && length >= long_enough) || !is_fine;
    population.set_refined(has_learnt && is_fine);
    const std::int64_t left = (is_in_doubt ? most.in_doubt : most.gradients) - spent();
    const std::int64_t next = 2 * length * population.gradients_per_transition();
    length *= 2;
    if (next <= left) continue;
    if (is_in_doubt && next <= 4 * left) {
      // The chains forget fast enough: a window of all of them tells more than a longer one of few.
      length = length * left / next;
      continue;
    }
    const Index affordable = population.chains() * left / next;
    if (result.has_settled || affordable < least_chains) break;
    while (population.chains() > affordable) population.halve();
  }
  if (!population.is_valid()) {
    result.has_settled = false;
    result.obstacle = "they were interrupted";
  }
  result.draws = std::move(earlier.draws);
  result.constrained = std::move(earlier.constrained);
  result.chains = earlier.chains;
  result.kept = earlier.kept;
  result.acceptance = earlier.acceptance;
  result.transitions = population.transitions();
  return result;
}

}  // namespace vippl::inference
