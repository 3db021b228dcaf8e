#include "runtime/passes/elements.h"

#include <algorithm>
#include <unordered_map>

#include "runtime/passes/tidy.h"
#include "runtime/rearrange.h"

namespace vippl::runtime::passes {

namespace {

double constant_at(const Node& node, std::int32_t at) {
  return node.elements ? (*node.elements)[static_cast<std::size_t>(at)] : node.scalar;
}

NodeId add_node(Tape& tape, Node node) {
  tape.nodes.push_back(std::move(node));
  return static_cast<NodeId>(tape.nodes.size() - 1);
}

bool is_constant(const Tape& tape, const Element& element) {
  return element.root != coordinates && node_at(tape, element.root).kind == Node::Kind::constant;
}

NodeId add_constant(Tape& tape, std::span<const Element> elements, lang::Shape shape) {
  Node node;
  node.kind = Node::Kind::constant;
  node.size = static_cast<Index>(elements.size());
  if (shape.empty()) {
    node.scalar = constant_at(node_at(tape, elements[0].root), elements[0].at);
  } else {
    auto values = std::make_shared<Elements>();
    values->reserve(elements.size());
    for (const Element& element : elements)
      values->push_back(constant_at(node_at(tape, element.root), element.at));
    node.elements = std::move(values);
  }
  node.shape = std::move(shape);
  return add_node(tape, std::move(node));
}

NodeId add_input(Tape& tape, Index first, Index count, lang::Shape shape) {
  Node node;
  node.kind = Node::Kind::input;
  node.shape = std::move(shape);
  node.size = count;
  node.offset = first;
  return add_node(tape, std::move(node));
}

lang::Shape vector_shape(Index count) { return {lang::Size::unknown(count)}; }

NodeId add_run(Tape& tape, const Element& first, Index count, lang::Shape shape, lang::Span span) {
  if (first.root == coordinates) return add_input(tape, first.at, count, std::move(shape));
  const Node& root = node_at(tape, first.root);
  if (root.size == count) return first.root;
  if (root.kind != Node::Kind::result) {
    return add_instruction(tape, make_slice(first.at, count), {first.root}, std::move(shape), span);
  }
  Node node;
  node.kind = Node::Kind::view;
  node.shape = std::move(shape);
  node.size = count;
  node.base = first.root;
  node.offset = first.at;
  node.is_random = root.is_random;
  return add_node(tape, std::move(node));
}

// A node for a root: the root itself, or for coordinates those from the least to the greatest.
struct Base {
  NodeId node = no_node;
  std::int32_t first = 0;
};
Base base_of(Tape& tape, NodeId root, std::span<const Element> elements) {
  if (root != coordinates) return {root, 0};
  std::int32_t least = std::numeric_limits<std::int32_t>::max();
  std::int32_t greatest = 0;
  for (const Element& element : elements) {
    if (element.root != coordinates) continue;
    least = std::min(least, element.at);
    greatest = std::max(greatest, element.at);
  }
  const Index count = greatest - least + 1;
  return {add_input(tape, least, count, vector_shape(count)), least};
}

NodeId assemble(Tape& tape, std::span<const Element> elements, lang::Shape shape, lang::Span span) {
  std::vector<NodeId> inputs;
  std::vector<Piece> pieces;
  struct Place {
    std::uint32_t input = 0;
    std::int32_t first = 0;
  };
  std::unordered_map<NodeId, Place> places;
  // All constants are in one array, whatever nodes they are from.
  std::vector<Element> constants;
  for (const Element& element : elements) {
    if (is_constant(tape, element)) constants.push_back(element);
  }
  if (!constants.empty()) {
    inputs.push_back(
        add_constant(tape, constants, vector_shape(static_cast<Index>(constants.size()))));
  }
  std::int32_t next_constant = 0;
  for (const Element& element : elements) {
    Piece piece;
    if (is_constant(tape, element)) {
      piece.from = next_constant++;
    } else {
      auto place = places.find(element.root);
      if (place == places.end()) {
        const Base base = base_of(tape, element.root, elements);
        place =
            places
                .emplace(element.root, Place{static_cast<std::uint32_t>(inputs.size()), base.first})
                .first;
        inputs.push_back(base.node);
      }
      piece.input = place->second.input;
      piece.from = element.at - place->second.first;
    }
    if (!pieces.empty() && pieces.back().input == piece.input &&
        pieces.back().from + pieces.back().count == piece.from) {
      ++pieces.back().count;
    } else {
      pieces.push_back(piece);
    }
  }
  return add_instruction(tape, make_assemble(std::move(pieces)), std::move(inputs),
                         std::move(shape), span);
}

}  // namespace

bool is_run(std::span<const Element> elements) {
  return std::ranges::adjacent_find(elements, [](const Element& a, const Element& b) {
           return b.root != a.root || b.at != a.at + 1;
         }) == elements.end();
}

ElementMap::ElementMap(const Tape& tape) : tape_(tape) {
  runs_.reserve(tape.nodes.size());
  for (std::size_t n = 0; n < tape.nodes.size(); ++n) {
    const Node& node = tape.nodes[n];
    Run run{static_cast<NodeId>(n), 0};
    if (node.kind == Node::Kind::input) run = {coordinates, static_cast<std::int32_t>(node.offset)};
    if (node.kind == Node::Kind::view) run = {node.base, static_cast<std::int32_t>(node.offset)};
    runs_.push_back(run);
  }
  std::vector<Rearrangement::Source> sources;
  std::vector<Element> elements;
  for (const Instruction& instruction : tape.instructions) {
    const auto* moves = dynamic_cast<const Rearrangement*>(instruction.operation.get());
    if (moves == nullptr) continue;
    sources.clear();
    elements.clear();
    moves->sources(sources);
    for (const Rearrangement::Source& source : sources)
      elements.push_back((*this)(instruction.inputs[source.input], source.element));
    Run& run = runs_[static_cast<std::size_t>(instruction.output)];
    if (!elements.empty() && is_run(elements)) {
      run = {elements.front().root, elements.front().at};
    } else {
      run = {no_node, static_cast<std::int32_t>(lists_.size())};
      lists_.push_back(elements);
    }
  }
}

Element ElementMap::operator()(NodeId node, Index i) const {
  for (;;) {
    if (node == coordinates) return {coordinates, static_cast<std::int32_t>(i)};
    const Run& run = runs_[static_cast<std::size_t>(node)];
    if (run.root == node) return {node, static_cast<std::int32_t>(i)};
    if (run.root == no_node) {
      const Element& element =
          lists_[static_cast<std::size_t>(run.at)][static_cast<std::size_t>(i)];
      node = element.root;
      i = element.at;
    } else {
      node = run.root;
      i += run.at;
    }
  }
}

void ElementMap::append(NodeId node, std::vector<Element>& elements) const {
  const Index size = node_at(tape_, node).size;
  for (Index i = 0; i < size; ++i) elements.push_back((*this)(node, i));
}

void ElementMap::redirect(NodeId node, NodeId root, Index at) {
  runs_[static_cast<std::size_t>(node)] = {root, static_cast<std::int32_t>(at)};
}

void ElementMap::add_node(const Tape& tape) {
  while (runs_.size() < tape.nodes.size()) {
    const auto id = static_cast<NodeId>(runs_.size());
    const Node& node = node_at(tape, id);
    Run run{id, 0};
    if (node.kind == Node::Kind::input) run = {coordinates, static_cast<std::int32_t>(node.offset)};
    if (node.kind == Node::Kind::view) run = {node.base, static_cast<std::int32_t>(node.offset)};
    runs_.push_back(run);
  }
}

NodeId gather_elements(Tape& tape, std::span<const Element> elements, lang::Shape shape,
                       lang::Span span) {
  const auto fixed = [&tape](const Element& element) { return is_constant(tape, element); };
  if (std::ranges::all_of(elements, fixed)) return add_constant(tape, elements, std::move(shape));
  const auto count = static_cast<Index>(elements.size());
  if (is_run(elements)) return add_run(tape, elements[0], count, std::move(shape), span);
  const NodeId root = elements[0].root;
  if (std::ranges::any_of(elements, [root](const Element& e) { return e.root != root; }))
    return assemble(tape, elements, std::move(shape), span);
  const Base base = base_of(tape, root, elements);
  std::vector<std::int32_t> index;
  index.reserve(elements.size());
  for (const Element& element : elements) index.push_back(element.at - base.first);
  return add_instruction(tape, make_gather(std::move(index)), {base.node}, std::move(shape), span);
}

}  // namespace vippl::runtime::passes
