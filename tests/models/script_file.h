#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "lang/source.h"

// A script of tests/scripts with what it says of itself in comments that begin with "#!"; the
// format is described in tests/scripts/README.md.

namespace vippl::test {

/// What the log joint must be at given values of all latents.
struct ExpectedPoint {
  std::string values;  ///< JSON
  double log_joint = 0;
};

/// A reported quantity, at the last point.
struct ExpectedReport {
  std::string name;
  std::string values;  ///< a JSON number or flat array
};

struct ExpectedSize {
  std::string name;
  std::int64_t extent = 0;
  std::vector<std::string> labels;
};

struct ScriptFile {
  std::filesystem::path path;
  lang::SourceText text;
  std::vector<std::string> data;  ///< files of tests/scripts/data
  std::vector<ExpectedPoint> points;
  std::vector<ExpectedReport> reports;
  std::vector<ExpectedSize> sizes;
  /// "error unknown-name 3:15", sorted; with the file before the line where it is another one.
  std::vector<std::string> diagnostics;
};

/// Throws std::runtime_error on a comment that is not understood.
ScriptFile read_script(const std::filesystem::path& path);
/// All *.vi files of a folder, sorted, without those of its subfolders.
std::vector<std::filesystem::path> script_paths(const std::filesystem::path& folder);

}  // namespace vippl::test
