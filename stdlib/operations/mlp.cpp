#include "stdlib/operations/mlp.h"

#include <fmt/format.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "runtime/lanes.h"
#include "runtime/special.h"
#include "stdlib/operations/constant.h"

namespace vippl::stdlib {

namespace {

using lang::ArgumentType;
using lang::Mismatch;
using runtime::ArgumentError;
using runtime::CallArgument;
using runtime::Index;
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using MatrixMap = Eigen::Map<Matrix>;
using ConstMatrixMap = Eigen::Map<const Matrix>;
using RowMap = Eigen::Map<Eigen::RowVectorXd>;
using ConstRowMap = Eigen::Map<const Eigen::RowVectorXd>;

// What the units of the inner layers make of their sums.
struct Activation {
  std::string_view name;
  double (*value)(double x);
  double (*derivative)(double x, double y);
};

double logistic(double x) { return 0.5 + 0.5 * std::tanh(0.5 * x); }
double logistic_derivative(double, double y) { return y * (1 - y); }

constexpr Activation activations[] = {
    {"tanh", [](double x) { return std::tanh(x); },
     [](double, double y) { return (1 - y) * (1 + y); }},
    {"relu", [](double x) { return x < 0 ? 0.0 : x; },
     [](double x, double) { return x > 0 ? 1.0 : 0.0; }},
    {"softplus", [](double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); },
     [](double x, double) { return logistic(x); }},
    {"gelu", [](double x) { return x * runtime::normal_cdf(x); },
     [](double x, double) {
       const double density = std::exp(-0.5 * x * x) / std::sqrt(2 * std::numbers::pi);
       return runtime::normal_cdf(x) + x * density;
     }},
    {"sigmoid", &logistic, &logistic_derivative},
    {"logistic", &logistic, &logistic_derivative},
    {"identity", [](double x) { return x; }, [](double, double) { return 1.0; }},
};

// The extents of the layers: inputs, inner layers, outputs.
using Layers = std::vector<Index>;

Index weight_count(const Layers& layers) {
  Index count = 0;
  for (std::size_t l = 0; l + 1 < layers.size(); ++l) count += (layers[l] + 1) * layers[l + 1];
  return count;
}

Layers layers_of(const CallArgument& argument, std::size_t position) {
  Layers layers;
  for (Index i = 0; i < argument.size; ++i) {
    if (!(argument.data[i] >= 1)) {
      throw ArgumentError(position, fmt::format("`layers` are sizes from 1, but element {} is {}",
                                                i + 1, argument.data[i]));
    }
    layers.push_back(static_cast<Index>(argument.data[i]));
  }
  if (layers.size() < 2) {
    throw ArgumentError(position, fmt::format("`layers` are at least two sizes, of the inputs and "
                                              "of the outputs, got {}",
                                              layers.size()));
  }
  return layers;
}

class Mlp final : public runtime::LaneOperation {
 public:
  Mlp(Index rows, Layers layers, const Activation& activation)
      : LaneOperation({rows * layers.front(), weight_count(layers)}, rows * layers.back()),
        rows_(rows),
        layers_(std::move(layers)),
        activation_(activation) {
    for (std::size_t l = 1; l + 1 < layers_.size(); ++l) inner_ += layers_[l];
    widest_ = *std::ranges::max_element(layers_);
  }
  std::string_view name() const override { return "mlp"; }

 protected:
  // The sums and the values of the inner units, then two layers of adjoints.
  Index lane_scratch_size() const override { return rows_ * (2 * inner_ + 2 * widest_); }

  void forward_lane(std::span<const double* const> in, double* out,
                    double* scratch) const override {
    const double* from = in[0];
    const double* weights = in[1];
    double* sums = scratch;
    double* values = scratch + rows_ * inner_;
    for (std::size_t l = 0; l + 1 < layers_.size(); ++l) {
      const Index inputs = layers_[l];
      const Index outputs = layers_[l + 1];
      const bool is_last = l + 2 == layers_.size();
      MatrixMap result(is_last ? out : sums, rows_, outputs);
      result.noalias() =
          ConstMatrixMap(from, rows_, inputs) * ConstMatrixMap(weights, inputs, outputs);
      result.rowwise() += ConstRowMap(weights + inputs * outputs, outputs);
      if (is_last) return;
      std::transform(sums, sums + rows_ * outputs, values, activation_.value);
      from = values;
      sums += rows_ * outputs;
      values += rows_ * outputs;
      weights += (inputs + 1) * outputs;
    }
  }

