#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

#include "runtime/categorical_mixture.h"
#include "runtime/event_density.h"
#include "runtime/mixture_density.h"
#include "runtime/passes/absorbed.h"
#include "runtime/passes/density_uses.h"
#include "runtime/passes/elements.h"
#include "runtime/passes/passes.h"
#include "runtime/passes/tidy.h"

namespace vippl::runtime::passes {

namespace {

using Row = CategoricalMixtureInputs::Row;

/// The sum of a mixture whose components are categorical densities of one outcome per row.
class Mixture {
 public:
  Mixture(Tape& tape, const ElementMap& map, const std::vector<int>& uses, Instruction root)
      : tape_(tape), map_(map), root_(std::move(root)), absorbed_(tape, uses) {}

  /// The instruction that takes the place of the root, or no_node.
  NodeId fuse() {
    const MixtureShape& shape = *mixture_shape(*root_.operation);
    if (!shape.summed || shape.rows < 2) return no_node;
    for (Index r = 0; r < shape.rows; ++r) {
      const std::optional<Row> row = read_row(shape, r);
      if (!row) return no_node;
      facts_.rows.push_back(*row);
    }
    merge_rows();
    facts_.weights = absorbed_.add_input(weights_);
    for (const NodeId chances : chances_) facts_.chances.push_back(absorbed_.add_input(chances));
    std::optional<InstructionBlock> block = absorbed_.block(root_.output);
    if (!block) return no_node;
    return add_instruction(tape_, make_categorical_mixture(std::move(facts_), std::move(*block)),
                           absorbed_.inputs(), {}, root_.span);
  }

 private:
  std::optional<Row> read_row(const MixtureShape& shape, Index r) {
    const auto count = static_cast<Index>(shape.components.size());
    const std::optional<Index> weights = read_weights(shape.weights[r] * count, count);
    if (!weights) return std::nullopt;
    Row row{*weights};
    for (Index k = 0; k < count; ++k) {
      const std::optional<Index> outcome = read_outcome(shape, static_cast<std::size_t>(k), r);
      if (!outcome || (k > 0 && *outcome != row.outcome)) return std::nullopt;
      row.outcome = *outcome;
    }
    return row;
  }

  // Where the weights that begin at an element of the mixture's begin in their root.
  std::optional<Index> read_weights(Index first, Index count) {
    const Element begin = map_(root_.inputs[0], first);
    if (!is_latent(begin.root) || (weights_ != no_node && begin.root != weights_))
      return std::nullopt;
    for (Index k = 1; k < count; ++k) {
      const Element next{begin.root, begin.at + static_cast<std::int32_t>(k)};
      if (map_(root_.inputs[0], first + k) != next) return std::nullopt;
    }
    weights_ = begin.root;
    return begin.at;
  }

  // The outcome of row r, of which component k gives the density.
  std::optional<Index> read_outcome(const MixtureShape& shape, std::size_t k, Index r) {
    const Element density = map_(root_.inputs[k + 1], shape.components[k][r]);
    const Instruction* const maker = maker_of(tape_, density.root);
    if (maker == nullptr) return std::nullopt;
    const std::optional<EventDensityFacts> facts = event_density_facts(*maker->operation);
    if (!facts || facts->form != DensityForm::categorical || facts->summed ||
        !facts->inputs[1].shared || !is_latent(maker->inputs[1]))
      return std::nullopt;
    if (k == chances_.size()) chances_.push_back(maker->inputs[1]);
    if (chances_[k] != maker->inputs[1]) return std::nullopt;
    facts_.outcomes = node_at(tape_, chances_[k]).size;
    absorbed_.add(maker->output);
    const Element outcome = map_(maker->inputs[0], facts->inputs[0].shared ? 0 : density.at);
    return constant_outcome(outcome);
  }

  // Nothing where it differs from minibatch to minibatch, or lies outside.
  std::optional<Index> constant_outcome(const Element& element) const {
    if (element.root < 0) return std::nullopt;
    const Node& node = node_at(tape_, element.root);
    if (node.kind != Node::Kind::constant) return std::nullopt;
    const double y =
        node.elements ? (*node.elements)[static_cast<std::size_t>(element.at)] : node.scalar;
    if (!(y >= 1 && y <= static_cast<double>(facts_.outcomes)) || y != std::floor(y))
      return std::nullopt;
    return static_cast<Index>(y) - 1;
  }

  bool is_latent(NodeId id) const { return id >= 0 && !node_at(tape_, id).is_fixed(); }

  // Rows that are alike become one with their count, in an order that reads memory forwards.
  void merge_rows() {
    std::ranges::sort(facts_.rows, {},
                      [](const Row& row) { return std::tuple(row.weights, row.outcome); });
    std::vector<Row> merged;
    for (const Row& row : facts_.rows) {
      if (!merged.empty() && merged.back().weights == row.weights &&
          merged.back().outcome == row.outcome) {
        ++merged.back().count;
      } else {
        merged.push_back(row);
      }
    }
    facts_.rows = std::move(merged);
  }

  Tape& tape_;
  const ElementMap& map_;
  const Instruction root_;
  Absorbed absorbed_;
  CategoricalMixtureInputs facts_;
  NodeId weights_ = no_node;
  std::vector<NodeId> chances_;  // one per component
};

}  // namespace

Tape fuse_categories(Tape tape) {
  const ElementMap map(tape);
  const std::vector<int> uses = uses_in_density(tape);
  Renaming renaming(tape);
  const std::size_t count = tape.instructions.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (mixture_shape(*tape.instructions[i].operation) == nullptr) continue;
    const NodeId output = tape.instructions[i].output;
    const NodeId fused = Mixture(tape, map, uses, tape.instructions[i]).fuse();
    while (renaming.size() < tape.nodes.size()) renaming.add_node();
    if (fused != no_node) renaming.replace(output, fused);
  }
  return tidy(std::move(tape), renaming);
}

}  // namespace vippl::runtime::passes
