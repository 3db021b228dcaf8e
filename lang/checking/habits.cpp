#include "lang/checking/habits.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <vector>

#include "lang/checking/lookalikes.h"
#include "lang/checking/mixture_order.h"
#include "lang/checking/usage.h"
#include "lang/match.h"

namespace vippl::lang::checking {

namespace {

bool is_arithmetic(ast::BinaryOperator op) { return op >= ast::BinaryOperator::add; }

const std::string* name_in(const ast::Expression& expression) {
  const auto* name = std::get_if<ast::Name>(&expression.node);
  if (name != nullptr) return &name->name;
  const auto* subscript = std::get_if<ast::Subscript>(&expression.node);
  if (subscript == nullptr) return nullptr;
  const auto* base = std::get_if<ast::Name>(&subscript->base->node);
  return base == nullptr ? nullptr : &base->name;
}

// How the data of type int are used, and what loops make of data.
class Habits {
 public:
  void read(const ast::Block& block) {
    for (const ast::Statement& statement : block) read(statement);
  }

  Diagnostics take() {
    for (const auto& [name, data] : ints_) {
      if (data.as_index && data.as_number && !data.ends_range) {
        found_.push_back(warning(
            "numeric-category", *data.as_number,
            fmt::format("`{}` is an index elsewhere, and a number here: is group 3 three times "
                        "group 1?",
                        name),
            fmt::format("where the numbers are names, declare it so: data {} : category(K)[n]",
                        name)));
      }
      if (data.as_index && !data.is_bounded) {
        found_.push_back(warning(
            "unbounded-index", *data.as_index,
            fmt::format("`{}` is used as a subscript, but its type has no bounds", name),
            fmt::format("write: data {} : int(1..K)..., with the size that it points into", name)));
      }
    }
    return std::move(found_);
  }

 private:
  struct Ints {
    bool is_bounded = false;
    bool ends_range = false;  // a number of a row, as in first[j]..last[j], not of a group
    std::optional<Span> as_index = std::nullopt;
    std::optional<Span> as_number = std::nullopt;
  };
  enum class Use { value, number, index, in_place };

  void note(const std::string& name, Use use, Span span) {
    const auto data = ints_.find(name);
    if (data == ints_.end()) return;
    if (use == Use::index && !data->second.as_index) data->second.as_index = span;
    if (use == Use::number && !data->second.as_number) data->second.as_number = span;
  }

  void note_range_end(const ast::Expression& end) {
    const std::string* name = name_in(end);
    const auto data = name == nullptr ? ints_.end() : ints_.find(*name);
    if (data != ints_.end()) data->second.ends_range = true;
  }

  // Without recursion, as expressions may be deep.
  void read(const ast::Expression& root) {
    std::vector<std::pair<const ast::Expression*, Use>> open = {{&root, Use::value}};
    while (!open.empty()) {
      const auto [expression, use] = open.back();
      open.pop_back();
      const Use inside = use == Use::index || use == Use::in_place ? Use::in_place : Use::value;
      const auto add = [&open](const ast::Expression& next, Use as) {
        open.emplace_back(&next, as);
      };
      match(
          expression->node, [](const ast::Number&) {}, [](const ast::Text&) {},
          [](const ast::Boolean&) {},
          [&](const ast::Name& node) { note(node.name, use, expression->span); },
          [&](const ast::Call& node) {
            for (const ast::Argument& argument : node.arguments) add(*argument.value, inside);
          },
          [&](const ast::Unary& node) {
            const bool negates = node.op == ast::UnaryOperator::negate && inside == Use::value;
            add(*node.operand, negates ? Use::number : inside);
          },
          [&](const ast::Binary& node) {
            const bool counts = is_arithmetic(node.op) && inside == Use::value;
            const bool ends_range = node.op == ast::BinaryOperator::range;
            for (const ast::Expression* side : {&*node.left, &*node.right}) {
              if (ends_range) note_range_end(*side);
              add(*side, counts ? Use::number : ends_range ? Use::in_place : inside);
            }
          },
          [&](const ast::Choice& node) {
            add(*node.condition, inside);
            add(*node.accepted, use);
            add(*node.rejected, use);
          },
          [&](const ast::ArrayLiteral& node) {
            for (const ast::Expression& element : node.elements) add(element, inside);
          },
          [&](const ast::Comprehension& node) {
            add(*node.element, inside);
            for (const ast::Over& over : node.over) add(*over.range, Use::in_place);
          },
          [&](const ast::Subscript& node) {
            add(*node.base, use);
            for (const ast::Place& place : node.places) {
              if (!place.index) continue;
              add(**place.index, name_in(**place.index) != nullptr ? Use::index : Use::in_place);
            }
          },
          [](const ast::Member&) {});
    }
  }

  void read(const std::optional<ast::Expression>& expression) {
    if (expression) read(*expression);
  }

  void read_data(const ast::Data& data) {
    // A single int, such as a number of steps, is mostly a size: it points at the last of them.
    const bool is_column = !data.type.shape.empty() && data.name.span.source == 0;
    if (data.type.element.name == "int" && is_column) {
      ints_.emplace(data.name.name, Ints{!data.type.arguments.empty()});
    }
    data_.insert(data.name.name);
    if (data.type.shape.empty()) return;
    const auto* plate = std::get_if<ast::Name>(&data.type.shape.front().node);
    if (plate != nullptr) plates_.insert(plate->name);
  }

