#include "cli/arguments.h"

#include <doctest/doctest.h>

#include "cli/failure.h"

using vippl::cli::add_model_arguments;
using vippl::cli::ArgumentParser;
using vippl::cli::ExitCode;
using vippl::cli::Failure;
using vippl::cli::ModelArguments;
using vippl::cli::parse_arguments;
using vippl::cli::parse_settings;
using vippl::cli::Presence;

namespace {

ModelArguments parsed(const std::vector<std::string>& texts) {
  ArgumentParser parser("a test", "vippl run");
  ModelArguments arguments;
  add_model_arguments(parser, arguments, Presence::required);
  parse_arguments(parser, texts, &arguments);
  return arguments;
}

std::string refusal(const std::vector<std::string>& texts) {
  try {
    parsed(texts);
  } catch (const Failure& failure) {
    CHECK(failure.code() == ExitCode::usage);
    return failure.what();
  }
  return "no refusal";
}

}  // namespace

TEST_CASE("a script and its data files are told apart in any order") {
  const std::vector<std::string> both = {"a.csv", "b.json"};
  for (const std::vector<std::string>& texts :
       std::vector<std::vector<std::string>>{{"m.vi", "--data", "a.csv", "b.json"},
                                             {"m.vi", "--data", "a.csv", "--data", "b.json"},
                                             {"--data", "a.csv", "b.json", "m.vi"},
                                             {"-d", "a.csv", "m.vi", "-d", "b.json"}}) {
    const ModelArguments arguments = parsed(texts);
    CHECK(arguments.model == "m.vi");
    CHECK(arguments.data == both);
  }
  CHECK(parsed({"m.vi", "--data", "-"}).data == std::vector<std::string>{"-"});
}

TEST_CASE("a command line that cannot be meant is refused in words") {
  CHECK(refusal({}).find("no MODEL given") != std::string::npos);
  CHECK(refusal({"m.vi", "--dta", "x"}).find("unknown option `--dta`; did you mean `--data`?") !=
        std::string::npos);
  CHECK(refusal({"m.vi", "--dta=x"}).find("did you mean `--data`?") != std::string::npos);
  CHECK(refusal({"m.vi", "n.vi"}).find("unexpected argument `n.vi`") != std::string::npos);
  CHECK(refusal({"m.vi", "--data"}).find("--data") != std::string::npos);
  CHECK(refusal({"m.vi", "--zzzzzz"}).find("see: vippl run --help") != std::string::npos);
}

TEST_CASE("settings are names with numbers") {
  CHECK(parse_settings({"K=5", "x=-1e3"}) == std::map<std::string, double>{{"K", 5}, {"x", -1000}});
  for (const char* bad : {"K", "=5", "K=", "K=five", "K=5x", "K=nan"}) {
    CAPTURE(std::string(bad));
    CHECK_THROWS_AS(parse_settings({bad}), Failure);
  }
}
