#include <cmath>

#include "stdlib/describe.h"
#include "stdlib/event.h"
#include "stdlib/lkj.h"

namespace vippl::stdlib::distributions {

namespace {

bool is_correlation_factor(std::span<const double> matrix, Index extent) {
  if (!is_cholesky_factor(matrix, extent)) return false;
  const auto k = static_cast<std::size_t>(extent);
  for (std::size_t i = 0; i < k; ++i) {
    double squares = 0;
    for (std::size_t j = 0; j <= i; ++j) squares += matrix[i * k + j] * matrix[i * k + j];
    if (!(std::abs(squares - 1) <= unit_tolerance)) return false;
  }
  return true;
}

struct LkjCorrCholesky {
  static Index event_scratch(Index rows, std::span<const EventArgument> arguments) {
    return no_scratch(rows, arguments);
  }

  static void event_density(const EventCall& call) {
    const EventArgument& value = call.arguments[0];
    const EventArgument& shape = call.arguments[1];
    const Index extent = value.extents[0];
    const auto k = static_cast<std::size_t>(extent);
    Dual<1> constant;
    for (Index r = 0; r < call.rows; ++r) {
      const double eta = *shape.row(r);
      const std::span<const double> factor = row_values(value, r);
      const bool good = eta > 0 && std::isfinite(eta);
      if (good && is_new(shape, r)) constant = lkj_log_normaliser(eta, k);
      double& result = call.log_densities[r];
      if (!good || !is_correlation_factor(factor, extent)) {
        result = outside(call, r);
        continue;
      }
      const double weight = weight_of(call, r);
      const std::span<double> factor_adjoint = row_adjoint(value, r);
      const std::span<double> shape_adjoint = row_adjoint(shape, r);
      result = constant.value;
      double log_diagonal = 0;
      for (std::size_t i = 1; i < k; ++i) {
        const double diagonal = factor[i * k + i];
        const double power = static_cast<double>(k - i) + 2 * eta - 3;
        result += power * log(diagonal);
        log_diagonal += log(diagonal);
        if (weight != 0 && !factor_adjoint.empty())
          factor_adjoint[i * k + i] += weight * power / diagonal;
      }
      if (weight != 0 && !shape_adjoint.empty())
        shape_adjoint[0] += weight * (constant.partials[0] + 2 * log_diagonal);
    }
  }

  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    draw_lkj_factor(parameters[0][0], rng, out);
  }
};

constexpr Parameter parameters[] = {{"shape", Support::positive, ""}};

}  // namespace

constinit const Distribution lkj_corr_cholesky = describe_event<LkjCorrCholesky>(
    {.name = "lkj_corr_cholesky",
     .parameters = parameters,
     .summary = "Cholesky factor of a correlation matrix with density det^(shape - 1)",
     .source = "Lewandowski, Kurowicka & Joe (2009), J. Multivariate Analysis 100(9)",
     .support = Support::correlation_cholesky,
     .event = "k, k"});

}  // namespace vippl::stdlib::distributions
