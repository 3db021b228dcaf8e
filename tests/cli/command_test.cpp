#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/wait.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/process.h"
#include "tests/support/sanitizers.h"

using nlohmann::json;
using vippl::cli::testing::has;
using vippl::cli::testing::Outcome;
using vippl::cli::testing::run_vippl;
using vippl::cli::testing::Scratch;
using vippl::cli::testing::TerminalSession;
using vippl::test::under_sanitizers;

namespace {

const std::string wine_model = VIPPL_SOURCE_DIR "/examples/wine/wine.vi";
const std::string wine_data = VIPPL_SOURCE_DIR "/examples/wine/wine.csv";

/// A regression on three rows: y and x from a CSV.
constexpr const char* small_model =
    "data x : real[n]\n"
    "data y : real[n]\n"
    "sample slope ~ normal(0, 1)\n"
    "sample sigma ~ half_normal(1)\n"
    "observe y ~ normal(slope * x, sigma)\n";
constexpr const char* small_data = "x,y\n1,1.1\n2,1.9\n3,3.2\n";

}  // namespace

TEST_CASE("the program tells its version and its commands") {
  CHECK(run_vippl({"--version"}).out.starts_with("vippl "));
  for (const std::vector<std::string>& asked :
       std::vector<std::vector<std::string>>{{"help"}, {"--help"}, {"-h"}}) {
    const Outcome help = run_vippl(asked);
    CHECK(help.status == 0);
    CHECK(has(help.out, "vippl run wine.vi --data wine.csv"));
    CHECK(help.err.empty());
  }
  const Outcome help = run_vippl({"help", "run"});
  CHECK(help.status == 0);
  CHECK(has(help.out, "Usage: vippl run MODEL --data FILE... [options]"));
  CHECK(has(help.out, "--guide"));
  CHECK(has(help.out, "--learning-rate"));
  CHECK(help.out == run_vippl({"run", "--help"}).out);
}

TEST_CASE("a command line that cannot be meant is answered with what could be") {
  struct Case {
    std::vector<std::string> arguments;
    std::string expected;
  };
  const Case cases[] = {
      {{}, "vippl run wine.vi --data wine.csv"},
      {{"rnu"}, "unknown command `rnu`; did you mean `run`?"},
      {{"wine.vi"}, "vippl run wine.vi --data FILE"},
      {{"--verison"}, "did you mean `--version`?"},
      {{"help", "rum"}, "did you mean `run`?"},
      {{"run"}, "no MODEL given"},
      {{"run", wine_model, "--giude", "auto"}, "did you mean `--guide`?"},
      {{"run", wine_model, "--guide", "meanfeild"}, "--guide meanfeild"},
      {{"run", wine_model, "--format", "xml"}, "expected one of table, json"},
      {{"run", wine_model, "--set", "K"}, "expected NAME=NUMBER"},
      {{"run", wine_model, "--batch", "32"}, "expected PLATE=ROWS"},
      {{"density", wine_model}, "--at"},
  };
  for (const auto& [arguments, expected] : cases) {
    CAPTURE(expected);
    const Outcome outcome = run_vippl(arguments);
    CAPTURE(outcome.err);
    CHECK(outcome.status == 2);
    CHECK(has(outcome.err, expected));
    CHECK(outcome.out.empty());
  }
}

