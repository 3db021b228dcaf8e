#pragma once
#include <map>
#include <string>

#include "lang/ast.h"
#include "runtime/data.h"
#include "runtime/model.h"
#include "runtime/prepared.h"
#include "runtime/registry.h"
#include "runtime/value.h"

namespace vippl::runtime {

/// A script with everything it needs to run: what a model keeps.
struct Program {
  lang::ast::Script script;
  lang::Sources sources;
  DataSet data;
  const Registry* registry = nullptr;
  ModelOptions options;
  /// What the `data` statements were bound to, filled by the first walk: binding large data costs
  /// more than the rest.
  std::map<const lang::ast::Data*, Value> bound;
  PreparedDensities prepared = {};
};

}  // namespace vippl::runtime
