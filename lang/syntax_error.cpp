#include "lang/syntax_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "lang/failed_statement.h"
#include "lang/foreign.h"
#include "lang/nearest.h"
#include "lang/stan.h"
#include "lang/token.h"

namespace vippl::lang {
namespace {

struct Form {
  std::string_view word;
  std::string_view example;
};
constexpr Form forms[] = {
    {"data", "data y : real[n]"},
    {"let", "let z = x + 1"},
    {"var", "var total = 0"},
    {"sample", "sample mu ~ normal(0, 1)"},
    {"observe", "observe y ~ normal(mu, sigma)"},
    {"factor", "factor -x^2"},
    {"derive", "derive ratio = a / b"},
    {"generate", "generate y_new ~ normal(mu, sigma)"},
    {"param", "param m : real[n] = 0"},
    {"if", "if x > 0 { ... } else { ... }"},
    {"for", "for i in 1..n { ... }"},
    {"while", "while x > 0 { ... }"},
    {"return", "return x"},
    {"fn", "fn f(x, scale = 1) = scale * x"},
    {"model", "model effects(groups) { ... return z }"},
    {"guide", "guide { ... }"},
    {"import", "import \"priors.vi\""},
};

/// The words with which statements begin.
std::vector<std::string_view> statement_beginnings() {
  std::vector<std::string_view> words;
  for (const Form& form : forms) words.push_back(form.word);
  return words;
}

std::string form_hint(const FailedStatement& at) {
  const auto form = std::find_if(std::begin(forms), std::end(forms), [&](const Form& candidate) {
    return candidate.word == at.keyword();
  });
  if (form == std::end(forms) || at.wants_expression() || at.previous().text() == ".") return "";
  return fmt::format("`{}` is written like `{}`", form->word, form->example);
}

using Maybe = std::optional<Diagnostic>;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> texts) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

Maybe foreign_symbol(const FailedStatement& at) {
  const auto match = [&](const char* from, const char* beyond) -> Maybe {
    for (const ForeignSymbol& symbol : foreign_symbols()) {
      if (!at.rest(from).starts_with(symbol.text)) continue;
      const char* end = from + symbol.text.size();
      if (end <= beyond) continue;
      if (symbol.code == "unary-plus" && !at.wants_expression()) continue;
      return error(std::string(symbol.code), at.span(from, end),
                   fmt::format("`{}` {}", symbol.text, symbol.message), std::string(symbol.hint));
    }
    return std::nullopt;
  };
  if (at.is_found_adjacent()) {
    if (Maybe found = match(at.previous().first, at.found().first))
      return found;  // the second half of `**`
  }
  return match(at.found().first, at.found().first);
}

/// `normal_lpdf(y | mu, sigma)`, whose `|` does not fit.
Maybe stan_density(const FailedStatement& at) {
  if (at.found().text() != "|") return std::nullopt;
  for (Token token = at.first(); token.first < at.found().first; token = at.after(token)) {
    const std::optional<std::string> hint = stan_density_hint(at.rest(token.first));
    if (!hint) continue;
    return error("foreign-density", at.span(token.first, token.last),
                 fmt::format("`{}` is not how a density is written", token.text()), *hint);
  }
  return std::nullopt;
}

Maybe missing_digits(const FailedStatement& at) {
  if (at.found().text() != "." || at.next().kind != TokenKind::number ||
      at.next().first != at.found().last) {
    return std::nullopt;
  }
  const std::string text = at.between(at.found(), at.next());
  return error("bad-number", at.span(at.found().first, at.next().last),
               fmt::format("`{}` has no digit before its point", text),
               fmt::format("write `0{}`", text));
}

Maybe quoted_with_apostrophes(const FailedStatement& at) {
  if (at.found().text() != "'" || !at.wants_expression()) return std::nullopt;
  return error("single-quotes", at.span(), "a string stands between double quotes",
               "write `\"text\"`");
}

Maybe braces_for_array(const FailedStatement& at) {
  if (at.found().text() != "{" || at.count_before() == 0 || !at.wants_expression())
    return std::nullopt;
  return error("braces-for-array", at.span(), fmt::format("expected an expression, found `{{`"),
               "an array is written `[1, 2, 3]`; braces hold the statements of a block");
}

Maybe other_sections(const FailedStatement& at) {
  if (at.found().text() != "{" || at.count_before() != 1) return std::nullopt;
  if (!is_one_of(at.keyword(), {"data", "model"})) return std::nullopt;
  return error("section", at.span(at.first().first, at.found().last),
               fmt::format("a script has no section `{} {{ ... }}`", at.keyword()),
               "`data`, `let`, `sample` and `observe` statements stand in the order of their use: "
               "`data y : real[n]`");
}

Maybe reserved_name(const FailedStatement& at) {
  if (at.found().kind != TokenKind::reserved) return std::nullopt;
  const std::string_view word = at.found().text();
  if (at.expects("a name")) {
    return error(
        "reserved-name", at.span(),
        fmt::format("expected a name, found the reserved word `{}`", word),
        fmt::format("choose another name; a column called \"{0}\" is read with `field(\"{0}\")`",
                    word));
  }
  if (!at.wants_expression() || at.count_before() == 0) return std::nullopt;
  if (word == "if") {
    return error("bare-choice", at.span(), "a choice beside an operator needs brackets",
                 "write `(if c then a else b)`");
  }
  if (word == "not") return std::nullopt;
  if (is_one_of(word, {"then", "else", "and", "or", "in", "for"})) return std::nullopt;
  return error(
      "reserved-name", at.span(),
      fmt::format("expected an expression, found the reserved word `{}`", word),
      fmt::format(
          "a column called \"{0}\" is read under another name: `data z : real[n] = field(\"{0}\")`",
          word));
}

struct OtherTilde {
  std::string_view text;
  std::string_view code;
};
constexpr OtherTilde other_tildes[] = {{"<-", "arrow-assignment"},
                                       {":=", "colon-equals"},
                                       {"==", "equals-for-tilde"},
                                       {"=", "equals-for-tilde"}};

/// Something else stands where `~` should. Some of it reads as an operator (`y < -normal(0, 1)`),
/// and the statement does not fail before its end.
Maybe tilde_of_others(const FailedStatement& at) {
  if (!is_one_of(at.keyword(), {"sample", "observe", "generate"})) return std::nullopt;
  const bool is_operator = at.keyword() == "observe" && at.expects("`~`");
  Token before = at.first();
  for (Token token = at.after(before); token.first <= at.found().first;
       before = token, token = at.after(token)) {
    if (token.text() == "~" || token.kind == TokenKind::text_end) return std::nullopt;
    const auto* other = std::find_if(
        std::begin(other_tildes), std::end(other_tildes),
        [&](const OtherTilde& each) { return at.rest(token.first).starts_with(each.text); });
    if (other == std::end(other_tildes)) continue;
    const char* end = token.first + other->text.size();
    const Token right = at.token_from(end);
    const bool is_call = right.kind == TokenKind::name && at.after(right).text() == "(";
    if (end <= at.found().first && !(is_operator && is_call)) continue;
    const bool may_be_value = other->code == "equals-for-tilde" && at.keyword() != "observe";
    return error(
        std::string(other->code), at.span(token.first, end),
        fmt::format("`{}` takes a distribution after `~`, found `{}`", at.keyword(), other->text),
        fmt::format(
            "write `{} ~ {}`{}", at.between(at.first(), before), at.line_from(end),
            may_be_value ? "; a value is named with `let`, or with `derive` to report it" : ""));
  }
  return std::nullopt;
}

Maybe tilde_for_equals(const FailedStatement& at) {
  if (at.found().text() != "~") return std::nullopt;
  if (at.keyword() == "data") {
    return error(
        "tilde-for-equals", at.span(), "`data` takes no distribution",
        fmt::format("declare the data first, then say what they follow: `observe {} ~ ...`",
                    at.second().text()));
  }
  if (!is_one_of(at.keyword(), {"let", "var", "derive", "param"})) return std::nullopt;
  return error("tilde-for-equals", at.span(),
               fmt::format("`{}` takes a value after `=`, found `~`", at.keyword()),
               fmt::format("a latent is written `sample {} ~ ...`, a random draw for each "
                           "posterior draw `generate {} ~ ...`",
                           at.second().text(), at.second().text()));
}

Maybe wrong_equals(const FailedStatement& at) {
  const std::string_view found = at.found().text();
  if (found == "==" && (at.expects("`=`") || at.expects("`:`"))) {
    return error("double-equals", at.span(), "`==` compares; expected `=`",
                 fmt::format("write `{} = ...`", at.between(at.first(), at.previous())));
  }
  if (is_one_of(found, {"+=", "-=", "*=", "/="}) && !at.keyword().empty()) {
    return error("assignment-operator", at.span(),
                 fmt::format("`{}` changes a `var`; expected {}", found, at.expected()),
                 fmt::format("a variable is defined with `var x = 0` and then changed with `x {} "
                             "1`, a statement of its own",
                             found));
  }
  if (found != "=" || at.count_before() == 0 || at.wants_expression()) return std::nullopt;
  if (at.keyword() == "model") {
    return error("model-body", at.span(), "a `model` has a block, not a value",
                 "write `model f(x) { ... return z }`");
  }
  const bool is_statement =
      is_one_of(at.keyword(), {"data", "let", "var", "param", "derive"}) && at.count_before() < 3;
  if (is_statement) return std::nullopt;
  return error(
      "single-equals", at.span(),
      at.expects("the end of the line")
          ? "`=` does not compare"
          : fmt::format("`=` does not compare; expected {}", at.expected()),
      "equality is written `a == b`; an argument is named with a plain name, `f(scale = 2)`");
}

Maybe missing_keyword(const FailedStatement& at) {
  if (!at.keyword().empty() || at.count_before() == 0 || at.found().text() != "~")
    return std::nullopt;
  const std::string left = at.between(at.first(), at.previous());
  return error("missing-sample-or-observe", at.span(at.first().first, at.found().last),
               "a statement with `~` begins with `sample` or `observe`",
               fmt::format("write `sample {} ~ ...` for an unknown, `observe {} ~ ...` for data",
                           left, left));
}

Maybe missing_tilde(const FailedStatement& at) {
  if (!is_one_of(at.keyword(), {"sample", "observe", "generate"}) || at.count_before() < 2)
    return std::nullopt;
  if (!at.expects("`~`") && !at.expects("the end of the line")) return std::nullopt;
  if (at.found().kind == TokenKind::name) {
    return error(
        "missing-tilde", at.span(),
        fmt::format("expected `~` before the distribution, found {}", in_words(at.found())),
        fmt::format("write `{} ~ {}(...)`", at.between(at.first(), at.previous()),
                    at.found().text()));
  }
  if (at.keyword() != "observe" || !at.is_found_at_line_end()) return std::nullopt;
  return error(
      "missing-tilde", at.span(),
      fmt::format("`observe` needs a distribution after `~`, found {}", in_words(at.found())),
      fmt::format("write `{} ~ normal(mu, sigma)`", at.between(at.first(), at.previous())));
}

Maybe other_ranges_and_blocks(const FailedStatement& at) {
  if (at.keyword() == "for" && at.count_before() == 1 && at.found().text() == "(") {
    return error("for-parentheses", at.span(),
                 "expected the name of the loop variable after `for`, found `(`",
                 "write `for i in 1..n { ... }`, without brackets");
  }
  if (at.found().text() != ":") return std::nullopt;
  const bool is_header =
      is_one_of(at.keyword(), {"if", "for", "while", "fn", "model", "guide", "else"});
  if (is_header && !at.has_brace_ahead()) {
    return error("colon-block", at.span(), "a block stands between braces; expected `{`, found `:`",
                 fmt::format("write `{} {{ ... }}`", at.between(at.first(), at.previous())));
  }
  if (!at.expects("`]`") && !at.expects("`)`") && !is_header) return std::nullopt;
  return error("colon-range", at.span(),
               fmt::format("`:` does not make a range; expected {}", at.expected()),
               "a range is written `1..n`; `:` alone in a subscript takes everything");
}

Maybe missing_block(const FailedStatement& at) {
  if (!at.expects("`{`") && !at.expects("`=` or `{`")) return std::nullopt;
  if (at.is_found_at_line_end()) {
    return error("missing-block", at.span(),
                 fmt::format("expected {}, found {}", at.expected(), in_words(at.found())),
                 at.keyword() == "fn"
                     ? form_hint(at)
                     : "a block begins on the line of its statement: `for i in 1..n {`");
  }
  return error("missing-block", at.span(),
               fmt::format("expected {}, found {}", at.expected(), in_words(at.found())),
               "the statements that belong together stand between `{` and `}`");
}

Maybe missing_else(const FailedStatement& at) {
  if (at.expects("`then`") && at.keyword() != "if") {
    return error("incomplete-choice", at.span(),
                 fmt::format("expected `then`, found {}", in_words(at.found())),
                 "a choice between values is written `if c then a else b`");
  }
  if (!at.expects("`else`")) return std::nullopt;
  return error("incomplete-choice", at.span(),
               fmt::format("expected `else`, found {}", in_words(at.found())),
               "a value needs both sides of a choice: `if c then a else b`");
}

Maybe lone_else(const FailedStatement& at) {
  const bool is_first = at.count_before() == 0;
  if (at.found().text() != "else" || !(is_first || at.expects("the end of the line")))
    return std::nullopt;
  return error("else-without-if", at.span(), "this `else` belongs to no `if`",
               "write `if c { ... } else { ... }`, or for a value `if c then a else b`");
}

Maybe missing_source(const FailedStatement& at) {
  if (at.keyword() != "data" || !at.expects("`:`")) return std::nullopt;
  return error("missing-type", at.span(),
               fmt::format("`data` needs a type after `:`, found {}", in_words(at.found())),
               fmt::format("write `{} : real[n]`", at.between(at.first(), at.previous())));
}

/// `real<lower = 0>`, or `real >= 0`, where a type stands.
Maybe angle_bounds(const FailedStatement& at) {
  if (!is_one_of(at.found().text(), {"<", "<=", ">", ">="}) || at.count_before() < 2)
    return std::nullopt;
  Token token = at.first();
  while (token.last <= at.previous().first && token.text() != ":") token = at.after(token);
  if (token.text() != ":") return std::nullopt;
  const bool is_lower = at.found().text().front() == '>';
  return error("angle-bounds", at.span(),
               fmt::format("bounds stand in round brackets, found `{}`", at.found().text()),
               is_lower ? "write `real(lower = 0)`" : "write `real(lower = 0, upper = 1)`");
}

/// `vector[n] x` and the like, before their `<` and `=` are taken for what they are here.
Maybe stan_declaration(const FailedStatement& at) {
  if (at.first().kind != TokenKind::name) return std::nullopt;
  const std::optional<std::string> hint = stan_declaration_hint(at.rest(at.first().first));
  if (!hint) return std::nullopt;
  return error("unknown-statement", at.span(at.first().first, at.first().last),
               fmt::format("`{}` does not begin a statement", at.first().text()), *hint);
}

Maybe unknown_statement(const FailedStatement& at) {
  if (at.first().kind != TokenKind::name) return std::nullopt;
  const auto words = foreign_words();
  const auto word = std::find_if(words.begin(), words.end(), [&](const ForeignWord& foreign) {
    return foreign.text == at.first().text();
  });
  const bool is_two_words =
      at.count_before() == 1 && (at.found().kind != TokenKind::symbol || at.found().text() == "{" ||
                                 at.found().text() == ":");
  if (word == words.end() && !is_two_words) return std::nullopt;
  const Span span = at.span(at.first().first, at.first().last);
  const std::string message = fmt::format("`{}` does not begin a statement", at.first().text());
  if (word != words.end())
    return error("unknown-statement", span, message, std::string(word->hint));
  if (at.is_found_at_line_end()) return std::nullopt;
  const std::vector<std::string_view> words_of_ours = statement_beginnings();
  if (const auto meant =
          nearest(at.first().text(), std::span<const std::string_view>(words_of_ours))) {
    return error("unknown-statement", span, message, fmt::format("did you mean `{}`?", *meant));
  }
  return error("unknown-statement", span, message,
               fmt::format("statements begin with {}", fmt::join(statement_beginnings(), ", ")));
}

Maybe foreign_word_after_block(const FailedStatement& at) {
  if (at.previous().text() != "}" || at.found().kind != TokenKind::name) return std::nullopt;
  if (!is_one_of(at.found().text(), {"elif", "elseif", "elsif"})) return std::nullopt;
  return error("unknown-statement", at.span(),
               fmt::format("`{}` does not continue an `if`", at.found().text()),
               "write `} else if c { ... }`");
}

Maybe several_on_a_line(const FailedStatement& at) {
  if (!at.expects("the end of the line")) return std::nullopt;
  if (at.found().kind == TokenKind::reserved) {
    return error("missing-line-end", at.span(),
                 fmt::format("expected the end of the line, found {}", in_words(at.found())),
                 is_statement_word(at.found().text()) || is_one_of(at.found().text(), {"if", "for"})
                     ? "a statement begins on a line of its own, or after `;`"
                     : "");
  }
  return error(
      "unexpected-text", at.span(),
      fmt::format("expected an operator or the end of the line, found {}", in_words(at.found())),
      at.previous().kind == TokenKind::number && at.found().kind == TokenKind::name
          ? "a product is written `2 * x`"
          : "");
}

Diagnostic anything_else(const FailedStatement& at) {
  if (at.count_before() == 0) {
    return error("unknown-statement", at.span(),
                 fmt::format("expected a statement, found {}", in_words(at.found())),
                 fmt::format("statements begin with {}", fmt::join(statement_beginnings(), ", ")));
  }
  const std::string found = in_words(at.found());
  if (at.wants_expression()) {
    const bool is_before = at.previous().kind != TokenKind::line_end;
    return error("expected-expression", at.span(),
                 is_before ? fmt::format("expected an expression after `{}`, found {}",
                                         at.previous().text(), found)
                           : fmt::format("expected an expression, found {}", found));
  }
  if (at.expects("`)`") || at.expects("`]`")) {
    return error(
        "expected-symbol", at.span(),
        fmt::format("expected `,` or {}, found {}", at.expected(), found),
        at.found().kind == TokenKind::symbol ? "" : "elements and arguments are separated by `,`");
  }
  if (at.expects("a name")) {
    return error("expected-name", at.span(),
                 fmt::format("expected a name after `{}`, found {}", at.previous().text(), found),
                 at.found().kind == TokenKind::number ? "a name begins with a letter or `_`"
                                                      : form_hint(at));
  }
  if (at.expects("a type")) {
    return error("expected-type", at.span(),
                 fmt::format("expected a type after `:`, found {}", found),
                 "a type is written like `real[n]`, `int(lower = 0)`, `simplex[k]`");
  }
  return error("expected-symbol", at.span(),
               fmt::format("expected {}, found {}", at.expected(), found), form_hint(at));
}

}  // namespace

Diagnostic describe(const SyntaxFailure& failure) {
  const FailedStatement at(failure);
  // The first that recognises its mistake words it.
  constexpr Maybe (*known_mistakes[])(const FailedStatement&) = {
      missing_digits,    tilde_of_others,  stan_density,
      stan_declaration,  foreign_symbol,   quoted_with_apostrophes,
      other_sections,    braces_for_array, missing_else,
      lone_else,         reserved_name,    tilde_for_equals,
      wrong_equals,      missing_keyword,  foreign_word_after_block,
      unknown_statement, missing_tilde,    other_ranges_and_blocks,
      angle_bounds,      missing_block,    missing_source,
      several_on_a_line};
  for (const auto& recognise : known_mistakes) {
    if (Maybe diagnostic = recognise(at)) return *std::move(diagnostic);
  }
  return anything_else(at);
}

}  // namespace vippl::lang
