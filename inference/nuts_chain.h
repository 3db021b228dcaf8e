#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "inference/guide.h"
#include "inference/nuts_tree.h"
#include "inference/warmup.h"
#include "runtime/random.h"

namespace vippl::inference {

struct NutsSettings {
  std::int64_t warmup = 1000;   ///< transitions
  std::int64_t samples = 1000;  ///< transitions after those
  double target_acceptance = 0.8;
  int max_depth = 10;       ///< a trajectory has less than 2^max_depth steps
  std::int64_t stride = 1;  ///< transitions from one sample that is kept to the next
  std::uint64_t seed = 1;
};

/// One chain of the no-U-turn sampler: multinomial along the trajectory, biased to its later part
/// (Hoffman & Gelman 2014, JMLR 15; Betancourt 2017, arXiv:1701.02434), with a diagonal metric and
/// a step size that it learns in its warmup. It asks for one gradient after the other, so that
/// whoever provides them can serve several chains at once.
class NutsChain {
 public:
  /// Begins at `start`, where the density is finite; `number` sets its random numbers apart.
  NutsChain(PhasePoint start, const NutsSettings& settings, std::uint32_t number);

  bool is_done() const { return transitions_ == settings_.warmup + settings_.samples; }
  /// Where it wants log density and gradient next; not once it is done.
  const Eigen::VectorXd& wanted() const { return moving_.z; }
  void receive(double log_density, const Eigen::Ref<const Eigen::RowVectorXd>& gradient);

  std::int64_t transitions() const { return transitions_; }  // warmup included
  std::int64_t kept() const { return kept_; }
  /// Rows up to kept() are filled.
  const Points& draws() const { return draws_; }
  const LogDensities& log_densities() const { return log_densities_; }
  const PhasePoint& present() const { return present_; }
  double step_size() const { return step_; }

  // After the warmup.
  std::int64_t divergences() const { return divergences_; }
  std::int64_t cut_off() const { return cut_off_; }  // trajectories that reached the greatest depth
  double mean_acceptance() const;

 private:
  bool is_warming_up() const { return transitions_ < settings_.warmup; }
  void begin_step_search();
  void try_step();
  void judge_step();
  void begin_transition();
  void begin_doubling();
  void add_leaf();
  void complete_doubling();
  void end_transition();
  void learn(double acceptance);
  void draw_momentum(runtime::Rng& rng);
  void begin_leapfrog();

  NutsSettings settings_;
  std::uint32_t number_;
  Eigen::VectorXd variance_;  // the inverse of the metric's diagonal
  double step_ = 1;
  DualAveraging step_sizes_;
  RunningVariance spread_;
  WarmupWindows windows_;

  PhasePoint present_;  // the state of the chain
  PhasePoint moving_;   // where the integrator is
  int direction_ = 1;   // of time
  std::int64_t transitions_ = 0;

  bool is_searching_ = true;  // for a step size, between transitions
  int step_tries_ = 0;
  bool step_grows_ = false;
  std::uint32_t searches_ = 0;

  // Of the transition under way.
  runtime::Rng rng_;
  double energy_ = 0;  // at its beginning
  int depth_ = 0;
  NutsTree tree_;
  PhasePoint back_, front_;         // its ends
  std::vector<NutsTree> subtrees_;  // of the doubling under way, each smaller than the one before
  std::size_t subtree_count_ = 0;
  double acceptance_sum_ = 0;
  double leaves_ = 0;
  bool has_diverged_ = false;

  Points draws_;
  LogDensities log_densities_;
  std::int64_t kept_ = 0;
  std::int64_t divergences_ = 0;
  std::int64_t cut_off_ = 0;
  double acceptance_total_ = 0;
};

}  // namespace vippl::inference
