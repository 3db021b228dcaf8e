#include <cmath>
#include <limits>
#include <numbers>

#include "tests/support/reference/densities.h"
#include "tests/support/reference/linear_algebra.h"

namespace vippl::reference {

namespace {

using Tensors = std::vector<Tensor>;
constexpr double impossible = -std::numeric_limits<double>::infinity();
const double log_two_pi = std::log(2 * std::numbers::pi);

double log_beta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }
double times_log(double count, double p) {
  return count == 0 ? 0 : count * std::log(p);
}  // 0 log 0 is 0
double normal(double y, double location, double scale) {
  return -0.5 * std::pow((y - location) / scale, 2) - std::log(scale) - 0.5 * log_two_pi;
}
double extent(const Tensor& x) { return static_cast<double>(x.shape[0]); }
double log_det(const Tensor& x) { return std::log(determinant(x)); }
Tensor difference(const Tensor& x, const Tensor& y) {
  return map(x, y, [](double a, double b) { return a - b; });
}

// ---- of vectors ----

double dirichlet(const Tensor& y, const Tensors& p) {
  double sum = 0;
  double total = 0;
  for (std::size_t i = 0; i < y.values.size(); ++i) {
    const double concentration = p[0].values[i];
    sum += (concentration - 1) * std::log(y.values[i]) - std::lgamma(concentration);
    total += concentration;
  }
  return sum + std::lgamma(total);
}

/// residual' matrix^-1 residual
double distance(const Tensor& residual, const Tensor& matrix) {
  return contract(residual, solve(matrix, residual)).item();
}

double multi_normal(const Tensor& y, const Tensor& location, const Tensor& covariance) {
  const double squares = distance(difference(y, location), covariance);
  return -0.5 * (extent(y) * log_two_pi + log_det(covariance) + squares);
}

double multi_student_t(const Tensor& y, const Tensors& p) {
  const double df = p[0].item();
  const double k = extent(y);
  return std::lgamma((df + k) / 2) - std::lgamma(df / 2) -
         0.5 * (k * std::log(df * std::numbers::pi) + log_det(p[2])) -
         0.5 * (df + k) * std::log(1 + distance(difference(y, p[1]), p[2]) / df);
}

double gaussian_random_walk(const Tensor& y, const Tensors& p) {
  double sum = 0;
  double last = p[0].item();
  for (const double value : y.values) {
    sum += normal(value, last, p[1].item());
    last = value;
  }
  return sum;
}

double ar(const Tensor& y, const Tensors& p) {
  const std::vector<double>& coefficients = p[0].values;
  const double location = p[1].item();
  double sum = 0;
  for (std::size_t t = 0; t < y.values.size(); ++t) {
    double expected = location;
    for (std::size_t k = 1; k <= coefficients.size() && k <= t; ++k) {
      expected += coefficients[k - 1] * (y.values[t - k] - location);
    }
    sum += normal(y.values[t], expected, p[2].item());
  }
  return sum;
}

/// Of n nodes, with ones where `node1` and `node2` name an edge.
Tensor adjacency(std::size_t n, const Tensor& node1, const Tensor& node2) {
  Tensor result = filled({n, n}, 0);
  for (std::size_t e = 0; e < node1.values.size(); ++e) {
    const auto i = static_cast<std::size_t>(node1.values[e]) - 1;
    const auto j = static_cast<std::size_t>(node2.values[e]) - 1;
    result.values.at(i * n + j) = result.values.at(j * n + i) = 1;
  }
  return result;
}

double car(const Tensor& y, const Tensors& p) {
  const std::size_t n = y.values.size();
  const Tensor neighbours = adjacency(n, p[3], p[4]);
  const double variance = p[1].item() * p[1].item();
  Tensor precision = map(neighbours, [&](double w) { return -p[2].item() * w / variance; });
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      precision.values[i * n + i] += neighbours.values[i * n + j] / variance;
    }
  }
  return multi_normal(y, p[0], inverse(precision));
}

double icar(const Tensor& y, const Tensors& p) {
  const std::size_t n = y.values.size();
  const Tensor neighbours = adjacency(n, p[0], p[1]);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      sum += neighbours.values[i * n + j] * std::pow(y.values[i] - y.values[j], 2);
    }
  }
  return -0.5 * sum;
}

double multinomial(const Tensor& y, const Tensors& p) {
  double sum = std::lgamma(p[0].item() + 1);
  for (std::size_t i = 0; i < y.values.size(); ++i) {
    sum += times_log(y.values[i], p[1].values[i]) - std::lgamma(y.values[i] + 1);
  }
  return sum;
}

double multinomial_logit(const Tensor& y, const Tensors& p) {
  double total = 0;
  for (const double logit : p[1].values) total += std::exp(logit);
  return multinomial(y, {p[0], map(p[1], [&](double x) { return std::exp(x) / total; })});
}

double dirichlet_multinomial(const Tensor& y, const Tensors& p) {
  const double trials = p[0].item();
  double sum = std::lgamma(trials + 1);
  double total = 0;
  for (std::size_t i = 0; i < y.values.size(); ++i) {
    const double concentration = p[1].values[i];
    sum += std::lgamma(y.values[i] + concentration) - std::lgamma(concentration) -
           std::lgamma(y.values[i] + 1);
    total += concentration;
  }
  return sum + std::lgamma(total) - std::lgamma(total + trials);
}

