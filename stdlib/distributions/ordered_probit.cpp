#include "stdlib/ordinal.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

constexpr double log_root_two_pi = 0.918938533204672741780329736406;

/// log(Phi(upper) - Phi(lower)) for lower < upper.
double log_normal_interval(double lower, double upper) {
  if (lower + upper > 0) return log_normal_interval(-upper, -lower);
  // Around 0 both parts have digits; in the tail they are nearly equal, and the ratio of Mills'
  // ratios is taken, times that of the densities.
  if (upper > 0) return log(runtime::normal_cdf(upper) - runtime::normal_cdf(lower));
  if (std::isinf(lower)) return log_normal_cdf(upper);
  const double log_ratio =
      log_mills(-lower) - log_mills(-upper) + 0.5 * (upper - lower) * (upper + lower);
  return log_normal_cdf(upper) + log1m_exp(log_ratio);
}

struct NormalNoise {
  static OrdinalInterval interval(double lower, double upper) {
    const double log_chance = log_normal_interval(lower, upper);
    return {log_chance, -exp(-0.5 * lower * lower - log_root_two_pi - log_chance),
            exp(-0.5 * upper * upper - log_root_two_pi - log_chance)};
  }
  static double draw(Rng& rng) { return rng.normal(); }
};

constexpr Parameter parameters[] = {{"location", Support::real, ""},
                                    {"cutpoints", Support::ordered, "k"}};

}  // namespace

constinit const Distribution ordered_probit = describe_event<Ordinal<NormalNoise>>(
    {.name = "ordered_probit",
     .parameters = parameters,
     .summary = "1 to K, where P(y <= j) = phi(cutpoints[j] - location): ordinal regression",
     .source = "McCullagh (1980), J. R. Statist. Soc. B 42(2)",
     .support = between({Bound::Kind::constant, 1}, {}, Support::Kind::whole_number),
     .event = ""});

}  // namespace vippl::stdlib::distributions