  bool is_latent(const ast::Expression& expression) const {
    return std::any_of(latent_.begin(), latent_.end(),
                       [&](const std::string& name) { return uses(expression, name); });
  }

  void taint(const std::string& name, const ast::Expression& value) {
    if (is_latent(value)) latent_.insert(name);
  }

  // The name of the plate that a loop runs over completely.
  std::optional<std::string> plate_of(const ast::For& loop) const {
    const auto* range = std::get_if<ast::Binary>(&loop.range.node);
    if (range == nullptr || range->op != ast::BinaryOperator::range) return std::nullopt;
    const auto* first = std::get_if<ast::Number>(&range->left->node);
    const auto* last = std::get_if<ast::Name>(&range->right->node);
    if (first == nullptr || first->value != 1 || last == nullptr || !plates_.contains(last->name)) {
      return std::nullopt;
    }
    return last->name;
  }

  static bool adds_density(const ast::Block& block) {
    return std::any_of(block.begin(), block.end(), [](const ast::Statement& statement) {
      return match(
          statement.node, [](const ast::Sample&) { return true; },
          [](const ast::Observe&) { return true; }, [](const ast::Factor&) { return true; },
          [](const ast::If& node) {
            return adds_density(node.accepted) || adds_density(node.rejected);
          },
          [](const ast::For& node) { return adds_density(node.body); },
          [](const ast::While& node) { return adds_density(node.body); },
          [](const auto&) { return false; });
    });
  }

  // A `var` from outside of a loop over a plate that takes up data row by row, while nothing else
  // happens in the loop.
  void judge_loop(const ast::For& loop) {
    const std::optional<std::string> plate = plate_of(loop);
    if (!plate || adds_density(loop.body)) return;
    for (const ast::Statement& statement : loop.body) {
      const auto* assign = std::get_if<ast::Assign>(&statement.node);
      if (assign == nullptr || !assign->places.empty() || statement.span.source != 0) continue;
      const bool takes_up =
          assign->op != ast::AssignmentOperator::set || uses(assign->value, assign->name.name);
      const bool of_data = uses(assign->value, loop.variable.name) &&
                           std::any_of(data_.begin(), data_.end(), [&](const std::string& name) {
                             return uses(assign->value, name);
                           });
      if (!takes_up || !of_data || is_latent(assign->value)) continue;
      found_.push_back(warning(
          "loop-statistic", assign->name.span,
          fmt::format("`{}` is a statistic over `{}` made in a loop: it is not kept for prediction",
                      assign->name.name, *plate),
          "a function such as `sum`, `mean` or `max` keeps its value from the fit"));
    }
  }

  void read(const ast::Statement& statement) {
    match(
        statement.node, [&](const ast::Data& node) { read_data(node); },
        [&](const ast::Let& node) {
          read(node.value);
          taint(node.name.name, node.value);
        },
        [&](const ast::Var& node) {
          read(node.value);
          if (node.value) taint(node.name.name, *node.value);
        },
        [&](const ast::Assign& node) {
          read(node.value);
          taint(node.name.name, node.value);
          for (const ast::Place& place : node.places) {
            if (place.index) read(**place.index);
          }
        },
        [&](const ast::Sample& node) {
          read(node.distribution);
          latent_.insert(node.target.name);
        },
        [&](const ast::Observe& node) {
          read(node.value);
          read(node.distribution);
        },
        [&](const ast::Factor& node) { read(node.value); },
        [&](const ast::Derive& node) {
          read(node.value);
          taint(node.name.name, node.value);
        },
        [&](const ast::Generate& node) {
          read(node.distribution);
          latent_.insert(node.target.name);
        },
        [&](const ast::If& node) {
          read(node.condition);
          read(node.accepted);
          read(node.rejected);
        },
        [&](const ast::For& node) {
          read(node.range);
          read(node.body);  // first, to know which names of the loop depend on latents
          judge_loop(node);
        },
        [&](const ast::While& node) {
          read(node.condition);
          read(node.body);
        },
        [](const ast::Param&) {}, [](const ast::Return&) {}, [](const ast::Function&) {},
        [](const ast::Model&) {}, [](const ast::Guide&) {}, [](const ast::Import&) {},
        [](const ast::Evaluate&) {});
  }

  std::unordered_map<std::string, Ints> ints_;  // data declared as int
  std::set<std::string> data_;
  std::set<std::string> plates_;
  std::set<std::string> latent_;  // names that depend on a `sample`
  Diagnostics found_;
};

}  // namespace

Diagnostics find_habits(const ast::Script& script) {
  Habits habits;
  habits.read(script.statements);
  Diagnostics found = habits.take();
  for (Diagnostics more : {find_unordered_mixtures(script), find_lookalikes(script)}) {
    found.insert(found.end(), more.begin(), more.end());
  }
  return found;
}

}  // namespace vippl::lang::checking
