// Latents with a latent scale, recorded as written and non-centred: the same model in other
// coordinates.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/random.h"
#include "stdlib/registry.h"
#include "tests/models/bind_script.h"
#include "tests/support/sanitizers.h"

namespace vippl::test {
namespace {

using Eigen::Index;
using Eigen::VectorXd;
using Names = std::vector<std::string>;

/// Each derives `units`: what the log Jacobian of non-centred latents has more than that of what is
/// written.
struct Case {
  std::string name;
  std::string script;
  Names scaled = {"x"};
};

const std::string hyper = "sample mu ~ normal(1, 2)\nsample tau ~ half_normal(1)\n";
const std::string seen = "observe 0.5 ~ normal(x[1] + 0.5 * x[2], 1)\n";

Case family(const std::string& call) {
  return {call,
          hyper + "sample x : real[5] ~ " + call + "\n" + seen + "derive units = 5 * log(tau)\n"};
}

const Case cases[] = {
    family("normal(mu, tau)"),
    family("student_t(4, mu, tau)"),
    family("laplace(mu, tau)"),
    family("logistic(mu, tau)"),
    family("cauchy(mu, tau)"),
    family("lognormal(mu, tau)"),
    family("gumbel(mu, tau)"),
    family("normal(3, tau)"),
    {"a scalar", hyper + "sample x ~ normal(mu, 2 * tau)\nobserve 0.5 ~ normal(x, 1)\n"
                         "derive units = log(2 * tau)\n"},
    {"a scale per element",
     "sample mu ~ normal(0, 1)\nsample tau : real[3] ~ half_normal(1)\n"
     "sample x : real[3] ~ normal(mu, tau)\n" +
         seen + "derive units = sum(log(tau))\n"},
    {"a matrix",
     "sample mu : real[3] ~ normal(0, 1)\nsample tau ~ half_normal(1)\n"
     "sample x : real[2, 3] ~ normal(mu, tau)\nobserve 0.5 ~ normal(sum(x), 1)\n"
     "derive units = 6 * log(tau)\n"},
    {"a location per row",
     "data g : int(1..3)[n]\nsample mu : real[3] ~ normal(0, 1)\n"
     "sample tau ~ half_normal(1)\nsample x : real[n] ~ normal(mu[g], tau)\n" +
         seen + "derive units = n * log(tau)\n"},
    {"a random walk", hyper + "sample x : real[5] ~ gaussian_random_walk(mu, tau)\n" + seen +
                          "derive units = 5 * log(tau)\n"},
    {"random walks with one scale",
     hyper + "sample x : real[2, 4] ~ gaussian_random_walk(0, tau)\n"
             "observe 0.5 ~ normal(sum(x), 1)\nderive units = 8 * log(tau)\n"},
    {"an autoregression", "sample phi ~ normal(0, 0.3)\n" + hyper +
                              "sample x : real[5] ~ ar([phi], mu, tau)\n" + seen +
                              "derive units = 5 * log(tau)\n"},
    {"a field over a graph", hyper +
                                 "sample x : real[4] ~ car(mu, tau, 0.5, [1, 2, 3], [2, 3, 4])\n" +
                                 seen + "derive units = 4 * log(tau)\n"},
    {"one by one",
     hyper +
         "for t in 1..4 { sample x[t] ~ normal(if t == 1 then mu else 0.9 * x[t - 1], tau) }\n" +
         seen + "derive units = 4 * log(tau)\n"},
    {"nested",
     "sample top ~ normal(0, 1)\nsample s ~ half_normal(1)\nsample mu : real[2] ~ normal(top, s)\n"
     "sample tau ~ lognormal(0, s)\nfor j in 1..2 { sample x[j] ~ student_t(5, mu[j], tau) }\n" +
         seen + "derive units = 2 * log(s) + log(s) + 2 * log(tau)\n",
     {"mu", "tau", "x"}}};

const Given given = {.csv = "g\n1\n2\n3\n2\n"};

std::unique_ptr<runtime::Model> bind(const std::string& script, const Names& noncentred) {
  Given other = given;
  if (script.find("data ") == script.npos) other.csv.clear();
  other.options.noncentred.insert(noncentred.begin(), noncentred.end());
  Outcome outcome = make(script, other);
  CHECK_MESSAGE(outcome.model, outcome.message());
  REQUIRE(outcome.model);
  return std::move(outcome.model);
}

VectorXd constrain(const runtime::Model& model, const VectorXd& point) {
  runtime::Draws draws;
  model.constrain(point.transpose(), 1, draws);
  return draws.row(0).transpose();
}

/// The values of all latents, as `{"mu": 1.5, "x": [1, 2]}`, arrays nested by their shapes.
runtime::DataFile natural_values(const runtime::Model& model, const VectorXd& values) {
  std::string text;
  for (const runtime::Quantity& quantity : model.quantities()) {
    if (quantity.kind != runtime::Quantity::Kind::latent) continue;
    Index next = quantity.offset;
    const auto write = [&](const auto& self, std::size_t depth) -> std::string {
      if (depth == quantity.shape.size()) return fmt::format("{:.17g}", values[next++]);
      std::string array;
      for (Index i = 0; i < quantity.shape[depth]; ++i)
        array += (i == 0 ? "" : ", ") + self(self, depth + 1);
      return "[" + array + "]";
    };
    text += fmt::format("{}\"{}\": {}", text.empty() ? "" : ", ", quantity.name, write(write, 0));
  }
  return runtime::parse_json("{" + text + "}", "values.json");
}

double derived(const runtime::Model& model, const VectorXd& values, const std::string& name) {
  for (const runtime::Quantity& quantity : model.quantities())
    if (quantity.name == name) return values[quantity.offset];
  FAIL("no such quantity");
  return 0;
}

VectorXd some_point(Index dimension, std::uint32_t number) {
  VectorXd point(dimension);
  runtime::Rng rng(11, runtime::Purpose::prior, number);
  rng.fill_normal({point.data(), static_cast<std::size_t>(dimension)});
  return 0.7 * point;
}

double log_density(const runtime::Model& model, const VectorXd& point) {
  const runtime::Model::Parts parts = model.log_joint(point);
  return parts.log_joint + parts.log_jacobian;
}

double worst_difference(const VectorXd& a, const VectorXd& b) {
  return ((a - b).array().abs() / (1 + b.array().abs())).maxCoeff();
}

}  // namespace

TEST_CASE("non-centred latents: the same log joint of natural values, other coordinates") {
  for (const Case& each : cases) {
    CAPTURE(each.name);
    const auto written = bind(each.script, {});
    REQUIRE(written->scaled_latents() == each.scaled);
    const auto noncentred = bind(each.script, each.scaled);
    REQUIRE(noncentred->scaled_latents() == each.scaled);
    REQUIRE(noncentred->dimension() == written->dimension());
    for (std::uint32_t number = 0; number < 5; ++number) {
      CAPTURE(number);
      const VectorXd values = constrain(*written, some_point(written->dimension(), number));
      const runtime::DataFile natural = natural_values(*written, values);
      const VectorXd a = written->unconstrain(natural), b = noncentred->unconstrain(natural);
      CHECK((a - b).cwiseAbs().maxCoeff() > 1e-3);
      const runtime::Model::Parts of_a = written->log_joint(a), of_b = noncentred->log_joint(b);
      const double size = 1 + std::abs(of_a.log_joint);
      CHECK(std::abs(of_a.log_joint - of_b.log_joint) < 1e-12 * size);
      const double units = derived(*written, values, "units");
      CHECK(std::abs(of_b.log_jacobian - of_a.log_jacobian - units) < 1e-12 * size);
      CHECK(worst_difference(constrain(*noncentred, b), values) < 1e-13);
    }
  }
}

TEST_CASE("non-centred latents: gradients are those of differences, with the Jacobian") {
  constexpr double step = 1e-5;
  for (const Case& each : cases) {
    CAPTURE(each.name);
    const auto model = bind(each.script, each.scaled);
    const auto workspace = model->make_workspace();
    for (std::uint32_t number = 0; number < 3; ++number) {
      const VectorXd point = some_point(model->dimension(), number);
      VectorXd expected(point.size());
      for (Index i = 0; i < point.size(); ++i) {
        const VectorXd side = VectorXd::Unit(point.size(), i) * step;
        expected[i] =
            (log_density(*model, point + side) - log_density(*model, point - side)) / (2 * step);
      }
      CHECK(worst_difference(model->gradient(point, true), expected) < 1e-7);
      runtime::LogDensities value(1);
      runtime::Points gradient(1, point.size());
      model->evaluate(point.transpose(), {}, *workspace, value, gradient);
      CHECK(value[0] == doctest::Approx(log_density(*model, point)).epsilon(1e-12));
      CHECK(worst_difference(gradient.row(0).transpose(), expected) < 1e-7);
    }
  }
}

TEST_CASE("non-centred latents: the same draws from the prior") {
  for (const Case& each : cases) {
    CAPTURE(each.name);
    const auto written = bind(each.script, {});
    const auto noncentred = bind(each.script, each.scaled);
    const runtime::Points::Index draws = under_sanitizers ? 20 : 200;
    runtime::Points a(draws, written->dimension()), b(draws, written->dimension());
    written->draw_prior(3, a);
    noncentred->draw_prior(3, b);
    runtime::Draws of_a, of_b;
    written->constrain(a, 1, of_a);
    noncentred->constrain(b, 1, of_b);
    CHECK(((of_a - of_b).array().abs() / (1 + of_a.array().abs())).maxCoeff() < 1e-9);
    written->draw_prior_exactly(3, a);
    noncentred->draw_prior_exactly(3, b);
    written->constrain(a, 1, of_a);
    noncentred->constrain(b, 1, of_b);
    CHECK(((of_a - of_b).array().abs() / (1 + of_a.array().abs())).maxCoeff() < 1e-9);
  }
}

TEST_CASE("one latent of several is non-centred alone") {
  const Case& nested = cases[std::size(cases) - 1];
  const auto written = bind(nested.script, {});
  const auto mu_alone = bind(nested.script, {"mu"});
  const VectorXd values = constrain(*written, some_point(written->dimension(), 1));
  const VectorXd a = written->unconstrain(natural_values(*written, values));
  const VectorXd b = mu_alone->unconstrain(natural_values(*written, values));
  for (const runtime::Site& site : written->sites()) {
    CAPTURE(site.name);
    const bool is_same = a.segment(site.offset, site.size) == b.segment(site.offset, site.size);
    CHECK(is_same == (site.name != "mu"));
  }
}

TEST_CASE("latents that are not location + scale z stay as they are written") {
  const std::string calls[] = {"real(lower = 0)[2] ~ normal(mu, tau)",
                               "real(upper = 9)[2] ~ normal(mu, tau)",
                               "real(lower = mu)[2] ~ normal(mu, tau)",
                               "real(lower = 1)[2] ~ lognormal(mu, tau)",
                               "real(upper = 9)[2] ~ lognormal(mu, tau)",
                               "real[2] ~ normal(mu, 2)",
                               "real[2] ~ half_normal(tau)",
                               "real[2] ~ half_cauchy(tau)",
                               "real[2] ~ half_student_t(3, tau)",
                               "real[2] ~ logit_normal(mu, tau)",
                               "real[2] ~ exp_mod_normal(mu, tau, 1)",
                               "real[2] ~ gamma(2, tau)",
                               "ordered[2] ~ normal(mu, tau)"};
  for (const std::string& call : calls) {
    CAPTURE(call);
    const std::string script = hyper + "sample x : " + call + "\n" + seen;
    const auto written = bind(script, {});
    CHECK(written->scaled_latents().empty());
    const auto asked = bind(script, {"x"});
    const VectorXd point = some_point(written->dimension(), 2);
    CHECK(log_density(*written, point) == log_density(*asked, point));
    CHECK(constrain(*written, point) == constrain(*asked, point));
  }
}

TEST_CASE(
    "of every distribution that is non-centred, the density of z knows no location or scale") {
  Names matched;
  for (const runtime::Distribution* distribution : stdlib::registry().distributions()) {
    Names arguments;
    int found = 0;
    for (const lang::Parameter& parameter : distribution->facts.parameters) {
      const bool is_location = parameter.name == "location", is_scale = parameter.name == "scale";
      found += is_location || is_scale ? 1 : 0;
      arguments.push_back(is_location ? "mu" : is_scale ? "tau" : "0.75");
    }
    const bool is_number = distribution->facts.support.kind == lang::Support::Kind::number;
    if (found < 2 || !is_number || distribution->kernel == nullptr) continue;
    const std::string name(distribution->facts.name);
    CAPTURE(name);
    const std::string script = fmt::format("{}sample x ~ {}({})\nobserve 0.5 ~ normal(mu, 1)\n",
                                           hyper, name, fmt::join(arguments, ", "));
    if (bind(script, {})->scaled_latents().empty()) continue;
    matched.push_back(name);
    const auto model = bind(script, {"x"});
    VectorXd a = some_point(3, 1), b = some_point(3, 2);
    for (const double z : {-1.3, -0.2, 0.6, 2.1}) {
      a[2] = b[2] = z;
      CHECK(std::abs(model->terms(a)[2].value - model->terms(b)[2].value) < 1e-12);
    }
  }
  std::sort(matched.begin(), matched.end());
  CHECK(matched == Names{"asymmetric_laplace", "cauchy", "generalized_normal", "gumbel", "laplace",
                         "logistic", "lognormal", "normal", "skew_normal", "student_t"});
}

}  // namespace vippl::test
