#include "tests/stdlib/distribution_points.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "stdlib/registry.h"

namespace vippl::tests {

using lang::Bound;
using lang::Support;
using runtime::Distribution;
using runtime::EventArgument;
using runtime::Index;
using runtime::KernelArgument;
using runtime::Purpose;
using runtime::Rng;
using runtime::ScalarKernel;
using Kind = Support::Kind;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double bound_value(const Bound& bound, const ScalarPoint& point, double none) {
  switch (bound.kind) {
    case Bound::Kind::none:
    case Bound::Kind::parameter_size:
      return none;
    case Bound::Kind::constant:
      return bound.value;
    case Bound::Kind::parameter:
      return point[static_cast<std::size_t>(bound.value) + 1];
  }
  return none;
}

double draw_number(const Support& support, const ScalarPoint& point, Rng& rng) {
  const double lower = bound_value(support.lower, point, -infinity);
  const double upper = bound_value(support.upper, point, infinity);
  if (support.is_discrete()) {
    const double from = std::isfinite(lower) ? lower : -5;
    const double to = std::isfinite(upper) ? upper : from + 9;
    return from + static_cast<double>(rng.index(static_cast<std::size_t>(to - from) + 1));
  }
  if (std::isfinite(lower) && std::isfinite(upper))
    return lower + (upper - lower) * (0.05 + 0.9 * rng.uniform());
  if (std::isfinite(lower)) return lower + std::exp(0.6 * rng.normal());
  return 1.5 * rng.normal();
}

std::vector<double> lower_factor(Index extent, bool unit_rows, Rng& rng) {
  const auto k = static_cast<std::size_t>(extent);
  std::vector<double> lower(k * k);
  for (std::size_t i = 0; i < k; ++i) {
    double squares = 0;
    for (std::size_t j = 0; j <= i; ++j) {
      lower[i * k + j] = j == i ? std::exp(0.3 * rng.normal()) : 0.5 * rng.normal();
      squares += lower[i * k + j] * lower[i * k + j];
    }
    if (unit_rows)
      for (std::size_t j = 0; j <= i; ++j) lower[i * k + j] /= std::sqrt(squares);
  }
  return lower;
}

std::vector<double> product_with_transpose(const std::vector<double>& lower, Index extent) {
  const auto k = static_cast<std::size_t>(extent);
  std::vector<double> product(k * k);
  for (std::size_t i = 0; i < k; ++i)
    for (std::size_t j = 0; j < k; ++j)
      for (std::size_t m = 0; m < k; ++m) product[i * k + j] += lower[i * k + m] * lower[j * k + m];
  return product;
}

std::vector<double> draw_elements(const Support& support, const std::vector<Index>& extents,
                                  Rng& rng) {
  Index size = 1;
  for (Index extent : extents) size *= extent;
  std::vector<double> values(static_cast<std::size_t>(size));
  switch (support.kind) {
    case Kind::number:
    case Kind::whole_number:
      for (double& x : values) x = draw_number(support, {}, rng);
      break;
    case Kind::simplex: {
      double sum = 0;
      for (double& x : values) sum += x = 0.2 + rng.exponential();
      for (double& x : values) x /= sum;
      break;
    }
    case Kind::sum_to_zero: {
      double sum = 0;
      for (double& x : values) sum += x = rng.normal();
      for (double& x : values) x -= sum / static_cast<double>(size);
      break;
    }
    case Kind::ordered:
    case Kind::positive_ordered: {
      double level = support.kind == Kind::ordered ? -2 : 0;
      for (double& x : values) x = level += 0.2 + rng.exponential();
      break;
    }
    case Kind::unit_vector: {
      double squares = 0;
      for (double& x : values) {
        x = rng.normal();
        squares += x * x;
      }
      for (double& x : values) x /= std::sqrt(squares);
      break;
    }
    case Kind::correlation_cholesky:
    case Kind::covariance_cholesky:
      return lower_factor(extents[0], support.kind == Kind::correlation_cholesky, rng);
    case Kind::correlation:
    case Kind::covariance:
      return product_with_transpose(
          lower_factor(extents[0], support.kind == Kind::correlation, rng), extents[0]);
  }
  return values;
}

/// A size of its own, as the number of edges of a graph, is one less.
std::vector<Index> extents_of(std::string_view shape, std::string_view event, Index k) {
  if (shape.empty() || shape == "...") return {};
  const bool is_own = !event.empty() && shape.size() == 1 && event.find(shape) == event.npos;
  const auto commas = std::ranges::count(shape, ',');
  return std::vector<Index>(static_cast<std::size_t>(commas) + 1, is_own ? k - 1 : k);
}

/// Domains that a support does not say: edges join neighbours on a line, degrees of freedom exceed
/// the size of a matrix, and the dependence of the nodes of a graph is small.
std::vector<double> draw_parameter(const lang::Parameter& parameter, std::string_view event,
                                   const std::vector<Index>& extents, Index k, Rng& rng) {
  std::vector<double> values = draw_elements(parameter.support, extents, rng);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (parameter.name == "node1") values[i] = static_cast<double>(i + 1);
    if (parameter.name == "node2") values[i] = static_cast<double>(i + 2);
    if (parameter.name == "dependence") values[i] = 1.2 * rng.uniform() - 0.6;
    if (parameter.name == "df" && event == "k, k") values[i] += static_cast<double>(k);
  }
  return values;
}

