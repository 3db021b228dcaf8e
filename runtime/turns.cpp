#include "runtime/turns.h"

#include <algorithm>
#include <array>
#include <limits>

#include "lang/diagnostic.h"
#include "runtime/rearrange.h"

namespace vippl::runtime {

namespace {

constexpr std::size_t max_inputs = 16;
// A value that differs by turn may not hold more numbers: a gigabyte.
constexpr Index most_elements = Index{1} << 27U;

lang::Shape vector_shape(Index count) { return {lang::Size::unknown(count)}; }

Index turns_of(const Value& value) {
  const Index size = lang::element_count(value.shape);
  if (size == 0) throw TurnByTurn();
  return static_cast<Index>(value.turns->size()) / size;
}

// One instruction for all turns, on arrays that hold those of all turns.
struct Repeated {
  Index turns = 0;
  std::array<bool, max_inputs> shared{};  // by all turns
  std::vector<Value> inputs;

  explicit Repeated(std::span<const Value* const> of_one) {
    for (const Value* input : of_one) {
      if (input->differs_by_turn()) turns = turns_of(*input);
      if (inputs.size() < max_inputs) shared[inputs.size()] = !input->differs_by_turn();
      inputs.push_back(input->differs_by_turn() ? flattened(*input) : *input);
    }
  }
  std::vector<const Value*> pointers() const {
    std::vector<const Value*> result;
    for (const Value& input : inputs) result.push_back(&input);
    return result;
  }
  std::span<const bool> which() const {
    if (inputs.size() > max_inputs) throw TurnByTurn();
    return {shared.data(), inputs.size()};
  }
};

// The same rearrangement in every turn.
std::shared_ptr<const Operation> rearrange_turns(const Rearrangement& of_one,
                                                 std::span<const Value* const> inputs,
                                                 Index turns) {
  std::vector<Rearrangement::Source> sources;
  of_one.sources(sources);
  std::vector<Index> step;  // from turn to turn
  for (const Value* input : inputs) step.push_back(input->differs_by_turn() ? input->count() : 0);
  if (inputs.size() == 1) {
    std::vector<std::int32_t> index;
    index.reserve(sources.size() * static_cast<std::size_t>(turns));
    for (Index t = 0; t < turns; ++t) {
      for (const Rearrangement::Source& source : sources)
        index.push_back(static_cast<std::int32_t>(t * step[0] + source.element));
    }
    return make_gather(std::move(index));
  }
  std::vector<Piece> pieces;
  for (Index t = 0; t < turns; ++t) {
    for (const Rearrangement::Source& source : sources) {
      const Index from = t * step[source.input] + source.element;
      if (!pieces.empty() && pieces.back().input == source.input &&
          pieces.back().from + pieces.back().count == from) {
        ++pieces.back().count;
      } else {
        pieces.push_back({source.input, from, 1});
      }
    }
  }
  return make_assemble(std::move(pieces));
}

}  // namespace

Value flattened(const Value& value) {
  Value all;
  all.shape = vector_shape(static_cast<Index>(value.turns->size()));
  all.element = value.element;
  all.elements = value.turns;
  all.node = value.node;
  return all;
}

Value split_by_turn(const Value& all, lang::Shape shape) {
  Value value;
  value.shape = std::move(shape);
  value.element = all.element;
  value.scalar = std::numeric_limits<double>::quiet_NaN();
  value.turns = all.elements;
  value.node = all.node;
  return value;
}

Value pick_turns(const Value& value, std::span<const std::int32_t> from, Recorder& recorder,
                 lang::Span span) {
  const Index size = lang::element_count(value.shape);
  const Index count = static_cast<Index>(from.size()) * size;
  if (count > most_elements) throw TurnByTurn();
  std::vector<std::int32_t> index;
  index.reserve(static_cast<std::size_t>(count));
  for (const std::int32_t turn : from) {
    for (Index i = 0; i < size; ++i) index.push_back(static_cast<std::int32_t>(turn * size + i));
  }
  const Value all = flattened(value);
  const Value* input = &all;
  Value picked = split_by_turn(recorder.apply(make_gather(std::move(index)), {&input, 1},
                                              vector_shape(count), value.element, span),
                               value.shape);
  picked.labels = value.labels;
  return picked;
}

Value Recorder::apply_to_turns(std::shared_ptr<const Operation> operation,
                               std::span<const Value* const> inputs, lang::Shape shape,
                               lang::Element element, lang::Span span) {
  const Repeated all(inputs);
  const Index size = lang::element_count(shape);
  if (all.turns * size > most_elements) throw TurnByTurn();
  const auto* moves = dynamic_cast<const Rearrangement*>(operation.get());
  const std::shared_ptr<const Operation> repeated =
      moves != nullptr ? rearrange_turns(*moves, inputs, all.turns)
                       : operation->repeated(all.turns, all.which());
  if (!repeated) throw TurnByTurn();
  const Value result =
      apply(repeated, all.pointers(), vector_shape(all.turns * size), element, span);
  last_of_turns_ = {std::move(operation), {}, result.node, span};
  for (const Value* input : inputs) last_of_turns_.inputs.push_back(*input);
  return split_by_turn(result, std::move(shape));
}

Value Recorder::sum_of_turns(const Value& value, lang::Span span) {
  VIPPL_ASSERT(value.differs_by_turn() && value.is_scalar(), "a number per turn is summed");
  if (value.is_latent() && value.node == last_of_turns_.output) {
    const OfOneTurn last = last_of_turns_;
    std::vector<const Value*> inputs;
    for (const Value& input : last.inputs) inputs.push_back(&input);
    const Repeated all(inputs);
    if (auto sum = last.operation->repeated_sum(all.turns, all.which()))
      return apply(std::move(sum), all.pointers(), {}, value.element, last.span);
  }
  const Value all = flattened(value);
  const Value* input = &all;
  return apply(make_sum(), {&input, 1}, {}, value.element, span);
}

Recorder::Mark Recorder::mark() const {
  return {tape_.nodes.size(), tape_.instructions.size(), tape_.terms.size(), tape_.guards.size()};
}

void Recorder::go_back(const Mark& mark) {
  VIPPL_ASSERT(!plate_, "minibatches are recorded turn by turn");
  tape_.nodes.resize(mark.nodes);
  tape_.instructions.resize(mark.instructions);
  tape_.terms.resize(mark.terms);
  tape_.guards.resize(mark.guards);
  current_.resize(mark.nodes);
  const auto is_gone = [&](NodeId id) { return id >= static_cast<NodeId>(mark.nodes); };
  std::erase_if(constant_arrays_, [&](const auto& constant) { return is_gone(constant.second); });
  std::ranges::replace_if(constant_scalars_, is_gone, no_node);
  last_of_turns_ = {};
  ++times_back_;
}

}  // namespace vippl::runtime
