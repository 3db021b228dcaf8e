#include "runtime/normal_statistics.h"

#include <doctest/doctest.h>

#include <limits>

#include "tests/support/operation_check.h"

namespace vippl::testing {
namespace {

using runtime::FactorBlock;
using runtime::NormalStatistics;

constexpr int most_columns = 19;

FactorBlock block_of(int rows, int columns) {
  FactorBlock block;
  block.rows = rows;
  for (int j = 0; j < columns; ++j) {
    block.coefficients.push_back({0, j});
    block.origin.push_back(0.1 * j);
  }
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < columns; ++j) block.factor.push_back(j < i ? 0.0 : 0.3 * i - 0.2 * j + 1);
    block.e.push_back(0.1 * i - 0.4);
  }
  return block;
}

// Blocks that share coefficients; the later ones are long enough for the vector engine, and for
// several panels of rows.
std::vector<FactorBlock> blocks() {
  const FactorBlock small{{{0, 1}, {1, 0}}, {0.2, -0.1}, 2, {2, -1, 0, 3}, {0.5, -2}};
  return {small, block_of(4, 6), block_of(most_columns, most_columns), block_of(8, 8)};
}

std::vector<OperationInput> inputs(runtime::Index lanes, bool has_scale) {
  runtime::Rng rng(2, runtime::Purpose::test);
  const auto latent = [&](runtime::Index size) {
    std::vector<double> values(static_cast<std::size_t>(size * lanes));
    rng.fill_normal(values);
    return OperationInput{values, size, false};
  };
  std::vector<OperationInput> result = {latent(most_columns), latent(1)};
  if (!has_scale) return result;
  result.push_back(latent(1));
  for (double& scale : result.back().values) scale = 0.5 + scale * scale;
  return result;
}

TEST_CASE("the statistics of a normal likelihood have the right derivatives in every lane") {
  for (const bool has_scale : {false, true}) {
    const NormalStatistics operation(blocks(), 40, -3.5, has_scale);
    for (const runtime::Index lanes : {1, 3, 8})
      check_operation(operation, inputs(lanes, has_scale), 1, lanes);
  }
}

TEST_CASE("off the domain of the scale the density is zero, without derivatives") {
  const NormalStatistics operation(blocks(), 40, -3.5, true);
  std::vector<OperationInput> at = inputs(1, true);
  for (const double scale : {0.0, -1.0}) {
    at.back().values[0] = scale;
    const OperationResult result = run_operation(operation, at, 1, 1, {1.0});
    CHECK(result.out[0] == -std::numeric_limits<double>::infinity());
    for (const std::vector<double>& adjoints : result.adjoints) {
      for (const double adjoint : adjoints) CHECK(adjoint == 0);
    }
  }
}

}  // namespace
}  // namespace vippl::testing
