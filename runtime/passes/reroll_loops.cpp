#include <algorithm>
#include <array>
#include <typeinfo>

#include "runtime/passes/elements.h"
#include "runtime/passes/hash.h"
#include "runtime/passes/passes.h"
#include "runtime/passes/tidy.h"
#include "runtime/rearrange.h"

namespace vippl::runtime::passes {

namespace {

// Fewer runs are not worth the copies that bring their inputs together.
constexpr std::size_t min_runs = 4;
// Where one run has so many results, the cost of starting it is nothing beside its work.
constexpr Index max_run_size = 256;
constexpr std::size_t max_inputs = 16;

// Instructions of one level that do the same on inputs of the same kind, from one place of the
// script: the turns of a loop. None depends on another.
struct Runs {
  Index level = 0;
  std::vector<std::uint64_t> description;
  std::vector<std::int32_t> members;  // numbers of instructions, ascending
};

bool is_rearrangement(const Instruction& instruction) {
  return dynamic_cast<const Rearrangement*>(instruction.operation.get()) != nullptr;
}

// How instructions are put on levels, none of which holds two where one needs the other: by the
// longest chain that leads to them, or by the longest that they lead to. The first brings together
// what comes before a recurrence, the second what comes after. What only moves elements does not
// count.
enum class Levels { from_the_start, from_the_end };

NodeId storage(const Tape& tape, NodeId id) {
  const Node& node = node_at(tape, id);
  return node.kind == Node::Kind::view ? node.base : id;
}

// Per instruction.
std::vector<std::int32_t> levels(const Tape& tape, Levels kind) {
  std::vector<std::int32_t> of_node(tape.nodes.size(), 0);
  const auto at = [&](NodeId id) -> std::int32_t& {
    return of_node[static_cast<std::size_t>(storage(tape, id))];
  };
  std::vector<std::int32_t> result(tape.instructions.size(), 0);
  const auto step = [](const Instruction& instruction) {
    return is_rearrangement(instruction) ? 0 : 1;
  };
  if (kind == Levels::from_the_start) {
    for (std::size_t i = 0; i < result.size(); ++i) {
      const Instruction& instruction = tape.instructions[i];
      for (const NodeId input : instruction.inputs) result[i] = std::max(result[i], at(input));
      result[i] += step(instruction);
      at(instruction.output) = result[i];
    }
  } else {
    for (std::size_t i = result.size(); i-- > 0;) {
      const Instruction& instruction = tape.instructions[i];
      result[i] = at(instruction.output) - step(instruction);
      for (const NodeId input : instruction.inputs) at(input) = std::min(at(input), result[i]);
    }
  }
  return result;
}

bool describe(const Tape& tape, const Instruction& instruction, std::int32_t level,
              std::vector<std::uint64_t>& numbers) {
  const Operation& operation = *instruction.operation;
  numbers.assign({typeid(operation).hash_code(), static_cast<std::uint64_t>(level),
                  (std::uint64_t{instruction.span.begin} << 32U) + instruction.span.end,
                  instruction.span.source});
  if (operation.is_random() || !operation.fingerprint(numbers)) return false;
  for (const NodeId id : instruction.inputs) {
    const Node& node = node_at(tape, id);
    numbers.push_back(static_cast<std::uint64_t>(node.size) * 2 + (node.is_fixed() ? 1 : 0));
  }
  return node_at(tape, instruction.output).size <= max_run_size &&
         instruction.inputs.size() <= max_inputs;
}

std::vector<Runs> find_runs(const Tape& tape, Levels kind) {
  const std::vector<std::int32_t> level_of = levels(tape, kind);
  std::vector<Runs> all;
  HashIndex known(tape.instructions.size());
  std::vector<std::uint64_t> description;
  for (std::size_t i = 0; i < tape.instructions.size(); ++i) {
    const Instruction& instruction = tape.instructions[i];
    if (is_rearrangement(instruction)) continue;
    const std::int32_t level = level_of[i];
    if (!describe(tape, instruction, level, description)) continue;
    const auto next = static_cast<std::int32_t>(all.size());
    const auto found = static_cast<std::size_t>(
        known.find_or_add(hash_of(description), next, [&](std::int32_t other) {
          return all[static_cast<std::size_t>(other)].description == description;
        }));
    if (found == all.size()) all.push_back({level, description, {}});
    all[found].members.push_back(static_cast<std::int32_t>(i));
  }
  std::erase_if(all, [](const Runs& runs) { return runs.members.size() < min_runs; });
  std::ranges::stable_sort(all, {}, &Runs::level);
  return all;
}

class Rerolling {
 public:
  explicit Rerolling(Tape tape) : tape_(std::move(tape)), map_(tape_) { count_uses(); }

  Tape run(Levels levels) {
    for (const Runs& runs : find_runs(tape_, levels)) merge(runs);
    // What was a view of a result that has become a view itself.
    for (Node& node : tape_.nodes) {
      if (node.kind != Node::Kind::view) continue;
      const Node& base = node_at(tape_, node.base);
      if (base.kind != Node::Kind::view) continue;
      node.offset += base.offset;
      node.base = base.base;
    }
    std::erase_if(tape_.terms,
                  [](const LogTerm& term) { return term.node == no_node && term.value == 0; });
    return drop_unused(std::move(tape_));
  }

