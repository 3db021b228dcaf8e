#include "lang/line_ends.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "lang/characters.h"
#include "lang/token.h"

namespace vippl::lang {
namespace {

constexpr std::size_t most_reports = 100;  // more say nothing new about a text

struct Bracket {
  char open = '(';
  const char* where = nullptr;
  std::size_t choices = 0;  // `if`s that still wait for their `else`: each nests like a bracket
};

char closing(char open) { return open == '(' ? ')' : open == '[' ? ']' : '}'; }

class Pass {
 public:
  Pass(SettledText& result, std::uint32_t source)
      : result_(result),
        source_(source),
        first_(result.text.data()),
        last_(first_ + result.text.size()),
        here_(first_) {}

  void run() {
    while (!result_.is_too_deep && skip_to_token()) {
      const Token token = scan(here_, last_);
      settle_gap(token);
      here_ = first_ + (token.last - first_);
      read(token);
      if (token.kind == TokenKind::line_end) continue;
      previous_ = token;
      gap_ = here_;
    }
    result_.wants_more =
        result_.diagnostics.empty() && (!brackets_.empty() || goes_on_after(previous_));
    if (!brackets_.empty() && !result_.is_too_deep) report_unclosed(nullptr);
  }

 private:
  /// Moves over blanks, newlines and comments, blanking the last.
  bool skip_to_token() {
    for (;;) {
      here_ = first_ + (skip_blanks(here_, last_) - first_);
      if (here_ == last_) return false;
      const std::string_view rest(here_, static_cast<std::size_t>(last_ - here_));
      if (*here_ == '\n') {
        has_newline_ = true;
        ++here_;
      } else if (*here_ == '#') {
        blank_until(rest.find('\n'));
      } else if (rest.starts_with("//")) {
        report_comment("//");
        blank_until(rest.find('\n'));
      } else if (rest.starts_with("/*")) {
        report_comment("/*");
        const std::size_t end = rest.find("*/", 2);
        blank_until(end == std::string_view::npos ? end : end + 2);
      } else {
        return true;
      }
    }
  }

  void blank_until(std::size_t size) {
    char* end = here_ + std::min(size, static_cast<std::size_t>(last_ - here_));
    std::replace_if(
        here_, end, [](char c) { return c != '\n'; }, ' ');
    here_ = end;
  }

  /// Decides about the newlines between the last token and this one.
  void settle_gap(const Token& token) {
    if (has_newline_ && begins_statement(token)) {
      if (is_in_expression()) {
        report_unclosed(&token);
        drop_to_brace();
      }
      end_choices();
      ++statement_;
    } else if (has_newline_ && previous_.first != nullptr &&
               (is_in_expression() || goes_on_after(previous_) || goes_on_before(token))) {
      std::replace(gap_, here_, '\n', ' ');
    } else if (has_newline_) {
      end_choices();
      ++statement_;
    }
    has_newline_ = false;
  }

  /// A line that begins like this is a new statement, whatever is open: it could not be read
  /// otherwise.
  bool begins_statement(const Token& token) const {
    if (token.kind != TokenKind::reserved || !is_statement_word(token.text())) return false;
    const Token next = scan(skip_blanks(token.last, last_), last_);
    if (next.first == token.last) return false;
    if (next.kind == TokenKind::name || next.kind == TokenKind::number ||
        next.kind == TokenKind::string) {
      return true;
    }
    return next.text() == "{" || next.text() == "(" || next.text() == "[" || next.text() == "-";
  }

  bool is_in_expression() const { return !brackets_.empty() && brackets_.back().open != '{'; }

  void read(const Token& token) {
    const std::string_view text = token.text();
    if (token.kind == TokenKind::line_end) {
      if (is_in_expression()) {  // `;`
        report_unclosed(&token);
        drop_to_brace();
      }
      end_choices();
      ++statement_;
      previous_ = token;
      gap_ = here_;
    } else if (token.kind == TokenKind::string) {
      check_string(token);
    } else if (text == "(" || text == "[" || text == "{") {
      open(token);
    } else if (text == ")" || text == "]" || text == "}") {
      close(token);
    } else if (text == "if") {
      ++choices();
      check_depth(token);
      ++depth_;
    } else if (text == "else" && choices() > 0) {
      --choices();
      --depth_;
    }
  }

  std::size_t& choices() { return brackets_.empty() ? top_choices_ : brackets_.back().choices; }

  void end_choices() {
    depth_ -= choices();
    choices() = 0;
  }

  void check_depth(const Token& token) {
    if (depth_ < deepest_nesting) return;
    result_.is_too_deep = true;
    report(error("too-deep", span(token),
                 fmt::format("brackets, blocks and choices are nested more than {} deep here",
                             deepest_nesting),
                 "name the inner parts with `let`, or move them into a `fn`"));
  }

