#include "lang/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lang/checking/usage.h"
#include "lang/diagnostic.h"
#include "lang/match.h"

namespace vippl::lang {

namespace {

[[noreturn]] void fail(Span span, std::string message, std::string hint) {
  throw ModelError(error("not-simulated", span,
                         "the data cannot be simulated: " + std::move(message), std::move(hint)));
}

/// Calls visit(expression) for all that a statement itself evaluates, and enter(block) for what it
/// holds.
template <class Visit, class Enter>
void visit_parts(const ast::Statement& statement, const Visit& visit, const Enter& enter) {
  const auto maybe = [&](const std::optional<ast::Expression>& part) {
    if (part) visit(*part);
  };
  const auto type = [&](const std::optional<ast::Type>& part) {
    if (!part) return;
    for (const ast::Expression& size : part->shape) visit(size);
    for (const ast::Argument& argument : part->arguments) visit(*argument.value);
  };
  const auto places = [&](const std::vector<ast::Place>& parts) {
    for (const ast::Place& place : parts)
      if (place.index) visit(**place.index);
  };
  const auto drawn = [&](const auto& node) {
    places(node.target.places);
    type(node.type);
    maybe(node.distribution);
  };
  const auto callable = [&](const auto& node) {
    for (const ast::Parameter& parameter : node.parameters) {
      type(parameter.type);
      maybe(parameter.start);
    }
    enter(node.body);
  };
  const auto valued = [&](const auto& node) {
    type(node.type);
    visit(node.value);
  };
  match(
      statement.node,
      [&](const ast::Data& node) {
        type(node.type);
        const auto* call = node.source ? std::get_if<ast::Call>(&node.source->node) : nullptr;
        const bool names_columns =
            call != nullptr && (call->callee.name == "field" || call->callee.name == "columns");
        if (!names_columns) maybe(node.source);
      },
      [&](const ast::Let& node) { valued(node); },
      [&](const ast::Var& node) {
        type(node.type);
        maybe(node.value);
      },
      [&](const ast::Assign& node) {
        places(node.places);
        visit(node.value);
      },
      [&](const ast::Sample& node) { drawn(node); },
      [&](const ast::Observe& node) {
        visit(node.value);
        visit(node.distribution);
      },
      [&](const ast::Factor& node) { visit(node.value); },
      [&](const ast::Derive& node) { valued(node); },
      [&](const ast::Generate& node) { drawn(node); },
      [&](const ast::Param& node) {
        type(node.type);
        maybe(node.start);
      },
      [&](const ast::If& node) {
        visit(node.condition);
        enter(node.accepted);
        enter(node.rejected);
      },
      [&](const ast::For& node) {
        visit(node.range);
        enter(node.body);
      },
      [&](const ast::While& node) {
        visit(node.condition);
        enter(node.body);
      },
      [&](const ast::Return& node) { visit(node.value); },
      [&](const ast::Function& node) { callable(node); },
      [&](const ast::Model& node) { callable(node); },
      [&](const ast::Guide& node) { enter(node.body); }, [](const ast::Import&) {},
      [&](const ast::Evaluate& node) { visit(node.value); });
}

/// `y` or `y[t]`: the name and the places; null if it is anything else.
const ast::Name* observed_name(const ast::Expression& value) {
  if (const auto* subscript = std::get_if<ast::Subscript>(&value.node))
    return std::get_if<ast::Name>(&subscript->base->node);
  return std::get_if<ast::Name>(&value.node);
}

void rename(ast::Expression& root, const std::map<std::string, std::string>& names) {
  std::vector<ast::Expression*> open = {&root};
  const auto add = [&](ast::Expression& expression) { open.push_back(&expression); };
  while (!open.empty()) {
    ast::Expression& next = *open.back();
    open.pop_back();
    match(
        next.node, [](ast::Number&) {}, [](ast::Text&) {}, [](ast::Boolean&) {},
        [&](ast::Name& node) {
          if (const auto found = names.find(node.name); found != names.end())
            node.name = found->second;
        },
        [&](ast::Call& node) {
          for (ast::Argument& argument : node.arguments) add(*argument.value);
        },
        [&](ast::Unary& node) { add(*node.operand); },
        [&](ast::Binary& node) {
          add(*node.left);
          add(*node.right);
        },
        [&](ast::Choice& node) {
          add(*node.condition);
          add(*node.accepted);
          add(*node.rejected);
        },
        [&](ast::ArrayLiteral& node) {
          for (ast::Expression& element : node.elements) add(element);
        },
        [&](ast::Comprehension& node) {
          add(*node.element);
          for (ast::Over& over : node.over) add(*over.range);
        },
        [&](ast::Subscript& node) {
          add(*node.base);
          for (ast::Place& place : node.places)
            if (place.index) add(**place.index);
        },
        [&](ast::Member& node) { add(*node.base); });
  }
}

class Simulator {
 public:
  explicit Simulator(const ast::Script& script) : script_(script) {
    for (const ast::Statement& statement : script.statements) {
      if (const auto* data = std::get_if<ast::Data>(&statement.node)) data_[data->name.name] = data;
    }
    find_observed(script.statements);
  }

