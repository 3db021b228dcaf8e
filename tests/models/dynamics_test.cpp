// `ode` and `scan`: solutions and gradients against closed forms, and against SciPy.
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "lang/check.h"
#include "lang/parse.h"
#include "runtime/model.h"
#include "stdlib/registry.h"

namespace vippl {
namespace {

std::unique_ptr<runtime::Model> make(const std::string& script) {
  const lang::Sources sources = {lang::SourceText("m.vi", script)};
  const lang::ParseResult parsed = lang::parse(sources[0]);
  REQUIRE_FALSE(lang::has_errors(parsed.diagnostics));
  const lang::Diagnostics checked = lang::check(parsed.script, sources, stdlib::registry());
  for (const lang::Diagnostic& each : checked) {
    if (each.severity == lang::Severity::error) FAIL_CHECK(each.message);
  }
  lang::Diagnostics warnings;
  return runtime::make_model(parsed.script, sources, {}, stdlib::registry(), {}, warnings);
}

Eigen::VectorXd point(std::initializer_list<double> z) {
  Eigen::VectorXd result(static_cast<Eigen::Index>(z.size()));
  std::copy(z.begin(), z.end(), result.begin());
  return result;
}

/// All elements of what the script reports, behind one another.
Eigen::VectorXd reported(const std::string& script) {
  const auto model = make(script);
  runtime::Draws draws;
  model->constrain(runtime::Points::Zero(1, model->dimension()), 1, draws);
  return draws.row(0);
}

/// The gradient of the log joint of a script without priors and constraints.
Eigen::VectorXd gradient_at(const std::string& script, const Eigen::VectorXd& z) {
  return make(script)->gradient(z, false);
}

void check_close(const Eigen::VectorXd& found, const Eigen::VectorXd& expected, double tolerance) {
  REQUIRE(found.size() == expected.size());
  for (Eigen::Index i = 0; i < found.size(); ++i) {
    CAPTURE(i);
    CHECK_MESSAGE(std::abs(found[i] - expected[i]) <= tolerance * (1 + std::abs(expected[i])),
                  found[i], " should be ", expected[i]);
  }
}

const char* const methods[] = {"rk45", "stiff"};

std::string settings(const std::string& method, const std::string& tolerance) {
  return ", method = \"" + method + "\", rel_tol = " + tolerance + ", abs_tol = " + tolerance + ")";
}

std::string error_code(const std::string& script) {
  try {
    make(script);
  } catch (const lang::ModelError& error) {
    return error.diagnostic().code;
  }
  return "none";
}

TEST_CASE("closed forms are met as accurately as was asked for") {
  struct Case {
    const char* rhs;
    const char* call;
    Eigen::VectorXd expected;
  };
  const Case cases[] = {
      {"-2 * z", "ode(f, 3, 0, [0.5, 2]", point({3 * std::exp(-1.0), 3 * std::exp(-4.0)})},
      {"[z[2], -z[1]]", "ode(f, [0, 1], 0, [1, 7]",
       point({std::sin(1.0), std::cos(1.0), std::sin(7.0), std::cos(7.0)})},
      {"1 + z^2", "ode(f, 0, 0, [1.3]", point({std::tan(1.3)})},
      {"z * cos(t)", "ode(f, 1, 2, [2, 3]", point({1, std::exp(std::sin(3.0) - std::sin(2.0))})},
      {"[[0, 1], [-1, 0]] @ z", "ode(f, [[1, 0], [0, 1]], 0, [0.5]",
       point({std::cos(0.5), std::sin(0.5), -std::sin(0.5), std::cos(0.5)})}};
  struct Accuracy {
    const char* tolerance;
    double error;
  };
  for (const Case& c : cases) {
    for (const char* method : methods) {
      for (const Accuracy& accuracy : {Accuracy{"1e-4", 2e-3}, {"1e-6", 3e-5}, {"1e-10", 1e-8}}) {
        INFO(c.rhs, " ", method, " ", accuracy.tolerance);
        const std::string script = std::string("fn f(t, z) = ") + c.rhs + "\nderive t = " + c.call +
                                   settings(method, accuracy.tolerance);
        check_close(reported(script), c.expected, accuracy.error);
      }
    }
  }
}

// Values of tests/models/ode_reference.py.
TEST_CASE("solutions agree with SciPy's: a cycle of predator and prey") {
  const Eigen::VectorXd expected =
      point({49.39010919341471, 7.149241501247651, 18.761561213787036, 39.1448875775588,
             32.04333612525337, 5.907014417046587, 30.202924135369553, 5.9556873556116114});
  for (const char* method : methods) {
    const std::string call =
        "fn f(t, z) = [(0.55 - 0.028 * z[2]) * z[1], (0.024 * z[1] - 0.8) * z[2]]\n"
        "derive t = ode(f, [34, 5.9], 0, [1, 5, 10, 20]";
    check_close(reported(call + settings(method, "1e-10")), expected, 1e-7);
    check_close(reported(call + settings(method, "1e-6")), expected, 1e-4);
  }
}

TEST_CASE("solutions agree with SciPy's: stiff equations") {
  check_close(
      reported("fn f(t, z) = [z[2], 1000 * (1 - z[1]^2) * z[2] - z[1]]\n"
               "derive t = ode(f, [2, 0], 0, [1, 500, 800, 1000]" +
               settings("stiff", "1e-8")),
      point({1.9993333705063003, -0.0006670371231731803, 1.5967689510528076, -0.0010303911878380885,
             1.083923364644089, -0.006195233864938863, -1.863646254808397, 0.0007535430865433497}),
      1e-5);
  const Eigen::VectorXd found = reported(
      "fn f(t, z) {\n let a = 0.04 * z[1]\n let b = 1e4 * z[2] * z[3]\n let c = 3e7 * z[2]^2\n"
      " return [-a + b, a - b - c, c]\n}\n"
      "derive t = ode(f, [1, 0, 0], 0, [0.4, 40, 4000, 400000], \"stiff\", 1e-8, 1e-12)");
  const Eigen::VectorXd expected =
      point({0.9851721138609927, 3.3863953789749516e-05, 0.014794022185218829, 0.7158270687194264,
             9.185534764558716e-06, 0.2841637457458114, 0.18320225777669794, 8.94237125277503e-07,
             0.8167968479861826, 0.004938274520993664, 1.984994087959953e-08, 0.9950617056290736});
  for (Eigen::Index i = 0; i < found.size(); ++i) {
    CAPTURE(i);
    CHECK(found[i] == doctest::Approx(expected[i]).epsilon(1e-5).scale(0));
  }
}

TEST_CASE(
    "gradients agree with closed forms, by the initial state and by what the right side reads") {
  for (const char* method : methods) {
    INFO(method);
    const std::string decay =
        "sample z0 ~ flat()\nsample k ~ flat()\nfn f(t, z) = -k * z\n"
        "factor sum(ode(f, z0, 0, [0.5, 2]" +
        settings(method, "1e-10") + ")";
    check_close(
        gradient_at(decay, point({3, 0.7})),
        point({std::exp(-0.35) + std::exp(-1.4), -1.5 * std::exp(-0.35) - 6 * std::exp(-1.4)}),
        1e-7);
    // cos(w t): a matrix of settings made of latents, and a state that is partly fixed.
    const std::string swing =
        "sample w ~ flat()\nlet A = [[0, 1], [-w^2, 0]]\nfn f(t, z) = A @ z\n"
        "factor ode(f, [1, 0], 0, [1, 3]" +
        settings(method, "1e-10") + "[2, 1]";
    check_close(gradient_at(swing, point({1.4})), point({-3 * std::sin(4.2)}), 1e-6);
  }
}

TEST_CASE("gradients of long solutions are right, of which not every step is kept") {
  // 60 turns: more than a thousand steps with output at the end only.
  const std::string script =
      "sample w ~ flat()\nsample z0 ~ flat()\nfn f(t, z) = [w * z[2], -w * z[1]]\n"
      "factor ode(f, [z0, 0], 0, [300]" +
      settings("rk45", "1e-11") + "[1, 1]";
  const double w = 1.25;
  check_close(gradient_at(script, point({w, 2})),
              point({-600 * std::sin(300 * w), std::cos(300 * w)}), 1e-5);
  // In lanes, each with its own number of steps.
  const auto model = make(script);
  const auto buffers = model->make_workspace();
  runtime::Points z(8, 2);
  for (Eigen::Index b = 0; b < 8; ++b) z.row(b) << 0.02 * std::pow(2.0, static_cast<double>(b)), 1;
  runtime::LogDensities values(8);
  runtime::Points gradients(8, 2);
  model->evaluate(z, {}, *buffers, values, gradients);
  for (Eigen::Index b = 0; b < 8; ++b) {
    CAPTURE(b);
    const double angle = 300 * z(b, 0);
    CHECK(std::abs(values[b] - std::cos(angle)) <= 1e-6);
    CHECK(std::abs(gradients(b, 0) + 300 * std::sin(angle)) <= 1e-3);
    CHECK(std::abs(gradients(b, 1) - std::cos(angle)) <= 1e-6);
  }
}

TEST_CASE("gradients of stiff equations agree with a closed form and with differences") {
  // The first state follows `a` within 1e-4; the second follows the first.
  const std::string linear =
      "sample a ~ flat()\nsample z0 ~ flat()\nfn f(t, z) = [1e4 * (a - z[1]), z[1] - z[2]]\n"
      "factor ode(f, [z0, 0], 0, [1]" +
      settings("stiff", "1e-8") + "[1, 2]";
  const double rest = std::exp(-1.0) / (1e4 - 1);
  check_close(gradient_at(linear, point({2, 1})), point({1 - std::exp(-1.0) - rest, rest}), 1e-6);

  const auto model = make(
      "sample mu ~ flat()\nsample z0 ~ flat()\n"
      "fn f(t, z) = [z[2], mu * (1 - z[1]^2) * z[2] - z[1]]\n"
      "factor sum(ode(f, [z0, 0], 0, [10, 60]" +
      settings("stiff", "1e-10") + ")");
  const Eigen::VectorXd at = point({50, 2});
  const Eigen::VectorXd gradient = model->gradient(at, false);
  for (Eigen::Index i = 0; i < 2; ++i) {
    const double step = 1e-3;
    Eigen::VectorXd moved = at;
    double difference = 0;
    for (const double side : {1.0, -1.0}) {
      moved[i] = at[i] + side * step;
      difference += side * model->log_joint(moved).log_joint / (2 * step);
    }
    CHECK(gradient[i] == doctest::Approx(difference).epsilon(1e-4));
  }
}

TEST_CASE("a solution that cannot be had is no number, and its neighbours are none the wiser") {
  // a > 0.5 reaches infinity before t = 2; with 1e7 the explicit method would need millions of
  // steps.
  for (const char* rhs : {"a * z^2", "-(if a > 0.5 then 1e7 else 0.1) * (z - cos(t))"}) {
    for (const char* times : {"[2]", "[0, 1e-9, 2]"}) {
      const std::string script = std::string("sample a ~ flat()\nfn f(t, z) = ") + rhs +
                                 "\nfactor sum(ode(f, 1, 0, " + times + "))";
      CAPTURE(script);
      const auto model = make(script);
      const auto buffers = model->make_workspace();
      runtime::Points z(8, 1);
      z << 0.1, 0.7, 0.2, 1.5, 0.3, -0.5, 0.4, 0.6;
      runtime::LogDensities values(8);
      runtime::Points gradients(8, 1);
      model->evaluate(z, {}, *buffers, values, gradients);
      for (Eigen::Index b = 0; b < 8; ++b) {
        CAPTURE(b);
        CHECK(std::isnan(values[b]) == (z(b, 0) > 0.5));
        if (z(b, 0) > 0.5) continue;
        const auto alone = model->gradient(z.row(b), false);
        CHECK(std::isfinite(gradients(b, 0)));
        CHECK(gradients(b, 0) == doctest::Approx(alone[0]).epsilon(1e-9));
      }
    }
  }
  CHECK(error_code("fn f(t, z) = z^2\nlet a = ode(f, 1, 0, [2])\nderive b = a") ==
        "unsolved-equation");
}

// Where the right side jumps, the estimated error of a step is far below the true one.
TEST_CASE("a choice on time or state is taken at every evaluation; a branch on them is refused") {
  check_close(reported("fn f(t, z) = if z < 1 then 1 else 0.5\nderive t = ode(f, 0, 0, [2])"),
              point({1.5}), 1e-3);
  check_close(reported("fn f(t, z) = if t < 1 or t > 3 then [1, 2] else 0 * z\n"
                       "derive t = ode(f, [0, 0], 0, [0.5, 2, 4])"),
              point({0.5, 1, 1, 2, 2, 4}), 1e-3);
  check_close(gradient_at("sample a ~ flat()\nfn f(t, z) = if t < 1 then a else a^2\n"
                          "factor ode(f, 0, 0, [1, 2], rel_tol = 1e-8)",
                          point({3})),
              point({1 + 1 + 6}), 1e-5);
  CHECK(error_code("sample a ~ flat()\nfn f(t, z) {\n if z > 1 { return a }\n return 0\n}\n"
                   "factor ode(f, 0, 0, [1])") == "branch-on-state");
  CHECK(error_code("fn f(t, z) { var k = 0.0\n while t > k { k += 1 }\n return k }\n"
                   "derive x = ode(f, 0, 0, [1])") == "branch-on-state");
}

TEST_CASE("a branch on a latent inside the right side follows the point") {
  const auto model = make(
      "sample a ~ flat()\nfn f(t, z) {\n if a > 1 { return a }\n return -a * z\n}\n"
      "factor ode(f, 1, 0, [1], rel_tol = 1e-10, abs_tol = 1e-10)");
  for (const double a : {0.5, 3.0, 0.25}) {
    CAPTURE(a);
    const double value = a > 1 ? 1 + a : std::exp(-a);
    CHECK(model->log_joint(point({a})).log_joint == doctest::Approx(value));
    CHECK(model->gradient(point({a}), false)[0] == doctest::Approx(a > 1 ? 1 : -value));
  }
}

TEST_CASE("the right side may be a parameter, and may solve an equation itself") {
  const std::string tight = ", rel_tol = 1e-10, abs_tol = 1e-10)";
  const double e = std::exp(1.0);
  check_close(gradient_at("sample a ~ flat()\nfn f(t, z) = a * z\n"
                          "fn until(g, t) = ode(g, 1, 0, [t]" +
                              tight + "\nfactor until(f, 2)",
                          point({0.3})),
              point({2 * std::exp(0.6)}), 1e-7);
  check_close(gradient_at("sample z0 ~ flat()\nsample k ~ flat()\nfn inner(s, y) = -k * y\n"
                          "fn outer(t, z) = ode(inner, z, 0, [1]" +
                              tight + "[1]\nfactor ode(outer, z0, 0, [1]" + tight,
                          point({2, 1})),
              point({std::exp(1 / e), -2 * std::exp(1 / e) / e}), 1e-6);
}

TEST_CASE("what does not depend on time and state is computed once, outside of the equation") {
  const auto model = make(
      "sample a ~ normal(0, 1)\nfn f(t, z) = -exp(a) * z\n"
      "factor ode(f, 1, 0, [1], method = \"stiff\")");
  const std::string listing = model->listing(runtime::Model::Stage::recorded);
  CAPTURE(listing);
  CHECK(listing.find("ode(f, stiff) ") != std::string::npos);
  CHECK(listing.find("= exp z[1]") != std::string::npos);
  CHECK(listing.find("multiply") == std::string::npos);  // inside
}

TEST_CASE("scan does what the loop does") {
  const std::string head =
      "sample a ~ flat()\nsample b : real[2] ~ flat()\nlet xs = [0.3, -1.2, 0.7, 2.1]\n";
  struct Case {
    const char* scan;
    const char* loop;
  };
  const Case cases[] = {
      {"fn f(s, x) = a * s + exp(b[1] * x)\nfactor scan(f, b[2], xs)",
       "var s = b[2]\nfor i in 1..4 { s = a * s + exp(b[1] * xs[i])\n factor s }"},
      {"fn f(s, x) = [s[2] * x[1], a + s[1] * x[2]]\nlet rows = [[x, b[1] * x] for x in 1..3]\n"
       "factor scan(f, b, rows)",
       "var s = b\nfor i in 1..3 { s = [s[2] * i, a + s[1] * b[1] * i]\n factor s }"},
      {"fn f(s, x) { if s > x { return a * s }\n return b[1] + s }\nfactor scan(f, b[2], xs)",
       "var s = b[2]\nfor i in 1..4 { s = if s > xs[i] then a * s else b[1] + s\n factor s }"},
      {"fn f(s, x) = s + a * x\nfactor scan(f, 0, 1..3)",
       "var s = 0.0\nfor i in 1..3 { s += a * i\n factor s }"}};
  runtime::Points z(5, 3);
  z << 0.5, 0.2, 1.1, -0.3, 0.9, 0.1, 1.4, -1, 0.6, 0, 0, 0, 0.7, 0.7, 3;
  for (const Case& c : cases) {
    CAPTURE(c.scan);
    const auto scanned = make(head + c.scan + "\nfactor 0 * sum(xs) * sum(b)");
    const auto looped = make(head + c.loop + "\nfactor 0 * sum(xs) * sum(b)");
    runtime::LogDensities values[2] = {runtime::LogDensities(5), runtime::LogDensities(5)};
    runtime::Points gradients[2] = {runtime::Points(5, 3), runtime::Points(5, 3)};
    for (const int which : {0, 1}) {
      const runtime::Model& model = which == 0 ? *scanned : *looped;
      const auto buffers = model.make_workspace();
      model.evaluate(z, {}, *buffers, values[which], gradients[which]);
    }
    for (Eigen::Index b = 0; b < 5; ++b) {
      CHECK(values[0][b] == doctest::Approx(values[1][b]).epsilon(1e-12));
      CHECK((gradients[0].row(b) - gradients[1].row(b)).norm() <=
            1e-12 * (1 + gradients[1].row(b).norm()));
    }
  }
  CHECK(reported("fn f(s, x) = s + x\nderive t = scan(f, [1, 2], zeros(0))").size() == 0);
}

}  // namespace
}  // namespace vippl
