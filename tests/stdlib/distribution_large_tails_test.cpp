// Tails of counts too many to be added up one by one.
#include <doctest/doctest.h>

#include <cmath>

#include "stdlib/registry.h"
#include "tests/stdlib/distribution_points.h"

using namespace vippl;
using runtime::Distribution;
using tests::log_tail;
using tests::ScalarPoint;

namespace {

struct Reference {
  std::string_view name;
  ScalarPoint point;  // the value, then the parameters
  double log_cdf;
  double log_ccdf;
};

// The output of `/usr/bin/python3 tests/stdlib/distribution_large_tails_reference.py`
// (mpmath 1.3.0).
const std::vector<Reference> references = {
    {"beta_binomial", {10, 100000, 0.4, 2}, -3.3205137161694127, -0.036803272318005266},
    {"beta_binomial", {30000, 100000, 0.4, 2}, -0.2347255730122626, -1.564406390630314},
    {"beta_binomial", {99000, 100000, 0.4, 2}, -2.814056531851408e-05, -10.478312487230053},
    {"beta_binomial", {50, 100000, 0.3, 0.6}, -2.50002883351705, -0.08564790533114902},
    {"beta_binomial", {70000, 100000, 0.3, 0.6}, -0.23878839953091544, -1.5491969753237527},
    {"beta_binomial", {52000, 100000, 300, 200}, -8.712303388936613, -0.0001645623373813036},
    {"beta_binomial", {60000, 100000, 300, 200}, -0.6978338513083368, -0.6884823722719347},
    {"beta_binomial", {66000, 100000, 300, 200}, -0.0027025524020262114, -5.914909590311405},
    {"hypergeometric", {14000, 40000, 300000, 500000}, -59.874701859359774, -9.92544790949077e-27},
    {"hypergeometric", {15000, 40000, 300000, 500000}, -0.6886131701360402, -0.6977018419013882},
    {"hypergeometric", {15300, 40000, 300000, 500000}, -0.0007350927885962797, -7.215881347610517},
    {"skellam", {997809109, 2000000000, 1000000000}, -804.6735308590105, 0},
    {"skellam", {1002190890, 2000000000, 1000000000}, 0, -804.5437004559625},
    {"skellam", {999835683, 2000000000, 1000000000}, -6.607736842130298, -0.0013507956086912531},
    {"skellam", {1000164316, 2000000000, 1000000000}, -0.0013508676303590375, -6.607683561593228},
    {"skellam", {999972613, 2000000000, 1000000000}, -1.1759186461185105, -0.3689433433593616},
    {"skellam", {1000027386, 2000000000, 1000000000}, -0.36894256870875974, -1.175920382204886},
    {"skellam", {-2000080000000, 1000000000000, 3000000000000}, -804.6057653373833, 0},
    {"skellam", {-1999920000001, 1000000000000, 3000000000000}, 0, -804.6110986643816},
    {"skellam",
     {-2000006000000, 1000000000000, 3000000000000},
     -6.607724306369814,
     -0.0013508125534896494},
    {"skellam",
     {-1999994000001, 1000000000000, 3000000000000},
     -0.0013508095949286204,
     -6.607726495101685},
    {"skellam",
     {-2000001000000, 1000000000000, 3000000000000},
     -1.175911511982902,
     -0.368946526667501},
    {"skellam",
     {-1999999000001, 1000000000000, 3000000000000},
     -0.36894655849004676,
     -1.175911440665529},
    {"skellam", {-5656854250, 1e+16, 1e+16}, -804.608442015905, 0},
    {"skellam", {5656854249, 1e+16, 1e+16}, 0, -804.608442015905},
    {"skellam", {-424264069, 1e+16, 1e+16}, -6.607726216590426, -0.001350809971398566},
    {"skellam", {424264068, 1e+16, 1e+16}, -0.001350809971398566, -6.607726216590426},
    {"skellam", {-70710679, 1e+16, 1e+16}, -1.1759117646705555, -0.36894641391569605},
    {"skellam", {70710678, 1e+16, 1e+16}, -0.36894641391569605, -1.1759117646705555},
};

}  // namespace

TEST_CASE("tails of very many counts agree with sums and inversions in 30 digits") {
  for (const Reference& c : references) {
    INFO(c.name, " at ", c.point[0], ", first parameter ", c.point[1]);
    const Distribution& distribution = *stdlib::registry().distribution(c.name);
    // The log of a factorial of 1e5 is 1e6, of which a rounding is 1e-10.
    const double tolerance = c.name == "skellam" ? 1e-12 : 2e-9;
    CHECK(std::abs(log_tail(distribution.log_cdf, c.point) - c.log_cdf) <=
          tolerance * (1 + std::abs(c.log_cdf)));
    CHECK(std::abs(log_tail(distribution.log_ccdf, c.point) - c.log_ccdf) <=
          tolerance * (1 + std::abs(c.log_ccdf)));
  }
}

TEST_CASE("with a thousand million trials a beta_binomial is a beta, and is had at once") {
  const Distribution& counts = *stdlib::registry().distribution("beta_binomial");
  const Distribution& shares = *stdlib::registry().distribution("beta");
  constexpr double trials = 1e9;
  for (const double share : {0.01, 0.4, 0.9}) {
    CAPTURE(share);
    for (const auto& [alpha, beta] : {std::pair{0.4, 2.0}, {3.0, 5.0}, {0.5, 0.5}}) {
      const double found = log_tail(counts.log_cdf, {share * trials, trials, alpha, beta});
      // The logs of factorials of 1e9 are rounded to 2e-6.
      CHECK(std::abs(found - log_tail(shares.log_cdf, {share, alpha, beta})) < 1e-5);
    }
  }
}

TEST_CASE("derivatives of long sums are those of their values") {
  const Distribution& counts = *stdlib::registry().distribution("beta_binomial");
  const ScalarPoint point = {30000, 100000, 3, 7};
  for (const runtime::ScalarKernel kernel : {counts.log_cdf, counts.log_ccdf}) {
    std::vector<double> partials(point.size());
    std::vector<double*> outputs;
    std::vector<runtime::KernelArgument> arguments;
    for (std::size_t i = 0; i < point.size(); ++i) {
      arguments.push_back({&point[i], 0});
      outputs.push_back(&partials[i]);
    }
    double value = 0;
    kernel(1, arguments.data(), &value, outputs.data());
    CHECK(value == doctest::Approx(log_tail(kernel, point)));
    for (const std::size_t k : {2, 3}) {
      CAPTURE(k);
      const auto moved = [&](double step) {
        ScalarPoint at = point;
        at[k] += step;
        return log_tail(kernel, at);
      };
      const double step = 1e-3;  // wide, as the values are rounded to 1e-9
      const double difference =
          (8 * (moved(step) - moved(-step)) - (moved(2 * step) - moved(-2 * step))) / (12 * step);
      CHECK(partials[k] == doctest::Approx(difference).epsilon(1e-5));
    }
  }
}
