#include <cmath>

#include "tests/support/reference/builtins.h"

namespace vippl::reference {

namespace {

/// What a hidden Markov chain is by definition: a sum over every path through its states.
struct Paths {
  double total = 0;  ///< the densities of all paths together
  Tensor passing;    ///< [T, K], of those that are in state k at time t
};

Paths all_paths(const Arguments& a) {
  const Tensor emission = a.get(0, "emission");
  const Tensor transition = a.get(1, "transition");
  const Tensor initial = a.get(2, "initial");
  const std::size_t times = emission.shape[0];
  const std::size_t states = emission.shape[1];
  const Shape path_shape(times, states);
  Paths result{0, filled({times, states}, 0)};
  for (std::size_t i = 0; i < element_count(path_shape); ++i) {
    const Shape path = subscripts(path_shape, i);
    double density = 1;
    for (std::size_t t = 0; t < times; ++t) {
      density *= t == 0 ? initial.values[path[0]]
                        : transition.values[flat_index(transition.shape, {path[t - 1], path[t]})];
      density *= std::exp(emission.values[t * states + path[t]]);
    }
    result.total += density;
    for (std::size_t t = 0; t < times; ++t) result.passing.values[t * states + path[t]] += density;
  }
  return result;
}

}  // namespace

Builtins chain_builtins() {
  return {
      {"hmm_log_density", [](const Arguments& a) { return scalar(std::log(all_paths(a).total)); }},
      {"hmm_smooth",
       [](const Arguments& a) {
         const Paths paths = all_paths(a);
         return map(paths.passing, [&](double x) { return x / paths.total; });
       }},
  };
}

}  // namespace vippl::reference
