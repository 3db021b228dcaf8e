#include "cli/output_file.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "cli/failure.h"

namespace vippl::cli {
namespace {

namespace fs = std::filesystem;

/// A device, a pipe or a socket: something to write into, never to replace.
bool is_special(const fs::file_status& status) {
  return fs::exists(status) && !fs::is_regular_file(status);
}

/// /dev/stdout, also where it is redirected to a file: that file must go on, not be replaced.
bool is_standard_output(const fs::path& path) {
  struct stat named {};
  struct stat standard {};
  return stat(path.c_str(), &named) == 0 && fstat(STDOUT_FILENO, &standard) == 0 &&
         named.st_dev == standard.st_dev && named.st_ino == standard.st_ino;
}

/// The place that a symbolic link names, even if nothing is there yet.
fs::path followed(fs::path path) {
  constexpr int most_links = 40;
  std::error_code problem;
  for (int i = 0; i < most_links && fs::is_symlink(fs::symlink_status(path, problem)); ++i) {
    const fs::path target = fs::read_symlink(path, problem);
    if (problem) break;
    path = path.parent_path() / target;
  }
  return path;
}

Failure taken(const std::filesystem::path& path) {
  return {ExitCode::input_output,
          fmt::format("vippl: {}: the file exists; --force replaces it\n", path.string())};
}

}  // namespace

OutputFile::OutputFile(std::filesystem::path path, Existing existing)
    : path_(std::move(path)), existing_(existing) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path_, ignored);
  if (fs::is_directory(status)) {
    throw Failure(ExitCode::input_output,
                  fmt::format("vippl: {}: this is a folder; expected a file\n", path_.string()));
  }
  if (is_standard_output(path_)) {
    file_ = fdopen(dup(STDOUT_FILENO), "w");
    if (file_ == nullptr) fail("cannot be written");
    return;
  }
  if (is_special(status)) {
    file_ = std::fopen(path_.c_str(), "w");
    if (file_ == nullptr) fail("cannot be written");
    return;
  }
  if (existing_ == Existing::keep && fs::exists(status)) throw taken(path_);
  path_ = followed(path_);
  temporary_ = path_.string() + ".XXXXXX";
  const int descriptor = mkstemp(temporary_.data());
  if (descriptor < 0) fail("cannot be created");
  // mkstemp makes private files; results get the usual permissions.
  const mode_t mask = umask(0);
  umask(mask);
  constexpr mode_t usual = 0666;
  if (fchmod(descriptor, usual & ~mask) != 0) errno = 0;
  file_ = fdopen(descriptor, "w");
}

OutputFile::~OutputFile() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void OutputFile::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail("cannot be written");
}

void OutputFile::commit() {
  if (std::fflush(file_) != 0) fail("cannot be written");
  if (temporary_.empty()) {
    // Written in place.
  } else if (existing_ == Existing::replace) {
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot be written");
  } else {
    // link() refuses a file that somebody made in the meantime; rename() would replace it.
    if (link(temporary_.c_str(), path_.c_str()) != 0) {
      if (errno == EEXIST) throw taken(path_);
      if (std::rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot be written");
    } else {
      unlink(temporary_.c_str());
    }
  }
  std::fclose(file_);
  file_ = nullptr;
}

void OutputFile::fail(const char* action) const {
  throw Failure(ExitCode::input_output,
                fmt::format("vippl: {}: {}: {}\n", path_.string(), action, std::strerror(errno)));
}

}  // namespace vippl::cli
