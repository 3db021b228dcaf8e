#include "inference/markov_graph.h"

#include <algorithm>
#include <cmath>

#include "runtime/random.h"

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Eigen::Index;
using runtime::Points;

constexpr Index points_at_once = 128;
constexpr int most_shrinks = 6;
// A gradient that answers by less, relative to its size, is rounding.
constexpr double rounding = 1e-13;
// In units in which every coordinate has curvature 1: less is zero, or might as well be.
constexpr double least_coupling = 1e-7;
constexpr std::size_t most_answers = 4'000'000;

/// How the gradient in `second` answered to a step in `first`, per unit of the step.
struct Answer {
  Index first = 0;
  Index second = 0;
  double curvature = 0;
};

/// A point with a finite gradient, nearer the location where there is none.
std::optional<Vector> point_near(Evaluator& evaluator, const Vector& location, const Vector& scale,
                                 runtime::Rng& rng, Vector& gradient) {
  const Index d = location.size();
  Vector shift(d);
  for (double& x : shift) x = rng.normal();
  shift = shift.cwiseProduct(scale);
  runtime::LogDensities value(1);
  Points point(1, d), point_gradient(1, d);
  for (int k = 0; k <= most_shrinks; ++k, shift *= 0.5) {
    point.row(0) = location + shift;
    evaluator.gradients(point, value, point_gradient);
    if (!std::isfinite(value[0]) || !point_gradient.allFinite()) continue;
    gradient = point_gradient.row(0);
    return Vector(point.row(0));
  }
  return std::nullopt;
}

enum class Outcome { told, not_finite, too_many };

/// Adds what answers at one point.
Outcome add_answers(Evaluator& evaluator, const Vector& at, const Vector& gradient,
                    const Vector& steps, std::vector<Answer>& answers) {
  const Index d = at.size();
  for (Index first = 0; first < d; first += points_at_once) {
    const Index count = std::min(points_at_once, d - first);
    Points points = at.transpose().replicate(count, 1);
    for (Index i = 0; i < count; ++i) points(i, first + i) += steps[first + i];
    runtime::LogDensities values(count);
    Points gradients(count, d);
    evaluator.gradients(points, values, gradients);
    if (!values.allFinite() || !gradients.allFinite()) return Outcome::not_finite;
    for (Index j = 0; j < d; ++j)
      for (Index i = 0; i < count; ++i) {
        const double change = std::fabs(gradients(i, j) - gradient[j]);
        if (change > rounding * std::fabs(gradient[j]))
          answers.push_back({first + i, j, change / steps[first + i]});
      }
    if (answers.size() > most_answers) return Outcome::too_many;
  }
  return Outcome::told;
}

void join(const std::vector<Answer>& answers, MarkovGraph& graph) {
  Vector own = Vector::Zero(graph.size());
  for (const Answer& a : answers)
    if (a.first == a.second) own[a.first] = a.curvature;
  for (const Answer& a : answers) {
    const double size = std::sqrt(own[a.first] * own[a.second]);
    if (a.first == a.second || !(a.curvature > least_coupling * size)) continue;
    graph.neighbours[static_cast<std::size_t>(a.first)].push_back(a.second);
    graph.neighbours[static_cast<std::size_t>(a.second)].push_back(a.first);
  }
}

/// The greedy colouring with these hubs; gives up (count 0) where it takes `enough` colours.
Colouring colour_with_hubs(const MarkovGraph& graph, std::vector<bool> is_hub, Index enough) {
  const std::size_t d = graph.neighbours.size();
  Colouring result{std::vector<Index>(d, -1), std::move(is_hub), 0};
  for (std::size_t i = 0; i < d; ++i)
    if (result.is_hub[i]) result.colours[i] = result.count++;
  const Index first = result.count;
  std::vector<std::size_t> used_by;  // the last coordinate that must not have this colour
  const auto avoid = [&](Index other, std::size_t i) {
    const Index taken = result.colours[static_cast<std::size_t>(other)];
    if (taken >= first) used_by[static_cast<std::size_t>(taken - first)] = i;
  };
  for (std::size_t i = 0; i < d; ++i) {
    if (result.is_hub[i]) continue;
    for (const Index j : graph.neighbours[i]) {
      if (result.is_hub[static_cast<std::size_t>(j)]) continue;
      avoid(j, i);
      for (const Index k : graph.neighbours[static_cast<std::size_t>(j)])
        if (static_cast<std::size_t>(k) != i) avoid(k, i);
    }
    std::size_t c = 0;
    while (c < used_by.size() && used_by[c] == i) ++c;
    if (c == used_by.size()) used_by.push_back(d);
    result.colours[i] = first + static_cast<Index>(c);
    result.count = std::max(result.count, result.colours[i] + 1);
    if (result.count >= enough) return {};
  }
  return result;
}

}  // namespace

std::optional<MarkovGraph> find_markov_graph(Evaluator& evaluator, const Vector& location,
                                             const Vector& scale, std::uint64_t seed) {
  MarkovGraph graph;
  graph.neighbours.resize(static_cast<std::size_t>(location.size()));
  runtime::Rng rng(seed, runtime::Purpose::start, 3);
  // The normal may lie where something is switched off, such as effects whose scale is next to 0
  // there: so two points lie about the origin, as starts of climbs do.
  const Vector origin = Vector::Zero(graph.size());
  const Vector ones = Vector::Ones(graph.size());
  int looked = 0;
  for (const bool is_near : {true, false, false}) {
    Vector gradient;
    std::vector<Answer> answers;
    const Vector& steps = is_near ? scale : ones;
    const std::optional<Vector> at =
        point_near(evaluator, is_near ? location : origin, steps, rng, gradient);
    if (!at) continue;
    const Outcome outcome = add_answers(evaluator, *at, gradient, steps, answers);
    if (outcome == Outcome::too_many) return std::nullopt;
    if (outcome == Outcome::not_finite) continue;
    join(answers, graph);
    ++looked;
  }
  if (looked == 0) return std::nullopt;
  for (std::vector<Index>& list : graph.neighbours) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  return graph;
}

Colouring colour(const MarkovGraph& graph) {
  // With every coordinate a hub, each has its colour. Fewer hubs are tried as long as a pass over
  // neighbours of neighbours is cheap.
  constexpr double most_work = 1e8;
  const std::size_t d = graph.neighbours.size();
  Colouring best = colour_with_hubs(graph, std::vector<bool>(d, true), graph.size() + 1);
  for (std::size_t least = 1; static_cast<double>(d * least * least) < most_work; least *= 2) {
    std::vector<bool> is_hub(d);
    std::size_t hubs = 0;
    for (std::size_t i = 0; i < d; ++i)
      if ((is_hub[i] = graph.neighbours[i].size() >= least)) ++hubs;
    Colouring next = colour_with_hubs(graph, std::move(is_hub), best.count);
    if (next.count > 0) best = std::move(next);
    if (hubs == 0) break;
  }
  return best;
}

}  // namespace vippl::inference
