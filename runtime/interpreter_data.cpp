#include <fmt/format.h>

#include <algorithm>

#include "lang/nearest.h"
#include "runtime/bad_places.h"
#include "runtime/interpreter.h"
#include "runtime/judge_data.h"

namespace vippl::runtime {

namespace {

using lang::Element;

// The only argument without a name; null if there is none, or several.
const lang::ast::Argument* positional(const lang::ast::Call& call) {
  const lang::ast::Argument* found = nullptr;
  for (const lang::ast::Argument& argument : call.arguments) {
    if (argument.name) continue;
    if (found != nullptr) return nullptr;
    found = &argument;
  }
  return found;
}

// `by = county` of `field("counties.uranium", by = county)`; null if it is not there.
const lang::ast::Argument* by_argument(const lang::ast::Data& node) {
  const auto* call = node.source ? std::get_if<lang::ast::Call>(&node.source->node) : nullptr;
  if (call == nullptr || call->callee.name != "field") return nullptr;
  for (const lang::ast::Argument& argument : call->arguments) {
    if (argument.name && argument.name->name == "by") return &argument;
  }
  return nullptr;
}

// The field that a statement reads, if it reads one as it is: the names of others are no use here.
std::string field_name(const lang::ast::Data& node) {
  const auto* call = node.source ? std::get_if<lang::ast::Call>(&node.source->node) : nullptr;
  if (call == nullptr || call->callee.name != "field") return node.name.name;
  const lang::ast::Argument* written = positional(*call);
  if (written == nullptr) return "";
  const lang::ast::Expression& column = *written->value;
  if (const auto* text = std::get_if<lang::ast::Text>(&column.node)) return text->value;
  if (const auto* name = std::get_if<lang::ast::Name>(&column.node)) return name->name;
  return "";
}

bool reads_columns(const lang::ast::Data& node) {
  const auto* call = node.source ? std::get_if<lang::ast::Call>(&node.source->node) : nullptr;
  return call != nullptr && call->callee.name == "columns";
}

// `data` statements, and the sizes that stand in their types.
void add_settable_names(const lang::ast::Data& node, std::vector<std::string>& names) {
  const auto add = [&](const lang::ast::Expression& expression) {
    if (const auto* name = std::get_if<lang::ast::Name>(&expression.node))
      names.push_back(name->name);
  };
  names.push_back(node.name.name);
  for (const lang::ast::Expression& size : node.type.shape) add(size);
  for (const lang::ast::Argument& argument : node.type.arguments) {
    if (const auto* range = std::get_if<lang::ast::Binary>(&argument.value->node)) {
      add(*range->left);
      add(*range->right);
    } else if (!argument.name) {
      add(*argument.value);
    }
  }
}

std::string element_text(Index i) { return fmt::format("element {}", i + 1); }
std::string scalar_text(Index) { return "the value"; }

}  // namespace

void Interpreter::check_settings() const {
  if (program_.options.set.empty() || program_.options.settings_may_wait) return;
  std::vector<std::string> names;
  for (const lang::ast::Statement& statement : program_.script.statements) {
    if (const auto* data = std::get_if<lang::ast::Data>(&statement.node))
      add_settable_names(*data, names);
  }
  for (const auto& [name, setting] : program_.options.set) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const auto near = lang::nearest(name, names);
    throw lang::ModelError(
        lang::error("unknown-setting", {},
                    fmt::format("--set names `{}`, but the script has no `data {}`", name, name),
                    near ? fmt::format("did you mean `{}`?", *near) : ""));
  }
}