struct EventResult {
  double value;
  std::vector<std::vector<double>> gradient;
};

EventResult evaluate(const Distribution& distribution, const EventPoint& point, bool gradient) {
  EventResult result;
  for (const std::vector<double>& values : point.arguments)
    result.gradient.emplace_back(values.size());
  std::vector<EventArgument> arguments;
  for (std::size_t k = 0; k < point.arguments.size(); ++k)
    arguments.push_back({point.arguments[k].data(), gradient ? result.gradient[k].data() : nullptr,
                         0, point.extents[k]});
  std::vector<double> scratch(static_cast<std::size_t>(distribution.event_scratch(1, arguments)));
  const double weight = 1;
  distribution.event_density({.rows = 1,
                              .arguments = arguments,
                              .log_densities = &result.value,
                              .weights = gradient ? &weight : nullptr,
                              .scratch = scratch.data()});
  return result;
}

}  // namespace

const Support& support_of(const Distribution& distribution, std::size_t argument) {
  return argument == 0 ? distribution.facts.support
                       : distribution.facts.parameters[argument - 1].support;
}

bool is_continuous(const Distribution& distribution, std::size_t argument) {
  return !support_of(distribution, argument).is_discrete();
}

namespace {

bool is_possible(const Distribution& distribution, const ScalarPoint& point) {
  return is_continuous(distribution, 0) || std::isfinite(log_density(distribution, point));
}

}  // namespace

std::vector<ScalarPoint> interior_points(const Distribution& distribution, std::size_t count) {
  std::vector<ScalarPoint> points;
  for (std::size_t i = 0; i < count; ++i) {
    Rng rng(7, Purpose::test, 0, static_cast<std::uint32_t>(i));
    ScalarPoint point;
    // A hypergeometric's draws are at most all that there are, which no bound can say: such points
    // have no density, and others are drawn.
    constexpr int most_tries = 20;
    for (int tries = 0; tries == 0 || (tries < most_tries && !is_possible(distribution, point));
         ++tries) {
      point = {0};
      for (const lang::Parameter& parameter : distribution.facts.parameters)
        point.push_back(draw_number(parameter.support, point, rng));
      point[0] = draw_number(distribution.facts.support, point, rng);
    }
    points.push_back(point);
  }
  return points;
}

Ends ends(const Distribution& distribution, const ScalarPoint& point) {
  const Support& support = distribution.facts.support;
  return {bound_value(support.lower, point, -infinity),
          bound_value(support.upper, point, infinity)};
}

double log_density(const Distribution& distribution, const ScalarPoint& point) {
  std::vector<KernelArgument> arguments;
  for (const double& x : point) arguments.push_back({&x, 0});
  double value = 0;
  distribution.kernel(1, arguments.data(), &value, nullptr);
  return value;
}

std::vector<double> gradient(const Distribution& distribution, const ScalarPoint& point) {
  std::vector<KernelArgument> arguments;
  std::vector<double> result(point.size());
  std::vector<double*> partials;
  for (std::size_t k = 0; k < point.size(); ++k) {
    arguments.push_back({&point[k], 0});
    partials.push_back(&result[k]);
  }
  double value = 0;
  distribution.kernel(1, arguments.data(), &value, partials.data());
  return result;
}

