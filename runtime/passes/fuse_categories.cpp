#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

#include "runtime/categorical_mixture.h"
#include "runtime/event_density.h"
#include "runtime/mixture_density.h"
#include "runtime/passes/absorbed.h"
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
    if (!read_weights(shape) || !read_outcomes(shape)) return no_node;
    merge_rows();
    facts_.weights = absorbed_.add_input(weights_);
    for (const NodeId chances : chances_) facts_.chances.push_back(absorbed_.add_input(chances));
    std::optional<InstructionBlock> block = absorbed_.block(root_.output);
    if (!block) return no_node;
    return add_instruction(tape_, make_categorical_mixture(std::move(facts_), std::move(*block)),
                           absorbed_.inputs(), {}, root_.span);
  }

 private:
  // Where the weights of each row begin: in the vectors that they were picked from, where these lie
  // in one node, so that equal ones are seen to be equal; else in the mixture's own input.
  bool read_weights(const MixtureShape& shape) {
    const auto count = static_cast<Index>(shape.components.size());
    weights_ = map_(root_.inputs[0], 0).root;
    facts_.rows.resize(static_cast<std::size_t>(shape.rows));
    bool is_picked = is_latent(weights_);
    for (Index r = 0; is_picked && r < shape.rows; ++r) {
      const Element begin = map_(root_.inputs[0], shape.weights[r] * count);
      facts_.rows[static_cast<std::size_t>(r)].weights = begin.at;
      for (Index k = 0; is_picked && k < count; ++k) {
        const Element own = map_(root_.inputs[0], shape.weights[r] * count + k);
        is_picked = own == Element{weights_, begin.at + static_cast<std::int32_t>(k)};
      }
    }
    if (is_picked) return true;
    weights_ = root_.inputs[0];
    for (Index r = 0; r < shape.rows; ++r)
      facts_.rows[static_cast<std::size_t>(r)].weights = shape.weights[r] * count;
    return is_latent(weights_);
  }

  // False where they are not those of categorical densities, the same for all components.
  bool read_outcomes(const MixtureShape& shape) {
    for (Index r = 0; r < shape.rows; ++r) {
      Row& row = facts_.rows[static_cast<std::size_t>(r)];
      for (std::size_t k = 0; k < shape.components.size(); ++k) {
        const std::optional<Index> outcome = read_outcome(shape, k, r);
        if (!outcome || (k > 0 && *outcome != row.outcome)) return false;
        row.outcome = *outcome;
      }
    }
    return true;
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
  const auto may_be_root = [](const Operation& operation) {
    return mixture_shape(operation) != nullptr;
  };
  return fuse_at_roots(
      std::move(tape), may_be_root,
      [](Tape& whole, const ElementMap& map, const std::vector<int>& uses,
         const Instruction& root) { return Mixture(whole, map, uses, root).fuse(); });
}

}  // namespace vippl::runtime::passes
