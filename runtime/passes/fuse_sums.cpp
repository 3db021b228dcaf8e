#include <algorithm>
#include <cmath>
#include <optional>

#include "runtime/contraction.h"
#include "runtime/elementwise_operation.h"
#include "runtime/fused_sum.h"
#include "runtime/normal_prior.h"
#include "runtime/operators.h"
#include "runtime/passes/density_uses.h"
#include "runtime/passes/passes.h"
#include "runtime/passes/tidy.h"
#include "runtime/rearrange.h"
#include "runtime/special.h"

namespace vippl::runtime::passes {

namespace {

// Collects the steps of one sum, from the arguments of its density down to what is no operation of
// the kinds that a fused sum knows.
class Fusion {
 public:
  Fusion(const Tape& tape, const std::vector<int>& uses, Index terms)
      : tape_(tape), uses_(uses), terms_(terms) {}

  /// The number of the step that computes this argument.
  std::size_t add(NodeId id, const Broadcast& broadcast) {
    if (broadcast.kind == Broadcast::Kind::full && uses_[static_cast<std::size_t>(id)] == 1 &&
        node_at(tape_, id).kind == Node::Kind::result && steps_.size() + 3 <= room_) {
      const Instruction& instruction = *instruction_of(tape_, id);
      if (const auto step = add_operator(instruction)) return *step;
      if (const auto step = add_product(instruction)) return *step;
      if (const auto step = add_subscript(instruction)) return *step;
    }
    return push({FusedStep::Kind::input, add_input(id), 0, broadcast});
  }

  bool has_operations() const { return operations_ > 0; }
  std::vector<FusedStep>& steps() { return steps_; }
  std::vector<NodeId>& inputs() { return inputs_; }
  std::vector<FusedInput> facts() const {
    std::vector<FusedInput> result;
    for (const NodeId id : inputs_)
      result.push_back({node_at(tape_, id).size, node_at(tape_, id).is_fixed()});
    return result;
  }
  /// Keeps places free for so many inputs that are still to come.
  void reserve(std::size_t count) { room_ = FusedSum::max_steps - count; }

 private:
  std::optional<std::size_t> add_operator(const Instruction& instruction) {
    const auto* operation = dynamic_cast<const BinaryOperation*>(instruction.operation.get());
    if (operation == nullptr) return std::nullopt;
    FusedStep step;
    switch (operation->op()) {
      case lang::ast::BinaryOperator::add:
        step.kind = FusedStep::Kind::add;
        break;
      case lang::ast::BinaryOperator::subtract:
        step.kind = FusedStep::Kind::subtract;
        break;
      case lang::ast::BinaryOperator::multiply:
        step.kind = FusedStep::Kind::multiply;
        break;
      default:
        return std::nullopt;
    }
    ++operations_;
    --room_;  // for this step
    --room_;  // and the right side, while the left one grows
    step.left = add(instruction.inputs[0], operation->broadcast(0));
    ++room_;
    step.right = add(instruction.inputs[1], operation->broadcast(1));
    ++room_;
    return push(std::move(step));
  }

  std::optional<std::size_t> add_product(const Instruction& instruction) {
    const auto* operation = dynamic_cast<const ContractionOperation*>(instruction.operation.get());
    if (operation == nullptr) return std::nullopt;
    const ContractionExtents& extents = operation->extents();
    if (extents.batches != 1 || extents.columns != 1 || extents.rows != terms_ ||
        !node_at(tape_, instruction.inputs[0]).is_fixed() ||
        node_at(tape_, instruction.inputs[1]).is_fixed())
      return std::nullopt;
    ++operations_;
    const std::size_t matrix = add_input(instruction.inputs[0]);
    return push({FusedStep::Kind::product, matrix, add_input(instruction.inputs[1]), {}});
  }

  // Elements that are read where they are. What has more of them than there are terms is left
  // alone: each gets its own sum of derivatives.
  std::optional<std::size_t> add_subscript(const Instruction& instruction) {
    const auto* moves = dynamic_cast<const Rearrangement*>(instruction.operation.get());
    if (moves == nullptr || instruction.inputs.size() != 1 ||
        node_at(tape_, instruction.inputs[0]).size > terms_)
      return std::nullopt;
    std::vector<Rearrangement::Source> sources;
    moves->sources(sources);
    Broadcast broadcast{Broadcast::Kind::indexed, {}};
    for (const Rearrangement::Source& source : sources)
      broadcast.index.push_back(static_cast<std::int32_t>(source.element));
    ++operations_;
    return push(
        {FusedStep::Kind::input, add_input(instruction.inputs[0]), 0, std::move(broadcast)});
  }

  std::size_t add_input(NodeId id) {
    inputs_.push_back(id);
    return inputs_.size() - 1;
  }
  std::size_t push(FusedStep step) {
    steps_.push_back(std::move(step));
    return steps_.size() - 1;
  }

