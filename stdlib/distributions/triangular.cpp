#include <limits>
#include <numbers>

#include "stdlib/describe.h"
#include "stdlib/tails.h"

namespace vippl::stdlib::distributions {

namespace {

struct Triangular {
  static constexpr std::size_t parameter_count = 3;
  template <class T>
  static bool is_rising(const T& y, const T& mode) {
    return value_of(y) < value_of(mode);
  }
  template <class T>
  static T log_density(T y, std::span<const T> parameters) {
    const T lower = parameters[0], mode = parameters[1], upper = parameters[2];
    if (!(value_of(lower) < value_of(upper))) return -std::numeric_limits<double>::infinity();
    const T height = std::numbers::ln2 - log(upper - lower);
    if (value_of(y) == value_of(mode)) return height;
    return is_rising(y, mode) ? height + log((y - lower) / (mode - lower))
                              : height + log((upper - y) / (upper - mode));
  }
  template <class T>
  static T log_cdf(T y, std::span<const T> parameters) {
    const T lower = parameters[0], mode = parameters[1], upper = parameters[2];
    if (!(value_of(lower) < value_of(upper))) return -std::numeric_limits<double>::infinity();
    if (!is_rising(y, mode)) return log1m_exp(log_ccdf(y, parameters));
    return log((y - lower) / (upper - lower)) + log((y - lower) / (mode - lower));
  }
  template <class T>
  static T log_ccdf(T y, std::span<const T> parameters) {
    const T lower = parameters[0], mode = parameters[1], upper = parameters[2];
    if (!(value_of(lower) < value_of(upper))) return -std::numeric_limits<double>::infinity();
    if (is_rising(y, mode)) return log1m_exp(log_cdf(y, parameters));
    if (value_of(y) == value_of(upper)) return -std::numeric_limits<double>::infinity();
    return log((upper - y) / (upper - lower)) + log((upper - y) / (upper - mode));
  }
  static double quantile(double p, std::span<const double> parameters) {
    const double lower = parameters[0], mode = parameters[1], upper = parameters[2];
    const double width = upper - lower;
    if (p * width < mode - lower) return lower + sqrt(p * width * (mode - lower));
    return upper - sqrt((1 - p) * width * (upper - mode));
  }
  static double mean(std::span<const double> parameters) {
    return (parameters[0] + parameters[1] + parameters[2]) / 3;
  }
  static double variance(std::span<const double> parameters) {
    const double left = parameters[1] - parameters[0], right = parameters[2] - parameters[1];
    return (left * left + left * right + right * right) / 18;
  }
  static double sample(std::span<const double> parameters, Rng& rng) {
    return quantile(rng.uniform(), parameters);
  }
};

constexpr Parameter parameters[] = {{"lower", Support::real, ""},
                                    {"mode", between({Bound::Kind::parameter, 0}, {}), ""},
                                    {"upper", between({Bound::Kind::parameter, 1}, {}), ""}};

}  // namespace

constinit const Distribution triangular = describe<Triangular, triangular>(
    {.name = "triangular",
     .parameters = parameters,
     .summary = "rises from lower to mode, falls to upper",
     .source = "Johnson, Kotz & Balakrishnan (1995), vol. 2, ch. 26",
     .support = between({Bound::Kind::parameter, 0}, {Bound::Kind::parameter, 2})});

}  // namespace vippl::stdlib::distributions
