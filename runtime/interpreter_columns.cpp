#include <fmt/format.h>

#include <algorithm>

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
  if (fields.empty()) fail("no-columns", span, "no columns are left");
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
    check_missing(field.name, field, span);
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
