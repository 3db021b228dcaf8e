#include <fmt/format.h>

#include <algorithm>

#include "lang/checking/checker.h"

namespace vippl::lang::checking {

namespace {

// "x*" names every column that begins with x.
bool matches(std::string_view pattern, std::string_view name) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  const std::string_view before = pattern.substr(0, star);
  const std::string_view after = pattern.substr(star + 1);
  if (name.size() < before.size() || !name.starts_with(before)) return false;
  if (after.empty()) return true;
  for (std::size_t at = before.size(); at <= name.size(); ++at) {
    if (matches(after, name.substr(at))) return true;
  }
  return false;
}

const std::string* written_name(const ast::Expression& expression) {
  if (const auto* name = std::get_if<ast::Name>(&expression.node)) return &name->name;
  if (const auto* text = std::get_if<ast::Text>(&expression.node)) return &text->value;
  return nullptr;
}

}  // namespace

void Checker::check_data(const ast::Data& data) {
  const std::string origin = "data " + data.name.name;
  if (data.type.optional) check_missing_type(data.type);
  const Declared declared = read_type(data.type, NewSizes::bind, nullptr, origin);
  Type type;
  type.known = declared.known;
  type.element = declared.element;
  type.shape = declared.shape;
  type.levels = declared.levels;
  type.labels = declared.labels;
  if (type.is_scalar() && declared.element == Element::integer) {
    type.size = Size::named(data.name.name);
  }
  if (data.source) {
    check_source(data, type);
  } else {
    check_column_name(data.name.name, data.name.span);
  }
  define(data.name.name, Kind::data, std::move(type), data.name.span);
  Definition* defined = scopes_.find(data.name.name);
  if (data.type.optional && defined != nullptr && defined->span == data.name.span) {
    defined->missing = Definition::Missing::awaited;
  }
}

void Checker::check_source(const ast::Data& data, const Type& declared) {
  if (const auto* call = std::get_if<ast::Call>(&data.source->node)) {
    if (call->callee.name == "columns") return check_columns(*call, declared);
    if (call->callee.name == "field") return check_field(*call, declared);
  }
  Type start = evaluate(*data.source);
  if (!start.known || !declared.known) return;
  if (!start.fixed) {
    complain("latent-value", data.source->span, "the default of data must be fixed",
             "write a number, or what is computed from data");
    return;
  }
  const std::optional<Element> both = widest(declared.element, start.element);
  if (!both || *both != declared.element) {
    complain("type-mismatch", data.source->span,
             fmt::format("`{}` is declared as {}, but its default is {}", data.name.name,
                         text(declared.element), text(start.element)));
  } else if (start.shape.size() != declared.shape.size()) {
    complain("shape-mismatch", data.source->span,
             fmt::format("`{}` is declared with shape {}, but its default has shape {}",
                         data.name.name, text(declared.shape), text(start.shape)));
  }
}

void Checker::check_columns(const ast::Call& call, const Type& declared) {
  if (declared.known && declared.shape.size() != 2) {
    complain(
        "shape-mismatch", call.callee.span,
        fmt::format("`columns` makes a matrix, but the declared shape is {}", text(declared.shape)),
        "write two sizes: real[n, p]");
  }
  std::size_t named = 0;
  const auto check_each = [&](const ast::Expression& column) {
    if (const std::string* name = written_name(column)) {
      check_column_name(*name, column.span);
      ++named;
    } else {
      complain("column-name", column.span, "the arguments of `columns` are names of columns",
               "write names, or text such as \"x*\"");
    }
  };
  for (const ast::Argument& argument : call.arguments) {
    if (!argument.name) {
      check_each(*argument.value);
    } else if (argument.name->name != "except") {
      complain("unknown-argument", argument.name->span,
               fmt::format("`columns` has no argument named `{}`", argument.name->name),
               "columns(a, b), columns(\"x*\") or columns(except = [y, id])");
    } else if (const auto* list = std::get_if<ast::ArrayLiteral>(&argument.value->node)) {
      for (const ast::Expression& column : list->elements) check_each(column);
    } else {
      check_each(*argument.value);
    }
  }
  const bool wildcard =
      std::any_of(call.arguments.begin(), call.arguments.end(), [](const auto& a) {
        const std::string* name = written_name(*a.value);
        return a.name.has_value() || (name != nullptr && name->find('*') != std::string::npos);
      });
  if (call.arguments.empty()) {
    complain("wrong-argument-count", call.callee.span, "`columns` names no column",
             "columns(a, b), columns(\"x*\") or columns(except = [y, id])");
  } else if (!wildcard && declared.known && declared.shape.size() == 2) {
    const std::optional<std::int64_t> wanted = constant(declared.shape[1]);
    if (wanted && *wanted != static_cast<std::int64_t>(named)) {
      complain("shape-mismatch", call.callee.span,
               fmt::format("`columns` names {} columns, but the declared shape is {}", named,
                           text(declared.shape)));
    }
  }
}