// ---- of matrices ----

Tensor with_itself(const Tensor& factor) { return contract(factor, transpose(factor)); }

/// log of the integral of det^(shape - 1) over correlation matrices: Lewandowski, Kurowicka & Joe
/// (2009), section 3.
double log_lkj_volume(std::size_t k, double shape) {
  double sum = 0;
  const auto size = static_cast<double>(k);
  for (double i = 1; i < size; ++i) {
    const double b = shape + (size - i - 1) / 2;
    sum += (size - i) * ((2 * b - 1) * std::numbers::ln2 + log_beta(b, b));
  }
  return sum;
}

double lkj_corr(const Tensor& y, const Tensors& p) {
  return (p[0].item() - 1) * log_det(y) - log_lkj_volume(y.shape[0], p[0].item());
}

/// That of L L', times the Jacobian of L to L L': every diagonal entry stands in it once per row
/// below.
double lkj_corr_cholesky(const Tensor& y, const Tensors& p) {
  double log_jacobian = 0;
  const std::size_t k = y.shape[0];
  for (std::size_t i = 0; i < k; ++i) {
    log_jacobian += static_cast<double>(k - 1 - i) * std::log(y.values[i * k + i]);
  }
  return lkj_corr(with_itself(y), p) + log_jacobian;
}

double trace(const Tensor& x) {
  double sum = 0;
  for (std::size_t i = 0; i < x.shape[0]; ++i) sum += x.values[i * x.shape[1] + i];
  return sum;
}

/// log of the gamma function of k dimensions: Gupta & Nagar (2000), section 1.4.
double log_multi_gamma(double k, double x) {
  double sum = 0.25 * k * (k - 1) * std::log(std::numbers::pi);
  for (double i = 0; i < k; ++i) sum += std::lgamma(x - i / 2);
  return sum;
}

double wishart(const Tensor& y, const Tensors& p) {
  const double df = p[0].item();
  const double k = extent(y);
  if (df <= k - 1) return impossible;
  return 0.5 * ((df - k - 1) * log_det(y) - trace(solve(p[1], y)) -
                df * (k * std::numbers::ln2 + log_det(p[1]))) -
         log_multi_gamma(k, df / 2);
}

double inverse_wishart(const Tensor& y, const Tensors& p) {
  const double df = p[0].item();
  const double k = extent(y);
  if (df <= k - 1) return impossible;
  return 0.5 * (df * (log_det(p[1]) - k * std::numbers::ln2) - (df + k + 1) * log_det(y) -
                trace(solve(y, p[1]))) -
         log_multi_gamma(k, df / 2);
}

double matrix_normal(const Tensor& y, const Tensors& p) {
  const Tensor residual = difference(y, p[0]);
  const Tensor within_rows = solve(p[2], transpose(residual));
  const double squares = trace(contract(within_rows, solve(p[1], residual)));
  const auto columns = static_cast<double>(y.shape[1]);
  return -0.5 * (extent(y) * columns * log_two_pi + extent(y) * log_det(p[2]) +
                 columns * log_det(p[1]) + squares);
}

}  // namespace

Densities event_densities() {
  return {
      {"dirichlet", {{"concentration"}, {1}, 1, dirichlet}},
      {"multinomial", {{"trials", "p"}, {0, 1}, 1, multinomial}},
      {"multi_normal",
       {{"location", "covariance"},
        {1, 2},
        1,
        [](const Tensor& y, const Tensors& p) { return multi_normal(y, p[0], p[1]); }}},
      {"multi_normal_cholesky",
       {{"location", "cholesky"},
        {1, 2},
        1,
        [](const Tensor& y, const Tensors& p) {
          return multi_normal(y, p[0], with_itself(p[1]));
        }}},
      {"lkj_corr", {{"shape"}, {0}, 2, lkj_corr}},
      {"lkj_corr_cholesky", {{"shape"}, {0}, 2, lkj_corr_cholesky}},
      {"multi_normal_precision",
       {{"location", "precision"},
        {1, 2},
        1,
        [](const Tensor& y, const Tensors& p) { return multi_normal(y, p[0], inverse(p[1])); }}},
      {"multi_student_t", {{"df", "location", "scale_matrix"}, {0, 1, 2}, 1, multi_student_t}},
      {"gaussian_random_walk", {{"start", "scale"}, {0, 0}, 1, gaussian_random_walk}},
      {"ar", {{"coefficients", "location", "scale"}, {1, 0, 0}, 1, ar}},
      {"car", {{"location", "scale", "dependence", "node1", "node2"}, {1, 0, 0, 1, 1}, 1, car}},
      {"icar", {{"node1", "node2"}, {1, 1}, 1, icar}},
      {"multinomial_logit", {{"trials", "logits"}, {0, 1}, 1, multinomial_logit}},
      {"dirichlet_multinomial", {{"trials", "concentration"}, {0, 1}, 1, dirichlet_multinomial}},
      {"wishart", {{"df", "scale_matrix"}, {0, 2}, 2, wishart}},
      {"inverse_wishart", {{"df", "scale_matrix"}, {0, 2}, 2, inverse_wishart}},
      {"matrix_normal",
       {{"location", "row_covariance", "column_covariance"}, {2, 2, 2}, 2, matrix_normal}},
  };
}

}  // namespace vippl::reference
