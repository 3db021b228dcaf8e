#include "tests/support/reference/builtins.h"

namespace vippl::reference {

std::optional<Tensor> Arguments::find(std::size_t place, const std::string& name) const {
  if (place < positional.size()) return positional[place];
  const auto found = named.find(name);
  if (found == named.end()) return std::nullopt;
  return found->second;
}

Tensor Arguments::get(std::size_t place, const std::string& name) const {
  const std::optional<Tensor> argument = find(place, name);
  if (!argument) throw Error("the argument `" + name + "` is missing");
  return *argument;
}

const Tensor& Arguments::operator[](std::size_t place) const {
  if (place >= positional.size()) {
    throw Error("argument " + std::to_string(place + 1) + " is missing");
  }
  return positional[place];
}

const Builtin* find_builtin(const std::string& name) {
  static const Builtins table = [] {
    Builtins all = elementwise_builtins();
    for (Builtins subject : {reduction_builtins(), arrangement_builtins(), matrix_builtins(),
                             chain_builtins(), network_builtins()}) {
      all.merge(subject);
    }
    return all;
  }();
  const auto found = table.find(name);
  return found == table.end() ? nullptr : &found->second;
}

Tensor along(const Tensor& x, std::size_t axis, const std::function<Tensor(const Tensor&)>& f) {
  if (axis < 1 || axis > x.rank()) throw Error("there is no dimension " + std::to_string(axis));
  const std::size_t d = axis - 1;
  Shape others = x.shape;
  others.erase(others.begin() + static_cast<std::ptrdiff_t>(d));
  std::vector<Tensor> results;
  for (std::size_t i = 0; i < element_count(others); ++i) {
    Shape at = subscripts(others, i);
    at.insert(at.begin() + static_cast<std::ptrdiff_t>(d), 0);
    Tensor line = vector({}, x.kind);
    for (at[d] = 0; at[d] < x.shape[d]; ++at[d]) {
      line.values.push_back(x.values[flat_index(x.shape, at)]);
    }
    line.shape = {line.values.size()};
    results.push_back(f(line));
  }
  if (results.empty()) throw Error("there is nothing to take along an axis");
  Tensor stacked = stack(results);  // the others in one dimension, then what f returned
  const Shape inner = results[0].shape;
  stacked.shape = others;
  stacked.shape.insert(stacked.shape.end(), inner.begin(), inner.end());
  if (inner.empty()) return stacked;
  Tensor result = stacked;
  result.shape = x.shape;
  result.shape[d] = inner[0];
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    Shape at = subscripts(result.shape, i);
    at.push_back(at[d]);
    at.erase(at.begin() + static_cast<std::ptrdiff_t>(d));
    result.values[i] = stacked.values[flat_index(stacked.shape, at)];
  }
  return result;
}

}  // namespace vippl::reference