void Interpreter::execute(const lang::ast::Data& node) {
  Variable variable;
  if (const auto bound = program_.bound.find(&node); bound != program_.bound.end()) {
    variable.value = bound->second;
    bind_sizes(node, variable.value, "");
  } else {
    variable.value = bind(node);
    program_.bound[&node] = variable.value;
  }
  const Value& value = variable.value;
  if (value.labels && value.element == Element::category) {
    for (const lang::ast::Argument& argument : node.type.arguments) {
      if (const auto* name = std::get_if<lang::ast::Name>(&argument.value->node)) {
        const auto [known, is_new] = labels_.emplace(name->name, *value.labels);
        if (!is_new) check_same_levels(node, known->second, *value.labels);
        bind_size(name->name, static_cast<std::int64_t>(value.labels->size()),
                  argument.value->span);
      }
    }
  }
  if (node.type.optional) note_missing(node, value);
  if (value.is_scalar() && value.element == Element::integer)
    bound_at_[node.name.name] = node.name.span;
  globals_[node.name.name] = std::move(variable);
}

Value Interpreter::bind(const lang::ast::Data& node) {
  const std::string& name = node.name.name;
  if (const auto set = program_.options.set.find(name); set != program_.options.set.end())
    return from_setting(node, set->second);
  if (reads_columns(node)) return from_columns(node, std::get<lang::ast::Call>(node.source->node));
  const auto* call = node.source ? std::get_if<lang::ast::Call>(&node.source->node) : nullptr;
  if (call != nullptr && call->callee.name == "field") {
    const lang::ast::Argument* column = positional(*call);
    const lang::ast::Argument* by = by_argument(node);
    if (column == nullptr || call->arguments.size() > (by == nullptr ? 1 : 2)) {
      fail("wrong-argument-count", node.source->span,
           "`field` takes the name of a column as text, and perhaps `by =`");
    }
    const Field& field = field_named(field_name(node), column->value->span);
    warn_about_sources(field_name(node), column->value->span);
    return from_field(node, by == nullptr ? field : ordered_by(node, *by, field));
  }
  if (node.source && program_.data.find(name) == nullptr) return from_default(node);
  warn_about_sources(name, node.name.span);
  return from_field(node, field_named(name, node.name.span));
}

// A name in several files is bound to the first: that may not be the one that is meant.
void Interpreter::warn_about_sources(const std::string& name, lang::Span span) {
  std::vector<std::string> having;
  for (const DataFile& file : program_.data.files()) {
    if (file.find(name) != nullptr) having.push_back(file.path);
  }
  // A column that rows are matched by is in both files, and has to be.
  const bool is_key = std::any_of(
      program_.script.statements.begin(), program_.script.statements.end(),
      [&](const lang::ast::Statement& statement) {
        const auto* data = std::get_if<lang::ast::Data>(&statement.node);
        const lang::ast::Argument* by = data == nullptr ? nullptr : by_argument(*data);
        const auto* key = by == nullptr ? nullptr : std::get_if<lang::ast::Name>(&by->value->node);
        return key != nullptr && key->name == name;
      });
  if (having.size() < 2 || is_key) return;
  lang::Diagnostic warning =
      lang::warning("two-sources", span,
                    fmt::format("`{}` is in {} and in {}: that of {} is used", name, having[0],
                                having[1], having[0]),
                    fmt::format("say which: field(\"FILE.{}\"), with the name of the file without "
                                "folder and ending",
                                name));
  result_.warnings.push_back(std::move(warning));
}

void Interpreter::check_same_levels(const lang::ast::Data& node, const Labels& known,
                                    const Labels& levels) const {
  if (known == levels) return;
  const auto [a, b] = std::mismatch(known.begin(), known.end(), levels.begin(), levels.end());
  const auto shown_level = [](const Labels& all, Labels::const_iterator at) {
    return at == all.end() ? std::string("no more") : fmt::format("\"{}\"", shortened(*at));
  };
  fail("levels-disagree", node.type.span,
       fmt::format(
           "the levels of `{}` are not those of the category above with the same size: level "
           "{} is {} here, {} there",
           node.name.name, b - levels.begin() + 1, shown_level(levels, b), shown_level(known, a)),
       "give each category a size of its own, or write the levels out in both types: "
       "category(\"low\", \"high\")");
}

