#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "runtime/data.h"
#include "runtime/random.h"

using vippl::runtime::DataError;
using vippl::runtime::DataFile;
using vippl::runtime::Field;
using vippl::runtime::parse_json;
using vippl::runtime::Purpose;
using vippl::runtime::Rng;
using namespace std::string_view_literals;

namespace {

std::string error_of(std::string_view text) {
  try {
    parse_json(text, "d.json");
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

const Field& field_of(const DataFile& file, std::string_view name) {
  const Field* field = file.find(name);
  REQUIRE(field != nullptr);
  return *field;
}

}  // namespace

TEST_CASE("JSON fields follow Stan's conventions") {
  const DataFile file = parse_json(
      R"({"n": 3, "x": 17.0, "y": [1, 2.5, -3], "M": [[1, 2, 3], [4, 5, 6]], "ok": [true, false],
          "who": ["Ann", "Bo"], "none": [], "holes": [[], []],
          "odd": ["NaN", "Inf", "-inf", "+Infinity", NaN, -Infinity, 1], "gap": [1, null, 3],
          "names": [null, "x"]})",
      "folder/d.json");
  CHECK(file.stem == "d");
  CHECK(field_of(file, "n").kind == Field::Kind::integer);
  CHECK(field_of(file, "n").extents.empty());
  CHECK(field_of(file, "n").values == std::vector<double>{3});
  CHECK(field_of(file, "x").kind == Field::Kind::real);
  CHECK(field_of(file, "y").kind == Field::Kind::real);
  CHECK(field_of(file, "y").values == std::vector<double>{1, 2.5, -3});
  CHECK(field_of(file, "M").extents == std::vector<Eigen::Index>{2, 3});
  CHECK(field_of(file, "M").kind == Field::Kind::integer);
  CHECK(field_of(file, "M").values == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(field_of(file, "ok").kind == Field::Kind::boolean);
  CHECK(field_of(file, "who").texts == std::vector<std::string>{"Ann", "Bo"});
  CHECK(field_of(file, "none").is_empty_array);
  CHECK(field_of(file, "none").extents == std::vector<Eigen::Index>{0});
  CHECK_FALSE(field_of(file, "holes").is_empty_array);
  CHECK(field_of(file, "holes").extents == std::vector<Eigen::Index>{2, 0});

  const Field& odd = field_of(file, "odd");
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK(odd.kind == Field::Kind::real);
  CHECK(odd.is_missing(0));
  CHECK(odd.values[1] == infinity);
  CHECK(odd.values[2] == -infinity);
  CHECK(odd.values[3] == infinity);
  CHECK(odd.is_missing(4));
  CHECK(odd.values[5] == -infinity);
  CHECK_FALSE(odd.is_missing(6));

  CHECK(field_of(file, "gap").kind == Field::Kind::integer);
  CHECK(field_of(file, "gap").missing == std::vector<bool>{false, true, false});
  CHECK(std::isnan(field_of(file, "gap").values[1]));
  CHECK(field_of(file, "names").texts == std::vector<std::string>{"", "x"});
  CHECK(field_of(file, "names").missing == std::vector<bool>{true, false});
}

TEST_CASE("an element of a JSON field is named by its subscripts") {
  const DataFile file =
      parse_json(R"({"y": [1, 2], "M": [[1, 2, 3], [4, 5, 6]], "s": 1})", "d.json");
  CHECK(field_of(file, "y").place(1) == "d.json, y[2]");
  CHECK(field_of(file, "M").place(4) == "d.json, M[2,2]");
  CHECK(field_of(file, "s").place(0) == "d.json, s");
}

TEST_CASE("what is not data is refused with its place") {
  struct Case {
    std::string what;
    std::string_view text;
    const char* expected;
  };
  const std::string deep = "{\"y\": " + std::string(100'000, '[');
  const Case cases[] = {
      {"nothing", "", "d.json: the file is empty"},
      {"an array", "[1, 2]", "d.json:1:1: expected one object of named fields"},
      {"a number", "17", "expected one object of named fields"},
      {"no end", "{\"y\": [1, 2", "d.json:1:12: not JSON: "},
      {"a comma too many", "{\n  \"y\": [1, 2,]\n}", "d.json:2:"},
      {"two objects", "{\"y\": 1} {}", "d.json:1:10: not JSON: "},
      {"ragged", "{\"y\": [[1, 2],\n [3]]}",
       "d.json:2:3: field `y` is ragged: y[2] has 1 element, those before have 2"},
      {"ragged after nothing", "{\"y\": [[], [3]]}", "ragged: y[2]"},
      {"arrays and elements", "{\"y\": [[1], 2]}", "field `y` mixes elements and arrays (at y[1])"},
      {"elements and arrays", "{\"y\": [1, [2]]}", "mixes elements and arrays"},
      {"depths", "{\"y\": [[1], [[2]]]}", "mixes elements and arrays"},
      {"an object inside", "{\"y\": {\"a\": 1}}", "field `y` holds an object"},
      {"the same field twice", "{\"y\": 1,\n\"y\": 2}", "d.json:2:3: field `y` occurs twice"},
      {"numbers and text", "{\"y\": [1, \"two\"]}", "mixes numbers and text (at y[2])"},
      {"text and numbers", "{\"y\": [\"one\", 2]}", "mixes text and numbers (at y[2])"},
      {"numbers and truth", "{\"y\": [1, true]}", "mixes numbers and true/false"},
      {"an empty name", "{\"\": 1}", "empty name"},
      {"depth", deep, "nested deeper than 32 levels"},
      {"a NUL byte", "{\"y\": \0}"sv, "d.json:1:7: a NUL byte"},
  };
  for (const auto& [what, text, expected] : cases) {
    CAPTURE(what);
    const std::string error = error_of(text);
    CAPTURE(error);
    CHECK(error.find(expected) != std::string::npos);
  }
}

TEST_CASE("any number comes back from JSON to the last bit") {
  Rng rng(13, Purpose::test);
  std::vector<double> values;
  std::string text = "{\"x\": [";
  for (int i = 0; i < 20000; ++i) {
    values.push_back(std::ldexp(rng.uniform() - 0.5, static_cast<int>(rng.index(2000)) - 1000));
    text += fmt::format("{}{}", i == 0 ? "" : ", ", values.back());
  }
  CHECK(field_of(parse_json(text + "]}", "d.json"), "x").values == values);
}
