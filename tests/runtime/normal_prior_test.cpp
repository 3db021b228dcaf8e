#include "runtime/normal_prior.h"

#include <doctest/doctest.h>

#include <limits>
#include <numbers>

#include "tests/support/operation_check.h"

namespace vippl::testing {
namespace {

using runtime::Index;
using runtime::NormalPrior;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

struct Known {
  std::vector<double> locations;
  std::vector<double> scales;
};

// One location for all or one each; likewise the scales.
std::vector<Known> ways(Index size) {
  Known each;
  for (Index i = 0; i < size; ++i) {
    each.locations.push_back(0.7 * static_cast<double>(i) - 2);
    each.scales.push_back(0.3 + 0.2 * static_cast<double>(i % 5));
  }
  return {{{0.4}, {1.7}}, {{-1.2}, each.scales}, {each.locations, {0.6}}, each};
}

OperationInput latent(Index size, Index lanes) {
  runtime::Rng rng(5, runtime::Purpose::test);
  OperationInput input{std::vector<double>(static_cast<std::size_t>(size * lanes)), size, false};
  rng.fill_normal(input.values);
  return input;
}

double exact(const Known& known, const std::vector<double>& x) {
  long double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double scale = known.scales[known.scales.size() == 1 ? 0 : i];
    const long double z = (x[i] - known.locations[known.locations.size() == 1 ? 0 : i]) / scale;
    sum -= z * z / 2 + std::log(scale) + std::log(2 * std::numbers::pi_v<long double>) / 2;
  }
  return static_cast<double>(sum);
}

// Whole vectors and what is left of them.
constexpr Index sizes[] = {1, 3, 4, 11};

TEST_CASE("a normal prior has the right value and derivatives in every lane") {
  for (const Index size : sizes) {
    for (const Known& known : ways(size)) {
      CAPTURE(size);
      const NormalPrior prior(size, known.locations, known.scales);
      const OperationInput alone = latent(size, 1);
      CHECK(run_operation(prior, {alone}, 1, 1).out[0] ==
            doctest::Approx(exact(known, alone.values)).epsilon(1e-14));
      for (const Index lanes : {1, 3, 8}) check_operation(prior, {latent(size, lanes)}, 1, lanes);
    }
  }
}

TEST_CASE("a normal prior of bad numbers is void in their lane only") {
  constexpr Index size = 6;
  for (const Known& known : ways(size)) {
    const NormalPrior prior(size, known.locations, known.scales);
    for (const Index lanes : {1, 3, 8}) {
      const auto width = static_cast<std::size_t>(lanes);
      const std::vector<double> weights(width, 1.0);
      const OperationInput good = latent(size, lanes);
      const OperationResult expected = run_operation(prior, {good}, 1, lanes, weights);
      for (const double bad : {infinity, -infinity, nan}) {
        CAPTURE(lanes);
        CAPTURE(bad);
        OperationInput input = good;
        input.values[2 * width] = bad;  // in lane 0
        const OperationResult found = run_operation(prior, {input}, 1, lanes, weights);
        if (std::isnan(bad)) {
          CHECK(std::isnan(found.out[0]));
          CHECK(std::isnan(found.adjoints[0][2 * width]));
        } else {
          CHECK(found.out[0] == -infinity);
          for (std::size_t i = 0; i < size; ++i) CHECK(found.adjoints[0][i * width] == 0);
        }
        for (std::size_t l = 1; l < width; ++l) {
          CHECK(found.out[l] == expected.out[l]);
          for (std::size_t i = 0; i < size; ++i)
            CHECK(found.adjoints[0][i * width + l] == expected.adjoints[0][i * width + l]);
        }
      }
    }
  }
}

}  // namespace
}  // namespace vippl::testing
