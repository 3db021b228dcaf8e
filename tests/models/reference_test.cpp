#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/models/comparison.h"
#include "tests/models/script_file.h"
#include "tests/support/sanitizers.h"

namespace vippl::test {
namespace {

const std::filesystem::path tests = std::filesystem::path(VIPPL_SOURCE_DIR) / "tests";
const std::filesystem::path scripts = tests / "scripts";
const std::filesystem::path agreement = tests / "models/agreement";

TEST_CASE("the reference evaluator gives the log joints that SciPy gave for the good scripts") {
  for (const std::filesystem::path& path : script_paths(scripts / "good")) {
    INFO(path.filename().string());
    const ScriptFile file = read_script(path);
    const Comparison comparison(file, scripts / "data");
    for (const ExpectedPoint& point : file.points) {
      CAPTURE(point.values);
      double log_joint = 0;
      REQUIRE_NOTHROW(log_joint = comparison.evaluate(read_latents(point.values)).log_joint);
      CHECK(log_joint == doctest::Approx(point.log_joint).epsilon(1e-9));
    }
  }
}

TEST_CASE("a model of another script disagrees with the reference evaluator") {
  const auto script = [](const char* text) {
    return ScriptFile{
        tests / "models/inline.vi", lang::SourceText("inline.vi", text), {}, {}, {}, {}, {}};
  };
  const Comparison right(script("sample x ~ normal(0, 1)\nfactor -x^2\nderive y = 2 * x\n"),
                         agreement);
  const Comparison other_gradient(
      script("sample x ~ normal(0, 1)\nfactor -x^4\nderive y = 2 * x\n"), agreement);
  const Comparison other_derived(script("sample x ~ normal(0, 1)\nfactor -x^2\nderive y = 3 * x\n"),
                                 agreement);
  const Eigen::VectorXd one = Eigen::VectorXd::Constant(1, 1);  // where x^2 and x^4 are the same
  bool is_finite = false;
  CHECK(disagreement(right, *right.make_model(), one, is_finite) == "");
  CHECK(is_finite);
  CHECK(disagreement(right, *other_gradient.make_model(), one, is_finite) ==
        "the derivative by coordinate 0 is -5, the reference -3");
  CHECK(disagreement(right, *other_gradient.make_model(), 2 * one, is_finite)
            .starts_with("the log joint is"));
  CHECK(disagreement(right, *other_derived.make_model(), one, is_finite) ==
        "element 1 of `y` is 3, the reference 2");
}

/// Compares at draws from the prior, until a few of them have given a finite log joint.
void compare_at_prior_draws(const std::filesystem::path& path, const std::filesystem::path& data) {
  INFO(path.filename().string());
  const Comparison comparison(read_script(path), data);
  const std::unique_ptr<runtime::Model> model = comparison.make_model();
  constexpr Eigen::Index draws = 12;
  constexpr int wanted = under_sanitizers ? 1 : 3;
  runtime::Points points(draws, model->dimension());
  model->draw_prior(1, points);
  int finite = 0;
  for (Eigen::Index draw = 0; draw < draws && finite < wanted; ++draw) {
    CAPTURE(draw);
    bool is_finite = false;
    CHECK(disagreement(comparison, *model, points.row(draw), is_finite) == "");
    finite += is_finite ? 1 : 0;
  }
  CHECK(finite > 0);
}

TEST_CASE(
    "models agree with the reference evaluator at draws from their prior: the scripts of "
    "tests/scripts") {
  for (const std::filesystem::path& path : script_paths(scripts / "good")) {
    compare_at_prior_draws(path, scripts / "data");
  }
}

TEST_CASE(
    "models agree with the reference evaluator at draws from their prior: models of every kind") {
  for (const std::filesystem::path& path : script_paths(agreement)) {
    compare_at_prior_draws(path, agreement);
  }
}

}  // namespace
}  // namespace vippl::test
