#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "tests/cli/process.h"

using vippl::cli::testing::has;
using vippl::cli::testing::Outcome;
using vippl::cli::testing::run_vippl;
using vippl::cli::testing::Scratch;
using vippl::cli::testing::TerminalSession;

namespace {

const std::string wine_data = VIPPL_SOURCE_DIR "/examples/wine/wine.csv";

}  // namespace

TEST_CASE("entries from a pipe are evaluated without a terminal") {
  const Outcome outcome = run_vippl({"repl"},
                                    "let a = 1 +\n"
                                    "  2\n"
                                    "a * 10\n"
                                    "let v = [1, 2.5, 3]\n"
                                    "v\n"
                                    "sum(v)\n"
                                    ":model\n");
  CAPTURE(outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.out == "30\n[1, 2.5, 3]\n6.5\nlet a = 1 +\n  2\nlet v = [1, 2.5, 3]\n");
}

TEST_CASE("a bad entry is reported, not kept, and the session goes on") {
  const Outcome outcome = run_vippl({"repl"},
                                    "let a = 1\n"
                                    "let b = a + nothing\n"
                                    "let b = ) \n"
                                    ":fti\n"
                                    "?nromal\n"
                                    ":data /nowhere.csv\n"
                                    ":summary\n"
                                    "let b = a + 1\n"
                                    "b\n"
                                    ":quit\n"
                                    "b + 1\n");
  CAPTURE(outcome.err);
  CHECK(outcome.out == "2\n");
  CHECK(has(outcome.err, "nothing"));
  CHECK(has(outcome.err, "did you mean `:fit`?"));
  CHECK(has(outcome.err, "did you mean `normal`?"));
  CHECK(has(outcome.err, "No such file"));
  CHECK(has(outcome.err, "type :fit"));
  CHECK(outcome.status == 1);
}

TEST_CASE("a latent shows its prior, and after a fit its posterior") {
  const Outcome outcome = run_vippl({"repl"},
                                    "sample mu ~ normal(3, 2)\n"
                                    "mu\n"
                                    "observe [4, 4.2, 3.9, 4.1] ~ normal(mu, 0.2)\n"
                                    ":fit\n"
                                    "mu\n"
                                    "mu - 4\n"
                                    "let shift = 1\n"
                                    "mu + shift\n"
                                    "observe 4 ~ normal(mu, 0.2)\n"
                                    "mu\n");
  CAPTURE(outcome.err);
  CAPTURE(outcome.out);
  CHECK(outcome.status == 0);
  const std::size_t fit = outcome.out.find("ELBO");
  REQUIRE(fit != std::string::npos);
  CHECK(outcome.out.find("prior") < fit);
  CHECK(has(outcome.out.substr(fit), "posterior"));
  CHECK(has(outcome.out.substr(fit), "mu - 4"));
  CHECK(has(outcome.out, "the fit is forgotten"));
  CHECK(has(outcome.out.substr(outcome.out.find("forgotten")), "prior"));
}

TEST_CASE("the session explains functions, distributions and its own names") {
  const Outcome outcome = run_vippl({"repl"},
                                    "?normal\n"
                                    "let spare = 2\n"
                                    "?spare\n"
                                    "?exp\n"
                                    ":help\n");
  CAPTURE(outcome.err);
  CHECK(outcome.status == 0);
  CHECK(has(outcome.out, "normal(location: real, scale: positive)"));
  CHECK(has(outcome.out, "support: real"));
  CHECK(has(outcome.out, "let spare = 2"));
  CHECK(has(outcome.out, "exp("));
  CHECK(has(outcome.out, ":load FILE"));
  // What is not used yet may be used by the next entry.
  CHECK(outcome.err.empty());
}

TEST_CASE("an array may be filled over several entries") {
  const Outcome outcome = run_vippl({"repl"},
                                    "sample x : real[3]\n"
                                    "sample x[1] ~ normal(0, 1)\n"
                                    "for t in 2..3 { sample x[t] ~ normal(x[t - 1], 1) }\n"
                                    "x\n");
  CAPTURE(outcome.err);
  CHECK(outcome.status == 0);
  CHECK(has(outcome.out, "x[3]"));
}

