#include "runtime/mixture_density.h"

#include <cmath>
#include <limits>

#include "tests/support/operation_check.h"

namespace vippl::runtime {

namespace {

using testing::OperationInput;

constexpr double infinity = std::numeric_limits<double>::infinity();

Broadcast full() { return {}; }
Broadcast scalar() { return {Broadcast::Kind::scalar, {}}; }

// Two components; the densities of the second are one for all rows. The weights are fixed: moved
// one by one they would be no simplex. Models test their derivatives, through the transform.
std::vector<OperationInput> inputs(Index rows, Index lanes, bool weight_per_row, bool fixed) {
  const Index vectors = weight_per_row ? rows : 1;
  std::vector<OperationInput> result = {{{}, 2 * vectors, true}, {{}, rows, false}, {{}, 1, fixed}};
  for (OperationInput& input : result) {
    const Index count = input.size * (input.fixed ? 1 : lanes);
    for (Index i = 0; i < count; ++i)
      input.values.push_back(0.3 + 0.2 * std::sin(static_cast<double>(3 * i + input.size)));
  }
  std::vector<double>& weights = result[0].values;
  for (std::size_t i = 1; i < weights.size(); i += 2) weights[i] = 1 - weights[i - 1];
  return result;
}

double mixed(std::vector<double> weights, std::vector<double> densities) {
  const auto operation = make_mixture_density({1, scalar(), {full(), full()}, false});
  const std::vector<OperationInput> in = {
      {std::move(weights), 2, false}, {{densities[0]}, 1, false}, {{densities[1]}, 1, false}};
  return testing::run_operation(*operation, in, 1, 1).out[0];
}

}  // namespace

TEST_CASE("the density of a mixture: every lane alone, and its derivatives") {
  for (const Index lanes : {1, 3}) {
    for (int mix = 0; mix < 8; ++mix) {
      const bool per_row = (mix & 1) != 0;
      const bool summed = (mix & 2) != 0;
      const Index rows = 4;
      const auto operation =
          make_mixture_density({rows, per_row ? full() : scalar(), {full(), scalar()}, summed});
      testing::check_operation(*operation, inputs(rows, lanes, per_row, (mix & 4) != 0),
                               summed ? 1 : rows, lanes, 1e-8);
    }
  }
}

TEST_CASE("a mixture where densities underflow, vanish, or have no weight") {
  CHECK(mixed({0.25, 0.75}, {-2000, -2001}) ==
        doctest::Approx(-2000 + std::log(0.25 + 0.75 * std::exp(-1))).epsilon(1e-14));
  CHECK(mixed({0.25, 0.75}, {-infinity, -3}) == doctest::Approx(std::log(0.75) - 3));
  CHECK(mixed({0.25, 0.75}, {-infinity, -infinity}) == -infinity);
  CHECK(mixed({0.5, 0.6}, {-1, -3}) == -infinity);
  CHECK(mixed({-0.5, 1.5}, {-1, -3}) == -infinity);
  CHECK(mixed({0, 1}, {infinity, -3}) == -3);
  CHECK(mixed({0, 1}, {std::nan(""), -3}) == -3);
  CHECK(std::isnan(mixed({0.5, 0.5}, {std::nan(""), -3})));
  CHECK(std::isnan(mixed({0.5, 0.5}, {-3, std::nan("")})));
}

}  // namespace vippl::runtime
