#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>

#include "runtime/elementwise_operation.h"
#include "runtime/log_sum_exp.h"
#include "runtime/mixture_density.h"
#include "runtime/normal_mixture.h"
#include "runtime/operators.h"
#include "runtime/passes/density_uses.h"
#include "runtime/passes/elements.h"
#include "runtime/passes/passes.h"
#include "runtime/passes/tidy.h"
#include "runtime/rearrange.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime::passes {

namespace {

constexpr Element nothing{};

// One row of one component: numbers of the tape.
struct Term {
  Element data;
  Element location;
  Element scale;
  Element log_weight = nothing;
};

// A sum over rows of the log of a sum of densities: where they stand.
struct Columns {
  Index rows = 0;
  std::vector<Element> densities;  // row by row
  std::size_t components = 0;
};

class Mixture {
 public:
  Mixture(Tape& tape, const ElementMap& map, const std::vector<int>& uses, Instruction root)
      : tape_(tape), map_(map), uses_(uses), root_(std::move(root)) {}

  /// The instruction that takes the place of the root, or no_node.
  NodeId fuse() {
    const std::optional<Columns> columns = read_columns();
    if (!columns || columns->rows < 2 || columns->components < 2 ||
        columns->components > simd::most_normal_components || !read_terms(*columns))
      return no_node;
    const std::optional<NodeId> data = data_of(*columns);
    if (!data) return no_node;
    NormalMixtureInputs facts;
    facts.rows = columns->rows;
    facts.data = add_input(*data);
    for (std::size_t k = 0; k < columns->components; ++k) {
      const Term& term = terms_[k];
      facts.components.push_back({add_input(number(term.location)), add_input(number(term.scale)),
                                  term.log_weight == nothing ? NormalMixtureInputs::none
                                                             : add_input(number(term.log_weight))});
    }
    if (simplex_ == no_node) {
      facts.weights = NormalMixtureInputs::Weights::logs;
    } else {
      facts.simplex = add_input(simplex_);
    }
    std::optional<InstructionBlock> block = collect_block();
    if (!block) return no_node;
    return add_instruction(tape_, make_normal_mixture(std::move(facts), std::move(*block)),
                           std::move(inputs_), {}, root_.span);
  }

 private:
  // Null where the root of an element is no result.
  const Instruction* maker_of(NodeId id) const {
    if (id < 0 || node_at(tape_, id).kind != Node::Kind::result) return nullptr;
    return instruction_of(tape_, id);
  }

  std::optional<Columns> read_columns() {
    Columns columns;
    if (const MixtureShape* mixture = mixture_shape(*root_.operation)) {
      if (!mixture->summed || mixture->weights.kind != Broadcast::Kind::scalar) return std::nullopt;
      simplex_ = root_.inputs[0];
      columns.rows = mixture->rows;
      columns.components = mixture->components.size();
      for (Index r = 0; r < columns.rows; ++r) {
        for (std::size_t k = 0; k < columns.components; ++k)
          columns.densities.push_back(map_(root_.inputs[k + 1], mixture->components[k][r]));
      }
      return columns;
    }
    if (!is_sum(*root_.operation)) return std::nullopt;
    const Instruction* logs = maker_of(root_.inputs[0]);
    const SumExtents* extents = logs == nullptr ? nullptr : log_sum_exp_extents(*logs->operation);
    if (extents == nullptr) return std::nullopt;
    members_.insert(logs->output);
    columns.rows = extents->outer * extents->inner;
    columns.components = static_cast<std::size_t>(extents->count);
    for (Index r = 0; r < columns.rows; ++r) {
      const Index first = r / extents->inner * extents->count * extents->inner + r % extents->inner;
      for (Index k = 0; k < extents->count; ++k)
        columns.densities.push_back(map_(logs->inputs[0], first + k * extents->inner));
    }
    return columns;
  }

