#include "tests/support/reference/wrappers.h"

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <limits>

namespace vippl::reference {

namespace {

using Tensors = std::vector<Tensor>;
constexpr double infinity = std::numeric_limits<double>::infinity();

double density_at(const Density& density, const Tensors& parameters, double y) {
  const double value = std::exp(density.log_density(scalar(y), parameters));
  return std::isnan(value) && y <= 0 ? 0 : value;  // the formulas of the positive line
}

}  // namespace

double probability(const Density& density, const Tensors& parameters, double from, double to) {
  if (!(from < to)) return 0;
  if (density.is_discrete) {
    double sum = 0;
    for (double y = std::max(0.0, std::floor(from) + 1); y <= to && y < 10'000; ++y)
      sum += density_at(density, parameters, y);
    return sum;
  }
  const auto integrand = [&](double y) { return density_at(density, parameters, y); };
  using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;
  // In two pieces, so that the middle of the usual densities is not missed.
  const double middle = from < 0 && to > 0 ? 0
                        : std::isinf(from) ? to - 1
                        : std::isinf(to)   ? from + 1
                                           : (from + to) / 2;
  return Quadrature::integrate(integrand, from, middle, 15, 1e-13) +
         Quadrature::integrate(integrand, middle, to, 15, 1e-13);
}

double quantile(const Density& density, const Tensors& parameters, double p) {
  double below = -1;
  double above = 1;
  while (probability(density, parameters, -infinity, below) > p) below *= 2;
  while (probability(density, parameters, -infinity, above) < p) above *= 2;
  while (above - below > 1e-14 * (1 + std::abs(above))) {
    const double middle = (below + above) / 2;
    if (middle == below || middle == above) break;
    (probability(density, parameters, -infinity, middle) < p ? below : above) = middle;
  }
  return (below + above) / 2;
}

Density wrap(const std::string& wrapper, bool has_lower, bool has_upper,
             const std::vector<Density>& parts, const std::vector<bool>& components) {
  Density result;
  const auto own = [&](const std::string& name, std::size_t rank) {
    result.parameters.push_back(name);
    result.ranks.push_back(rank);
  };
  const bool is_cut = wrapper == "truncated" || wrapper == "censored";
  if (is_cut && has_lower) own("lower", 0);
  if (is_cut && has_upper) own("upper", 0);
  if (wrapper == "zero_inflated" || wrapper == "hurdle") own("p", 0);
  if (wrapper == "mixture") own("weights", 1);
  for (const Density& part : parts) {
    for (std::size_t k = 0; k < part.ranks.size(); ++k) {
      const bool has_components = !components.empty() && components[k];
      own(part.parameters[k], part.ranks[k] + (has_components ? 1 : 0));
    }
  }
  result.event_rank = parts[0].event_rank;
  result.is_discrete = parts[0].is_discrete;

  if (wrapper == "mixture") {
    result.log_density = [=](const Tensor& y, const Tensors& all) {
      const std::vector<double>& weights = all[0].values;
      double total = 0;
      std::size_t next = 1;
      for (std::size_t k = 0; k < weights.size(); ++k) {
        const Density& inner = components.empty() ? parts.at(k) : parts[0];
        Tensors parameters;
        for (std::size_t i = 0; i < inner.ranks.size(); ++i) {
          const Tensor& given = all[components.empty() ? next++ : 1 + i];
          const bool sliced = !components.empty() && components[i];
          parameters.push_back(sliced ? part(given, {weights.size()}, k) : given);
        }
        total += weights[k] * std::exp(inner.log_density(y, parameters));
      }
      return std::log(total);
    };
    return result;
  }
  const Density inner = parts[0];
  result.log_density = [=](const Tensor& value, const Tensors& all) {
    const double y = value.item();
    const std::size_t first = all.size() - inner.ranks.size();
    const Tensors parameters(all.begin() + static_cast<std::ptrdiff_t>(first), all.end());
    const double density = inner.log_density(value, parameters);
    if (wrapper == "zero_inflated" || wrapper == "hurdle") {
      const double p = all[0].item();
      if (wrapper == "zero_inflated")
        return std::log((y == 0 ? p : 0) + (1 - p) * std::exp(density));
      if (y == 0) return std::log(p);
      return std::log(1 - p) + density - std::log(1 - density_at(inner, parameters, 0));
    }
    const double lower = has_lower ? all[0].item() : -infinity;
    const double upper = has_upper ? all[has_lower ? 1 : 0].item() : infinity;
    const auto below = [&](double bound) {
      return inner.is_discrete ? std::ceil(bound) - 1 : bound;
    };
    if (wrapper == "truncated") {
      if (y < lower || y > upper) return -infinity;
      return density - std::log(probability(inner, parameters, below(lower), upper));
    }
    if (y <= lower) return std::log(probability(inner, parameters, -infinity, lower));
    if (y >= upper) return std::log(probability(inner, parameters, below(upper), infinity));
    return density;
  };
  return result;
}

}  // namespace vippl::reference
