#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "runtime/data.h"
#include "runtime/text_place.h"

namespace vippl::runtime {
namespace {

constexpr double missing_value = std::numeric_limits<double>::quiet_NaN();
constexpr double greatest_exact_integer = 9007199254740992.0;  // 2^53

/// Reads cells one after the other. A record ends with its line, except inside quotes.
class Scanner {
 public:
  enum class After { cell, record };

  Scanner(std::string_view text, char separator, const std::string& name)
      : text_(text),
        at_(text.data()),
        end_(text.data() + text.size()),
        separator_(separator),
        name_(name) {}

  bool at_end() const { return at_ == end_; }
  std::size_t line() const { return line_; }
  std::size_t offset() const { return static_cast<std::size_t>(at_ - text_.data()); }

  /// Passes over lines that hold nothing but blanks.
  void skip_blank_lines() {
    while (at_ != end_) {
      const char* end = skip_blanks(at_);
      if (end != end_ && *end != '\n' && *end != '\r') return;
      at_ = end;
      end_line();
    }
  }

  /// The fast path: reads the cell if it is a plain number, else stays where it is.
  bool number(double& value, bool& is_integer, After& after) {
    const char* begin = skip_blanks(at_);
    if (begin != end_ && *begin == '+' && begin + 1 != end_ && begin[1] != '-') ++begin;
    const auto [stop, problem] = std::from_chars(begin, end_, value);
    if (stop == begin) return false;
    const char* next = skip_blanks(stop);
    if (next != end_ && *next != separator_ && *next != '\n' && *next != '\r') return false;
    // Too large or too small for a double: from_chars leaves the value alone.
    if (problem == std::errc::result_out_of_range) value = saturated(begin, stop);
    is_integer = is_whole_number(begin, stop) && std::abs(value) <= greatest_exact_integer;
    at_ = next;
    after = end_cell();
    return true;
  }

  /// The general path. The text is valid until the next call.
  std::string_view cell(After& after) {
    const char* begin = skip_blanks(at_);
    if (begin != end_ && *begin == '"') {
      at_ = begin;
      const std::string_view text = quoted();
      after = end_cell();
      return text;
    }
    const char* stop = begin;
    while (stop != end_ && *stop != separator_ && *stop != '\n' && *stop != '\r') ++stop;
    at_ = stop;
    while (stop != begin && is_blank(stop[-1])) --stop;
    after = end_cell();
    return {begin, static_cast<std::size_t>(stop - begin)};
  }

 private:
  bool is_blank(char c) const { return c == ' ' || (c == '\t' && separator_ != '\t'); }
  const char* skip_blanks(const char* p) const {
    while (p != end_ && is_blank(*p)) ++p;
    return p;
  }

  static bool is_whole_number(const char* begin, const char* end) {
    if (begin != end && *begin == '-') ++begin;
    return begin != end && std::all_of(begin, end, [](char c) { return c >= '0' && c <= '9'; });
  }

  /// 1e999 is infinite and 1e-999 is zero, as the nearest double.
  static double saturated(const char* begin, const char* end) {
    const bool is_negative = *begin == '-';
    const std::string_view text(begin, static_cast<std::size_t>(end - begin));
    const std::size_t exponent = text.find_first_of("eE");
    const bool is_tiny = (exponent != text.npos && text.substr(exponent + 1).starts_with('-')) ||
                         (exponent == text.npos && text.find_first_not_of("-0") < text.size() &&
                          text[text.find_first_not_of("-0")] == '.');
    const double size = is_tiny ? 0.0 : std::numeric_limits<double>::infinity();
    return is_negative ? -size : size;
  }

  After end_cell() {
    if (at_ != end_ && *at_ == separator_) {
      ++at_;
      return After::cell;
    }
    end_line();
    return After::record;
  }

  void end_line() {
    if (at_ == end_) return;
    if (*at_ == '\r' && at_ + 1 != end_ && at_[1] == '\n') ++at_;
    ++at_;
    ++line_;
  }

  std::string_view quoted() {
    const std::size_t opening = offset();
    const char* begin = ++at_;
    bool has_doubled_quotes = false;
    for (;; ++at_) {
      if (at_ == end_) fail_at(name_, text_, opening, "this quote is never closed");
      if (*at_ == '\n' || (*at_ == '\r' && at_ + 1 != end_ && at_[1] != '\n')) ++line_;
      if (*at_ != '"') continue;
      if (at_ + 1 == end_ || at_[1] != '"') break;
      has_doubled_quotes = true;
      ++at_;
    }
    const std::string_view raw(begin, static_cast<std::size_t>(at_ - begin));
    at_ = skip_blanks(at_ + 1);
    if (at_ != end_ && *at_ != separator_ && *at_ != '\n' && *at_ != '\r') {
      fail_at(name_, text_, offset(),
              "text after a closing quote; a quote inside a quoted cell is written twice");
    }
    if (!has_doubled_quotes) return raw;
    unescaped_.clear();
    for (std::size_t i = 0; i < raw.size(); ++i) {
      unescaped_ += raw[i];
      if (raw[i] == '"') ++i;
    }
    return unescaped_;
  }

