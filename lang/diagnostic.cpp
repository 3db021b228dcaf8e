#include "lang/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "lang/characters.h"
#include "lang/unicode.h"

namespace vippl::lang {
namespace {

constexpr int tab_stop = 4;
constexpr int widest_line =
    96;  // columns of source text shown; longer lines are cut around the span
constexpr std::size_t many = 5;

constexpr std::string_view substitute = "\xEF\xBF\xBD";  // U+FFFD

/// What is not text, or could drive the terminal.
bool must_be_replaced(const CodePoint& point) {
  return !point.is_valid || is_forbidden(point.value) || point.value == '\r';
}

/// Names of files and of columns come into messages as they are.
std::string printable(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint point = decode(text, i);
    result += must_be_replaced(point) ? substitute : text.substr(i, point.size);
    i += point.size;
  }
  return result;
}

/// One character as it is shown.
struct Cell {
  std::string text;
  int width = 1;
  std::size_t offset = 0;  // of its first byte in the line
};

std::vector<Cell> cells_of(std::string_view line) {
  std::vector<Cell> cells;
  int column = 0;
  for (std::size_t i = 0; i < line.size();) {
    const CodePoint point = decode(line, i);
    Cell cell{std::string(line.substr(i, point.size)), display_width(point.value), i};
    if (point.value == '\t') {
      cell.width = tab_stop - column % tab_stop;
      cell.text.assign(static_cast<std::size_t>(cell.width), ' ');
    } else if (must_be_replaced(point)) {
      cell.text = substitute;
      cell.width = 1;
    }
    column += cell.width;
    cells.push_back(std::move(cell));
    i += point.size;
  }
  return cells;
}

/// The cells [begin, end) that are shown.
struct Window {
  std::size_t begin = 0;
  std::size_t end = 0;
};

Window cut(const std::vector<Cell>& cells, std::size_t mark_begin, std::size_t mark_end) {
  int total = 0;
  for (const Cell& cell : cells) total += cell.width;
  if (total <= widest_line) return {0, cells.size()};
  // Grow from the first marked cell: first over the mark itself, then evenly to both sides.
  Window window{mark_begin, mark_begin};
  int width = 0;
  const auto grow_right = [&](std::size_t limit) {
    if (window.end >= limit || width + cells[window.end].width > widest_line) return false;
    width += cells[window.end++].width;
    return true;
  };
  const auto grow_left = [&] {
    if (window.begin == 0 || width + cells[window.begin - 1].width > widest_line) return false;
    width += cells[--window.begin].width;
    return true;
  };
  for (int i = 0; i < widest_line / 3 && grow_left(); ++i) {
  }
  while (grow_right(mark_end)) {
  }
  for (bool grown = true; grown;) {
    grown = grow_left();
    grown = grow_right(cells.size()) || grown;
  }
  return window;
}

/// The source line and the underline, each indented.
std::string excerpt(const SourceText& text, Span span, std::string_view indent) {
  const Position position = text.position(span.begin);
  const std::string_view line = text.line(position.line);
  const auto line_begin = static_cast<std::size_t>(line.data() - text.text().data());
  const std::size_t begin = span.begin - std::min<std::size_t>(line_begin, span.begin);
  const std::size_t end =
      std::max<std::size_t>(span.end, span.begin) - std::min<std::size_t>(line_begin, span.begin);

  const std::vector<Cell> cells = cells_of(line);
  const auto cell_at = [&](std::size_t offset) {
    const auto found = std::partition_point(cells.begin(), cells.end(),
                                            [&](const Cell& cell) { return cell.offset < offset; });
    return static_cast<std::size_t>(found - cells.begin());
  };
  const std::size_t mark_begin = cell_at(begin);
  const std::size_t mark_end = std::max(cell_at(std::min(end, line.size())), mark_begin);
  const Window window = cut(cells, mark_begin, mark_end);

  std::string shown;
  int before = 0;
  int marked = 0;
  if (window.begin > 0) {
    shown += "...";
    before += 3;
  }
  for (std::size_t i = window.begin; i < window.end; ++i) {
    shown += cells[i].text;
    if (i < mark_begin) before += cells[i].width;
    if (i >= mark_begin && i < mark_end) marked += cells[i].width;
  }
  if (window.end < cells.size()) shown += "...";
  const int tildes = std::max(marked - 1, 0);
  return fmt::format("{0}{1}\n{0}{2:{3}}^{4:~>{5}}\n", indent, shown, "", before, "", tildes);
}

std::string place(const SourceText& text, Span span) {
  const Position position = text.position(span.begin);
  return fmt::format("{}:{}:{}: ", text.name(), position.line, position.column);
}

std::string_view word(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
  }
  return "error";
}

