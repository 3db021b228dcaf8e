#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "tests/models/bind_script.h"

namespace vippl::test {

/// One script with the passes of `given`, and with none. Throws where it is wrong.
struct Variants {
  std::unique_ptr<runtime::Model> plain;
  std::unique_ptr<runtime::Model> optimised;
};
Variants with_and_without_passes(const std::string& script, const Given& given);

/// What both say at these points, in one block of lanes.
struct Evaluations {
  runtime::LogDensities plain;
  runtime::LogDensities optimised;
  runtime::Points plain_gradients;
  runtime::Points optimised_gradients;
  runtime::LogDensities without_gradient;  ///< the optimised one, asked for its value alone
};
Evaluations evaluate_both(const Variants& variants, const runtime::Points& points);

/// Checks that values agree to 1e-11 where they are finite, and are infinite or NaN alike.
void check_same_values(const Variants& variants, const runtime::Points& points);

/// Checks that values and gradients agree to 1e-11 at so many draws from the prior.
void check_same_numbers(const Variants& variants, Eigen::Index lanes, std::uint64_t seed);

}  // namespace vippl::test