  std::string_view text_;
  const char* at_;
  const char* end_;
  char separator_;
  const std::string& name_;
  std::size_t line_ = 1;
  std::string unescaped_;
};

/// Cells of the next record; the scanner stands behind it.
std::vector<std::string> read_record(Scanner& scanner) {
  std::vector<std::string> cells;
  for (Scanner::After after = Scanner::After::cell; after == Scanner::After::cell;) {
    cells.emplace_back(scanner.cell(after));
  }
  return cells;
}

/// The separator by which the header and the first rows have the same number of cells; the one that
/// makes most cells.
char sniff_separator(std::string_view text, const std::string& name) {
  constexpr std::array<char, 4> candidates = {',', ';', '\t', '|'};
  constexpr int rows_looked_at = 5;
  char best = ',';
  std::size_t best_score = 0;
  for (const char candidate : candidates) {
    Scanner scanner(text, candidate, name);
    try {
      scanner.skip_blank_lines();
      const std::size_t width = read_record(scanner).size();
      if (width == 1) continue;
      bool agrees = true;
      for (int row = 0; row < rows_looked_at; ++row) {
        scanner.skip_blank_lines();
        if (scanner.at_end()) break;
        agrees = agrees && read_record(scanner).size() == width;
      }
      constexpr std::size_t agreement_bonus = 1'000'000;
      const std::size_t score = width + (agrees ? agreement_bonus : 0);
      if (score > best_score) {
        best_score = score;
        best = candidate;
      }
    } catch (const DataError&) {
      // Quotes that make no sense with this separator; the real one reports what is wrong.
    }
  }
  return best;
}

enum class Truth { no, yes, neither };
Truth truth_of(std::string_view cell) {
  if (cell == "true" || cell == "TRUE" || cell == "True") return Truth::yes;
  if (cell == "false" || cell == "FALSE" || cell == "False") return Truth::no;
  return Truth::neither;
}

/// Collects the cells of one column; its kind widens with what is found.
class Column {
 public:
  Column(std::string column_name, const std::string& file, std::size_t rows_expected) {
    field_.name = std::move(column_name);
    field_.file = file;
    field_.kind = Field::Kind::integer;
    field_.is_column = true;
    field_.values.reserve(rows_expected);
  }

  /// Whether cells should be tried as numbers first.
  bool takes_numbers() const { return field_.kind != Field::Kind::text; }
  /// Text after numbers: the texts of the rows before were not kept and must be read again.
  bool must_be_read_again() const { return must_be_read_again_; }

  void add_number(double value, bool is_integer) {
    if (std::isnan(value)) return add_missing();
    if (field_.kind == Field::Kind::boolean) return turn_into_text();
    if (!is_integer) field_.kind = Field::Kind::real;
    is_decided_ = true;
    field_.values.push_back(value);
  }

  void add_missing() {
    const std::size_t row = size();
    field_.missing.resize(row + 1, false);
    field_.missing[row] = true;
    if (field_.kind == Field::Kind::text) {
      field_.texts.emplace_back();
    } else {
      field_.values.push_back(missing_value);
    }
  }

  void add_text(std::string_view cell) {
    if (field_.kind == Field::Kind::text) {
      field_.texts.emplace_back(cell);
      return;
    }
    const Truth truth = truth_of(cell);
    if (truth != Truth::neither && (!is_decided_ || field_.kind == Field::Kind::boolean)) {
      field_.kind = Field::Kind::boolean;
      is_decided_ = true;
      field_.values.push_back(truth == Truth::yes ? 1.0 : 0.0);
      return;
    }
    if (is_decided_) return turn_into_text();
    // Only missing cells so far: nothing to read again.
    field_.kind = Field::Kind::text;
    field_.texts.resize(field_.values.size());
    field_.values = {};
    field_.texts.emplace_back(cell);
  }

  void restart_as_text() {
    must_be_read_again_ = false;
    field_.values = {};
    field_.texts = {};
    field_.missing = {};
  }

  Field finish() {
    if (!field_.missing.empty()) field_.missing.resize(size(), false);
    field_.extents = {static_cast<Eigen::Index>(size())};
    return std::move(field_);
  }

 private:
  std::size_t size() const {
    return field_.kind == Field::Kind::text ? field_.texts.size() : field_.values.size();
  }
  void turn_into_text() {
    field_.kind = Field::Kind::text;
    must_be_read_again_ = true;
  }

  Field field_;
  bool is_decided_ = false;
  bool must_be_read_again_ = false;
};

/// Reads a whole table into columns.
class TableReader {
 public:
  TableReader(std::string_view text, const std::string& name, const CsvOptions& options)
      : text_(text),
        name_(name),
        options_(options),
        separator_(sniff_separator(text, name)),
        scanner_(text, separator_, name) {}

  DataFile read() {
    scanner_.skip_blank_lines();
    if (scanner_.at_end()) throw DataError(fmt::format("{}: the file is empty", name_));
    read_header();
    read_rows();
    read_texts_again();
    DataFile file;
    file.path = name_;
    file.stem = std::filesystem::path(name_).stem().string();
    for (Column& column : columns_) {
      file.fields.push_back(column.finish());
      if (!lines_are_regular_) file.fields.back().lines = lines_;
    }
    return file;
  }

