#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "lang/ast.h"
#include "lang/diagnostic.h"
#include "lang/syntax.h"

namespace vippl::lang {

/// How high the tree of one expression may grow: `a + b + c + ...` grows by one for each sum.
/// Whoever reads a tree recurses into it, and this is what the stack is sure to hold.
constexpr int tallest_expression = 1000;

/// Turns what the grammar read into expressions: groups operators by precedence, joins spans, reads
/// literals. What the grammar could not see is reported: chained comparisons, numbers that are
/// none, trees that are too tall.
class ExpressionBuilder {
 public:
  ExpressionBuilder(std::string_view text, std::uint32_t source, Diagnostics& diagnostics)
      : text_(text), source_(source), diagnostics_(diagnostics) {}

  ast::Expression expression(const syntax::Expression& from);
  ast::Type type(const syntax::Type& from);
  std::vector<ast::Place> places(const syntax::Subscript& from);
  ast::Identifier identifier(const Token& name) const;

  Span span(const Token& token) const;
  /// From the start of one token to the end of another.
  Span span(const Token& first, const Token& last) const { return join(span(first), span(last)); }
  void report(Diagnostic diagnostic) { diagnostics_.push_back(std::move(diagnostic)); }
  Diagnostics& diagnostics() { return diagnostics_; }

 private:
  struct Tree {
    ast::Expression expression;
    int height = 1;
  };
  class Chain;

  Tree build(const syntax::Expression& from);
  Tree build(const syntax::Atom& from);
  Tree build(const Token& constant);
  Tree build(const syntax::Array& from);
  Tree extend(Tree base, const syntax::Postfix& postfix);
  std::vector<ast::Argument> arguments(const syntax::Arguments& from, int& height);
  std::vector<ast::Place> places(const syntax::Subscript& from, int& height);
  /// A node over parts of this height; a placeholder, reported, where it grows too tall.
  Tree tree(Span span, decltype(ast::Expression::node) node, int height_of_parts);

  std::string_view text_;
  std::uint32_t source_;
  Diagnostics& diagnostics_;
  bool is_too_tall_ = false;  // reported once for each expression
};

}  // namespace vippl::lang
