#include <doctest/doctest.h>

#include <span>
#include <string>

#include "tests/support/check_script.h"

namespace vippl::lang {
namespace {

using tests::check_text;

struct Case {
  std::string script;
  std::string expected;
};

// Every script below begins with these models, in two lines.
const std::string models =
    "model one() { sample t ~ half_normal(1); return t }\n"
    "model many(k, s = 1) { sample sd ~ one(); sample z : real[k] ~ normal(0, s); return sd * z "
    "}\n";

void check_all(std::span<const Case> cases) {
  for (const Case& c : cases) {
    CAPTURE(c.script);
    CHECK(check_text(models + c.script) == c.expected);
  }
}

TEST_CASE("what a model returns has the shape that its arguments give, as a formula") {
  const Case cases[] = {
      {"sample a ~ many(3)\nfactor a[3] + a.z[1]", ""},
      {"sample a ~ many(3)\nfactor a[4]", "4:10 subscript-out-of-range"},
      {"sample a ~ many(3)\nfactor a.z[4]", "4:12 subscript-out-of-range"},
      {"data y : real[n]\nsample a ~ many(n)\nfactor a + y", ""},
      {"data y : real[n]\ndata x : real[p]\nsample a ~ many(p)\nfactor a + y\nfactor x",
       "6:8 shape-mismatch"},
      {"sample a ~ many(2)\nsample b ~ many(3)\nfactor a + b", "5:8 shape-mismatch"},
      {"data g : category(G)[n]\nsample a ~ many(G)\nfactor a[g]", ""},
  };
  check_all(cases);
}

TEST_CASE("latents of a model are seen by their dotted names, in functions too") {
  const Case cases[] = {
      {"sample a ~ many(2)\nfn f(x) = x * a.sd.t\nfactor f(2) + a.sd + sum(a)", ""},
      {"sample a ~ many(2)\nfactor a.sd.u + sum(a)", "4:13 unknown-name"},
      {"factor a.sd\nsample a ~ many(2)", "3:8 used-before-definition"},
      {"let c = true\nif c { sample a ~ one() } else { sample a ~ one() }\nfactor a + a.t", ""},
      {"sample a ~ one()\nsample a ~ many(2)\nfactor a", "4:8 redefinition"},
      {"let t = 1\nlet k = 2\nsample a ~ many(k)\nfactor t * sum(a)", ""},
  };
  check_all(cases);
}

TEST_CASE("a model is sampled where a latent may be") {
  const Case cases[] = {
      {"sample u ~ normal(0, 1)\nif u > 0 { sample a ~ one() }\nfactor u",
       "4:4 latent-branch warning\n4:12 misplaced-statement"},
      {"generate g ~ normal(0, 1)\nsample a ~ many(2, g)\nfactor a", "4:12 generated-value"},
      {"derive d = one()\nfactor 1", "3:12 misplaced-model"},
      {"fn f(x) { sample a ~ one(); return x }\nfactor f(1)", "3:11 misplaced-statement"},
  };
  check_all(cases);
}

TEST_CASE("a sampled model is unused as any other latent is") {
  const Case cases[] = {
      {"sample a ~ one()\nsample b ~ one()\nfactor a", "4:8 unused-latent warning"},
      {"sample a ~ one()\nfactor a.t", ""},
      {"model tied(x) { sample z ~ normal(0, 1); factor x * z; return z }\n"
       "sample u ~ normal(0, 1)\nsample a ~ tied(u)",
       ""},
      {"model tied(x) { sample z ~ normal(0, 1); factor x * z; return z }\n"
       "model outer(x) { sample z ~ tied(x); return z }\n"
       "sample u ~ normal(0, 1)\nsample a ~ outer(u)",
       ""},
      {"let w = 2\nmodel wide() { sample z ~ normal(0, w); return z }\nsample a ~ wide()\nfactor a",
       ""},
  };
  check_all(cases);
}

}  // namespace
}  // namespace vippl::lang
