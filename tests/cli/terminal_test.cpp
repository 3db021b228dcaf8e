#include "cli/terminal.h"

#include <doctest/doctest.h>

using vippl::cli::in_red;
using vippl::cli::shortened;
using vippl::cli::Terminal;
using vippl::cli::text_width;

TEST_CASE("a long text loses its middle and keeps to the width") {
  CHECK(shortened("weight", 6, "...") == "weight");
  CHECK(shortened("weight[malic_acid]", 11, "...") == "weig...cid]");
  CHECK(shortened("weight", 0, "...") == "...");
  for (std::size_t width = 3; width < 20; ++width) {
    CHECK(text_width(shortened("weight[malic_acid]", width, "...")) <= width);
    CHECK(text_width(shortened("効果[北海道の人々]", width, "…")) <= width);
  }
}

TEST_CASE("widths count columns, not bytes") {
  CHECK(text_width("β₁") == 2);
  CHECK(text_width("北") == 2);
}

TEST_CASE("colour is written only where it is seen") {
  CHECK(in_red("bad", Terminal{}) == "bad");
  Terminal colourful;
  colourful.has_colour = true;
  CHECK(in_red("bad", colourful) == "\x1b[31mbad\x1b[0m");
}
