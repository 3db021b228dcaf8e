#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "lang/nearest.h"
#include "runtime/interpreter.h"

namespace vippl::runtime {

namespace {

using lang::Element;

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

std::string shortened(std::string text) {
  if (text.size() > 40) text = text.substr(0, 37) + "...";
  return text;
}

}  // namespace

void Interpreter::execute(const lang::ast::Data& node, lang::Span span) {
  Variable variable;
  if (const auto bound = program_.bound.find(&node); bound != program_.bound.end()) {
    variable.value = bound->second;
    bind_sizes(node, variable.value, nullptr);
  } else {
    variable.value = bind(node, span);
    program_.bound[&node] = variable.value;
  }
  if (variable.value.labels && variable.value.element == Element::category &&
      !node.type.arguments.empty()) {
    for (const lang::ast::Argument& argument : node.type.arguments) {
      if (const auto* name = std::get_if<lang::ast::Name>(&argument.value->node)) {
        labels_[name->name] = *variable.value.labels;
        bind_size(name->name, static_cast<std::int64_t>(variable.value.labels->size()),
                  argument.value->span);
      }
    }
  }
  globals_[node.name.name] = std::move(variable);
}

Value Interpreter::bind(const lang::ast::Data& node, lang::Span span) {
  if (node.type.optional) {
    fail("no-missing-data", node.type.span,
         "missing values as latents (`?`) are not supported by this version",
         "drop the rows with missing values from the data, and the `?`");
  }
  const std::string& name = node.name.name;
  const auto set = program_.options.set.find(name);
  if (set != program_.options.set.end()) {
    Value value = Value::number(set->second,
                                node.type.element.name == "int" ? Element::integer : Element::real);
    check_conditions(node, value, nullptr);
    return value;
  }
  if (node.source) {
    if (const auto* call = std::get_if<lang::ast::Call>(&node.source->node)) {
      if (call->callee.name == "columns") return from_columns(node, *call);
      if (call->callee.name == "field") {
        if (call->arguments.size() != 1 || call->arguments[0].name) {
          fail("wrong-argument-count", node.source->span,
               "`field` takes one argument: the name of a column as text",
               "rows in the order of another table (`by =`) are not supported by this version");
        }
        const lang::ast::Expression& column = *call->arguments[0].value;
        return from_field(node, field_named(column_name(column), column.span));
      }
    }
    if (const Field* field = program_.data.find(name)) return from_field(node, *field);
    Value value = evaluate(*node.source);
    if (value.is_latent())
      fail("latent-data", node.source->span, "the default of `data` must be fixed");
    bind_sizes(node, value, nullptr);
    check_conditions(node, value, nullptr);
    return value;
  }
  (void)span;
  return from_field(node, field_named(name, node.name.span));
}

const Field& Interpreter::field_named(const std::string& name, lang::Span span) {
  if (const Field* field = program_.data.find(name)) return *field;
  if (program_.data.empty()) {
    fail("no-data", span, fmt::format("`{}` is data, and no data were given", name),
         "give the file: --data FILE");
  }
  const std::vector<std::string> names = program_.data.names();
  std::string files;
  for (const DataFile& file : program_.data.files())
    files += (files.empty() ? "" : ", ") + file.path;
  const auto near = lang::nearest(name, names);
  std::string hint;
  if (near) {
    hint = fmt::format("did you mean `{}`?", *near);
  } else {
    hint = "the data have ";
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (hint.size() > 80) {
        hint += fmt::format(", and {} more", names.size() - i);
        break;
      }
      hint += (i == 0 ? "" : ", ") + names[i];
    }
  }
  fail("unknown-column", span, fmt::format("there is no column or field `{}` in {}", name, files),
       hint);
}