 private:
  void read_header() {
    const std::size_t begin = scanner_.offset();
    const std::vector<std::string> names = read_record(scanner_);
    rows_begin_ = scanner_.offset();
    const std::size_t rows_expected =
        static_cast<std::size_t>(std::count(
            text_.begin() + static_cast<std::ptrdiff_t>(rows_begin_), text_.end(), '\n')) +
        1;
    std::unordered_map<std::string_view, std::size_t> seen;
    for (std::size_t c = 0; c < names.size(); ++c) {
      if (names[c].empty()) {
        fail_at(name_, text_, begin,
                fmt::format("column {} of {} has no name{}", c + 1, names.size(),
                            c == 0 ? "; name it, or leave row names out (R: row.names = FALSE, "
                                     "pandas: index=False)"
                                   : ""));
      }
      const auto [first, is_new] = seen.emplace(names[c], c);
      if (!is_new) {
        fail_at(name_, text_, begin,
                fmt::format("columns {} and {} are both named `{}`", first->second + 1, c + 1,
                            names[c]));
      }
      columns_.emplace_back(names[c], name_, rows_expected);
    }
  }

  void read_rows() {
    using After = Scanner::After;
    for (scanner_.skip_blank_lines(); !scanner_.at_end(); scanner_.skip_blank_lines()) {
      const std::size_t begin = scanner_.offset();
      note_line(scanner_.line());
      After after = After::cell;
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        if (after == After::record) fail_ragged(begin, c);
        Column& column = columns_[c];
        double value = 0;
        bool is_integer = false;
        if (column.takes_numbers() && scanner_.number(value, is_integer, after)) {
          column.add_number(value, is_integer);
        } else {
          add_cell(column, scanner_.cell(after));
        }
      }
      if (after == After::cell) {
        std::size_t width = columns_.size();
        for (; after == After::cell; ++width) scanner_.cell(after);
        fail_ragged(begin, width);
      }
    }
  }

  /// A cell in quotes, or no number: `"12"` still counts as the number 12.
  void add_cell(Column& column, std::string_view cell) {
    if (is_missing(cell)) return column.add_missing();
    if (column.takes_numbers()) {
      Scanner inner(cell, separator_, name_);
      double value = 0;
      bool is_integer = false;
      Scanner::After after = Scanner::After::cell;
      if (inner.number(value, is_integer, after) && after == Scanner::After::record &&
          inner.at_end() && cell.find_first_of("\r\n") == cell.npos) {
        return column.add_number(value, is_integer);
      }
    }
    column.add_text(cell);
  }

  bool is_missing(std::string_view cell) const {
    return std::find(options_.missing.begin(), options_.missing.end(), cell) !=
           options_.missing.end();
  }

  void read_texts_again() {
    if (std::none_of(columns_.begin(), columns_.end(),
                     [](const Column& column) { return column.must_be_read_again(); })) {
      return;
    }
    std::vector<std::size_t> wanted;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (!columns_[c].must_be_read_again()) continue;
      wanted.push_back(c);
      columns_[c].restart_as_text();
    }
    Scanner again(text_.substr(rows_begin_), separator_, name_);
    for (again.skip_blank_lines(); !again.at_end(); again.skip_blank_lines()) {
      std::size_t next = 0;
      Scanner::After after = Scanner::After::cell;
      for (std::size_t c = 0; after == Scanner::After::cell; ++c) {
        const std::string_view cell = again.cell(after);
        if (next == wanted.size() || wanted[next] != c) continue;
        ++next;
        if (is_missing(cell)) {
          columns_[c].add_missing();
        } else {
          columns_[c].add_text(cell);
        }
      }
    }
  }

  void note_line(std::size_t line) {
    if (lines_are_regular_ && line == row_count_ + 2) {
      ++row_count_;
      return;
    }
    if (lines_are_regular_) {
      lines_are_regular_ = false;
      for (std::size_t row = 0; row < row_count_; ++row) {
        lines_.push_back(static_cast<std::uint32_t>(row + 2));
      }
    }
    lines_.push_back(static_cast<std::uint32_t>(line));
    ++row_count_;
  }

  [[noreturn]] void fail_ragged(std::size_t begin, std::size_t width) const {
    fail_at(name_, text_, begin,
            fmt::format("this row has {} cell{}, the header names {} column{}", width,
                        width == 1 ? "" : "s", columns_.size(), columns_.size() == 1 ? "" : "s"));
  }

  std::string_view text_;
  const std::string& name_;
  const CsvOptions& options_;
  char separator_;
  Scanner scanner_;
  std::vector<Column> columns_;
  std::size_t rows_begin_ = 0;
  std::size_t row_count_ = 0;
  bool lines_are_regular_ = true;  // row r stands in line r + 2
  std::vector<std::uint32_t> lines_;
};

}  // namespace

DataFile parse_csv(std::string_view text, const std::string& name, const CsvOptions& options) {
  return TableReader(checked_text(text, name), name, options).read();
}

}  // namespace vippl::runtime
