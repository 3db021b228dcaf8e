#pragma once
#include <string>
#include <vector>

#include "tests/support/reference/densities.h"

namespace vippl::reference {

/// A wrapper around parts: its own parameters first, then those of its parts. Probabilities of
/// intervals are integrals (or sums, of counts) of the parts' densities. `over`: mixture(weights,
/// D), where the parameters of the one part that `components` names have one more dimension, for
/// the components, before those of an event.
Density wrap(const std::string& wrapper, bool has_lower, bool has_upper,
             const std::vector<Density>& parts, const std::vector<bool>& components = {});

/// P(from < X <= to); either end may be infinite.
double probability(const Density& density, const std::vector<Tensor>& parameters, double from,
                   double to);

/// The y of a continuous distribution with P(X <= y) = p, by bisection.
double quantile(const Density& density, const std::vector<Tensor>& parameters, double p);

}  // namespace vippl::reference
