#include "cli/number_text.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>

using vippl::cli::align_at_point;
using vippl::cli::general;
using vippl::cli::row_texts;
using vippl::inference::ScalarSummary;

namespace {

ScalarSummary summary(double mean, double sd, double mcse) {
  ScalarSummary result;
  result.reported = {mean, sd, mean - 1.6 * sd, mean, mean + 1.6 * sd};
  result.mcse = mcse;
  return result;
}

}  // namespace

TEST_CASE("the digits of a row follow from its sd and its Monte Carlo error") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  struct Case {
    ScalarSummary summary;
    std::string mean, sd, mcse;
  };
  const Case cases[] = {
      {summary(1.23456, 0.0123, 0.001), "1.235", "0.012", "0.001"},
      {summary(1.23456, 0.0123, 1e-5), "1.2346", "0.0123", "1e-05"},
      {summary(1.23456, 0.0123, 1e-16), "1.2346", "0.0123", "0"},
      {summary(1234.5, 12.3, 1), "1234", "12", "1"},
      {summary(1234.5, 123, 0), "1234", "123", "0"},
      {summary(-0.0001, 0.1, 0.01), "0.00", "0.10", "0.01"},
      {summary(2.5e9, 1.2e8, 1e6), "2.5e+09", "1.2e+08", "1e+06"},
      {summary(1.5e-9, 2.5e-10, 1e-11), "1.5e-09", "2.5e-10", "1e-11"},
      {summary(3.14159265, 0, 0), "3.142", "0", "0"},
      {summary(nan, nan, nan), "nan", "nan", "nan"},
      {summary(infinity, infinity, 0), "inf", "inf", "0"},
  };
  for (const auto& [given, mean, sd, mcse] : cases) {
    CAPTURE(given.reported.mean);
    CAPTURE(given.reported.sd);
    const auto texts = row_texts(given);
    CHECK(texts[0] == mean);
    CHECK(texts[1] == sd);
    CHECK(texts[5] == mcse);
  }
}

TEST_CASE("decimal points stand below each other") {
  std::vector<std::string> texts = {"1.25", "-13.5", "7", "1e-05"};
  align_at_point(texts);
  CHECK(texts[0] == "  1.25 ");
  CHECK(texts[1] == "-13.5  ");
  CHECK(texts[2] == "  7    ");
  CHECK(texts[3] == "  1e-05");
}

TEST_CASE("a number in general form is short and has no negative zero") {
  CHECK(general(0.25, 6) == "0.25");
  CHECK(general(-0.0, 6) == "0");
  CHECK(general(1e-9, 6) == "1e-09");
}