void Checker::check_field(const ast::Call& call, const Type& declared) {
  for (const ast::Argument& argument : call.arguments) {
    if (argument.name && argument.name->name == "by") {
      check_by(argument, declared);
    } else if (argument.name) {
      complain("unknown-argument", argument.name->span,
               fmt::format("`field` has no argument named `{}`", argument.name->name),
               "field(\"Total Phenols\"), field(\"counties.uranium\", by = county)");
    } else if (const auto* name = std::get_if<ast::Text>(&argument.value->node)) {
      check_column_name(name->value, argument.value->span);
    } else {
      complain("column-name", argument.value->span, "`field` takes the text of a column's name",
               "field(\"Total Phenols\")");
    }
  }
  const auto positional = std::count_if(call.arguments.begin(), call.arguments.end(),
                                        [](const ast::Argument& a) { return !a.name; });
  if (positional != 1) {
    complain("wrong-argument-count", call.callee.span,
             fmt::format("`field` takes 1 column, got {}", positional), "field(\"Total Phenols\")");
  }
}

// The rows of another file, put in the order of the levels of a category.
void Checker::check_by(const ast::Argument& argument, const Type& declared) {
  const ast::Expression& key = *argument.value;
  const Type type = evaluate(key);
  if (!type.known) return;
  const auto* name = std::get_if<ast::Name>(&key.node);
  const Definition* definition = name == nullptr ? nullptr : scopes_.find(name->name);
  if (definition == nullptr || definition->kind != Kind::data ||
      type.element != Element::category) {
    complain("by-category", key.span,
             fmt::format("`by` takes the name of a category of the data, got {}", describe(type)),
             "data county : category(J)[n] above, then by = county");
    return;
  }
  if (!declared.known || !type.levels) return;
  if (declared.shape.empty() || !same({declared.shape[0]}, {*type.levels})) {
    complain(
        "shape-mismatch", key.span,
        fmt::format("`{}` has {} levels, and there is one row for each, but the declared shape "
                    "is {}",
                    name->name, type.levels->text(), text(declared.shape)),
        fmt::format("write: real[{}]", type.levels->text()));
  }
}

void Checker::check_column_name(const std::string& name, Span span) {
  if (!data_.known) return;
  const auto has = [&](std::string_view wanted) {
    return std::any_of(data_.names.begin(), data_.names.end(),
                       [&](const std::string& there) { return matches(wanted, there); });
  };
  if (has(name)) return;
  if (const std::size_t dot = name.find('.'); dot != std::string::npos && dot + 1 < name.size()) {
    if (has(name.substr(dot + 1)))
      return;  // FILE.COLUMN; which file has it is seen when it is read
  }
  const std::string what =
      name.find('*') == std::string::npos ? "has no column or field" : "has no column that matches";
  std::string hint = similar(name, data_.names);
  if (hint.empty()) {
    constexpr std::size_t most_listed = 12;
    for (std::size_t i = 0; i < data_.names.size() && i < most_listed; ++i) {
      hint += (i == 0 ? "the data have: " : ", ") + data_.names[i];
    }
    if (data_.names.size() > most_listed) hint += ", ...";
  }
  complain("unknown-column", span, fmt::format("the data file {} `{}`", what, name), hint);
}

}  // namespace vippl::lang::checking
