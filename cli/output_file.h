#pragma once
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

namespace vippl::cli {

enum class Existing { keep, replace };

/// A file that appears whole or not at all: written beside its place under another name, and moved
/// there by commit(). Opening it fails before any work is done if the place is taken or cannot be
/// written. A link is followed; a device or a pipe is never replaced, but written into as it comes.
/// Throws Failure.
class OutputFile {
 public:
  OutputFile(std::filesystem::path path, Existing existing);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  void write(std::string_view text);
  void commit();

 private:
  [[noreturn]] void fail(const char* action) const;

  std::filesystem::path path_;
  std::string temporary_;  // empty: written in place
  Existing existing_;
  std::FILE* file_ = nullptr;
};

}  // namespace vippl::cli
