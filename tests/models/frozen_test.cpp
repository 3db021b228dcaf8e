// Statistics of the data that are kept for later rows.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/models/bind_script.h"

namespace vippl::test {
namespace {

const Given table = {.csv = "y,a,b,g\n1,10,1,u\n2,20,4,v\n3,30,1,u\n6,60,6,v\n"};

/// The model's statistics as "line function name: values", in order.
std::vector<std::string> frozen(const std::string& script) {
  const Outcome outcome = make(script, table);
  REQUIRE(outcome.model);
  std::vector<std::string> result;
  for (const runtime::FrozenStatistic& statistic : outcome.model->frozen()) {
    std::string text = statistic.place.substr(statistic.place.find(':') + 1) + " " +
                       statistic.function + " " + statistic.name + ":";
    for (const double value : statistic.values) {
      text += " " + std::to_string(value);
      text.erase(text.find_last_not_of('0') + 1);
      if (text.back() == '.') text.pop_back();
    }
    result.push_back(std::move(text));
  }
  return result;
}

TEST_CASE("statistics over the rows of the data are kept, in the order of the script") {
  CHECK(frozen("data y : real[n]\n"
               "let top = max(y)\n"
               "let z = (y - mean(y)) / top\n"
               "sample m ~ normal(0, 1)\n"
               "observe z ~ normal(m, sum(y))\n") ==
        std::vector<std::string>{"2 max max: 6", "3 mean mean: 3", "5 sum sum: 12"});
}

TEST_CASE("standardize keeps the means and standard deviations of its columns") {
  const Outcome outcome = make(
      "data X : real[n, p] = columns(a, b)\nlet Z = standardize(X)\n"
      "sample w : real[p] ~ normal(0, 1)\nfactor sum(Z @ w)\n",
      table);
  REQUIRE(outcome.model);
  const std::vector<runtime::FrozenStatistic>& kept = outcome.model->frozen();
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].call == "standardize(X)");
  CHECK(kept[0].name == "mean");
  CHECK(kept[0].shape == std::vector<runtime::Index>{2});
  CHECK(kept[0].values == std::vector<double>{30, 3});
  CHECK(kept[1].name == "sd");
  CHECK(kept[1].values[0] == doctest::Approx(21.602468994692867));
  CHECK(kept[1].values[1] == doctest::Approx(2.449489742783178));
}

TEST_CASE("a vector's statistics are numbers, groups and axes have one each") {
  CHECK(frozen("data y : real[n]\ndata g : category(K)[n]\n"
               "data X : real[n, p] = columns(a, b)\n"
               "let s = standardize(y - 3)\n"
               "let by_group = segment_mean(y, g, K)\n"
               "let column_means = mean(X, axis = 1)\n"
               "let q = quantile(y, 0.5)\n"
               "sample m ~ normal(0, 1)\nfactor m\n")
            .size() == 5);
  CHECK(frozen("data y : real[n]\ndata g : category(K)[n]\nlet m = segment_mean(y, g, K)\n") ==
        std::vector<std::string>{"3 segment_mean segment_mean: 2 4"});
}

TEST_CASE("what keeps the rows, has none, or is latent is no statistic") {
  CHECK(frozen("data y : real[n]\ndata X : real[n, p] = columns(a, b)\n"
               "let size_of_it = rows(X) + n\n"
               "let each = exp(y) + cumsum(y) + sort(y) + mean(X, axis = 2)\n"
               "let step = diff(y)\n"
               "let constant = sum([1, 2, 3])\n"
               "sample m : real[n] ~ normal(0, 1)\n"
               "observe y ~ normal(mean(m * y), 1)\n")
            .empty());
}

TEST_CASE("a statistic inside a function is kept at the place where it stands") {
  CHECK(frozen("data y : real[n]\n"
               "fn centred(v) = v - mean(v)\n"
               "let a = centred(y)\nlet b = centred(2 * y)\n") ==
        std::vector<std::string>{"2 mean mean: 3", "2 mean mean: 6"});
}

}  // namespace
}  // namespace vippl::test
