#include "lang/grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/fusion/include/adapt_struct.hpp>
#include <boost/spirit/home/x3.hpp>
#include <string>
#include <string_view>

#include "lang/syntax_error.h"

namespace syntax = vippl::lang::syntax;

BOOST_FUSION_ADAPT_STRUCT(syntax::Arguments, items, close)
BOOST_FUSION_ADAPT_STRUCT(syntax::Subscript, places, close)
BOOST_FUSION_ADAPT_STRUCT(syntax::Named, name, arguments)
BOOST_FUSION_ADAPT_STRUCT(syntax::Member, dot, name)
BOOST_FUSION_ADAPT_STRUCT(syntax::Operand, prefixes, atom, postfixes)
BOOST_FUSION_ADAPT_STRUCT(syntax::Operation, op, operand)
BOOST_FUSION_ADAPT_STRUCT(syntax::Condition, keyword, condition, accepted)
BOOST_FUSION_ADAPT_STRUCT(syntax::Expression, conditions, first, rest)
BOOST_FUSION_ADAPT_STRUCT(syntax::Argument, name, value)
BOOST_FUSION_ADAPT_STRUCT(syntax::Group, open, value, close)
BOOST_FUSION_ADAPT_STRUCT(syntax::Over, variable, range)
BOOST_FUSION_ADAPT_STRUCT(syntax::Array, open, elements, over, close)
BOOST_FUSION_ADAPT_STRUCT(syntax::Type, element, question, arguments, shape)
BOOST_FUSION_ADAPT_STRUCT(syntax::Binding, op, value)
BOOST_FUSION_ADAPT_STRUCT(syntax::Block, statements, close)
BOOST_FUSION_ADAPT_STRUCT(syntax::Definition, keyword, name, members, subscript, type, binding)
BOOST_FUSION_ADAPT_STRUCT(syntax::Observe, keyword, value, distribution)
BOOST_FUSION_ADAPT_STRUCT(syntax::Simple, keyword, value)
BOOST_FUSION_ADAPT_STRUCT(syntax::Loose, left, binding)
BOOST_FUSION_ADAPT_STRUCT(syntax::Branch, keyword, condition, body)
BOOST_FUSION_ADAPT_STRUCT(syntax::If, first, others, rejected)
BOOST_FUSION_ADAPT_STRUCT(syntax::For, keyword, variable, range, body)
BOOST_FUSION_ADAPT_STRUCT(syntax::Parameter, name, type, start)
BOOST_FUSION_ADAPT_STRUCT(syntax::Callable, keyword, name, parameters, result, body)
BOOST_FUSION_ADAPT_STRUCT(syntax::Guide, keyword, body)
BOOST_FUSION_ADAPT_STRUCT(syntax::Import, keyword, path)
BOOST_FUSION_ADAPT_STRUCT(syntax::Statement, body, end)

namespace vippl::lang {
namespace {

namespace x3 = boost::spirit::x3;
using Iterator = const char*;

// ---- terminals: one token each; the scanner knows Unicode and takes the longest symbol ----

enum class Keep { token, nothing };

/// One token with exactly this text.
template <Keep keep>
struct Exactly : x3::parser<Exactly<keep>> {
  using attribute_type = std::conditional_t<keep == Keep::token, Token, x3::unused_type>;
  static constexpr bool has_attribute = keep == Keep::token;
  std::string_view text;

  constexpr explicit Exactly(std::string_view exact) : text(exact) {}

  template <class Context, class RuleContext, class Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context&, RuleContext&,
             Attribute& attribute) const {
    const Iterator begin = skip_blanks(first, last);
    if (begin == last || *begin != text.front()) return false;
    const Token token = scan(begin, last);
    if (token.text() != text) return false;
    first = token.last;
    if constexpr (keep == Keep::token) x3::traits::move_to(Token(token), attribute);
    return true;
  }
};

constexpr Exactly<Keep::token> keep(std::string_view text) { return Exactly<Keep::token>(text); }
constexpr Exactly<Keep::nothing> just(std::string_view text) {
  return Exactly<Keep::nothing>(text);
}

/// One token of some kind; `label` is what a message calls it.
struct Some : x3::parser<Some> {
  using attribute_type = Token;
  static constexpr bool has_attribute = true;
  std::string_view label;
  bool (*accepts)(const Token&);

