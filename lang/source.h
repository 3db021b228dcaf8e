#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vippl::lang {

/// A half-open range of bytes [begin, end) of one source text.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t source = 0;  ///< index into Sources: the script is 0, imported files follow

  friend bool operator==(const Span&, const Span&) = default;
};

/// The smallest span that holds both, which lie in the same source.
Span join(Span first, Span last);

/// Line and column, both from 1; the column counts Unicode code points, as an editor shows it.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

/// One file, or one entry typed in the REPL.
class SourceText {
 public:
  SourceText(std::string name, std::string text);

  const std::string& name() const { return name_; }
  const std::string& text() const { return text_; }
  std::string_view slice(Span span) const;

  Position position(std::uint32_t offset) const;
  /// The line without its end, by number from 1.
  std::string_view line(std::size_t number) const;

 private:
  std::string name_;
  std::string text_;
  std::vector<std::uint32_t> line_begins_;
};

/// All source texts of one program; spans refer to them by index.
using Sources = std::vector<SourceText>;

}  // namespace vippl::lang
