#include "runtime/data.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <unordered_set>

#include "lang/diagnostic.h"
#include "runtime/text_place.h"

namespace vippl::runtime {
namespace {

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ > STDERR_FILENO) close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

std::string read_all(const std::filesystem::path& path, const std::string& name) {
  const bool is_standard_input = path == "-";
  const Descriptor file(is_standard_input ? STDIN_FILENO
                                          : open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) throw DataFileError(fmt::format("{}: {}", name, std::strerror(errno)));
  std::error_code ignored;
  const std::uintmax_t size = is_standard_input ? 0 : std::filesystem::file_size(path, ignored);
  // Sizes of pipes and special files are unknown or wrong: the buffer grows as needed.
  constexpr std::size_t least_buffer = std::size_t{1} << 16U;
  std::string text(ignored ? least_buffer : std::max<std::size_t>(size + 1, least_buffer), '\0');
  std::size_t filled = 0;
  while (true) {
    if (filled == text.size()) text.resize(2 * text.size());
    const ssize_t count = read(file.number(), text.data() + filled, text.size() - filled);
    if (count == 0) break;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw DataFileError(fmt::format("{}: {}", name, std::strerror(errno)));
    filled += static_cast<std::size_t>(count);
  }
  text.resize(filled);
  return text;
}

bool looks_like_json(std::string_view text, const std::filesystem::path& path) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return false;
  return text[first] == '{' || text[first] == '[' || path.extension() == ".json";
}

}  // namespace

std::string Field::place(std::size_t element) const {
  if (is_column) {
    const std::size_t line = lines.empty() ? element + 2 : lines[element];
    return fmt::format("{}, line {}", file, line);
  }
  std::vector<std::size_t> index(extents.size());
  for (std::size_t d = extents.size(); d-- > 0;) {
    const std::size_t extent = std::max<std::size_t>(static_cast<std::size_t>(extents[d]), 1);
    index[d] = element % extent + 1;
    element /= extent;
  }
  return index.empty() ? fmt::format("{}, {}", file, name)
                       : fmt::format("{}, {}[{}]", file, name, fmt::join(index, ","));
}

std::vector<std::string> Field::cells() const {
  if (kind == Kind::text) return texts;
  std::vector<std::string> cells;
  cells.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    cells.push_back(is_missing(i) || std::isnan(values[i]) ? "" : fmt::format("{}", values[i]));
  }
  return cells;
}

const Field* DataFile::find(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

DataFile read_data(const std::filesystem::path& path) {
  const std::string name = path == "-" ? "standard input" : path.string();
  const std::string text = read_all(path, name);
  const std::string_view content = checked_text(text, name);
  if (content.find_first_not_of(" \t\r\n") == content.npos) {
    throw DataError(fmt::format("{}: the file is empty", name));
  }
  return looks_like_json(content, path) ? parse_json(content, name) : parse_csv(content, name);
}

void DataSet::add(DataFile file) { files_.push_back(std::move(file)); }

const Field* DataSet::find(std::string_view name) const {
  for (const DataFile& file : files_) {
    if (const Field* field = file.find(name)) return field;
  }
  for (const DataFile& file : files_) {
    if (name.size() > file.stem.size() && name.starts_with(file.stem) &&
        name[file.stem.size()] == '.') {
      if (const Field* field = file.find(name.substr(file.stem.size() + 1))) return field;
    }
  }
  return nullptr;
}

const DataFile& DataSet::file_of(const Field& field) const {
  const auto found = std::find_if(files_.begin(), files_.end(), [&](const DataFile& file) {
    return std::any_of(file.fields.begin(), file.fields.end(),
                       [&](const Field& each) { return &each == &field; });
  });
  VIPPL_ASSERT(found != files_.end(), "the field is one of this set");
  return *found;
}

std::vector<std::string> DataSet::names() const {
  std::vector<std::string> names;
  std::unordered_set<std::string_view> seen;
  for (const DataFile& file : files_) {
    for (const Field& field : file.fields) {
      if (seen.insert(field.name).second) names.push_back(field.name);
    }
  }
  return names;
}

}  // namespace vippl::runtime