std::vector<EventPoint> event_points(const Distribution& distribution, Index k, std::size_t count) {
  std::vector<EventPoint> points;
  for (std::size_t i = 0; i < count; ++i) {
    Rng rng(11, Purpose::test, 0, static_cast<std::uint32_t>(i));
    EventPoint point;
    point.extents.push_back(extents_of(distribution.facts.event, distribution.facts.event, k));
    point.arguments.emplace_back();
    std::vector<std::span<const double>> parameters;
    for (const lang::Parameter& parameter : distribution.facts.parameters) {
      point.extents.push_back(extents_of(parameter.shape, distribution.facts.event, k));
      point.arguments.push_back(
          draw_parameter(parameter, distribution.facts.event, point.extents.back(), k, rng));
    }
    // Values that are numbers depend on the parameters in ways of their own: a draw is always
    // legal.
    Index size = 1;
    for (Index extent : point.extents[0]) size *= extent;
    point.arguments[0].resize(static_cast<std::size_t>(size));
    if (distribution.facts.support.is_scalar() && !distribution.facts.improper) {
      for (std::size_t p = 1; p < point.arguments.size(); ++p)
        parameters.emplace_back(point.arguments[p]);
      distribution.sample(parameters, rng, point.arguments[0]);
    } else {
      point.arguments[0] = draw_elements(distribution.facts.support, point.extents[0], rng);
    }
    points.push_back(std::move(point));
  }
  return points;
}

double event_log_density(const Distribution& distribution, const EventPoint& point) {
  return evaluate(distribution, point, false).value;
}

std::vector<std::vector<double>> event_gradient(const Distribution& distribution,
                                                const EventPoint& point) {
  return evaluate(distribution, point, true).gradient;
}

std::vector<double> moved(const Support& support, const std::vector<double>& values, double step,
                          std::uint32_t seed) {
  Rng rng(13, Purpose::test, 0, seed);
  std::vector<double> result = values;
  const std::size_t size = values.size();
  const auto k = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(size))));
  const bool is_factor =
      support.kind == Kind::correlation_cholesky || support.kind == Kind::covariance_cholesky;
  const bool is_symmetric = support.kind == Kind::correlation || support.kind == Kind::covariance;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t row = i / k;
    const std::size_t column = i % k;
    if (is_factor && column > row) continue;
    if (support.kind == Kind::correlation && column == row) continue;
    const double direction = rng.normal() * std::min(1.0, std::abs(values[i]));
    if (is_symmetric && column > row) continue;
    result[i] += step * direction;
    if (is_symmetric) result[column * k + row] = result[i];
  }
  if (support.kind == Kind::simplex) {
    double sum = 0;
    for (double x : result) sum += x;
    for (double& x : result) x /= sum;
  }
  if (support.kind == Kind::sum_to_zero) {
    double sum = 0;
    for (double x : result) sum += x;
    for (double& x : result) x -= sum / static_cast<double>(size);
  }
  const std::size_t row_length = support.kind == Kind::unit_vector            ? size
                                 : support.kind == Kind::correlation_cholesky ? k
                                                                              : 0;
  for (std::size_t start = 0; row_length > 0 && start < size; start += row_length) {
    double squares = 0;
    for (std::size_t i = start; i < start + row_length; ++i) squares += result[i] * result[i];
    for (std::size_t i = start; i < start + row_length; ++i) result[i] /= std::sqrt(squares);
  }
  return result;
}

std::vector<const Distribution*> distributions_with_tails() {
  std::vector<const Distribution*> result;
  for (const Distribution* distribution : stdlib::registry().distributions())
    if (distribution->log_cdf != nullptr) result.push_back(distribution);
  return result;
}

double log_tail(ScalarKernel kernel, const ScalarPoint& point) {
  std::vector<KernelArgument> arguments;
  for (const double& x : point) arguments.push_back({&x, 0});
  double value = 0;
  kernel(1, arguments.data(), &value, nullptr);
  return value;
}

}  // namespace vippl::tests
