#include "runtime/recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "lang/diagnostic.h"

namespace vippl::runtime {

namespace {

Index product(const lang::Shape& shape, std::size_t first, std::size_t last) {
  Index count = 1;
  for (std::size_t i = first; i < last; ++i) count *= shape[i].extent();
  return count;
}

}  // namespace

std::optional<std::size_t> Recorder::plate_axis(const lang::Shape& shape) const {
  if (!plate_) return std::nullopt;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i].name() == plate_->name) return i;
  }
  return std::nullopt;
}

lang::Shape Recorder::cut(lang::Shape shape) const {
  if (!plate_) return shape;
  for (lang::Size& size : shape) {
    if (size.name() == plate_->name) size = size.with_value(plate_->batch);
  }
  return shape;
}

Value Recorder::apply(std::shared_ptr<const Operation> operation,
                      std::span<const Value* const> inputs, lang::Shape shape,
                      lang::Element element, lang::Span span) {
  if (std::ranges::any_of(inputs, &Value::differs_by_turn))
    return apply_to_turns(std::move(operation), inputs, std::move(shape), element, span);
  const bool latent =
      std::any_of(inputs.begin(), inputs.end(), [](const Value* v) { return v->is_latent(); });
  if (latent && plate_) {
    for (const Value* value : inputs) check_rows(value->shape, value->is_latent(), span);
    check_rows(shape, true, span);
  }
  operands_.clear();
  for (const Value* value : inputs) {
    const std::optional<std::size_t> axis =
        latent && !value->is_latent() ? plate_axis(value->shape) : std::optional<std::size_t>{};
    const double* data = axis ? cut_elements(*value, *axis).data() : value->data();
    const Index size =
        axis ? static_cast<Index>(cut_elements(*value, *axis).size()) : value->count();
    operands_.push_back({data, nullptr, size, !value->is_latent()});
  }

  Value result;
  result.element = element;
  const auto size = static_cast<std::size_t>(lang::element_count(shape));
  scratch_.resize(static_cast<std::size_t>(operation->scratch_size(1)));
  const Frame frame;
  if (shape.empty()) {
    operation->forward(frame, operands_, &result.scalar, scratch_.data());
  } else {
    auto elements = std::make_shared<Elements>(size);
    operation->forward(frame, operands_, elements->data(), scratch_.data());
    result.elements = std::move(elements);
  }
  result.shape = std::move(shape);
  if (!latent) return result;

  Instruction instruction{std::move(operation), {}, no_node, span};
  instruction.inputs.reserve(inputs.size());
  for (const Value* value : inputs) instruction.inputs.push_back(node_of(*value));
  Node node;
  node.kind = Node::Kind::result;
  node.shape = result.shape;
  node.size = static_cast<Index>(size);
  node.offset = static_cast<Index>(tape_.instructions.size());
  node.is_random = instruction.operation->is_random() ||
                   std::any_of(inputs.begin(), inputs.end(),
                               [this](const Value* value) { return is_random(*value); });
  node.is_inner = std::any_of(inputs.begin(), inputs.end(),
                              [this](const Value* value) { return is_inner(*value); });
  result.node = add(std::move(node), result);
  instruction.output = result.node;
  tape_.instructions.push_back(std::move(instruction));
  return result;
}

Value Recorder::input(Index offset, std::span<const double> z, lang::Shape shape) {
  Node node;
  node.kind = Node::Kind::input;
  node.shape = shape;
  node.size = static_cast<Index>(z.size());
  node.offset = offset;
  Value value = Value::tensor(std::move(shape), Elements(z.begin(), z.end()));
  value.node = add(std::move(node), value);
  return value;
}

Value Recorder::parameter(const Value& value) {
  Node node;
  node.kind = Node::Kind::input;
  node.shape = value.shape;
  node.size = value.count();
  node.is_inner = true;
  Value result = Value::tensor(value.shape, Elements(value.data(), value.data() + value.count()));
  result.node = add(std::move(node), result);
  return result;
}

bool Recorder::is_inner(const Value& value) const {
  return value.is_latent() && tape_.nodes[static_cast<std::size_t>(value.node)].is_inner;
}