  Simulation run() {
    Simulation simulation;
    for (const ast::Statement& statement : script_.statements) {
      declare_before(statement, simulation.script.statements);
      transform(statement, simulation.script.statements);
    }
    for (const auto& [name, generated] : generated_) simulation.drawn.push_back({name, generated});
    if (simulation.drawn.empty())
      fail({}, "the script observes nothing", "SBC needs a model with an `observe`");
    return simulation;
  }

 private:
  void find_observed(const ast::Block& block) {
    for (const ast::Statement& statement : block) {
      if (std::holds_alternative<ast::Factor>(statement.node)) {
        fail(statement.span, "a `factor` is no distribution to draw from",
             "write it as a `sample` or an `observe`, if it can be");
      }
      if (const auto* observe = std::get_if<ast::Observe>(&statement.node)) note(*observe);
      visit_parts(
          statement, [](const ast::Expression&) {},
          [&](const ast::Block& inner) { find_observed(inner); });
    }
  }

  void note(const ast::Observe& observe) {
    const ast::Name* name = observed_name(observe.value);
    const auto data = name == nullptr ? data_.end() : data_.find(name->name);
    if (data == data_.end()) {
      fail(observe.value.span, "what is observed here is no data as they were read",
           "observe a `data` name: put transformed values into a column of their own, and fixed "
           "numbers into the data");
    }
    const ast::Type& type = data->second->type;
    if (type.optional || type.element.name == "category") {
      fail(observe.value.span,
           fmt::format("`{}` is {}", name->name,
                       type.optional ? "data with missing values" : "a category of labels"),
           type.optional ? "take the rows without missing values" : "number the levels: int(1..K)");
    }
    const bool is_whole = std::holds_alternative<ast::Name>(observe.value.node);
    const auto [known, is_new] = generated_.emplace(name->name, name->name + "~");
    if (!is_new && (is_whole || whole_.count(name->name) != 0)) {
      fail(observe.value.span, fmt::format("`{}` is observed more than once", name->name),
           "each datum can be drawn from one distribution only");
    }
    if (is_whole) whole_[name->name] = true;
    tainted_[name->name] = true;
  }

  /// What of the observed data, or of what was left out because of them, an expression mentions.
  const std::string* tainted_in(const ast::Expression& expression) const {
    for (const auto& [name, unused] : tainted_)
      if (checking::uses(expression, name)) return &name;
    return nullptr;
  }

