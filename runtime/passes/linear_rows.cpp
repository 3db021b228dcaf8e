#include "runtime/passes/linear_rows.h"

#include <algorithm>
#include <utility>

#include "runtime/contraction.h"
#include "runtime/operators.h"
#include "runtime/passes/tidy.h"
#include "runtime/rearrange.h"

namespace vippl::runtime::passes {

namespace {

using lang::ast::BinaryOperator;

// Beyond this nothing is gained, and much memory is spent.
constexpr std::size_t max_entries = 1U << 24U;

const double* data_of(const Node& node) {
  return node.elements ? node.elements->data() : &node.scalar;
}

bool is_linear(const Tape& tape, const Instruction& instruction) {
  const Operation& operation = *instruction.operation;
  const auto fixed = [&](std::size_t k) {
    return node_at(tape, instruction.inputs[k]).kind == Node::Kind::constant;
  };
  if (is_negate(operation) || axis_sums(operation) != nullptr) return true;
  if (const auto* contraction = dynamic_cast<const ContractionOperation*>(&operation)) {
    const ContractionExtents& extents = contraction->extents();
    return fixed(0) && extents.batches == 1 && extents.columns == 1;
  }
  const auto* binary = dynamic_cast<const BinaryOperation*>(&operation);
  if (binary == nullptr) return false;
  switch (binary->op()) {
    case BinaryOperator::add:
    case BinaryOperator::subtract:
      return true;
    case BinaryOperator::multiply:
      return fixed(0) || fixed(1);
    case BinaryOperator::divide:
      return fixed(1);
    default:
      return false;
  }
}

void read_binary(const BinaryOperation& operation, const LinearRows& a, const LinearRows& b,
                 Index size, LinearRows& rows) {
  const auto left = [&](Index i) { return operation.broadcast(0)[i]; };
  const auto right = [&](Index i) { return operation.broadcast(1)[i]; };
  const auto constant = [](const LinearRows& of, Index i) {
    return of.constants[static_cast<std::size_t>(i)];
  };
  const bool left_is_constant = a.entries.empty();
  for (Index i = 0; i < size && rows.entries.size() < max_entries; ++i) {
    double sum = 0;
    switch (operation.op()) {
      case BinaryOperator::multiply:
        sum = left_is_constant ? rows.extend(b, right(i), constant(a, left(i)))
                               : rows.extend(a, left(i), constant(b, right(i)));
        break;
      case BinaryOperator::divide:
        sum = rows.extend(a, left(i), 1 / constant(b, right(i)));
        break;
      default:
        sum = rows.extend(a, left(i), 1);
        sum += rows.extend(b, right(i), operation.op() == BinaryOperator::add ? 1 : -1);
        break;
    }
    rows.add_row(sum);
  }
}

}  // namespace

double LinearRows::extend(const LinearRows& other, Index i, double weight) {
  const auto row = static_cast<std::size_t>(i);
  for (std::size_t e = other.begins[row]; e < other.begins[row + 1]; ++e)
    entries.push_back({other.entries[e].of, weight * other.entries[e].weight});
  return weight * other.constants[row];
}

bool LinearReader::is_constant(NodeId node) const {
  return node_at(tape_, node).kind == Node::Kind::constant;
}

bool LinearReader::is_taken_apart(NodeId node) {
  const Instruction* instruction = instruction_of(tape_, node);
  if (instruction == nullptr || !is_linear(tape_, *instruction)) return false;
  Index below = 0;
  for (const NodeId input : instruction->inputs) below += width(input);
  return below < node_at(tape_, node).size;
}

// From how many numbers the elements of a node come, as far as it is taken apart.
Index LinearReader::width(NodeId node) {
  const auto found = widths_.find(node);
  if (found != widths_.end()) return found->second;
  Index width = 0;
  if (const Instruction* instruction = instruction_of(tape_, node);
      instruction != nullptr && is_linear(tape_, *instruction)) {
    for (const NodeId input : instruction->inputs) width += this->width(input);
    width = std::min(width, node_at(tape_, node).size);
  } else if (!is_constant(node)) {
    width = width_of_elements(node);
  }
  widths_.emplace(node, width);
  return width;
}

Index LinearReader::width_of_elements(NodeId node) {
  std::vector<Element> elements;
  map_.append(node, elements);
  const auto place = [](const Element& element) { return std::pair(element.root, element.at); };
  std::ranges::sort(elements, {}, place);
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
  Index sum = 0;
  for (std::size_t first = 0; first < elements.size();) {
    const NodeId root = elements[first].root;
    std::size_t last = first;
    while (last < elements.size() && elements[last].root == root) ++last;
    const auto count = static_cast<Index>(last - first);
    first = last;
    if (root == coordinates || root == node) {
      sum += count;
    } else if (!is_constant(root)) {
      sum += std::min(count, width(root));
    }
  }
  return sum;
}

const LinearRows& LinearReader::rows_of(NodeId node) {
  const auto found = known_.find(node);
  if (found != known_.end()) return found->second;
  LinearRows rows = read(node);
  return known_.emplace(node, std::move(rows)).first->second;
}

LinearRows LinearReader::read(NodeId node) {
  if (!is_taken_apart(node)) return elements(node);
  const Instruction& instruction = *instruction_of(tape_, node);
  const Operation& operation = *instruction.operation;
  const Index size = node_at(tape_, node).size;
  LinearRows rows;
  if (const auto* binary = dynamic_cast<const BinaryOperation*>(&operation)) {
    const LinearRows& a = rows_of(instruction.inputs[0]);
    const LinearRows& b = rows_of(instruction.inputs[1]);
    read_binary(*binary, a, b, size, rows);
  } else if (const auto* contraction = dynamic_cast<const ContractionOperation*>(&operation)) {
    const double* weights = data_of(node_at(tape_, instruction.inputs[0]));
    const LinearRows& b = rows_of(instruction.inputs[1]);
    for (Index i = 0; i < size && rows.entries.size() < max_entries; ++i) {
      double constant = 0;
      for (Index k = 0; k < contraction->extents().inner; ++k)
        constant += rows.extend(b, k, *weights++);
      rows.add_row(constant);
    }
  } else {
    const SumExtents* const sums = axis_sums(operation);
    const Index count = sums == nullptr ? 1 : sums->count;
    const Index inner = sums == nullptr ? 1 : sums->inner;
    const double weight = sums == nullptr ? -1 : 1;  // else it is a change of sign
    const LinearRows& x = rows_of(instruction.inputs[0]);
    for (Index i = 0; i < size && rows.entries.size() < max_entries; ++i) {
      const Index first = i / inner * count * inner + i % inner;
      double constant = 0;
      for (Index c = 0; c < count; ++c) constant += rows.extend(x, first + c * inner, weight);
      rows.add_row(constant);
    }
  }
  return rows.size() == size ? std::move(rows) : elements(node);
}

// Of constants, inputs, subscripts, and results that are not taken apart.
LinearRows LinearReader::elements(NodeId node) {
  LinearRows rows;
  const Index size = node_at(tape_, node).size;
  for (Index i = 0; i < size; ++i) {
    const Element element = map_(node, i);
    double constant = 0;
    if (element.root != coordinates && is_constant(element.root)) {
      constant = data_of(node_at(tape_, element.root))[element.at];
    } else if (element.root != coordinates && element.root != node &&
               is_taken_apart(element.root)) {
      constant = rows.extend(rows_of(element.root), element.at, 1);
    } else {
      rows.entries.push_back({element, 1});
    }
    rows.add_row(constant);
  }
  return rows;
}

}  // namespace vippl::runtime::passes