Value Interpreter::from_field(const lang::ast::Data& node, const Field& field) {
  const std::string& type = node.type.element.name;
  for (std::size_t i = 0; i < field.missing.size(); ++i) {
    if (field.missing[i]) {
      fail("missing-value", node.name.span,
           fmt::format("`{}` has a missing value: {}", node.name.name, field.place(i)),
           "drop the row from the data file");
    }
  }
  if (type == "category") {
    Value value = category(node, field);
    bind_sizes(node, value, &field);
    return value;
  }
  if (field.kind == Field::Kind::text) {
    const auto is_number = [](const std::string& text) {
      double number = 0;
      const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
      return result.ec == std::errc{} && result.ptr == text.data() + text.size();
    };
    const auto bad = std::find_if_not(field.texts.begin(), field.texts.end(), is_number);
    const auto at = static_cast<std::size_t>(bad - field.texts.begin());
    fail("text-in-numbers", node.name.span,
         fmt::format("`{}` is declared as {}, but {} holds the text \"{}\"", node.name.name, type,
                     field.place(at < field.texts.size() ? at : 0),
                     bad == field.texts.end() ? "" : shortened(*bad)),
         "a column of labels has the type category(K)");
  }
  Element element = Element::real;
  if (type == "int" || type == "bool") {
    element = type == "int" ? Element::integer : Element::boolean;
    for (std::size_t i = 0; i < field.values.size(); ++i) {
      const double value = field.values[i];
      const bool fits = type == "int" ? value == std::floor(value) &&
                                            (field.is_column || field.kind != Field::Kind::real)
                                      : value == 0 || value == 1;
      if (!fits) {
        fail("type-mismatch", node.name.span,
             fmt::format("`{}` is declared as {}, but {} is {}", node.name.name, type,
                         field.place(i), value));
      }
    }
  }
  lang::Shape shape;
  for (const Eigen::Index extent : field.extents) shape.push_back(lang::Size::unknown(extent));
  Value value;
  if (field.is_empty_array && node.type.shape.size() > 1) {
    // `[]` stands for any array of size zero: the extents come from the declaration.
    shape.clear();
    for (const lang::ast::Expression& size : node.type.shape) {
      const auto* name = std::get_if<lang::ast::Name>(&size.node);
      shape.push_back(name != nullptr && find(name->name) == nullptr
                          ? lang::Size::unknown(0)
                          : lang::Size::unknown(size_of(size).extent()));
    }
  }
  const bool is_matrix =
      type == "corr" || type == "cov" || type == "corr_cholesky" || type == "cov_cholesky";
  if (is_matrix && shape.size() >= 2) shape.pop_back();
  Elements elements = field.values;
  value = Value::tensor(shape, std::move(elements), element);
  bind_sizes(node, value, &field);
  if (is_matrix) value.shape.push_back(value.shape.back());
  check_conditions(node, value, &field);
  return value;
}

Value Interpreter::category(const lang::ast::Data& node, const Field& field) {
  std::vector<std::string> cells = field.texts;
  if (field.kind != Field::Kind::text) {
    for (const double value : field.values) cells.push_back(fmt::format("{}", value));
  }
  Labels levels;
  for (const lang::ast::Argument& argument : node.type.arguments) {
    if (const auto* text = std::get_if<lang::ast::Text>(&argument.value->node))
      levels.push_back(text->value);
  }
  const bool written = !levels.empty();
  if (!written) {
    levels = cells;
    if (field.kind == Field::Kind::text) {
      std::sort(levels.begin(), levels.end());
    } else {
      std::sort(levels.begin(), levels.end(), [](const std::string& a, const std::string& b) {
        return std::stod(a) < std::stod(b);
      });
    }
    levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  }
  std::map<std::string_view, double> code;
  for (std::size_t k = 0; k < levels.size(); ++k) code[levels[k]] = static_cast<double>(k + 1);
  Elements elements;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto found = code.find(cells[i]);
    if (found == code.end()) {
      fail("unknown-level", node.name.span,
           fmt::format("{} is \"{}\", which is none of the levels written in the type",
                       field.place(i), shortened(cells[i])));
    }
    elements.push_back(found->second);
  }
  lang::Shape shape;
  for (const Eigen::Index extent : field.extents) shape.push_back(lang::Size::unknown(extent));
  Value value = Value::tensor(shape, std::move(elements), Element::category);
  value.labels = std::make_shared<const Labels>(std::move(levels));
  return value;
}

