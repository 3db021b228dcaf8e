// The same model written with loops over single numbers (scalar/) and with statements over whole
// arrays (array/): the engine may turn one into the other, so they must not differ.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <filesystem>
#include <string>

#include "tests/models/comparison.h"
#include "tests/models/script_file.h"
#include "tests/support/sanitizers.h"

namespace vippl::test {
namespace {

const std::filesystem::path folder = std::filesystem::path(VIPPL_SOURCE_DIR) / "tests/models/loops";

/// The size of what is added up: no sum of so many rounded numbers can be better than it allows.
double sum_of_absolute_terms(const runtime::Model& model, const Eigen::VectorXd& point) {
  double sum = 1;
  for (const runtime::Term& term : model.terms(point)) sum += std::abs(term.value);
  return sum;
}

void require_same_coordinates(const runtime::Model& scalar, const runtime::Model& array) {
  REQUIRE(scalar.sites().size() == array.sites().size());
  for (std::size_t i = 0; i < scalar.sites().size(); ++i) {
    CHECK(scalar.sites()[i].name == array.sites()[i].name);
    CHECK(scalar.sites()[i].offset == array.sites()[i].offset);
    REQUIRE(scalar.sites()[i].size == array.sites()[i].size);
  }
}

void compare_densities(const runtime::Model& scalar, const runtime::Model& array,
                       const Eigen::VectorXd& point) {
  const double slack = 1e-12 * sum_of_absolute_terms(scalar, point);
  CHECK(std::abs(scalar.log_joint(point).log_joint - array.log_joint(point).log_joint) <= slack);
  const Eigen::VectorXd gradient = scalar.gradient(point, true);
  const Eigen::VectorXd difference = gradient - array.gradient(point, true);
  for (Eigen::Index i = 0; i < point.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(difference[i]) <= std::max(slack, 1e-12 * std::abs(gradient[i])));
  }
}

/// Where both are finite; counts such points.
int compare_pair(const std::filesystem::path& scalar_path) {
  const Comparison scalar(read_script(scalar_path), folder);
  const Comparison array(read_script(folder / "array" / scalar_path.filename()), folder);
  const auto scalar_model = scalar.make_model();
  const auto array_model = array.make_model();
  require_same_coordinates(*scalar_model, *array_model);
  constexpr Eigen::Index draws = under_sanitizers ? 2 : 6;
  runtime::Points points(draws, scalar_model->dimension());
  scalar_model->draw_prior(3, points);
  int finite = 0;
  for (Eigen::Index draw = 0; draw < draws; ++draw) {
    CAPTURE(draw);
    const Eigen::VectorXd point = points.row(draw);
    bool is_finite = false;
    CHECK(disagreement(scalar, *scalar_model, point, is_finite) == "");
    CHECK(disagreement(array, *array_model, point, is_finite) == "");
    if (!is_finite) continue;
    ++finite;
    compare_densities(*scalar_model, *array_model, point);
  }
  return finite;
}

TEST_CASE("a model written with loops and the same with arrays have one log density and gradient") {
  const auto paths = script_paths(folder / "scalar");
  CHECK(paths.size() >= 21);
  CHECK(paths.size() == script_paths(folder / "array").size());
  for (const std::filesystem::path& path : paths) {
    INFO(path.filename().string());
    try {
      CHECK(compare_pair(path) >= (under_sanitizers ? 1 : 3));
    } catch (const std::exception& failure) {  // the other pairs are tested all the same
      FAIL_CHECK(std::string(failure.what()));
    }
  }
}

}  // namespace
}  // namespace vippl::test
