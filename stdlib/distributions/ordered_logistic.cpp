#include <cmath>
#include <limits>

#include "stdlib/describe.h"
#include "stdlib/event.h"

namespace vippl::stdlib::distributions {

namespace {

double inverse_logit(double x) { return 1 / (1 + exp(-x)); }

/// log P(lower < noise <= upper) of standard logistic noise, and its derivatives; either end may be
/// infinite.
struct Interval {
  double log_chance;
  double by_lower;
  double by_upper;
};

Interval interval(double lower, double upper) {
  // F(b) - F(a) = F(b) F(-a) (1 - exp(a - b)): no difference of numbers that are nearly equal.
  const double width = upper - lower;
  const double ratio = std::isinf(width) ? 0 : 1 / expm1(width);
  return {-log1p_exp(-upper) - log1p_exp(lower) + log(-expm1(-width)),
          -inverse_logit(lower) - ratio, inverse_logit(-upper) + ratio};
}

struct OrderedLogistic {
  static Index event_scratch(Index rows, std::span<const EventArgument> arguments) {
    return no_scratch(rows, arguments);
  }

  static void event_density(const EventCall& call) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const EventArgument& value = call.arguments[0];
    const EventArgument& location = call.arguments[1];
    const EventArgument& cutpoints = call.arguments[2];
    bool good = false;
    for (Index r = 0; r < call.rows; ++r) {
      const std::span<const double> cuts = row_values(cutpoints, r);
      if (is_new(cutpoints, r)) good = is_ordered(cuts);
      const double y = *value.row(r);
      const double predictor = *location.row(r);
      if (!good || !std::isfinite(predictor) || !is_category(y, cuts.size() + 1)) {
        call.log_densities[r] = outside(call, r);
        continue;
      }
      const std::size_t above = static_cast<std::size_t>(y) - 1;  // the cutpoint that ends y
      const Interval chance = interval(above == 0 ? -infinity : cuts[above - 1] - predictor,
                                       above == cuts.size() ? infinity : cuts[above] - predictor);
      call.log_densities[r] = chance.log_chance;
      const double weight = weight_of(call, r);
      if (weight == 0) continue;
      const std::span<double> location_adjoint = row_adjoint(location, r);
      const std::span<double> cutpoint_adjoint = row_adjoint(cutpoints, r);
      if (!location_adjoint.empty())
        location_adjoint[0] -= weight * (chance.by_lower + chance.by_upper);
      if (cutpoint_adjoint.empty()) continue;
      if (above > 0) cutpoint_adjoint[above - 1] += weight * chance.by_lower;
      if (above < cuts.size()) cutpoint_adjoint[above] += weight * chance.by_upper;
    }
  }

  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    const double u = rng.uniform();
    const double latent = parameters[0][0] + log(u) - log1p(-u);
    out[0] = 1;
    for (double cut : parameters[1])
      if (latent > cut) ++out[0];
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, ""},
                                    {"cutpoints", Support::ordered, "k"}};

}  // namespace

constinit const Distribution ordered_logistic = describe_event<OrderedLogistic>(
    {.name = "ordered_logistic",
     .parameters = parameters,
     .summary = "1 to K, where P(y <= j) = inv_logit(cutpoints[j] - location): ordinal regression",
     .source = "McCullagh (1980), J. R. Statist. Soc. B 42(2)",
     .support = between({Bound::Kind::constant, 1}, {}, Support::Kind::whole_number),
     .event = ""});

}  // namespace vippl::stdlib::distributions
