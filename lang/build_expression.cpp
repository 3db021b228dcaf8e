#include "lang/build_expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "lang/literal.h"
#include "lang/operators.h"
#include "lang/unicode.h"

namespace vippl::lang {
using ast::UnaryOperator;

/// Operators and operands that wait for what follows: precedence without recursion, however long
/// the chain.
class ExpressionBuilder::Chain {
 public:
  explicit Chain(ExpressionBuilder& builder) : builder_(builder) {}

  void push_prefix(const Token& token) {
    const bool is_not = token.text() == "not";
    if (is_not && !waiting_.empty() && waiting_.back().precedence > not_precedence) {
      builder_.report(
          error("not-needs-brackets", builder_.span(token),
                fmt::format("`not` cannot stand after `{}`", waiting_.back().token.text()),
                "write `(not a)`"));
    }
    waiting_.push_back({nullptr, is_not ? not_precedence : minus_precedence, token});
  }

  void push_operand(Tree tree) { operands_.push_back(std::move(tree)); }

  void push_infix(const Token& token) {
    const Infix& op = infix(token.text());
    while (!waiting_.empty() && waiting_.back().precedence > op.precedence) reduce();
    if (!waiting_.empty() && waiting_.back().precedence == op.precedence) {
      if (op.associativity == Associativity::none) report_chained(waiting_.back().token, token);
      if (op.associativity != Associativity::right) reduce();
    }
    waiting_.push_back({&op, op.precedence, token});
  }

  Tree finish() {
    while (!waiting_.empty()) reduce();
    VIPPL_ASSERT(operands_.size() == 1, "every operator has its operands");
    return std::move(operands_.back());
  }

 private:
  struct Waiting {
    const Infix* infix = nullptr;  // null: a prefix
    int precedence = 0;
    Token token;
  };

  Tree pop() {
    Tree tree = std::move(operands_.back());
    operands_.pop_back();
    return tree;
  }

  void reduce() {
    const Waiting top = waiting_.back();
    waiting_.pop_back();
    const Span op_span = builder_.span(top.token);
    Tree right = pop();
    if (top.infix == nullptr) {
      const Span span = join(op_span, right.expression.span);
      const UnaryOperator op =
          top.precedence == not_precedence ? UnaryOperator::logical_not : UnaryOperator::negate;
      push_operand(builder_.tree(span, ast::Unary{op, std::move(right.expression)}, right.height));
      return;
    }
    Tree left = pop();
    const Span span = join(left.expression.span, right.expression.span);
    const int height = std::max(left.height, right.height);
    push_operand(builder_.tree(span,
                               ast::Binary{top.infix->op, std::move(left.expression),
                                           std::move(right.expression), op_span},
                               height));
  }

  void report_chained(const Token& earlier, const Token& later) {
    if (later.text() == "..") {
      builder_.report(error("chained-range", builder_.span(later),
                            "a range has two ends, found a third",
                            "steps are written with arithmetic: `2 * (1..n)`"));
      return;
    }
    builder_.report(error("chained-comparison", builder_.span(later), "comparisons do not chain",
                          fmt::format("write `a {} b and b {} c`", earlier.text(), later.text())));
  }

