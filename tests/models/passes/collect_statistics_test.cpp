#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "runtime/random.h"
#include "tests/models/passes/pass_listing.h"

namespace vippl::test {
namespace {

constexpr const char* passes = "unused,fold,subscripts,share,reroll,statistics";

std::string data(int rows) {
  runtime::Rng rng(3, runtime::Purpose::test);
  std::string csv = "x,w,g,y\n";
  for (int i = 0; i < rows; ++i)
    csv += fmt::format("{},{},{},{}\n", rng.normal(), rng.normal(), i % 3 + 1, rng.normal());
  return csv;
}

constexpr const char* head =
    "data x : real[n]\ndata w : real[n]\ndata g : int(1..3)[n]\ndata y : real[n]\n"
    "sample a ~ normal(0, 1)\nsample b : real[2] ~ normal(0, 1)\nsample s ~ half_normal(1)\n"
    "sample u : real[3] ~ normal(a, s)\nlet c = a + s * u\n";

TEST_CASE("a likelihood that is normal and linear is replaced, however it is written") {
  const Given given{.csv = data(60)};
  for (const char* statement :
       {"observe y ~ normal(a + b[1] * x, s)", "observe y ~ normal(a, s)",
        "observe y ~ normal([[x[i], w[i]] for i in 1..n] @ b - a, s)",
        "observe y ~ normal(u[g] + b[1] * x / 2, s)",
        "observe y ~ normal(-(c[g] + u[g] * x) + 2 * w, 0.3)",
        "observe y ~ normal(a + b[2] * x, exp(w))",
        "for i in 1..n { observe y[i] ~ normal(u[g[i]] + sum([b[1] * x[i], b[2] * w[i]]), s) }",
        "let mu = a + x * b[1]\nobserve y ~ normal(mu + w * b[2], s)"}) {
    CAPTURE(statement);
    const std::string after = listing_after(passes, std::string(head) + statement + "\n", given);
    CAPTURE(after);
    CHECK(count_of("= normal_statistics", after) == 1);
  }
}

TEST_CASE("a likelihood that is not linear, or has a scale per row, stays") {
  const Given given{.csv = data(60)};
  for (const char* statement :
       {"observe y ~ normal(tanh(a + b[1] * x) + x, s)", "observe y ~ normal(a, exp(u[g]))",
        "observe y ~ student_t(4, a + b[1] * x, s)",
        "observe y ~ normal(a * b[1] * exp(a * x), s)"}) {
    CAPTURE(statement);
    const std::string after = listing_after(passes, std::string(head) + statement + "\n", given);
    CHECK(count_of("= normal_statistics", after) == 0);
  }
}

// Columns of very different sizes, far from zero beside their spread, and a fit that leaves little.
struct BadlyScaled {
  std::vector<double> year;
  std::vector<double> income;
  std::vector<double> y;
};

BadlyScaled badly_scaled(runtime::Rng& rng, int rows) {
  BadlyScaled table;
  for (int i = 0; i < rows; ++i) {
    table.year.push_back(1950 + std::floor(70 * rng.uniform()));
    table.income.push_back(45000 * std::exp(0.8 * rng.normal()));
    table.y.push_back(12.5 + 0.03 * table.year.back() - 2e-5 * table.income.back() +
                      1e-3 * rng.normal());
  }
  return table;
}

TEST_CASE("on badly scaled data the statistics are as accurate as the sum over rows") {
  runtime::Rng rng(8, runtime::Purpose::test);
  const BadlyScaled table = badly_scaled(rng, 4000);
  std::string csv = "year,income,y\n";
  for (std::size_t i = 0; i < table.y.size(); ++i)
    csv += fmt::format("{},{},{}\n", table.year[i], table.income[i], table.y[i]);
  const std::string script =
      "data year : real[n]\ndata income : real[n]\ndata y : real[n]\n"
      "sample a ~ flat()\nsample b ~ flat()\nsample c ~ flat()\n"
      "observe y ~ normal(a + b * year + c * income, 0.001)\n";
  const auto model_of = [&](const char* names) {
    Given given{.csv = csv};
    given.options.passes = runtime::PassSet::from_text(names).value();
    return make(script, given).model;
  };
  const auto direct = model_of("none");
  const auto statistics = model_of(passes);
  long double direct_error = 0;
  long double statistics_error = 0;
  for (int draw = 0; draw < 40; ++draw) {
    const Eigen::VectorXd z = Eigen::Vector3d(
        12.5 + 1e-4 * rng.normal(), 0.03 + 1e-7 * rng.normal(), -2e-5 + 1e-10 * rng.normal());
    long double exact = 0;
    for (std::size_t i = 0; i < table.y.size(); ++i) {
      const long double residual = (static_cast<long double>(table.y[i]) - z[0] -
                                    static_cast<long double>(z[1]) * table.year[i] -
                                    static_cast<long double>(z[2]) * table.income[i]) /
                                   0.001L;
      exact -= 0.5L * residual * residual + 0.5L * std::log(2 * std::numbers::pi_v<long double>) +
               std::log(0.001L);
    }
    direct_error += std::abs(direct->log_joint(z).log_joint - exact);
    statistics_error += std::abs(statistics->log_joint(z).log_joint - exact);
  }
  CAPTURE(static_cast<double>(direct_error));
  CAPTURE(static_cast<double>(statistics_error));
  CHECK(statistics_error <= 10 * direct_error);
}

}  // namespace
}  // namespace vippl::test
