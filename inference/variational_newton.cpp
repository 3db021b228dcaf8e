#include "inference/variational_newton.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "inference/coloured_curvature.h"
#include "inference/fit_frame.h"
#include "inference/matched_draws.h"
#include "inference/stage_agreement.h"
#include "inference/stopwatch.h"

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Eigen::Index;

constexpr Index most_entries = 200'000;  // of the factor
constexpr Index largest_block = 64;      // of coordinates that are matched together
constexpr Index least_curvature_draws = 8;
constexpr double most_numbers = 8e6;  // held as draws: 64 MB
constexpr int most_steps = 60;
// No variance, given the coordinates eliminated later, grows by more than this factor in one step.
constexpr double most_growth = 2;
constexpr int most_halvings = 10;
// No mean moves by more than this many sds on average: further the draws know nothing.
constexpr double most_shift = 1;
// Of the divergence that ends the stages: a step that changes less ends a stage.
constexpr double share_of_tolerance = 0.1;

/// A member of the family, and what the draws tell there.
struct Place {
  Vector location;
  SparseCholesky precision;
  Vector terms;      ///< of the ELBO, up to a constant, one for each draw
  Vector gradient;   ///< expected
  Vector curvature;  ///< minus the expected Hessian, at the entries of the elimination
  double elbo() const { return terms.mean(); }
};

/// The steps on one set of draws.
class Stage {
 public:
  Stage(Evaluator& evaluator, const ColouredCurvature& curvature, Points noise,
        const Progress& progress)
      : evaluator_(evaluator),
        curvature_(curvature),
        noise_(std::move(noise)),
        z_(noise_.rows(), noise_.cols()),
        gradients_(noise_.rows(), noise_.cols()),
        values_(noise_.rows()),
        progress_(progress) {
    // As many gradients for the Hessians as for the mean gradient.
    const Index balanced = noise_.rows() / std::max<Index>(1, curvature_.colours()) / 2 * 2;
    curvature_draws_ = std::min(noise_.rows(), std::max(least_curvature_draws, balanced));
  }

  /// Fills what the draws tell; false where a draw has no finite density.
  bool look(Place& place) {
    place.precision.place(noise_, z_);
    z_.rowwise() += place.location.transpose();
    if (!evaluator_.gradients_in_blocks(z_, values_, gradients_, goes_on())) return false;
    if (!values_.allFinite() || !gradients_.allFinite()) return false;
    place.terms = values_.array() - place.precision.log_determinant_of_factor();
    place.gradient = gradients_.colwise().mean();
    return true;
  }

  /// To be called after look() at the same place.
  bool look_closer(Place& place) {
    return curvature_.mean_precision(
        evaluator_, z_.topRows(curvature_draws_), gradients_.topRows(curvature_draws_),
        place.precision.conditional_scale(), goes_on(), place.curvature);
  }

  /// Moves by a Newton step, shortened until the precision is positive definite and the ELBO on
  /// the draws does not fall; the divergence from where it was, or nothing where no step was good.
  std::optional<double> step(Place& place) {
    const double loss = negligible_divergence(noise_.cols());
    const Elimination& elimination = place.precision.elimination();
    const std::optional<SparseCholesky> full =
        SparseCholesky::near(elimination, place.curvature, place.precision.pivots() / most_growth);
    if (!full) return std::nullopt;
    double share = 1;
    for (int halving = 0; halving <= most_halvings; ++halving, share *= 0.5) {
      if (progress_.interrupted()) return std::nullopt;
      std::optional<SparseCholesky> precision = SparseCholesky::of(
          elimination, (1 - share) * place.precision.precision() + share * full->precision());
      if (!precision) continue;
      Place next{place.location + shift(*precision, place.gradient, share),
                 std::move(*precision),
                 {},
                 {},
                 {}};
      if (!look(next) || !(next.elbo() > place.elbo() - loss)) continue;
      if (!look_closer(next)) continue;
      const Vector moved = next.location - place.location;
      const double divergence = 0.5 * (trace_and_shift(place.precision, next.precision, moved) +
                                       trace_and_shift(next.precision, place.precision, moved));
      place = std::move(next);
      return divergence;
    }
    return std::nullopt;
  }

 private:
  std::function<bool()> goes_on() const {
    return [this] { return !progress_.interrupted(); };
  }

  static Vector shift(const SparseCholesky& precision, const Vector& gradient, double share) {
    const Points row = gradient.transpose();
    Points pulled(1, row.cols()), step(1, row.cols());
    precision.pull(row, pulled);
    const double most = most_shift * std::sqrt(static_cast<double>(row.cols()));
    pulled *= share * std::min(1.0, most / std::max(most, pulled.norm()));
    precision.place(pulled, step);
    return step.row(0);
  }

  Evaluator& evaluator_;
  const ColouredCurvature& curvature_;
  Points noise_;
  Points z_;
  Points gradients_;
  LogDensities values_;
  const Progress& progress_;
  Index curvature_draws_ = 0;
};