  constexpr Some(std::string_view text, bool (*condition)(const Token&))
      : label(text), accepts(condition) {}

  template <class Context, class RuleContext, class Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context&, RuleContext&,
             Attribute& attribute) const {
    const Token token = scan(skip_blanks(first, last), last);
    if (!accepts(token)) return false;
    first = token.last;
    x3::traits::move_to(Token(token), attribute);
    return true;
  }
};

template <std::size_t size>
bool is_one_of(const Token& token, const std::string_view (&texts)[size]) {
  if (token.kind != TokenKind::symbol && token.kind != TokenKind::reserved) return false;
  return std::find(std::begin(texts), std::end(texts), token.text()) != std::end(texts);
}

constexpr Some name("a name", [](const Token& token) { return token.kind == TokenKind::name; });
constexpr Some string("a string",
                      [](const Token& token) { return token.kind == TokenKind::string; });
constexpr Some constant("a number", [](const Token& token) {
  return token.kind == TokenKind::number || token.kind == TokenKind::string ||
         (token.kind == TokenKind::reserved && (token.text() == "true" || token.text() == "false"));
});
constexpr Some prefix("`-`", [](const Token& token) { return is_one_of(token, {"-", "not"}); });
constexpr Some infix("an operator", [](const Token& token) {
  return is_one_of(
      token, {"or", "and", "==", "!=", "<=", "<", ">=", ">", "..", "+", "-", "*", "/", "@", "^"});
});
constexpr Some assignment("`=`", [](const Token& token) {
  return is_one_of(token, {"=", "+=", "-=", "*=", "/="});
});
constexpr Some new_line("the end of the line",
                        [](const Token& token) { return token.kind == TokenKind::line_end; });

/// The end of a statement: `}` and the end of the text end it without being taken.
struct LineEnd : x3::parser<LineEnd> {
  using attribute_type = Token;
  static constexpr bool has_attribute = true;

  template <class Context, class RuleContext, class Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context&, RuleContext&,
             Attribute& attribute) const {
    const Token token = scan(skip_blanks(first, last), last);
    const bool is_taken = token.kind == TokenKind::line_end;
    if (!is_taken && token.kind != TokenKind::text_end && token.text() != "}") return false;
    first = is_taken ? token.last : token.first;
    x3::traits::move_to(Token(token), attribute);
    return true;
  }
};

/// Before an `if` that chooses between values: `then` comes before `{` and before the end of the
/// line. In the REPL such an expression may stand alone.
struct ChoiceAhead : x3::parser<ChoiceAhead> {
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;

  template <class Context, class RuleContext, class Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context&, RuleContext&,
             Attribute&) const {
    Token token = scan(skip_blanks(first, last), last);
    if (token.text() != "if") return false;
    int depth = 0;
    while (token.kind != TokenKind::line_end && token.kind != TokenKind::text_end &&
           token.text() != "{") {
      if (token.text() == "(" || token.text() == "[") ++depth;
      if (token.text() == ")" || token.text() == "]") --depth;
      if (depth == 0 && token.text() == "then") return true;
      token = scan(skip_blanks(token.last, last), last);
    }
    return false;
  }
};

// ---- errors ----

constexpr std::size_t most_errors = 100;  // then reading stops: the text is hardly a script

class Failures {
 public:
  Failures(std::string_view text, std::uint32_t source, Diagnostics& diagnostics)
      : text_(text), source_(source), diagnostics_(diagnostics), known_(diagnostics.size()) {}