  // Reads the components from the first row, and checks that the others are like it.
  bool read_terms(const Columns& columns) {
    data_.clear();
    for (std::size_t i = 0; i < columns.densities.size(); ++i) {
      const std::optional<Term> term = read_term(columns.densities[i]);
      if (!term) return false;
      const std::size_t k = i % columns.components;
      if (i < columns.components) terms_.push_back(*term);
      if (!same_number(term->location, terms_[k].location) ||
          !same_number(term->scale, terms_[k].scale) ||
          !same_number(term->log_weight, terms_[k].log_weight))
        return false;
      if (k == 0) {
        data_.push_back(term->data);
      } else if (!same_number(term->data, data_.back())) {
        return false;
      }
    }
    return true;
  }

  std::optional<Term> read_term(Element density) {
    Element log_weight = nothing;
    const Instruction* instruction = maker_of(density.root);
    if (instruction == nullptr) return std::nullopt;
    const auto* binary = dynamic_cast<const BinaryOperation*>(instruction->operation.get());
    if (binary != nullptr) {
      if (binary->op() != lang::ast::BinaryOperator::add || simplex_ != no_node)
        return std::nullopt;
      members_.insert(instruction->output);
      std::array<Element, 2> sides;
      for (std::size_t side = 0; side < 2; ++side)
        sides[side] = map_(instruction->inputs[side], binary->broadcast(side)[density.at]);
      const std::size_t at = is_normal(sides[1].root) ? 1 : 0;
      log_weight = sides[1 - at];
      density = sides[at];
    }
    if (!is_normal(density.root)) return std::nullopt;
    instruction = instruction_of(tape_, density.root);
    members_.insert(instruction->output);
    const auto& normal = static_cast<const ElementwiseOperation&>(*instruction->operation);
    std::array<Element, 3> arguments;
    for (std::size_t k = 0; k < arguments.size(); ++k)
      arguments[k] = map_(instruction->inputs[k], normal.inputs()[k].broadcast[density.at]);
    if (!is_fixed(arguments[0])) return std::nullopt;
    if (is_cut(arguments[1]) || is_cut(arguments[2]) || is_cut(log_weight)) return std::nullopt;
    return Term{arguments[0], arguments[1], arguments[2], log_weight};
  }

  bool is_normal(NodeId id) {
    const Instruction* instruction = maker_of(id);
    if (instruction == nullptr) return false;
    const auto* density = dynamic_cast<const ElementwiseOperation*>(instruction->operation.get());
    return density != nullptr && density->form() == DensityForm::normal;
  }

  bool is_fixed(const Element& element) const {
    return element.root >= 0 && node_at(tape_, element.root).is_fixed();
  }
  // Changes from minibatch to minibatch.
  bool is_cut(const Element& element) const {
    return element.root >= 0 && node_at(tape_, element.root).kind == Node::Kind::rows;
  }
  bool is_constant(const Element& element) const { return is_fixed(element) && !is_cut(element); }
  double constant(const Element& element) const {
    const Node& node = node_at(tape_, element.root);
    return node.elements ? (*node.elements)[static_cast<std::size_t>(element.at)] : node.scalar;
  }
  bool same_number(const Element& a, const Element& b) const {
    return a == b || (is_constant(a) && is_constant(b) && constant(a) == constant(b));
  }

  // The node that holds the data, one number for each row; made where they are spread over others.
  std::optional<NodeId> data_of(const Columns& columns) {
    const NodeId root = data_.front().root;
    const Element first{root, 0};
    if (data_.front() == first && is_run(data_) && node_at(tape_, root).size == columns.rows)
      return root;
    const auto constant = [this](const Element& e) { return is_constant(e); };
    if (!std::ranges::all_of(data_, constant)) return std::nullopt;
    return gather_elements(tape_, data_, {lang::Size::unknown(columns.rows)}, root_.span);
  }

  NodeId number(const Element& element) {
    return gather_elements(tape_, {&element, 1}, {}, root_.span);
  }

  std::size_t add_input(NodeId id) {
    const auto [place, is_new] = places_.try_emplace(id, inputs_.size());
    if (is_new) inputs_.push_back(id);
    return place->second;
  }

