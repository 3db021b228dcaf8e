#include "inference/evaluator.h"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "inference/stopwatch.h"

namespace vippl::inference {

namespace {

using Eigen::Index;
using runtime::LogDensities;
using runtime::Points;

// A model goes through its data once for several points together: shards of few points would cost
// more, blocks of many points leave the user waiting where the data are large. A multiple of the
// points that a model takes together, so that these are the same however the rest is cut.
constexpr Index shard_points = 16;
// Work that is worth waking other threads for.
constexpr double least_seconds = 200e-6;
// Fewer points say little about the time that one takes, and reading the clock is felt.
constexpr Index least_timed_points = 8;

void evaluate_with(const runtime::LogDensity& model, const Points& points,
                   const runtime::Rows& rows, runtime::Workspace& workspace, LogDensities& values,
                   Points* gradients) {
  if (gradients == nullptr) {
    model.evaluate(points, rows, workspace, values);
  } else {
    model.evaluate(points, rows, workspace, values, *gradients);
  }
}

/// An arena that was there before a ThreadLimit does not know of it.
Index most_threads() {
  const auto allowed = static_cast<Index>(
      tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism));
  return std::min(allowed, static_cast<Index>(tbb::this_task_arena::max_concurrency()));
}

}  // namespace

struct ThreadLimit::Control {
  explicit Control(int threads)
      : limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads)) {}
  tbb::global_control limit;
};

ThreadLimit::ThreadLimit(int threads)
    : control_(threads == 0 ? nullptr : std::make_unique<Control>(threads)) {}
ThreadLimit::~ThreadLimit() = default;

struct Evaluator::Team {
  struct Buffers {
    Points points;
    LogDensities values;
    Points gradients;
  };
  struct Member {
    std::unique_ptr<runtime::Workspace> workspace;
    Buffers whole;
    Buffers rest;  // of the last shard: apart, so that neither changes its size all the time
  };
  tbb::enumerable_thread_specific<Member> members;
};

Evaluator::Evaluator(const runtime::LogDensity& model)
    : model_(model), workspace_(model.make_workspace()) {}
Evaluator::~Evaluator() = default;

void Evaluator::gradients(const Points& points, LogDensities& values, Points& gradients,
                          const runtime::Rows& rows) {
  gradient_evaluations_ += points.rows();
  evaluate(points, rows, values, &gradients);
}

void Evaluator::densities(const Points& points, LogDensities& values) {
  density_evaluations_ += points.rows();
  evaluate(points, {}, values, nullptr);
}

bool Evaluator::is_worth_sharing(Index points) const {
  return points > shard_points &&
         static_cast<double>(points) * seconds_per_point_ > least_seconds && most_threads() > 1;
}

Index Evaluator::block_size(Index points_left) const {
  return is_worth_sharing(points_left) ? shard_points * most_threads() : shard_points;
}

void Evaluator::evaluate_here(const Points& points, const runtime::Rows& rows, LogDensities& values,
                              Points* gradients) {
  if (points.rows() < least_timed_points) {
    evaluate_with(model_, points, rows, *workspace_, values, gradients);
    return;
  }
  const Stopwatch time;
  evaluate_with(model_, points, rows, *workspace_, values, gradients);
  seconds_per_point_ = time.seconds() / static_cast<double>(points.rows());
}

void Evaluator::evaluate(const Points& points, const runtime::Rows& rows, LogDensities& values,
                         Points* gradients) {
  if (!is_worth_sharing(points.rows())) return evaluate_here(points, rows, values, gradients);
  if (!team_) team_ = std::make_unique<Team>();
  const Index shards = (points.rows() + shard_points - 1) / shard_points;
  const auto evaluate_shard = [&](Index shard) {
    Team::Member& member = team_->members.local();
    if (!member.workspace) member.workspace = model_.make_workspace();
    const Index first = shard * shard_points;
    const Index count = std::min(shard_points, points.rows() - first);
    Team::Buffers& at = count == shard_points ? member.whole : member.rest;
    at.points = points.middleRows(first, count);
    at.values.resize(count);
    if (gradients != nullptr) at.gradients.resize(count, points.cols());
    evaluate_with(model_, at.points, rows, *member.workspace, at.values,
                  gradients == nullptr ? nullptr : &at.gradients);
    values.segment(first, count) = at.values;
    if (gradients != nullptr) gradients->middleRows(first, count) = at.gradients;
  };
  tbb::parallel_for(Index{0}, shards, evaluate_shard, tbb::static_partitioner());
}

}  // namespace vippl::inference
