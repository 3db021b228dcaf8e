#include <algorithm>
#include <map>
#include <unordered_map>

#include "runtime/log_sum_exp.h"
#include "runtime/map_operation.h"
#include "runtime/operators.h"
#include "runtime/passes/density_uses.h"
#include "runtime/passes/passes.h"
#include "runtime/passes/tidy.h"
#include "runtime/passes/unroll_small.h"
#include "runtime/scalar_program.h"

namespace vippl::runtime::passes {

namespace {

using simd::ScalarCode;

// Fewer are not worth an instruction of another kind.
constexpr std::size_t least_codes = 4;

bool is_two(const Node& node) {
  return node.kind == Node::Kind::constant && node.size == 1 &&
         (node.elements ? (*node.elements)[0] : node.scalar) == 2;
}

// Whether a scalar program knows this instruction; writes all but the inputs.
bool compile(const Tape& tape, const Instruction& instruction, ScalarCode& code) {
  if (node_at(tape, instruction.output).size != 1) return false;
  for (const NodeId input : instruction.inputs) {
    if (node_at(tape, input).size != 1) return false;
  }
  if (const auto* map = dynamic_cast<const MapOperation*>(instruction.operation.get())) {
    code.map = map->value_kernel();
    code.derivative = map->derivative_kernel();
    switch (map->form()) {
      case MapForm::exp:
        code.kind = ScalarCode::Kind::exp;
        break;
      case MapForm::log:
        code.kind = ScalarCode::Kind::log;
        break;
      case MapForm::sqrt:
        code.kind = ScalarCode::Kind::sqrt;
        break;
      case MapForm::other:
        code.kind = ScalarCode::Kind::map;
        break;
    }
    return code.derivative != nullptr;
  }
  if (is_log_add_exp(*instruction.operation)) {
    code.kind = ScalarCode::Kind::log_add_exp;
    return true;
  }
  const auto* binary = dynamic_cast<const BinaryOperation*>(instruction.operation.get());
  if (binary == nullptr) return false;
  switch (binary->op()) {
    case lang::ast::BinaryOperator::add:
      code.kind = ScalarCode::Kind::add;
      return true;
    case lang::ast::BinaryOperator::subtract:
      code.kind = ScalarCode::Kind::subtract;
      return true;
    case lang::ast::BinaryOperator::multiply:
      code.kind = ScalarCode::Kind::multiply;
      return true;
    case lang::ast::BinaryOperator::divide:
      code.kind = ScalarCode::Kind::divide;
      return true;
    case lang::ast::BinaryOperator::power:
      code.kind = ScalarCode::Kind::square;
      return is_two(node_at(tape, instruction.inputs[1]));
    default:
      return false;
  }
}

NodeId base_of(const Tape& tape, NodeId id) {
  const Node& node = node_at(tape, id);
  return node.kind == Node::Kind::view ? node.base : id;
}

struct Member {
  std::size_t instruction;
  ScalarCode code;
};

// Per level the instructions that one program can hold. The level of an instruction is the largest
// of its inputs', and one more where the chain to it enters or leaves what programs know: so no
// program needs what depends on itself.
std::map<int, std::vector<Member>> levels_of(const Tape& tape, const std::vector<int>& uses) {
  std::map<int, std::vector<Member>> levels;
  std::vector<int> level(tape.nodes.size(), 0);
  std::vector<bool> is_member(tape.nodes.size(), false);
  std::vector<bool> has_views(tape.nodes.size(), false);  // and must stay a result
  for (const Node& node : tape.nodes) {
    if (node.kind == Node::Kind::view) has_views[static_cast<std::size_t>(node.base)] = true;
  }
  for (std::size_t i = 0; i < tape.instructions.size(); ++i) {
    const Instruction& instruction = tape.instructions[i];
    const auto output = static_cast<std::size_t>(instruction.output);
    Member member{i, {}};
    is_member[output] = uses[output] > 0 && !has_views[output] &&
                        !node_at(tape, instruction.output).is_random &&
                        compile(tape, instruction, member.code);
    for (const NodeId input : instruction.inputs) {
      const auto base = static_cast<std::size_t>(base_of(tape, input));
      if (node_at(tape, base_of(tape, input)).kind != Node::Kind::result) continue;
      level[output] =
          std::max(level[output], level[base] + (is_member[base] == is_member[output] ? 0 : 1));
    }
    if (is_member[output]) levels[level[output]].push_back(member);
  }
  return levels;
}

// How often each node is needed: by instructions, for the density or not, and by the tape itself.
std::vector<int> all_uses(const Tape& tape) {
  std::vector<int> uses(tape.nodes.size(), 0);
  const auto use = [&](NodeId id) { ++uses[static_cast<std::size_t>(base_of(tape, id))]; };
  for (const Instruction& instruction : tape.instructions) {
    for (const NodeId input : instruction.inputs) use(input);
  }
  for (const LogTerm& term : tape.terms) {
    if (term.node != no_node) use(term.node);
  }
  for (const Guard& guard : tape.guards) use(guard.condition);
  for (const NodeId node : tape.reported) use(node);
  return uses;
}

// What members are to the program: numbers that only it needs come before its results, so that
// those of a recurrence lie together.
struct Numbers {
  std::size_t own = 0;
  std::vector<int> of_members;  // counted from the first that is no input
};

Numbers numbers_of(const Tape& tape, const std::vector<Member>& members,
                   const std::vector<int>& uses) {
  std::unordered_map<NodeId, int> own_uses;
  for (const Member& member : members) {
    for (const NodeId input : tape.instructions[member.instruction].inputs) ++own_uses[input];
  }
  Numbers numbers;
  numbers.of_members.resize(members.size());
  int next = 0;
  for (const bool outside : {false, true}) {
    for (std::size_t k = 0; k < members.size(); ++k) {
      const NodeId output = tape.instructions[members[k].instruction].output;
      if ((uses[static_cast<std::size_t>(output)] > own_uses[output]) == outside)
        numbers.of_members[k] = next++;
    }
    if (!outside) numbers.own = static_cast<std::size_t>(next);
  }
  return numbers;
}

// Replaces the members by one instruction and views of its result.
void compile_members(Tape& tape, std::vector<Member>& members, const std::vector<int>& uses,
                     Renaming& renaming) {
  std::unordered_map<NodeId, int> places;
  std::vector<NodeId> inputs;
  const auto place = [&](NodeId id) {
    if (places.try_emplace(id, static_cast<int>(inputs.size())).second) inputs.push_back(id);
  };
  // Inputs first, since the results are numbered behind them.
  for (const Member& member : members) places[tape.instructions[member.instruction].output] = 0;
  for (const Member& member : members) {
    for (const NodeId input : tape.instructions[member.instruction].inputs) place(input);
  }
  const Numbers numbers = numbers_of(tape, members, uses);
  std::vector<ScalarCode> codes;
  for (std::size_t k = 0; k < members.size(); ++k) {
    Member& member = members[k];
    const Instruction& instruction = tape.instructions[member.instruction];
    const bool has_two =
        instruction.inputs.size() > 1 && member.code.kind != ScalarCode::Kind::square;
    member.code.a = places.at(instruction.inputs[0]);
    member.code.b = has_two ? places.at(instruction.inputs[1]) : member.code.a;
    member.code.result = static_cast<int>(inputs.size()) + numbers.of_members[k];
    places[instruction.output] = member.code.result;
    codes.push_back(member.code);
  }
  const auto count = static_cast<Index>(codes.size() - numbers.own);
  auto operation =
      std::make_shared<const ScalarProgram>(inputs.size(), numbers.own, std::move(codes));
  const lang::Span span = tape.instructions[members.front().instruction].span;
  const NodeId program = add_instruction(tape, std::move(operation), std::move(inputs),
                                         {lang::Size::unknown(count)}, span);
  for (std::size_t k = 0; k < members.size(); ++k) {
    const NodeId old = tape.instructions[members[k].instruction].output;
    const Index result = numbers.of_members[k] - static_cast<Index>(numbers.own);
    if (result < 0) continue;
    Node view;
    view.kind = Node::Kind::view;
    view.shape = node_at(tape, old).shape;
    view.size = 1;
    view.base = program;
    view.offset = result;
    tape.nodes.push_back(std::move(view));
    while (renaming.size() < tape.nodes.size()) renaming.add_node();
    renaming.replace(old, static_cast<NodeId>(tape.nodes.size() - 1));
  }
}

}  // namespace

Tape compile_scalars(Tape tape) {
  tape = unroll_small(std::move(tape));
  Renaming renaming(tape);
  const std::vector<int> uses = all_uses(tape);
  for (auto& [level, members] : levels_of(tape, uses_in_density(tape))) {
    if (members.size() >= least_codes) compile_members(tape, members, uses, renaming);
  }
  // What brought single results together finds many in one place.
  return simplify_subscripts(tidy(std::move(tape), renaming));
}

}  // namespace vippl::runtime::passes
