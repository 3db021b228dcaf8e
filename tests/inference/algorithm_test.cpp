#include "inference/algorithm.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace vippl::inference;

TEST_CASE("algorithms are found by name, with options that hold their own defaults") {
  REQUIRE(find_algorithm("saa") != nullptr);
  REQUIRE(find_algorithm("adam") != nullptr);
  CHECK(find_algorithm("advi") == nullptr);
  CHECK(default_algorithm(false).name == "saa");
  CHECK(default_algorithm(true).name == "averaged-adam");
  CHECK(default_algorithm(true).takes_minibatches);
  for (const Algorithm* algorithm : all_algorithms()) {
    CAPTURE(algorithm->name);
    CHECK_FALSE(algorithm->summary.empty());
    for (const Option& option : algorithm->options) {
      CAPTURE(option.name);
      CHECK_FALSE(option.summary.empty());
      CHECK(option.initial >= option.lower);
      CHECK(option.initial <= option.upper);
      CHECK((option.kind == Option::Kind::choice) == !option.choices.empty());
      CHECK(parse_option(option, default_text(option)) == option.initial);
      CHECK(algorithm->value({}, option.name) == option.initial);
    }
  }
}

TEST_CASE("an option's text is read by its kind") {
  constexpr std::string_view choices[] = {"log", "softplus"};
  const Option number{.name = "rate", .initial = 1, .lower = 1e-3, .upper = 10};
  const Option whole{
      .name = "steps", .kind = Option::Kind::whole, .initial = 1, .lower = 1, .upper = 100};
  const Option flag{.name = "stl", .kind = Option::Kind::flag, .upper = 1};
  const Option choice{
      .name = "scale", .kind = Option::Kind::choice, .upper = 1, .choices = choices};
  CHECK(parse_option(number, "1e-2") == 0.01);
  CHECK(parse_option(number, "10") == 10);
  CHECK(parse_option(whole, "1e2") == 100);
  CHECK(parse_option(flag, "on") == 1);
  CHECK(parse_option(flag, "off") == 0);
  CHECK(parse_option(choice, "softplus") == 1);

  struct Bad {
    const Option& option;
    std::string text;
    std::string message;
  };
  const Bad bad[] = {
      {number, "0", "`--rate` takes a number from 0.001 to 10, got `0`"},
      {number, "nan", "`--rate` takes a number from 0.001 to 10, got `nan`"},
      {number, "1x", "`--rate` takes a number from 0.001 to 10, got `1x`"},
      {number, "", "`--rate` takes a number from 0.001 to 10, got ``"},
      {whole, "1.5", "`--steps` takes a whole number from 1 to 100, got `1.5`"},
      {whole, "101", "`--steps` takes a whole number from 1 to 100, got `101`"},
      {flag, "yes", "`--stl` takes `on` or `off`, got `yes`"},
      {choice, "exp", "`--scale` takes one of log, softplus, got `exp`"},
  };
  for (const Bad& b : bad) {
    CAPTURE(b.text);
    CHECK_THROWS_WITH_AS(parse_option(b.option, b.text), b.message.c_str(), std::invalid_argument);
  }
}
