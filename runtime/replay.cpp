#include "runtime/replay.h"

#include <algorithm>
#include <iterator>

#include "lang/diagnostic.h"
#include "runtime/lanes.h"

namespace vippl::runtime {

namespace {

// Results start on a cache line, so that vector loads of the lanes of one element do not straddle
// two.
constexpr Index alignment = 8;

Index aligned(Index size) { return (size + alignment - 1) / alignment * alignment; }

// The node whose buffer holds the elements.
std::size_t storage(const Tape& tape, NodeId id) {
  const Node& node = tape.nodes[static_cast<std::size_t>(id)];
  return static_cast<std::size_t>(node.kind == Node::Kind::view ? node.base : id);
}

std::vector<bool> reachable(const Tape& tape, std::vector<bool> needed) {
  for (auto instruction = tape.instructions.rbegin(); instruction != tape.instructions.rend();
       ++instruction) {
    if (!needed[static_cast<std::size_t>(instruction->output)]) continue;
    for (const NodeId input : instruction->inputs) needed[storage(tape, input)] = true;
  }
  return needed;
}

}  // namespace

Schedule::Schedule(const Tape& tape) : active(tape.nodes.size(), false) {
  std::vector<bool> roots(tape.nodes.size(), false);
  for (const Guard& guard : tape.guards) roots[storage(tape, guard.condition)] = true;
  std::vector<bool> reported_roots = roots;
  for (const LogTerm& term : tape.terms) {
    if (term.node != no_node) roots[storage(tape, term.node)] = true;
  }
  for (const NodeId node : tape.reported) reported_roots[storage(tape, node)] = true;
  const std::vector<bool> in_density = reachable(tape, std::move(roots));
  const std::vector<bool> in_reported = reachable(tape, std::move(reported_roots));

  for (std::size_t n = 0; n < tape.nodes.size(); ++n)
    active[n] = tape.nodes[n].kind == Node::Kind::input;
  for (std::size_t i = 0; i < tape.instructions.size(); ++i) {
    const Instruction& instruction = tape.instructions[i];
    const auto output = static_cast<std::size_t>(instruction.output);
    if (in_density[output]) {
      density.push_back(static_cast<Index>(i));
      active[output] = instruction.operation->is_differentiable() &&
                       std::any_of(instruction.inputs.begin(), instruction.inputs.end(),
                                   [&](NodeId input) { return active[storage(tape, input)]; });
    }
    if (in_reported[output]) reported.push_back(static_cast<Index>(i));
  }
}

Replay::Replay(const Tape& tape, const Schedule& schedule, Index lanes)
    : tape_(tape),
      lanes_(lanes),
      point_size_(static_cast<std::size_t>(tape.dimension * lanes)),
      node_values_(tape.nodes.size(), nullptr),
      node_adjoints_(tape.nodes.size(), nullptr) {
  Index size = aligned(tape.dimension * lanes);
  Index adjoint_size = size;
  Index row_size = 0;
  for (std::size_t n = 0; n < tape.nodes.size(); ++n) {
    const Node& node = tape.nodes[n];
    if (node.kind == Node::Kind::result) size += aligned(node.size * lanes);
    if (node.kind == Node::Kind::result && schedule.active[n])
      adjoint_size += aligned(node.size * lanes);
    if (node.kind == Node::Kind::rows) row_size += aligned(node.size);
  }
  values_.assign(static_cast<std::size_t>(size), 0.0);
  adjoints_.assign(static_cast<std::size_t>(adjoint_size), 0.0);
  row_values_.assign(static_cast<std::size_t>(row_size), 0.0);

  Index next = aligned(tape.dimension * lanes);
  Index next_adjoint = next;
  Index next_row = 0;
  for (std::size_t n = 0; n < tape.nodes.size(); ++n) {
    const Node& node = tape.nodes[n];
    switch (node.kind) {
      case Node::Kind::input:
        node_values_[n] = values_.data() + node.offset * lanes;
        node_adjoints_[n] = adjoints_.data() + node.offset * lanes;
        break;
      case Node::Kind::constant:
        // Operands point at constants through a pointer to const; nothing writes through this one.
        node_values_[n] = const_cast<double*>(node.elements ? node.elements->data() : &node.scalar);
        break;
      case Node::Kind::rows:
        node_values_[n] = row_values_.data() + next_row;
        next_row += aligned(node.size);
        break;
      case Node::Kind::result:
        node_values_[n] = values_.data() + next;
        next += aligned(node.size * lanes);
        if (!schedule.active[n]) break;
        node_adjoints_[n] = adjoints_.data() + next_adjoint;
        next_adjoint += aligned(node.size * lanes);
        break;
      case Node::Kind::view:
        break;
    }
  }
  for (std::size_t n = 0; n < tape.nodes.size(); ++n) {
    const Node& node = tape.nodes[n];
    if (node.kind != Node::Kind::view) continue;
    const auto base = static_cast<std::size_t>(node.base);
    node_values_[n] = node_values_[base] + node.offset * lanes;
    if (node_adjoints_[base] != nullptr)
      node_adjoints_[n] = node_adjoints_[base] + node.offset * lanes;
  }

  Index scratch_size = 0;
  std::size_t operand_count = 0;
  for (const Instruction& instruction : tape.instructions) {
    scratch_size += aligned(instruction.operation->scratch_size(lanes));
    operand_count += instruction.inputs.size();
  }
  scratch_.resize(static_cast<std::size_t>(scratch_size));
  operands_.reserve(operand_count);
  std::vector<Step> steps;
  steps.reserve(tape.instructions.size());
  double* scratch = scratch_.data();
  for (const Instruction& instruction : tape.instructions) {
    const auto output = static_cast<std::size_t>(instruction.output);
    steps.push_back({instruction.operation.get(),
                     {operands_.data() + operands_.size(), instruction.inputs.size()},
                     node_values_[output],
                     node_adjoints_[output],
                     scratch});
    scratch += aligned(instruction.operation->scratch_size(lanes));
    for (const NodeId input : instruction.inputs) {
      const auto n = static_cast<std::size_t>(input);
      operands_.push_back(
          {node_values_[n], node_adjoints_[n], tape.nodes[n].size, tape.nodes[n].is_fixed()});
    }
  }

  const auto step_of = [&](Index i) { return steps[static_cast<std::size_t>(i)]; };
  std::ranges::transform(schedule.density, std::back_inserter(density_), step_of);
  std::ranges::transform(schedule.reported, std::back_inserter(reported_), step_of);

  for (const LogTerm& term : tape.terms) {
    if (term.node == no_node) {
      fixed_terms_ += term.value;
      continue;
    }
    const auto n = static_cast<std::size_t>(term.node);
    sums_.push_back({node_values_[n], node_adjoints_[n], term.kind, term.over_rows});
  }
}

void Replay::set_rows(std::span<const std::int32_t> rows) {
  for (std::size_t n = 0; n < tape_.nodes.size(); ++n) {
    const Node& node = tape_.nodes[n];
    if (node.kind != Node::Kind::rows) continue;
    double* out = node_values_[n];
    const Index full = static_cast<Index>(node.elements->size()) / (node.outer * node.inner);
    for (Index o = 0; o < node.outer; ++o) {
      const double* block = node.elements->data() + o * full * node.inner;
      for (const std::int32_t row : rows) {
        out = std::copy_n(block + row * node.inner, node.inner, out);
      }
    }
  }
}

void Replay::run(std::span<const Step> steps, const Frame& frame) {
  for (const Step& step : steps)
    step.operation->forward(frame, step.operands, step.out, step.scratch);
}

void Replay::forward(bool gradient, double row_scale, std::span<double> log_joint) {
  Frame frame;
  frame.lanes = lanes_;
  frame.gradient = gradient;
  run(density_, frame);
  with_lanes(lanes_, [&](auto lanes) {
    std::fill_n(log_joint.begin(), Index{lanes}, fixed_terms_);
    for (const Sum& sum : sums_) {
      const double weight = sum.over_rows ? row_scale : 1.0;
      for (Index b = 0; b < lanes; ++b)
        log_joint[static_cast<std::size_t>(b)] += weight * sum.values[b];
    }
  });
}

void Replay::forward_reported(std::uint64_t seed, Index first_draw) {
  Frame frame;
  frame.lanes = lanes_;
  frame.seed = seed;
  frame.first_draw = first_draw;
  run(reported_, frame);
}

void Replay::backward(double row_scale, Terms terms) {
  Frame frame;
  frame.lanes = lanes_;
  frame.gradient = true;
  std::fill(adjoints_.begin(), adjoints_.end(), 0.0);
  for (const Sum& sum : sums_) {
    if (sum.adjoint == nullptr || (terms == Terms::density && sum.kind != LogTerm::Kind::density) ||
        (terms == Terms::jacobian && sum.kind != LogTerm::Kind::jacobian))
      continue;
    const double weight = sum.over_rows ? row_scale : 1.0;
    with_lanes(lanes_, [&](auto lanes) {
      for (Index b = 0; b < lanes; ++b) sum.adjoint[b] += weight;
    });
  }
  for (auto step = density_.rbegin(); step != density_.rend(); ++step) {
    if (step->out_adjoint == nullptr) continue;
    step->operation->backward(frame, step->operands, step->out, step->out_adjoint, step->scratch);
  }
}

std::uint64_t Replay::failed_lanes() const {
  std::uint64_t failed = 0;
  for (const Guard& guard : tape_.guards) {
    const double* condition = node_values_[static_cast<std::size_t>(guard.condition)];
    for (Index b = 0; b < lanes_; ++b) {
      if ((condition[b] != 0) != guard.taken) failed |= std::uint64_t{1} << b;
    }
  }
  return failed;
}

std::size_t Replay::first_failed_guard() const {
  const auto failed = std::ranges::find_if(tape_.guards, [this](const Guard& guard) {
    return (*node_values_[static_cast<std::size_t>(guard.condition)] != 0) != guard.taken;
  });
  return static_cast<std::size_t>(failed - tape_.guards.begin());
}

}  // namespace vippl::runtime