/// `label` before the first line, blanks of the same width before the others.
std::string indented(std::string_view label, std::string_view text) {
  std::string result;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    result += begin == 0 ? std::string(label) : std::string(label.size(), ' ');
    result += text.substr(begin, end - begin);
    result += '\n';
    begin = end + 1;
  }
  return result;
}

auto order(const Diagnostic& diagnostic) {
  return std::tie(diagnostic.span.source, diagnostic.span.begin, diagnostic.span.end,
                  diagnostic.severity, diagnostic.code, diagnostic.message);
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

Diagnostic error(std::string code, Span span, std::string message, std::string hint) {
  return {Severity::error, std::move(code), span, std::move(message), std::move(hint), {}};
}

Diagnostic warning(std::string code, Span span, std::string message, std::string hint) {
  return {Severity::warning, std::move(code), span, std::move(message), std::move(hint), {}};
}

bool has_errors(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& diagnostic) {
    return diagnostic.severity == Severity::error;
  });
}

std::string render(const Diagnostic& diagnostic, const Sources& sources) {
  const auto text_of = [&](Span span) {
    return span.source < sources.size() ? &sources[span.source] : nullptr;
  };
  const auto is_shown = [](const SourceText* text) {
    return text != nullptr && !is_binary(text->text());
  };
  std::string result;
  const SourceText* text = text_of(diagnostic.span);
  if (text != nullptr) result += place(*text, diagnostic.span);
  result += fmt::format("{}: {}", word(diagnostic.severity), diagnostic.message);
  if (!diagnostic.code.empty()) result += fmt::format(" [{}]", diagnostic.code);
  result += '\n';
  if (is_shown(text)) result += excerpt(*text, diagnostic.span, "  ");
  if (!diagnostic.hint.empty()) result += indented("  hint: ", diagnostic.hint);
  for (const Note& note : diagnostic.notes) {
    const SourceText* note_text = text_of(note.span);
    result += "  ";
    if (note_text != nullptr) result += place(*note_text, note.span);
    result += fmt::format("note: {}\n", note.message);
    if (is_shown(note_text)) result += excerpt(*note_text, note.span, "    ");
  }
  return printable(result);
}

std::string render(Diagnostics diagnostics, const Sources& sources, std::size_t limit) {
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return order(a) < order(b); });
  diagnostics.erase(
      std::unique(diagnostics.begin(), diagnostics.end(),
                  [](const Diagnostic& a, const Diagnostic& b) { return order(a) == order(b); }),
      diagnostics.end());
  std::string result;
  const std::size_t shown = std::min(limit, diagnostics.size());
  for (std::size_t i = 0; i < shown; ++i) result += render(diagnostics[i], sources);
  if (shown == diagnostics.size() && shown < many) return result;

  const auto errors = static_cast<std::size_t>(std::count_if(
      diagnostics.begin(), diagnostics.end(),
      [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::error; }));
  const std::size_t warnings = diagnostics.size() - errors;
  if (errors > 0) result += counted(errors, "error");
  if (errors > 0 && warnings > 0) result += ", ";
  if (warnings > 0) result += counted(warnings, "warning");
  if (shown < diagnostics.size()) result += fmt::format("; the first {} are shown", shown);
  return result + '\n';
}

void fail_assertion(const char* condition, const char* assumed, const char* file, int line) {
  throw InternalError(fmt::format("{}:{}: assumed that {}, but `{}` does not hold", file, line,
                                  assumed, condition));
}

}  // namespace vippl::lang
