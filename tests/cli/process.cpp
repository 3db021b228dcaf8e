#include "tests/cli/process.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace vippl::cli::testing {
namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> command(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {VIPPL_BINARY};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

bool redirect(const std::string& path, int flags, int descriptor) {
  const int file = open(path.c_str(), flags);
  return file >= 0 && dup2(file, descriptor) == descriptor;
}

int status_of(int process) {
  int status = 0;
  if (waitpid(process, &status, 0) != process) throw std::runtime_error("waitpid failed");
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

Scratch::Scratch() {
  std::string pattern = (std::filesystem::temp_directory_path() / "vippl_test_XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = pattern;
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Scratch::write(const std::string& name, std::string_view text) const {
  std::ofstream(path_ / name, std::ios::binary) << text;
  return (path_ / name).string();
}

Outcome run_vippl(const std::vector<std::string>& arguments, const std::string& input) {
  const Scratch scratch;
  const std::string in = scratch.write("in", input);
  const std::string out = scratch.write("out", "");
  const std::string err = scratch.write("err", "");
  std::vector<std::string> words = command(arguments);
  const std::vector<char*> argv = pointers(words);
  const int process = fork();
  if (process == 0) {
    // Not freopen(): it would write out what this process's copy of the test's streams still holds.
    const bool is_ready = redirect(in, O_RDONLY, STDIN_FILENO) &&
                          redirect(out, O_WRONLY, STDOUT_FILENO) &&
                          redirect(err, O_WRONLY, STDERR_FILENO);
    if (is_ready) execv(argv[0], argv.data());
    _exit(127);
  }
  Outcome outcome;
  outcome.status = status_of(process);
  outcome.out = content(out);
  outcome.err = content(err);
  return outcome;
}

TerminalSession::TerminalSession(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = command(arguments);
  const std::vector<char*> argv = pointers(words);
  winsize size{};
  size.ws_row = 50;
  size.ws_col = 120;
  process_ = forkpty(&terminal_, nullptr, nullptr, &size);
  if (process_ == 0) {
    setenv("TERM", "xterm", 1);
    unsetenv("COLUMNS");
    execv(argv[0], argv.data());
    _exit(127);
  }
  if (process_ < 0) throw std::runtime_error("forkpty failed");
}

TerminalSession::~TerminalSession() {
  if (process_ > 0) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  close(terminal_);
}

void TerminalSession::type(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t count = ::write(terminal_, text.data(), text.size());
    if (count <= 0) throw std::runtime_error("cannot write to the terminal");
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

bool TerminalSession::read_more(int milliseconds) {
  pollfd waiting{terminal_, POLLIN, 0};
  if (poll(&waiting, 1, milliseconds) <= 0) return true;
  std::string chunk(4096, '\0');
  const ssize_t count = ::read(terminal_, chunk.data(), chunk.size());
  if (count <= 0) return false;  // the program has ended
  shown_.append(chunk, 0, static_cast<std::size_t>(count));
  return true;
}

std::string TerminalSession::wait_for(std::string_view text, std::chrono::seconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  for (;;) {
    if (const std::size_t found = shown_.find(text); found != std::string::npos) {
      std::string before = shown_.substr(0, found + text.size());
      shown_.erase(0, found + text.size());
      return before;
    }
    constexpr int patience = 100;
    if (!read_more(patience) || std::chrono::steady_clock::now() > end) {
      throw std::runtime_error("waited in vain for \"" + std::string(text) + "\"; shown:\n" +
                               shown_);
    }
  }
}

int TerminalSession::finish() {
  constexpr int patience = 100;
  while (read_more(patience)) {
    int status = 0;
    if (waitpid(process_, &status, WNOHANG) == process_) {
      process_ = -1;
      return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }
  }
  const int status = status_of(process_);
  process_ = -1;
  return status;
}

}  // namespace vippl::cli::testing