Value Interpreter::from_setting(const lang::ast::Data& node, double setting) {
  const std::string& type = node.type.element.name;
  if (!node.type.shape.empty() || (type != "real" && type != "int" && type != "bool")) {
    fail("wrong-setting", node.name.span,
         fmt::format("--set gives a single number, but `{}` is declared as {}{}", node.name.name,
                     type, node.type.shape.empty() ? "" : " array"),
         "put it into a data file: --data FILE.json");
  }
  Value value = Value::number(setting);
  const auto place = [](Index) { return std::string("the value of --set"); };
  check_numbers(node, value, place);
  size_from_condition(node.type);
  check_conditions(node, value, place);
  return value;
}

Value Interpreter::from_default(const lang::ast::Data& node) {
  Value value = evaluate(*node.source);
  if (value.is_latent())
    fail("latent-value", node.source->span, "the default of `data` must be fixed");
  bind_sizes(node, value, "");
  const PlaceOf place = value.is_scalar() ? scalar_text : element_text;
  if (node.type.element.name != "category") check_numbers(node, value, place);
  check_conditions(node, value, place);
  return value;
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
  const std::string& name = node.name.name;
  const std::string& type = node.type.element.name;
  if (!node.type.optional) check_missing(name, field, node.name.span);
  if (type == "category") {
    Value value = category(node, field);
    bind_sizes(node, value, field.file);
    return value;
  }
  if (field.kind == Field::Kind::text) {
    fail_text(name, type, field, node.name.span, "a column of labels has the type category(K)");
  }
  lang::Shape shape;
  for (const Index extent : field.extents) shape.push_back(lang::Size::unknown(extent));
  const bool is_square = type.starts_with("cor") || type.starts_with("cov");
  if (field.is_empty_array && node.type.shape.size() + (is_square ? 1 : 0) > 1) {
    // `[]` stands for any array of size zero: the extents come from the declaration.
    shape.clear();
    for (const lang::ast::Expression& size : node.type.shape) {
      const auto* size_name = std::get_if<lang::ast::Name>(&size.node);
      shape.push_back(size_name != nullptr && find(size_name->name) == nullptr
                          ? lang::Size::unknown(0)
                          : lang::Size::unknown(size_of(size).extent()));
    }
    if (is_square) shape.push_back(shape.back());
  }
  const PlaceOf place = [&](Index i) { return field.place(static_cast<std::size_t>(i)); };
  Value value = Value::tensor(std::move(shape), Elements(field.values));
  // JSON has infinite bounds, and means them; in a table of measurements they are mishaps.
  if (field.is_column) check_finite(name, value, place, node.name.span);
  check_numbers(node, value, place);
  if (type == "int" && !field.is_column && field.kind == Field::Kind::real && value.count() > 0) {
    fail("type-mismatch", node.name.span,
         fmt::format("`{}` is declared as int, but {} holds numbers written as reals", name,
                     field.file),
         "in JSON 17 is an int and 17.0 is none");
  }
  bind_sizes(node, value, field.file);
  check_conditions(node, value, place);
  return value;
}

Value Interpreter::category(const lang::ast::Data& node, const Field& field) {
  const std::vector<std::string> cells = field.cells();
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
  if (auto rare = judge_levels(node.name.name, *value.elements, levels, node.name.span)) {
    result_.warnings.push_back(*std::move(rare));
  }
  value.labels = std::make_shared<const Labels>(std::move(levels));
  return value;
}

std::string Interpreter::place_in_data(const Value& value, Index element) const {
  if (!value.elements) return "";
  // Copies of a value share its elements.
  const auto bound =
      std::find_if(program_.bound.begin(), program_.bound.end(),
                   [&](const auto& entry) { return entry.second.elements == value.elements; });
  if (bound == program_.bound.end() || reads_columns(*bound->first)) return "";
  if (by_argument(*bound->first) != nullptr) return "";  // in another order than in the file
  const Field* field = program_.data.find(field_name(*bound->first));
  return field == nullptr ? "" : field->place(static_cast<std::size_t>(element));
}

}  // namespace vippl::runtime
