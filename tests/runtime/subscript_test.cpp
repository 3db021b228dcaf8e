#include "runtime/subscript.h"

#include <doctest/doctest.h>

#include <vector>

namespace vippl::runtime {

namespace {

using lang::Size;

const Size n = Size::named("n", 3);
const Size m = Size::named("m", 4);

PlaceValue all() { return {PlaceValue::Kind::all, {}, {}}; }
PlaceValue at(double i) {
  return {PlaceValue::Kind::index, Value::number(i, lang::Element::integer), {}};
}
PlaceValue ints(PlaceValue::Kind kind, Elements values, const Size& size) {
  return {kind, Value::tensor({size}, std::move(values), lang::Element::integer), {}};
}
PlaceValue index(Elements values) {
  const Size size = Size::number(static_cast<std::int64_t>(values.size()));
  return ints(PlaceValue::Kind::index, std::move(values), size);
}
PlaceValue range(Elements values) {
  const Size size = Size::number(static_cast<std::int64_t>(values.size()));
  return ints(PlaceValue::Kind::range, std::move(values), size);
}

using Positions = std::vector<std::int32_t>;

struct Case {
  const char* what;
  lang::Shape base;
  std::vector<PlaceValue> places;
  const char* shape;
  Positions positions;
};

}  // namespace

TEST_CASE("a subscript picks the elements that the reference says") {
  const Case cases[] = {
      {"one element", {n, m}, {at(2), at(3)}, "[]", {6}},
      {"fewer subscripts take the rest whole", {n, m}, {at(2)}, "[m]", {4, 5, 6, 7}},
      {"a colon keeps its dimension", {n, m}, {all(), at(1)}, "[n]", {0, 4, 8}},
      {"ranges are taken crosswise",
       {n, m},
       {range({1, 2}), range({3, 4})},
       "[2, 2]",
       {2, 3, 6, 7}},
      {"index arrays are read together",
       {n, m},
       {index({1, 3, 2}), index({4, 1, 1})},
       "[3]",
       {3, 8, 4}},
      {"an index array and a range",
       {n, m},
       {index({3, 1}), range({1, 2})},
       "[2, 2]",
       {8, 9, 0, 1}},
      {"index arrays around a colon stand where the first stood",
       {n, m, Size::number(2)},
       {index({1, 2}), all(), index({2, 1})},
       "[2, m]",
       {1, 3, 5, 7, 8, 10, 12, 14}},
      {"an int beside an index array", {n, m}, {index({1, 2}), at(4)}, "[2]", {3, 7}},
      {"an empty range", {n}, {range({})}, "[0]", {}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.what);
    const auto result = resolve(c.base, c.places, {});
    REQUIRE(std::holds_alternative<Selection>(result));
    CHECK(lang::text(std::get<Selection>(result).shape) == c.shape);
    CHECK(std::get<Selection>(result).positions == c.positions);
  }
}

TEST_CASE("a mask keeps the true elements, and its size is a number") {
  PlaceValue mask{
      PlaceValue::Kind::range, Value::tensor({n}, {1, 0, 1}, lang::Element::boolean), {}};
  const auto result = resolve({n}, {mask}, {});
  REQUIRE(std::holds_alternative<Selection>(result));
  CHECK(std::get<Selection>(result).positions == Positions{0, 2});
  CHECK(lang::text(std::get<Selection>(result).shape) == "[2]");
}

TEST_CASE("a subscript that does not fit is explained") {
  struct Bad {
    const char* code;
    lang::Shape base;
    std::vector<PlaceValue> places;
  };
  const Bad cases[] = {
      {"index-out-of-range", {n}, {at(0)}},
      {"index-out-of-range", {n}, {at(4)}},
      {"index-out-of-range", {n, m}, {index({1, 5, 2}), at(1)}},
      {"too-many-subscripts", {n}, {at(1), at(1)}},
      {"shape-mismatch", {n, m}, {index({1, 2}), index({1, 2, 3})}},
      {"subscript-not-int", {n}, {{PlaceValue::Kind::index, Value::number(1.5), {}}}},
  };
  for (const Bad& c : cases) {
    CAPTURE(c.code);
    const auto result = resolve(c.base, c.places, {});
    REQUIRE(std::holds_alternative<SubscriptError>(result));
    CHECK(std::get<SubscriptError>(result).code == c.code);
  }
}

}  // namespace vippl::runtime
