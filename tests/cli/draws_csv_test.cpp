#include "cli/draws_csv.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/cli/hand_made_fit.h"

using vippl::cli::Weights;
using vippl::cli::write_draws_csv;
using vippl::cli::testing::HandMadeFit;

namespace {

HandMadeFit fit_with_draws() {
  HandMadeFit fit(1);
  fit.posterior.constrained.resize(2, 8);
  fit.posterior.constrained << 0, 0.1, 2, 3, 4, 5, 6, 7,  //
      1, std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::infinity(), 1e-300,
      0, 0, 0, 0;
  return fit;
}

std::string text_of(const HandMadeFit& fit, Weights weights) {
  std::string text;
  write_draws_csv(fit.posterior, fit.quantities, weights,
                  [&](std::string_view piece) { text += piece; });
  return text;
}

}  // namespace

TEST_CASE("draws are written as R's posterior reads them") {
  CHECK(text_of(fit_with_draws(), Weights::omit) ==
        ".chain,.iteration,.draw,\"fitted[1]\",bias,\"weight[1]\",\"weight[2]\",\"W[1,1]\","
        "\"W[1,2]\",\"W[2,1]\",\"W[2,2]\"\n"
        "1,1,1,0,0.1,2,3,4,5,6,7\n"
        "1,2,2,1,NaN,-Inf,1e-300,0,0,0,0\n");
}

TEST_CASE("weights have a column of their own") {
  const std::string text = text_of(fit_with_draws(), Weights::write);
  CHECK(text.starts_with(".chain,.iteration,.draw,.log_weight,\"fitted[1]\""));
  CHECK(text.find("\n1,1,1,-6.907755278982137,0,0.1") != std::string::npos);
}
