#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace vippl::cli::testing {

/// What a run of the vippl program left: its exit status (negative: the signal that ended it) and
/// its outputs.
struct Outcome {
  int status = 0;
  std::string out;
  std::string err;
};

/// Runs the program with these arguments and this standard input, and waits for it.
Outcome run_vippl(const std::vector<std::string>& arguments, const std::string& input = "");

inline bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// A program at a terminal of its own, driven by what it shows.
class TerminalSession {
 public:
  explicit TerminalSession(const std::vector<std::string>& arguments);
  TerminalSession(const TerminalSession&) = delete;
  TerminalSession& operator=(const TerminalSession&) = delete;
  ~TerminalSession();

  void type(std::string_view text) const;
  /// Reads until `text` appears and returns all that was shown since the last call; throws after
  /// `limit`.
  std::string wait_for(std::string_view text,
                       std::chrono::seconds limit = std::chrono::seconds(30));
  /// Waits for the end of the program; its exit status.
  int finish();

 private:
  bool read_more(int milliseconds);

  int terminal_ = -1;
  int process_ = -1;
  std::string shown_;
};

/// A folder that goes away with the test.
class Scratch {
 public:
  Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();

  /// Writes a file and returns its path.
  std::string write(const std::string& name, std::string_view text) const;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace vippl::cli::testing
