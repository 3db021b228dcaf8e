#include "tests/models/random_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace vippl::test {

namespace {

constexpr int rows = 12;
constexpr int groups = 4;

class Writer {
 public:
  explicit Writer(runtime::Rng& rng) : rng_(rng) {}

  std::string program() {
    text_ = fmt::format("let x = {}\nlet w = {}\nlet y = {}\nlet g = {}\nlet k = {}\n",
                        numbers(rows, -2, 2), numbers(rows, 1900, 2000), numbers(rows, -3, 3),
                        whole_numbers(rows, 1, groups), whole_numbers(rows, 0, 5));
    text_ +=
        "let X = [[x[i], x[i]^2 - 1, cos(w[i])] for i in 1..12]\n"
        "sample a ~ normal(0, 1)\nsample q ~ beta(2, 2)\nsample s ~ half_normal(1)\nsample t ~ "
        "lognormal(0, 0.3)\n"
        "sample b : real[3] ~ normal(0, 1)\nsample u : real[4] ~ normal(a, s)\n"
        "sample v : real[4]\nfor j in 1..4 { sample v[j] ~ normal(u[j], t) }\n"
        "let c = a + t * u\n";
    const int statements = 1 + below(4);
    for (int i = 0; i < statements; ++i) statement();
    text_ += "derive total = sum(u) + a\nderive shifted = c[2..4] - s\n";
    return text_;
  }

 private:
  int below(int count) { return std::min(count - 1, static_cast<int>(rng_.uniform() * count)); }

  std::string numbers(int count, double low, double high) {
    std::string list;
    for (int i = 0; i < count; ++i) {
      list += fmt::format("{}{:.3f}", i == 0 ? "" : ", ", low + (high - low) * rng_.uniform());
    }
    return "[" + list + "]";
  }

  std::string whole_numbers(int count, int low, int high) {
    std::string list;
    for (int i = 0; i < count; ++i)
      list += fmt::format("{}{}", i == 0 ? "" : ", ", low + below(high - low + 1));
    return "[" + list + "]";
  }

  std::string pick(const std::vector<std::string>& from) {
    return from[static_cast<std::size_t>(below(static_cast<int>(from.size())))];
  }

  // An expression for row i of a loop, or for all rows at once.
  std::string location(bool in_loop, int depth) {
    const std::vector<std::string> row = {"a",
                                          "b[1]",
                                          "u[g[i]]",
                                          "c[g[i]]",
                                          "v[g[i]]",
                                          "x[i]",
                                          "b[2] * x[i]",
                                          "1.5",
                                          "s",
                                          "u[g[i]] * x[i]",
                                          "X[i, :] @ b",
                                          "0.001 * w[i] * b[3]",
                                          "sum([b[m] * X[i, m] for m in 1..3])"};
    const std::vector<std::string> whole = {"a",
                                            "b[1]",
                                            "u[g]",
                                            "c[g]",
                                            "v[g]",
                                            "x",
                                            "b[2] * x",
                                            "1.5",
                                            "s",
                                            "u[g] * x",
                                            "X @ b",
                                            "sum(X, axis = 2) * a",
                                            "0.001 * w * b[3]"};
    if (depth == 0) return pick(in_loop ? row : whole);
    const std::string left = location(in_loop, depth - 1);
    const std::string right = location(in_loop, depth - 1);
    switch (below(8)) {
      case 0:
        return fmt::format("({} - {})", left, right);
      case 1:
        return fmt::format("(-{} + {})", left, right);
      case 2:
        return fmt::format("(0.5 * {} + {} / 4)", left, right);
      case 3:
        return fmt::format("tanh({})", left);
      case 4:
        return fmt::format("{} * exp(-({})^2)", left, right);
      default:
        return fmt::format("({} + {})", left, right);
    }
  }

  void statement() {
    const bool in_loop = below(2) == 0;
    const std::string mean = location(in_loop, 1 + below(2));
    const std::string y = in_loop ? "y[i]" : "y";
    const std::string count = in_loop ? "k[i]" : "k";
    const std::string scale = pick({"s", "t", "0.7", in_loop ? "(1 + x[i]^2)" : "(1 + x^2)",
                                    in_loop ? "exp(u[g[i]])" : "exp(u[g])"});
    std::string body;
    switch (below(10)) {
      case 3:
        body = fmt::format("observe {} ~ mixture([q, 1 - q], normal({}, {}), normal(b[2], t))", y,
                           pick({"a", mean}), pick({"s", scale}));
        break;
      case 4:
        body = fmt::format("observe {} ~ neg_binomial_2_log({}, s)", count, mean);
        break;
      case 5:
        body = fmt::format("observe {} ~ binomial_logit(7, {})", count, mean);
        break;
      case 6:
        body = in_loop
                   ? "factor log_sum_exp([log(q) + log_density(normal(a, s), y[i]),\n"
                     "    log1p(-q) + log_density(normal(b[3], t), y[i])])"
                   : fmt::format("factor sum(log_sum_exp([{} + 0 * x, x * s], axis = 1))", mean);
        break;
      case 0:
        body = fmt::format("observe {} ~ student_t(4, {}, {})", y, mean, scale);
        break;
      case 1:
        body = fmt::format("observe {} ~ poisson_log(tanh({}))", count, mean);
        break;
      case 2:
        body = fmt::format("factor {}", in_loop ? fmt::format("-0.1 * ({})^2", mean)
                                                : fmt::format("-0.1 * sum(({})^2 + 0 * x)", mean));
        break;
      default:
        body = fmt::format("observe {} ~ normal({}, {})", y, mean, scale);
        break;
    }
    if (!in_loop) {
      text_ += body + "\n";
    } else if (below(4) == 0) {
      text_ += fmt::format(
          "var e{0} = a\nfor i in 1..12 {{\n  e{0} = 0.5 * e{0} + x[i] * b[1]\n"
          "  observe y[i] ~ normal(e{0}, t)\n  {1}\n}}\n",
          ++loops_, body);
    } else {
      text_ += fmt::format("for i in 1..12 {{ {} }}\n", body);
    }
  }

  runtime::Rng& rng_;
  std::string text_;
  int loops_ = 0;
};

}  // namespace

std::string random_program(runtime::Rng& rng) { return Writer(rng).program(); }

}  // namespace vippl::test