Points stage_noise(Index dimension, Index first_draws, std::uint64_t seed, int stage) {
  MatchPlan plan = plan_match(dimension, largest_block);
  if (first_draws > 0) plan.draws = (first_draws + 1) / 2 * 2;
  const auto most = static_cast<Index>(most_numbers / static_cast<double>(dimension)) / 2 * 2;
  Points noise(std::max(2 * plan.block, std::min(plan.draws << stage, most)), dimension);
  Rng rng(seed, runtime::Purpose::noise, 0, static_cast<std::uint32_t>(stage));
  fill_matched(rng, plan.block, noise);
  return noise;
}

/// The start's scales on the elimination, with its correlations where it knows them.
SparseCholesky first_precision(const SparseShape& shape, const Start& start) {
  const Elimination& e = shape.elimination;
  Vector precision = Vector::Zero(e.entries());
  if (start.factor.size() > 0) {
    const Eigen::MatrixXd inverse = start.factor.triangularView<Eigen::Lower>().solve(
        Eigen::MatrixXd::Identity(e.size(), e.size()));
    for (Index k = 0; k < e.size(); ++k)
      for (Index i = e.begin(k); i < e.begin(k + 1); ++i)
        precision[i] = inverse.col(e.coordinate(k)).dot(inverse.col(e.coordinate(e.row(i))));
    if (std::optional<SparseCholesky> whole = SparseCholesky::of(e, precision)) return *whole;
  }
  precision.setZero();
  for (Index k = 0; k < e.size(); ++k)
    precision[e.begin(k)] = 1 / (start.scale[e.coordinate(k)] * start.scale[e.coordinate(k)]);
  return *SparseCholesky::of(e, std::move(precision));
}

/// At the start, nearer its centre where a draw has no finite density.
bool begin(Stage& stage, Place& place) {
  constexpr int most_shrinks = 8;
  constexpr double shrink = 0.5;
  for (int k = 0; k <= most_shrinks; ++k) {
    if (stage.look(place) && stage.look_closer(place)) return true;
    place.precision = *SparseCholesky::of(place.precision.elimination(),
                                          place.precision.precision() / (shrink * shrink));
  }
  return false;
}

}  // namespace

std::optional<SparseShape> find_shape(Evaluator& evaluator, const Start& around,
                                      std::uint64_t seed) {
  std::optional<MarkovGraph> graph =
      find_markov_graph(evaluator, around.location, around.scale, seed);
  if (!graph) return std::nullopt;
  std::optional<Elimination> elimination = Elimination::of(*graph, most_entries);
  if (!elimination) return std::nullopt;
  return SparseShape{std::move(*graph), std::move(*elimination)};
}

Index fit_by_newton(Evaluator& evaluator, const SparseShape& shape, const Start& start,
                    const NewtonSettings& settings, Progress& progress, Posterior& posterior) {
  const Index d = evaluator.dimension();
  const double still = share_of_tolerance * negligible_divergence(d);
  const ColouredCurvature curvature(shape.graph, shape.elimination);
  const Stopwatch since_start;
  std::int64_t steps = 0;
  Place place{start.location, first_precision(shape, start), {}, {}, {}};
  Guide& guide = *posterior.guide;
  Index draws = 0;
  const auto is_over_budget = [&] {
    return posterior.budget.ends_fit(evaluator.gradient_evaluations());
  };
  for (int number = 0; number < settings.stages; ++number) {
    Points noise = stage_noise(d, settings.draws, posterior.seed, number);
    draws = noise.rows();
    Stage stage(evaluator, curvature, std::move(noise), progress);
    const std::unique_ptr<Guide> before = guide.clone();
    bool has_arrived = false;
    if (begin(stage, place)) {
      for (int k = 0; k < most_steps && !has_arrived && !is_over_budget(); ++k) {
        const std::optional<double> moved = stage.step(place);
        if (!moved) break;
        has_arrived = *moved < still;
        const TracePoint point{++steps, since_start.seconds(), place.elbo(), *moved, 1};
        posterior.trace.push_back(point);
        progress.report(point);
      }
    }
    guide.start_at(sparse_start(place.location, place.precision), 1);
    if (progress.interrupted()) {
      stop(posterior, StopReason::interrupted,
           fmt::format("interrupted in stage {}, after {} steps", number + 1, steps));
      return draws;
    }
    if (number > 0 && has_arrived &&
        stages_agree(evaluator, *before, guide, posterior.seed, number, progress)) {
      stop(posterior, StopReason::converged,
           fmt::format("stages with {} and {} draws agree", draws / 2, draws));
      return draws;
    }
    if (is_over_budget() && (!has_arrived || number + 1 < settings.stages)) {
      stop_for_budget(posterior, fmt::format("in stage {}, after {} steps", number + 1, steps));
      return draws;
    }
    if (!has_arrived && number + 1 == settings.stages) {
      stop(posterior, StopReason::stalled, "no Newton step raised the ELBO");
      return draws;
    }
  }
  stop(posterior, StopReason::stage_limit,
       fmt::format("the guide still changes between stages, after {} with up to {} draws",
                   settings.stages, draws));
  return draws;
}

}  // namespace vippl::inference
