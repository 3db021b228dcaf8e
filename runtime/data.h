#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// Data as read from files, before a script says what it wants of them.

namespace vippl::runtime {

/// One CSV column or JSON field.
struct Field {
  enum class Kind { integer, real, boolean, text };
  std::string name;
  Kind kind = Kind::real;
  std::vector<Eigen::Index>
      extents;  ///< a CSV column: {rows}; a JSON field: its nesting, row-major; empty for a scalar
  std::vector<double> values;      ///< row-major; NaN where missing; empty for text
  std::vector<std::string> texts;  ///< of a text field; "" where missing
  std::vector<bool> missing;       ///< empty if nothing is missing
  bool is_empty_array = false;     ///< JSON `[]`: fits any shape with a size 0
  std::vector<std::uint32_t>
      lines;         ///< CSV: line of the file per row, if rows span several lines; else empty
  std::string file;  ///< as given
  bool is_column = false;  ///< from a CSV

  /// Every element as text: numbers in their shortest form, "" where missing.
  std::vector<std::string> cells() const;
  bool is_missing(std::size_t element) const { return !missing.empty() && missing[element]; }
  /// "wine.csv, line 18" or "schools.json, y[3]": where an element stands, for messages.
  std::string place(std::size_t element) const;
};

/// One file; fields in the order of the file.
struct DataFile {
  std::string path;
  std::string stem;  ///< file name without folder and ending
  std::vector<Field> fields;
  const Field* find(std::string_view name) const;
};

/// What is wrong with a data file: the message is complete, with file, line and column where they
/// are known.
class DataError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The file cannot be read at all: missing, a folder, no permission.
class DataFileError : public DataError {
 public:
  using DataError::DataError;
};

struct CsvOptions {
  std::vector<std::string> missing = {"", "NA", "NaN", "nan", "null"};
};

/// Reads CSV: RFC 4180 quotes, CRLF, BOM, separator sniffed among `, ; tab |`; types inferred per
/// column (integer, real, boolean, else text). Errors name file, line and column. `name` is used in
/// messages.
DataFile parse_csv(std::string_view text, const std::string& name, const CsvOptions& options = {});
/// Reads JSON by Stan's conventions: one object; nested arrays row-major and rectangular; strings
/// "NaN", "Inf", "-inf", "Infinity" and bare NaN are numbers; null is missing; 17 is an int
/// and 17.0 is not.
DataFile parse_json(std::string_view text, const std::string& name);
/// Reads a file of either kind, told apart by content; "-" is standard input. Throws DataFileError,
/// DataError.
DataFile read_data(const std::filesystem::path& path);

/// All data of one run: the first file that has a name wins.
class DataSet {
 public:
  void add(DataFile file);
  /// A plain name, or FILE_STEM.COLUMN.
  const Field* find(std::string_view name) const;
  /// The file that a field of this set comes from.
  const DataFile& file_of(const Field& field) const;
  const std::vector<DataFile>& files() const { return files_; }
  std::vector<std::string> names() const;
  bool empty() const { return files_.empty(); }

 private:
  std::vector<DataFile> files_;
};

}  // namespace vippl::runtime
