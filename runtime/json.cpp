#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <cmath>
#include <limits>
#include <unordered_set>

#include "runtime/data.h"
#include "runtime/text_place.h"

namespace vippl::runtime {
namespace {

constexpr double missing_value = std::numeric_limits<double>::quiet_NaN();
constexpr double greatest_exact_integer = 9007199254740992.0;  // 2^53
constexpr std::size_t greatest_nesting = 32;

/// A string that stands for a number, by Stan's conventions.
bool is_number_word(std::string_view text, double& value) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (text == "NaN" || text == "nan" || text == "NA")
    value = missing_value;
  else if (text == "Inf" || text == "+Inf" || text == "inf" || text == "+inf" ||
           text == "Infinity" || text == "+Infinity")
    value = infinity;
  else if (text == "-Inf" || text == "-inf" || text == "-Infinity")
    value = -infinity;
  else
    return false;
  return true;
}

/// Receives RapidJSON's events and builds fields. Returning false stops the reader; `problem` then
/// says why.
class FieldBuilder {
 public:
  explicit FieldBuilder(const std::string& file) : file_(file) {}

  std::vector<Field> fields;
  std::string problem;

  // NOLINTBEGIN(readability-identifier-naming): the names are RapidJSON's
  bool StartObject() {
    if (is_inside_object_) {
      return fail(fmt::format(
          "field `{}` holds an object; expected a number, text or arrays of them", field_.name));
    }
    if (!is_at_top()) return fail_not_an_object();
    is_inside_object_ = true;
    return true;
  }
  bool EndObject(rapidjson::SizeType) { return true; }

  bool Key(const char* text, rapidjson::SizeType length, bool) {
    std::string name(text, length);
    if (name.empty()) return fail("a field has the empty name");
    if (!names_.insert(name).second) return fail(fmt::format("field `{}` occurs twice", name));
    field_ = {};
    field_.name = std::move(name);
    field_.file = file_;
    field_.kind = Field::Kind::integer;
    counts_.clear();
    leaf_depth_.reset();
    is_decided_ = false;
    return true;
  }

  bool StartArray() {
    if (!is_inside_object_) return fail_not_an_object();
    if (leaf_depth_ && counts_.size() >= *leaf_depth_) return fail_mixed_nesting();
    if (counts_.size() == greatest_nesting) {
      return fail(
          fmt::format("field `{}` is nested deeper than {} levels", field_.name, greatest_nesting));
    }
    if (!counts_.empty()) ++counts_.back();
    counts_.push_back(0);
    if (field_.extents.size() < counts_.size()) field_.extents.push_back(unknown_extent);
    return true;
  }

  bool EndArray(rapidjson::SizeType) {
    const Eigen::Index count = counts_.back();
    counts_.pop_back();
    Eigen::Index& extent = field_.extents[counts_.size()];
    if (extent == unknown_extent) extent = count;
    if (extent != count) {
      return fail(fmt::format("field `{}` is ragged: {} has {} element{}, those before have {}",
                              field_.name, element(), count, count == 1 ? "" : "s", extent));
    }
    if (counts_.empty()) finish();
    return true;
  }

  bool Null() {
    if (!start_leaf()) return false;
    add_missing();
    return finish_leaf();
  }
  bool Bool(bool value) { return add_number(value ? 1.0 : 0.0, Field::Kind::boolean); }
  bool Int(int value) { return add_whole(static_cast<double>(value)); }
  bool Uint(unsigned value) { return add_whole(static_cast<double>(value)); }
  bool Int64(std::int64_t value) { return add_whole(static_cast<double>(value)); }
  bool Uint64(std::uint64_t value) { return add_whole(static_cast<double>(value)); }
  bool Double(double value) { return add_number(value, Field::Kind::real); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }

  bool String(const char* data, rapidjson::SizeType length, bool) {
    const std::string_view text(data, length);
    double value = 0;
    if (field_.kind != Field::Kind::text && is_number_word(text, value)) {
      return add_number(value, Field::Kind::real);
    }
    if (!start_leaf()) return false;
    if (!agree_on(Field::Kind::text)) return false;
    field_.texts.emplace_back(text);
    return finish_leaf();
  }
  // NOLINTEND(readability-identifier-naming)

 private:
  static constexpr Eigen::Index unknown_extent = -1;

  bool is_at_top() const { return !is_inside_object_; }
  bool add_whole(double value) {
    return add_number(value, std::abs(value) <= greatest_exact_integer ? Field::Kind::integer
                                                                       : Field::Kind::real);
  }

