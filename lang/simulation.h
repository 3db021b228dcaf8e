#pragma once
#include <string>
#include <vector>

#include "lang/ast.h"

namespace vippl::lang {

/// A script that draws its observed data from their distributions instead of observing them.
struct Simulation {
  struct Drawn {
    std::string data;       ///< name of the `data` statement
    std::string generated;  ///< the quantity that is drawn in its place, of the same shape
  };
  ast::Script script;
  std::vector<Drawn> drawn;
};

/// Of a checked script, imports expanded. Data read by the distribution of an `observe` (a time
/// series) are those drawn before. Throws ModelError where the data cannot be drawn: a `factor`,
/// an `observe` of something computed from data, observed data that the rest of the model depends
/// on. What `derive` and `generate` compute from observed data is left out.
Simulation simulation_of(const ast::Script& script);

}  // namespace vippl::lang
