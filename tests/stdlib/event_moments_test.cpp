#include <doctest/doctest.h>

#include <cmath>

#include "stdlib/registry.h"
#include "tests/stdlib/distribution_points.h"

// Draws of vectors and matrices against means and covariances of the literature, and shapes of
// events that the walks over the registry do not take.

using namespace vippl;
using runtime::Distribution;

namespace {

using Elements = std::vector<double>;

struct MomentCase {
  std::string_view name;
  std::vector<Elements> parameters;
  Elements mean;
  Elements covariance;  ///< of all pairs of elements; empty where it is not asked for
};

const Elements scale_matrix = {2, 0.6, 0.6, 0.5};

const std::vector<MomentCase> cases = {
    {"multi_normal_precision",
     {{1, -2}, {2, 0.6, 0.6, 0.5}},
     {1, -2},
     {0.78125, -0.9375, -0.9375, 3.125}},
    // scale_matrix df / (df - 2)
    {"multi_student_t", {{10}, {1, -2}, scale_matrix}, {1, -2}, {2.5, 0.75, 0.75, 0.625}},
    // cov(x_ij, x_lm) = df (s_il s_jm + s_im s_jl)
    {"wishart",
     {{5}, scale_matrix},
     {10, 3, 3, 2.5},
     {40, 12, 12, 3.6, 12, 6.8, 6.8, 3, 12, 6.8, 6.8, 3, 3.6, 3, 3, 2.5}},
    // scale_matrix / (df - k - 1)
    {"inverse_wishart", {{9}, scale_matrix}, {2.0 / 6, 0.1, 0.1, 0.5 / 6}, {}},
    // r = 2 b - 1 with b ~ beta(shape, shape), of variance 1 / (2 shape + 1)
    {"lkj_corr",
     {{3}},
     {1, 0, 0, 1},
     {0, 0, 0, 0, 0, 1.0 / 7, 1.0 / 7, 0, 0, 1.0 / 7, 1.0 / 7, 0, 0, 0, 0, 0}},
    // 1 x 2
    {"matrix_normal", {{1, 2}, {3}, scale_matrix}, {1, 2}, {6, 1.8, 1.8, 1.5}},
    // 2 x 1
    {"matrix_normal", {{1, 2}, scale_matrix, {3}}, {1, 2}, {6, 1.8, 1.8, 1.5}},
    {"gaussian_random_walk", {{3}, {0.5}}, {3, 3}, {0.25, 0.25, 0.25, 0.5}},
    // y1 = e1, y2 = c y1 + e2, about the location
    {"ar", {{0.8}, {3}, {0.5}}, {3, 3}, {0.25, 0.2, 0.2, 0.41}},
    // (D - dependence W)^-1 scale^2 of two neighbours
    {"car", {{1, 2}, {2}, {0.6}, {1}, {2}}, {1, 2}, {6.25, 3.75, 3.75, 6.25}},
    // trials (p_i [i = j] - p_i p_j)
    {"multinomial_logit", {{10}, {0, std::log(3)}}, {2.5, 7.5}, {1.875, -1.875, -1.875, 1.875}},
    // the same times (trials + total) / (1 + total)
    {"dirichlet_multinomial", {{10}, {1, 3}}, {2.5, 7.5}, {5.25, -5.25, -5.25, 5.25}},
};

struct Average {
  double sum = 0;
  double squares = 0;
  int count = 0;

  void add(double x) {
    sum += x;
    squares += x * x;
    ++count;
  }
  /// Whether the mean of what was added may well be `expected`.
  bool agrees_with(double expected) const {
    const double mean = sum / count;
    const double error = std::sqrt(std::max(squares / count - mean * mean, 0.0) / count);
    return std::abs(mean - expected) < 5 * error + 1e-9;
  }
};

}  // namespace

TEST_CASE("draws of vectors and matrices have the means and covariances of the literature") {
  constexpr int draw_count = 20000;
  for (const MomentCase& c : cases) {
    CAPTURE(c.name);
    const Distribution* distribution = stdlib::registry().distribution(c.name);
    REQUIRE(distribution != nullptr);
    const std::vector<std::span<const double>> parameters(c.parameters.begin(), c.parameters.end());
    const std::size_t size = c.mean.size();
    std::vector<Average> means(size);
    std::vector<Average> covariances(c.covariance.size());
    runtime::Rng rng(21, runtime::Purpose::test);
    Elements draw(size);
    for (int d = 0; d < draw_count; ++d) {
      distribution->sample(parameters, rng, draw);
      for (std::size_t i = 0; i < size; ++i) {
        means[i].add(draw[i]);
        for (std::size_t j = 0; j < size && !covariances.empty(); ++j)
          covariances[i * size + j].add((draw[i] - c.mean[i]) * (draw[j] - c.mean[j]));
      }
    }
    for (std::size_t i = 0; i < size; ++i) {
      CAPTURE(i);
      CHECK(means[i].agrees_with(c.mean[i]));
    }
    for (std::size_t i = 0; i < covariances.size(); ++i) {
      CAPTURE(i);
      CHECK(covariances[i].agrees_with(c.covariance[i]));
    }
  }
}

