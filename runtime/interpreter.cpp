#include "runtime/interpreter.h"

#include <fmt/format.h>

#include "lang/match.h"

namespace vippl::runtime {

Interpreter::Interpreter(Program& program, PointSource& source,
                         std::optional<Recorder::Plate> plate)
    : program_(program), source_(source), recorder_(std::move(plate)) {}

Recording Interpreter::run() {
  for (const lang::ast::Statement& statement : program_.script.statements) {
    if (const auto* function = std::get_if<lang::ast::Function>(&statement.node)) {
      functions_.try_emplace(function->name.name, function);
    } else if (const auto* model = std::get_if<lang::ast::Model>(&statement.node)) {
      models_.try_emplace(model->name.name, model);
    }
  }
  check_settings();
  note_plates();
  for (const lang::ast::Statement& statement : program_.script.statements) {
    execute(statement);
  }
  finish_latents();
  for (const std::string& name : size_order_) {
    const auto labels = labels_.find(name);
    result_.sizes.push_back({name, static_cast<Index>(globals_.at(name).value.scalar),
                             labels == labels_.end() ? Labels{} : labels->second});
  }
  result_.tape = std::move(recorder_.tape());
  result_.tape.dimension = static_cast<Index>(result_.point.size());
  return std::move(result_);
}

void Interpreter::fail(std::string code, lang::Span span, std::string message,
                       std::string hint) const {
  throw lang::ModelError(lang::error(std::move(code), span, std::move(message), std::move(hint)));
}

Interpreter::Variable* Interpreter::find(const std::string& name) {
  for (std::size_t i = locals_.size(); i-- > frame_base_;) {
    if (*locals_[i].name == name) return &locals_[i].variable;
  }
  if (!prefix_.empty()) {
    const auto own = globals_.find(full_name(name));
    if (own != globals_.end()) return &own->second;
  }
  const auto global = globals_.find(name);
  return global == globals_.end() ? nullptr : &global->second;
}

Value Interpreter::read(const std::string& name, lang::Span span) {
  Variable* variable = find(name);
  if (variable == nullptr) fail("unknown-name", span, fmt::format("`{}` is not defined", name));
  return at_this_level(*variable, whole(*variable, name, span), span);
}

Value Interpreter::whole(Variable& variable, const std::string& name, lang::Span span) {
  if (variable.unusable) throw lang::ModelError(*variable.unusable);
  if (variable.function != nullptr || !variable.built_in.empty()) {
    fail("function-as-value", span, fmt::format("`{}` is a function, a value was expected", name));
  }
  if (!variable.array) return variable.value;
  if (const auto missing = variable.array->first_unassigned()) {
    fail("unassigned-element", span,
         fmt::format("`{}` is read before all its elements have a value: element {} (in row-major "
                     "order) has none",
                     name, *missing + 1));
  }
  return variable.array->whole(recorder_, span);
}

void Interpreter::define(const std::string& name, Variable variable) {
  variable.turn_level = turn_levels_.size();
  if (at_top_level()) {
    globals_[name] = std::move(variable);
  } else {
    locals_.push_back({&name, std::move(variable)});
  }
}

}  // namespace vippl::runtime
