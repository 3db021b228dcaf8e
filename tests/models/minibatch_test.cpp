// What a minibatch estimates: the mean over all minibatches of the scaled log joint is the log
// joint of all rows.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "lang/parse.h"
#include "runtime/model.h"
#include "stdlib/registry.h"

namespace vippl {

namespace {

std::unique_ptr<runtime::Model> make(const std::string& script, Eigen::Index batch) {
  const lang::Sources sources = {lang::SourceText("m.vi", script)};
  const lang::ParseResult parsed = lang::parse(sources[0]);
  REQUIRE_FALSE(lang::has_errors(parsed.diagnostics));
  runtime::DataSet data;
  data.add(runtime::parse_csv("y,x,g\n1.5,0.5,1\n-0.3,1.25,2\n2.0,-1.0,1\n0.25,2.0,2\n", "d.csv"));
  data.add(runtime::parse_json(R"({"W": [[1, 2, 3, 4], [2, 1, 0, 1], [3, 0, 5, 2], [4, 1, 2, 7]]})",
                               "w.json"));
  runtime::ModelOptions options;
  if (batch > 0) options.batch = runtime::Batch{"n", batch};
  lang::Diagnostics warnings;
  return runtime::make_model(parsed.script, sources, data, stdlib::registry(), options, warnings);
}

const std::string head = "data y : real[n]\ndata x : real[n]\n";

}  // namespace

TEST_CASE("minibatches estimate the log joint and its gradient without bias") {
  const std::string scripts[] = {
      head + "sample a ~ normal(0, 1)\nsample s ~ half_normal(1)\nobserve y ~ normal(a * x, s)",
      head +
          "let z = standardize(x)\nsample a ~ normal(0, 1)\nobserve y ~ normal(a * z, 1)\nobserve "
          "0.5 ~ normal(a, 2)",
      head +
          "data g : int(1..2)[n]\nsample a : real[2] ~ normal(0, 1)\nobserve y ~ normal(a[g] * x, "
          "1)",
      head +
          "data g : int(1..2)[n]\nfor j in 1..2 { sample a[j] ~ normal(0, 1) }\nobserve y ~ "
          "normal(a[g], 1)",
      head +
          "sample a : real[2] ~ normal(0, 1)\nlet X = [[1, x[i]] for i in 1..n]\nobserve y ~ "
          "normal(X @ a, 1)",
      head + "sample a ~ normal(0, 1)\nfactor log_density(normal(0, 1), a * x)",
      head + "sample a ~ normal(0, 1)\nobserve y ~ normal(if x > 0 then a else -a, 1)",
      head + "sample a ~ normal(0, 1)\nlet eta = a * x\nobserve y ~ normal(eta / rows(eta), 1)",
      head + "sample a ~ normal(0, 1)\nobserve y ~ normal(a * x, 1)\nderive t = sum(a * x)",
      head +
          "fn total(v) { return sum(v) }\nsample a ~ normal(0, 1)\nobserve y ~ normal(a * x, 1)\n"
          "derive t = total(a * x)\nsample s ~ half_normal(1)",
      head +
          "data g : int(1..2)[n]\nmodel effects(k, v) {\n  sample z : real[k] ~ normal(0, 1)\n"
          "  factor -0.1 * square(v - z[1])\n  derive largest = max(z)\n  return 2 * z\n}\n"
          "sample a ~ effects(2, x)\nobserve y ~ normal(a[g] + a.z[2] * x, 1)",
      head +
          "sample a ~ normal(0, 1)\nsample w : simplex[2] ~ dirichlet([1, 1])\n"
          "observe y ~ mixture(w, normal(a * x, 1), normal(0, 2))",
      head +
          "sample m : real[2] ~ normal(0, 1)\nobserve y ~ mixture([0.3, 0.7], normal(m, 1))\n"
          "let W = [[inv_logit(x[i]), 1 - inv_logit(x[i])] for i in 1..n]\n"
          "observe y ~ mixture(W, normal(m, 2))",
      "data W : real[n, m]\nlet pairs = [[[W[i, 1], W[i, 2]], [W[i, 3], W[i, 4]]] for i in 1..n]\n"
      "let mu = [[0.5, 1], [2, 0.1]]\nsample s ~ half_normal(1)\n"
      "observe pairs ~ multi_normal(mu, (s + 1) * [[2, 0.3], [0.3, 1]])",
      head +
          "sample a ~ normal(0, 1)\nlet p = inv_logit(x)\n"
          "observe y ~ normal(quantile(normal(a, 1), p), 1)\n"
          "observe x ~ normal(quantile(normal(a * x, 1), 0.3), 1)",
      head +
          "sample a ~ normal(0, 1)\nobserve y ~ truncated(normal(a * x, 1), lower = y - 1)\n"
          "observe y ~ censored(normal(a, 1), upper = abs(x))",
      "data y : real?[n]\ndata x : real?[n]\nsample a ~ normal(0, 1)\nobserve x ~ normal(a, 2)\n"
      "observe y ~ normal(a * x, 1)",
  };
  for (const std::string& script : scripts) {
    CAPTURE(script);
    const auto full = make(script, 0);
    const auto cut = make(script, 2);
    const auto full_buffers = full->make_workspace();
    const auto cut_buffers = cut->make_workspace();
    runtime::Points z(3, full->dimension());
    full->draw_prior(1, z);
    runtime::LogDensities exact(3);
    runtime::Points exact_gradient(3, full->dimension());
    full->evaluate(z, {}, *full_buffers, exact, exact_gradient);
    runtime::LogDensities mean = runtime::LogDensities::Zero(3);
    runtime::Points mean_gradient = runtime::Points::Zero(3, full->dimension());
    int batches = 0;
    for (std::int32_t i = 0; i < 4; ++i) {
      for (std::int32_t j = 0; j < i; ++j, ++batches) {
        const std::int32_t rows[] = {i, j};
        runtime::LogDensities values(3);
        runtime::Points gradients(3, full->dimension());
        cut->evaluate(z, {rows}, *cut_buffers, values, gradients);
        mean += values;
        mean_gradient += gradients;
      }
    }
    for (Eigen::Index b = 0; b < 3; ++b) {
      CHECK(mean[b] / batches == doctest::Approx(exact[b]).epsilon(1e-12));
      for (Eigen::Index k = 0; k < full->dimension(); ++k) {
        CHECK(mean_gradient(b, k) / batches ==
              doctest::Approx(exact_gradient(b, k)).epsilon(1e-10));
      }
    }
    // The same model also evaluates all rows.
    runtime::LogDensities all(3);
    cut->evaluate(z, {}, *cut_buffers, all);
    CHECK(all == exact);
  }
}

TEST_CASE("the listing of a model that is cut to rows is that of the rows") {
  const std::string script = head + "sample a ~ normal(0, 1)\nobserve y ~ student_t(4, a * x, 1)";
  for (const auto stage : {runtime::Model::Stage::recorded, runtime::Model::Stage::optimised}) {
    const std::string of_rows = make(script, 2)->listing(stage);
    CHECK(of_rows.find("rows[n]") != std::string::npos);
    CHECK(of_rows.find("* rows / batch") != std::string::npos);
    CHECK(make(script, 0)->listing(stage).find("rows") == std::string::npos);
  }
}

TEST_CASE("what a minibatch would get wrong is refused") {
  struct Case {
    const char* code;
    std::string script;
  };
  const Case cases[] = {
      {"batch-mixes-rows",
       head + "sample a ~ normal(0, 1)\nfactor sum(a * x)\nobserve y ~ normal(a, 1)"},
      {"batch-mixes-rows", head + "sample a ~ normal(0, 1)\nobserve y ~ normal(cumsum(a * x), 1)"},
      {"batch-mixes-rows",
       head + "sample a ~ normal(0, 1)\nobserve y ~ multi_normal(a * x, identity(n))"},
      {"batch-mixes-rows",
       head + "data W : real[n, n]\nsample a ~ normal(0, 1)\nobserve W ~ normal(a, 1)"},
      {"batch-mixes-rows",
       head + "data W : real[n, n]\nsample a ~ normal(0, 1)\nobserve y ~ normal(W @ (a * x), 1)"},
      {"batch-mixes-rows",
       head + "sample a ~ normal(0, 1)\nlet e = a * x\nobserve y ~ normal(e[1], 1)"},
      {"batch-mixes-rows",
       head + "sample a ~ normal(0, 1)\nobserve y ~ normal([a * x[i] for i in 1..n], 1)"},
      {"batch-loop",
       head + "sample a ~ normal(0, 1)\nfor i in 1..n { observe y[i] ~ normal(a * x[i], 1) }"},
      {"batch-loop",
       head + "sample a ~ normal(0, 1)\nvar v = a * x\nv[1] = 0\nobserve y ~ normal(v, 1)"},
      {"batch-loop",
       head +
           "sample a ~ normal(0, 1)\nfn f(s, u) = a * s + u\nobserve y ~ normal(scan(f, 0, x), 1)"},
      {"batch-mixes-rows", head + "sample a ~ normal(0, 1)\nfn f(t, z) = a * z\nobserve y ~ "
                                  "normal(ode(f, x, 0, [1])[1], 1)"},
      {"batch-latent", head + "sample a : real[n] ~ normal(0, 1)\nobserve y ~ normal(a, 1)"},
      {"batch-cuts-nothing", head + "sample a ~ normal(0, 1)\nfactor a * mean(y)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.script);
    CHECK_NOTHROW(make(c.script, 0));
    try {
      make(c.script, 2);
      FAIL_CHECK("accepted");
    } catch (const lang::ModelError& error) {
      CHECK(error.diagnostic().code == c.code);
    }
  }
}

}  // namespace vippl
