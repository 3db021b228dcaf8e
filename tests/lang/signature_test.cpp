#include "lang/signature.h"

#include <doctest/doctest.h>

#include <limits>

#include "tests/support/test_signatures.h"

namespace vippl::lang {
namespace {

const Signature& function(std::string_view name) {
  const Signature* found = tests::test_signatures().find_function(name);
  REQUIRE(found != nullptr);
  return *found;
}

const Signature& distribution(std::string_view name) {
  const Signature* found = tests::test_signatures().find_distribution(name);
  REQUIRE(found != nullptr);
  return *found;
}

Size n() { return Size::named("n"); }
Size p() { return Size::named("p"); }

ArgumentType real_of(Shape shape) { return {.given = true, .shape = std::move(shape)}; }
ArgumentType int_of(Shape shape) {
  return {.given = true, .element = Element::integer, .shape = std::move(shape)};
}
ArgumentType number(double value) {
  return {.given = true,
          .element = Element::integer,
          .value = value,
          .size = Size::number(static_cast<std::int64_t>(value))};
}
ArgumentType latent(Shape shape) {
  return {.given = true, .shape = std::move(shape), .fixed = false};
}

std::string shape_or_message(const std::variant<ResultType, Mismatch>& result) {
  if (const ResultType* type = std::get_if<ResultType>(&result)) return text(type->shape);
  return std::get<Mismatch>(result).message;
}

ast::Expression literal(double value, Span span) { return {span, ast::Number{value, false}}; }

ast::Call call(const std::string& callee, const std::vector<std::string>& names) {
  ast::Call result{{callee, {0, 4, 0}}, {}};
  std::uint32_t at = 10;
  for (const std::string& name : names) {
    ast::Argument argument;
    if (!name.empty()) argument.name = ast::Identifier{name, {at, at + 2, 0}};
    argument.value = literal(1, {at + 3, at + 4, 0});
    at += 10;
    result.arguments.push_back(argument);
  }
  return result;
}

TEST_CASE("supports are written as hints show them") {
  CHECK(text(Support::real) == "real");
  CHECK(text(Support::positive) == "positive");
  CHECK(text(Support::nonnegative) == "nonnegative");
  CHECK(text(Support::open_unit_interval) == "real in (0, 1)");
  CHECK(text(Support::count) == "int >= 0");
  CHECK(text(Support::binary) == "int in 0..1");
  CHECK(text(Support::simplex) == "simplex");
  CHECK(text(distribution("uniform").support) == "real in [argument 1, argument 2]");
  CHECK(text(distribution("categorical").support) == "int in 1..the size of argument 1");
}

TEST_CASE("a support contains the numbers between its bounds, the bounds themselves unless open") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(contains(Support::real, -3.5));
  CHECK(contains(Support::real, infinity));
  CHECK_FALSE(contains(Support::real, std::numeric_limits<double>::quiet_NaN()));
  CHECK_FALSE(contains(Support::positive, 0));
  CHECK(contains(Support::nonnegative, 0));
  CHECK_FALSE(contains(Support::nonnegative, -1e-300));
  CHECK(contains(Support::unit_interval, 1));
  CHECK_FALSE(contains(Support::open_unit_interval, 1));
  CHECK(contains(Support::count, 3));
  CHECK_FALSE(contains(Support::count, 2.5));
  CHECK_FALSE(contains(Support::binary, 2));
  CHECK_FALSE(contains(distribution("categorical").support, 0));
}

TEST_CASE("a signature is written with its supports, shapes and defaults") {
  CHECK(distribution("normal").text() == "normal(location: real, scale: positive)");
  CHECK(distribution("multi_normal").text() ==
        "multi_normal(location: real[k], covariance: cov[k, k])");
  CHECK(function("sum").text() == "sum(x, axis: int = none)");
  CHECK(function("zeros").text() == "zeros(sizes: int >= 0, ...)");
  CHECK(function("infinity").text() == "infinity()");
}

TEST_CASE("arguments are bound by position, then by name") {
  const Signature& normal = distribution("normal");
  const ast::Call mixed = call("normal", {"", "scale"});
  const auto bound = bind(normal, mixed, {0, 30, 0});
  REQUIRE(std::holds_alternative<Binding>(bound));
  CHECK(std::get<Binding>(bound).arguments[0] == &mixed.arguments[0]);
  CHECK(std::get<Binding>(bound).arguments[1] == &mixed.arguments[1]);

  const ast::Call swapped = call("normal", {"scale", "location"});
  const auto turned = bind(normal, swapped, {0, 30, 0});
  REQUIRE(std::holds_alternative<Binding>(turned));
  CHECK(std::get<Binding>(turned).arguments[0] == &swapped.arguments[1]);
}

TEST_CASE("an optional argument may be left out") {
  const ast::Call alone = call("sum", {""});
  const auto bound = bind(function("sum"), alone, {0, 30, 0});
  REQUIRE(std::holds_alternative<Binding>(bound));
  CHECK(std::get<Binding>(bound).arguments[1] == nullptr);
}

TEST_CASE("a variadic function collects every positional argument") {
  const ast::Call three = call("concat", {"", "", "", "axis"});
  const auto bound = bind(function("concat"), three, {0, 30, 0});
  REQUIRE(std::holds_alternative<Binding>(bound));
  CHECK(std::get<Binding>(bound).rest.size() == 3);
  CHECK(std::get<Binding>(bound).arguments[0] == &three.arguments[0]);
  CHECK(std::get<Binding>(bound).arguments[1] == &three.arguments[3]);
}

TEST_CASE("arguments that do not fit are refused with the signature as hint") {
  struct Case {
    std::vector<std::string> names;
    std::string code, message;
    std::uint32_t begin;
  };
  const Case cases[] = {
      {{""}, "wrong-argument-count", "`normal` takes 2 arguments (location, scale), got 1", 0},
      {{"", "", ""},
       "wrong-argument-count",
       "`normal` takes 2 arguments (location, scale), got 3",
       0},
      {{"", "scal"}, "unknown-argument", "`normal` has no argument named `scal`", 20},
      {{"", "location"}, "repeated-argument", "`location` of `normal` is given twice", 20},
      {{"scale"}, "wrong-argument-count", "`location` of `normal` is missing", 0},
      {{"scale", ""},
       "argument-order",
       "an argument without a name follows one with a name; positional arguments come first",
       23},
  };
  for (const Case& c : cases) {
    CAPTURE(c.message);
    const ast::Call wrong = call("normal", c.names);
    const auto bound = bind(distribution("normal"), wrong, {0, 30, 0});
    REQUIRE(std::holds_alternative<Diagnostic>(bound));
    const Diagnostic& diagnostic = std::get<Diagnostic>(bound);
    CHECK(diagnostic.code == c.code);
    CHECK(diagnostic.message == c.message);
    CHECK(diagnostic.span.begin == c.begin);
    CHECK(diagnostic.hint.find("normal(location: real, scale: positive)") != std::string::npos);
  }
}

TEST_CASE("a misspelt argument gets its nearest name") {
  const ast::Call wrong = call("normal", {"", "scal"});
  const auto bound = bind(distribution("normal"), wrong, {0, 30, 0});
  CHECK(std::get<Diagnostic>(bound).hint.find("did you mean `scale`?") == 0);
}

TEST_CASE("the shape of a function's result follows from its arguments") {
  struct Case {
    std::string_view name;
    std::vector<ArgumentType> arguments;
    std::string expected;
  };
  const Case cases[] = {
      {"exp", {real_of({})}, "[]"},
      {"exp", {real_of({n(), p()})}, "[n, p]"},
      {"choose", {int_of({n()}), int_of({})}, "[n]"},
      {"choose", {int_of({n()}), int_of({Size::number(1)})}, "[n]"},
      {"choose",
       {int_of({n()}), int_of({p()})},
       "`n` and `k` of `choose` have shapes [n] and [p], which do not fit"},
      {"softmax", {real_of({n(), p()})}, "[n, p]"},
      {"softmax", {real_of({})}, "`x` of `softmax` should have shape [..., k], got []"},
      {"as_column", {real_of({n()})}, "[n, 1]"},
      {"cholesky", {real_of({n(), n()})}, "[n, n]"},
      {"cholesky",
       {real_of({n(), p()})},
       "`x` of `cholesky` should have shape [..., k, k], got [n, p]"},
      {"solve", {real_of({n(), p()}), real_of({p()})}, "[n]"},
      {"solve",
       {real_of({n(), p()}), real_of({n()})},
       "`b` of `solve` should have shape [k] with k = p, as `a` has shape [n, p], got [n]"},
      {"sum", {real_of({n(), p()}), number(2)}, "[n]"},
      {"sum", {real_of({n(), p()}), {}}, "[]"},
      {"zeros", {number(2), number(3)}, "[2, 3]"},
      {"concat", {real_of({n()}), real_of({Size::number(2)}), {}}, "[n + 2]"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(shape_or_message(infer(function(c.name), c.arguments)) == c.expected);
  }
}

TEST_CASE("the element of a result is an int where the arguments are and the function keeps ints") {
  const ArgumentType whole[] = {int_of({n()})};
  const ArgumentType real[] = {real_of({n()})};
  CHECK(std::get<ResultType>(infer(function("abs"), whole)).element == Element::integer);
  CHECK(std::get<ResultType>(infer(function("abs"), real)).element == Element::real);
  CHECK(std::get<ResultType>(infer(function("exp"), whole)).element == Element::real);
}

TEST_CASE("values of the wrong kind are refused") {
  const ArgumentType real_trials[] = {real_of({n()}), real_of({})};
  CHECK(shape_or_message(infer_value(distribution("binomial"), real_trials)) ==
        "`trials` of `binomial` should be int >= 0, got real");
  const ArgumentType latent_axis[] = {real_of({n()}),
                                      {.given = true, .element = Element::integer, .fixed = false}};
  CHECK(shape_or_message(infer(function("sum"), latent_axis)) ==
        "`axis` of `sum` must be fixed, but it depends on a latent value");
  const ArgumentType latent_sort[] = {latent({n()})};
  CHECK(shape_or_message(infer(function("sort"), latent_sort)) ==
        "`sort` takes fixed values only, but `x` of `sort` depends on a latent value");
  const ArgumentType label[] = {{.given = true, .element = Element::category, .shape = {n()}}};
  CHECK(shape_or_message(infer(function("exp"), label)) ==
        "`x` of `exp` should be real, got category");
  const ArgumentType words[] = {{.given = true, .element = Element::text}};
  CHECK(shape_or_message(infer(function("exp"), words)) == "`x` of `exp` should be real, got text");
}

TEST_CASE("the arguments of a distribution give the shape of its value") {
  struct Case {
    std::string_view name;
    std::vector<ArgumentType> arguments;
    std::string expected;
  };
  const Case cases[] = {
      {"normal", {real_of({}), real_of({})}, "[]"},
      {"normal", {real_of({n()}), real_of({})}, "[n]"},
      {"normal",
       {real_of({n()}), real_of({p()})},
       "`location` and `scale` of `normal` have shapes [n] and [p], which do not fit"},
      {"dirichlet", {real_of({p()})}, "[p]"},
      {"dirichlet", {real_of({n(), p()})}, "[n, p]"},
      {"dirichlet", {real_of({})}, "[?]"},
      {"categorical", {real_of({p()})}, "[]"},
      {"categorical", {real_of({n(), p()})}, "[n]"},
      {"multi_normal", {real_of({}), real_of({p(), p()})}, "[p]"},
      {"multi_normal", {real_of({n(), p()}), real_of({p(), p()})}, "[n, p]"},
      {"multi_normal",
       {real_of({n()}), real_of({p(), p()})},
       "`covariance` of `multi_normal` should have shape [k, k] with k = n, as `location` has "
       "shape [n], got [p, p]"},
      {"multi_normal",
       {real_of({p()}), real_of({p()})},
       "`covariance` of `multi_normal` should have shape [k, k], got [p]"},
      {"lkj_corr_cholesky", {real_of({})}, "[?, ?]"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(shape_or_message(infer_value(distribution(c.name), c.arguments)) == c.expected);
  }
}

TEST_CASE("discrete distributions draw ints") {
  const ArgumentType rate[] = {real_of({})};
  CHECK(std::get<ResultType>(infer_value(distribution("poisson"), rate)).element ==
        Element::integer);
}

TEST_CASE("arguments broadcast to the value's leading dimensions, never the other way") {
  const Signature& normal = distribution("normal");
  const Signature& dirichlet = distribution("dirichlet");
  CHECK_FALSE(fit_value(normal, {}, {n()}));
  CHECK_FALSE(fit_value(normal, {p()}, {n(), p()}));
  CHECK_FALSE(fit_value(normal, {Size::number(1)}, {n()}));
  CHECK(fit_value(normal, {n()}, {}) ==
        "the arguments of `normal` give shape [n], which does not fit the value's shape []");
  CHECK(fit_value(normal, {n()}, {n(), p()}));
  CHECK_FALSE(fit_value(dirichlet, {p()}, {n(), p()}));
  CHECK(fit_value(dirichlet, {p()}, {}) ==
        "`dirichlet` is a distribution of a vector, [k], but the value has shape []");
  CHECK(fit_value(dirichlet, {Size::number(3)}, {Size::number(2)}));
  CHECK_FALSE(fit_value(dirichlet, {Size::unknown()}, {Size::number(2)}));
}

TEST_CASE("a distribution's event has no, one or two dimensions") {
  CHECK(event_rank(distribution("normal")) == 0);
  CHECK(event_rank(distribution("dirichlet")) == 1);
  CHECK(event_rank(distribution("lkj_corr_cholesky")) == 2);
}

}  // namespace
}  // namespace vippl::lang
