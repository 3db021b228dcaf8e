#include "cli/summary_table.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <sstream>

#include "tests/cli/hand_made_fit.h"

using vippl::cli::Length;
using vippl::cli::summary_rows;
using vippl::cli::summary_table;
using vippl::cli::Terminal;
using vippl::cli::testing::HandMadeFit;

namespace {

Terminal terminal(std::size_t width, bool has_utf8 = false) {
  Terminal result;
  result.width = width;
  result.has_utf8 = has_utf8;
  return result;
}

std::size_t longest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) {
    longest = std::max(longest, vippl::cli::text_width(line));
  }
  return longest;
}

}  // namespace

TEST_CASE("the table shows latents with their labels, then derived values, elided") {
  const HandMadeFit fit;
  CHECK(summary_table(fit.report, terminal(80), Length::elided) ==
        R"(                      mean     sd      5%     50%     95%    mcse  trust
bias                29.000  0.250  28.600  29.000  29.400  0.0001  yes
weight[malic_acid]  30.000  0.250  29.600  30.000  30.400  0.0001  yes
weight[ash]         31.000  0.250  30.600  31.000  31.400  0.0001  yes
W[1,1]              32.000  0.250  31.600  32.000  32.400  0.0001  yes
W[1,2]              33.000  0.250  32.600  33.000  33.400  0.0001  yes
W[2,1]              34.000  0.250  33.600  34.000  34.400  0.0001  yes
W[2,2]              35.000  0.250  34.600  35.000  35.400  0.0001  yes
fitted[1]           -1.000  0.250  -1.400  -1.000  -0.600  0.0001  yes
fitted[2]            0.000  0.250  -0.400   0.000   0.400  0.0001  yes
fitted[3]            1.000  0.250   0.600   1.000   1.400  0.0001  yes
fitted[4]            2.000  0.250   1.600   2.000   2.400  0.0001  yes
... 24 more of fitted (--all)
fitted[29]          27.000  0.250  26.600  27.000  27.400  0.0001  yes
fitted[30]          28.000  0.250  27.600  28.000  28.400  0.0001  yes

guide     meanfield, 7 unconstrained coordinates, fitted by saa
ELBO      -123.457 +- 0.012 nats
k-hat     0.31: the guide is close to the posterior
stopped   converged after 12 iterations
time      0.042 s, seed 7
verdict   trustworthy: importance weights confirm the guide (k-hat 0.31)
next      add --draws-csv FILE for the draws, --format json for all digits
)");
}

TEST_CASE("every element is shown on request") {
  const HandMadeFit fit;
  const std::string rows = summary_rows(fit.report, terminal(80), Length::all);
  CHECK(rows.find("fitted[17]") != std::string::npos);
  CHECK(rows.find("more of") == std::string::npos);
}

TEST_CASE("a short derived array is not elided") {
  const HandMadeFit fit(10);
  const std::string rows = summary_rows(fit.report, terminal(80), Length::elided);
  CHECK(rows.find("fitted[7]") != std::string::npos);
}

TEST_CASE("the table keeps to the width of the terminal") {
  HandMadeFit fit;
  fit.quantities[2].labels = {{"a_very_long_label_that_does_not_fit_anywhere_at_all", "ash"}};
  for (const std::size_t width : {30U, 40U, 60U, 80U, 120U}) {
    CAPTURE(width);
    CHECK(longest_line(summary_table(fit.report, terminal(width), Length::elided)) <=
          std::max<std::size_t>(width, 40));
  }
  const std::string wide = summary_table(fit.report, terminal(0), Length::elided);
  CHECK(wide.find("a_very_long_label_that_does_not_fit_anywhere_at_all") != std::string::npos);
}

TEST_CASE("a poor fit is called what it is, with a next step") {
  HandMadeFit fit;
  fit.posterior.khat = 1.2;
  std::string text = summary_table(fit.report, terminal(0), Length::elided);
  CHECK(text.find("k-hat     1.20: the guide is far from the posterior somewhere") !=
        std::string::npos);
  CHECK(text.find("verdict   not trustworthy: the guide is far from the posterior somewhere") !=
        std::string::npos);

  fit.posterior.khat = std::numeric_limits<double>::infinity();
  text = summary_table(fit.report, terminal(0), Length::elided);
  CHECK(text.find("k-hat     inf") != std::string::npos);
  CHECK(text.find("not trustworthy") != std::string::npos);

  fit.posterior.khat = 0.1;
  fit.posterior.converged = false;
  fit.posterior.stop_reason = vippl::inference::StopReason::interrupted;
  text = summary_table(fit.report, terminal(0), Length::elided);
  CHECK(text.find("not trustworthy: the fit was interrupted") != std::string::npos);
}

