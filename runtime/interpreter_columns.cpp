#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "lang/nearest.h"
#include "runtime/bad_places.h"
#include "runtime/interpreter.h"

namespace vippl::runtime {

namespace {

// A pattern with `*` for any letters.
bool matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() == '*') {
    return matches(pattern.substr(1), name) || (!name.empty() && matches(pattern, name.substr(1)));
  }
  return !name.empty() && pattern.front() == name.front() &&
         matches(pattern.substr(1), name.substr(1));
}

std::string column_name(const lang::ast::Expression& expression) {
  if (const auto* name = std::get_if<lang::ast::Name>(&expression.node)) return name->name;
  if (const auto* text = std::get_if<lang::ast::Text>(&expression.node)) return text->value;
  return {};
}

std::vector<const lang::ast::Expression*> column_list(const lang::ast::Expression& expression) {
  std::vector<const lang::ast::Expression*> list;
  if (const auto* array = std::get_if<lang::ast::ArrayLiteral>(&expression.node)) {
    for (const lang::ast::Expression& element : array->elements) list.push_back(&element);
  } else {
    list.push_back(&expression);
  }
  return list;
}

}  // namespace

std::vector<const Field*> Interpreter::columns_of(const lang::ast::Call& call, lang::Span span) {
  const DataFile* table = nullptr;
  for (const DataFile& file : program_.data.files()) {
    if (!file.fields.empty() && file.fields.front().is_column) {
      table = &file;
      break;
    }
  }
  if (table == nullptr) {
    fail("no-data", span, "`columns` takes columns of a CSV table, and none was given",
         "give the file: --data FILE.csv");
  }
  std::vector<const Field*> fields;
  bool except = false;
  for (const lang::ast::Argument& argument : call.arguments) {
    for (const lang::ast::Expression* column : column_list(*argument.value)) {
      const std::string name = column_name(*column);
      if (argument.name) {
        if (argument.name->name != "except") {
          fail("unknown-argument", argument.name->span,
               fmt::format("`columns` has no argument `{}`", argument.name->name),
               "columns(except = [y, id])");
        }
        field_named(name, column->span);
        except = true;
        continue;
      }
      if (name.find('*') == std::string::npos) {
        fields.push_back(&field_named(name, column->span));
        continue;
      }
      const std::size_t before = fields.size();
      for (const Field& field : table->fields) {
        if (matches(name, field.name)) fields.push_back(&field);
      }
      if (fields.size() == before) {
        fail("unknown-column", column->span,
             fmt::format("no column of {} matches \"{}\"", table->path, name));
      }
    }
  }
  if (except) {
    if (fields.empty()) {
      for (const Field& field : table->fields) fields.push_back(&field);
    }
    for (const lang::ast::Argument& argument : call.arguments) {
      if (!argument.name) continue;
      for (const lang::ast::Expression* column : column_list(*argument.value)) {
        const std::string name = column_name(*column);
        std::erase_if(fields, [&](const Field* field) { return field->name == name; });
      }
    }
  }
  if (fields.empty())
    fail("no-columns", span, "no columns are left", "take a column out of `except`");
  for (const Field* field : fields) {
    if (field->is_column && field->extents.front() == fields.front()->extents.front()) continue;
    fail("size-mismatch", span,
         field->is_column ? fmt::format("column `{}` has {} rows, but `{}` has {}", field->name,
                                        field->extents.front(), fields.front()->name,
                                        fields.front()->extents.front())
                          : fmt::format("`{}` is no column of a CSV table", field->name));
  }
  return fields;
}

