#include "tests/support/function_call.h"

// Hidden Markov chains against the sum over all paths.

namespace vippl::testing {

namespace {

using runtime::Index;

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Chain {
  std::size_t times = 0;
  std::size_t states = 0;
  std::vector<double> emission;
  std::vector<double> transition;
  std::vector<double> initial;
};

// Calls body(path, log weight) for all states^times paths.
template <class Body>
void for_each_path(const Chain& chain, Body&& body) {
  std::vector<std::size_t> path(chain.times, 0);
  for (bool more = true; more;) {
    double log_weight = std::log(chain.initial[path[0]]) + chain.emission[path[0]];
    for (std::size_t t = 1; t < chain.times; ++t)
      log_weight += std::log(chain.transition[path[t - 1] * chain.states + path[t]]) +
                    chain.emission[t * chain.states + path[t]];
    body(path, log_weight);
    std::size_t t = 0;
    while (t < chain.times && ++path[t] == chain.states) path[t++] = 0;
    more = t < chain.times;
  }
}

double log_sum_over_paths(const Chain& chain) {
  double top = -infinity;
  for_each_path(chain, [&](const auto&, double log_weight) { top = std::max(top, log_weight); });
  if (top == -infinity) return top;
  double sum = 0;
  for_each_path(chain, [&](const auto&, double log_weight) { sum += std::exp(log_weight - top); });
  return top + std::log(sum);
}

std::vector<double> state_probabilities(const Chain& chain) {
  const double total = log_sum_over_paths(chain);
  std::vector<double> result(chain.times * chain.states);
  for_each_path(chain, [&](const auto& path, double log_weight) {
    for (std::size_t t = 0; t < chain.times; ++t)
      result[t * chain.states + path[t]] += std::exp(log_weight - total);
  });
  return result;
}

OperationResult run(std::string_view name, const Chain& chain,
                    const std::vector<double>& out_adjoint) {
  const auto times = static_cast<Index>(chain.times);
  const auto states = static_cast<Index>(chain.states);
  const RecordedCall call =
      record_call(name,
                  {matrix(times, states, chain.emission), matrix(states, states, chain.transition),
                   vector(chain.initial)},
                  7);
  return run_operation(*call.operation,
                       {{chain.emission, times * states, false},
                        {chain.transition, states * states, false},
                        {chain.initial, states, false}},
                       call.out_size, 1, out_adjoint);
}

Chain ordinary() {
  return {4,
          3,
          {-1, 0.5, -2, -0.3, -1.2, 0.4, -4, 1, -0.2, 0, -0.7, -1.5},
          {0.7, 0.2, 0.1, 0.3, 0.3, 0.4, 0.05, 0.15, 0.8},
          {0.2, 0.5, 0.3}};
}

std::vector<Chain> chains() {
  Chain unnormalised = ordinary();
  unnormalised.initial = {1, 1, 1};
  unnormalised.transition[4] = 2.5;
  Chain impossible = ordinary();  // some states at some times, and one change of state
  impossible.emission[1] = impossible.emission[5] = impossible.emission[9] = -infinity;
  impossible.transition[1] = 0;
  Chain forced = ordinary();  // to start in a state that the first observation all but excludes
  forced.emission[0] = -5000;
  forced.emission[3] = -3000;
  forced.transition = {0, 1, 0, 0, 0, 1, 0, 1, 0};
  forced.initial = {1, 1e-300, 0};
  forced.emission[4] = forced.emission[10] = -4000;
  Chain late = ordinary();  // what the last observation wants was given up by the first
  late.transition = {1, 0, 0, 0, 1, 0, 0, 0.5, 0.5};
  late.emission = {0, -2000, -2000, 0, 0, 0, 0, 0, 0, -3500, 0, -10};
  Chain short_one = ordinary();
  short_one.times = 1;
  short_one.emission = {-1, 0.5, -infinity};
  return {ordinary(), unnormalised, impossible, forced, late, short_one};
}

}  // namespace

TEST_CASE("the log density of a hidden Markov chain is that of all its paths") {
  for (const Chain& chain : chains()) {
    const OperationResult result = run("hmm_log_density", chain, {});
    CHECK(result.out[0] == doctest::Approx(log_sum_over_paths(chain)).epsilon(1e-13));
  }
}

TEST_CASE("its derivatives by the emissions are the probabilities of the states") {
  for (const Chain& chain : chains()) {
    const std::vector<double> expected = state_probabilities(chain);
    const std::vector<double> smoothed = run("hmm_smooth", chain, {}).out;
    const std::vector<double> slopes = run("hmm_log_density", chain, {2}).adjoints[0];
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CAPTURE(i);
      CHECK(smoothed[i] == doctest::Approx(expected[i]).epsilon(1e-11));
      CHECK(std::abs(slopes[i] - 2 * expected[i]) < 1e-11);
    }
  }
}

