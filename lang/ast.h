#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lang/box.h"
#include "lang/source.h"

// The syntax tree of a script, as language.md section 2 has it. Values, copied and moved freely;
// every node has the span of its text.

namespace vippl::lang::ast {

struct Identifier {
  std::string name;  ///< NFC
  Span span;
};

struct Expression;
struct Statement;
using Block = std::vector<Statement>;

// ---- expressions ----

struct Number {
  double value = 0;
  bool is_int = false;
};
struct Text {
  std::string value;  ///< escapes resolved
};
struct Boolean {
  bool value = false;
};
struct Name {
  std::string name;
};
struct Argument {
  std::optional<Identifier> name;
  Box<Expression> value;
};
struct Call {  ///< of a function, or of a distribution where one may stand
  Identifier callee;
  std::vector<Argument> arguments;
};
enum class UnaryOperator { negate, logical_not, transpose };
struct Unary {
  UnaryOperator op = UnaryOperator::negate;
  Box<Expression> operand;
};
enum class BinaryOperator {
  logical_or,
  logical_and,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  range,
  add,
  subtract,
  multiply,
  divide,
  matrix_multiply,
  power
};
struct Binary {
  BinaryOperator op = BinaryOperator::add;
  Box<Expression> left;
  Box<Expression> right;
  Span op_span;
};
struct Choice {  ///< if condition then accepted else rejected
  Box<Expression> condition;
  Box<Expression> accepted;
  Box<Expression> rejected;
};
struct ArrayLiteral {
  std::vector<Expression> elements;
};
struct Over {
  Identifier variable;
  Box<Expression> range;
};
struct Comprehension {  ///< [element for v in range, w in range]
  Box<Expression> element;
  std::vector<Over> over;
};
/// One place of a subscript: an expression, or nothing for a bare `:`.
struct Place {
  std::optional<Box<Expression>> index;
  Span span;
};
struct Subscript {
  Box<Expression> base;
  std::vector<Place> places;
};
struct Member {  ///< by_state.tau
  Box<Expression> base;
  Identifier member;
};

struct Expression {
  Span span;
  std::variant<Number, Text, Boolean, Name, Call, Unary, Binary, Choice, ArrayLiteral,
               Comprehension, Subscript, Member>
      node;
};

/// element, condition and shape: real(lower = 0)[n, p]
struct Type {
  Identifier element;
  bool optional = false;  ///< `real?`: may be missing
  std::vector<Argument> arguments;
  std::vector<Expression> shape;  ///< empty: a scalar
  Span span;
};

// ---- statements ----

/// What `sample` and `generate` define: name, dotted for a latent of a model, perhaps one element
/// or slice of it.
struct Target {
  std::string name;           ///< parts joined by "."
  Span name_span;             ///< without the subscript
  std::vector<Place> places;  ///< empty: the whole
  Span span;
};

struct Data {
  Identifier name;
  Type type;
  std::optional<Expression> source;
};
struct Let {
  Identifier name;
  std::optional<Type> type;
  Expression value;
};
struct Var {
  Identifier name;
  std::optional<Type> type;
  std::optional<Expression> value;
};
enum class AssignmentOperator { set, add, subtract, multiply, divide };
struct Assign {
  Identifier name;
  std::vector<Place> places;
  AssignmentOperator op = AssignmentOperator::set;
  Expression value;
};
struct Sample {
  Target target;
  std::optional<Type> type;
  std::optional<Expression> distribution;
};
struct Observe {
  Expression value;
  Expression distribution;
};
struct Factor {
  Expression value;
};
struct Derive {
  Identifier name;
  std::optional<Type> type;
  Expression value;
};
struct Generate {
  Target target;
  std::optional<Type> type;
  std::optional<Expression> distribution;
};
struct Param {
  Identifier name;
  std::optional<Type> type;
  std::optional<Expression> start;
};
struct If {
  Expression condition;
  Block accepted;
  Block rejected;  ///< holds one If for `else if`
};
struct For {
  Identifier variable;
  Expression range;
  Block body;
};
struct While {
  Expression condition;
  Block body;
};
struct Return {
  Expression value;
};
struct Parameter {
  Identifier name;
  std::optional<Type> type;
  std::optional<Expression> start;  ///< the default
};
struct Function {
  Identifier name;
  std::vector<Parameter> parameters;
  std::optional<Type> result;
  Block body;  ///< `fn f(x) = e` is the block { return e }
};
struct Model {
  Identifier name;
  std::vector<Parameter> parameters;
  Block body;
};
struct Guide {
  Block body;
};
struct Import {
  std::string path;
  Span path_span;
};
struct Evaluate {  ///< an expression as a statement: legal in the REPL only
  Expression value;
};

struct Statement {
  Span span;  ///< without the line end
  std::variant<Data, Let, Var, Assign, Sample, Observe, Factor, Derive, Generate, Param, If, For,
               While, Return, Function, Model, Guide, Import, Evaluate>
      node;
};

struct Script {
  std::vector<Statement> statements;
};

}  // namespace vippl::lang::ast
