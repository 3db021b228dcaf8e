#include "inference/mode.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace vippl::inference;
using Eigen::VectorXd;
using vippl::runtime::Quantity;
using vippl::runtime::ScalarMap;

namespace {

/// mu[1], mu[2], a share p of the components, and a scale that they have in common.
std::vector<Quantity> mixture_of_two() {
  std::vector<Quantity> quantities(3);
  const ScalarMap identity{ScalarMap::Kind::identity, 0, 0, 1};
  quantities[0].name = "mu";
  quantities[0].shape = {2};
  quantities[0].maps = {identity, identity};
  quantities[1].name = "p";
  quantities[1].offset = 2;
  quantities[1].maps = {{ScalarMap::Kind::inverse_logit, 2, 0, 1}};
  quantities[2].name = "s";
  quantities[2].offset = 3;
  quantities[2].maps = {{ScalarMap::Kind::exponential, 3, 0, 1}};
  return quantities;
}

using Four = std::array<double, 4>;

Mode mode(double share, const Four& mean, const Four& sd) {
  Mode result;
  result.share = share;
  result.mean = VectorXd::Map(mean.data(), 4);
  result.sd = VectorXd::Map(sd.data(), 4);
  return result;
}

constexpr Four mean_of_first = {-1, 2, 0.3, 1};
constexpr Four sd_of_first = {0.1, 0.3, 0.05, 0.1};

}  // namespace

TEST_CASE("a mode with latents in each other's places is an exchange, and says which moved") {
  const std::vector<Quantity> quantities = mixture_of_two();
  Modes modes;
  modes.found = {mode(0.55, mean_of_first, sd_of_first),
                 mode(0.45, {2.05, -1.01, 0.7, 1.01}, {0.28, 0.1, 0.05, 0.1})};
  mark_exchanges(quantities, modes);
  REQUIRE(modes.found[1].exchange_of);
  CHECK(*modes.found[1].exchange_of == 0);
  CHECK(modes.are_all_exchanges());
  CHECK(modes.changes_places == std::vector<bool>{true, true, true, false});
  CHECK(modes.leaves_open(0));
  CHECK_FALSE(modes.leaves_open(3));
}

TEST_CASE("modes that differ otherwise, or in their mass, are no exchanges") {
  const std::vector<Quantity> quantities = mixture_of_two();
  struct Case {
    std::string what;
    Mode other;
  };
  for (const Case& c :
       {Case{"mass", mode(0.1, {2, -1, 0.7, 1}, {0.3, 0.1, 0.05, 0.1})},
        Case{"a mean", mode(0.5, {2, -1.5, 0.7, 1}, {0.3, 0.1, 0.05, 0.1})},
        Case{"an sd", mode(0.5, {2, -1, 0.7, 1}, {0.1, 0.1, 0.05, 0.1})},
        Case{"the share of the components", mode(0.5, {2, -1, 0.9, 1}, {0.3, 0.1, 0.05, 0.1})},
        Case{"what they have in common", mode(0.5, {2, -1, 0.7, 2}, {0.3, 0.1, 0.05, 0.1})},
        Case{"one scalar", mode(0.5, {-1, 2, 0.7, 1}, sd_of_first)}}) {
    CAPTURE(c.what);
    Modes modes;
    modes.found = {mode(0.5, mean_of_first, sd_of_first), c.other};
    mark_exchanges(quantities, modes);
    CHECK_FALSE(modes.has_exchange());
    CHECK_FALSE(modes.are_all_exchanges());
  }
}

TEST_CASE("a guide that holds all modes leaves nothing open but exchanges") {
  const std::vector<Quantity> quantities = mixture_of_two();
  Modes modes;
  modes.found = {mode(0.3, mean_of_first, sd_of_first),
                 mode(0.3, {2, -1, 0.7, 1}, {0.3, 0.1, 0.05, 0.1}),
                 mode(0.4, {-1, 2, 0.3, 9}, sd_of_first)};
  mark_exchanges(quantities, modes);
  CHECK(modes.has_exchange());
  CHECK_FALSE(modes.are_all_exchanges());
  CHECK(modes.leaves_open(3));
  modes.guide_holds_them = true;
  CHECK_FALSE(modes.leaves_open(3));
  CHECK(modes.leaves_open(0));
}
