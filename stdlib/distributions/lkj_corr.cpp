#include <cmath>
#include <vector>

#include "stdlib/describe.h"
#include "stdlib/event.h"
#include "stdlib/lkj.h"
#include "stdlib/positive_definite.h"

namespace vippl::stdlib::distributions {

namespace {

bool has_unit_diagonal(std::span<const double> matrix, std::size_t k) {
  for (std::size_t i = 0; i < k; ++i)
    if (!(std::abs(matrix[i * k + i] - 1) <= unit_tolerance)) return false;
  return true;
}

struct LkjCorr {
  static Index event_scratch(Index /*rows*/, std::span<const EventArgument> arguments) {
    return PositiveDefinite::scratch_size(arguments[0].extents[0]);
  }

  static void event_density(const EventCall& call) {
    const EventArgument& value = call.arguments[0];
    const EventArgument& shape = call.arguments[1];
    const auto k = static_cast<std::size_t>(value.extents[0]);
    PositiveDefinite matrix(call.scratch, value.extents[0]);
    Dual<1> constant;
    bool good_value = false;
    for (Index r = 0; r < call.rows; ++r) {
      const double eta = *shape.row(r);
      const bool good_shape = eta > 0 && std::isfinite(eta);
      if (good_shape && is_new(shape, r)) constant = lkj_log_normaliser(eta, k);
      if (is_new(value, r))
        good_value =
            has_unit_diagonal(row_values(value, r), k) && matrix.factorise(row_values(value, r));
      double& result = call.log_densities[r];
      if (!good_shape || !good_value) {
        result = outside(call, r);
        continue;
      }
      result = constant.value + (eta - 1) * matrix.log_determinant();
      const double weight = weight_of(call, r);
      const std::span<double> value_adjoint = row_adjoint(value, r);
      const std::span<double> shape_adjoint = row_adjoint(shape, r);
      if (weight == 0) continue;
      if (!shape_adjoint.empty())
        shape_adjoint[0] += weight * (constant.partials[0] + matrix.log_determinant());
      if (!value_adjoint.empty()) add_scaled(weight * (eta - 1), matrix.inverse(), value_adjoint);
    }
  }

  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    std::vector<double> factor(out.size());
    draw_lkj_factor(parameters[0][0], rng, factor);
    const auto k = static_cast<std::size_t>(std::lround(sqrt(static_cast<double>(out.size()))));
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = 0; j < i; ++j)
        out[i * k + j] = out[j * k + i] =
            dot(std::span(factor).subspan(i * k, k), std::span(factor).subspan(j * k, k));
      out[i * k + i] = 1;
    }
  }

  static void mean(EventParameters /*parameters*/, std::span<double> out) {
    const auto k = static_cast<std::size_t>(std::lround(sqrt(static_cast<double>(out.size()))));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = i % (k + 1) == 0 ? 1 : 0;
  }
  static void variance(EventParameters parameters, std::span<double> out) {
    // r = 2 b - 1 with b ~ beta(a, a), a = shape - 1 + k / 2, of variance 1 / (2 a + 1).
    const auto k = static_cast<std::size_t>(std::lround(sqrt(static_cast<double>(out.size()))));
    const double off_diagonal = 1 / (2 * parameters[0][0] - 1 + static_cast<double>(k));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = i % (k + 1) == 0 ? 0 : off_diagonal;
  }
};

constexpr Parameter parameters[] = {{"shape", Support::positive, ""}};

}  // namespace

constinit const Distribution lkj_corr = describe_event<LkjCorr>(
    {.name = "lkj_corr",
     .parameters = parameters,
     .summary = "correlation matrix with density det^(shape - 1)",
     .source = "Lewandowski, Kurowicka & Joe (2009), J. Multivariate Analysis 100(9)",
     .support = Support::correlation,
     .event = "k, k"});

}  // namespace vippl::stdlib::distributions
