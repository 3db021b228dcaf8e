#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vippl::cli {

/// What could stand at the end of the text before the cursor, and how many of its bytes it would
/// replace.
struct Completions {
  std::size_t replaced = 0;
  std::vector<std::string> candidates;
};
using Complete = std::function<Completions(const std::string& before_cursor)>;

/// Where the REPL's lines come from.
class LineEditor {
 public:
  enum class End { line, interrupted, input };
  struct Reading {
    End end = End::line;
    std::string text;  ///< without its line end
  };

  virtual ~LineEditor() = default;
  /// `line`: a line was read; `interrupted`: Ctrl-C dropped it; `input`: there are no more.
  virtual Reading read(const std::string& prompt) = 0;
  /// Adds a whole entry, perhaps of several lines.
  virtual void remember(const std::string& entry) = 0;
  virtual bool is_interactive() const = 0;
};

/// Lines of standard input as they come: for pipes.
std::unique_ptr<LineEditor> make_plain_editor();

/// libedit on a terminal, with history in `history_file` (empty: none is kept).
std::unique_ptr<LineEditor> make_terminal_editor(const std::filesystem::path& history_file,
                                                 Complete complete);

/// $XDG_STATE_HOME/vippl/history or the usual place under $HOME; empty if there is neither.
std::filesystem::path history_path();

/// The longest text that all candidates begin with.
std::string common_prefix(const std::vector<std::string>& candidates);

}  // namespace vippl::cli