  void backward_lane(std::span<const double* const> in, const double*, const double* out_adjoint,
                     std::span<double* const> in_adjoint, double* scratch) const override {
    Index first_weight = weight_count(layers_);
    Index unit = inner_;  // the first inner unit of the layer that is looked at
    double* const buffers = scratch + 2 * rows_ * inner_;
    const double* adjoint = out_adjoint;
    for (std::size_t l = layers_.size() - 1; l-- > 0;) {
      const Index inputs = layers_[l];
      const Index outputs = layers_[l + 1];
      first_weight -= (inputs + 1) * outputs;
      unit -= l == 0 ? 0 : inputs;
      const double* const values = l == 0 ? in[0] : scratch + rows_ * (inner_ + unit);
      const ConstMatrixMap above(adjoint, rows_, outputs);
      if (in_adjoint[1] != nullptr) {
        double* const weights = in_adjoint[1] + first_weight;
        MatrixMap(weights, inputs, outputs).noalias() +=
            ConstMatrixMap(values, rows_, inputs).transpose() * above;
        RowMap(weights + inputs * outputs, outputs) += above.colwise().sum();
      }
      const ConstMatrixMap weights(in[1] + first_weight, inputs, outputs);
      if (l == 0) {
        if (in_adjoint[0] != nullptr)
          MatrixMap(in_adjoint[0], rows_, inputs).noalias() += above * weights.transpose();
        return;
      }
      double* const below = buffers + (l % 2 == 0 ? 0 : rows_ * widest_);
      MatrixMap(below, rows_, inputs).noalias() = above * weights.transpose();
      const double* const sums = scratch + rows_ * unit;
      for (Index i = 0; i < rows_ * inputs; ++i)
        below[i] *= activation_.derivative(sums[i], values[i]);
      adjoint = below;
    }
  }

 private:
  Index rows_;
  Layers layers_;
  const Activation& activation_;
  Index inner_ = 0;   // units of all inner layers
  Index widest_ = 0;  // units of the largest layer
};

const Activation& activation_of(const CallArgument& argument, std::size_t position) {
  const std::string_view name = argument.given() ? argument.text : "tanh";
  const auto* const found = std::ranges::find(activations, name, &Activation::name);
  if (found != std::end(activations)) return *found;
  std::string names;
  for (const Activation& activation : activations)
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", activation.name);
  throw ArgumentError(
      position, fmt::format("there is no activation \"{}\"; those there are: {}", name, names));
}

std::optional<Mismatch> check_vector(std::span<const ArgumentType> arguments, std::size_t position,
                                     std::string_view name) {
  const lang::Shape& shape = arguments[position].shape;
  if (shape.size() == 1) return std::nullopt;
  return Mismatch{position,
                  fmt::format("`{}` should be a vector, got shape {}", name, lang::text(shape))};
}

constexpr std::size_t layers_position = 2;  // among the arguments of mlp
constexpr std::size_t activation_position = 3;

}  // namespace

TypeResult mlp_shape(std::span<const ArgumentType> arguments) {
  lang::Shape shape = arguments[0].shape;
  if (shape.empty()) {
    return Mismatch{0, "`x` of `mlp` is a vector of inputs, or has one in each row, got a scalar"};
  }
  if (auto wrong = check_vector(arguments, 1, "w")) return *std::move(wrong);
  if (auto wrong = check_vector(arguments, layers_position, "layers")) return *std::move(wrong);
  const ArgumentType& activation = arguments[activation_position];
  if (activation.given && activation.element != lang::Element::text) {
    return Mismatch{activation_position, "`activation` is named by a text, as \"tanh\""};
  }
  shape.back() = lang::Size::unknown();
  return lang::ResultType{lang::Element::real, std::move(shape)};
}

