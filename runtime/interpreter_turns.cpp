#include <algorithm>
#include <numeric>

#include "runtime/interpreter.h"
#include "runtime/rearrange.h"
#include "runtime/turns.h"

// A loop none of whose turns needs another is walked once for all of them: what differs between
// turns is a value that holds all of theirs (turns.h), and what is done with it is recorded as one
// instruction. Where that fails, for whatever reason, all of it is taken off the tape and the turns
// are walked one by one; so mistakes in the data are worded there.

namespace vippl::runtime {

namespace {

using lang::Element;

// Fewer turns are not worth it.
constexpr Index least_turns = 4;
// Of nested loops together.
constexpr std::size_t most_turns = std::size_t{1} << 26U;

// A fixed int, the same in all turns or not.
void check_int(const Value& value) {
  if (value.is_latent() || value.element != Element::integer) throw TurnByTurn();
}

double in_turn(const Value& value, std::size_t turn, std::size_t i = 0) {
  if (!value.differs_by_turn()) return value[static_cast<Index>(i)];
  return (*value.turns)[turn * static_cast<std::size_t>(value.count()) + i];
}

// Brings the dimension `turn` to the front.
void bring_to_front(std::size_t turn, Selection& selection) {
  Index before = 1;
  Index after = 1;
  for (std::size_t d = 0; d < selection.shape.size(); ++d) {
    if (d < turn) before *= selection.shape[d].extent();
    if (d > turn) after *= selection.shape[d].extent();
  }
  const Index turns = selection.shape[turn].extent();
  std::vector<std::int32_t> positions;
  positions.reserve(selection.positions.size());
  for (Index t = 0; t < turns; ++t) {
    for (Index b = 0; b < before; ++b) {
      const auto row = selection.positions.begin() + (b * turns + t) * after;
      positions.insert(positions.end(), row, row + after);
    }
  }
  selection.positions = std::move(positions);
  std::rotate(selection.shape.begin(), selection.shape.begin() + static_cast<std::ptrdiff_t>(turn),
              selection.shape.begin() + static_cast<std::ptrdiff_t>(turn) + 1);
}

}  // namespace

bool Interpreter::execute_together(const lang::ast::For& node, const Value& numbers) {
  if (!program_.options.passes.records_together() || recorder_.plate() ||
      numbers.count() < least_turns || one_by_one_.count(&node) != 0)
    return false;
  const Recorder::Mark mark = recorder_.mark();
  const std::size_t warnings = result_.warnings.size();
  const std::size_t frozen = result_.frozen.size();
  try {
    Value turns = split_by_turn(numbers, {});
    turns.element = Element::integer;
    execute_turns(node, {numbers.count(), {}}, turns);
    return true;
  } catch (const TurnByTurn&) {
  } catch (const lang::ModelError&) {
  }
  recorder_.go_back(mark);
  result_.warnings.resize(warnings);
  result_.frozen.resize(frozen);
  returned_.reset();
  one_by_one_.insert(&node);
  return false;
}

void Interpreter::execute_turns(const lang::ast::For& node, TurnLevel level, const Value& numbers) {
  const Restore restore(*this);
  ++block_depth_;
  turn_levels_.push_back(std::move(level));
  Variable variable;
  variable.value = numbers;
  variable.turn_level = turn_levels_.size();
  locals_.push_back({&node.variable.name, std::move(variable)});
  if (execute(node.body) == Flow::returned) throw TurnByTurn();
}

Interpreter::Flow Interpreter::execute_inner_loop(const lang::ast::For& node) {
  TurnLevel level;
  auto numbers = std::make_shared<Elements>();
  const auto add = [&](std::size_t turn, double number) {
    if (numbers->size() == most_turns) throw TurnByTurn();
    level.around.push_back(static_cast<std::int32_t>(turn));
    numbers->push_back(number);
  };
  const auto turns = static_cast<std::size_t>(turn_levels_.back().count);
  const auto* range = std::get_if<lang::ast::Binary>(&node.range.node);
  if (range != nullptr && range->op == lang::ast::BinaryOperator::range) {
    const Value first = evaluate(*range->left);
    const Value last = evaluate(*range->right);
    check_int(first);
    check_int(last);
    for (std::size_t t = 0; t < turns; ++t) {
      const double end = in_turn(last, t);
      for (double number = in_turn(first, t); number <= end; ++number) add(t, number);
    }
  } else {
    const Value values = evaluate(node.range);
    check_int(values);
    if (values.shape.size() != 1) throw TurnByTurn();
    const auto count = static_cast<std::size_t>(values.count());
    for (std::size_t t = 0; t < turns; ++t) {
      for (std::size_t i = 0; i < count; ++i) add(t, in_turn(values, t, i));
    }
  }
  if (numbers->empty()) return Flow::next;
  level.count = static_cast<Index>(numbers->size());
  Value all;
  all.element = Element::integer;
  all.elements = std::move(numbers);
  execute_turns(node, std::move(level), split_by_turn(all, {}));
  return Flow::next;
}

Interpreter::TurnLevel Interpreter::turns_where(const Value& condition, bool chosen) const {
  if (condition.is_latent() || !condition.is_scalar() || condition.element == Element::real ||
      condition.element == Element::text)
    throw TurnByTurn();
  TurnLevel level;
  const Elements& conditions = *condition.turns;
  for (std::size_t t = 0; t < conditions.size(); ++t) {
    if ((conditions[t] != 0) == chosen) level.around.push_back(static_cast<std::int32_t>(t));
  }
  level.count = static_cast<Index>(level.around.size());
  return level;
}

Interpreter::Flow Interpreter::execute_by_turn(const lang::ast::If& node, const Value& condition) {
  for (const bool chosen : {true, false}) {
    TurnLevel level = turns_where(condition, chosen);
    const lang::ast::Block& block = chosen ? node.accepted : node.rejected;
    if (level.count == 0) continue;
    if (level.count == turn_levels_.back().count) return execute(block);
    const Restore restore(*this);
    turn_levels_.push_back(std::move(level));
    if (execute(block) == Flow::returned) throw TurnByTurn();
  }
  return Flow::next;
}

Value Interpreter::in_turns_of(const TurnLevel& level, const lang::ast::Expression& expression) {
  const Restore restore(*this);
  turn_levels_.push_back(level);
  return evaluate(expression);
}

Value Interpreter::choose_by_turn(const lang::ast::Choice& node, const Value& condition,
                                  lang::Span span) {
  const TurnLevel where = turns_where(condition, true);
  const TurnLevel elsewhere = turns_where(condition, false);
  if (elsewhere.count == 0) return evaluate(*node.accepted);
  if (where.count == 0) return evaluate(*node.rejected);
  const Value accepted = in_turns_of(where, *node.accepted);
  const Value rejected = in_turns_of(elsewhere, *node.rejected);
  const bool alike = accepted.element == rejected.element && !accepted.labels && !rejected.labels &&
                     accepted.element != Element::text &&
                     accepted.shape.size() == rejected.shape.size() &&
                     lang::same(accepted.shape, rejected.shape);
  if (!alike) throw TurnByTurn();
  const Value parts[] = {accepted.differs_by_turn() ? flattened(accepted) : accepted,
                         rejected.differs_by_turn() ? flattened(rejected) : rejected};
  const Index size = accepted.count();
  const Index step[] = {accepted.differs_by_turn() ? size : 0,
                        rejected.differs_by_turn() ? size : 0};
  Index next[] = {0, 0};
  std::vector<Piece> pieces;
  for (const double chosen : *condition.turns) {
    const std::uint32_t part = chosen != 0 ? 0 : 1;
    const bool goes_on = !pieces.empty() && pieces.back().input == part && step[part] > 0;
    if (goes_on) {
      pieces.back().count += size;
    } else {
      pieces.push_back({part, next[part], size});
    }
    next[part] += step[part];
  }
  const Value* inputs[] = {&parts[0], &parts[1]};
  const auto count = static_cast<Index>(condition.turns->size()) * size;
  return split_by_turn(recorder_.apply(make_assemble(std::move(pieces)), inputs,
                                       {lang::Size::unknown(count)}, accepted.element, span),
                       accepted.shape);
}

Value Interpreter::select_by_turn(const lang::ast::Subscript& node, std::vector<PlaceValue> at,
                                  lang::Span span) {
  const Index turns = turn_levels_.back().count;
  const lang::Size turn_size = lang::Size::unknown(turns);
  std::optional<std::size_t> turn;  // of the dimensions of the result
  std::size_t dimensions = 0;
  for (PlaceValue& place : at) {
    if (place.kind != PlaceValue::Kind::index) {
      ++dimensions;
    } else if (place.value.differs_by_turn()) {
      if (!place.value.is_scalar() || place.value.element == Element::boolean) throw TurnByTurn();
      place.value = flattened(place.value);
      place.value.shape = {turn_size};
      if (!turn) turn = dimensions;
    } else if (!place.value.is_scalar()) {
      throw TurnByTurn();  // two index arrays would be read together
    }
  }
  if (!turn) throw TurnByTurn();
  const auto* name = std::get_if<lang::ast::Name>(&node.base->node);
  const Variable* variable = name == nullptr ? nullptr : find(name->name);
  const bool by_element = variable != nullptr && variable->array != nullptr;
  Value base = by_element ? Value{} : evaluate(*node.base);
  if (base.differs_by_turn()) {
    // Turn t reads what is its own: row t of all.
    const std::shared_ptr<const Labels> labels = base.labels;
    lang::Shape shape = base.shape;
    shape.insert(shape.begin(), turn_size);
    base = flattened(base);
    base.shape = std::move(shape);
    base.labels = labels;
    Elements own(static_cast<std::size_t>(turns));
    std::iota(own.begin(), own.end(), 1.0);
    at.insert(at.begin(), {PlaceValue::Kind::index,
                           Value::tensor({turn_size}, std::move(own), Element::integer), span});
    turn = 0;
  }
  auto resolved = resolve(by_element ? variable->array->shape() : base.shape, at, span);
  if (std::holds_alternative<SubscriptError>(resolved)) throw TurnByTurn();
  auto& selection = std::get<Selection>(resolved);
  bring_to_front(*turn, selection);
  lang::Shape shape(selection.shape.begin() + 1, selection.shape.end());
  selection.shape = {lang::Size::unknown(lang::element_count(selection.shape))};
  if (by_element) {
    for (const std::int32_t position : selection.positions) {
      if (!variable->array->is_assigned(position)) throw TurnByTurn();
    }
    return split_by_turn(
        variable->array->read(selection.positions, selection.shape, recorder_, span),
        std::move(shape));
  }
  Value selected = split_by_turn(select(base, selection, span), std::move(shape));
  selected.labels = base.labels;
  return selected;
}

Value Interpreter::at_this_level(const Variable& variable, Value value, lang::Span span) {
  if (!value.differs_by_turn()) return value;
  for (std::size_t level = variable.turn_level; level < turn_levels_.size(); ++level)
    value = pick_turns(value, turn_levels_[level].around, recorder_, span);
  return value;
}

Value Interpreter::sum_of_turns(const Value& value, lang::Span span) {
  if (!is_together()) return value;
  if (!value.differs_by_turn()) throw TurnByTurn();
  return recorder_.sum_of_turns(value, span);
}

}  // namespace vippl::runtime