TEST_CASE("run fits wine and prints a table on stdout and nothing on stderr") {
  const Outcome outcome = run_vippl({"run", wine_model, "--data", wine_data});
  CAPTURE(outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  CHECK(has(outcome.out, "weight[malic_acid]"));
  CHECK(has(outcome.out, "ELBO"));
  CHECK(has(outcome.out, "k-hat"));
  CHECK(has(outcome.out, "verdict"));
}

TEST_CASE("the same seed gives the same numbers, another seed others") {
  const auto parameters = [](const char* seed) {
    const Outcome outcome =
        run_vippl({"run", wine_model, "--data", wine_data, "--format", "json", "--seed", seed});
    REQUIRE(outcome.status == 0);
    return json::parse(outcome.out).at("parameters").dump();
  };
  CHECK(parameters("3") == parameters("3"));
  CHECK(parameters("3") != parameters("4"));
}

TEST_CASE("draws are written once, and replaced only on demand") {
  const Scratch scratch;
  const std::string model = scratch.write("m.vi", small_model);
  const std::string data = scratch.write("d.csv", small_data);
  const std::string draws = (scratch.path() / "draws.csv").string();
  CHECK(run_vippl({"run", model, "--data", data, "--draws-csv", draws}).status == 0);
  std::ifstream file(draws);
  std::string header;
  std::getline(file, header);
  CHECK(header.starts_with(".chain,.iteration,.draw"));
  CHECK(has(header, ",slope,sigma"));
  const Outcome again = run_vippl({"run", model, "--data", data, "--draws-csv", draws});
  CHECK(again.status == 5);
  CHECK(has(again.err, "--force"));
  CHECK(run_vippl({"run", model, "--data", data, "--draws-csv", draws, "--force"}).status == 0);
}

TEST_CASE("data may come from standard input") {
  const Scratch scratch;
  const std::string model = scratch.write("m.vi", small_model);
  CHECK(run_vippl({"run", model, "--data", "-"}, small_data).status == 0);
  CHECK(run_vippl({"run", model, "--data", "-"}, R"({"x": [1, 2, 3], "y": [1.1, 1.9, 3.2]})")
            .status == 0);
}

TEST_CASE("density is that of a normal computed by hand") {
  const Scratch scratch;
  const std::string model = scratch.write(
      "m.vi",
      "sample mu ~ normal(0, 2)\nsample tau ~ exponential(1)\nobserve 1.5 ~ normal(mu, tau)\n");
  const std::string point = scratch.write("point.json", R"({"mu": 0.5, "tau": 2})");
  const Outcome outcome =
      run_vippl({"density", model, "--at", point, "--gradient", "--format", "json", "--time"});
  CAPTURE(outcome.err);
  REQUIRE(outcome.status == 0);
  const json result = json::parse(outcome.out);
  const double half_log_two_pi = 0.91893853320467274;
  CHECK(result.at("log_joint").get<double>() ==
        doctest::Approx(-2 * half_log_two_pi - 2 * std::log(2.0) - 0.03125 - 2 - 0.125));
  CHECK(result.at("log_jacobian").get<double>() == doctest::Approx(std::log(2.0)));
  REQUIRE(result.at("gradient").size() == 2);
  CHECK(result.at("gradient")[0].get<double>() == doctest::Approx(-0.5 / 4 + 1.0 / 4));
  // d/d log tau of -tau - log tau - (1/tau)^2 / 2 at tau = 2, without the Jacobian's 1.
  CHECK(result.at("gradient")[1].get<double>() == doctest::Approx(-2 - 1 + 0.25));
  CHECK(result.at("microseconds").at("1").get<double>() > 0);
  CHECK(result.at("microseconds").at("8").get<double>() > 0);

  const Outcome with =
      run_vippl({"density", model, "--at", point, "--gradient", "--jacobian", "--format", "json"});
  CHECK(json::parse(with.out).at("gradient")[1].get<double>() == doctest::Approx(-2 + 0.25));
  CHECK(has(run_vippl({"density", model, "--at", point, "--gradient"}).out, "log joint"));
}

TEST_CASE("a point that is no point of the model is refused in words") {
  const Scratch scratch;
  const std::string model =
      scratch.write("m.vi", "sample mu ~ normal(0, 2)\nsample tau ~ exponential(1)\n");
  struct Case {
    std::string point;
    std::string expected;
    int status;
  };
  const Case cases[] = {{R"({"mu": 0.5})", "tau", 1},
                        {R"({"mu": 0.5, "tau": -1})", "tau", 1},
                        {R"({"mu": [1, 2], "tau": 1})", "mu", 1},
                        {"[1, 2]", "expected one object", 1}};
  for (const auto& [text, expected, status] : cases) {
    CAPTURE(text);
    const Outcome outcome =
        run_vippl({"density", model, "--at", scratch.write("point.json", text)});
    CAPTURE(outcome.err);
    CHECK(outcome.status == status);
    CHECK(has(outcome.err, expected));
  }
  CHECK(run_vippl({"density", model, "--at", "/nowhere.json"}).status == 5);
}

TEST_CASE("check finds errors without data, and more with them") {
  const Scratch scratch;
  const std::string model = scratch.write("m.vi", small_model);
  const Outcome alone = run_vippl({"check", model});
  CHECK(alone.status == 0);
  CHECK(has(alone.out, "no errors"));
  const Outcome bound = run_vippl({"check", model, "--data", scratch.write("d.csv", small_data)});
  CHECK(bound.status == 0);
  CHECK(has(bound.out, "n = 3"));
  CHECK(has(bound.out, "slope"));
  const std::string unused = scratch.write("u.vi", std::string("let spare = 1\n") + small_model);
  CHECK(run_vippl({"check", unused}).status == 0);
  CHECK(has(run_vippl({"check", unused}).err, "unused-name"));
  CHECK(run_vippl({"check", unused, "--strict"}).status == 1);
}

TEST_CASE("tape prints the recorded program") {
  const Outcome outcome = run_vippl({"tape", wine_model, "--data", wine_data});
  CHECK(outcome.status == 0);
  CHECK(has(outcome.out, "\n"));
}

TEST_CASE("bad input is answered in words, with its place and the exit status") {
  const Scratch scratch;
  const std::string data = scratch.write("d.csv", small_data);
  struct Case {
    std::string what;
    std::string script;
    std::string data;  ///< empty: small_data
    int status;
    std::string expected;
  };
  const std::string regression = small_model;
  const auto without = [&](const std::string& from, const std::string& to) {
    std::string text = regression;
    return text.replace(text.find(from), from.size(), to);
  };
  const Case cases[] = {
      {"empty script", " \n", "", 1, "the script is empty"},
      {"empty data", regression, " ", 1, "the file is empty"},
      {"missing column", without("data y", "data yy"), "", 1, "did you mean `y`"},
      {"text in a number column", regression, "x,y\n1,1.1\n2,high\n", 1, "line 3"},
      {"wrong shape", without("data y : real[n]", "data y : real[n, 2]"), "", 1, "m.vi:2:"},
      {"ragged rows", regression, "x,y\n1,1.1\n2\n", 1, "d.csv:3:1: this row has 1 cell"},
      {"unknown distribution", without("half_normal", "half_nromal"), "", 1,
       "did you mean `half_normal`"},
      {"argument count", without("half_normal(1)", "half_normal(1, 2)"), "", 1,
       "half_normal(scale: positive)"},
      {"negative scale", without("half_normal(1)", "half_normal(-1)"), "", 1, "m.vi:4:"},
      {"data outside the support", without("normal(slope * x, sigma)", "gamma(sigma, 1)"),
       "x,y\n1,1.1\n2,-3\n", 1, "m.vi:5:"},
      {"NaN data", regression, "x,y\n1,1.1\n2,NaN\n", 1, "line 3"},
      {"no latent", "data y : real[n]\nobserve y ~ normal(0, 1)\n", "", 1, "sample"},
      {"endless recursion", "fn f(x) = f(x + 1)\nsample a ~ normal(f(1), 1)\n", "", 1, "m.vi:"},
      {"binary data", regression, std::string("x,y\n1,\0\n", 8), 1, "NUL"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.what);
    const std::string model = scratch.write("m.vi", each.script);
    const std::string file = each.data.empty() ? data : scratch.write("bad_d.csv", each.data);
    const Outcome outcome = run_vippl({"run", model, "--data", file});
    CAPTURE(outcome.err);
    CHECK(outcome.status == each.status);
    CHECK(has(outcome.err, each.expected));
    CHECK(outcome.out.empty());
  }
}

TEST_CASE("a file that cannot be read ends with the status for input and output") {
  const Scratch scratch;
  const std::string model = scratch.write("m.vi", small_model);
  struct Case {
    std::vector<std::string> arguments;
    std::string expected;
  };
  const Case cases[] = {
      {{"run", "/nowhere/m.vi"}, "No such file"},
      {{"run", scratch.path().string()}, "this is a folder"},
      {{"run", model, "--data", "/nowhere/d.csv"}, "No such file"},
      {{"run", model, "--data", scratch.path().string()}, "Is a directory"},
  };
  for (const auto& [arguments, expected] : cases) {
    const Outcome outcome = run_vippl(arguments);
    CAPTURE(outcome.err);
    CHECK(outcome.status == 5);
    CHECK(has(outcome.err, expected));
  }
  CHECK(run_vippl({"run", "/dev/zero"}).status == 1);
}

TEST_CASE("a script of 10 MB is answered in words, not by a crash") {
  const Scratch scratch;
  constexpr std::size_t size = under_sanitizers ? 1'000'000 : 10'000'000;
  std::string script;
  for (int i = 0; script.size() < size; ++i) {
    script += fmt::format("let value_number_{} = {} + {} # a line that says little\n", i, i, i);
  }
  const Outcome good = run_vippl({"check", scratch.write("long.vi", script)});
  CHECK((good.status == 0 || good.status == 1));
  const Outcome bad =
      run_vippl({"check", scratch.write("deep.vi", "let a = " + std::string(size, '('))});
  CHECK(bad.status == 1);
  CHECK(bad.err.size() < 10'000);
}

TEST_CASE("the first Ctrl-C ends a fit early and keeps what there is") {
  TerminalSession session({"run", wine_model, "--data", wine_data, "--algorithm", "adam", "--guide",
                           "meanfield", "--steps", "20000000"});
  session.wait_for("ELBO");  // the progress line
  session.type("\x03");
  session.wait_for("weight[malic_acid]");
  session.wait_for("the fit was interrupted");
  CHECK(session.finish() == 130);
}

TEST_CASE("any number of threads gives the same numbers") {
  const std::string folder = VIPPL_SOURCE_DIR "/examples/posteriordb/";
  const std::string name = under_sanitizers ? "garch-garch11" : "hudson_lynx_hare-lotka_volterra";
  const auto fitted = [&](const char* threads) {
    const Outcome outcome = run_vippl(
        {"run", folder + name + ".vi", "--data", folder + "data/" + name + ".json", "--algorithm",
         "laplace", "--starts", "2", "--format", "json", "--quiet", "--threads", threads});
    CHECK(outcome.status == 0);
    return outcome.out.substr(0, outcome.out.find("\"seconds\""));
  };
  const std::string alone = fitted("1");
  CHECK(alone.size() > 1000);
  for (const char* several : {"2", "5"}) {
    CHECK(fitted(several) == alone);
    if (under_sanitizers) break;
  }
}

TEST_CASE("a fit that cannot start ends with the status for it") {
  const Scratch scratch;
  const std::string model =
      scratch.write("m.vi", "sample a ~ normal(0, 1)\nfactor log(0 * exp(a))\n");
  const Outcome outcome = run_vippl({"run", model});
  CAPTURE(outcome.err);
  CHECK(outcome.status == 3);
  CHECK(has(outcome.err, "no fit could be made"));
}

TEST_CASE("the trace of a fit is written beside the draws, and no input is overwritten") {
  const Scratch scratch;
  const std::string model = scratch.write("m.vi", small_model);
  const std::string data = scratch.write("d.csv", small_data);
  const std::string trace = (scratch.path() / "trace.csv").string();
  CHECK(run_vippl({"run", model, "--data", data, "--trace", trace}).status == 0);
  std::ifstream file(trace);
  std::string header;
  std::string first;
  std::getline(file, header);
  CHECK(header == "iter,time_in_seconds,ELBO,gradient_norm,step");
  CHECK(std::getline(file, first));
  CHECK(run_vippl({"run", model, "--data", data, "--trace", trace}).status == 5);
  const Outcome input = run_vippl({"run", model, "--data", data, "--draws-csv", data, "--force"});
  CHECK(input.status == 2);
  CHECK(has(input.err, "an input of this run"));
  const Outcome same =
      run_vippl({"run", model, "--data", data, "--draws-csv", "o.csv", "--trace", "o.csv"});
  CHECK(same.status == 2);
}

TEST_CASE("output that cannot be written is an error") {
  for (const char* command : {" help > /dev/full 2> /dev/null", " repl > /dev/full 2> /dev/null"}) {
    const std::string line = std::string("echo '1 + 1' | ") + VIPPL_BINARY + command;
    CAPTURE(line);
    const int status = std::system(line.c_str());
    CHECK(WEXITSTATUS(status) == 5);
  }
}

TEST_CASE("a batch that the model has not is an error without a place in the script") {
  const Scratch scratch;
  const std::string model = scratch.write("m.vi", small_model);
  const std::string data = scratch.write("d.csv", small_data);
  const Outcome outcome = run_vippl({"run", model, "--data", data, "--batch", "m=2"});
  CAPTURE(outcome.err);
  CHECK(outcome.status == 1);
  CHECK_FALSE(has(outcome.err, "m.vi:1:1"));
}

TEST_CASE("check --strict says that it makes warnings errors; density warns of unknown names") {
  const Scratch scratch;
  const std::string unused = scratch.write("u.vi", "let spare = 1\nsample mu ~ normal(0, 1)\n");
  CHECK(
      has(run_vippl({"check", unused, "--strict"}).err, "1 warning, which --strict makes errors"));
  const std::string point = scratch.write("p.json", R"({"mu": 1, "muu": 2})");
  const Outcome outcome = run_vippl({"density", unused, "--at", point});
  CHECK(outcome.status == 0);
  CHECK(has(outcome.err, "`muu` is no latent of the model; did you mean `mu`?"));
}

TEST_CASE("a model without a finite start is traced to the row, and every statement is listed") {
  const Scratch scratch;
  const std::string model =
      scratch.write("m.vi",
                    "data y : real[n]\nsample s ~ exponential(1)\n"
                    "observe y ~ uniform(0 - s, 2 + s)  # allow: hard-bounds\n");
  const std::string data = scratch.write("d.csv", "y\n1\n500\n");
  const Outcome run = run_vippl({"run", model, "--data", data});
  CHECK(run.status == 3);
  CHECK(has(run.err, "uniform gives -inf in row 2 from 500, "));
  CHECK(has(run.err, "m.vi:2: sample s ~ exponential(1)"));
  CHECK(run.err.find("m.vi:3: observe y") < run.err.find("m.vi:2: sample s"));
}
