#include "runtime/subtape.h"

#include <algorithm>
#include <unordered_map>

namespace vippl::runtime {

namespace {

const Node& node_of(const Tape& tape, NodeId id) {
  return tape.nodes[static_cast<std::size_t>(id)];
}

// The node whose buffer holds the elements.
std::size_t storage(const Tape& tape, NodeId id) {
  const Node& node = node_of(tape, id);
  return static_cast<std::size_t>(node.kind == Node::Kind::view ? node.base : id);
}

}  // namespace

SubTape::SubTape(Tape tape, NodeId result, Index variable_count)
    : tape_(std::move(tape)),
      result_(result),
      variable_count_(variable_count),
      value_count_(tape_.dimension),
      value_offsets_(tape_.nodes.size(), 0),
      active_(tape_.nodes.size(), false) {
  for (std::size_t n = 0; n < tape_.nodes.size(); ++n) {
    const Node& node = tape_.nodes[n];
    if (node.kind == Node::Kind::input) {
      value_offsets_[n] = node.offset;
      active_[n] = true;
    }
    if (node.kind == Node::Kind::result) {
      value_offsets_[n] = value_count_;
      value_count_ += node.size;
    }
  }
  for (const Instruction& instruction : tape_.instructions) {
    operand_count_ += instruction.inputs.size();
    active_[static_cast<std::size_t>(instruction.output)] =
        instruction.operation->is_differentiable() &&
        std::any_of(instruction.inputs.begin(), instruction.inputs.end(),
                    [this](NodeId input) { return active_[storage(tape_, input)]; });
  }
  for (std::size_t n = 0; n < tape_.nodes.size(); ++n) {
    const Node& node = tape_.nodes[n];
    if (node.kind != Node::Kind::view) continue;
    const auto base = static_cast<std::size_t>(node.base);
    value_offsets_[n] = value_offsets_[base] + node.offset;
    active_[n] = active_[base];
  }
}

Index SubTape::result_size() const { return node_of(tape_, result_).size; }

SubTape::Evaluation::Evaluation(const SubTape& tape, Index lanes, Scratch& scratch,
                                double* adjoints)
    : tape_(&tape),
      lanes_(lanes),
      values_(scratch.doubles(tape.value_count_ * lanes)),
      adjoints_(adjoints) {
  const Tape& program = tape.tape_;
  const Node& result = node_of(program, tape.result_);
  double* const constant = result.is_fixed() ? scratch.doubles(result.size * lanes) : nullptr;
  Operand* operand = scratch.objects<Operand>(static_cast<Index>(tape.operand_count_));
  const auto count = program.instructions.size();
  Step* step = scratch.objects<Step>(static_cast<Index>(count));
  if (scratch.only_counts()) {
    for (const Instruction& each : program.instructions) {
      scratch.doubles(each.operation->scratch_size(lanes));
    }
    return;
  }

  const auto value = [&](NodeId id) {
    return values_ + tape.value_offsets_[static_cast<std::size_t>(id)] * lanes;
  };
  const auto adjoint = [&](NodeId id) {
    const auto n = static_cast<std::size_t>(id);
    return tape.active_[n] ? adjoints_ + tape.value_offsets_[n] * lanes : nullptr;
  };
  const auto constant_data = [](const Node& node) {
    return node.elements ? node.elements->data() : &node.scalar;
  };
  steps_ = {step, count};
  for (const Instruction& each : program.instructions) {
    *step++ = {each.operation.get(), operand,
               each.inputs.size(),   value(each.output),
               adjoint(each.output), scratch.doubles(each.operation->scratch_size(lanes))};
    for (const NodeId input : each.inputs) {
      const Node& node = node_of(program, input);
      *operand++ = node.is_fixed() ? Operand{constant_data(node), nullptr, node.size, true}
                                   : Operand{value(input), adjoint(input), node.size, false};
    }
  }
  if (constant == nullptr) {
    result_ = value(tape.result_);
    result_adjoint_ = adjoint(tape.result_);
    return;
  }
  for (Index i = 0; i < result.size; ++i) {
    std::fill_n(constant + i * lanes, lanes, constant_data(result)[i]);
  }
  result_ = constant;
}

void SubTape::Evaluation::forward(bool gradient) {
  Frame frame;
  frame.lanes = lanes_;
  frame.gradient = gradient;
  for (const Step& step : steps_) {
    step.operation->forward(frame, operands(step), step.out, step.scratch);
  }
}

void SubTape::Evaluation::backward(const double* result_adjoint) {
  Frame frame;
  frame.lanes = lanes_;
  frame.gradient = true;
  const Index results = tape_->tape_.dimension * lanes_;
  std::fill_n(adjoints_, tape_->variable_count_ * lanes_, 0.0);
  std::fill(adjoints_ + results, adjoints_ + tape_->adjoint_size(lanes_), 0.0);
  if (result_adjoint_ == nullptr) return;
  const Index size = tape_->result_size() * lanes_;
  for (Index i = 0; i < size; ++i) result_adjoint_[i] += result_adjoint[i];
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    if (step->out_adjoint == nullptr) continue;
    step->operation->backward(frame, operands(*step), step->out, step->out_adjoint, step->scratch);
  }
}

