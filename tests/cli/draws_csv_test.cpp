#include "cli/draws_csv.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/cli/hand_made_fit.h"

using vippl::cli::write_draws_csv;
using vippl::cli::testing::HandMadeFit;
using vippl::inference::ReportedDraws;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::string text_of(const ReportedDraws& draws) {
  const HandMadeFit fit(1);
  std::string text;
  write_draws_csv(draws, fit.quantities, [&](std::string_view piece) { text += piece; });
  return text;
}

}  // namespace

TEST_CASE("draws are written as R's posterior reads them") {
  const vippl::inference::Points points(2, 1);
  vippl::runtime::Draws constrained(2, 8);
  constrained << 0, 0.1, 2, 3, 4, 5, 6, 7,  //
      1, std::numeric_limits<double>::quiet_NaN(), -infinity, 1e-300, 0, 0, 0, 0;
  ReportedDraws draws{points, constrained, Eigen::Vector2d(-6.907755278982137, -infinity)};
  CHECK(text_of(draws) ==
        ".chain,.iteration,.draw,\"fitted[1]\",bias,\"weight[1]\",\"weight[2]\",\"W[1,1]\","
        "\"W[1,2]\",\"W[2,1]\",\"W[2,2]\"\n"
        "1,1,1,0,0.1,2,3,4,5,6,7\n"
        "1,2,2,1,NaN,-Inf,1e-300,0,0,0,0\n");

  draws.is_weighted = true;
  const std::string weighted = text_of(draws);
  CHECK(weighted.starts_with(".chain,.iteration,.draw,.log_weight,\"fitted[1]\""));
  CHECK(weighted.find("\n1,1,1,-6.907755278982137,0,0.1") != std::string::npos);
  CHECK(weighted.find("\n1,2,2,-Inf,1,NaN") != std::string::npos);
}

TEST_CASE("draws of chains are written chain by chain, however they are kept") {
  const vippl::inference::Points points(4, 1);
  vippl::runtime::Draws constrained = vippl::runtime::Draws::Zero(4, 8);
  constrained.col(0) << 11, 21, 12, 22;  // chain, state: the first states of both chains first
  ReportedDraws draws{points, constrained, Eigen::VectorXd::Zero(4)};
  draws.chains = 2;
  draws.is_chain_by_chain = false;
  const std::string text = text_of(draws);
  CHECK(text.find("\n1,1,1,11,0,0,0,0,0,0,0\n1,2,2,12,0,0,0,0,0,0,0\n2,1,3,21,0,0,0,0,0,0,0\n"
                  "2,2,4,22,0,0,0,0,0,0,0\n") != std::string::npos);
}
