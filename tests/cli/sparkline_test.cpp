#include "cli/sparkline.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

namespace vippl::cli {

TEST_CASE("a sparkline has one character per value, from the least to the greatest") {
  Terminal plain;
  Terminal unicode;
  unicode.has_utf8 = true;
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> ramp = {0, 1, 2, 3, 4, 5, 6, 7};
  CHECK(sparkline(ramp, nan, unicode) == "▁▂▃▄▅▆▇█");
  CHECK(sparkline(ramp, nan, plain) == ".:-=+*#@");
  // Counts begin at 0, whatever the least of them.
  CHECK(sparkline(std::vector<double>{7, 8}, 0, unicode) == "██");
  CHECK(sparkline(std::vector<double>{7, 8}, nan, unicode) == "▁█");
  CHECK(sparkline(std::vector<double>{3, 3, 3}, nan, plain) == "...");
  CHECK(sparkline(std::vector<double>{-1, nan, 1, -std::numeric_limits<double>::infinity()}, nan,
                  plain) == ". @ ");
  CHECK(sparkline({}, 0, plain).empty());
}

}  // namespace vippl::cli
