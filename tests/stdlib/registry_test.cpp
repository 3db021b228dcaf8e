#include "stdlib/registry.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "stdlib/roll_call.h"

using namespace vippl;

TEST_CASE("every file of the standard library is in the registry, under its own name, sorted") {
  const runtime::Registry& registry = stdlib::registry();
  CHECK(registry.distributions().size() == stdlib::all_distributions().size());
  for (const runtime::Distribution* distribution : stdlib::all_distributions())
    CHECK(registry.distribution(distribution->facts.name) == distribution);
  for (const runtime::Function* function : registry.functions())
    CHECK(registry.function(function->facts.name) == function);
  CHECK(std::ranges::is_sorted(registry.distribution_names()));
  CHECK(std::ranges::is_sorted(registry.function_names()));
}

TEST_CASE("a name that is not there is not found") {
  CHECK(stdlib::registry().distribution("norml") == nullptr);
  CHECK(stdlib::registry().find_distribution("") == nullptr);
  CHECK(stdlib::registry().function("norml") == nullptr);
}

TEST_CASE("every distribution says what it is") {
  for (const runtime::Distribution* distribution : stdlib::registry().distributions()) {
    const lang::Signature& facts = distribution->facts;
    CAPTURE(facts.name);
    CHECK(facts.callable == lang::Signature::Callable::distribution);
    CHECK(!facts.summary.empty());
    CHECK((facts.improper || !facts.source.empty()));
    CHECK(!distribution->kernel != !distribution->event_density);
    CHECK(!distribution->event_density == !distribution->event_scratch);
    CHECK(facts.improper == !distribution->sample);
    std::set<std::string_view> names;
    for (const lang::Parameter& parameter : facts.parameters) {
      CHECK(parameter.shape != "...");
      names.insert(parameter.name);
    }
    CHECK(names.size() == facts.parameters.size());
  }
}

TEST_CASE("the first set of distributions is there, with the parameters of the reference") {
  struct Case {
    std::string_view name;
    std::vector<std::string_view> parameters;
  };
  const std::vector<Case> cases = {
      {"normal", {"location", "scale"}},
      {"student_t", {"df", "location", "scale"}},
      {"cauchy", {"location", "scale"}},
      {"laplace", {"location", "scale"}},
      {"lognormal", {"location", "scale"}},
      {"exponential", {"rate"}},
      {"gamma", {"shape", "rate"}},
      {"inverse_gamma", {"shape", "scale"}},
      {"beta", {"alpha", "beta"}},
      {"uniform", {"lower", "upper"}},
      {"half_normal", {"scale"}},
      {"half_cauchy", {"scale"}},
      {"dirichlet", {"concentration"}},
      {"multi_normal", {"location", "covariance"}},
      {"multi_normal_cholesky", {"location", "cholesky"}},
      {"lkj_corr_cholesky", {"shape"}},
      {"bernoulli", {"p"}},
      {"bernoulli_logit", {"logit"}},
      {"binomial", {"trials", "p"}},
      {"poisson", {"rate"}},
      {"poisson_log", {"log_rate"}},
      {"categorical", {"p"}},
      {"flat", {}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const lang::Signature* facts = stdlib::registry().find_distribution(c.name);
    REQUIRE(facts != nullptr);
    REQUIRE(facts->parameters.size() == c.parameters.size());
    for (std::size_t i = 0; i < c.parameters.size(); ++i)
      CHECK(facts->parameters[i].name == c.parameters[i]);
  }
}
