#include "tests/support/reference/binding.h"

#include <algorithm>
#include <set>

namespace vippl::reference {

namespace ast = lang::ast;

namespace {

template <class Node>
const Node* as(const ast::Expression& expression) {
  return std::get_if<Node>(&expression.node);
}

const ast::Call* call_of(const std::optional<ast::Expression>& source, const char* callee) {
  const auto* call = source ? as<ast::Call>(*source) : nullptr;
  return call != nullptr && call->callee.name == callee ? call : nullptr;
}

const runtime::Field& require(const runtime::DataSet& data, const std::string& name) {
  const runtime::Field* field = data.find(name);
  if (field == nullptr) throw Error("no data for `" + name + "`");
  return *field;
}

Tensor read_numbers(const runtime::Field& field) {
  if (field.kind == runtime::Field::Kind::text) throw Error("`" + field.name + "` is text");
  Tensor result = filled({}, 0);
  for (const Eigen::Index extent : field.extents) {
    result.shape.push_back(static_cast<std::size_t>(extent));
  }
  result.values = field.values;
  result.kind =
      field.kind == runtime::Field::Kind::real ? Tensor::Kind::real : Tensor::Kind::integer;
  return result;
}

std::string level_text(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

/// Every element replaced by the place of its level. Levels that are not written out are those
/// present: numbers ascending, text by its bytes, which is the order of code points.
Tensor read_category(const runtime::Field& field, std::vector<std::string> levels) {
  std::vector<std::string> cells = field.texts;
  std::set<std::string> present(cells.begin(), cells.end());
  std::vector<std::string> found(present.begin(), present.end());
  if (field.kind != runtime::Field::Kind::text) {
    const std::set<double> numbers(field.values.begin(), field.values.end());
    cells.clear();
    found.clear();
    for (const double value : field.values) cells.push_back(level_text(value));
    for (const double value : numbers) found.push_back(level_text(value));
  }
  if (levels.empty()) levels = found;
  Tensor result = vector({}, Tensor::Kind::integer);
  for (const std::string& cell : cells) {
    const auto place = std::find(levels.begin(), levels.end(), cell);
    if (place == levels.end()) throw Error("`" + cell + "` is not a level");
    result.values.push_back(static_cast<double>(place - levels.begin() + 1));
  }
  result.shape = {result.values.size()};
  result.levels = levels;
  return result;
}

bool matches(const std::string& pattern, const std::string& name) {
  if (pattern.empty() || pattern.back() != '*') return pattern == name;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

std::string name_or_text(const ast::Expression& expression) {
  if (const auto* name = as<ast::Name>(expression)) return name->name;
  if (const auto* text = as<ast::Text>(expression)) return text->value;
  throw Error("a column is named by a name or a text");
}

/// columns(a, b), columns("x*"), columns(except = [y, id])
Tensor read_columns(const ast::Call& call, const runtime::DataSet& data) {
  std::vector<const runtime::Field*> chosen;
  for (const ast::Argument& argument : call.arguments) {
    std::vector<std::string> refused;
    std::string pattern = "*";
    if (argument.name) {
      const auto* list = as<ast::ArrayLiteral>(*argument.value);
      if (argument.name->name != "except" || list == nullptr) {
        throw Error("columns() takes names or `except`");
      }
      for (const ast::Expression& element : list->elements) {
        refused.push_back(name_or_text(element));
      }
    } else {
      pattern = name_or_text(*argument.value);
    }
    for (const runtime::Field& field : data.files().at(0).fields) {
      if (field.kind == runtime::Field::Kind::text || !matches(pattern, field.name)) continue;
      if (std::find(refused.begin(), refused.end(), field.name) == refused.end()) {
        chosen.push_back(&field);
      }
    }
  }
  std::vector<Tensor> columns;
  for (const runtime::Field* field : chosen) columns.push_back(read_numbers(*field));
  return transpose(stack(columns));
}

/// The column of that name in the file that `path` is read from.
const runtime::Field& beside(const runtime::DataSet& data, const std::string& path,
                             const std::string& name) {
  for (const runtime::DataFile& file : data.files()) {
    const bool has_it = file.find(path) != nullptr || path.starts_with(file.stem + ".");
    if (has_it && file.find(name) != nullptr) return *file.find(name);
  }
  throw Error("no `" + name + "` beside `" + path + "`");
}

/// field("counties.uranium", by = county): the rows in the order of the levels of `county`, those
/// of other levels left out.
runtime::Field read_field(const ast::Call& call, const runtime::DataSet& data, const Names& names) {
  const std::string path = name_or_text(*call.arguments.at(0).value);
  const runtime::Field& field = require(data, path);
  if (call.arguments.size() == 1) return field;
  const ast::Expression& by = *call.arguments.at(1).value;
  const runtime::Field& keys = beside(data, path, name_or_text(by));
  std::vector<std::string> cells = keys.texts;
  if (keys.kind != runtime::Field::Kind::text) {
    for (const double value : keys.values) cells.push_back(level_text(value));
  }
  runtime::Field result = field;
  result.values.clear();
  result.texts.clear();
  for (const std::string& level : names.evaluate(by).levels) {
    const auto place = std::find(cells.begin(), cells.end(), level);
    if (place == cells.end()) throw Error("`" + level + "` has no row");
    const auto row = static_cast<std::size_t>(place - cells.begin());
    if (!field.values.empty()) result.values.push_back(field.values.at(row));
    if (!field.texts.empty()) result.texts.push_back(field.texts.at(row));
  }
  result.extents = {static_cast<Eigen::Index>(std::max(result.values.size(), result.texts.size()))};
  return result;
}

/// Text levels of category("low", "high"); none for category(K).
std::vector<std::string> written_levels(const ast::Type& type) {
  std::vector<std::string> levels;
  for (const ast::Argument& argument : type.arguments) {
    if (const auto* text = as<ast::Text>(*argument.value)) levels.push_back(text->value);
  }
  return levels;
}

Tensor read_source(const ast::Data& statement, const runtime::DataSet& data, const Names& names) {
  const bool is_category = statement.type.element.name == "category";
  if (const ast::Call* call = call_of(statement.source, "columns")) {
    return read_columns(*call, data);
  }
  if (const ast::Call* call = call_of(statement.source, "field")) {
    const runtime::Field field = read_field(*call, data, names);
    return is_category ? read_category(field, written_levels(statement.type)) : read_numbers(field);
  }
  const runtime::Field* field = data.find(statement.name.name);
  if (field == nullptr && statement.source) return names.evaluate(*statement.source);
  if (is_category) {
    return read_category(require(data, statement.name.name), written_levels(statement.type));
  }
  return read_numbers(require(data, statement.name.name));
}

void bind_size(const ast::Expression& expression, std::size_t extent, const Names& names) {
  if (const auto* name = as<ast::Name>(expression);
      name != nullptr && !names.is_defined(name->name)) {
    return names.define_size(name->name, extent);
  }
  const std::size_t expected = names.evaluate(expression).extent();
  if (expected != extent) {
    throw Error("a size is " + std::to_string(expected) + ", the data have " +
                std::to_string(extent));
  }
}

/// A size that stands in a condition only, as J in int(1..J): the levels of the category, or the
/// field J.
void bind_condition(const ast::Expression& expression, const Tensor& value,
                    const runtime::DataSet& data, const Names& names) {
  if (const auto* range = as<ast::Binary>(expression)) {
    bind_condition(*range->left, value, data, names);
    bind_condition(*range->right, value, data, names);
  }
  const auto* name = as<ast::Name>(expression);
  if (name == nullptr || names.is_defined(name->name)) return;
  names.define_size(name->name, value.levels.empty()
                                    ? read_numbers(require(data, name->name)).extent()
                                    : value.levels.size());
}

}  // namespace

Tensor bind_data(const ast::Data& statement, const runtime::DataSet& data, const Names& names) {
  const ast::Type& type = statement.type;
  Tensor value = read_source(statement, data, names);
  std::vector<ast::Expression> sizes = type.shape;
  const bool is_square =
      type.element.name.starts_with("corr") || type.element.name.starts_with("cov");
  if (is_square) sizes.push_back(type.shape.back());
  if (value.rank() != sizes.size()) {
    throw Error("`" + statement.name.name + "` has " + text(value.shape));
  }
  for (std::size_t d = 0; d < sizes.size(); ++d) bind_size(sizes[d], value.shape[d], names);
  for (const ast::Argument& argument : type.arguments) {
    bind_condition(*argument.value, value, data, names);
  }
  if (type.element.name == "bool") value.kind = Tensor::Kind::boolean;
  if (type.element.name == "real") value.kind = Tensor::Kind::real;
  return value;
}

}  // namespace vippl::reference
