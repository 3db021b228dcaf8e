#include "tests/support/reference/densities.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace vippl::reference {

namespace {

constexpr double impossible = -std::numeric_limits<double>::infinity();
const double log_two_pi = std::log(2 * std::numbers::pi);

// ---- of a number; formulas as in Johnson, Kotz & Balakrishnan ----

double log_choose(double n, double k) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}
double log_beta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }
double times_log(double count, double p) {
  return count == 0 ? 0 : count * std::log(p);
}  // 0 log 0 is 0
double probability_of(double logit) { return 1 / (1 + std::exp(-logit)); }

double normal(double y, double location, double scale) {
  return -0.5 * std::pow((y - location) / scale, 2) - std::log(scale) - 0.5 * log_two_pi;
}

double student_t(double y, double df, double location, double scale) {
  return -log_beta(0.5 * df, 0.5) - 0.5 * std::log(df) - std::log(scale) -
         0.5 * (df + 1) * std::log(1 + std::pow((y - location) / scale, 2) / df);
}

double cauchy(double y, double location, double scale) {
  return std::log(scale / std::numbers::pi / (scale * scale + (y - location) * (y - location)));
}

double gamma(double y, double shape, double rate) {
  if (y < 0) return impossible;
  return shape * std::log(rate) - std::lgamma(shape) + (shape - 1) * std::log(y) - rate * y;
}

double beta(double y, double a, double b) {
  if (y < 0 || y > 1) return impossible;
  return (a - 1) * std::log(y) + (b - 1) * std::log(1 - y) - log_beta(a, b);
}

double binomial(double y, double trials, double p) {
  if (y < 0 || y > trials) return impossible;
  return log_choose(trials, y) + times_log(y, p) + times_log(trials - y, 1 - p);
}

double bernoulli_logit(double y, double logit) {
  const double against = y == 1 ? -logit : logit;
  return -std::max(against, 0.0) - std::log1p(std::exp(-std::abs(against)));
}

double poisson(double y, double rate) {
  return y < 0 ? impossible : times_log(y, rate) - rate - std::lgamma(y + 1);
}

double neg_binomial_2(double y, double mean, double concentration) {
  return std::lgamma(y + concentration) - std::lgamma(concentration) - std::lgamma(y + 1) +
         times_log(y, mean / (mean + concentration)) +
         concentration * std::log(concentration / (mean + concentration));
}

double weibull(double y, double shape, double scale) {
  if (y < 0) return impossible;
  return std::log(shape / scale) + (shape - 1) * std::log(y / scale) - std::pow(y / scale, shape);
}

double gumbel(double y, double location, double scale) {
  const double u = (y - location) / scale;
  return -std::log(scale) - u - std::exp(-u);
}

double logistic(double y, double location, double scale) {
  const double u = std::abs(y - location) / scale;
  return -u - std::log(scale) - 2 * std::log(1 + std::exp(-u));
}

using Scalars = std::function<double(double y, const std::vector<double>& p)>;

/// A distribution of a number with numbers as parameters.
Density numbers(std::vector<std::string> parameters, const Scalars& formula) {
  std::vector<std::size_t> ranks(parameters.size(), 0);
  return {std::move(parameters), std::move(ranks), 0,
          [formula](const Tensor& y, const std::vector<Tensor>& arguments) {
            std::vector<double> values;
            for (const Tensor& argument : arguments) values.push_back(argument.item());
            return formula(y.item(), values);
          }};
}

/// The density of |Y|, where Y is symmetric around 0.
double folded(double y, double log_density) {
  return y < 0 ? impossible : std::numbers::ln2 + log_density;
}

// ---- of a number; vectors as parameters ----

using Tensors = std::vector<Tensor>;

double categorical(const Tensor& y, const Tensor& p) {
  if (y.item() < 1 || y.item() > static_cast<double>(p.values.size())) return impossible;
  return std::log(p.values[static_cast<std::size_t>(y.item()) - 1]);
}

