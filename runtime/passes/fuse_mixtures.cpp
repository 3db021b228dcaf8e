#include <algorithm>
#include <optional>

#include "runtime/elementwise_operation.h"
#include "runtime/log_sum_exp.h"
#include "runtime/mixture_density.h"
#include "runtime/normal_mixture.h"
#include "runtime/operators.h"
#include "runtime/passes/absorbed.h"
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
      : tape_(tape), map_(map), root_(std::move(root)), absorbed_(tape, uses) {}

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
    facts.data = absorbed_.add_input(*data);
    for (std::size_t k = 0; k < columns->components; ++k) {
      const Term& term = terms_[k];
      facts.components.push_back(
          {absorbed_.add_input(number(term.location)), absorbed_.add_input(number(term.scale)),
           term.log_weight == nothing ? NormalMixtureInputs::none
                                      : absorbed_.add_input(number(term.log_weight))});
    }
    if (simplex_ == no_node) {
      facts.weights = NormalMixtureInputs::Weights::logs;
    } else {
      facts.simplex = absorbed_.add_input(simplex_);
    }
    std::optional<InstructionBlock> block = absorbed_.block(root_.output);
    if (!block) return no_node;
    return add_instruction(tape_, make_normal_mixture(std::move(facts), std::move(*block)),
                           absorbed_.inputs(), {}, root_.span);
  }

 private:
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
    const Instruction* logs = maker_of(tape_, root_.inputs[0]);
    const SumExtents* extents = logs == nullptr ? nullptr : log_sum_exp_extents(*logs->operation);
    if (extents == nullptr) return std::nullopt;
    absorbed_.add(logs->output);
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
    const Instruction* instruction = maker_of(tape_, density.root);
    if (instruction == nullptr) return std::nullopt;
    const auto* binary = dynamic_cast<const BinaryOperation*>(instruction->operation.get());
    if (binary != nullptr) {
      if (binary->op() != lang::ast::BinaryOperator::add || simplex_ != no_node)
        return std::nullopt;
      absorbed_.add(instruction->output);
      std::array<Element, 2> sides;
      for (std::size_t side = 0; side < 2; ++side)
        sides[side] = map_(instruction->inputs[side], binary->broadcast(side)[density.at]);
      const std::size_t at = is_normal(sides[1].root) ? 1 : 0;
      log_weight = sides[1 - at];
      density = sides[at];
    }
    if (!is_normal(density.root)) return std::nullopt;
    instruction = instruction_of(tape_, density.root);
    absorbed_.add(instruction->output);
    const auto& normal = static_cast<const ElementwiseOperation&>(*instruction->operation);
    std::array<Element, 3> arguments;
    for (std::size_t k = 0; k < arguments.size(); ++k)
      arguments[k] = map_(instruction->inputs[k], normal.inputs()[k].broadcast[density.at]);
    if (!is_fixed(arguments[0])) return std::nullopt;
    if (is_cut(arguments[1]) || is_cut(arguments[2]) || is_cut(log_weight)) return std::nullopt;
    return Term{arguments[0], arguments[1], arguments[2], log_weight};
  }

  bool is_normal(NodeId id) {
    const Instruction* instruction = maker_of(tape_, id);
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

  Tape& tape_;
  const ElementMap& map_;
  const Instruction root_;
  Absorbed absorbed_;
  NodeId simplex_ = no_node;
  std::vector<Term> terms_;  // one per component
  std::vector<Element> data_;
};

}  // namespace

Tape fuse_mixtures(Tape tape) {
  const auto may_be_root = [](const Operation& operation) {
    return mixture_shape(operation) != nullptr || is_sum(operation);
  };
  return fuse_at_roots(
      std::move(tape), may_be_root,
      [](Tape& whole, const ElementMap& map, const std::vector<int>& uses,
         const Instruction& root) { return Mixture(whole, map, uses, root).fuse(); });
}

}  // namespace vippl::runtime::passes
