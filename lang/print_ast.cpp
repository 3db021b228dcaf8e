#include "lang/print_ast.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lang/diagnostic.h"
#include "lang/match.h"
#include "lang/operators.h"

namespace vippl::lang {
namespace {

std::string number(const ast::Number& from) {
  if (from.is_int) return fmt::format("{:.0f}", from.value);
  std::string text = fmt::format("{}", from.value);  // the shortest that reads back as the same
  const bool is_real = text.find_first_of(".e") != std::string::npos;
  if (!is_real) text += ".0";
  return text;
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '\n') {
      result += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  result += '"';
  return result;
}

/// Items with a separator between them.
template <class Items, class Print>
std::string joined(const Items& items, std::string_view separator, Print print) {
  std::string result;
  for (const auto& item : items) {
    if (&item != &*items.begin()) result += separator;
    result += print(item);
  }
  return result;
}

// ---- the tree ----

std::string tree(const ast::Argument& argument) {
  const std::string value = print_tree(*argument.value);
  return argument.name ? fmt::format("(= {} {})", argument.name->name, value) : value;
}

std::string tree(const ast::Place& place) { return place.index ? print_tree(**place.index) : ":"; }

std::string tree(const ast::Parameter& parameter);

template <class Items>
std::string listed(const Items& items) {
  return joined(items, "", [](const auto& item) { return fmt::format(" {}", tree(item)); });
}

std::string tree(const ast::Target& target) {
  return target.places.empty() ? target.name
                               : fmt::format("(sub {}{})", target.name, listed(target.places));
}

std::string typed(const std::optional<ast::Type>& type) {
  return type ? fmt::format(" {}", print_tree(*type)) : "";
}

std::string valued(std::string_view symbol, const std::optional<ast::Expression>& value) {
  return value ? fmt::format(" {} {}", symbol, print_tree(*value)) : "";
}

std::string tree(const ast::Parameter& parameter) {
  return fmt::format("({}{}{})", parameter.name.name, typed(parameter.type),
                     valued("=", parameter.start));
}

std::string tree(const ast::Block& block) {
  return fmt::format("{{{}}}", joined(block, " ", [](const ast::Statement& statement) {
                       return print_tree(statement);
                     }));
}

std::string_view word(ast::AssignmentOperator op) {
  switch (op) {
    case ast::AssignmentOperator::set:
      return "=";
    case ast::AssignmentOperator::add:
      return "+=";
    case ast::AssignmentOperator::subtract:
      return "-=";
    case ast::AssignmentOperator::multiply:
      return "*=";
    case ast::AssignmentOperator::divide:
      return "/=";
  }
  return "=";
}

std::string_view word(ast::UnaryOperator op) {
  switch (op) {
    case ast::UnaryOperator::negate:
      return "-";
    case ast::UnaryOperator::logical_not:
      return "not";
    case ast::UnaryOperator::transpose:
      return "'";
  }
  return "-";
}

// ---- the source ----

/// Text and how tightly its outermost operator binds.
struct Written {
  std::string text;
  int precedence = postfix_precedence;
};

Written write(const ast::Expression& expression);

std::string write_above(int precedence, const ast::Expression& expression) {
  Written part = write(expression);
  return part.precedence >= precedence ? std::move(part.text) : fmt::format("({})", part.text);
}

std::string write_argument(const ast::Argument& argument) {
  std::string value = write(*argument.value).text;
  return argument.name ? fmt::format("{} = {}", argument.name->name, value) : value;
}

std::string write_place(const ast::Place& place) {
  return place.index ? write(**place.index).text : ":";
}

Written write_binary(const ast::Binary& binary) {
  const Infix& op = infix(binary.op);
  const int left = op.precedence + (op.associativity == Associativity::left ? 0 : 1);
  // The right side of `^` may begin with a minus, 2^-x, which binds more loosely than `^`
  // elsewhere.
  const bool is_power = op.associativity == Associativity::right;
  const int right = is_power ? minus_precedence : op.precedence + 1;
  const bool is_tight = is_power || binary.op == ast::BinaryOperator::range;
  const std::string symbol = is_tight ? std::string(op.text) : fmt::format(" {} ", op.text);
  return {fmt::format("{}{}{}", write_above(left, *binary.left), symbol,
                      write_above(right, *binary.right)),
          op.precedence};
}

Written write_unary(const ast::Unary& unary) {
  switch (unary.op) {
    case ast::UnaryOperator::negate:
      return {fmt::format("-{}", write_above(minus_precedence, *unary.operand)), minus_precedence};
    case ast::UnaryOperator::logical_not:
      return {fmt::format("not {}", write_above(not_precedence, *unary.operand)), not_precedence};
    case ast::UnaryOperator::transpose:
      return {fmt::format("{}'", write_above(postfix_precedence, *unary.operand))};
  }
  return {};
}

Written write(const ast::Expression& expression) {
  const auto all = [](const ast::Expression& part) { return write(part).text; };
  return match(
      expression.node, [](const ast::Number& node) { return Written{number(node)}; },
      [](const ast::Text& node) { return Written{quoted(node.value)}; },
      [](const ast::Boolean& node) { return Written{node.value ? "true" : "false"}; },
      [](const ast::Name& node) { return Written{node.name}; },
      [](const ast::Call& node) {
        return Written{
            fmt::format("{}({})", node.callee.name, joined(node.arguments, ", ", write_argument))};
      },
      [](const ast::Unary& node) { return write_unary(node); },
      [](const ast::Binary& node) { return write_binary(node); },
      [&](const ast::Choice& node) {
        return Written{fmt::format("if {} then {} else {}", all(*node.condition),
                                   all(*node.accepted), all(*node.rejected)),
                       choice_precedence};
      },
      [&](const ast::ArrayLiteral& node) {
        return Written{fmt::format("[{}]", joined(node.elements, ", ", all))};
      },
      [&](const ast::Comprehension& node) {
        const auto over = [&](const ast::Over& one) {
          return fmt::format("{} in {}", one.variable.name, all(*one.range));
        };
        return Written{
            fmt::format("[{} for {}]", all(*node.element), joined(node.over, ", ", over))};
      },
      [](const ast::Subscript& node) {
        return Written{fmt::format("{}[{}]", write_above(postfix_precedence, *node.base),
                                   joined(node.places, ", ", write_place))};
      },
      [](const ast::Member& node) {
        return Written{
            fmt::format("{}.{}", write_above(postfix_precedence, *node.base), node.member.name)};
      });
}

}  // namespace

std::string print_tree(const ast::Expression& expression) {
  return match(
      expression.node, [](const ast::Number& node) { return number(node); },
      [](const ast::Text& node) { return quoted(node.value); },
      [](const ast::Boolean& node) { return std::string(node.value ? "true" : "false"); },
      [](const ast::Name& node) { return node.name; },
      [](const ast::Call& node) {
        return fmt::format("(call {}{})", node.callee.name, listed(node.arguments));
      },
      [](const ast::Unary& node) {
        return fmt::format("({} {})", word(node.op), print_tree(*node.operand));
      },
      [](const ast::Binary& node) {
        return fmt::format("({} {} {})", infix(node.op).text, print_tree(*node.left),
                           print_tree(*node.right));
      },
      [](const ast::Choice& node) {
        return fmt::format("(if {} {} {})", print_tree(*node.condition), print_tree(*node.accepted),
                           print_tree(*node.rejected));
      },
      [](const ast::ArrayLiteral& node) {
        return fmt::format("[{}]", joined(node.elements, " ",
                                          [](const auto& element) { return print_tree(element); }));
      },
      [](const ast::Comprehension& node) {
        const std::string over = joined(node.over, "", [](const ast::Over& one) {
          return fmt::format(" ({} {})", one.variable.name, print_tree(*one.range));
        });
        return fmt::format("(for {}{})", print_tree(*node.element), over);
      },
      [](const ast::Subscript& node) {
        return fmt::format("(sub {}{})", print_tree(*node.base), listed(node.places));
      },
      [](const ast::Member& node) {
        return fmt::format("(. {} {})", print_tree(*node.base), node.member.name);
      });
}

std::string print_tree(const ast::Type& type) {
  std::string result = fmt::format("(type {}{}", type.element.name, type.optional ? "?" : "");
  if (!type.arguments.empty())
    result += fmt::format(" ({})", joined(type.arguments, " ", [](const ast::Argument& argument) {
                            return tree(argument);
                          }));
  if (!type.shape.empty())
    result += fmt::format(" [{}]", joined(type.shape, " ", [](const ast::Expression& size) {
                            return print_tree(size);
                          }));
  result += ')';
  return result;
}

std::string print_tree(const ast::Statement& statement) {
  const auto named = [](std::string_view word, const auto& node,
                        const std::optional<ast::Expression>& value) {
    return fmt::format("({} {}{}{})", word, node.name.name, typed(node.type), valued("=", value));
  };
  const auto random = [](std::string_view word, const auto& node) {
    return fmt::format("({} {}{}{})", word, tree(node.target), typed(node.type),
                       valued("~", node.distribution));
  };
  return match(
      statement.node,
      [&](const ast::Data& node) {
        return fmt::format("(data {} {}{})", node.name.name, print_tree(node.type),
                           valued("=", node.source));
      },
      [&](const ast::Let& node) { return named("let", node, node.value); },
      [&](const ast::Var& node) { return named("var", node, node.value); },
      [](const ast::Assign& node) {
        const ast::Target target{node.name.name, node.name.span, node.places, node.name.span};
        return fmt::format("({} {} {})", word(node.op), tree(target), print_tree(node.value));
      },
      [&](const ast::Sample& node) { return random("sample", node); },
      [](const ast::Observe& node) {
        return fmt::format("(observe {} ~ {})", print_tree(node.value),
                           print_tree(node.distribution));
      },
      [](const ast::Factor& node) { return fmt::format("(factor {})", print_tree(node.value)); },
      [&](const ast::Derive& node) { return named("derive", node, node.value); },
      [&](const ast::Generate& node) { return random("generate", node); },
      [&](const ast::Param& node) { return named("param", node, node.start); },
      [](const ast::If& node) {
        const std::string rejected =
            node.rejected.empty() ? "" : fmt::format(" {}", tree(node.rejected));
        return fmt::format("(if {} {}{})", print_tree(node.condition), tree(node.accepted),
                           rejected);
      },
      [](const ast::For& node) {
        return fmt::format("(for {} {} {})", node.variable.name, print_tree(node.range),
                           tree(node.body));
      },
      [](const ast::While& node) {
        return fmt::format("(while {} {})", print_tree(node.condition), tree(node.body));
      },
      [](const ast::Return& node) { return fmt::format("(return {})", print_tree(node.value)); },
      [](const ast::Function& node) {
        return fmt::format("(fn {}{}{} {})", node.name.name, listed(node.parameters),
                           typed(node.result), tree(node.body));
      },
      [](const ast::Model& node) {
        return fmt::format("(model {}{} {})", node.name.name, listed(node.parameters),
                           tree(node.body));
      },
      [](const ast::Guide& node) { return fmt::format("(guide {})", tree(node.body)); },
      [](const ast::Import& node) { return fmt::format("(import {})", quoted(node.path)); },
      [](const ast::Evaluate& node) {
        return fmt::format("(evaluate {})", print_tree(node.value));
      });
}

std::string print_tree(const ast::Script& script) {
  std::string result;
  for (const ast::Statement& statement : script.statements)
    result += fmt::format("{}\n", print_tree(statement));
  return result;
}

std::string print_source(const ast::Expression& expression) { return write(expression).text; }

}  // namespace vippl::lang
