#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "inference/algorithm.h"
#include "inference/algorithms/roll_call.h"
#include "inference/chains.h"
#include "inference/evaluator.h"
#include "inference/nuts_chain.h"
#include "inference/scalar_names.h"
#include "inference/starts.h"
#include "inference/stopwatch.h"

namespace vippl::inference::algorithms {

namespace {

using Eigen::Index;

constexpr Option options[] = {
    {.name = "chains",
     .kind = Option::Kind::whole,
     .summary = "chains, each from a point of its own",
     .initial = 4,
     .lower = 1,
     .upper = 64},
    {.name = "warmup",
     .kind = Option::Kind::whole,
     .summary = "transitions of each chain in which step size and metric are learnt",
     .initial = 1000,
     .lower = 20,
     .upper = 1e7},
    {.name = "samples",
     .kind = Option::Kind::whole,
     .summary = "draws of each chain after its warmup",
     .initial = 1000,
     .lower = 10,
     .upper = 1e7},
    {.name = "target-accept",
     .summary = "mean acceptance for which the step size is chosen; nearer 1: smaller steps",
     .initial = 0.8,
     .lower = 0.5,
     .upper = 0.999},
    {.name = "max-depth",
     .kind = Option::Kind::whole,
     .summary = "a trajectory doubles at most so often",
     .initial = 10,
     .lower = 1,
     .upper = 20},
};

/// So many draws are kept as memory allows: every transition, or every second, ...
std::int64_t stride_of(const runtime::LogDensity& model, double transitions) {
  constexpr double most_numbers = 6e7;  // held at once: 480 MB
  const double per_draw = static_cast<double>(model.dimension() + scalar_count(model));
  return std::max<std::int64_t>(1, std::llround(std::ceil(transitions * per_draw / most_numbers)));
}

/// The chains do not begin near a mode that a climb has found, nor in its units: they shall show
/// what a fit may have missed, and R-hat compares chains that knew nothing of each other.
std::vector<NutsChain> make_chains(Evaluator& evaluator, Index count,
                                   const NutsSettings& settings) {
  const Points starts =
      dispersed_points(evaluator, {.count = static_cast<int>(count), .seed = settings.seed});
  LogDensities values(count);
  Points gradients(count, starts.cols());
  evaluator.gradients(starts, values, gradients);
  std::vector<NutsChain> chains;
  chains.reserve(static_cast<std::size_t>(count));
  for (Index c = 0; c < count; ++c) {
    PhasePoint start{starts.row(c), {}, gradients.row(c), values[c]};
    chains.emplace_back(std::move(start), settings, static_cast<std::uint32_t>(c));
  }
  return chains;
}

/// Tells who watches how far the slowest chain is.
class Watch {
 public:
  Watch(Progress& progress, const NutsSettings& settings)
      : progress_(progress), settings_(settings) {
    progress_.begin("warm up", settings.warmup);
  }

  void show(const std::vector<NutsChain>& chains) {
    constexpr int clock_stride = 16;  // the clock costs a tenth of a small model's step
    constexpr double report_seconds = 0.05;
    if (++rounds_ % clock_stride != 0 || since_report_.seconds() < report_seconds) return;
    since_report_.restart();
    std::int64_t least = settings_.warmup + settings_.samples;
    for (const NutsChain& chain : chains) least = std::min(least, chain.transitions());
    if (!is_sampling_ && least >= settings_.warmup) {
      is_sampling_ = true;
      progress_.begin("sample", settings_.samples);
    }
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    progress_.report({is_sampling_ ? least - settings_.warmup : least, since_begin_.seconds(), none,
                      none, none});
  }

