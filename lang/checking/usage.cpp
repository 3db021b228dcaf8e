#include "lang/checking/usage.h"

#include <fmt/format.h>

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "lang/match.h"

namespace vippl::lang::checking {

namespace {

using Names = std::vector<std::string>;

// Visits the names in an expression without recursion; a function's name is followed by "()".
template <class Visit>
void visit_names(const ast::Expression& root, Visit visit) {
  std::vector<const ast::Expression*> open = {&root};
  const auto add = [&open](const ast::Expression& expression) { open.push_back(&expression); };
  while (!open.empty()) {
    const ast::Expression& next = *open.back();
    open.pop_back();
    match(
        next.node, [](const ast::Number&) {}, [](const ast::Text&) {}, [](const ast::Boolean&) {},
        [&](const ast::Name& node) { visit(node.name); },
        [&](const ast::Call& node) {
          visit(node.callee.name + "()");
          for (const ast::Argument& argument : node.arguments) add(*argument.value);
        },
        [&](const ast::Unary& node) { add(*node.operand); },
        [&](const ast::Binary& node) {
          add(*node.left);
          add(*node.right);
        },
        [&](const ast::Choice& node) {
          add(*node.condition);
          add(*node.accepted);
          add(*node.rejected);
        },
        [&](const ast::ArrayLiteral& node) {
          for (const ast::Expression& element : node.elements) add(element);
        },
        [&](const ast::Comprehension& node) {
          add(*node.element);
          for (const ast::Over& over : node.over) add(*over.range);
        },
        [&](const ast::Subscript& node) {
          add(*node.base);
          for (const ast::Place& place : node.places) {
            if (place.index) add(**place.index);
          }
        },
        [&](const ast::Member& node) { add(*node.base); });
  }
}

// What uses what in a script, by name.
class Usage {
 public:
  void read(const ast::Block& block) {
    for (const ast::Statement& statement : block) read(statement);
  }

  Diagnostics warnings() {
    Diagnostics result;
    for (const auto& [name, defined] : definitions_) {
      if (defined.span.source != 0 || name.starts_with("_")) continue;
      if (defined.code == "unused-latent") continue;
      if (used_.contains(name) || binds_used_size(defined)) continue;
      result.push_back(
          warning(defined.code, defined.span, fmt::format("`{}` is never used", name)));
    }
    if (!has_density_) return result;  // not a model yet
    const std::unordered_set<std::string> reached = reach();
    for (const auto& [name, defined] : definitions_) {
      if (defined.code != "unused-latent" || reached.contains(name)) continue;
      result.push_back(warning(
          "unused-latent", defined.span,
          fmt::format("`{}` reaches no `observe` or `factor`: its posterior is its prior", name)));
    }
    return result;
  }

 private:
  struct Defined {
    std::string code;  // of the warning that it is not used
    Span span;
    Names sizes;  // that this statement binds
  };

  // Every name an expression mentions is used, and is needed by `by`.
  void use(const ast::Expression& expression, Names& by) {
    visit_names(expression, [&](const std::string& name) {
      used_.insert(name);
      by.push_back(name);
    });
  }

  void use(const ast::Type& type, Names& by) {
    for (const ast::Expression& size : type.shape) use(size, by);
    for (const ast::Argument& argument : type.arguments) use(*argument.value, by);
  }

  void use(const std::vector<ast::Place>& places, Names& by) {
    for (const ast::Place& place : places) {
      if (place.index) use(**place.index, by);
    }
  }

  void depend(const std::string& name, Names names) {
    names.insert(names.end(), controls_.begin(), controls_.end());
    Names& all = needs_[name];
    all.insert(all.end(), names.begin(), names.end());
  }

  void define(const std::string& name, std::string code, Span span) {
    definitions_.emplace(name, Defined{std::move(code), span, {}});
  }

  void reach_from(const Names& names) {
    has_density_ = true;
    roots_.insert(roots_.end(), names.begin(), names.end());
    roots_.insert(roots_.end(), controls_.begin(), controls_.end());
  }

  void read_inside(const ast::Expression& control, const ast::Block& block) {
    const std::size_t before = controls_.size();
    use(control, controls_);
    read(block);
    controls_.resize(before);
  }

  // A default, or the category of `by =`; the names of columns are no names of the script.
  void use_source(const ast::Expression& source, Names& by) {
    const auto* call = std::get_if<ast::Call>(&source.node);
    const bool reads =
        call != nullptr && (call->callee.name == "field" || call->callee.name == "columns");
    if (!reads) return use(source, by);
    for (const ast::Argument& argument : call->arguments) {
      if (argument.name && argument.name->name == "by") use(*argument.value, by);
    }
  }

  void read_data(const ast::Data& data) {
    Names names;
    define(data.name.name, "unused-data", data.name.span);
    Names sizes;
    for (const ast::Expression& size : data.type.shape) {
      const auto* name = std::get_if<ast::Name>(&size.node);
      if (name != nullptr && bound_sizes_.insert(name->name).second &&
          !definitions_.contains(name->name)) {
        sizes.push_back(name->name);  // a first mention binds, which is no use
      } else {
        use(size, names);
      }
    }
    for (const ast::Argument& argument : data.type.arguments) use(*argument.value, names);
    if (data.source) use_source(*data.source, names);
    definitions_.at(data.name.name).sizes = std::move(sizes);
  }

