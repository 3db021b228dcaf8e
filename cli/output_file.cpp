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

Failure taken(const std::filesystem::path& path) {
  return {ExitCode::input_output,
          fmt::format("vippl: {}: the file exists; --force replaces it\n", path.string())};
}

}  // namespace

OutputFile::OutputFile(std::filesystem::path path, Existing existing)
    : path_(std::move(path)), temporary_(path_.string() + ".XXXXXX"), existing_(existing) {
  std::error_code ignored;
  if (existing_ == Existing::keep && std::filesystem::exists(path_, ignored)) throw taken(path_);
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
  unlink(temporary_.c_str());
}

void OutputFile::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail("cannot be written");
}

void OutputFile::commit() {
  if (std::fflush(file_) != 0) fail("cannot be written");
  if (existing_ == Existing::replace) {
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
