#pragma once
#include <memory>
#include <vector>

#include "runtime/instruction_block.h"

namespace vippl::runtime {

/// The sum over rows of count * log(sum over k of weights[k] * chances[k][outcome]): a mixture of
/// categorical densities of data, as in a topic model. Probabilities are multiplied as they are, so
/// that a row takes one log, however many components there are.
struct CategoricalMixtureInputs {
  struct Row {
    Index weights = 0;  ///< where its weights begin in their input
    Index outcome = 0;  ///< from 0
    double count = 1;   ///< rows of the data that are like this
  };
  std::size_t weights = 0;           ///< the number of an input; others hold [outcomes] each
  std::vector<std::size_t> chances;  ///< one per component
  Index outcomes = 0;
  std::vector<Row> rows;
};

/// Takes the place of `plainly`, the instructions that it was recorded as, with the same inputs, of
/// which the weights and the chances are latent. Runs them where weights or chances are no simplex
/// and where the probability of a row is too small to be accurate.
std::shared_ptr<const Operation> make_categorical_mixture(CategoricalMixtureInputs inputs,
                                                          InstructionBlock plainly);

}  // namespace vippl::runtime