Tensor softmax(const Tensor& logits) {
  const double largest = *std::max_element(logits.values.begin(), logits.values.end());
  Tensor result = map(logits, [&](double x) { return std::exp(x - largest); });
  double sum = 0;
  for (const double value : result.values) sum += value;
  return map(result, [&](double x) { return x / sum; });
}

double ordered_logistic(const Tensor& y, const Tensors& p) {
  const auto at_most = [&](double k) {
    if (k < 1) return 0.0;
    if (k > static_cast<double>(p[1].values.size())) return 1.0;
    return probability_of(p[1].values[static_cast<std::size_t>(k) - 1] - p[0].item());
  };
  return std::log(at_most(y.item()) - at_most(y.item() - 1));
}

using P = const std::vector<double>&;

Densities make_table() {
  return {
      {"flat", {{}, {}, 0, [](const Tensor&, const Tensors&) { return 0.0; }}},
      {"normal",
       numbers({"location", "scale"}, [](double y, P p) { return normal(y, p[0], p[1]); })},
      {"student_t", numbers({"df", "location", "scale"},
                            [](double y, P p) { return student_t(y, p[0], p[1], p[2]); })},
      {"cauchy",
       numbers({"location", "scale"}, [](double y, P p) { return cauchy(y, p[0], p[1]); })},
      {"laplace",
       numbers({"location", "scale"},
               [](double y, P p) { return -std::abs(y - p[0]) / p[1] - std::log(2 * p[1]); })},
      {"logistic",
       numbers({"location", "scale"}, [](double y, P p) { return logistic(y, p[0], p[1]); })},
      {"gumbel",
       numbers({"location", "scale"}, [](double y, P p) { return gumbel(y, p[0], p[1]); })},
      {"lognormal",
       numbers({"location", "scale"},
               [](double y, P p) { return normal(std::log(y), p[0], p[1]) - std::log(y); })},
      {"logit_normal", numbers({"location", "scale"},
                               [](double y, P p) {
                                 return normal(std::log(y / (1 - y)), p[0], p[1]) - std::log(y) -
                                        std::log(1 - y);
                               })},
      {"half_normal",
       numbers({"scale"}, [](double y, P p) { return folded(y, normal(y, 0, p[0])); })},
      {"half_cauchy",
       numbers({"scale"}, [](double y, P p) { return folded(y, cauchy(y, 0, p[0])); })},
      {"half_student_t",
       numbers({"df", "scale"},
               [](double y, P p) { return folded(y, student_t(y, p[0], 0, p[1])); })},
      {"exponential", numbers({"rate"}, [](double y, P p) { return gamma(y, 1, p[0]); })},
      {"gamma", numbers({"shape", "rate"}, [](double y, P p) { return gamma(y, p[0], p[1]); })},
      {"inverse_gamma",
       numbers({"shape", "scale"},
               [](double y, P p) { return gamma(1 / y, p[0], p[1]) - 2 * std::log(y); })},
      {"chi_square", numbers({"df"}, [](double y, P p) { return gamma(y, 0.5 * p[0], 0.5); })},
      {"weibull",
       numbers({"shape", "scale"}, [](double y, P p) { return weibull(y, p[0], p[1]); })},
      {"uniform", numbers({"lower", "upper"},
                          [](double y, P p) {
                            return y < p[0] || y > p[1] ? impossible : -std::log(p[1] - p[0]);
                          })},
      {"beta", numbers({"alpha", "beta"}, [](double y, P p) { return beta(y, p[0], p[1]); })},
      {"bernoulli", numbers({"p"}, [](double y, P p) { return binomial(y, 1, p[0]); })},
      {"bernoulli_logit",
       numbers({"logit"}, [](double y, P p) { return bernoulli_logit(y, p[0]); })},
      {"binomial", numbers({"trials", "p"}, [](double y, P p) { return binomial(y, p[0], p[1]); })},
      {"binomial_logit",
       numbers({"trials", "logit"},
               [](double y, P p) { return binomial(y, p[0], probability_of(p[1])); })},
      {"poisson", numbers({"rate"}, [](double y, P p) { return poisson(y, p[0]); })},
      {"poisson_log",
       numbers({"log_rate"}, [](double y, P p) { return poisson(y, std::exp(p[0])); })},
      {"neg_binomial_2", numbers({"mean", "concentration"},
                                 [](double y, P p) { return neg_binomial_2(y, p[0], p[1]); })},
      {"neg_binomial_2_log",
       numbers({"log_mean", "concentration"},
               [](double y, P p) { return neg_binomial_2(y, std::exp(p[0]), p[1]); })},
      {"categorical",
       {{"p"}, {1}, 0, [](const Tensor& y, const Tensors& p) { return categorical(y, p[0]); }}},
      {"categorical_logit",
       {{"logits"},
        {1},
        0,
        [](const Tensor& y, const Tensors& p) { return categorical(y, softmax(p[0])); }}},
      {"ordered_logistic", {{"location", "cutpoints"}, {0, 1}, 0, ordered_logistic}},
  };
}

