#include <fmt/format.h>

#include <algorithm>

#include "runtime/interpreter.h"
#include "runtime/jitter.h"
#include "runtime/jitter_count.h"
#include "runtime/long_record.h"
#include "runtime/statement_text.h"

// What is worth saying, or keeping, of a walk over a program beside its tape.

namespace vippl::runtime {

namespace {

bool mentions(const lang::Shape& shape, const std::string& name) {
  return std::any_of(shape.begin(), shape.end(), [&](const lang::Size& size) {
    const std::vector<std::string> names = size.names();
    return std::find(names.begin(), names.end(), name) != names.end();
  });
}

bool is_number(const Node& node) { return node.kind == Node::Kind::constant; }

// Whether turns need what turns before them have made. What the first turn makes does not count:
// an array put together of its elements is kept for all turns by the one that first reads it.
bool is_chain(const Tape& tape, std::size_t first_instruction, std::span<const NodeId> starts) {
  if (starts.size() < 3) return false;
  const NodeId second = starts[1];
  std::size_t turn = 0;
  for (std::size_t i = first_instruction; i < tape.instructions.size(); ++i) {
    const Instruction& instruction = tape.instructions[i];
    while (turn + 1 < starts.size() && instruction.output >= starts[turn + 1]) ++turn;
    for (const NodeId input : instruction.inputs) {
      if (input >= second && input < starts[turn] &&
          !is_number(tape.nodes[static_cast<std::size_t>(input)])) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

void Interpreter::warn_of_jitter(const Operation& operation, const Value& matrix, lang::Span span) {
  const auto* jittering = dynamic_cast<const Jittering*>(&operation);
  if (jittering == nullptr) return;
  const double share = jittering->jitter(matrix.data());
  if (share > 0) result_.warnings.push_back(added_jitter(span, share, ""));
}

void Interpreter::freeze(const Function& function, const Operation& operation,
                         std::span<const Value* const> inputs, const Value& result,
                         lang::Span span) {
  const auto keep = [&](std::string_view name, std::vector<Index> shape,
                        std::vector<double> values) {
    result_.frozen.push_back({one_line(span, sources()), place(span, sources()),
                              std::string(function.facts.name), std::string(name), std::move(shape),
                              std::move(values)});
  };
  for (const Value* input : inputs) {
    for (const lang::Size& size : input->shape) {
      if (!size.name() || plates_.count(*size.name()) == 0) continue;
      if (const auto* kept = dynamic_cast<const UsesStatistics*>(&operation)) {
        for (Statistic& statistic : kept->statistics(input->data()))
          keep(statistic.name, std::move(statistic.shape), std::move(statistic.values));
        return;
      }
      if (mentions(result.shape, *size.name())) continue;
      keep(function.facts.name, extents(result.shape),
           {result.data(), result.data() + result.count()});
      return;
    }
  }
}

void Interpreter::note_plates() {
  for (const lang::ast::Statement& statement : program_.script.statements) {
    const auto* data = std::get_if<lang::ast::Data>(&statement.node);
    if (data == nullptr || data->type.shape.empty()) continue;
    const auto* first = std::get_if<lang::ast::Name>(&data->type.shape.front().node);
    if (first != nullptr) plates_.insert(first->name);
  }
}

void Interpreter::warn_of_length(std::size_t first_instruction, std::span<const NodeId> starts,
                                 lang::Span span) {
  const Tape& tape = recorder_.tape();
  const std::size_t count = tape.instructions.size() - first_instruction;
  if (count < many_operations) return;
  const bool chained = is_chain(tape, first_instruction, starts);
  result_.warnings.push_back(lang::warning(
      "long-record", span,
      fmt::format("the {} turns of this loop are recorded one by one, as {} operations: {}",
                  starts.size(), count,
                  chained ? "a turn needs results of the turns before it"
                          : "no turn needs another, but the statements are about one element"),
      chained ? "every step of the fit goes through all of them; where one of cumsum, "
                "gaussian_random_walk, ar or\nhmm_log_density says the same, it does so at once"
              : "write it as one statement over arrays, as `observe y ~ normal(a + b * x, s)`"));
}

}  // namespace vippl::runtime