TEST_CASE("UTF-8 is used only where it can be shown") {
  const HandMadeFit fit;
  CHECK(summary_table(fit.report, terminal(80, true), Length::elided).find("±") !=
        std::string::npos);
  for (const char c : summary_table(fit.report, terminal(80), Length::elided)) {
    REQUIRE(static_cast<unsigned char>(c) < 0x80U);
  }
}

TEST_CASE("columns that are left out for width are named") {
  const HandMadeFit fit;
  const std::string narrow = summary_table(fit.report, terminal(40), Length::elided);
  CHECK(narrow.find("left out for width: ") != std::string::npos);
  CHECK(narrow.find("--format json has all columns") != std::string::npos);
  CHECK(summary_table(fit.report, terminal(80), Length::elided).find("left out") ==
        std::string::npos);
}

TEST_CASE("sds by linear response have a column beside sd, and a line that says what they are") {
  HandMadeFit fit(2);
  fit.report.summaries[2].linear_response_sd = 0.7512;
  fit.posterior.linear_response_sd = Eigen::VectorXd::Ones(1);
  const std::string text = summary_table(fit.report, terminal(0), Length::elided);
  CHECK(
      text.starts_with("                      mean     sd  lr sd      5%     50%     95%    mcse"));
  CHECK(text.find("\nbias                 1.000  0.250  0.751   0.600   1.000   1.400  0.0001") !=
        std::string::npos);
  CHECK(text.find("\nweight[malic_acid]   2.000  0.250          1.600") != std::string::npos);
  CHECK(text.find("lr sd     a mean field's sds are too small where latents are correlated") !=
        std::string::npos);
}

TEST_CASE("a fit whose starts found different modes is not trustworthy, whatever its k-hat") {
  HandMadeFit fit;
  vippl::inference::StartEnd rival;
  rival.is_rival = true;
  fit.posterior.start_ends = {vippl::inference::StartEnd(), rival};
  const std::string text = summary_table(fit.report, terminal(0), Length::elided);
  CHECK(text.find("not trustworthy: the starts found different modes") != std::string::npos);
  CHECK(text.find("`ordered[k]`") != std::string::npos);
}

TEST_CASE("modes stand side by side under the verdict, with what differs") {
  HandMadeFit fit(2);
  vippl::inference::Modes& modes = fit.posterior.modes;
  modes.is_weighed = true;
  for (const double share : {0.62, 0.38}) {
    vippl::inference::Mode mode;
    mode.share = share;
    mode.elbo = -100 + std::log(share);
    mode.starts = share > 0.5 ? 9 : 7;
    mode.mean = Eigen::VectorXd::Zero(9);
    mode.sd = Eigen::VectorXd::Constant(9, 0.25);
    modes.found.push_back(mode);
  }
  modes.found[1].mean[2] = 3;  // bias
  modes.found[1].mean[4] = -12.5;
  const std::string text = summary_table(fit.report, terminal(0), Length::elided);
  CHECK_MESSAGE(text.ends_with(R"(
             mode 1        mode 2
share        62 %          38 %
ELBO         -100.48       -100.97
starts       9             7
bias         0.00 +- 0.25  3.00 +- 0.25
weight[ash]  0.00 +- 0.25  -12.50 +- 0.25
shares of the posterior by importance weights; mean +- sd within each mode
)"),
                text);
  modes.is_weighed = false;
  modes.found[1].exchange_of = 0;
  const std::string exchanged = summary_table(fit.report, terminal(0), Length::elided);
  CHECK(exchanged.find("order of                   mode 1\n") != std::string::npos);
  CHECK(exchanged.find("by the ELBOs of the normals there") != std::string::npos);
  modes.found.resize(6, modes.found[1]);
  const std::string many = summary_table(fit.report, terminal(0), Length::elided);
  CHECK(many.find("... 2 more modes\n--format json has all of them\n") != std::string::npos);
}
