#include "lang/build_ast.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "lang/build_expression.h"
#include "lang/foreign.h"
#include "lang/line_ends.h"
#include "lang/literal.h"
#include "lang/stan.h"

namespace vippl::lang {
namespace {

using Node = decltype(ast::Statement::node);

/// `else if` branches nest in the tree, though not in the text.
constexpr std::size_t most_branches = deepest_nesting;

Token first_token(const syntax::Expression& expression) {
  if (!expression.conditions.empty()) return expression.conditions.front().keyword;
  if (!expression.first.prefixes.empty()) return expression.first.prefixes.front();
  return syntax::match(
      expression.first.atom, [](const Token& token) { return token; },
      [](const syntax::Named& named) { return named.name; },
      [](const syntax::Group& group) { return group.open; },
      [](const syntax::Array& array) { return array.open; });
}

Token first_token(const syntax::Statement& statement) {
  return syntax::match(
      statement.body, [](const syntax::Loose& loose) { return first_token(loose.left); },
      [](const syntax::If& choice) { return choice.first.keyword; },
      [](const auto& with_keyword) { return with_keyword.keyword; });
}

class Builder {
 public:
  Builder(std::string_view text, std::uint32_t source, Dialect dialect, Diagnostics& diagnostics)
      : text_(text), dialect_(dialect), expressions_(text, source, diagnostics) {}

  ast::Block block(const std::vector<syntax::Statement>& statements) {
    ast::Block result;
    result.reserve(statements.size());
    for (const syntax::Statement& statement : statements) {
      if (statement.end.first == nullptr) continue;
      const Span span = span_of(statement);
      std::optional<Node> node =
          syntax::match(statement.body,
                        [&](const auto& body) -> std::optional<Node> { return build(body, span); });
      if (node) result.push_back({span, *std::move(node)});
    }
    return result;
  }

 private:
  Span span_of(const syntax::Statement& statement) const {
    const Span first = expressions_.span(first_token(statement));
    const std::uint32_t line_end = expressions_.span(statement.end).begin;
    const std::size_t last = text_.find_last_not_of(" \t\r\n", line_end - 1);
    return {first.begin, static_cast<std::uint32_t>(last + 1), first.source};
  }

  std::optional<ast::Type> type(const syntax::optional<syntax::Type>& from) {
    if (!from) return std::nullopt;
    return expressions_.type(*from);
  }
  std::optional<ast::Expression> value(const syntax::optional<syntax::Binding>& from) {
    if (!from) return std::nullopt;
    return expressions_.expression(from->value);
  }

  ast::Target target(const syntax::Definition& from) {
    ast::Target result;
    const ast::Identifier first = expressions_.identifier(from.name);
    result.name = first.name;
    result.name_span = first.span;
    for (const Token& member : from.members) {
      const ast::Identifier part = expressions_.identifier(member);
      result.name += "." + part.name;
      result.name_span = join(result.name_span, part.span);
    }
    result.span = result.name_span;
    if (from.subscript) {
      result.places = expressions_.places(*from.subscript);
      result.span = join(result.span, expressions_.span(from.subscript->close));
    }
    return result;
  }

  std::optional<Node> build(const syntax::Definition& from, Span) {
    const std::string_view keyword = from.keyword.text();
    if (keyword == "sample") return ast::Sample{target(from), type(from.type), value(from.binding)};
    if (keyword == "generate")
      return ast::Generate{target(from), type(from.type), value(from.binding)};
    ast::Identifier name = expressions_.identifier(from.name);
    std::optional<ast::Type> of_type = type(from.type);
    std::optional<ast::Expression> bound = value(from.binding);
    if (keyword == "data") return ast::Data{std::move(name), *std::move(of_type), std::move(bound)};
    if (keyword == "let") return ast::Let{std::move(name), std::move(of_type), *std::move(bound)};
    if (keyword == "derive")
      return ast::Derive{std::move(name), std::move(of_type), *std::move(bound)};
    if (keyword == "var") return ast::Var{std::move(name), std::move(of_type), std::move(bound)};
    VIPPL_ASSERT(keyword == "param", "the grammar has no other definitions");
    return ast::Param{std::move(name), std::move(of_type), std::move(bound)};
  }

  std::optional<Node> build(const syntax::Observe& from, Span) {
    ast::Expression observed = expressions_.expression(from.value);
    return ast::Observe{std::move(observed), expressions_.expression(from.distribution.value)};
  }

  std::optional<Node> build(const syntax::Simple& from, Span) {
    ast::Expression result = expressions_.expression(from.value);
    if (from.keyword.text() == "factor") return ast::Factor{std::move(result)};
    return ast::Return{std::move(result)};
  }

  std::optional<Node> build(const syntax::Loose& from, Span span) {
    ast::Expression left = expressions_.expression(from.left);
    if (from.binding) {
      const Token first = first_token(from.left);
      if (first.kind == TokenKind::name && from.binding->op.text() == "=") {
        // `real<lower = 0> sigma` reads as an assignment to `real < lower`.
        const auto declared = stan_declaration_hint(text_.substr(span.begin));
        if (declared) {
          report_word(first, *declared);
          return std::nullopt;
        }
      }
      return assignment(std::move(left), *from.binding);
    }
    if (dialect_ == Dialect::repl) return ast::Evaluate{std::move(left)};
    report_bare(first_token(from.left), span);
    return std::nullopt;
  }

