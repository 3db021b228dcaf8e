#include <fmt/format.h>

#include "runtime/interpreter.h"

namespace vippl::runtime {

const lang::ast::Model* Interpreter::model_of(const lang::ast::Sample& node) const {
  const auto* call =
      node.distribution ? std::get_if<lang::ast::Call>(&node.distribution->node) : nullptr;
  const auto found = call == nullptr ? models_.end() : models_.find(call->callee.name);
  return found == models_.end() ? nullptr : found->second;
}

// A model is expanded in place: its statements are executed as if they stood here, with names of
// their own.
void Interpreter::sample_model(const lang::ast::Sample& node, const lang::ast::Model& model,
                               lang::Span span) {
  const std::string name = full_name(node.target.name);
  Variable variable;
  {
    const Restore restore(*this);
    ++block_depth_;
    enter(model.name, model.parameters, std::get<lang::ast::Call>(node.distribution->node), span,
          name + ".");
    returned_.reset();
    if (execute(model.body) != Flow::returned) {
      fail("missing-return", model.name.span,
           fmt::format("`{}` ends without `return`", model.name.name));
    }
    variable.value = std::move(*returned_);
    returned_.reset();
  }
  // In a minibatch nothing is reported.
  if (!recorder_.plate()) report(name, Quantity::Kind::derived, variable.value);
  define_global(name, std::move(variable));
}

}  // namespace vippl::runtime
