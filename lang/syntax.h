#pragma once
#include <boost/optional/optional.hpp>
#include <boost/variant/apply_visitor.hpp>
#include <boost/variant/recursive_wrapper.hpp>
#include <boost/variant/variant.hpp>
#include <string_view>
#include <vector>

#include "lang/match.h"
#include "lang/token.h"

// What the grammar fills: the pieces of a script as they stand in the text, operators still in a
// row. Only the grammar and build_ast.cpp know these; everybody else reads ast.h. Spans are found
// in the tokens, which is why brackets that close something are kept.

namespace vippl::lang::syntax {

using boost::optional;
using boost::variant;
using Tokens = std::vector<Token>;

struct Expression;
struct Argument;
struct Over;
struct Statement;

// ---- expressions ----

struct Arguments {
  std::vector<Argument> items;
  Token close;
};
using Place = variant<Token, boost::recursive_wrapper<Expression>>;  // the token is a bare `:`
struct Subscript {
  std::vector<Place> places;
  Token close;
};
struct Named {  // a name, or a call
  Token name;
  optional<Arguments> arguments;
};
struct Group;
struct Array;
using Atom =
    variant<Token, Named, boost::recursive_wrapper<Group>, boost::recursive_wrapper<Array>>;
struct Member {
  Token dot;
  Token name;
};
using Postfix = variant<Token, Subscript, Member>;  // the token is `'`
struct Operand {
  Tokens prefixes;
  Atom atom;
  std::vector<Postfix> postfixes;
};
struct Operation {
  Token op;
  Operand operand;
};
struct Condition {  // if .. then .. else
  Token keyword;
  boost::recursive_wrapper<Expression> condition;
  boost::recursive_wrapper<Expression> accepted;
};
struct Expression {
  std::vector<Condition> conditions;
  Operand first;
  std::vector<Operation> rest;
};
struct Argument {
  optional<Token> name;
  Expression value;
};
struct Group {
  Token open;
  Expression value;
  Token close;
};
struct Over {
  Token variable;
  Expression range;
};
struct Array {
  Token open;
  std::vector<Expression> elements;
  std::vector<Over> over;
  Token close;
};
struct Type {
  Token element;
  optional<Token> question;
  optional<Arguments> arguments;
  optional<Subscript> shape;
};

// ---- statements ----

struct Binding {  // "= value" or "~ distribution"
  Token op;
  Expression value;
};
struct Block {
  std::vector<Statement> statements;
  Token close;
};
struct Definition {  // data, let, var, derive, param, sample, generate
  Token keyword;
  Token name;
  Tokens members;
  optional<Subscript> subscript;
  optional<Type> type;
  optional<Binding> binding;
};
struct Observe {
  Token keyword;
  Expression value;
  Binding distribution;
};
struct Simple {  // factor, return
  Token keyword;
  Expression value;
};
struct Loose {  // what begins with no keyword: an assignment or a bare expression
  Expression left;
  optional<Binding> binding;
};
struct Branch {  // if, while
  Token keyword;
  Expression condition;
  Block body;
};
struct If {
  Branch first;
  std::vector<Branch> others;
  optional<Block> rejected;
};
struct For {
  Token keyword;
  Token variable;
  Expression range;
  Block body;
};
struct Parameter {
  Token name;
  optional<Type> type;
  optional<Binding> start;
};
using FnBody = variant<Binding, Block>;
struct Callable {  // fn, model
  Token keyword;
  Token name;
  std::vector<Parameter> parameters;
  optional<Type> result;
  FnBody body;
};
struct Guide {
  Token keyword;
  Block body;
};
struct Import {
  Token keyword;
  Token path;
};
using StatementBody =
    variant<Definition, Observe, Simple, Loose, Branch, If, For, Callable, Guide, Import>;
struct Statement {
  StatementBody body;
  Token end;  // null if the statement could not be read
};

/// Reads a variant; every alternative must have its case.
template <class... Alternatives, class... Cases>
decltype(auto) match(const boost::variant<Alternatives...>& read, Cases&&... cases) {
  return boost::apply_visitor(Overloaded<std::decay_t<Cases>...>{std::forward<Cases>(cases)...},
                              read);
}

}  // namespace vippl::lang::syntax
