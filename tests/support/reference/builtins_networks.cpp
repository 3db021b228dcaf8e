#include <algorithm>
#include <cmath>
#include <numbers>

#include "tests/support/reference/builtins.h"

namespace vippl::reference {

namespace {

using Function = double (*)(double);

Function activation_of(const std::string& name) {
  static const std::map<std::string, Function> table = {
      {"tanh", [](double x) { return std::tanh(x); }},
      {"relu", [](double x) { return std::max(x, 0.0); }},
      {"softplus", [](double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }},
      {"gelu", [](double x) { return 0.5 * x * std::erfc(-x / std::numbers::sqrt2); }},
      {"sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }},
      {"identity", [](double x) { return x; }},
  };
  const auto found = table.find(name);
  if (found == table.end()) throw Error("the activation `" + name + "` is not known");
  return found->second;
}

/// Layer by layer: the weights, one row for each input, then the biases.
Tensor mlp(const Arguments& a) {
  Tensor x = a.get(0, "x");
  const std::vector<double> w = a.get(1, "w").values;
  const std::vector<double> layers = a.get(2, "layers").values;
  const std::optional<Tensor> given = a.find(3, "activation");
  const Function activation = activation_of(given ? given->levels.at(0) : "tanh");
  auto next = w.begin();
  const auto take = [&](const Shape& shape) {
    Tensor result = filled(shape, 0);
    if (w.end() - next < static_cast<std::ptrdiff_t>(result.values.size()))
      throw Error("the weights of a network are too few");
    for (double& value : result.values) value = *next++;
    return result;
  };
  for (std::size_t layer = 1; layer < layers.size(); ++layer) {
    const auto inputs = static_cast<std::size_t>(layers[layer - 1]);
    const auto outputs = static_cast<std::size_t>(layers[layer]);
    const Tensor weights = take({inputs, outputs});
    const Tensor biases = take({outputs});
    x = map(contract(x, weights), biases, [](double y, double bias) { return y + bias; });
    if (layer + 1 < layers.size()) x = map(x, activation);
  }
  if (next != w.end()) throw Error("the weights of a network are too many");
  return x;
}

Tensor mlp_scale(const Arguments& a) {
  const std::vector<double> layers = a.get(0, "layers").values;
  std::vector<double> scales;
  for (std::size_t layer = 1; layer < layers.size(); ++layer) {
    const auto weights = static_cast<std::size_t>(layers[layer - 1] * layers[layer]);
    scales.insert(scales.end(), weights, 1 / std::sqrt(layers[layer - 1]));
    scales.insert(scales.end(), static_cast<std::size_t>(layers[layer]), 1);
  }
  return vector(scales);
}

double mlp_size(const Arguments& a) { return static_cast<double>(mlp_scale(a).values.size()); }

}  // namespace

Builtins network_builtins() {
  return {
      {"mlp", mlp},
      {"mlp_scale", mlp_scale},
      {"mlp_size", [](const Arguments& a) { return scalar(mlp_size(a), Tensor::Kind::integer); }},
      // The numbers are random; a script that is compared may depend on their count only.
      {"mlp_start", [](const Arguments& a) { return filled(mlp_scale(a).shape, 0); }},
  };
}

}  // namespace vippl::reference