  std::optional<Node> assignment(ast::Expression left, const syntax::Binding& from) {
    ast::Expression assigned = expressions_.expression(from.value);
    ast::Assign result{{}, {}, operation(from.op), std::move(assigned)};
    if (auto* subscript = std::get_if<ast::Subscript>(&left.node)) {
      result.places = std::move(subscript->places);
      ast::Expression base = std::move(*subscript->base);
      left = std::move(base);
    }
    const auto* name = std::get_if<ast::Name>(&left.node);
    if (name == nullptr) {
      expressions_.report(
          error("assignment-target", left.span, "only a `var`, or elements of one, can be assigned",
                "write `x = ...` or `x[i] = ...`; a value is named with `let x = ...`"));
      return std::nullopt;
    }
    result.name = {name->name, left.span};
    return result;
  }

  static ast::AssignmentOperator operation(const Token& op) {
    switch (*op.first) {
      case '+':
        return ast::AssignmentOperator::add;
      case '-':
        return ast::AssignmentOperator::subtract;
      case '*':
        return ast::AssignmentOperator::multiply;
      case '/':
        return ast::AssignmentOperator::divide;
      default:
        return ast::AssignmentOperator::set;
    }
  }

  void report_bare(const Token& first, Span span) {
    const std::string_view statement = text_.substr(span.begin, span.end - span.begin);
    const std::size_t arrow = statement.find("<-");
    if (arrow != std::string_view::npos) {
      const auto begin = span.begin + static_cast<std::uint32_t>(arrow);
      expressions_.report(error("arrow-assignment", {begin, begin + 2, span.source},
                                "`<-` does not assign",
                                "a value is named with `let x = 3`, a `var` is set with `x = 3`"));
      return;
    }
    const auto words = foreign_words();
    const auto word = std::find_if(words.begin(), words.end(), [&](const ForeignWord& foreign) {
      return foreign.text == first.text();
    });
    if (word != words.end()) {
      const auto declared = stan_declaration_hint(statement);
      report_word(first, declared.value_or(std::string(word->hint)));
      return;
    }
    expressions_.report(error(
        "bare-expression", span, "an expression alone does nothing here",
        "name it with `let x = ...`, report it with `derive x = ...`, or add it to the log joint "
        "with `factor ...`; the REPL prints it"));
  }

  void report_word(const Token& first, std::string hint) {
    expressions_.report(error("unknown-statement", expressions_.span(first),
                              fmt::format("`{}` does not begin a statement", first.text()),
                              std::move(hint)));
  }

  std::optional<Node> build(const syntax::Branch& from, Span) {
    ast::Expression condition = expressions_.expression(from.condition);
    return ast::While{std::move(condition), block(from.body.statements)};
  }

  std::optional<Node> build(const syntax::If& from, Span) {
    if (from.others.size() >= most_branches) {
      expressions_.report(error("too-deep", expressions_.span(from.first.keyword),
                                fmt::format("this `if` has more than {} branches", most_branches),
                                "look the value up in an array instead"));
      return std::nullopt;
    }
    ast::If first = branch(from.first);
    std::vector<ast::If> others;
    for (const syntax::Branch& other : from.others) others.push_back(branch(other));
    ast::Block rejected;
    if (from.rejected) rejected = block(from.rejected->statements);
    Token last_close = from.rejected ? from.rejected->close : Token();
    for (std::size_t i = others.size(); i-- > 0;) {
      if (last_close.first == nullptr) last_close = from.others[i].body.close;
      others[i].rejected = std::move(rejected);
      rejected.clear();
      rejected.push_back(
          {expressions_.span(from.others[i].keyword, last_close), std::move(others[i])});
    }
    first.rejected = std::move(rejected);
    return first;
  }

  ast::If branch(const syntax::Branch& from) {
    ast::Expression condition = expressions_.expression(from.condition);
    return {std::move(condition), block(from.body.statements), {}};
  }

  std::optional<Node> build(const syntax::For& from, Span) {
    ast::Expression range = expressions_.expression(from.range);
    return ast::For{expressions_.identifier(from.variable), std::move(range),
                    block(from.body.statements)};
  }

  std::optional<Node> build(const syntax::Callable& from, Span) {
    ast::Identifier name = expressions_.identifier(from.name);
    std::vector<ast::Parameter> parameters;
    for (const syntax::Parameter& parameter : from.parameters) {
      std::optional<ast::Type> of_type = type(parameter.type);
      parameters.push_back(
          {expressions_.identifier(parameter.name), std::move(of_type), value(parameter.start)});
    }
    std::optional<ast::Type> result = type(from.result);
    ast::Block body = syntax::match(
        from.body, [&](const syntax::Block& written) { return block(written.statements); },
        [&](const syntax::Binding& binding) {
          ast::Expression returned = expressions_.expression(binding.value);
          const Span span = returned.span;
          ast::Block only;
          only.push_back({span, ast::Return{std::move(returned)}});
          return only;
        });
    if (from.keyword.text() == "model")
      return ast::Model{std::move(name), std::move(parameters), std::move(body)};
    return ast::Function{std::move(name), std::move(parameters), std::move(result),
                         std::move(body)};
  }

  std::optional<Node> build(const syntax::Guide& from, Span) {
    return ast::Guide{block(from.body.statements)};
  }

  std::optional<Node> build(const syntax::Import& from, Span) {
    const Span span = expressions_.span(from.path);
    return ast::Import{read_string(from.path.text(), span, expressions_.diagnostics()), span};
  }

  std::string_view text_;
  Dialect dialect_;
  ExpressionBuilder expressions_;
};

}  // namespace

ast::Script build_ast(const std::vector<syntax::Statement>& statements, std::string_view text,
                      std::uint32_t source, Dialect dialect, Diagnostics& diagnostics) {
  return {Builder(text, source, dialect, diagnostics).block(statements)};
}

}  // namespace vippl::lang
