#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <unordered_map>

#include "runtime/elementwise_operation.h"
#include "runtime/normal_statistics.h"
#include "runtime/passes/hash.h"
#include "runtime/passes/linear_rows.h"
#include "runtime/passes/passes.h"
#include "runtime/passes/tidy.h"
#include "runtime/triangular_factor.h"

namespace vippl::runtime::passes {

namespace {

// What a row costs besides the entries of its location: its density.
constexpr double row_cost = 4;
// What a group costs besides the entries of its factor: bringing its coefficients together.
constexpr double group_cost = 4;
// The statistics must cost so much less than the rows to be worth it.
constexpr double least_gain = 2;

using Factor = Eigen::MatrixXd;

double constant_at(const Tape& tape, NodeId id, Index i) {
  const Node& node = node_at(tape, id);
  return node.elements ? (*node.elements)[static_cast<std::size_t>(i)] : node.scalar;
}

// Observations with the same coefficients: [X y] divided by the scale where that is fixed.
struct Group {
  std::vector<Element> coefficients;
  std::vector<Index> rows;
};

// Coefficients of [X y] close to those of the best fit, without those that the data do not tell
// apart.
Eigen::VectorXd origin_of(const Factor& triangle) {
  constexpr double least_pivot = 1e-6;
  const Index count = triangle.cols() - 1;
  Eigen::VectorXd origin = Eigen::VectorXd::Zero(count);
  if (count == 0) return origin;
  Eigen::CompleteOrthogonalDecomposition<Factor> decomposition;
  decomposition.setThreshold(least_pivot);
  decomposition.compute(triangle.leftCols(count));
  origin = decomposition.solve(triangle.col(count));
  // What is added to y must not be so large that it would wipe out its digits.
  constexpr double most = 1e3;
  const double shift = triangle.leftCols(count).colwise().norm() * origin.cwiseAbs();
  if (!(shift <= most * triangle.col(count).norm())) origin.setZero();
  return origin;
}

// Sorts the entries of a row by what they multiply, and adds up those of the same number.
void combine(std::vector<LinearRows::Entry>& row) {
  const auto place = [](const LinearRows::Entry& entry) {
    return std::pair(entry.of.root, entry.of.at);
  };
  std::ranges::sort(row, {}, place);
  std::size_t kept = 0;
  for (std::size_t e = 0; e < row.size(); ++e) {
    if (kept > 0 && row[kept - 1].of == row[e].of) {
      row[kept - 1].weight += row[e].weight;
    } else {
      row[kept++] = row[e];
    }
  }
  row.resize(kept);
}

class Likelihood {
 public:
  Likelihood(Tape& tape, const ElementMap& map, const Instruction& instruction,
             const SummedElementwise& density)
      : tape_(tape), map_(map), instruction_(instruction), density_(density) {}

  /// The instruction that takes its place, or no_node.
  NodeId replace() {
    if (!has_fixed_data()) return no_node;
    const NodeId location = instruction_.inputs[1];
    LinearReader reader(tape_, map_);
    const LinearRows& rows = reader.rows_of(location);
    sort_into_groups(rows);
    if (!is_worth_it()) return no_node;
    std::vector<FactorBlock> blocks;
    for (const Group& group : groups_) blocks.push_back(block_of(group, rows));
    double constant = -0.5 * static_cast<double>(density_.terms()) * std::log(2 * std::numbers::pi);
    for (Index i = 0; is_scale_fixed() && i < density_.terms(); ++i)
      constant -= std::log(scale_at(i));
    if (!std::isfinite(constant)) return no_node;
    if (!is_scale_fixed()) inputs_.push_back(instruction_.inputs[2]);
    return add_instruction(tape_,
                           std::make_shared<const NormalStatistics>(
                               std::move(blocks), density_.terms(), constant, !is_scale_fixed()),
                           std::move(inputs_), {}, instruction_.span);
  }

 private:
  Index under(std::size_t input, Index i) const { return density_.inputs()[input].broadcast[i]; }
  bool is_constant(std::size_t input) const {
    return node_at(tape_, instruction_.inputs[input]).kind == Node::Kind::constant;
  }
  bool is_scale_fixed() const { return is_constant(2); }
  double scale_at(Index i) const {
    return is_scale_fixed() ? constant_at(tape_, instruction_.inputs[2], under(2, i)) : 1.0;
  }

  bool has_fixed_data() const {
    const Node& scale = node_at(tape_, instruction_.inputs[2]);
    return is_constant(0) && !node_at(tape_, instruction_.inputs[1]).is_fixed() &&
           (scale.kind == Node::Kind::constant || (scale.size == 1 && !scale.is_fixed()));
  }

