#include "cli/output_file.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/failure.h"

using vippl::cli::Existing;
using vippl::cli::ExitCode;
using vippl::cli::Failure;
using vippl::cli::OutputFile;
namespace fs = std::filesystem;

namespace {

struct Folder {
  Folder() : path(fs::temp_directory_path() / "vippl_output_file_test") {
    fs::remove_all(path);
    fs::create_directory(path);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path); }
  std::size_t file_count() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(path), fs::directory_iterator()));
  }
  fs::path path;
};

std::string content(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a file appears when it is complete, and leaves nothing beside it") {
  const Folder folder;
  const fs::path path = folder.path / "draws.csv";
  {
    OutputFile file(path, Existing::keep);
    file.write("a,b\n");
    CHECK_FALSE(fs::exists(path));
    file.commit();
  }
  CHECK(content(path) == "a,b\n");
  CHECK(folder.file_count() == 1);
}

TEST_CASE("a file that is never completed leaves no trace") {
  const Folder folder;
  {
    OutputFile file(folder.path / "draws.csv", Existing::keep);
    file.write("half");
  }
  CHECK(folder.file_count() == 0);
}

TEST_CASE("an existing file is kept unless it may be replaced") {
  const Folder folder;
  const fs::path path = folder.path / "draws.csv";
  std::ofstream(path) << "precious";
  try {
    OutputFile(path, Existing::keep).commit();
    FAIL("the file was replaced");
  } catch (const Failure& failure) {
    CHECK(failure.code() == ExitCode::input_output);
    CHECK(std::string(failure.what()).find("--force") != std::string::npos);
  }
  CHECK(content(path) == "precious");
  OutputFile file(path, Existing::replace);
  file.write("new");
  file.commit();
  CHECK(content(path) == "new");
}

TEST_CASE("a file that somebody makes in the meantime is kept") {
  const Folder folder;
  const fs::path path = folder.path / "draws.csv";
  OutputFile file(path, Existing::keep);
  std::ofstream(path) << "precious";
  CHECK_THROWS_AS(file.commit(), Failure);
  CHECK(content(path) == "precious");
}

TEST_CASE("a folder that does not exist is found out at once") {
  CHECK_THROWS_WITH_AS(OutputFile("/nowhere/at/all/draws.csv", Existing::keep),
                       doctest::Contains("No such file"), Failure);
}

TEST_CASE("a device is written into and stays what it is") {
  OutputFile file("/dev/null", Existing::replace);
  file.write("a,b\n");
  file.commit();
  CHECK(fs::is_character_file("/dev/null"));
  CHECK_NOTHROW(OutputFile("/dev/null", Existing::keep).commit());
}

TEST_CASE("a symbolic link stays, and what it names is replaced") {
  const Folder folder;
  for (const char* name : {"there.csv", "not_yet.csv"}) {
    CAPTURE(std::string(name));
    if (std::string(name) == "there.csv") std::ofstream(folder.path / name) << "old";
    const fs::path link = folder.path / (std::string("link_to_") + name);
    fs::create_symlink(name, link);
    OutputFile file(link, Existing::replace);
    file.write("new");
    file.commit();
    CHECK(fs::is_symlink(link));
    CHECK(content(folder.path / name) == "new");
  }
}

TEST_CASE("a folder is no place for a file") {
  const Folder folder;
  CHECK_THROWS_WITH_AS(OutputFile(folder.path, Existing::replace),
                       doctest::Contains("this is a folder"), Failure);
}