  ExpressionBuilder& builder_;
  std::vector<Waiting> waiting_;
  std::vector<Tree> operands_;
};

ast::Expression ExpressionBuilder::expression(const syntax::Expression& from) {
  is_too_tall_ = false;
  return build(from).expression;
}

ast::Identifier ExpressionBuilder::identifier(const Token& name) const {
  return {normalized(name.text()), span(name)};
}

Span ExpressionBuilder::span(const Token& token) const {
  return {static_cast<std::uint32_t>(token.first - text_.data()),
          static_cast<std::uint32_t>(token.last - text_.data()), source_};
}

ExpressionBuilder::Tree ExpressionBuilder::tree(Span span, decltype(ast::Expression::node) node,
                                                int height_of_parts) {
  if (height_of_parts < tallest_expression) return {{span, std::move(node)}, height_of_parts + 1};
  if (!std::exchange(is_too_tall_, true)) {
    report(error("too-deep", span,
                 fmt::format("this expression has more than {} operations inside each other",
                             tallest_expression),
                 "name parts of it with `let`; a long sum is `sum([...])`"));
  }
  return {{span, ast::Number{}}, 1};
}

ExpressionBuilder::Tree ExpressionBuilder::build(const syntax::Expression& from) {
  Chain chain(*this);
  const auto push = [&](const syntax::Operand& operand) {
    for (const Token& prefix : operand.prefixes) chain.push_prefix(prefix);
    Tree tree = build(operand.atom);
    for (const syntax::Postfix& postfix : operand.postfixes)
      tree = extend(std::move(tree), postfix);
    chain.push_operand(std::move(tree));
  };
  push(from.first);
  for (const syntax::Operation& operation : from.rest) {
    chain.push_infix(operation.op);
    push(operation.operand);
  }
  Tree result = chain.finish();
  for (auto choice = from.conditions.rbegin(); choice != from.conditions.rend(); ++choice) {
    Tree condition = build(choice->condition.get());
    Tree accepted = build(choice->accepted.get());
    const Span whole = join(span(choice->keyword), result.expression.span);
    const int height = std::max({condition.height, accepted.height, result.height});
    result = tree(whole,
                  ast::Choice{std::move(condition.expression), std::move(accepted.expression),
                              std::move(result.expression)},
                  height);
  }
  return result;
}

ExpressionBuilder::Tree ExpressionBuilder::build(const syntax::Atom& from) {
  return syntax::match(
      from, [&](const Token& constant) { return build(constant); },
      [&](const syntax::Named& named) {
        if (!named.arguments)
          return tree(span(named.name), ast::Name{normalized(named.name.text())}, 0);
        int height = 0;
        ast::Call call{identifier(named.name), arguments(*named.arguments, height)};
        return tree(span(named.name, named.arguments->close), std::move(call), height);
      },
      [&](const syntax::Group& group) {
        Tree inner = build(group.value);
        inner.expression.span = span(group.open, group.close);
        return inner;
      },
      [&](const syntax::Array& array) { return build(array); });
}

ExpressionBuilder::Tree ExpressionBuilder::build(const Token& constant) {
  const Span whole = span(constant);
  if (constant.kind == TokenKind::number)
    return tree(whole, read_number(constant.text(), whole, diagnostics_), 0);
  if (constant.kind == TokenKind::string) {
    return tree(whole, ast::Text{read_string(constant.text(), whole, diagnostics_)}, 0);
  }
  return tree(whole, ast::Boolean{constant.text() == "true"}, 0);
}

ExpressionBuilder::Tree ExpressionBuilder::build(const syntax::Array& from) {
  const Span whole = span(from.open, from.close);
  int height = 0;
  const auto part = [&](const syntax::Expression& expression) {
    Tree built = build(expression);
    height = std::max(height, built.height);
    return std::move(built.expression);
  };
  std::vector<ast::Expression> elements;
  for (const syntax::Expression& element : from.elements) elements.push_back(part(element));
  if (from.over.empty()) return tree(whole, ast::ArrayLiteral{std::move(elements)}, height);

  std::vector<ast::Over> over;
  for (const syntax::Over& one : from.over)
    over.push_back({identifier(one.variable), part(one.range)});
  if (elements.size() != 1) {
    report(error("comprehension-element", whole,
                 fmt::format("one expression stands before `for`, found {}", elements.size()),
                 "write `[f(i) for i in 1..n]`; an element that is itself an array stands in its "
                 "own brackets"));
    return tree(whole, ast::ArrayLiteral{}, 0);
  }
  return tree(whole, ast::Comprehension{std::move(elements.front()), std::move(over)}, height);
}

ExpressionBuilder::Tree ExpressionBuilder::extend(Tree base, const syntax::Postfix& postfix) {
  const Span start = base.expression.span;
  return syntax::match(
      postfix,
      [&](const Token& transpose) {
        return tree(join(start, span(transpose)),
                    ast::Unary{UnaryOperator::transpose, std::move(base.expression)}, base.height);
      },
      [&](const syntax::Subscript& subscript) {
        int height = base.height;
        std::vector<ast::Place> read = places(subscript, height);
        return tree(join(start, span(subscript.close)),
                    ast::Subscript{std::move(base.expression), std::move(read)}, height);
      },
      [&](const syntax::Member& member) {
        return tree(join(start, span(member.name)),
                    ast::Member{std::move(base.expression), identifier(member.name)}, base.height);
      });
}

std::vector<ast::Argument> ExpressionBuilder::arguments(const syntax::Arguments& from,
                                                        int& height) {
  std::vector<ast::Argument> result;
  for (const syntax::Argument& argument : from.items) {
    Tree value = build(argument.value);
    height = std::max(height, value.height);
    std::optional<ast::Identifier> name;
    if (argument.name) name = identifier(*argument.name);
    result.push_back({std::move(name), std::move(value.expression)});
  }
  return result;
}

std::vector<ast::Place> ExpressionBuilder::places(const syntax::Subscript& from, int& height) {
  std::vector<ast::Place> result;
  for (const syntax::Place& place : from.places) {
    result.push_back(syntax::match(
        place,
        [&](const Token& colon) {
          return ast::Place{std::nullopt, span(colon)};
        },
        [&](const syntax::Expression& index) {
          Tree built = build(index);
          height = std::max(height, built.height);
          const Span where = built.expression.span;
          return ast::Place{Box<ast::Expression>(std::move(built.expression)), where};
        }));
  }
  return result;
}

std::vector<ast::Place> ExpressionBuilder::places(const syntax::Subscript& from) {
  int height = 0;
  is_too_tall_ = false;
  return places(from, height);
}

ast::Type ExpressionBuilder::type(const syntax::Type& from) {
  ast::Type result;
  int height = 0;
  is_too_tall_ = false;
  result.element = identifier(from.element);
  result.optional = from.question.has_value();
  result.span = from.question ? span(from.element, *from.question) : result.element.span;
  if (from.arguments) {
    result.arguments = arguments(*from.arguments, height);
    result.span = span(from.element, from.arguments->close);
  }
  if (from.shape) {
    for (ast::Place& place : places(*from.shape, height)) {
      if (place.index) {
        result.shape.push_back(std::move(**place.index));
      } else {
        report(error("open-shape", place.span, "a shape has sizes, found `:`",
                     "write a number, a name that the data bind, or leave the shape out"));
      }
    }
    result.span = span(from.element, from.shape->close);
  }
  return result;
}

}  // namespace vippl::lang
