#include "lang/nearest.h"

#include <doctest/doctest.h>

using vippl::lang::nearest;

TEST_CASE("a misspelling finds its name, and nothing is suggested for what resembles nothing") {
  const std::string_view names[] = {"normal", "lognormal", "student_t",   "x",
                                    "mu",     "poisson",   "poisson_log", "\u03B2\u2081\u03B3"};
  struct Case {
    std::string_view typed;
    std::string_view meant;  // empty: none
  };
  const Case cases[] = {
      {"nromal", "normal"},   // swapped
      {"norml", "normal"},    // left out
      {"normall", "normal"},  // one too many
      {"Normal", "normal"},   // case
      {"NORMAL", "normal"},   // case of all
      {"X", "x"},
      {"studen_t", "student_t"},
      {"sutdnet_t", "student_t"},  // two swaps
      {"poison", "poisson"},
      {"poissonlog", "poisson_log"},
      {"\u03B2\u2081", "\u03B2\u2081\u03B3"},
      {"nu", "mu"},
      {"y", ""},      // one letter of one
      {"nrmla", ""},  // two edits of five letters are too many
      {"gamma", ""},
      {"norm", ""},  // two letters of four are too many
      {"", ""},
  };
  for (const Case& each : cases) {
    CAPTURE(each.typed);
    const std::optional<std::string> found =
        nearest(each.typed, std::span<const std::string_view>(names));
    if (each.meant.empty()) {
      CHECK_FALSE(found.has_value());
    } else {
      REQUIRE(found.has_value());
      CHECK(*found == each.meant);
    }
  }
}

TEST_CASE("the nearest of several wins, and a name is no misspelling of itself") {
  const std::string names[] = {"alpha2", "alpha", "alpha1"};
  CHECK(nearest("alph", std::span<const std::string>(names)) == "alpha");
  CHECK(nearest("alpha", std::span<const std::string>(names)) == "alpha2");
}