RecordedFunction take_function(Tape& tape, const FunctionMark& mark,
                               std::span<const NodeId> parameters, NodeId result) {
  std::vector<bool> inner(tape.nodes.size(), false);
  for (const NodeId parameter : parameters) inner[static_cast<std::size_t>(parameter)] = true;
  const auto is_inner = [&inner](NodeId id) { return inner[static_cast<std::size_t>(id)]; };
  std::vector<bool> needed(tape.nodes.size(), false);
  needed[static_cast<std::size_t>(result)] = true;
  const auto first = tape.instructions.begin() + static_cast<std::ptrdiff_t>(mark.instruction);
  for (auto each = first; each != tape.instructions.end(); ++each) {
    if (std::any_of(each->inputs.begin(), each->inputs.end(), is_inner)) {
      inner[static_cast<std::size_t>(each->output)] = true;
    }
  }
  for (auto each = tape.instructions.end(); each != first;) {
    --each;
    if (!is_inner(each->output) || !needed[static_cast<std::size_t>(each->output)]) continue;
    for (const NodeId input : each->inputs) needed[static_cast<std::size_t>(input)] = true;
  }

  RecordedFunction function;
  std::unordered_map<NodeId, NodeId> moved;
  const auto add = [&](NodeId from, Node node) {
    function.tape.nodes.push_back(std::move(node));
    const auto to = static_cast<NodeId>(function.tape.nodes.size() - 1);
    moved.emplace(from, to);
    return to;
  };
  const auto add_input = [&](NodeId from) {
    Node node;
    node.kind = Node::Kind::input;
    node.shape = node_of(tape, from).shape;
    node.size = node_of(tape, from).size;
    node.offset = function.tape.dimension;
    function.tape.dimension += node.size;
    return add(from, std::move(node));
  };
  const auto move = [&](NodeId from) {
    if (const auto there = moved.find(from); there != moved.end()) return there->second;
    if (node_of(tape, from).kind == Node::Kind::constant) return add(from, node_of(tape, from));
    function.captured.push_back(from);
    return add_input(from);
  };
  for (const NodeId parameter : parameters) add_input(parameter);
  auto kept = first;
  for (auto each = first; each != tape.instructions.end(); ++each) {
    Node& output = tape.nodes[static_cast<std::size_t>(each->output)];
    if (!is_inner(each->output)) {
      output.offset = static_cast<Index>(kept - tape.instructions.begin());
      if (kept != each) *kept = std::move(*each);
      ++kept;
      continue;
    }
    if (!needed[static_cast<std::size_t>(each->output)]) continue;
    for (NodeId& input : each->inputs) input = move(input);
    Node node = output;
    node.offset = static_cast<Index>(function.tape.instructions.size());
    each->output = add(each->output, std::move(node));
    function.tape.instructions.push_back(std::move(*each));
  }
  tape.instructions.erase(kept, tape.instructions.end());
  function.result = move(result);
  // Nothing refers to the nodes that have moved out: they become constants without elements.
  for (std::size_t n = 0; n < inner.size(); ++n) {
    if (!inner[n]) continue;
    tape.nodes[n] = Node{};
    tape.nodes[n].kind = Node::Kind::constant;
  }
  return function;
}

}  // namespace vippl::runtime
