#include <doctest/doctest.h>
#include <fmt/format.h>

#include <limits>
#include <string>

#include "runtime/log_sum_exp.h"
#include "runtime/random.h"
#include "tests/models/passes/pass_listing.h"
#include "tests/models/passes/same_numbers.h"
#include "tests/support/operation_check.h"

namespace vippl::test {
namespace {

constexpr const char* passes = "unused,fold,subscripts,share,reroll,turns,scalars";

std::string data(int rows) {
  runtime::Rng rng(9, runtime::Purpose::test);
  std::string csv = "y\n";
  for (int i = 0; i < rows; ++i) csv += fmt::format("{}\n", rng.normal());
  return csv;
}

// The sums over the paths of a hidden Markov model; from one state there is no way to another.
std::string paths(int states) {
  return fmt::format(R"(data y : real[n]
sample m : real[{0}] ~ normal(0, 1)
sample p : real[{0}, {0}] ~ normal(0, 1)
var f : real[n, {0}]
for k in 1..{0} {{
  f[1, k] = log_density(normal(m[k], 1), y[1])
}}
for t in 2..n {{
  for k in 1..{0} {{
    f[t, k] = log_sum_exp([f[t - 1, j] + (if j == 1 and k == 2 then log(0.0) else p[j, k])
                           for j in 1..{0}]) + log_density(normal(m[k], 1), y[t])
  }}
}}
factor log_sum_exp(f[n])
)",
                     states);
}

TEST_CASE("sums over paths become one program, and the same numbers come out") {
  const Given given{.csv = data(40)};
  for (const int states : {2, 3}) {
    CAPTURE(states);
    const std::string listing = listing_after(passes, paths(states), given);
    CAPTURE(listing);
    CHECK(count_of("= program ", listing) == 1);
    CHECK(count_of("= log_sum_exp ", listing) == 0);
    const Variants variants = with_and_without_passes(paths(states), given);
    for (const Eigen::Index lanes : {1, 5, 8}) check_same_numbers(variants, lanes, 6);
  }
}

TEST_CASE("a recurrence of small arrays becomes one program, and the same numbers come out") {
  const Given given{.csv = data(40)};
  const std::string script = R"(data y : real[n]
sample a : real[2] ~ normal(0, 1)
sample b : real[2] ~ normal(0, 1)
var x : real[n, 2]
x[1] = a
for t in 2..n {
  x[t] = tanh(b * x[t - 1] - a / 2) + [x[t - 1, 2], y[t]]
}
derive last = x[n]
observe y ~ cauchy(x[:, 1], 1)
factor -sum(x[n] * x[n])
)";
  const std::string listing = listing_after(passes, script, given);
  CAPTURE(listing);
  CHECK(count_of("= program ", listing) == 1);
  CHECK(count_of("= tanh ", listing) == 0);
  const Variants variants = with_and_without_passes(script, given);
  for (const Eigen::Index lanes : {1, 5, 8}) check_same_numbers(variants, lanes, 6);
}

TEST_CASE("few small arrays stay as they are") {
  const std::string script =
      "data y : real[n]\nsample a : real[4] ~ normal(0, 1)\nobserve y ~ normal(sum(tanh(a)), 1)\n";
  const std::string listing = listing_after(passes, script, {.csv = data(40)});
  CHECK(count_of("= tanh ", listing) == 1);
}

TEST_CASE("log_add_exp has the right derivatives, and no way at all has none") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto operation = runtime::make_log_add_exp();
  const testing::OperationInput a{{0.3, -2, 700}, 1, false};
  const testing::OperationInput b{{0.3, 1.5, -700}, 1, false};
  testing::check_operation(*operation, {a, b}, 1, 3);
  testing::check_operation(*operation, {a, {{0.4}, 1, true}}, 1, 3);

  const testing::OperationInput never{{-infinity}, 1, false};
  const testing::OperationResult result =
      testing::run_operation(*operation, {never, never}, 1, 1, {1.0});
  CHECK(result.out[0] == -infinity);
  CHECK(result.adjoints[0][0] == 0);
  CHECK(result.adjoints[1][0] == 0);
}

}  // namespace
}  // namespace vippl::test