bool Recorder::is_random(const Value& value) const {
  return value.is_latent() && tape_.nodes[static_cast<std::size_t>(value.node)].is_random;
}

// What a minibatch can work with: the plate once, cut in every latent value.
void Recorder::check_rows(const lang::Shape& shape, bool is_cut, lang::Span span) const {
  std::size_t count = 0;
  for (const lang::Size& size : shape) {
    if (size.name() != plate_->name) continue;
    ++count;
    if (count == 1 && (!is_cut || size.extent() == plate_->batch)) continue;
    throw lang::ModelError(lang::error(
        "batch-mixes-rows", span,
        fmt::format("this needs all rows of `{}` at once, which a minibatch cuts", plate_->name),
        "leave out --batch, or write it so that each row stands for itself"));
  }
}

NodeId Recorder::add(Node node, const Value& current) {
  tape_.nodes.push_back(std::move(node));
  current_.push_back({current.scalar, current.elements});
  return static_cast<NodeId>(tape_.nodes.size() - 1);
}

Value Recorder::value_of(NodeId node) const {
  const Current& current = current_[static_cast<std::size_t>(node)];
  Value value;
  value.shape = tape_.nodes[static_cast<std::size_t>(node)].shape;
  value.scalar = current.scalar;
  value.elements = current.elements;
  value.node = node;
  return value;
}

void Recorder::guard(const Value& condition, lang::Span span) {
  tape_.guards.push_back({condition.node, condition.scalar != 0, span});
}

void Recorder::term(const Value& value, LogTerm::Kind kind, bool over_rows, lang::Span statement) {
  tape_.terms.push_back({value.node, value.scalar, kind, over_rows, statement});
}

NodeId Recorder::node_of(const Value& value) {
  VIPPL_ASSERT(!value.differs_by_turn(), "a node is the same in all turns");
  if (value.is_latent()) return value.node;
  if (const std::optional<std::size_t> axis = plate_axis(value.shape)) return rows(value, *axis);
  return constant(value);
}

NodeId Recorder::constant(const Value& value) {
  const auto bits = std::bit_cast<std::uint64_t>(value.scalar);
  constexpr std::uint64_t spread = 0x9e3779b97f4a7c15ULL;  // 2^64 / golden ratio: Knuth, vol. 3
  NodeId& id = value.is_scalar()
                   ? constant_scalars_[bits * spread >> 52U]
                   : constant_arrays_.try_emplace(value.elements.get(), no_node).first->second;
  const bool is_known =
      id != no_node &&
      (!value.is_scalar() ||
       std::bit_cast<std::uint64_t>(tape_.nodes[static_cast<std::size_t>(id)].scalar) == bits);
  if (!is_known) {
    Node node;
    node.kind = Node::Kind::constant;
    node.shape = value.shape;
    node.size = value.count();
    node.scalar = value.scalar;
    node.elements = value.elements;
    id = add(std::move(node), value);
  }
  return id;
}

NodeId Recorder::rows(const Value& value, std::size_t axis) {
  NodeId& id = row_arrays_.try_emplace(value.elements.get(), no_node).first->second;
  if (id == no_node) {
    Node node;
    node.kind = Node::Kind::rows;
    node.shape = cut(value.shape);
    node.outer = product(value.shape, 0, axis);
    node.inner = product(value.shape, axis + 1, value.shape.size());
    node.size = node.outer * plate_->batch * node.inner;
    node.elements = value.elements;
    id = add(std::move(node), value);
  }
  return id;
}

const Elements& Recorder::cut_elements(const Value& value, std::size_t axis) {
  std::shared_ptr<const Elements>& cut = cut_arrays_[value.elements.get()];
  if (!cut) {
    const Index outer = product(value.shape, 0, axis);
    const Index inner = product(value.shape, axis + 1, value.shape.size());
    auto elements = std::make_shared<Elements>();
    for (Index o = 0; o < outer; ++o) {
      const double* block = value.data() + o * plate_->rows * inner;
      elements->insert(elements->end(), block, block + plate_->batch * inner);
    }
    cut = std::move(elements);
    rows(value, axis);  // keeps `value.elements` alive, which the map is keyed by
  }
  return *cut;
}

}  // namespace vippl::runtime