  void add(Iterator statement, Iterator where, std::string_view expected) {
    if (is_full()) return;
    const auto begin = static_cast<std::uint32_t>(statement - text_.data());
    const std::size_t line_end = text_.find('\n', static_cast<std::size_t>(where - text_.data()));
    const auto known_end = diagnostics_.begin() + static_cast<std::ptrdiff_t>(known_);
    const auto explained =
        std::lower_bound(diagnostics_.begin(), known_end, begin,
                         [](const Diagnostic& d, std::uint32_t at) { return d.span.begin < at; });
    if (explained != known_end && explained->span.begin <= line_end) return;
    diagnostics_.push_back(describe({text_, statement, where, expected, source_}));
  }

  bool is_full() const { return diagnostics_.size() >= known_ + most_errors; }

 private:
  std::string_view text_;
  std::uint32_t source_;
  Diagnostics& diagnostics_;
  std::size_t known_;  // those before are of the pass over line ends, in the order of the text
};

struct FailuresTag;

/// Where reading goes on: at the end of this line, or at a block that begins on it.
Iterator resume(Iterator where, Iterator last) {
  int depth = 0;  // of braces within the line, which are no block
  for (Token token = scan(skip_blanks(where, last), last);;
       token = scan(skip_blanks(token.last, last), last)) {
    if (token.kind == TokenKind::text_end) return token.first;
    if (token.kind == TokenKind::line_end && depth == 0) return token.first;
    if (token.text() == "{") {
      if (depth == 0 && scan(skip_blanks(token.last, last), last).kind == TokenKind::line_end)
        return token.first;
      ++depth;
    }
    if (token.text() == "}" && depth-- == 0) return token.first;
  }
}

/// Where a block is missing it may stand on the next line: then it is read as one.
Iterator over_line_ends(Iterator first, Iterator last) {
  Token token = scan(first, last);
  while (token.kind == TokenKind::line_end) token = scan(skip_blanks(token.last, last), last);
  return token.text() == "{" ? token.first : first;
}

template <class Context>
void read_orphan(Iterator& first, const Iterator& last, const Context& context);

struct Recovering {
  template <class Failure, class Context>
  x3::error_handler_result on_error(Iterator& first, const Iterator& last, const Failure& failure,
                                    const Context& context) {
    const Iterator start = skip_blanks(first, last);
    const Iterator where = skip_blanks(failure.where(), last);
    Failures& failures = x3::get<FailuresTag>(context);
    failures.add(start, where, failure.which());
    first = resume(where, last);
    if (std::string_view(failure.which()).ends_with("`{`")) first = over_line_ends(first, last);
    while (first != last && *first == '{' && !failures.is_full()) {
      read_orphan(first, last, context);
      first = resume(first, last);
    }
    if (first == start) first = scan(first, last).last;  // never stand still
    if (failures.is_full()) first = last;
    return x3::error_handler_result::accept;
  }
};

// ---- rules ----