lang::Shape measure_mlp(std::span<const CallArgument> arguments) {
  lang::Shape shape = arguments[0].shape;
  shape.back() = lang::Size::number(layers_of(arguments[layers_position], layers_position).back());
  return shape;
}

std::shared_ptr<const runtime::Operation> make_mlp(std::span<const CallArgument> arguments,
                                                   const lang::Shape& /*result*/) {
  Layers layers = layers_of(arguments[layers_position], layers_position);
  const Index inputs = arguments[0].extents.back();
  if (inputs != layers.front() && arguments[0].extents.size() == 1) {
    throw ArgumentError(
        0, fmt::format("the vector `x` is one row of {} inputs, but the first of `layers` is {}: a "
                       "matrix has a row for each{}",
                       inputs, layers.front(),
                       layers.front() == 1 ? ", as_column(x) one of each element" : ""));
  }
  if (inputs != layers.front()) {
    throw ArgumentError(0, fmt::format("the first of `layers` is {}, but `x` has {} inputs",
                                       layers.front(), inputs));
  }
  if (arguments[1].size != weight_count(layers)) {
    throw ArgumentError(1, fmt::format("these `layers` have mlp_size(layers) = {} weights and "
                                       "biases, but `w` has {} elements",
                                       weight_count(layers), arguments[1].size));
  }
  const Activation& activation = activation_of(arguments[activation_position], activation_position);
  return std::make_shared<const Mlp>(arguments[0].size / inputs, std::move(layers), activation);
}

TypeResult mlp_size_type(std::span<const ArgumentType> arguments) {
  if (auto wrong = check_vector(arguments, 0, "layers")) return *std::move(wrong);
  return lang::ResultType{lang::Element::integer, {}};
}

std::shared_ptr<const runtime::Operation> make_mlp_size(std::span<const CallArgument> arguments,
                                                        const lang::Shape& /*result*/) {
  const Index count = weight_count(layers_of(arguments[0], 0));
  return std::make_shared<const ConstantOperation>("mlp_size", static_cast<double>(count), 1);
}

TypeResult mlp_vector_shape(std::span<const ArgumentType> arguments) {
  if (auto wrong = check_vector(arguments, 0, "layers")) return *std::move(wrong);
  return lang::ResultType{lang::Element::real, {lang::Size::unknown()}};
}

lang::Shape measure_mlp_vector(std::span<const CallArgument> arguments) {
  return {lang::Size::number(weight_count(layers_of(arguments[0], 0)))};
}

std::shared_ptr<const runtime::Operation> make_mlp_scale(std::span<const CallArgument> arguments,
                                                         const lang::Shape& /*result*/) {
  const Layers layers = layers_of(arguments[0], 0);
  std::vector<double> scales;
  for (std::size_t l = 0; l + 1 < layers.size(); ++l) {
    const auto weights = static_cast<std::size_t>(layers[l] * layers[l + 1]);
    scales.insert(scales.end(), weights, 1 / std::sqrt(static_cast<double>(layers[l])));
    scales.insert(scales.end(), static_cast<std::size_t>(layers[l + 1]), 1.0);
  }
  return std::make_shared<const ListOperation>("mlp_scale", std::move(scales));
}

// Uniform weights that keep the variance of values and adjoints from layer to layer, and no biases.
// Glorot & Bengio (2010), AISTATS. Every call gives the same numbers.
std::shared_ptr<const runtime::Operation> make_mlp_start(std::span<const CallArgument> arguments,
                                                         const lang::Shape& /*result*/) {
  const Layers layers = layers_of(arguments[0], 0);
  std::vector<double> starts;
  for (std::size_t l = 0; l + 1 < layers.size(); ++l) {
    runtime::Rng rng(0, runtime::Purpose::start, static_cast<std::uint32_t>(l));
    const double limit = std::sqrt(6 / static_cast<double>(layers[l] + layers[l + 1]));
    for (Index i = 0; i < layers[l] * layers[l + 1]; ++i)
      starts.push_back(limit * (2 * rng.uniform() - 1));
    starts.insert(starts.end(), static_cast<std::size_t>(layers[l + 1]), 0.0);
  }
  return std::make_shared<const ListOperation>("mlp_start", std::move(starts));
}

}  // namespace vippl::stdlib
