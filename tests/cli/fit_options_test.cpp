#include "cli/fit_options.h"

#include <doctest/doctest.h>

#include "cli/arguments.h"
#include "cli/failure.h"

using vippl::cli::add_fit_options;
using vippl::cli::ArgumentParser;
using vippl::cli::ExitCode;
using vippl::cli::Failure;
using vippl::cli::FitOptions;
using vippl::cli::FitPlan;
using vippl::cli::parse_arguments;
using vippl::cli::parse_batch;
using vippl::cli::plan_fit;

namespace {

FitPlan plan(const std::vector<std::string>& texts) {
  ArgumentParser parser("a test", "run");
  FitOptions options;
  add_fit_options(parser, options);
  parse_arguments(parser, texts);
  return plan_fit(options);
}

std::string refusal(const std::vector<std::string>& texts) {
  try {
    plan(texts);
  } catch (const Failure& failure) {
    CHECK(failure.code() == ExitCode::usage);
    return failure.what();
  }
  return "no refusal";
}

}  // namespace

TEST_CASE("without options the default algorithm fits the automatic guide with seed 1") {
  const FitPlan result = plan({});
  CHECK(result.algorithm == &vippl::inference::default_algorithm(false));
  CHECK(result.settings.guide == "auto");
  CHECK(result.settings.seed == 1);
  CHECK(result.settings.options.empty());
  CHECK_FALSE(result.batch.has_value());
}

TEST_CASE("every option of every algorithm is a flag, read by its table") {
  for (const vippl::inference::Algorithm* algorithm : vippl::inference::all_algorithms()) {
    for (const vippl::inference::Option& option : algorithm->options) {
      const std::string name(option.name);
      CAPTURE(name);
      const std::string text = vippl::inference::default_text(option);
      const FitPlan result = plan({"--algorithm", std::string(algorithm->name), "--" + name, text});
      CHECK(result.algorithm == algorithm);
      CHECK(result.settings.options.at(name) == vippl::inference::parse_option(option, text));
    }
  }
}

TEST_CASE("a flag may stand alone or be set") {
  CHECK(plan({"--algorithm", "adam", "--stl"}).settings.options.at("stl") == 1);
  CHECK(plan({"--algorithm", "adam", "--stl", "off"}).settings.options.at("stl") == 0);
  CHECK(plan({"--algorithm", "adam", "--stl", "--seed", "3"}).settings.seed == 3);
}

TEST_CASE("a minibatch names its plate and chooses an algorithm that takes one") {
  const FitPlan result = plan({"--batch", "n=32"});
  REQUIRE(result.batch.has_value());
  CHECK(result.batch->plate == "n");
  CHECK(result.batch->size == 32);
  CHECK(result.algorithm->takes_minibatches);
  for (const char* bad : {"n", "n=", "=3", "n=0", "n=-3", "n=2.5", "n=3x"}) {
    CAPTURE(std::string(bad));
    CHECK_THROWS_AS(parse_batch(bad), Failure);
  }
}

TEST_CASE("options that cannot be meant are refused in words") {
  CHECK(refusal({"--algorithm", "adan"}).find("did you mean `adam`?") != std::string::npos);
  CHECK(refusal({"--guide", "meanfeild"}).find("meanfield") != std::string::npos);
  CHECK(refusal({"--learning-rate", "0.1", "--algorithm", "saa"})
            .find("--learning-rate is an option of `--algorithm adam`") != std::string::npos);
  CHECK(refusal({"--learning-rate", "-1", "--algorithm", "adam"}).find("--learning-rate -1") !=
        std::string::npos);
  CHECK(refusal({"--batch", "n=32", "--algorithm", "saa"}).find("uses all rows") !=
        std::string::npos);
  CHECK(refusal({"--seed", "minus one"}).find("--seed") != std::string::npos);
}

TEST_CASE("a seed is a whole number from 0") {
  CHECK(plan({"--seed", "0"}).settings.seed == 0);
  for (const char* bad : {"abc", "1.5", "-1", "3x"}) {
    CAPTURE(std::string(bad));
    CHECK(refusal({"--seed", bad}).find("takes a whole number from 0, got `" + std::string(bad)) !=
          std::string::npos);
  }
  CHECK(refusal({"--seed"}).find("takes a whole number from 0") != std::string::npos);
}

TEST_CASE("the beginning of a guide's name is understood as a slip") {
  CHECK(refusal({"--guide", "mean"}).find("did you mean `meanfield`?") != std::string::npos);
}

TEST_CASE("threads are a number of them") {
  CHECK(plan({}).threads == 0);
  CHECK(plan({"--threads", "2"}).threads == 2);
  for (const char* bad : {"0", "-1", "two", "5000", "1.5"}) {
    CAPTURE(bad);
    CHECK(refusal({"--threads", bad}).find("whole number from 1 to 1024") != std::string::npos);
  }
}