TEST_CASE("scripts and data are loaded, and forgotten with :reset") {
  const Scratch scratch;
  const std::string model = scratch.write(
      "m.vi",
      "data alcohol : real[n]\nsample mu ~ normal(13, 1)\nobserve alcohol ~ normal(mu, 1)\n");
  const Outcome outcome = run_vippl({"repl", model, "--data", wine_data},
                                    "n\n"
                                    ":fit --guide fullrank --seed 3\n"
                                    ":summary --all\n"
                                    ":reset\n"
                                    ":model\n"
                                    ":load " +
                                        model +
                                        "\n"
                                        "n + 1\n");
  CAPTURE(outcome.err);
  CHECK(outcome.status == 0);
  CHECK(has(outcome.out, "alcohol : real[178]"));
  CHECK(has(outcome.out, "\n178\n"));
  CHECK(has(outcome.out, "fullrank"));
  CHECK(has(outcome.out, "no statements yet"));
  CHECK(has(outcome.out, "\n179\n"));
}

TEST_CASE("a session at a terminal: define, load wine, fit, inspect, err, go on") {
  const Scratch scratch;
  setenv("XDG_STATE_HOME", scratch.path().c_str(), 1);
  setenv("NO_COLOR", "1", 1);
  TerminalSession session({"repl"});
  const auto enter = [&](const std::string& text) {
    session.wait_for("vippl> ");
    session.type(text + "\r");
  };
  enter(":data " + wine_data);
  session.wait_for("alcohol : real[178]");
  enter("data alcohol : real[n]");
  enter("data X : real[n, p] = columns(except = [alcohol, cultivar])");
  enter("let Z = standardize(X)");
  enter("let y = standardize(alcohol)");
  enter("sample bias ~ normal(0, 1)");
  enter("sample weight : real[p] ~ normal(0,");
  session.wait_for("  ...> ");
  session.type("1)\r");
  enter("weight");
  session.wait_for("prior");
  session.wait_for("weight[malic_acid]");
  enter("observe y ~ normal(bias + Z @ weight, 0.1)");
  enter(":fit");
  session.wait_for("ELBO");
  session.wait_for("verdict");
  enter("weight[1] + 1");
  session.wait_for("posterior");
  enter("wieght");
  session.wait_for("error");
  enter("2 * 21");
  session.wait_for("42");
  // Completion: `standa` goes on to `standardize`, the only name that begins so.
  enter("sum(standa\t([1, 2, 3]))");
  session.wait_for("rdize");
  // Ctrl-C drops the line, not the session.
  session.wait_for("vippl> ");
  session.type("let dropped = \x03");
  // On an interrupt the terminal drops what is on its way in both directions, sometimes the new
  // prompt.
  session.type("\r");
  enter("2 * 22");
  session.wait_for("44");
  // Not Ctrl-D: typed faster than a person can, it meets the terminal before libedit has set it to
  // raw, and is lost.
  enter(":quit");
  CHECK(session.finish() == 0);
  CHECK(std::filesystem::exists(scratch.path() / "vippl/history"));
  unsetenv("XDG_STATE_HOME");
  unsetenv("NO_COLOR");
}

TEST_CASE("the last entry can be undone, and newer data replace older") {
  const Scratch scratch;
  const std::string a = scratch.write("a.csv", "y\n1\n2\n");
  const std::string b = scratch.write("b.csv", "y\n1\n2\n3\n");
  const Outcome outcome = run_vippl({"repl"}, ":data " + a + "\n:data " + b +
                                                  "\ndata y : real[n]\nn * 100\n"
                                                  "let k = 1\n:undo\nlet k = 7\nk\n");
  CAPTURE(outcome.err);
  CAPTURE(outcome.out);
  CHECK(outcome.status == 0);
  CHECK(has(outcome.out, "`y` is now that of " + b));
  CHECK(has(outcome.out, "300\n"));
  CHECK(has(outcome.out, "dropped: let k = 1\n7\n"));
}

TEST_CASE("a script is not loaded twice, and commands without their colon are recognised") {
  const Scratch scratch;
  const std::string model = scratch.write("m.vi", "let k = 1\n");
  const Outcome outcome =
      run_vippl({"repl", model}, ":load " + model + "\nhelp\nquit\ndata y : real\n");
  CHECK(has(outcome.err, "is loaded already; type :reset"));
  CHECK(has(outcome.err, "commands begin with a colon: :help"));
  CHECK(has(outcome.err, "commands begin with a colon: :quit"));
  CHECK(has(outcome.err, ":data FILE"));
  CHECK_FALSE(has(outcome.err, "--data FILE"));
}
