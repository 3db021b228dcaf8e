#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "stdlib/tails.h"

// Sums of the chances of neighbouring counts, for tails that have no other form. The cost is
// bounded, however many counts there are.

namespace vippl::stdlib {

namespace masses {

/// Terms that are added one by one at either end, where the chances may bend as a power of the
/// distance to the end; also, what lies further in has factorials of at least this, which no table
/// of whole numbers holds.
inline constexpr double edge = 1025;

/// Gauss-Legendre quadrature with 16 points: the positive half.
inline constexpr double nodes[] = {0.09501250983763745, 0.2816035507792589, 0.45801677765722737,
                                   0.6178762444026438,  0.755404408355003,  0.8656312023878318,
                                   0.9445750230732326,  0.9894009349916499};
inline constexpr double weights[] = {0.18945061045506859,  0.1826034150449236,  0.16915651939500262,
                                     0.14959598881657676,  0.12462897125553403, 0.09515851168249259,
                                     0.062253523938647706, 0.027152459411754037};

/// Where to cut [low, high] so that the chances are smooth in each piece: pieces grow away from the
/// ends, and are narrow around the mean.
inline std::vector<double> cuts(double low, double high, double mean, double sd) {
  std::vector<double> result = {low, high};
  for (double far = edge; far < high - low; far *= 2) {
    result.push_back(low + far);
    result.push_back(high - far);
  }
  const double centre = std::clamp(mean, low, high);
  const double widest = std::max(high - centre, centre - low);
  for (double far = 0; far < widest; far = far < 8 * sd ? far + sd : 2 * far) {
    if (centre + far < high) result.push_back(centre + far);
    if (centre - far > low) result.push_back(centre - far);
  }
  std::sort(result.begin(), result.end());
  return result;
}

template <class Formula, class T>
T log_sum(double first, double last, std::span<const T> parameters) {
  T total = -std::numeric_limits<double>::infinity();
  for (double y = first; y <= last; ++y)
    total = log_add_exp(total, Formula::template log_density<T>(T(y), parameters));
  return total;
}

/// The log of the integral of the chances as a function of any number in [low, high].
template <class Formula, class T>
T log_integral(double low, double high, std::span<const T> parameters) {
  std::vector<double> plain(parameters.size());
  for (std::size_t k = 0; k < plain.size(); ++k) plain[k] = value_of(parameters[k]);
  const double sd = std::max(1.0, std::sqrt(Formula::variance(plain)));
  const std::vector<double> pieces = cuts(low, high, Formula::mean(plain), sd);
  T total = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
    const double half = 0.5 * (pieces[i + 1] - pieces[i]);
    const double middle = pieces[i] + half;
    if (!(half > 0)) continue;
    for (std::size_t k = 0; k < std::size(nodes); ++k) {
      for (const double node : {-nodes[k], nodes[k]}) {
        const T mass = Formula::template log_density<T>(T(middle + half * node), parameters);
        total = log_add_exp(total, mass + std::log(half * weights[k]));
      }
    }
  }
  return total;
}

}  // namespace masses

/// The log of the sum of a discrete distribution's chances of `first` to `last`. Many terms are
/// integrated over half a unit more at either end, with the first correction of Euler and Maclaurin
/// for the difference, by the slopes there. Abramowitz & Stegun (1964), 23.1.30.
template <class Formula, class T>
T log_sum_of_masses(double first, double last, std::span<const T> parameters) {
  if (last - first < 4 * masses::edge) return masses::log_sum<Formula>(first, last, parameters);
  const double from = first + masses::edge;
  const double to = last - masses::edge;
  const T integral = masses::log_integral<Formula>(from - 0.5, to + 0.5, parameters);
  const auto share = [&](double y) {
    return exp(Formula::template log_density<T>(T(y), parameters) - integral);
  };
  const T slopes = share(to + 1) - share(to) - share(from) + share(from - 1);
  const T inner = integral + log1p(slopes * (-1.0 / 24));
  return log_add_exp(inner, log_add_exp(masses::log_sum<Formula>(first, from - 1, parameters),
                                        masses::log_sum<Formula>(to + 1, last, parameters)));
}

}  // namespace vippl::stdlib