Value Interpreter::from_columns(const lang::ast::Data& node, const lang::ast::Call& call) {
  const DataFile* table = nullptr;
  for (const DataFile& file : program_.data.files()) {
    if (!file.fields.empty() && file.fields.front().is_column) {
      table = &file;
      break;
    }
  }
  if (table == nullptr) {
    fail("no-data", node.source->span, "`columns` takes columns of a CSV table, and none was given",
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
  if (fields.empty()) fail("no-columns", node.source->span, "no columns are left");
  const auto rows = static_cast<std::size_t>(fields.front()->extents.front());
  Elements elements(rows * fields.size());
  Labels labels;
  for (std::size_t j = 0; j < fields.size(); ++j) {
    const Field& field = *fields[j];
    if (field.kind == Field::Kind::text) {
      fail("text-in-numbers", node.source->span,
           fmt::format("column `{}` holds text, not numbers", field.name),
           fmt::format("leave it out: columns(except = [{}])", field.name));
    }
    labels.push_back(field.name);
    for (std::size_t i = 0; i < rows; ++i) {
      if (field.is_missing(i)) {
        fail("missing-value", node.source->span,
             fmt::format("column `{}` has a missing value: {}", field.name, field.place(i)),
             "drop the row from the data file");
      }
      elements[i * fields.size() + j] = field.values[i];
    }
  }
  Value value = Value::tensor({lang::Size::unknown(static_cast<std::int64_t>(rows)),
                               lang::Size::unknown(static_cast<std::int64_t>(fields.size()))},
                              std::move(elements));
  if (node.type.shape.size() == 2) {
    if (const auto* name = std::get_if<lang::ast::Name>(&node.type.shape[1].node))
      labels_[name->name] = labels;
  }
  bind_sizes(node, value, fields.front());
  return value;
}

void Interpreter::bind_size(const std::string& name, std::int64_t extent, lang::Span span) {
  Variable* known = find(name);
  if (known == nullptr) {
    // Where the data have a scalar field of that name, the two must agree.
    const Field* field = program_.data.find(name);
    if (field != nullptr && field->extents.empty() && field->kind == Field::Kind::integer &&
        static_cast<std::int64_t>(field->values[0]) != extent) {
      fail("size-mismatch", span,
           fmt::format("the data say {} = {}, but this has extent {}", name, field->values[0],
                       extent));
    }
    Variable variable;
    variable.value = Value::sized(lang::Size::named(name, extent));
    define_global(name, std::move(variable));
    size_order_.push_back(name);
    return;
  }
  if (static_cast<std::int64_t>(known->value.scalar) != extent) {
    fail("size-mismatch", span,
         fmt::format("size {} is {} here, but {} = {} was bound above", name, extent, name,
                     known->value.scalar));
  }
}

void Interpreter::size_from_condition(const lang::ast::Type& type) {
  if (type.element.name != "int" && type.element.name != "real") return;
  const auto bind_name = [&](const lang::ast::Expression& expression) {
    const auto* name = std::get_if<lang::ast::Name>(&expression.node);
    if (name == nullptr || find(name->name) != nullptr) return;
    const Field* field = program_.data.find(name->name);
    if (field == nullptr || !field->extents.empty() || field->kind != Field::Kind::integer) {
      fail("unknown-size", expression.span,
           fmt::format("`{}` is not defined, and the data have no single int of that name",
                       name->name),
           fmt::format("write category({}) to take the levels from the column", name->name));
    }
    bind_size(name->name, static_cast<std::int64_t>(field->values[0]), expression.span);
  };
  for (const lang::ast::Argument& argument : type.arguments) {
    if (const auto* range = std::get_if<lang::ast::Binary>(&argument.value->node);
        range != nullptr && range->op == lang::ast::BinaryOperator::range) {
      bind_name(*range->left);
      bind_name(*range->right);
    }
  }
}

void Interpreter::bind_sizes(const lang::ast::Data& node, Value& value, const Field* field) {
  const auto where = [&] { return field == nullptr ? std::string() : " in " + field->file; };
  const std::size_t dimensions = node.type.shape.size();
  const bool is_matrix_type =
      dimensions + 1 == value.shape.size() &&
      (node.type.element.name.rfind("cor", 0) == 0 || node.type.element.name.rfind("cov", 0) == 0);
  if (dimensions != value.shape.size() && !is_matrix_type) {
    const bool one_row = field != nullptr && field->is_column && dimensions == 0;
    fail("shape-mismatch", node.type.span,
         fmt::format("`{}` is declared with {} dimension{}, but has {}{}: {}", node.name.name,
                     dimensions, dimensions == 1 ? "" : "s", value.shape.size(), where(),
                     lang::text(value.shape)),
         one_row ? fmt::format("a column has one value per row: data {} : {}[n]", node.name.name,
                               node.type.element.name)
                 : "");
  }
  // Sizes named for the first time are bound before formulas over them are compared.
  for (std::size_t d = 0; d < dimensions; ++d) {
    if (const auto* name = std::get_if<lang::ast::Name>(&node.type.shape[d].node)) {
      bind_size(name->name, value.shape[d].extent(), node.type.shape[d].span);
    }
  }
  size_from_condition(node.type);
  for (std::size_t d = 0; d < dimensions; ++d) {
    const lang::Size size = size_of(node.type.shape[d]);
    if (size.extent() != value.shape[d].extent()) {
      fail("size-mismatch", node.type.shape[d].span,
           fmt::format("dimension {} of `{}` is declared as {} = {}, but has {} entries{}", d + 1,
                       node.name.name, size.text(), size.extent(), value.shape[d].extent(),
                       where()));
    }
    value.shape[d] = size;
  }
}

void Interpreter::check_conditions(const lang::ast::Data& node, const Value& value,
                                   const Field* field) {
  const auto place = [&](Index i) {
    return field == nullptr ? fmt::format("element {}", i + 1)
                            : field->place(static_cast<std::size_t>(i));
  };
  for (Index i = 0; i < value.count(); ++i) {
    if (std::isnan(value[i])) {
      fail("missing-value", node.name.span,
           fmt::format("`{}` is not a number (NaN): {}", node.name.name, place(i)));
    }
  }
  const auto check = [&](const Value& bound, bool is_lower, lang::Span span) {
    if (!bound.is_scalar() && bound.count() != value.count()) return;
    for (Index i = 0; i < value.count(); ++i) {
      const double limit = bound.is_scalar() ? bound.scalar : bound[i];
      if (is_lower ? value[i] >= limit : value[i] <= limit) continue;
      fail("data-out-of-bounds", span,
           fmt::format("`{}` must be {} {}, but {} is {}", node.name.name,
                       is_lower ? "at least" : "at most", limit, place(i), value[i]));
    }
  };
  for (const lang::ast::Argument& argument : node.type.arguments) {
    const lang::ast::Expression& expression = *argument.value;
    if (const auto* range = std::get_if<lang::ast::Binary>(&expression.node);
        range != nullptr && range->op == lang::ast::BinaryOperator::range) {
      check(evaluate(*range->left), true, expression.span);
      check(evaluate(*range->right), false, expression.span);
    } else if (argument.name) {
      check(evaluate(expression), argument.name->name == "lower", expression.span);
    }
  }
}

}  // namespace vippl::runtime