  bool add_number(double value, Field::Kind kind) {
    if (!start_leaf()) return false;
    if (std::isnan(value)) {
      add_missing();
      return finish_leaf();
    }
    if (!agree_on(kind)) return false;
    field_.values.push_back(value);
    return finish_leaf();
  }

  void add_missing() {
    const std::size_t index = element_count();
    field_.missing.resize(index + 1, false);
    field_.missing[index] = true;
    if (field_.kind == Field::Kind::text) {
      field_.texts.emplace_back();
    } else {
      field_.values.push_back(missing_value);
    }
  }

  std::size_t element_count() const {
    return field_.kind == Field::Kind::text ? field_.texts.size() : field_.values.size();
  }

  /// Checks that this element stands at the depth of the others.
  bool start_leaf() {
    if (!is_inside_object_) return fail_not_an_object();
    const std::size_t depth = counts_.size();
    if (!leaf_depth_) {
      if (depth < field_.extents.size()) return fail_mixed_nesting();
      leaf_depth_ = depth;
    }
    if (*leaf_depth_ != depth) return fail_mixed_nesting();
    if (!counts_.empty()) ++counts_.back();
    return true;
  }
  bool finish_leaf() {
    if (counts_.empty()) finish();
    return true;
  }

  bool agree_on(Field::Kind kind) {
    const bool both_are_numbers =
        (kind == Field::Kind::integer || kind == Field::Kind::real) &&
        (field_.kind == Field::Kind::integer || field_.kind == Field::Kind::real);
    if (!is_decided_) {
      if (kind == Field::Kind::text) field_.texts.resize(field_.values.size());
      if (kind == Field::Kind::text) field_.values.clear();
      field_.kind = kind;
      is_decided_ = true;
      return true;
    }
    if (both_are_numbers) {
      if (kind == Field::Kind::real) field_.kind = kind;
      return true;
    }
    if (kind == field_.kind) return true;
    return fail(fmt::format("field `{}` mixes {} and {} (at {})", field_.name, words(field_.kind),
                            words(kind), element()));
  }

  static const char* words(Field::Kind kind) {
    switch (kind) {
      case Field::Kind::integer:
      case Field::Kind::real:
        return "numbers";
      case Field::Kind::boolean:
        return "true/false";
      case Field::Kind::text:
        return "text";
    }
    return "";
  }

  /// "y[3,1]": the element that is being read.
  std::string element() const {
    std::string text = field_.name;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      text += fmt::format("{}{}", i == 0 ? "[" : ",", counts_[i]);
    }
    return counts_.empty() ? text : text + "]";
  }

  void finish() {
    if (!field_.missing.empty()) field_.missing.resize(element_count(), false);
    field_.is_empty_array = field_.extents.size() == 1 && field_.extents[0] == 0;
    fields.push_back(std::move(field_));
    field_ = {};
  }

  bool fail(std::string text) {
    problem = std::move(text);
    return false;
  }
  bool fail_not_an_object() {
    return fail("expected one object of named fields, as {\"n\": 3, \"y\": [1.5, 2, 0.1]}");
  }
  bool fail_mixed_nesting() {
    return fail(
        fmt::format("field `{}` mixes elements and arrays (at {})", field_.name, element()));
  }

  const std::string& file_;
  Field field_;
  std::vector<Eigen::Index> counts_;       // elements so far in each open array
  std::optional<std::size_t> leaf_depth_;  // number of arrays around every element
  std::unordered_set<std::string> names_;
  bool is_inside_object_ = false;
  bool is_decided_ = false;  // the field's kind
};

}  // namespace

DataFile parse_json(std::string_view whole, const std::string& name) {
  const std::string_view text = checked_text(whole, name);
  constexpr unsigned flags = rapidjson::kParseFullPrecisionFlag | rapidjson::kParseNanAndInfFlag |
                             rapidjson::kParseIterativeFlag;
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  FieldBuilder builder(name);
  const rapidjson::ParseResult result = reader.Parse<flags>(stream, builder);
  if (result.IsError()) {
    if (text.find_first_not_of(" \t\r\n") == text.npos) {
      throw DataError(fmt::format("{}: the file is empty", name));
    }
    if (!builder.problem.empty()) {
      // The reader stands behind the token that was refused.
      fail_at(name, text, result.Offset() == 0 ? 0 : result.Offset() - 1, builder.problem);
    }
    std::string_view reason = rapidjson::GetParseError_En(result.Code());
    if (reason.ends_with('.')) reason.remove_suffix(1);
    fail_at(name, text, result.Offset(), fmt::format("not JSON: {}", reason));
  }
  DataFile file;
  file.path = name;
  file.stem = std::filesystem::path(name).stem().string();
  file.fields = std::move(builder.fields);
  return file;
}

}  // namespace vippl::runtime
