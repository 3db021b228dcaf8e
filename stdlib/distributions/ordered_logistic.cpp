#include "stdlib/ordinal.h"

namespace vippl::stdlib::distributions {

namespace {

double inverse_logit(double x) { return 1 / (1 + exp(-x)); }

struct LogisticNoise {
  static OrdinalInterval interval(double lower, double upper) {
    // F(b) - F(a) = F(b) F(-a) (1 - exp(a - b)): no difference of numbers that are nearly equal.
    const double width = upper - lower;
    const double ratio = std::isinf(width) ? 0 : 1 / expm1(width);
    return {-log1p_exp(-upper) - log1p_exp(lower) + log(-expm1(-width)),
            -inverse_logit(lower) - ratio, inverse_logit(-upper) + ratio};
  }
  static double draw(Rng& rng) {
    const double u = rng.uniform();
    return log(u) - log1p(-u);
  }
};

constexpr Parameter parameters[] = {{"location", Support::real, ""},
                                    {"cutpoints", Support::ordered, "k"}};

}  // namespace

constinit const Distribution ordered_logistic = describe_event<Ordinal<LogisticNoise>>(
    {.name = "ordered_logistic",
     .parameters = parameters,
     .summary = "1 to K, where P(y <= j) = inv_logit(cutpoints[j] - location): ordinal regression",
     .source = "McCullagh (1980), J. R. Statist. Soc. B 42(2)",
     .support = between({Bound::Kind::constant, 1}, {}, Support::Kind::whole_number),
     .event = ""});

}  // namespace vippl::stdlib::distributions