 private:
  Progress& progress_;
  const NutsSettings& settings_;
  Stopwatch since_begin_, since_report_;
  std::int64_t rounds_ = 0;
  bool is_sampling_ = false;
};

/// One gradient for every chain that is not done, all evaluated together, and again: a model serves
/// several points for little more than the price of one. Chains need not wait for each other, long
/// trajectories here and short ones there. False if interrupted.
bool run_together(Evaluator& evaluator, const NutsSettings& settings, Progress& progress,
                  std::vector<NutsChain>& chains) {
  Watch watch(progress, settings);
  std::vector<NutsChain*> active;
  for (NutsChain& chain : chains) active.push_back(&chain);
  Points points, gradients;
  LogDensities values;
  while (!active.empty()) {
    const auto rows = static_cast<Index>(active.size());
    if (points.rows() != rows) {
      points.resize(rows, evaluator.dimension());
      gradients.resize(rows, evaluator.dimension());
      values.resize(rows);
    }
    for (Index i = 0; i < rows; ++i)
      points.row(i) = active[static_cast<std::size_t>(i)]->wanted().transpose();
    evaluator.gradients(points, values, gradients);
    for (Index i = 0; i < rows; ++i)
      active[static_cast<std::size_t>(i)]->receive(values[i], gradients.row(i));
    std::erase_if(active, [](const NutsChain* chain) { return chain->is_done(); });
    watch.show(chains);
    if (progress.interrupted()) return active.empty();
  }
  return true;
}

/// The draws of all chains, as many of each; where there are none yet, the states of the chains.
void collect(const std::vector<NutsChain>& chains, const NutsSettings& settings,
             Posterior& posterior) {
  Chains& report = *posterior.chains;
  report.count = static_cast<Index>(chains.size());
  report.stride = settings.stride;
  report.warmup = settings.warmup;
  report.step_sizes.resize(report.count);
  report.acceptance.resize(report.count);
  report.kept = chains.front().kept();
  for (Index c = 0; c < report.count; ++c) {
    const NutsChain& chain = chains[static_cast<std::size_t>(c)];
    report.kept = std::min(report.kept, static_cast<Index>(chain.kept()));
    report.transitions += std::max<std::int64_t>(0, chain.transitions() - settings.warmup);
    report.divergences += chain.divergences();
    report.cut_off += chain.cut_off();
    report.step_sizes[c] = chain.step_size();
    report.acceptance[c] = chain.mean_acceptance();
  }
  report.has_warmed_up = report.kept > 0;
  report.kept = std::max<Index>(1, report.kept);
  const Index total = report.count * report.kept;
  posterior.draws.resize(total, chains.front().draws().cols());
  posterior.log_p.resize(total);
  for (Index c = 0; c < report.count; ++c) {
    const NutsChain& chain = chains[static_cast<std::size_t>(c)];
    const Index first = c * report.kept;
    if (report.has_warmed_up) {
      posterior.draws.middleRows(first, report.kept) = chain.draws().topRows(report.kept);
      posterior.log_p.segment(first, report.kept) = chain.log_densities().head(report.kept);
    } else {
      posterior.draws.row(first) = chain.present().z.transpose();
      posterior.log_p[first] = chain.present().log_density;
    }
  }
  posterior.log_weights.setConstant(total, -std::log(static_cast<double>(total)));
}

void diagnose(const runtime::LogDensity& model, Posterior& posterior) {
  Chains& report = *posterior.chains;
  posterior.constrained.resize(posterior.draws.rows(), scalar_count(model));
  model.constrain(posterior.draws, posterior.seed, posterior.constrained);
  for (Index i = 0; i < posterior.constrained.cols(); ++i)
    report.diagnostics.push_back(
        diagnose_chains(posterior.constrained.col(i).reshaped(report.kept, report.count)));
}

bool have_mixed(const Chains& chains, std::span<const runtime::Quantity> quantities) {
  for (const runtime::Quantity& quantity : quantities) {
    if (quantity.kind == runtime::Quantity::Kind::generated) continue;
    for (std::size_t e = 0; e < quantity.maps.size(); ++e) {
      const ChainDiagnostics& found =
          chains.diagnostics[static_cast<std::size_t>(quantity.offset) + e];
      if (found.rhat >= rhat_limit || found.ess_bulk <= least_ess) return false;
    }
  }
  return true;
}

void word_the_stop(const NutsSettings& settings, bool is_complete, Posterior& posterior) {
  const Chains& chains = *posterior.chains;
  if (is_complete) {
    posterior.stop_reason =
        posterior.converged ? StopReason::converged : StopReason::iteration_limit;
    posterior.stop_sentence =
        fmt::format("took the {} draws of each of {} chain{} after a warmup of {}",
                    settings.samples, chains.count, chains.count == 1 ? "" : "s", settings.warmup);
    return;
  }
  posterior.stop_reason = StopReason::interrupted;
  posterior.stop_sentence =
      chains.has_warmed_up
          ? fmt::format("interrupted with {} of {} draws of each chain", chains.kept,
                        settings.samples / settings.stride)
          : std::string("interrupted in the warmup: shown is where the chains were");
}

void add_notes(const NutsSettings& settings, Posterior& posterior) {
  const Chains& chains = *posterior.chains;
  if (chains.divergences > 0)
    posterior.notes.push_back(fmt::format("{} of {} transitions diverged: the integrator lost them",
                                          chains.divergences, chains.transitions));
  if (chains.cut_off > 0)
    posterior.notes.push_back(
        fmt::format("{} of {} trajectories were cut off at depth {}: slow, not wrong; raise "
                    "`--max-depth` or rescale the model",
                    chains.cut_off, chains.transitions, settings.max_depth));
  if (chains.stride > 1)
    posterior.notes.push_back(
        fmt::format("one draw in {} was kept: all would not fit into memory", chains.stride));
  if (chains.count == 1)
    posterior.notes.push_back("one chain alone cannot show that another would end elsewhere");
}

Posterior run(const runtime::LogDensity& model, const Settings& settings, Progress& progress) {
  const auto value = [&](std::string_view option) { return nuts.value(settings, option); };
  if (settings.guide != "auto")
    throw std::invalid_argument(
        fmt::format("`--algorithm nuts` draws from the posterior itself: leave `--guide {}` out",
                    settings.guide));
  Stopwatch phase;
  Evaluator evaluator(model);
  const auto count = static_cast<Index>(value("chains"));
  NutsSettings chain_settings{static_cast<std::int64_t>(value("warmup")),
                              static_cast<std::int64_t>(value("samples")),
                              value("target-accept"),
                              static_cast<int>(value("max-depth")),
                              1,
                              settings.seed};
  chain_settings.stride =
      stride_of(model, static_cast<double>(count) * static_cast<double>(chain_settings.samples));
  Posterior posterior;
  posterior.algorithm = nuts.name;
  posterior.guide_request = "none";
  posterior.seed = settings.seed;
  posterior.khat = posterior.weight_spread = posterior.elbo = posterior.elbo_se =
      std::numeric_limits<double>::quiet_NaN();
  progress.begin("start", 0);
  std::vector<NutsChain> chains = make_chains(evaluator, count, chain_settings);
  posterior.seconds.start = phase.restart();

  const bool is_complete = run_together(evaluator, chain_settings, progress, chains);
  posterior.seconds.optimise = phase.restart();
  posterior.chains.emplace();
  collect(chains, chain_settings, posterior);
  diagnose(model, posterior);
  posterior.converged = is_complete && have_mixed(*posterior.chains, model.quantities());
  word_the_stop(chain_settings, is_complete, posterior);
  add_notes(chain_settings, posterior);
  posterior.gradient_evaluations = evaluator.gradient_evaluations();
  posterior.density_evaluations = evaluator.density_evaluations();
  posterior.seconds.judge = phase.restart();
  return posterior;
}

}  // namespace

constinit const Algorithm nuts = {
    .name = "nuts",
    .summary = "Markov chains by the no-U-turn sampler: slow, and the measure of other fits",
    .options = options,
    .run = &run};

}  // namespace vippl::inference::algorithms
