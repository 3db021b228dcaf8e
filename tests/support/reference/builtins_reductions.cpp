#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/support/reference/builtins.h"

namespace vippl::reference {

namespace {

using Kind = Tensor::Kind;
using Numbers = std::vector<double>;

double sum(const Numbers& x) { return std::accumulate(x.begin(), x.end(), 0.0); }
double mean(const Numbers& x) { return sum(x) / static_cast<double>(x.size()); }

double variance(const Numbers& x) {
  const double centre = mean(x);
  double squares = 0;
  for (const double value : x) squares += (value - centre) * (value - centre);
  return squares / static_cast<double>(x.size() - 1);
}

double quantile(Numbers x, double p) {  // type 7 of Hyndman & Fan (1996)
  std::sort(x.begin(), x.end());
  const double place = p * static_cast<double>(x.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, x.size() - 1);
  return x[below] + (place - std::floor(place)) * (x[above] - x[below]);
}

double log_sum_exp(const Numbers& x) {
  const double largest = *std::max_element(x.begin(), x.end());
  if (!std::isfinite(largest)) return largest;
  double total = 0;
  for (const double value : x) total += std::exp(value - largest);
  return largest + std::log(total);
}

enum class Result { real, integer, boolean, as_argument };

Kind kind_of(Result result, const Tensor& x) {
  switch (result) {
    case Result::real:
      return Kind::real;
    case Result::integer:
      return Kind::integer;
    case Result::boolean:
      return Kind::boolean;
    case Result::as_argument:
      return std::max(x.kind, Kind::integer);
  }
  return Kind::real;
}

/// All elements to a scalar, or one dimension removed.
Builtin reduction(Result result, const std::function<double(const Numbers&)>& f) {
  return [=](const Arguments& a) {
    const Tensor x = a.get(0, "x");
    const Kind kind = kind_of(result, x);
    const std::optional<Tensor> axis = a.find(1, "axis");
    if (!axis) return scalar(f(x.values), kind);
    return along(x, axis->extent(),
                 [&](const Tensor& line) { return scalar(f(line.values), kind); });
  };
}

/// A vector to a vector of the same length; of more dimensions, along `axis` or else the last.
Builtin along_vectors(const std::function<Tensor(const Tensor&)>& f) {
  return [=](const Arguments& a) {
    const Tensor x = a.get(0, "x");
    const std::optional<Tensor> axis = a.find(1, "axis");
    return along(x, axis ? axis->extent() : x.rank(), f);
  };
}

Tensor running(const Tensor& x, const std::function<double(double, double)>& f) {
  Tensor result = x;
  for (std::size_t i = 1; i < x.values.size(); ++i) {
    result.values[i] = f(result.values[i - 1], x.values[i]);
  }
  return result;
}

Tensor standardize(const Tensor& column) {
  const double centre = mean(column.values);
  const double scale = std::sqrt(variance(column.values));
  return map(column, [&](double x) { return (x - centre) / scale; });
}

double norm(const Numbers& x) {
  return std::sqrt(std::inner_product(x.begin(), x.end(), x.begin(), 0.0));
}

}  // namespace

Builtins reduction_builtins() {
  const auto nonzero = [](double x) { return x != 0; };
  return {
      {"sum", reduction(Result::as_argument, sum)},
      {"prod", reduction(Result::as_argument,
                         [](const Numbers& x) {
                           return std::accumulate(x.begin(), x.end(), 1.0, std::multiplies<>());
                         })},
      {"mean", reduction(Result::real, mean)},
      {"variance", reduction(Result::real, variance)},
      {"sd", reduction(Result::real, [](const Numbers& x) { return std::sqrt(variance(x)); })},
      {"min", reduction(Result::as_argument,
                        [](const Numbers& x) { return *std::min_element(x.begin(), x.end()); })},
      {"max", reduction(Result::as_argument,
                        [](const Numbers& x) { return *std::max_element(x.begin(), x.end()); })},
      {"median", reduction(Result::real, [](const Numbers& x) { return quantile(x, 0.5); })},
      {"quantile",
       [](const Arguments& a) {
         const Tensor x = a.get(0, "x");
         const Tensor chances = a.get(1, "p");
         const auto quantiles = [&](const Tensor& line) {
           return map(chances, [&](double p) { return quantile(line.values, p); });
         };
         const std::optional<Tensor> axis = a.find(2, "axis");
         return axis ? along(x, axis->extent(), quantiles) : quantiles(x);
       }},
      {"norm", reduction(Result::real, norm)},
      {"any", reduction(Result::boolean,
                        [=](const Numbers& x) {
                          return std::any_of(x.begin(), x.end(), nonzero) ? 1.0 : 0.0;
                        })},
      {"all", reduction(Result::boolean,
                        [=](const Numbers& x) {
                          return std::all_of(x.begin(), x.end(), nonzero) ? 1.0 : 0.0;
                        })},
      {"count", reduction(Result::integer,
                          [=](const Numbers& x) {
                            return static_cast<double>(std::count_if(x.begin(), x.end(), nonzero));
                          })},
      {"log_sum_exp", reduction(Result::real, log_sum_exp)},
      {"cumsum", along_vectors([](const Tensor& x) { return running(x, std::plus<>()); })},
      {"cumprod", along_vectors([](const Tensor& x) { return running(x, std::multiplies<>()); })},
      {"softmax", along_vectors([](const Tensor& x) {
         return map(x, [total = log_sum_exp(x.values)](double y) { return std::exp(y - total); });
       })},
      {"log_softmax", along_vectors([](const Tensor& x) {
         return map(x, [total = log_sum_exp(x.values)](double y) { return y - total; });
       })},
      {"standardize",
       [](const Arguments& a) {
         Tensor result = along(a[0], 1, standardize);
         result.kind = Kind::real;
         return result;
       }},
  };
}

}  // namespace vippl::reference
