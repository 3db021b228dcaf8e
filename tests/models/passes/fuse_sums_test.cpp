#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <string>

#include "runtime/random.h"
#include "tests/models/passes/pass_listing.h"
#include "tests/models/passes/same_numbers.h"
#include "tests/support/sanitizers.h"

namespace vippl::test {
namespace {

std::string data(int rows) {
  runtime::Rng rng(4, runtime::Purpose::test);
  std::string csv = "x,w,g,h,y,k\n";
  for (int i = 0; i < rows; ++i) {
    csv += fmt::format("{},{},{},{},{},{}\n", rng.normal(), rng.normal(), i % 5 + 1, i / 40 % 4 + 1,
                       rng.normal(), i % 3 == 0 ? 1 : 0);
  }
  return csv;
}

constexpr const char* head =
    "data x : real[n]\ndata w : real[n]\ndata g : int(1..5)[n]\ndata h : int(1..4)[n]\n"
    "data y : real[n]\ndata k : int(0..1)[n]\nlet X = [[x[i], w[i], x[i] * w[i]] for i in 1..n]\n"
    "sample a ~ normal(0, 1)\nsample b : real[3] ~ normal(0, 1)\nsample s ~ half_normal(1)\n"
    "sample u : real[5] ~ normal(a, s)\nsample v : real[4] ~ normal(0, 1)\n";

struct Case {
  const char* statement;
  int operations;  // left in instructions of their own: used twice, or more than there is room for
};

int operations_left(const std::string& listing) {
  int count = 0;
  for (const char* name : {"= add ", "= subtract ", "= multiply ", "= contract "})
    count += count_of(name, listing);
  return count;
}

void check_all_lanes(const Variants& variants, std::uint64_t seed) {
  for (const Eigen::Index lanes : {9, 8, 3, 1}) {
    check_same_numbers(variants, lanes, seed);
    if (under_sanitizers && lanes == 8) break;
  }
}

TEST_CASE("a likelihood computes its arguments itself, and the same numbers come out") {
  const Given given{.csv = data(331)};
  for (const Case& c : {Case{"observe k ~ bernoulli_logit(a + X @ b)", 0},
                        Case{"observe k ~ bernoulli_logit(a - X @ b)", 0},
                        Case{"observe k ~ bernoulli_logit(v[h] * (u[g] - a))", 0},
                        Case{"observe k ~ bernoulli_logit(u[g])", 0},
                        Case{"observe y ~ student_t(4, u[g] + v[h] * x - (b[1] - w * a), s)", 1},
                        Case{"observe y ~ cauchy(a * (x - b[2] * w), s)", 0},
                        Case{"let m = a + X @ b\nobserve k ~ bernoulli_logit(m)\n"
                             "observe y ~ student_t(4, m, s)",
                             2}}) {
    CAPTURE(c.statement);
    const std::string script = std::string(head) + c.statement + "\n";
    CHECK(operations_left(listing_after("unused,fold,share,reroll,sums", script, given)) ==
          c.operations);

    const Variants variants = with_and_without_passes(script, given);
    check_all_lanes(variants, 3);
  }
}

// Each point at a place of its own, and a bad number in the lanes that it names.
void check_bad_number(const Variants& variants, double bad) {
  constexpr Eigen::Index lanes = 8;
  runtime::Points points(lanes, variants.plain->dimension());
  variants.plain->draw_prior(9, points);
  for (Eigen::Index j = 0; j < points.cols(); ++j) {
    CAPTURE(j);
    CAPTURE(bad);
    runtime::Points at = points;
    at(2, j) = at(5, j) = bad;
    const Evaluations both = evaluate_both(variants, at);
    for (Eigen::Index l = 0; l < lanes; ++l) {
      CAPTURE(l);
      if (std::isfinite(both.plain[l])) {
        CHECK(both.optimised[l] == doctest::Approx(both.plain[l]).epsilon(1e-11));
        CHECK((both.optimised_gradients.row(l) - both.plain_gradients.row(l)).norm() <=
              1e-9 * (1 + both.plain_gradients.row(l).norm()));
      } else {
        CHECK_FALSE(std::isfinite(both.optimised[l]));
        CHECK(std::isnan(both.optimised[l]) == std::isnan(both.plain[l]));
      }
      // Not bit for bit: a compiler that may fuse multiplications with additions fuses others of
      // them where no slopes are computed.
      const double without = both.without_gradient[l];
      const bool is_same = without == both.optimised[l] || std::isnan(both.optimised[l]) ||
                           without == doctest::Approx(both.optimised[l]).epsilon(1e-14);
      CHECK(is_same);
    }
  }
}

void check_bad_numbers(const Variants& variants, std::initializer_list<double> numbers) {
  for (const double bad : numbers) {
    check_bad_number(variants, bad);
    if (under_sanitizers) break;
  }
}

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("a normal likelihood with known scales gives the same numbers, bad ones too") {
  const Given given{.csv = data(331)};
  const std::string scales = "let e = 0.4 + 0.1 * h\n";
  for (const char* statement :
       {"observe y ~ normal(a * tanh(u[g]), 0.3)", "observe y ~ normal(a * tanh(u[g]), e)",
        "observe y ~ normal(x * a * b[2] - v[h], e)", "sample q : real[n] ~ normal(y, e)",
        "observe y ~ normal(a * b[1], e)"}) {
    CAPTURE(statement);
    const Variants variants =
        with_and_without_passes(std::string(head) + scales + statement + "\n", given);
    check_all_lanes(variants, 4);
    check_bad_numbers(variants, {infinity, -infinity, not_a_number});
  }
}

TEST_CASE("heavy tails whose degrees of freedom or scales are latent, bad ones too") {
  const Given given{.csv = data(331)};
  const std::string latent =
      "sample nu ~ half_normal(30)\nsample nus : real[4] ~ half_normal(30)\n"
      "sample t : real[4] ~ half_normal(1)\n";
  for (const char* statement :
       {"observe y ~ student_t(nu, a + X @ b, s)", "observe y ~ student_t(nu, a, t[h])",
        "observe y ~ student_t(nus[h], u[g] * x, t[h])", "observe y ~ cauchy(u[g] - w, t[h])",
        "observe y ~ cauchy(a * x, s)", "observe y ~ student_t(3, v[h], 0.2 + w^2)",
        "sample q : real[n] ~ student_t(nu, 0, s)", "sample q : real[n] ~ cauchy(x, t[h])",
        "for i in 1..n {\n  observe y[i] ~ student_t(2 + nu, b[1] * x[i], s * exp(w[i]))\n}"}) {
    CAPTURE(statement);
    const Variants variants =
        with_and_without_passes(std::string(head) + latent + statement + "\n", given);
    check_all_lanes(variants, 5);
    check_bad_numbers(variants, {40, infinity, -infinity, not_a_number, -40, -60});
  }
}

TEST_CASE("counts that are data are looked at once, bad rates every time") {
  const Given given{.csv = data(331)};
  const std::string counts = "let c = floor(3 * abs(w))\n";
  for (const char* statement :
       {"observe c ~ poisson_log(a + X @ b)", "observe c ~ poisson_log(u[g] * x - v[h])",
        "observe c ~ poisson_log(u[g])", "observe k ~ poisson_log(a - w * b[1] + x * b[2])",
        "observe k ~ poisson_log(b[1] * w - a)", "observe k ~ poisson_log(a - b[1] * w)",
        "observe c ~ poisson_log(b[1] * w - b[2] * x + a * w)"}) {
    CAPTURE(statement);
    const Variants variants =
        with_and_without_passes(std::string(head) + counts + statement + "\n", given);
    check_all_lanes(variants, 7);
    check_bad_numbers(variants, {400, infinity, -infinity, not_a_number, -900});
  }
}

TEST_CASE("a recurrence becomes one program, and the same numbers come out") {
  const Given given{.csv = data(60)};
  const std::string script = std::string(head) +
                             "var m : real[n]\nm[1] = a\nfor i in 2..n {\n"
                             "  m[i] = sqrt(1 + (b[1] * m[i - 1] - x[i])^2) / (2 + m[i - 1]^2)\n}\n"
                             "observe y ~ student_t(4, m, s)\n";
  const std::string listing =
      listing_after("unused,fold,subscripts,share,reroll,scalars", script, given);
  CHECK(count_of("= program ", listing) == 1);
  CHECK(count_of("= divide ", listing) == 0);

  const Variants variants = with_and_without_passes(script, given);
  for (const Eigen::Index lanes : {1, 5, 8}) check_same_numbers(variants, lanes, 6);
}

}  // namespace
}  // namespace vippl::test
