#include "stdlib/operations/mlp.h"
#include "stdlib/roll_call.h"

namespace vippl::stdlib::functions {

namespace {

using lang::Parameter;
using lang::Support;

constexpr Support extent{Support::Kind::whole_number, {lang::Bound::Kind::constant, 1, false}, {}};
constexpr Parameter layers[] = {
    {.name = "layers", .support = extent, .shape = "n", .setting = true}};
constexpr Parameter network[] = {{"x", Support::real, "..., p"},
                                 {"w", Support::real, "k"},
                                 layers[0],
                                 {.name = "activation",
                                  .support = Support::real,
                                  .shape = "*",
                                  .optional = true,
                                  .setting = true}};

constexpr runtime::Function rows[] = {
    {{.name = "mlp",
      .parameters = network,
      .summary =
          "the outputs of a dense network with weights and biases w, one row for each of x; "
          "layers such as [p, 20, 1]; activation \"tanh\" (if not said), \"relu\", "
          "\"softplus\", \"gelu\", \"sigmoid\" or \"identity\", but the last layer is linear",
      .result = "*",
      .rule = &mlp_shape},
     &make_mlp,
     &measure_mlp},
    {{.name = "mlp_size",
      .parameters = layers,
      .summary = "number of weights and biases of a network with these layers",
      .result = "*",
      .rule = &mlp_size_type},
     &make_mlp_size},
    {{.name = "mlp_scale",
      .parameters = layers,
      .summary = "scales of a prior for w of `mlp`: 1 / sqrt(inputs) for weights, 1 for biases",
      .result = "*",
      .rule = &mlp_vector_shape},
     &make_mlp_scale,
     &measure_mlp_vector},
    {{.name = "mlp_start",
      .parameters = layers,
      .summary = "where to start the optimisation of w of `mlp`: small random weights, no biases",
      .source = "Glorot & Bengio (2010), AISTATS",
      .result = "*",
      .rule = &mlp_vector_shape},
     &make_mlp_start,
     &measure_mlp_vector},
};

}  // namespace

constinit const FunctionTable networks = rows;

}  // namespace vippl::stdlib::functions
