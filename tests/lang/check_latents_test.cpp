#include <doctest/doctest.h>

#include <string>

#include "tests/support/check_script.h"

namespace vippl::lang {
namespace {

using tests::check_text;

struct Case {
  std::string script;
  std::string expected;
};

void check_all(std::span<const Case> cases) {
  for (const Case& c : cases) {
    CAPTURE(c.script);
    CHECK(check_text(c.script) == c.expected);
  }
}

TEST_CASE("distributions are checked against what they draw") {
  const Case cases[] = {
      {"sample a ~ normal(0, -1)\nfactor a", "1:22 argument-outside-support"},
      {"sample a ~ normal(0, 0)\nfactor a", "1:22 argument-outside-support"},
      {"sample a ~ uniform(1, 0)\nfactor a", "1:12 empty-support"},
      {"sample a ~ normal\nfactor a", "1:12 not-a-distribution"},
      {"sample a ~ 3\nfactor a", "1:12 not-a-distribution"},
      {"sample a ~ exp(1)\nfactor a", "1:12 not-a-distribution"},
      {"sample a : real[3] ~ normal([0, 0], 1)\nfactor a", "1:22 shape-mismatch"},
      {"sample a : real[3, 2] ~ normal([0, 0], 1)\nfactor a", ""},
      {"sample a : real ~ normal([0, 0], 1)\nfactor a", "1:19 shape-mismatch"},
      {"sample a ~ normal([0, 0], 1)\nfactor a[3]", "2:10 subscript-out-of-range"},
      {"sample a : simplex[3] ~ dirichlet(1)\nfactor a", ""},
      {"sample a : simplex[3] ~ dirichlet([1, 1])\nfactor a", "1:25 shape-mismatch"},
      {"sample a ~ dirichlet(1)\nfactor a", "1:8 unknown-shape"},
      {"sample a : corr_cholesky[3] ~ lkj_corr_cholesky(2)\nfactor a[1, 2]", ""},
      {"sample a : corr_cholesky ~ lkj_corr_cholesky(2)\nfactor a", "1:12 type-needs-size"},
      {"sample a ~ multi_normal([0, 0], [1, 1])\nfactor a", "1:33 argument-mismatch"},
      {"sample a : real(lower = 0) ~ beta(1, 1)\nfactor a", ""},
      {"sample a : real(upper = 0) ~ gamma(1, 1)\nfactor a", "1:12 contradictory-support"},
      {"sample a : simplex[2] ~ poisson(1)\nfactor a", "1:8 discrete-latent"},
      {"sample a : ordered[2] ~ dirichlet([1, 1])\nfactor a", "1:12 contradictory-support"},
      {"sample a : int ~ normal(0, 1)\nfactor a", "1:12 contradictory-support"},
      {"sample a : ordered[2] ~ normal(0, 2)\nfactor a", ""},
      {"sample a : real(lower = 1, upper = 0) ~ flat()\nfactor a", "1:12 empty-type"},
      {"sample a : real\nfactor a", "1:8 missing-prior"},
      {"sample a\nfactor 1", "1:8 missing-prior"},
      {"sample z ~ bernoulli(0.5)\nfactor z", "1:8 discrete-latent"},
      {"sample z : int(1..2)[3]\nfor i in 1..3 { sample z[i] ~ categorical([0.5, 0.5]) }\nfactor 1",
       "1:8 discrete-latent"},
      {"sample a ~ delta(0)\nfactor a", "1:12 not-available"},
  };
  check_all(cases);
}

TEST_CASE("observations are fixed, and of the distribution's kind") {
  const Case cases[] = {
      {"data y : real[n]\nobserve y ~ poisson(3)", "2:9 type-mismatch"},
      {"data y : int[n]\nobserve y ~ poisson(3)", ""},
      {"data y : bool[n]\nobserve y ~ bernoulli(0.5)", ""},
      {"data y : int[n]\nobserve y ~ normal(0, 1)", ""},
      {"data y : category(K)[n]\nobserve y ~ normal(0, 1)", "2:9 type-mismatch"},
      {"data y : category(K)[n]\nsample p : simplex[K] ~ dirichlet(1)\nobserve y ~ categorical(p)",
       ""},
      {"data y : real[n]\nobserve y ~ multi_normal(0, [[1, 0], [0, 1]])", ""},
      {"data y : real\nobserve y ~ multi_normal(0, [[1, 0], [0, 1]])", "2:13 shape-mismatch"},
      {"data y : real[n]\ndata x : real[p]\nobserve y ~ normal(x, 1)", "3:13 shape-mismatch"},
      {"data y : real\ndata x : real[p]\nobserve y ~ normal(x, 1)", "3:13 shape-mismatch"},
      {"sample a ~ normal(0, 1)\nobserve a ~ normal(0, 1)", "2:9 observed-latent"},
      {"observe 0 - 1 ~ poisson(1)", "1:9 observed-outside-support"},
      {"data n : real[m]\nobserve 3 ~ binomial(n, 0.5)", "2:22 argument-mismatch"},
  };
  check_all(cases);
}

TEST_CASE("log_density takes a distribution and a value, which broadcast to each other") {
  const Case cases[] = {
      {"sample m ~ normal([0, 1], 1)\nfactor log_density(normal(m, 1), 2.5)[2]", ""},
      {"sample m ~ normal([0, 1], 1)\nfactor log_density(normal(m, 1), [1, 2, 3])",
       "2:34 shape-mismatch"},
      {"sample m ~ dirichlet([1, 1])\nfactor log_density(dirichlet([2, 2]), m) + [1, 2]", ""},
      {"factor log_density(normal(0, 1))", "1:8 wrong-argument-count"},
      {"factor log_density(1, normal(0, 1))",
       "1:20 not-a-distribution\n1:23 distribution-as-value"},
      {"factor log_cdf(dirichlet([1, 1]), [0.5, 0.5])", "1:16 no-cdf"},
  };
  check_all(cases);
}

TEST_CASE("arrays of latents are declared, filled and drawn once") {
  const Case cases[] = {
      {"for i in 1..3 { sample a[i] ~ normal(0, 1) }\nfactor a", ""},
      {"for i in 1..3 { for j in 1..2 { sample a[i, j] ~ normal(0, 1) } }\nfactor a[3, 2]", ""},
      {"for i in 1..3 { sample a[i] ~ normal(0, 1) }\nfactor a[4]", "2:10 subscript-out-of-range"},
      {"for i in 2..3 { sample a[i] ~ normal(0, 1) }\nfactor 1", "1:24 undeclared-array"},
      {"for i in 1..3 { sample a ~ normal(0, 1) }\nfactor a", "1:24 latent-in-loop"},
      {"sample a[1] ~ normal(0, 1)\nfactor 1", "1:8 undeclared-array"},
      {"sample a : real[3]\nsample a[1] ~ normal(0, 1)\nfor t in 2..3 { sample a[t] ~ normal(a[t - "
       "1], "
       "1) }\nfactor a",
       ""},
      {"sample a : real[3]\nfactor a", "1:8 missing-prior"},
      {"sample a : real[3]\nsample a[2..3] ~ normal(a[1..2], 1)\nfactor a",
       "2:18 used-before-definition"},
      {"sample a : real[3]\nsample a[2..3] ~ normal([0, 0, 0], 1)\nfactor a",
       "2:18 shape-mismatch"},
      {"sample a : real[3] ~ normal(0, 1)\nsample a[1] ~ normal(0, 1)\nfactor a",
       "2:8 drawn-twice"},
      {"sample a ~ normal(0, 1)\nsample a ~ normal(0, 1)\nfactor a", "2:8 redefinition"},
      {"let a = [1, 2]\nsample a[1] ~ normal(0, 1)\nfactor a", "2:8 redefinition"},
      {"sample a ~ normal(a, 1)\nfactor a", "1:19 unknown-name"},
  };
  check_all(cases);
}

TEST_CASE("derived and generated values") {
  const Case cases[] = {
      {"data y : real[T]\ndata H : int = 3\nsample m ~ normal(0, 1)\nobserve y ~ normal(m, 1)\n"
       "generate f : real[H]\ngenerate f[1] ~ normal(m, 1)\n"
       "for h in 2..H { generate f[h] ~ normal(f[h - 1], 1) }\nderive rise = f[H] > y[T]",
       ""},
      {"data y : real[n]\ngenerate k ~ poisson(3)\nobserve y ~ normal(k, 1)",
       "3:13 generated-value"},
      {"generate k ~ poisson(3)\nlet a = k + 1\nderive b = a", "2:9 generated-value"},
      {"generate k ~ poisson(3)\nsample a ~ normal(k, 1)\nfactor a", "2:12 generated-value"},
      {"for i in 1..3 { derive a = i }", "1:17 misplaced-statement"},
  };
  check_all(cases);
}

TEST_CASE("statements stand where they may") {
  const Case cases[] = {
      {"for i in 1..3 { data y : real }", "1:17 misplaced-statement"},
      {"for i in 1..3 { fn f(x) = x }", "1:17 misplaced-statement"},
      {"for i in 1..3 { for j in 1..2 { fn f(x) = x; factor f(j) } }", "1:33 misplaced-statement"},
      {"return 1", "1:1 misplaced-statement"},
      {"fn f(x) { sample a ~ normal(0, 1); return x }\nfactor f(1)", "1:11 misplaced-statement"},
      {"sample a ~ normal(0, 1)\nif a > 0 { sample b ~ normal(0, 1) }\nfactor a",
       "2:4 latent-branch warning\n2:12 misplaced-statement"},
      {"guide { let a = 1 }\nfactor 1", "1:1 not-available"},
      {"param a : real", "1:1 not-available"},
      {"model m(g) { return g }\nfactor 1", ""},
      {"data y : real?[n]\nfactor y", "1:6 missing-prior\n2:8 missing-before-observe"},
      {"sample a ~ normal(0, 1)\nfactor a.b", "2:8 not-a-model"},
  };
  check_all(cases);
}

TEST_CASE("warnings") {
  const Case cases[] = {
      {"let a = 1\nfactor 2", "1:5 unused-name warning"},
      {"data y : real[n]\nlet m = n\nfactor m", ""},
      {"sample a ~ normal(0, 1)\nsample b ~ normal(a, 1)\nfactor 1",
       "1:8 unused-latent warning\n2:8 unused-latent warning"},
      {"sample a ~ normal(0, 1)\nsample b ~ normal(a, 1)\nfactor b", ""},
      {"sample m ~ normal(0, 1)\nsample a : real(lower = 0) ~ normal(m, 1)\nfactor a",
       "2:12 restricted-latent warning"},
      {"sample m ~ gamma(1, 1)\nsample a : real(lower = 0) ~ gamma(m, 1)\nfactor a", ""},
      {"data y : real[n]\nobserve y ~ normal(0, 1)\nobserve y ~ cauchy(0, 1)",
       "3:9 observed-twice warning"},
      {"data y : real[n]\nobserve log(y) ~ normal(0, 1)", "2:9 transformed-response warning"},
      {"fn exp(x) = x\nfactor exp(1)", "1:4 hides-builtin warning"},
      {"sample s : real(lower = 0) ~ flat()\nsample a : real[3] ~ normal(0, s)\nfactor a",
       "1:30 flat-scale warning"},
      {"data y : real[n]\nsample s : real(lower = 0) ~ flat()\nobserve y ~ normal(0, s)", ""},
      {"sample sigma2 ~ gamma(1, 1)\nsample a ~ normal(0, sigma2)\nfactor a",
       "2:22 variance-as-scale warning"},
      {"sample s ~ gamma(1, 1)\nsample a ~ normal(0, s^2)\nfactor a",
       "2:22 variance-as-scale warning"},
      {"sample a ~ normal(0, 0.001)\nfactor a", "1:22 precision-as-scale warning"},
      {"sample a ~ uniform(0, 5)\nfactor a", "1:12 hard-bounds warning"},
      {"sample a ~ uniform(-1, 1)\nfactor a", ""},
      {"data A : real[k, k]\nfactor A * A", "2:10 square-product warning"},
      {"sample a ~ normal(0, 1)\nfactor if a > 0 then 1 else 0", "2:11 latent-branch warning"},
      {"sample a ~ normal(0, 1)\nfactor a\nderive b = if a > 0 then 1 else 0", ""},
      {"sample a ~ normal(0, 1)\nfactor a == 1.5", "2:8 real-equality warning"},
  };
  check_all(cases);
}

TEST_CASE("a latent that may be negative is not a scale") {
  const Case cases[] = {
      {"sample b ~ normal(0, 1)\nfactor log_density(normal(0, b), 1)",
       "2:30 argument-may-be-negative warning"},
      {"sample b ~ cauchy(0, 1)\nobserve 1 ~ bernoulli(b)",
       "2:23 argument-may-be-negative warning"},
      {"sample b ~ flat()\nobserve 1 ~ normal(0, b)", "2:23 argument-may-be-negative warning"},
      {"sample b ~ uniform(-1, 1)\nobserve 1 ~ normal(0, b)",
       "2:23 argument-may-be-negative warning"},
      {"sample b : real(upper = 9) ~ normal(0, 1)\nobserve 1 ~ normal(0, b)",
       "2:23 argument-may-be-negative warning"},
      {"sample b : real(lower = -1) ~ normal(0, 1)\nobserve 1 ~ normal(0, b)",
       "2:23 argument-may-be-negative warning"},
      {"sample b : real[3] ~ normal(0, 1)\nfor i in 1..3 { observe 1 ~ normal(0, b[i]) }",
       "2:39 argument-may-be-negative warning"},
      {"for i in 1..3 { sample b[i] ~ normal(0, 1) }\nobserve [1, 2, 3] ~ normal(0, b)",
       "2:31 argument-may-be-negative warning"},
      {"sample b : real[3]\nfor i in 1..3 { sample b[i] ~ normal(0, 1) }\n"
       "observe [1, 2, 3] ~ normal(0, b)",
       "3:31 argument-may-be-negative warning"},
      // not negative, not known to be, or not used as it is
      {"sample b : real(lower = 0) ~ normal(0, 1)\nobserve 1 ~ normal(0, b)", ""},
      {"data m : real\nsample b : real(lower = m) ~ normal(0, 1)\nobserve 1 ~ normal(0, b)", ""},
      {"data m : real\nsample b ~ uniform(m, m + 1)\nobserve 1 ~ normal(0, b)", ""},
      {"sample b ~ gamma(1, 1)\nobserve 1 ~ normal(0, b)", ""},
      {"sample b : real(lower = 0)[3]\nfor i in 1..3 { sample b[i] ~ normal(0, 1) }\n"
       "observe [1, 2, 3] ~ normal(0, b)",
       ""},
      {"sample b ~ normal(0, 1)\nobserve 1 ~ normal(b, exp(b))", ""},
      {"sample b ~ normal(0, 1)\nobserve 1 ~ normal(0, -b)", ""},
  };
  check_all(cases);
  const Diagnostics found =
      tests::check_script("sample p : real[3] ~ normal(0, 1)\nobserve [1, 0, 1] ~ bernoulli(p)");
  REQUIRE(found.size() == 1);
  CHECK(found[0].message == "`p` may be negative, but `p` of `bernoulli` should be real in [0, 1]");
  CHECK(found[0].hint == "declare it so: sample p : real(lower = 0, upper = 1)[3] ~ ...");
}

}  // namespace
}  // namespace vippl::lang