 private:
  static constexpr std::int32_t no_term = -1;

  void count_uses() {
    uses_.assign(tape_.nodes.size(), 0);
    term_of_.assign(tape_.nodes.size(), no_term);
    const auto use = [this](NodeId id) {
      ++uses_[static_cast<std::size_t>(id)];
      const Node& node = node_at(tape_, id);
      if (node.kind == Node::Kind::view) ++uses_[static_cast<std::size_t>(node.base)];
    };
    for (const Instruction& instruction : tape_.instructions)
      std::ranges::for_each(instruction.inputs, use);
    for (const Guard& guard : tape_.guards) use(guard.condition);
    std::ranges::for_each(tape_.reported, use);
    for (std::size_t t = 0; t < tape_.terms.size(); ++t) {
      if (tape_.terms[t].node == no_node) continue;
      use(tape_.terms[t].node);
      term_of_[static_cast<std::size_t>(tape_.terms[t].node)] = static_cast<std::int32_t>(t);
    }
  }

  const Instruction& member(const Runs& runs, std::size_t j) const {
    return tape_.instructions[static_cast<std::size_t>(runs.members[j])];
  }

  // The elements of input k of all runs; and whether all runs have the same.
  bool collect(const Runs& runs, std::size_t k, std::vector<Element>& elements) const {
    elements.clear();
    bool shared = true;
    std::size_t size = 0;
    for (std::size_t j = 0; j < runs.members.size(); ++j) {
      map_.append(member(runs, j).inputs[k], elements);
      if (j == 0) size = elements.size();
      shared = shared && std::equal(elements.end() - static_cast<std::ptrdiff_t>(size),
                                    elements.end(), elements.begin());
    }
    return shared;
  }

  // Whether the result of each run is a term of its own, of one statement, and used nowhere else.
  bool are_terms(const Runs& runs) const {
    const LogTerm* first = nullptr;
    for (std::size_t j = 0; j < runs.members.size(); ++j) {
      const auto output = static_cast<std::size_t>(member(runs, j).output);
      if (uses_[output] != 1 || term_of_[output] == no_term) return false;
      const LogTerm& term = tape_.terms[static_cast<std::size_t>(term_of_[output])];
      if (first == nullptr) first = &term;
      if (term.kind != first->kind || term.over_rows != first->over_rows ||
          !(term.statement == first->statement))
        return false;
    }
    return true;
  }

  void merge(const Runs& runs) {
    const auto count = static_cast<Index>(runs.members.size());
    const Instruction first = member(runs, 0);
    std::vector<std::vector<Element>> inputs(first.inputs.size());
    std::array<bool, max_inputs> shared{};
    bool all_shared = true;
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      shared[k] = collect(runs, k, inputs[k]);
      all_shared = all_shared && shared[k];
    }
    if (all_shared) return;
    const std::span<const bool> which(shared.data(), inputs.size());
    const bool terms = are_terms(runs);
    std::shared_ptr<const Operation> operation =
        terms ? first.operation->repeated_sum(count, which) : nullptr;
    const bool is_sum = operation != nullptr;
    if (!is_sum) operation = first.operation->repeated(count, which);
    if (!operation) return;

    std::vector<NodeId> nodes;
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      nodes.push_back(shared[k] ? first.inputs[k]
                                : gather_elements(tape_, inputs[k], vector_shape(inputs[k].size()),
                                                  first.span));
    }
    const Index size = node_at(tape_, first.output).size;
    const NodeId merged = add_instruction(
        tape_, std::move(operation), std::move(nodes),
        is_sum ? lang::Shape{} : vector_shape(static_cast<std::size_t>(count * size)), first.span);
    map_.add_node(tape_);
    if (terms) {
      const NodeId total =
          is_sum ? merged : add_instruction(tape_, make_sum(), {merged}, {}, first.span);
      map_.add_node(tape_);
      replace_terms(runs, total);
      return;
    }
    for (std::size_t j = 0; j < runs.members.size(); ++j) {
      const NodeId output = member(runs, j).output;
      Node& node = tape_.nodes[static_cast<std::size_t>(output)];
      node.kind = Node::Kind::view;
      node.base = merged;
      node.offset = static_cast<Index>(j) * size;
      map_.redirect(output, merged, node.offset);
    }
  }

  void replace_terms(const Runs& runs, NodeId total) {
    for (std::size_t j = 0; j < runs.members.size(); ++j) {
      const auto output = static_cast<std::size_t>(member(runs, j).output);
      LogTerm& term = tape_.terms[static_cast<std::size_t>(term_of_[output])];
      term.node = j == 0 ? total : no_node;
      term.value = 0;
    }
  }

  static lang::Shape vector_shape(std::size_t count) {
    return {lang::Size::unknown(static_cast<std::int64_t>(count))};
  }

  Tape tape_;
  ElementMap map_;
  std::vector<std::int32_t> uses_;     // of nodes
  std::vector<std::int32_t> term_of_;  // the last term with this node
};

}  // namespace

Tape reroll_loops(Tape tape) {
  tape = Rerolling(std::move(tape)).run(Levels::from_the_start);
  return Rerolling(std::move(tape)).run(Levels::from_the_end);
}

}  // namespace vippl::runtime::passes