  const Tape& tape_;
  const std::vector<int>& uses_;
  Index terms_;
  std::vector<FusedStep> steps_;
  std::vector<NodeId> inputs_;
  std::size_t room_ = FusedSum::max_steps;
  int operations_ = 0;
};

// The numbers of a constant, per element or one for all.
std::span<const double> numbers_of(const Node& node) {
  if (node.elements) return *node.elements;
  return {&node.scalar, 1};
}

bool are_scales(std::span<const double> numbers) {
  return std::ranges::all_of(numbers, [](double x) { return x > 0 && std::isfinite(x); });
}

// The numbers of a constant under the terms.
std::vector<double> under_terms(const Node& node, const Broadcast& broadcast, Index terms) {
  const std::span<const double> numbers = numbers_of(node);
  if (broadcast.kind == Broadcast::Kind::scalar || numbers.size() == 1) return {numbers[0]};
  std::vector<double> result;
  for (Index i = 0; i < terms; ++i)
    result.push_back(numbers[static_cast<std::size_t>(broadcast[i])]);
  return result;
}

std::vector<double> known_scales(const Tape& tape, const Instruction& instruction,
                                 const SummedElementwise& sum) {
  if (sum.form() != DensityForm::normal) return {};
  const Node& scale = node_at(tape, instruction.inputs[2]);
  if (scale.kind != Node::Kind::constant || !are_scales(numbers_of(scale))) return {};
  return under_terms(scale, sum.inputs()[2].broadcast, sum.terms());
}

// A normal density of one latent array, all else known.
NodeId make_prior(Tape& tape, const Instruction& instruction, const SummedElementwise& sum,
                  std::span<const double> scales) {
  if (scales.empty()) return no_node;
  for (const std::size_t latent : {0, 1}) {
    const std::size_t other = 1 - latent;
    const Node& x = node_at(tape, instruction.inputs[latent]);
    const Node& location = node_at(tape, instruction.inputs[other]);
    if (x.is_fixed() || x.size != sum.terms() ||
        sum.inputs()[latent].broadcast.kind == Broadcast::Kind::indexed ||
        location.kind != Node::Kind::constant)
      continue;
    std::vector<double> locations =
        under_terms(location, sum.inputs()[other].broadcast, sum.terms());
    if (!std::ranges::all_of(locations, [](double m) { return std::isfinite(m); })) continue;
    return add_instruction(
        tape, std::make_shared<const NormalPrior>(sum.terms(), std::move(locations), scales),
        {instruction.inputs[latent]}, {}, instruction.span);
  }
  return no_node;
}

KnownTerms prepare(std::span<const double> scales) {
  constexpr double half_log_two_pi = 0.91893853320467274178;
  KnownTerms result;
  double sum = 0;
  if (scales.size() > 1) result.sums.push_back(0);
  for (const double scale : scales) {
    result.inverses.push_back(1 / scale);
    sum += std::log(scale) + half_log_two_pi;
    result.sums.push_back(sum);
  }
  return result;
}

// Of counts that are data, and are counts.
KnownTerms known_counts(const Node& node, const Broadcast& broadcast, Index terms) {
  KnownTerms result;
  if (node.kind != Node::Kind::constant) return result;
  const auto is_count = [](double y) { return y >= 0 && std::isfinite(y) && std::floor(y) == y; };
  const std::vector<double> counts = under_terms(node, broadcast, terms);
  if (!std::ranges::all_of(counts, is_count)) return result;
  double sum = 0;
  if (counts.size() > 1) result.sums.push_back(0);
  for (const double y : counts) {
    sum += log_factorial(y);
    result.sums.push_back(sum);
  }
  return result;
}

// The fused sum in place of this one, or no_node where it would save nothing.
NodeId fuse(Tape& tape, const std::vector<int>& uses, const Instruction& instruction,
            const SummedElementwise& sum) {
  const std::vector<double> scales = known_scales(tape, instruction, sum);
  if (const NodeId prior = make_prior(tape, instruction, sum, scales); prior != no_node)
    return prior;
  Fusion fusion(tape, uses, sum.terms());
  std::vector<std::size_t> arguments;
  for (std::size_t k = 0; k < instruction.inputs.size(); ++k) {
    fusion.reserve(instruction.inputs.size() - k - 1);
    arguments.push_back(fusion.add(instruction.inputs[k], sum.inputs()[k].broadcast));
  }
  const bool has_own_loop = sum.form() != DensityForm::other && sum.terms() > 1;
  if (!fusion.has_operations() && !has_own_loop) return no_node;
  KnownTerms known = sum.form() == DensityForm::poisson_log
                         ? known_counts(node_at(tape, instruction.inputs[0]),
                                        sum.inputs()[0].broadcast, sum.terms())
                         : prepare(scales);
  auto operation = std::make_shared<const FusedSum>(
      sum.name(), sum.scalar_kernel(), sum.form(), fusion.facts(), std::move(fusion.steps()),
      std::move(arguments), sum.terms(), std::move(known));
  return add_instruction(tape, std::move(operation), std::move(fusion.inputs()), {},
                         instruction.span);
}

}  // namespace

Tape fuse_sums(Tape tape) {
  const std::vector<int> uses = uses_in_density(tape);
  Renaming renaming(tape);
  const std::size_t count = tape.instructions.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Instruction instruction = tape.instructions[i];
    const auto* sum = dynamic_cast<const SummedElementwise*>(instruction.operation.get());
    if (sum == nullptr) continue;
    const NodeId fused = fuse(tape, uses, instruction, *sum);
    while (renaming.size() < tape.nodes.size()) renaming.add_node();
    if (fused != no_node) renaming.replace(instruction.output, fused);
  }
  return tidy(std::move(tape), renaming);
}

}  // namespace vippl::runtime::passes