// A path of which a weight is a factor n times has the derivative n times the other factors: also
// where the weight is 0, and raising it would open the path.
TEST_CASE("its derivatives by the weights are sums over paths too") {
  for (const Chain& chain : chains()) {
    const OperationResult result = run("hmm_log_density", chain, {1});
    const double total = log_sum_over_paths(chain);
    const auto check = [&](std::vector<double> Chain::*weights, const std::vector<double>& found,
                           const auto& count_uses) {
      for (std::size_t k = 0; k < found.size(); ++k) {
        Chain others = chain;
        (others.*weights)[k] = 1;
        double expected = 0;
        for_each_path(others, [&](const auto& path, double log_weight) {
          const int uses = count_uses(path, k);
          if (uses == 0) return;
          expected += uses * std::exp(log_weight - total) * std::pow((chain.*weights)[k], uses - 1);
        });
        CAPTURE(k);
        // Infinite where a path that is closed would outweigh all others beyond what exp can hold.
        CHECK((found[k] == expected || std::abs(found[k] - expected) <= 1e-9 * (1 + expected)));
      }
    };
    check(&Chain::transition, result.adjoints[1], [&](const auto& path, std::size_t k) {
      int uses = 0;
      for (std::size_t t = 1; t < path.size(); ++t)
        uses += path[t - 1] * chain.states + path[t] == k ? 1 : 0;
      return uses;
    });
    check(&Chain::initial, result.adjoints[2],
          [](const auto& path, std::size_t k) { return path[0] == k ? 1 : 0; });
  }
}

TEST_CASE("a chain that nothing can have produced has density 0 and no slope") {
  Chain chain = ordinary();
  for (std::size_t j = 0; j < 3; ++j) chain.emission[3 + j] = -infinity;
  const OperationResult result = run("hmm_log_density", chain, {1});
  CHECK(result.out[0] == -infinity);
  for (const std::vector<double>& adjoint : result.adjoints)
    for (const double slope : adjoint) CHECK(slope == 0);
}

TEST_CASE("NaN anywhere in a chain gives NaN") {
  for (std::vector<double> Chain::*part : {&Chain::emission, &Chain::transition, &Chain::initial}) {
    Chain chain = ordinary();
    (chain.*part)[1] = std::numeric_limits<double>::quiet_NaN();
    CHECK(std::isnan(run("hmm_log_density", chain, {1}).out[0]));
  }
  Chain chain = ordinary();
  chain.transition[0] = -0.1;
  CHECK(std::isnan(run("hmm_log_density", chain, {1}).out[0]));
}

// With rows that sum to 1 and the same density in all states, the chain does not matter. All paths
// of so many times could never be visited, and their product of densities underflows.
TEST_CASE("a long chain takes one step per time") {
  constexpr std::size_t times = 100000;
  Chain chain = ordinary();
  chain.times = times;
  chain.emission.assign(times * 3, -2.5);
  const OperationResult result = run("hmm_log_density", chain, {1});
  CHECK(result.out[0] == doctest::Approx(-2.5 * times).epsilon(1e-12));
  double sum = 0;
  for (const double slope : result.adjoints[0]) sum += slope;
  CHECK(sum == doctest::Approx(static_cast<double>(times)).epsilon(1e-9));
}

}  // namespace vippl::testing
