#include "cli/repl_values.h"

#include <doctest/doctest.h>

#include <cmath>

using vippl::cli::constant_row;
using vippl::cli::summary_of_draws;
using vippl::cli::Terminal;
using vippl::cli::value_text;

TEST_CASE("values are printed by shape, long ones cut") {
  CHECK(value_text({}, Eigen::VectorXd::Constant(1, 2.5), {}) == "2.5\n");
  CHECK(value_text({3}, Eigen::Vector3d(1, 2, 3), {}) == "[1, 2, 3]\n");
  CHECK(value_text({2, 2}, Eigen::Vector4d(1, 2, 3, 4), {}) == "[1, 2]\n[3, 4]\n");
  CHECK(value_text({0}, Eigen::VectorXd(0), {}) == "[]\n");
  CHECK(value_text({100}, Eigen::VectorXd::LinSpaced(100, 1, 100), {}) ==
        "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ... 100]\n(100)\n");
}

TEST_CASE("bools and categories are printed by their words") {
  const vippl::runtime::Words truth = {{"false", "true"}, 0};
  CHECK(value_text({}, Eigen::VectorXd::Constant(1, 1), {}, truth) == "true\n");
  CHECK(value_text({2}, Eigen::Vector2d(1, 0), {}, truth) == "[true, false]\n");
  const vippl::runtime::Words levels = {{"east", "north"}, 1};
  CHECK(value_text({3}, Eigen::Vector3d(2, 1, 2), {}, levels) == "[north, east, north]\n");
  CHECK(value_text({2}, Eigen::Vector2d(0, 3), {}, levels) == "[0, 3]\n");
}

TEST_CASE("a value is fixed if no draw differs") {
  Eigen::MatrixXd draws = Eigen::MatrixXd::Constant(5, 2, 3);
  draws.col(1).setConstant(std::nan(""));
  REQUIRE(constant_row(draws).has_value());
  CHECK((*constant_row(draws))[0] == 3);
  draws(4, 0) = 3.5;
  CHECK_FALSE(constant_row(draws).has_value());
}

TEST_CASE("moments of weighted draws are those of the weights") {
  const Eigen::Vector4d draws(1, 2, 3, 100);
  const Eigen::Vector4d weights(0.5, 0.25, 0.25, 0);
  const auto summary = summary_of_draws(draws, weights);
  CHECK(summary.reported.mean == doctest::Approx(1.75));
  CHECK(summary.reported.q50 == 1);
  CHECK(summary.reported.q95 == 3);
  const auto equal = summary_of_draws(Eigen::VectorXd::LinSpaced(101, 0, 100), Eigen::VectorXd());
  CHECK(equal.reported.mean == doctest::Approx(50));
  CHECK(equal.reported.sd == doctest::Approx(29.300170647967224));
  CHECK(equal.reported.q05 == doctest::Approx(5).epsilon(0.21));
  CHECK(equal.mcse == doctest::Approx(29.300170647967224 / std::sqrt(101)));
}