const x3::rule<struct arguments_id, syntax::Arguments> arguments = "arguments";
const x3::rule<struct subscript_id, syntax::Subscript> subscript = "a subscript";
const x3::rule<struct place_id, syntax::Place> place = "a subscript";
const x3::rule<struct places_id, std::vector<syntax::Place>> places = "a subscript";
const x3::rule<struct overs_id, std::vector<syntax::Over>> overs = "a name";
const x3::rule<struct named_id, syntax::Named> named = "a name";
const x3::rule<struct group_id, syntax::Group> group = "`(`";
const x3::rule<struct elements_id, std::vector<syntax::Expression>> elements = "elements";
const x3::rule<struct loop_id, std::vector<syntax::Over>> loop = "`for`";
const x3::rule<struct over_id, syntax::Over> over = "a name";
const x3::rule<struct array_id, syntax::Array> array = "`[`";
const x3::rule<struct member_id, syntax::Member> member = "`.`";
const x3::rule<struct operand_id, syntax::Operand> operand = "an expression";
const x3::rule<struct operation_id, syntax::Operation> operation = "an operator";
const x3::rule<struct condition_id, syntax::Condition> condition = "`if`";
const x3::rule<struct expression_id, syntax::Expression> expression = "an expression";
const x3::rule<struct argument_id, syntax::Argument> argument = "an argument";
const x3::rule<struct type_id, syntax::Type> type = "a type";
const x3::rule<struct of_type_id, syntax::Type> of_type = "`:`";
const x3::rule<struct equals_id, syntax::Binding> equals = "`=`";
const x3::rule<struct follows_id, syntax::Binding> follows = "`~`";
const x3::rule<struct assigned_id, syntax::Binding> assigned = "`=`";
const x3::rule<struct block_id, syntax::Block> block = "`{`";
const x3::rule<struct data_id, syntax::Definition> data = "`data`";
const x3::rule<struct let_id, syntax::Definition> let = "`let`";
const x3::rule<struct variable_id, syntax::Definition> variable = "`var`";
const x3::rule<struct random_id, syntax::Definition> random = "`sample`";
const x3::rule<struct observe_id, syntax::Observe> observe = "`observe`";
const x3::rule<struct simple_id, syntax::Simple> simple = "`factor`";
const x3::rule<struct loose_id, syntax::Loose> loose = "a statement";
const x3::rule<struct if_branch_id, syntax::Branch> if_branch = "`if`";
const x3::rule<struct while__id, syntax::Branch> while_ = "`while`";
const x3::rule<struct if__id, syntax::If> if_ = "`if`";
const x3::rule<struct for__id, syntax::For> for_ = "`for`";
const x3::rule<struct parameter_id, syntax::Parameter> parameter = "a parameter";
const x3::rule<struct parameters_id, std::vector<syntax::Parameter>> parameters = "`(`";
const x3::rule<struct fn_body_id, syntax::FnBody> fn_body = "`=` or `{`";
const x3::rule<struct fn_id, syntax::Callable> fn = "`fn`";
const x3::rule<struct model_id, syntax::Callable> model = "`model`";
const x3::rule<struct guide_id, syntax::Guide> guide = "`guide`";
const x3::rule<struct import__id, syntax::Import> import_ = "`import`";
const x3::rule<struct body_id, syntax::StatementBody> body = "a statement";

struct statement_id : Recovering {};
const x3::rule<statement_id, syntax::Statement> statement = "a statement";
const x3::rule<struct script_id, std::vector<syntax::Statement>> script = "a script";

const auto comma = just(",");
const auto no_members = x3::attr(syntax::Tokens());
const auto no_subscript = x3::attr(syntax::optional<syntax::Subscript>());
const auto no_type = x3::attr(syntax::optional<syntax::Type>());
const auto ends = x3::omit[*new_line];

const auto arguments_def = just("(") > -(argument % comma >> x3::omit[-comma]) > keep(")");
// The look ahead keeps the name of a positional argument out of the attribute: X3 does not take it
// back.
const auto argument_def = -(&(name >> just("=")) >> name >> just("=")) >> expression;
const auto place_def = keep(":") | expression;
const auto places_def = place % comma >> x3::omit[-comma];
const auto subscript_def = just("[") > places > keep("]");
const auto member_def = keep(".") > name;
const auto named_def = name >> -arguments;
const auto group_def = keep("(") > expression > keep(")");
const auto elements_def = -(expression % comma >> x3::omit[-comma]);
const auto over_def = name > just("in") > expression;
const auto overs_def = over % comma >> x3::omit[-comma];
const auto loop_def = -(just("for") > overs);
const auto array_def = keep("[") > elements > loop > keep("]");
const auto operand_def = *prefix >> (constant | named | group | array) >>
                         *(keep("'") | subscript | member);
const auto operation_def = infix > operand;
const auto condition_def = keep("if") > expression > just("then") > expression > just("else");
const auto expression_def = *condition >> operand >> *operation;

const auto type_def = name >> -keep("?") >> -arguments >> -subscript;
const auto of_type_def = just(":") > type;
const auto equals_def = keep("=") > expression;
const auto follows_def = keep("~") > expression;
const auto assigned_def = assignment > expression;

