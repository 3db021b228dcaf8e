#pragma once
#include <memory>
#include <vector>

#include "runtime/instruction_block.h"

namespace vippl::runtime {

/// The sum over rows of the log of a weighted sum of normal densities of one datum, with one
/// location, scale and weight per component for all rows; densities, logs and derivatives in one
/// pass over the data.
struct NormalMixtureInputs {
  /// The weights, which are a simplex, are one input; or each component has the log of its own.
  enum class Weights { one_simplex, logs };
  struct Component {
    std::size_t location = 0;
    std::size_t scale = 0;
    std::size_t log_weight = none;  ///< none: 0
  };
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  // Numbers of inputs.
  std::size_t data = 0;
  Weights weights = Weights::one_simplex;
  std::size_t simplex = none;
  std::vector<Component> components;
  Index rows = 0;
};

/// Takes the place of `plainly`, the instructions that it was recorded as, with the same inputs,
/// and runs them where a weight is 0 or a number is not finite.
std::shared_ptr<const Operation> make_normal_mixture(NormalMixtureInputs inputs,
                                                     InstructionBlock plainly);

}  // namespace vippl::runtime
