#include "inference/budget.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "inference/algorithm.h"
#include "inference/summary.h"
#include "inference/verdict.h"
#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

/// With one nominal second for 1000 gradients.
Posterior fit(const Target& target, const std::string& guide, double seconds) {
  Settings settings;
  settings.guide = guide;
  settings.gradient_seconds = 1e-3;
  settings.options["budget"] = seconds;
  SilentProgress progress;
  return find_algorithm("saa")->run(target, settings, progress);
}

}  // namespace

TEST_CASE("a budget without a limit grants chains what they grant themselves") {
  const Budget none;
  CHECK_FALSE(none.is_limited());
  CHECK_FALSE(none.ends_starts(1'000'000'000));
  CHECK_FALSE(none.ends_fit(1'000'000'000));
  CHECK(none.for_chains(100) == 60'000);
  CHECK(none.for_chains(1'000) == 200'000);
  CHECK(none.for_chains(1'000'000) == 1'200'000);
  CHECK(none.for_chains_in_doubt(1'000'000) == 2'400'000);
  CHECK_FALSE(none.limits_chains(10'000));
  CHECK_FALSE(Budget(5, 0, 0).is_limited());  // where the cost of a gradient is not known
  CHECK_FALSE(Budget(0, 0, 0).is_limited());
  CHECK(none.for_draws(100) > 1'000'000'000);
  CHECK(Budget(1e9, 2e-6, 0).for_chains(1'000'000) == 1'500'000);  // gradients are cheap
  CHECK(Budget(1e9, 1e-9, 0).for_chains(1'000'000) == 2'400'000);
}

TEST_CASE("half of a budget is for the fit, and what was spent before counts") {
  const Budget budget(2, 1e-3, 400);
  CHECK(budget.is_limited());
  CHECK_FALSE(budget.ends_starts(99));
  CHECK(budget.ends_starts(100));
  CHECK_FALSE(budget.ends_fit(599));
  CHECK(budget.ends_fit(600));
  CHECK_FALSE(budget.is_spent(1599));
  CHECK(budget.is_spent(1600));
  CHECK(budget.for_chains(600) == 1000);
  CHECK(budget.for_chains_in_doubt(600) == 1000);
  CHECK(budget.limits_chains(600));
  CHECK(budget.for_chains(5000) == 0);
  CHECK(budget.for_draws(600) == 2000);
  CHECK(budget.for_draws(5000) == 500);
  CHECK(budget.after(100).is_spent(1500));
}

TEST_CASE("what is usual is a few seconds, and more where gradients are dear") {
  CHECK(Budget(0, 1e-6, 0).seconds() == 10);
  CHECK(Budget(0, 3e-3, 0).seconds() == 30);
  CHECK(Budget(0, 1, 0).seconds() == 60);
}

TEST_CASE("a fit that its budget ends says so, and what to type next") {
  const LogGamma target(40, 0.3);
  const Posterior cut = fit(target, "auto", 3);
  CHECK(cut.stop_reason == StopReason::budget);
  CHECK_FALSE(cut.converged);
  CHECK(cut.stop_sentence.find("the budget of 3 nominal seconds ended the fit") == 0);
  const Verdict verdict = verdict_of(cut, summarise(cut, target), target.quantities());
  CHECK(verdict.level == Verdict::Level::not_trustworthy);
  CHECK(verdict.next_step.find("`--budget 12`") != std::string::npos);
}

TEST_CASE("what is left out for want of budget is noted") {
  const auto says = [](const Posterior& posterior, const std::string& part) {
    return std::any_of(
        posterior.notes.begin(), posterior.notes.end(),
        [&](const std::string& note) { return note.find(part) != std::string::npos; });
  };
  const LogGamma target(40, 0.3);
  const Posterior cut = fit(target, "auto", 0.5);
  const Posterior whole = fit(target, "auto", 1e9);
  CHECK(whole.stop_reason != StopReason::budget);
  CHECK(cut.gradient_evaluations < whole.gradient_evaluations / 2);
  for (const std::string part : {"of 16 starts were tried", "the fit was judged on fewer draws",
                                 "the budget was spent before a mixture"}) {
    CAPTURE(part);
    CHECK(says(cut, part));
    CHECK_FALSE(says(whole, part));
  }
}

TEST_CASE("chains that the budget cut short are told of") {
  const LogGamma target(60, 1);
  const Posterior cut = fit(target, "auto", 12);
  REQUIRE(cut.short_chains);
  CHECK_FALSE(cut.short_chains->has_settled);
  CHECK(cut.lacks_budget());
  const Verdict verdict = verdict_of(cut, summarise(cut, target), target.quantities());
  CHECK(verdict.next_step.find("`--budget 48`") != std::string::npos);
}

TEST_CASE("a budget that suffices changes nothing") {
  const LogGamma target(3, 2);
  const Posterior free = fit(target, "fullrank", 1e9);
  const Posterior bound = fit(target, "fullrank", 60);
  CHECK(free.draws == bound.draws);
  CHECK(free.elbo == bound.elbo);
  CHECK(bound.stop_reason == StopReason::converged);
}