  // Leaves in entries_ the combined entries of each row of the location.
  void sort_into_groups(const LinearRows& rows) {
    std::unordered_multimap<std::uint64_t, std::size_t> known;
    std::vector<std::size_t> group_of;
    std::vector<LinearRows::Entry> row;
    for (std::size_t r = 0; r < rows.constants.size(); ++r) {
      const auto at = [&](std::size_t i) {
        return rows.entries.begin() + static_cast<std::ptrdiff_t>(rows.begins[i]);
      };
      row.assign(at(r), at(r + 1));
      combine(row);
      std::uint64_t hash = row.size();
      for (const LinearRows::Entry& entry : row) {
        hash = mix(hash, (static_cast<std::uint64_t>(entry.of.root) << 32U) ^
                             static_cast<std::uint64_t>(entry.of.at));
      }
      const auto [first, last] = known.equal_range(hash);
      auto found = std::find_if(first, last, [&](const auto& entry) {
        return std::ranges::equal(groups_[entry.second].coefficients, row, {}, {},
                                  &LinearRows::Entry::of);
      });
      if (found == last) {
        found = known.emplace(hash, groups_.size());
        groups_.emplace_back();
        for (const LinearRows::Entry& entry : row) groups_.back().coefficients.push_back(entry.of);
      }
      group_of.push_back(found->second);
      weight_begins_.push_back(weights_.size());
      for (const LinearRows::Entry& entry : row) weights_.push_back(entry.weight);
    }
    for (Index i = 0; i < density_.terms(); ++i)
      groups_[group_of[static_cast<std::size_t>(under(1, i))]].rows.push_back(i);
    cost_before_ =
        row_cost * static_cast<double>(density_.terms()) + static_cast<double>(weights_.size());
  }

  bool is_worth_it() const {
    double cost = 0;
    for (const Group& group : groups_) {
      const double columns = static_cast<double>(group.coefficients.size()) + 1;
      cost += group_cost + columns * std::min(columns, static_cast<double>(group.rows.size()));
    }
    return least_gain * cost <= cost_before_;
  }

  FactorBlock block_of(const Group& group, const LinearRows& rows) {
    const auto count = static_cast<Index>(group.coefficients.size());
    RowMajorMatrix matrix(static_cast<Index>(group.rows.size()), count + 1);
    for (Index r = 0; r < matrix.rows(); ++r) {
      const Index i = group.rows[static_cast<std::size_t>(r)];
      const auto location = static_cast<std::size_t>(under(1, i));
      const double scale = scale_at(i);
      const double* weights = weights_.data() + weight_begins_[location];
      for (Index j = 0; j < count; ++j) matrix(r, j) = weights[j] / scale;
      matrix(r, count) =
          (constant_at(tape_, instruction_.inputs[0], under(0, i)) - rows.constants[location]) /
          scale;
    }
    FactorBlock block;
    const Eigen::VectorXd origin = origin_of(triangular_factor(matrix));
    block.origin.assign(origin.data(), origin.data() + count);
    for (Index r = 0; r < matrix.rows(); ++r) {
      long double e = matrix(r, count);
      for (Index j = 0; j < count; ++j) e -= static_cast<long double>(matrix(r, j)) * origin[j];
      matrix(r, count) = static_cast<double>(e);
    }
    const Factor triangle = triangular_factor(matrix);
    block.rows = triangle.rows();
    for (Index i = 0; i < triangle.rows(); ++i) {
      for (Index j = 0; j < count; ++j) block.factor.push_back(triangle(i, j));
      block.e.push_back(triangle(i, count));
    }
    for (const Element& element : group.coefficients)
      block.coefficients.push_back(input_element(element));
    return block;
  }

  InputElement input_element(const Element& element) {
    const auto [place, is_new] =
        places_.try_emplace(element.root, static_cast<std::uint32_t>(inputs_.size()));
    if (is_new) {
      inputs_.push_back(element.root == coordinates ? all_coordinates() : element.root);
    }
    return {place->second, element.at};
  }

  NodeId all_coordinates() {
    Node node;
    node.kind = Node::Kind::input;
    node.size = tape_.dimension;
    node.shape = {lang::Size::unknown(tape_.dimension)};
    tape_.nodes.push_back(std::move(node));
    return static_cast<NodeId>(tape_.nodes.size() - 1);
  }

  Tape& tape_;
  const ElementMap& map_;
  const Instruction instruction_;
  const SummedElementwise& density_;
  std::vector<Group> groups_;
  std::vector<double> weights_;  // of the entries of each row of the location, combined
  std::vector<std::size_t> weight_begins_;
  double cost_before_ = 0;
  std::vector<NodeId> inputs_;
  std::unordered_map<NodeId, std::uint32_t> places_;
};

}  // namespace

Tape collect_statistics(Tape tape) {
  const ElementMap map(tape);
  Renaming renaming(tape);
  const std::size_t count = tape.instructions.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::shared_ptr<const Operation> operation = tape.instructions[i].operation;
    const auto* density = dynamic_cast<const SummedElementwise*>(operation.get());
    if (density == nullptr || density->form() != DensityForm::normal) continue;
    const NodeId output = tape.instructions[i].output;
    const NodeId replacement = Likelihood(tape, map, tape.instructions[i], *density).replace();
    while (renaming.size() < tape.nodes.size()) renaming.add_node();
    if (replacement != no_node) renaming.replace(output, replacement);
  }
  return tidy(std::move(tape), renaming);
}

}  // namespace vippl::runtime::passes