  // The instructions that the new one takes the place of; nothing where others need their results.
  std::optional<InstructionBlock> collect_block() {
    members_.insert(root_.output);
    collect_moves();
    std::vector<Instruction> instructions;
    std::unordered_map<NodeId, int> own_uses;
    for (const NodeId id : in_order()) {
      const Instruction& instruction = *instruction_of(tape_, id);
      if (instruction.inputs.size() > InstructionBlock::most_inputs) return std::nullopt;
      for (const NodeId input : instruction.inputs) ++own_uses[input];
      instructions.push_back(instruction);
    }
    for (const Instruction& instruction : instructions) {
      const NodeId id = instruction.output;
      if (id != root_.output && own_uses[id] != uses_[static_cast<std::size_t>(id)])
        return std::nullopt;
    }
    for (const Instruction& instruction : instructions) {
      for (const NodeId input : instruction.inputs) {
        if (!members_.contains(input)) add_input(input);
      }
    }
    std::unordered_map<NodeId, std::size_t> results;
    std::vector<InstructionBlock::Step> steps;
    for (const Instruction& instruction : instructions) {
      InstructionBlock::Step step{instruction.operation, {}, 0, false};
      for (const NodeId input : instruction.inputs) {
        const bool is_member = members_.contains(input);
        step.inputs.push_back(is_member ? results.at(input) : places_.at(input));
        step.active = step.active || !node_at(tape_, input).is_fixed();
      }
      step.size = node_at(tape_, instruction.output).size;
      results[instruction.output] = inputs_.size() + steps.size();
      steps.push_back(std::move(step));
    }
    return InstructionBlock(inputs_.size(), std::move(steps));
  }

  // What only moves numbers to members, or from one to another, belongs to them.
  void collect_moves() {
    std::vector<NodeId> open(members_.begin(), members_.end());
    std::unordered_map<NodeId, int> own_uses;
    while (!open.empty()) {
      const Instruction& instruction = *instruction_of(tape_, open.back());
      open.pop_back();
      for (const NodeId input : instruction.inputs) {
        const Instruction* from = maker_of(input);
        if (from == nullptr || members_.contains(input) ||
            dynamic_cast<const Rearrangement*>(from->operation.get()) == nullptr ||
            ++own_uses[input] < uses_[static_cast<std::size_t>(input)])
          continue;
        members_.insert(input);
        open.push_back(input);
      }
    }
  }

  // The members, each behind those that it needs.
  std::vector<NodeId> in_order() const {
    std::vector<NodeId> order;
    const auto visit = [&](const auto& self, NodeId id) -> void {
      if (std::ranges::find(order, id) != order.end()) return;
      for (const NodeId input : instruction_of(tape_, id)->inputs) {
        if (members_.contains(input)) self(self, input);
      }
      order.push_back(id);
    };
    visit(visit, root_.output);
    return order;
  }

  Tape& tape_;
  const ElementMap& map_;
  const std::vector<int>& uses_;
  const Instruction root_;
  NodeId simplex_ = no_node;
  std::vector<Term> terms_;  // one per component
  std::vector<Element> data_;
  std::set<NodeId> members_;  // results of the instructions that go
  std::vector<NodeId> inputs_;
  std::unordered_map<NodeId, std::size_t> places_;
};

}  // namespace

Tape fuse_mixtures(Tape tape) {
  const ElementMap map(tape);
  const std::vector<int> uses = uses_in_density(tape);
  Renaming renaming(tape);
  const std::size_t count = tape.instructions.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Operation& operation = *tape.instructions[i].operation;
    if (mixture_shape(operation) == nullptr && !is_sum(operation)) continue;
    const NodeId output = tape.instructions[i].output;
    const NodeId fused = Mixture(tape, map, uses, tape.instructions[i]).fuse();
    while (renaming.size() < tape.nodes.size()) renaming.add_node();
    if (fused != no_node) renaming.replace(output, fused);
  }
  return tidy(std::move(tape), renaming);
}

}  // namespace vippl::runtime::passes