  void read(const ast::Statement& statement) {
    Names names;
    const auto maybe = [&](const auto& part) {
      if (part) use(*part, names);
    };
    const auto drawn = [&](const auto& node, std::string code) {
      use(node.target.places, names);
      maybe(node.type);
      maybe(node.distribution);
      define(node.target.name, std::move(code), node.target.name_span);
      depend(node.target.name, names);
      const auto* call =
          node.distribution ? std::get_if<ast::Call>(&node.distribution->node) : nullptr;
      if (call != nullptr && models_with_factor_.contains(call->callee.name)) {
        reach_from({node.target.name});
      }
    };
    match(
        statement.node, [&](const ast::Data& node) { read_data(node); },
        [&](const ast::Let& node) {
          use(node.value, names);
          maybe(node.type);
          define(node.name.name, "unused-name", node.name.span);
          depend(node.name.name, names);
        },
        [&](const ast::Var& node) {
          maybe(node.value);
          maybe(node.type);
          define(node.name.name, "unused-name", node.name.span);
          depend(node.name.name, names);
        },
        [&](const ast::Assign& node) {
          use(node.value, names);
          use(node.places, names);
          depend(node.name.name, names);
        },
        [&](const ast::Sample& node) { drawn(node, "unused-latent"); },
        [&](const ast::Generate& node) {
          drawn(node, "");
          used_.insert(node.target.name);  // it is reported
        },
        [&](const ast::Observe& node) {
          use(node.value, names);
          use(node.distribution, names);
          reach_from(names);
        },
        [&](const ast::Factor& node) {
          use(node.value, names);
          reach_from(names);
        },
        [&](const ast::Derive& node) {
          use(node.value, names);
          maybe(node.type);
          depend(node.name.name, names);
        },
        [&](const ast::Param& node) {
          maybe(node.type);
          maybe(node.start);
        },
        [&](const ast::If& node) {
          read_inside(node.condition, node.accepted);
          read_inside(node.condition, node.rejected);
        },
        [&](const ast::For& node) { read_inside(node.range, node.body); },
        [&](const ast::While& node) { read_inside(node.condition, node.body); },
        [&](const ast::Return& node) { use(node.value, returned_); },
        [&](const ast::Function& node) { read_function(node); },
        [&](const ast::Model& node) { read_model(node); },
        [&](const ast::Guide& node) { read(node.body); }, [](const ast::Import&) {},
        [&](const ast::Evaluate& node) { use(node.value, names); });
  }

  // A call needs whatever the body mentions; names of its own in it do no harm.
  Usage read_body(const std::string& name, const std::vector<ast::Parameter>& parameters,
                  const ast::Block& block) {
    Usage body;
    body.models_with_factor_ = models_with_factor_;
    Names mentioned;
    for (const ast::Parameter& parameter : parameters) {
      if (parameter.start) use(*parameter.start, mentioned);
      if (parameter.type) use(*parameter.type, mentioned);
    }
    body.read(block);
    for (const std::string& each : body.used_) {
      used_.insert(each);
      mentioned.push_back(each);
    }
    depend(name + "()", mentioned);
    return body;
  }

  void read_function(const ast::Function& function) {
    read_body(function.name.name, function.parameters, function.body);
    // A function may be passed by its name.
    depend(function.name.name, {function.name.name + "()"});
  }

  void read_model(const ast::Model& model) {
    const Usage body = read_body(model.name.name, model.parameters, model.body);
    if (body.has_density_) models_with_factor_.insert(model.name.name);
  }

  bool binds_used_size(const Defined& defined) const {
    for (const std::string& size : defined.sizes) {
      if (used_.contains(size)) return true;
    }
    return false;
  }

  std::unordered_set<std::string> reach() const {
    std::unordered_set<std::string> reached(roots_.begin(), roots_.end());
    Names open(reached.begin(), reached.end());
    while (!open.empty()) {
      const auto needed = needs_.find(open.back());
      open.pop_back();
      if (needed == needs_.end()) continue;
      for (const std::string& name : needed->second) {
        if (reached.insert(name).second) open.push_back(name);
      }
    }
    return reached;
  }

  std::unordered_map<std::string, Defined> definitions_;
  std::unordered_map<std::string, Names> needs_;
  std::unordered_set<std::string> used_;
  std::unordered_set<std::string> bound_sizes_;
  Names roots_;
  Names controls_;  // names in the conditions and ranges around the statement that is read
  Names returned_;
  std::unordered_set<std::string> models_with_factor_;  // sampling one adds to the density
  bool has_density_ = false;                            // an `observe` or `factor` was read
};

}  // namespace

bool uses(const ast::Expression& expression, const std::string& name) {
  bool found = false;
  visit_names(expression, [&](const std::string& each) { found = found || each == name; });
  return found;
}

bool returns(const ast::Block& block) {
  if (block.empty()) return false;
  // A `return` that is not last ends the block as well: what follows it is never run.
  for (const ast::Statement& statement : block) {
    if (std::holds_alternative<ast::Return>(statement.node)) return true;
    const auto* branch = std::get_if<ast::If>(&statement.node);
    if (branch != nullptr && !branch->rejected.empty() && returns(branch->accepted) &&
        returns(branch->rejected)) {
      return true;
    }
    const auto* loop = std::get_if<ast::While>(&statement.node);
    const auto* test = loop == nullptr ? nullptr : std::get_if<ast::Boolean>(&loop->condition.node);
    if (test != nullptr && test->value) return true;  // ends by a `return` or not at all
  }
  return false;
}

Diagnostics find_unused(const ast::Script& script) {
  Usage usage;
  usage.read(script.statements);
  return usage.warnings();
}

}  // namespace vippl::lang::checking
