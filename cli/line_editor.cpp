#include "cli/line_editor.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace vippl::cli {
namespace {

class PlainEditor final : public LineEditor {
 public:
  Reading read(const std::string&) override {
    Reading reading;
    if (!std::getline(std::cin, reading.text)) return {End::input, ""};
    if (reading.text.ends_with('\r')) reading.text.pop_back();
    return reading;
  }
  void remember(const std::string&) override {}
  bool is_interactive() const override { return false; }
};

}  // namespace

std::unique_ptr<LineEditor> make_plain_editor() { return std::make_unique<PlainEditor>(); }

std::filesystem::path history_path() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return std::filesystem::path(state) / "vippl/history";
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') return {};
  return std::filesystem::path(home) / ".local/state/vippl/history";
}

std::string common_prefix(const std::vector<std::string>& candidates) {
  if (candidates.empty()) return "";
  std::string prefix = candidates.front();
  for (const std::string& candidate : candidates) {
    const auto [end, other] =
        std::mismatch(prefix.begin(), prefix.end(), candidate.begin(), candidate.end());
    prefix.erase(end, prefix.end());
  }
  return prefix;
}

}  // namespace vippl::cli
