#include "stdlib/describe.h"
#include "stdlib/event.h"

namespace vippl::stdlib::distributions {

namespace {

struct Categorical {
  static constexpr runtime::DensityForm form = runtime::DensityForm::categorical;

  static Index event_scratch(Index rows, std::span<const EventArgument> arguments) {
    return no_scratch(rows, arguments);
  }

  static void event_density(const EventCall& call) {
    const EventArgument& value = call.arguments[0];
    const EventArgument& chances = call.arguments[1];
    bool good = false;
    for (Index r = 0; r < call.rows; ++r) {
      const std::span<const double> p = row_values(chances, r);
      if (is_new(chances, r)) good = is_simplex(p);
      const double y = *value.row(r);
      if (!good || !is_category(y, p.size())) {
        call.log_densities[r] = outside(call, r);
        continue;
      }
      const std::size_t chosen = static_cast<std::size_t>(y) - 1;
      call.log_densities[r] = log(p[chosen]);
      const std::span<double> adjoint = row_adjoint(chances, r);
      if (!adjoint.empty() && weight_of(call, r) != 0 && p[chosen] > 0)
        adjoint[chosen] += weight_of(call, r) / p[chosen];
    }
  }

  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    out[0] = static_cast<double>(rng.categorical(parameters[0]) + 1);
  }
};

constexpr Parameter parameters[] = {{"p", Support::simplex, "k"}};

}  // namespace

constinit const Distribution categorical = describe_event<Categorical>(
    {.name = "categorical",
     .parameters = parameters,
     .summary = "1 to K with chances p[1] to p[K]",
     .source = "Johnson, Kotz & Balakrishnan (1997), ch. 35",
     .support = between({Bound::Kind::constant, 1}, {Bound::Kind::parameter_size, 0},
                        Support::Kind::whole_number),
     .event = ""});

}  // namespace vippl::stdlib::distributions