TEST_CASE("known means and variances of vectors and matrices are those of draws") {
  constexpr int draw_count = 20000;
  int walked = 0;
  for (const Distribution* distribution : stdlib::registry().distributions()) {
    CHECK((distribution->event_mean != nullptr) == (distribution->event_variance != nullptr));
    if (distribution->event_mean == nullptr) continue;
    ++walked;
    for (const runtime::Index size : {2, 3}) {
      for (tests::EventPoint point : tests::event_points(*distribution, size, 2)) {
        INFO(distribution->facts.name, ", size ", size);
        // Moments up to the fourth exist where degrees of freedom are large.
        for (std::size_t a = 1; a < point.arguments.size(); ++a)
          if (distribution->facts.parameters[a - 1].name == "df") point.arguments[a][0] += 10;
        const std::vector<std::span<const double>> parameters(point.arguments.begin() + 1,
                                                              point.arguments.end());
        Elements draw = point.arguments[0];
        Elements mean(draw.size());
        Elements variance(draw.size());
        distribution->event_mean(parameters, mean);
        distribution->event_variance(parameters, variance);
        std::vector<Average> means(draw.size());
        std::vector<Average> variances(draw.size());
        runtime::Rng rng(5, runtime::Purpose::test);
        for (int d = 0; d < draw_count; ++d) {
          distribution->sample(parameters, rng, draw);
          for (std::size_t i = 0; i < draw.size(); ++i) {
            means[i].add(draw[i]);
            variances[i].add((draw[i] - mean[i]) * (draw[i] - mean[i]));
          }
        }
        for (std::size_t i = 0; i < draw.size(); ++i) {
          CAPTURE(i);
          CHECK(means[i].agrees_with(mean[i]));
          CHECK(variances[i].agrees_with(variance[i]));
        }
      }
    }
  }
  CHECK(walked > 10);
}

TEST_CASE("moments that do not exist are infinite or NaN") {
  const auto moments = [](std::string_view name, std::size_t size,
                          const std::vector<Elements>& values) {
    const Distribution& distribution = *stdlib::registry().distribution(name);
    const std::vector<std::span<const double>> parameters(values.begin(), values.end());
    Elements mean(size);
    Elements variance(mean.size());
    distribution.event_mean(parameters, mean);
    distribution.event_variance(parameters, variance);
    return std::pair{mean[0], variance[0]};
  };
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(std::isnan(moments("multi_student_t", 2, {{1}, {1, -2}, scale_matrix}).first));
  CHECK(std::isnan(moments("multi_student_t", 2, {{1}, {1, -2}, scale_matrix}).second));
  CHECK(moments("multi_student_t", 2, {{2}, {1, -2}, scale_matrix}) == std::pair{1.0, infinity});
  CHECK(std::isnan(moments("inverse_wishart", 4, {{3}, scale_matrix}).first));
  CHECK(std::isnan(moments("inverse_wishart", 4, {{3}, scale_matrix}).second));
  CHECK(moments("inverse_wishart", 4, {{5}, scale_matrix}) == std::pair{1.0, infinity});
}

TEST_CASE("a matrix that is not square has the derivatives of central differences") {
  const Distribution& distribution = *stdlib::registry().distribution("matrix_normal");
  tests::EventPoint point = {{{0.3, -1, 2, 0.8, 0.1, -0.4},
                              {0, 0.5, 1, -1, 0, 0.2},
                              {1.2, 0.3, 0.3, 0.7},
                              {2, 0.5, 0.1, 0.5, 1.5, -0.3, 0.1, -0.3, 0.8}},
                             {{2, 3}, {2, 3}, {2, 2}, {3, 3}}};
  const std::vector<Elements> gradient = tests::event_gradient(distribution, point);
  constexpr double step = 1e-4;
  for (std::size_t a = 0; a < point.arguments.size(); ++a) {
    const auto columns = static_cast<std::size_t>(point.extents[a][1]);
    for (std::size_t i = 0; i < point.arguments[a].size(); ++i) {
      // Both triangles of a covariance move together.
      const std::size_t mirrored = i % columns * columns + i / columns;
      const bool is_pair = a >= 2 && mirrored != i;
      const auto at = [&](double by) {
        tests::EventPoint other = point;
        other.arguments[a][i] += by;
        if (is_pair) other.arguments[a][mirrored] += by;
        return tests::event_log_density(distribution, other);
      };
      const double slope = gradient[a][i] + (is_pair ? gradient[a][mirrored] : 0);
      CAPTURE(a);
      CAPTURE(i);
      CHECK(slope == doctest::Approx((at(step) - at(-step)) / (2 * step)).epsilon(1e-6));
    }
  }
}

TEST_CASE("an empty walk has log density 0, and more coefficients than times do no harm") {
  const Distribution& walk = *stdlib::registry().distribution("gaussian_random_walk");
  CHECK(tests::event_log_density(walk, {{{}, {0}, {1}}, {{0}, {}, {}}}) == 0);
  const Distribution& ar = *stdlib::registry().distribution("ar");
  const double alone = tests::event_log_density(ar, {{{0.5}, {0.9}, {0}, {1}}, {{1}, {1}, {}, {}}});
  CHECK(tests::event_log_density(ar, {{{0.5}, {0.9, 0.1}, {0}, {1}}, {{1}, {2}, {}, {}}}) == alone);
}