// The rows of `field` in the order of the levels of a category, matched by the column of that name
// beside it. Rows of other levels are left out.
Field Interpreter::ordered_by(const lang::ast::Data& node, const lang::ast::Argument& by,
                              const Field& field) {
  const lang::Span span = by.value->span;
  const auto* name = std::get_if<lang::ast::Name>(&by.value->node);
  const Value category = evaluate(*by.value);
  if (name == nullptr || !category.labels) {
    fail("by-category", span, "`by` takes the name of a category of the data");
  }
  const DataFile& file = program_.data.file_of(field);
  const Field* key = file.find(name->name);
  if (key == nullptr) {
    std::vector<std::string> names;
    for (const Field& each : file.fields) names.push_back(each.name);
    const auto near = lang::nearest(name->name, names);
    fail("unknown-column", span,
         fmt::format("{} has no column `{}` to match the rows of `{}` by", file.path, name->name,
                     field.name),
         near ? fmt::format("it has `{}`", *near) : "");
  }
  if (key->extents.size() != 1 || field.extents.empty() ||
      key->extents.front() != field.extents.front()) {
    fail("size-mismatch", span,
         fmt::format("`{}` and `{}` of {} do not have the same rows", field.name, key->name,
                     file.path));
  }
  if (field.kind == Field::Kind::text && node.type.element.name != "category") {
    // Said of the whole column: the cell that is text may stand in a row that is left out.
    fail_text(node.name.name, node.type.element.name, field, node.name.span,
              "a column of labels has the type category(K)");
  }
  const std::vector<std::string> cells = key->cells();
  std::unordered_map<std::string_view, std::size_t> row_of;
  for (std::size_t row = 0; row < cells.size(); ++row) {
    const auto [first, is_new] = row_of.emplace(cells[row], row);
    if (is_new) continue;
    const Labels& levels = *category.labels;
    if (std::find(levels.begin(), levels.end(), cells[row]) == levels.end()) continue;
    fail("repeated-level", span,
         fmt::format("the level \"{}\" of `{}` stands twice: {} and {}", shortened(cells[row]),
                     name->name, key->place(first->second), key->place(row)),
         "there has to be one row for each level");
  }
  const std::size_t rows = cells.size();
  const std::size_t width =
      rows == 0 ? 0 : std::max(field.values.size(), field.texts.size()) / rows;
  Field ordered = field;
  ordered.values.clear();
  ordered.texts.clear();
  ordered.missing.clear();
  ordered.lines.clear();
  ordered.extents.front() = static_cast<Index>(category.labels->size());
  for (const std::string& level : *category.labels) {
    const auto found = row_of.find(level);
    if (found == row_of.end()) {
      fail("missing-level", span,
           fmt::format("{} has no row for the level \"{}\" of `{}`, which `{}` needs", file.path,
                       shortened(level), name->name, node.name.name),
           fmt::format("add a row with {} = {}", key->name, shortened(level)));
    }
    const std::size_t row = found->second;
    ordered.lines.push_back(
        static_cast<std::uint32_t>(field.lines.empty() ? row + 2 : field.lines[row]));
    for (std::size_t i = row * width; i < (row + 1) * width; ++i) {
      if (!field.values.empty()) ordered.values.push_back(field.values[i]);
      if (!field.texts.empty()) ordered.texts.push_back(field.texts[i]);
      if (!field.missing.empty()) ordered.missing.push_back(field.missing[i]);
    }
  }
  return ordered;
}

Value Interpreter::from_columns(const lang::ast::Data& node, const lang::ast::Call& call) {
  const lang::Span span = node.source->span;
  const std::string& type = node.type.element.name;
  if (type == "category") {
    fail("type-mismatch", node.type.span,
         "`columns` puts numbers side by side, a category is one column of labels");
  }
  const std::vector<const Field*> fields = columns_of(call, span);
  const auto rows = static_cast<std::size_t>(fields.front()->extents.front());
  Elements elements(rows * fields.size());
  Labels labels;
  for (std::size_t j = 0; j < fields.size(); ++j) {
    const Field& field = *fields[j];
    if (!node.type.optional) check_missing(field.name, field, span);
    if (field.kind == Field::Kind::text) {
      fail_text(field.name, type, field, span,
                fmt::format("leave it out: columns(except = [{}])", field.name));
    }
    labels.push_back(field.name);
    for (std::size_t i = 0; i < rows; ++i) elements[i * fields.size() + j] = field.values[i];
  }
  const PlaceOf place = [&](Index i) {
    const auto at = static_cast<std::size_t>(i);
    const Field& field = *fields[at % fields.size()];
    return fmt::format("column `{}` of {}", field.name, field.place(at / fields.size()));
  };
  Value value = Value::tensor({lang::Size::unknown(static_cast<std::int64_t>(rows)),
                               lang::Size::unknown(static_cast<std::int64_t>(fields.size()))},
                              std::move(elements));
  check_finite(node.name.name, value, place, span);
  check_numbers(node, value, place);
  if (node.type.shape.size() == 2) {
    if (const auto* name = std::get_if<lang::ast::Name>(&node.type.shape[1].node))
      labels_[name->name] = labels;
  }
  bind_sizes(node, value, fields.front()->file);
  check_conditions(node, value, place);
  return value;
}

}  // namespace vippl::runtime
