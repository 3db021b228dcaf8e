#include "runtime/element_array.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "lang/diagnostic.h"
#include "runtime/rearrange.h"

namespace vippl::runtime {

ElementArray::ElementArray(lang::Shape shape, lang::Element element)
    : shape_(std::move(shape)),
      element_(element),
      values_(static_cast<std::size_t>(lang::element_count(shape_)), 0.0),
      refs_(values_.size()) {}

ElementArray::ElementArray(const Value& whole) : ElementArray(whole.shape, whole.element) {
  std::vector<std::int32_t> all(values_.size());
  std::iota(all.begin(), all.end(), 0);
  assign(all, whole);
}

std::optional<std::int32_t> ElementArray::first_unassigned() const {
  const auto found = std::find_if(refs_.begin(), refs_.end(),
                                  [](const Ref& ref) { return ref.node == unassigned; });
  if (found == refs_.end()) return std::nullopt;
  return static_cast<std::int32_t>(found - refs_.begin());
}

void ElementArray::assign(std::span<const std::int32_t> positions, const Value& value) {
  cached_whole_.reset();
  // The narrowest type that holds everything assigned.
  if (static_cast<int>(value.element) > static_cast<int>(element_)) element_ = value.element;
  const bool repeat = value.count() == 1;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const auto to = static_cast<std::size_t>(positions[i]);
    const std::size_t from = repeat ? 0 : i;
    values_[to] = value.data()[from];
    refs_[to] = {value.node, static_cast<std::int32_t>(from)};
  }
}

Value ElementArray::read(std::span<const std::int32_t> positions, lang::Shape shape,
                         Recorder& recorder, lang::Span span) const {
  Elements elements;
  elements.reserve(positions.size());
  bool latent = false;
  for (const std::int32_t position : positions) {
    elements.push_back(values_[static_cast<std::size_t>(position)]);
    latent = latent || refs_[static_cast<std::size_t>(position)].node != no_node;
  }
  if (!latent) return Value::tensor(std::move(shape), std::move(elements), element_);

  // Runs of elements that stand beside each other in one node become one piece; fixed elements are
  // gathered in one constant, which is the first input.
  Elements constants;
  std::vector<Piece> pieces;
  std::vector<NodeId> nodes = {no_node};
  std::unordered_map<NodeId, std::uint32_t> input_of;
  for (const std::int32_t position : positions) {
    const Ref& ref = refs_[static_cast<std::size_t>(position)];
    std::uint32_t input = 0;
    Index from = static_cast<Index>(constants.size());
    if (ref.node == no_node) {
      constants.push_back(values_[static_cast<std::size_t>(position)]);
    } else {
      const auto [found, is_new] =
          input_of.try_emplace(ref.node, static_cast<std::uint32_t>(nodes.size()));
      if (is_new) nodes.push_back(ref.node);
      input = found->second;
      from = ref.offset;
    }
    if (!pieces.empty() && pieces.back().input == input &&
        pieces.back().from + pieces.back().count == from) {
      ++pieces.back().count;
    } else {
      pieces.push_back({input, from, 1});
    }
  }

  std::vector<Value> inputs;
  inputs.reserve(nodes.size());
  if (constants.empty()) {
    for (Piece& piece : pieces) --piece.input;
  } else {
    const auto count = static_cast<std::int64_t>(constants.size());
    inputs.push_back(Value::tensor({lang::Size::unknown(count)}, std::move(constants)));
  }
  for (std::size_t k = 1; k < nodes.size(); ++k) inputs.push_back(recorder.value_of(nodes[k]));

  if (pieces.size() == 1) {
    const Piece& piece = pieces.front();
    const Value& node = inputs[piece.input];
    if (piece.count == node.count()) {
      Value same = node;
      if (shape.empty() && !node.is_scalar()) same.scalar = node[0];
      if (!shape.empty() && node.is_scalar())
        same.elements = std::make_shared<const Elements>(elements);
      same.shape = std::move(shape);
      same.element = element_;
      return same;
    }
    const Value* input = &node;
    return recorder.apply(make_slice(piece.from, piece.count), {&input, 1}, std::move(shape),
                          element_, span);
  }
  std::vector<const Value*> pointers;
  for (const Value& input : inputs) pointers.push_back(&input);
  return recorder.apply(make_assemble(std::move(pieces)), pointers, std::move(shape), element_,
                        span);
}

Value ElementArray::whole(Recorder& recorder, lang::Span span) const {
  if (!cached_whole_ || cached_at_ != recorder.times_back()) {
    std::vector<std::int32_t> all(values_.size());
    std::iota(all.begin(), all.end(), 0);
    cached_whole_ = read(all, shape_, recorder, span);
    cached_at_ = recorder.times_back();
  }
  return *cached_whole_;
}

}  // namespace vippl::runtime
