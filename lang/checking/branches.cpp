#include <fmt/format.h>

#include "lang/checking/checker.h"

namespace vippl::lang::checking {

namespace {

// How often a loop's body is read before its variables are given up as unknown. Each reading can
// only widen a type or make it latent, so that few are needed.
constexpr int most_readings = 4;

// The levels are not known before the data are.
std::string hint_of_level(const ast::Expression& condition) {
  const auto* subscript = std::get_if<ast::Subscript>(&condition.node);
  const auto* name =
      std::get_if<ast::Name>(subscript == nullptr ? &condition.node : &subscript->base->node);
  return fmt::format("compare it with a level, as in {}{} == \"yes\"",
                     name == nullptr ? "g" : name->name, subscript == nullptr ? "" : "[...]");
}

}  // namespace

Type Checker::condition(const ast::Expression& expression, const std::string& use) {
  Type type = evaluate(expression);
  if (type.known && !type.is_whole()) {
    complain("not-a-condition", expression.span,
             fmt::format("{} should be bool, got {}", use, describe(type)),
             type.element == Element::real       ? "compare it with a number"
             : type.element == Element::category ? hint_of_level(expression)
                                                 : "");
    return unknown_type(type.fixed);
  }
  if (std::holds_alternative<ast::Number>(expression.node)) {
    complain("not-a-condition", expression.span,
             fmt::format("{} should be bool, got a number", use),
             "compare it, or write `true` or `false`");
    return unknown_type(type.fixed);
  }
  return type;
}

void Checker::check_if(const ast::If& statement) {
  const Type test = condition(statement.condition, "the condition of `if`");
  if (test.known && !test.is_scalar()) {
    complain(
        "not-a-condition", statement.condition.span,
        fmt::format("the condition of `if` should be a scalar, got shape {}", text(test.shape)),
        "`if c then a else b` chooses element by element; `any` and `all` make one bool of many",
        origins(test.shape));
  }
  const bool latent = !test.fixed;
  if (latent && !test.generated && !place_.in_derived && !place_.in_function) {
    warn("latent-branch", statement.condition.span,
         "this condition depends on a latent value: the log density may jump where it changes");
  }
  place_.latent_branches += latent ? 1 : 0;
  const std::size_t before = scopes_.next_order();
  check_inner_block(statement.accepted);
  if (statement.rejected.empty()) {
    place_.latent_branches -= latent ? 1 : 0;
    return;
  }
  // Both branches may define the same names of the script: only one of them runs.
  std::unordered_map<std::string, Definition> accepted;
  if (!latent && !place_.in_function) accepted = scopes_.take_since(before);
  check_inner_block(statement.rejected);
  place_.latent_branches -= latent ? 1 : 0;
  for (auto& [name, definition] : accepted) {
    if (const Definition* other = scopes_.find(name)) {
      definition.type = either(definition.type, other->type);
      definition.filled = definition.filled || other->filled;
      definition.to_fill = definition.to_fill && other->to_fill;
    }
    scopes_.define_in_script(name, std::move(definition));
  }
}

Type Checker::loop_range(const ast::Expression& range) {
  Type type = evaluate(range);
  if (!type.known) return unknown_type();
  const auto wrong = [&](const std::string& found, std::string hint) {
    complain("loop-range", range.span,
             fmt::format("a loop runs over a range or a fixed int vector, got {}", found),
             std::move(hint));
    return unknown_type();
  };
  if (!type.fixed && !type.generated) return wrong("a latent value", "");
  if (type.is_scalar() && type.is_whole()) {
    return wrong("a scalar", type.size && !type.size->is_unknown()
                                 ? fmt::format("write: 1..{}", type.size->text())
                                 : "write a range such as `1..n`");
  }
  const bool index = type.is_whole() || type.element == Element::category;
  if (!index || type.shape.size() != 1) return wrong(describe(type), "");
  return type;
}

void Checker::check_for(const ast::For& loop) {
  const Type range = loop_range(loop.range);
  Loop info{loop.variable.name, std::nullopt};
  const auto* written = std::get_if<ast::Binary>(&loop.range.node);
  if (written != nullptr && written->op == ast::BinaryOperator::range) {
    const auto* first = std::get_if<ast::Number>(&written->left->node);
    if (first != nullptr && first->value == 1) {
      info.upto = range.known ? range.shape[0] : Size::unknown();
    }
  }
  scopes_.push();
  Type each;
  each.element = Element::integer;
  define(loop.variable.name, Kind::loop_variable, each, loop.variable.span);
  place_.loops.push_back(std::move(info));
  check_loop_body(loop.body);
  place_.loops.pop_back();
  scopes_.pop();
}

void Checker::check_while(const ast::While& loop) {
  const auto read_condition = [&] {
    const Type test = condition(loop.condition, "the condition of `while`");
    if (test.known && !test.is_scalar()) {
      complain("not-a-condition", loop.condition.span,
               fmt::format("the condition of `while` should be a scalar, got shape {}",
                           text(test.shape)));
    }
    return test;
  };
  bool latent = false;
  {
    const Report::Quiet quiet(report_);
    latent = !read_condition().fixed;
  }
  place_.loops.push_back({"", std::nullopt});
  place_.latent_branches += latent ? 1 : 0;
  check_loop_body(loop.body);
  place_.latent_branches -= latent ? 1 : 0;
  place_.loops.pop_back();
  const Type test = read_condition();  // with the types that the body leaves
  if (!test.fixed && !test.generated && !place_.in_derived && !place_.in_function) {
    warn("latent-branch", loop.condition.span,
         "this condition depends on a latent value: the log density may jump where it changes");
  }
}

// A turn of a loop may widen the variables that the turns after it read: the body is read quietly
// until nothing changes. Inner loops are then read once per reading of the outer one, which keeps
// the work linear in their depth.
void Checker::check_loop_body(const ast::Block& body) {
  if (!settling_) {
    const Report::Quiet quiet(report_);
    settling_ = true;
    std::unordered_map<std::string, Span> observed = observed_;
    for (int reading = 0; reading < most_readings; ++reading) {
      const std::size_t before = widenings_;
      check_inner_block(body);
      if (widenings_ == before) break;
    }
    observed_ = std::move(observed);
    settling_ = false;
  }
  check_inner_block(body);
}

}  // namespace vippl::lang::checking
