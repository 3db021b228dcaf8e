#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/reference/tensor.h"

namespace vippl::reference {

/// The arguments of a call: a parameter is reached by its place or its name. A text is a category
/// with this one level.
struct Arguments {
  std::vector<Tensor> positional;
  std::map<std::string, Tensor> named;

  std::optional<Tensor> find(std::size_t place, const std::string& name) const;
  Tensor get(std::size_t place, const std::string& name) const;  ///< throws if it is missing
  const Tensor& operator[](std::size_t place) const;  ///< one that is only given by place
};

using Builtin = std::function<Tensor(const Arguments&)>;
using Builtins = std::map<std::string, Builtin>;

/// Null if there is none of this name.
const Builtin* find_builtin(const std::string& name);

// The subjects that find_builtin() searches.
Builtins elementwise_builtins();
Builtins reduction_builtins();
Builtins arrangement_builtins();
Builtins matrix_builtins();
Builtins chain_builtins();
Builtins network_builtins();

/// The vectors along dimension `axis` (from 1) of x are handed to `f` one by one; what it returns,
/// of any length that is the same for all, takes their place. A scalar result removes the
/// dimension.
Tensor along(const Tensor& x, std::size_t axis, const std::function<Tensor(const Tensor&)>& f);

}  // namespace vippl::reference
