#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/support/reference/tensor.h"

namespace vippl::reference {

/// A distribution by its textbook formula, one event at a time.
struct Density {
  std::vector<std::string> parameters;
  std::vector<std::size_t> ranks;  ///< dimensions of each parameter for one event
  std::size_t event_rank = 0;
  std::function<double(const Tensor& value, const std::vector<Tensor>& parameters)> log_density;
  bool is_discrete = false;
};

using Densities = std::map<std::string, Density>;

/// Those of vectors and matrices; find_density() searches them too.
Densities event_densities();

/// Null if there is none of this name.
const Density* find_density(const std::string& name);

/// The log density of every independent copy: leading dimensions of `value`, to which the arguments
/// broadcast.
Tensor log_densities(const Density& density, const Tensor& value,
                     const std::vector<Tensor>& arguments);

/// The same, where the value and the arguments stretch to each other, as in log_density(D, x).
Tensor log_densities_together(const Density& density, const Tensor& value,
                              const std::vector<Tensor>& arguments);

}  // namespace vippl::reference
