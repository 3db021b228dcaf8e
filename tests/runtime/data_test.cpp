#include "runtime/data.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using vippl::runtime::DataError;
using vippl::runtime::DataFile;
using vippl::runtime::DataFileError;
using vippl::runtime::DataSet;
using vippl::runtime::Field;
using vippl::runtime::parse_csv;
using vippl::runtime::read_data;
namespace fs = std::filesystem;

namespace {

/// A folder that goes away with the test.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / "vippl_data_test") {
    fs::remove_all(path_);
    fs::create_directory(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }

  fs::path write(const std::string& name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

TEST_CASE("a file is read as what its content is") {
  const Folder folder;
  CHECK(read_data(folder.write("a.csv", "x,y\n1,2\n")).find("y")->is_column);
  CHECK_FALSE(read_data(folder.write("b.txt", "\xEF\xBB\xBF {\"y\": 2}")).find("y")->is_column);
  CHECK(read_data(folder.write("c.data.csv", "x\n1\n")).stem == "c.data");
  CHECK_THROWS_WITH_AS(read_data(folder.write("d.json", "x,y\n1,2\n")),
                       doctest::Contains("d.json:1:1: not JSON"), DataError);
  CHECK_THROWS_WITH_AS(read_data(folder.write("e.csv", "")), doctest::Contains("the file is empty"),
                       DataError);
}

TEST_CASE("a file larger than the first buffer is read whole") {
  const Folder folder;
  std::string text = "x\n";
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i) + "\n";
  const DataFile file = read_data(folder.write("long.csv", text));
  REQUIRE(file.fields[0].values.size() == 100'000);
  CHECK(file.fields[0].values.back() == 99'999);
}

TEST_CASE("a file that cannot be read says why") {
  const Folder folder;
  CHECK_THROWS_WITH_AS(read_data(folder.path() / "none.csv"),
                       doctest::Contains("No such file or directory"), DataFileError);
  CHECK_THROWS_WITH_AS(read_data(folder.path()), doctest::Contains("Is a directory"),
                       DataFileError);
}

TEST_CASE("of several files the first that has a name is used, a stem picks the file") {
  DataSet data;
  CHECK(data.empty());
  data.add(parse_csv("x,y\n1,2\n", "first.csv"));
  data.add(parse_csv("y,z\n3,4\n", "dir/second.part.csv"));
  CHECK(data.names() == std::vector<std::string>{"x", "y", "z"});
  REQUIRE(data.find("y") != nullptr);
  CHECK(data.find("y")->values[0] == 2);
  REQUIRE(data.find("second.part.y") != nullptr);
  CHECK(data.find("second.part.y")->values[0] == 3);
  REQUIRE(data.find("first.y") != nullptr);
  CHECK(data.find("first.y")->values[0] == 2);
  CHECK(data.find("first.z") == nullptr);
  CHECK(data.find("w") == nullptr);
}
