#include <histedit.h>
#include <unistd.h>

#include <clocale>
#include <cstdio>
#include <cwchar>
#include <system_error>
#include <utility>

#include "cli/interrupt.h"
#include "cli/line_editor.h"

namespace vippl::cli {
namespace {

constexpr int history_size = 1000;

/// libedit keeps multi-line entries in its history file by escaping them.
class TerminalEditor final : public LineEditor {
 public:
  TerminalEditor(std::filesystem::path history_file, Complete complete)
      : history_file_(std::move(history_file)), complete_(std::move(complete)) {
    // Only the characters: numbers must keep their decimal point in every locale.
    std::setlocale(LC_CTYPE, "");
    editor_ = el_init("vippl", stdin, stdout, stderr);
    history_ = history_init();
    HistEvent event;
    history(history_, &event, H_SETSIZE, history_size);
    history(history_, &event, H_SETUNIQUE, 1);
    if (!history_file_.empty()) history(history_, &event, H_LOAD, history_file_.c_str());
    el_set(editor_, EL_CLIENTDATA, this);
    el_set(editor_, EL_PROMPT, &TerminalEditor::prompt_of);
    el_set(editor_, EL_EDITOR, "emacs");
    el_set(editor_, EL_HIST, &history, history_);
    // The wide form: the narrow one copies the two texts and never frees them.
    el_wset(editor_, EL_ADDFN, L"vippl-complete", L"complete a name", &TerminalEditor::complete_of);
    el_set(editor_, EL_BIND, "^I", "vippl-complete", nullptr);
    el_set(editor_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    el_set(editor_, EL_SIGNAL, 0);
  }
  TerminalEditor(const TerminalEditor&) = delete;
  TerminalEditor& operator=(const TerminalEditor&) = delete;
  ~TerminalEditor() override {
    history_end(history_);
    el_end(editor_);
  }

  Reading read(const std::string& prompt) override {
    prompt_ = prompt;
    const PromptGuard guard;
    int count = 0;
    const char* line = el_gets(editor_, &count);
    if (line == nullptr || count <= 0) {
      const bool was_interrupted = PromptGuard::take();
      std::fputs(was_interrupted ? "^C\n" : "\n", stdout);
      if (!was_interrupted) return {End::input, ""};
      el_reset(editor_);
      return {End::interrupted, ""};
    }
    std::string text(line, static_cast<std::size_t>(count));
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    return {End::line, std::move(text)};
  }

  void remember(const std::string& entry) override {
    HistEvent event;
    history(history_, &event, H_ENTER, entry.c_str());
    if (history_file_.empty()) return;
    std::error_code ignored;
    std::filesystem::create_directories(history_file_.parent_path(), ignored);
    history(history_, &event, H_SAVE, history_file_.c_str());
  }

  bool is_interactive() const override { return true; }

 private:
  static TerminalEditor& self(EditLine* editor) {
    void* data = nullptr;
    el_get(editor, EL_CLIENTDATA, &data);
    return *static_cast<TerminalEditor*>(data);
  }
  static char* prompt_of(EditLine* editor) { return self(editor).prompt_.data(); }
  static unsigned char complete_of(EditLine* editor, wint_t) { return self(editor).complete(); }

  unsigned char complete() {
    const LineInfo* info = el_line(editor_);
    const std::string before(info->buffer, static_cast<std::size_t>(info->cursor - info->buffer));
    const Completions found = complete_(before);
    if (found.candidates.empty()) return CC_REFRESH_BEEP;
    const std::string prefix = common_prefix(found.candidates);
    if (prefix.size() > found.replaced) {
      el_insertstr(editor_, prefix.c_str() + found.replaced);
      return CC_REFRESH;
    }
    if (found.candidates.size() == 1) return CC_REFRESH;
    std::fputc('\n', stdout);
    for (const std::string& candidate : found.candidates) std::printf("%s  ", candidate.c_str());
    std::fputc('\n', stdout);
    return CC_REDISPLAY;
  }

  std::filesystem::path history_file_;
  Complete complete_;
  std::string prompt_;
  EditLine* editor_ = nullptr;
  History* history_ = nullptr;
};

}  // namespace

std::unique_ptr<LineEditor> make_terminal_editor(const std::filesystem::path& history_file,
                                                 Complete complete) {
  return std::make_unique<TerminalEditor>(history_file, std::move(complete));
}

}  // namespace vippl::cli