  void open(const Token& token) {
    if (token.text() == "{") {
      if (is_in_expression()) {
        // `[{` and `({` are braces meant as brackets; anything else before a block is a bracket
        // left open.
        report_unclosed(&token);
        drop_to_brace();
      }
      end_choices();
    }
    check_depth(token);
    ++depth_;
    brackets_.push_back({*token.first, token.first, 0});
  }

  void close(const Token& token) {
    const char close = *token.first;
    const auto match =
        std::find_if(brackets_.rbegin(), brackets_.rend(), [&](const Bracket& bracket) {
          return closing(bracket.open) == close || (bracket.open == '{' && close != '}');
        });
    if (match == brackets_.rend() || closing(match->open) != close) {
      report_stray(token);
      if (is_in_expression()) {
        *first_of(token) =
            closing(brackets_.back().open);  // most likely the wrong one of the two was typed
        pop();
      } else {
        *first_of(token) = ' ';
      }
      return;
    }
    if (match != brackets_.rbegin()) report_unclosed(&token);
    while (closing(brackets_.back().open) != close) pop();
    pop();
  }

  void pop() {
    depth_ -= 1 + brackets_.back().choices;
    brackets_.pop_back();
  }

  void drop_to_brace() {
    while (is_in_expression()) pop();
  }

  void check_string(const Token& token) {
    const std::string_view text = token.text();
    bool is_closed = false;
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] == '\\') {
        ++i;
      } else if (text[i] == '"') {
        is_closed = true;
      }
    }
    if (!is_closed) {
      report(error("unclosed-string", span(token), "this string has no closing `\"` on its line",
                   "a string ends on the line where it begins; a line end in it is written `\\n`"));
      // Something that ends without the line end, which may become a blank and then let the string
      // run on.
      std::fill(first_of(token), here_, '0');
      reported_statement_ =
          statement_;  // the string has swallowed whatever would close the brackets
    }
  }

  void report_comment(std::string_view opening) {
    if (std::exchange(is_comment_reported_, true)) return;  // once: the script will hold many
    report(error("foreign-comment", {offset(here_), offset(here_ + opening.size()), source_},
                 fmt::format("`{}` does not begin a comment", opening),
                 "a comment begins with `#` and ends with the line"));
  }

  void report_unclosed(const Token* before) {
    const Bracket& bracket = brackets_.back();
    Diagnostic diagnostic = error(
        "unclosed-bracket", {offset(bracket.where), offset(bracket.where + 1), source_},
        fmt::format("`{}` is never closed: expected `{}`", bracket.open, closing(bracket.open)));
    if (before != nullptr) {
      diagnostic.notes.push_back(
          {span(*before),
           before->kind == TokenKind::reserved
               ? fmt::format("a new statement begins here, with `{}`", before->text())
               : fmt::format("it is still open at this `{}`", before->text())});
    } else {
      diagnostic.message += " before the end of the script";
    }
    report(std::move(diagnostic));
  }

  void report_stray(const Token& token) {
    if (is_in_expression()) {
      const Bracket& bracket = brackets_.back();
      Diagnostic diagnostic =
          error("mismatched-bracket", span(token),
                fmt::format("expected `{}`, found `{}`", closing(bracket.open), token.text()));
      diagnostic.notes.push_back({{offset(bracket.where), offset(bracket.where + 1), source_},
                                  fmt::format("to close this `{}`", bracket.open)});
      report(std::move(diagnostic));
    } else {
      report(error("stray-bracket", span(token),
                   fmt::format("this `{}` closes nothing", token.text()),
                   "delete it, or add the opening bracket"));
    }
  }

  /// Of brackets one for each statement: a wrong one makes others look wrong.
  void report(Diagnostic diagnostic) {
    if (result_.diagnostics.size() >= most_reports) return;
    if (diagnostic.code.ends_with("-bracket")) {
      if (reported_statement_ == statement_) return;
      reported_statement_ = statement_;
    }
    result_.diagnostics.push_back(std::move(diagnostic));
  }

  std::uint32_t offset(const char* where) const {
    return static_cast<std::uint32_t>(where - first_);
  }
  Span span(const Token& token) const { return {offset(token.first), offset(token.last), source_}; }
  char* first_of(const Token& token) const { return first_ + (token.first - first_); }

  SettledText& result_;
  std::uint32_t source_;
  char* first_;
  char* last_;
  char* here_;
  char* gap_ = nullptr;  // the end of the last token
  Token previous_;
  bool has_newline_ = false;
  bool is_comment_reported_ = false;
  std::size_t statement_ = 1;  // counts line ends
  std::size_t reported_statement_ = 0;
  std::vector<Bracket> brackets_;
  std::size_t top_choices_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

SettledText settle_line_ends(std::string_view text, std::uint32_t source) {
  SettledText result;
  result.text = text;
  result.diagnostics = blank_bad_characters(result.text, source);
  Pass(result, source).run();
  std::stable_sort(
      result.diagnostics.begin(), result.diagnostics.end(),
      [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  return result;
}

}  // namespace vippl::lang