const auto data_def = keep("data") > name > no_members > no_subscript > of_type > -equals;
const auto let_def =
    (keep("let") | keep("derive")) > name > no_members > no_subscript > -of_type > equals;
const auto variable_def =
    (keep("var") | keep("param")) > name > no_members > no_subscript > -of_type > -equals;
const auto random_def = (keep("sample") | keep("generate")) > name > *(just(".") > name) >
                        -subscript > -of_type > -follows;
const auto observe_def = keep("observe") > expression > follows;
const auto simple_def = (keep("factor") | keep("return")) > expression;
const auto if_branch_def = keep("if") > expression > block;
const auto if__def = !ChoiceAhead() >> if_branch >> *(just("else") >> if_branch) >>
                     -(just("else") > block);
const auto while__def = keep("while") > expression > block;
const auto for__def = keep("for") > name > just("in") > expression > block;
const auto parameter_def = name >> -of_type >> -equals;
const auto parameters_def = just("(") > -(parameter % comma >> x3::omit[-comma]) > just(")");
const auto fn_body_def = equals | block;
const auto fn_def = keep("fn") > name > parameters > -of_type > fn_body;
const auto model_def = keep("model") > name > parameters > no_type > block;
const auto guide_def = keep("guide") > block;
const auto import__def = keep("import") > string;
const auto loose_def = expression >> -assigned;
const auto body_def = data | let | variable | random | observe | simple | if_ | while_ | for_ | fn |
                      model | guide | import_ | (x3::eps > loose);

const auto block_def = just("{") > ends > *(!just("}") >> !x3::eoi >> statement >> ends) >
                       keep("}");
const auto statement_def = body > LineEnd();
const auto script_def = ends >> *(!x3::eoi >> statement >> ends);

BOOST_SPIRIT_DEFINE(arguments, argument, place, places, subscript, member, named, group, elements,
                    over, overs, loop, array, operand, operation, condition, expression, type,
                    of_type, equals, follows, assigned, data, let, variable, random, observe,
                    simple, if_branch, if_, while_, for_, parameter, parameters, fn_body, fn, model,
                    guide, import_, loose, body, block, statement, script)

/// Reads the block of a statement whose beginning could not be read, for the errors in it.
template <class Context>
void read_orphan(Iterator& first, const Iterator& last, const Context& context) {
  try {
    syntax::Block unwanted;
    if (!parse_rule(block, first, last, context, unwanted)) first = last;
  } catch (const x3::expectation_failure<Iterator>&) {
    first = last;  // the block is never closed, which is reported already
  }
}

}  // namespace

std::vector<syntax::Statement> read_statements(std::string_view text, std::uint32_t source,
                                               Diagnostics& diagnostics) {
  Failures failures(text, source, diagnostics);
  std::vector<syntax::Statement> statements;
  Iterator first = text.data();
  const Iterator last = first + text.size();
  x3::phrase_parse(first, last, x3::with<FailuresTag>(failures)[script], x3::char_(" \t\r"),
                   statements);
  VIPPL_ASSERT(first == last, "the grammar reads every text to its end");
  return statements;
}

}  // namespace vippl::lang

namespace boost::spirit::x3 {

template <vippl::lang::Keep keep>
struct get_info<vippl::lang::Exactly<keep>> {
  using result_type = std::string;
  std::string operator()(const vippl::lang::Exactly<keep>& parser) const {
    return fmt::format("`{}`", parser.text);
  }
};
template <>
struct get_info<vippl::lang::Some> {
  using result_type = std::string;
  std::string operator()(const vippl::lang::Some& parser) const {
    return std::string(parser.label);
  }
};
template <>
struct get_info<vippl::lang::LineEnd> {
  using result_type = std::string;
  std::string operator()(const vippl::lang::LineEnd&) const { return "the end of the line"; }
};

}  // namespace boost::spirit::x3
