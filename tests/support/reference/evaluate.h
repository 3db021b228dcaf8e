#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "lang/ast.h"
#include "runtime/data.h"
#include "tests/support/reference/tensor.h"

namespace vippl::reference {

/// What one statement adds to the log joint, over all its turns.
struct Term {
  lang::Span statement;
  double value = 0;
};

struct Result {
  double log_joint = 0;  ///< of the constrained values: without Jacobian
  std::vector<Term>
      terms;  ///< of `sample`, `observe` and `factor`, in the order they were first reached
  std::map<std::string, Tensor> derived;
  std::set<std::string>
      drawn;  ///< what `generate` defines, and what is derived from that: not evaluated
};

/// Walks a parsed script, statement by statement, in plain doubles, with `latents` as the values of
/// what it samples. Throws Error where it meets what it does not know or what does not fit; it is
/// for scripts that are legal. Latents of a model are named as in "by_state.tau"; the missing
/// values of `data age : real?[n]` are the latent "age", a vector in the order of the rows. It
/// leaves out `generate` (which adds nothing to the log joint), `import` and `guide`.
Result evaluate(const lang::ast::Script& script, const runtime::DataSet& data,
                const std::map<std::string, Tensor>& latents);

}  // namespace vippl::reference