  const std::string* tainted_in(const ast::Statement& statement) const {
    const std::string* found = nullptr;
    visit_parts(
        statement,
        [&](const ast::Expression& part) {
          if (found == nullptr) found = tainted_in(part);
        },
        [&](const ast::Block& block) {
          for (const ast::Statement& inner : block)
            if (found == nullptr) found = tainted_in(inner);
        });
    return found;
  }

  [[noreturn]] static void fail_tainted(Span span, const std::string& name) {
    fail(span, fmt::format("this depends on `{}`, which is observed", name),
         "what is observed may be used in `observe`, `derive` and `generate` only");
  }

  /// An array that is observed element by element is declared before the first of them.
  void declare_before(const ast::Statement& statement, ast::Block& out) {
    const auto look = [&](const auto& self, const ast::Statement& inner) -> void {
      if (const auto* observe = std::get_if<ast::Observe>(&inner.node)) {
        const std::string& name = observed_name(observe->value)->name;
        if (whole_.count(name) == 0 && !declared_[name]) {
          declared_[name] = true;
          ast::Generate generate;
          generate.target = {generated_.at(name), observe->value.span, {}, observe->value.span};
          generate.type = type_of(name);
          out.push_back({inner.span, std::move(generate)});
        }
      }
      visit_parts(
          inner, [](const ast::Expression&) {},
          [&](const ast::Block& block) {
            for (const ast::Statement& each : block) self(self, each);
          });
    };
    look(look, statement);
  }

  ast::Type type_of(const std::string& name) const {
    ast::Type type = data_.at(name)->type;
    type.arguments.clear();
    return type;
  }

  void transform(const ast::Statement& statement, ast::Block& out) {
    if (const auto* observe = std::get_if<ast::Observe>(&statement.node)) {
      out.push_back({statement.span, draw(*observe)});
      return;
    }
    const auto inside = [&](const ast::Expression& control, const ast::Block& block) {
      if (const std::string* name = tainted_in(control)) fail_tainted(control.span, *name);
      ast::Block result;
      for (const ast::Statement& inner : block) transform(inner, result);
      return result;
    };
    if (const auto* branch = std::get_if<ast::If>(&statement.node)) {
      out.push_back(
          {statement.span, ast::If{branch->condition, inside(branch->condition, branch->accepted),
                                   inside(branch->condition, branch->rejected)}});
      return;
    }
    if (const auto* loop = std::get_if<ast::For>(&statement.node)) {
      out.push_back(
          {statement.span, ast::For{loop->variable, loop->range, inside(loop->range, loop->body)}});
      return;
    }
    const std::string* name = tainted_in(statement);
    if (name == nullptr) {
      out.push_back(statement);
    } else if (const auto* derive = std::get_if<ast::Derive>(&statement.node)) {
      tainted_[derive->name.name] = true;
    } else if (const auto* generate = std::get_if<ast::Generate>(&statement.node)) {
      tainted_[generate->target.name] = true;
    } else {
      fail_tainted(statement.span, *name);
    }
  }

  ast::Generate draw(const ast::Observe& observe) const {
    const std::string& name = observed_name(observe.value)->name;
    ast::Generate generate;
    generate.target = {generated_.at(name), observe.value.span, {}, observe.value.span};
    if (const auto* subscript = std::get_if<ast::Subscript>(&observe.value.node)) {
      generate.target.places = subscript->places;
    } else {
      generate.type = type_of(name);
    }
    generate.distribution = observe.distribution;
    rename(*generate.distribution, generated_);
    if (const std::string* other = tainted_in(*generate.distribution))
      fail_tainted(observe.distribution.span, *other);
    return generate;
  }

  const ast::Script& script_;
  std::map<std::string, const ast::Data*> data_;
  std::map<std::string, std::string> generated_;
  std::map<std::string, bool> whole_;
  std::map<std::string, bool> declared_;
  std::map<std::string, bool> tainted_;
};

}  // namespace

Simulation simulation_of(const ast::Script& script) { return Simulator(script).run(); }

}  // namespace vippl::lang