Shape leading(const Shape& shape, std::size_t event_rank) {
  if (shape.size() < event_rank) {
    throw Error("a vector or matrix was expected, found " + text(shape));
  }
  return {shape.begin(), shape.end() - static_cast<std::ptrdiff_t>(event_rank)};
}

Shape joined(Shape first, const Shape& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// A scalar where a vector or a matrix is asked for becomes one, of the shape of the event.
Tensor as_event(const Tensor& argument, std::size_t rank, const Tensor& value) {
  if (rank == 0 || argument.rank() != 0) return argument;
  const std::size_t lead = leading(value.shape, rank).size();
  const Shape event(value.shape.begin() + static_cast<std::ptrdiff_t>(lead), value.shape.end());
  return filled(event, argument.item());
}

Tensor over_copies(const Density& density, const Tensor& value, const Tensors& arguments,
                   const Shape& copies) {
  const auto stretched = [&](const Tensor& x, std::size_t rank) {
    const Shape lead = leading(x.shape, rank);
    const Shape event(x.shape.begin() + static_cast<std::ptrdiff_t>(lead.size()), x.shape.end());
    return stretch(x, joined(copies, event));
  };
  const Tensor values = stretched(value, density.event_rank);
  Tensors parameters;
  for (std::size_t k = 0; k < arguments.size(); ++k) {
    parameters.push_back(
        stretched(as_event(arguments[k], density.ranks[k], value), density.ranks[k]));
  }
  Tensor result = filled(copies, 0);
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    Tensors here;
    for (const Tensor& parameter : parameters) here.push_back(part(parameter, copies, i));
    result.values[i] = density.log_density(part(values, copies, i), here);
  }
  return result;
}

}  // namespace

const Density* find_density(const std::string& name) {
  static const Densities table = [] {
    Densities made = make_table();
    made.merge(event_densities());
    for (const char* counts : {"bernoulli", "bernoulli_logit", "binomial", "binomial_logit",
                               "poisson", "poisson_log", "neg_binomial_2", "neg_binomial_2_log"})
      made.at(counts).is_discrete = true;
    return made;
  }();
  const auto found = table.find(name);
  return found == table.end() ? nullptr : &found->second;
}

Tensor log_densities(const Density& density, const Tensor& value,
                     const std::vector<Tensor>& arguments) {
  return over_copies(density, value, arguments, leading(value.shape, density.event_rank));
}

Tensor log_densities_together(const Density& density, const Tensor& value,
                              const std::vector<Tensor>& arguments) {
  Shape copies = leading(value.shape, density.event_rank);
  for (std::size_t k = 0; k < arguments.size(); ++k) {
    copies = broadcast(
        copies, leading(as_event(arguments[k], density.ranks[k], value).shape, density.ranks[k]));
  }
  return over_copies(density, value, arguments, copies);
}

}  // namespace vippl::reference
