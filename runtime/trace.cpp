#include "runtime/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/elementwise_operation.h"
#include "runtime/statement_text.h"

namespace vippl::runtime {

namespace {

// Without the sign that some processors give a NaN.
std::string shown_number(double x) { return std::isnan(x) ? "NaN" : fmt::format("{:.6g}", x); }

// The first element that is not finite, or -1.
Index bad_element(const double* values, Index count) {
  for (Index i = 0; i < count; ++i) {
    if (!std::isfinite(values[i])) return i;
  }
  return -1;
}

}  // namespace

std::vector<Term> statement_terms(const Tape& tape, const Replay& replay,
                                  const lang::Sources& sources) {
  std::vector<Term> terms;
  std::vector<lang::Span> spans;
  for (const LogTerm& term : tape.terms) {
    const double value = term.node == no_node ? term.value : replay.values(term.node)[0];
    const auto found = std::find(spans.begin(), spans.end(), term.statement);
    if (found != spans.end()) {
      terms[static_cast<std::size_t>(found - spans.begin())].value += value;
      continue;
    }
    spans.push_back(term.statement);
    terms.push_back({one_line(term.statement, sources), place(term.statement, sources), value});
  }
  return terms;
}

std::string first_non_finite(const Tape& tape, const Schedule& schedule, const Replay& replay,
                             const lang::Sources& sources) {
  for (const Index i : schedule.density) {
    const Instruction& instruction = tape.instructions[static_cast<std::size_t>(i)];
    const Node& output = tape.nodes[static_cast<std::size_t>(instruction.output)];
    const Index bad = bad_element(replay.values(instruction.output), output.size);
    if (bad < 0) continue;
    std::string inputs;
    bool inputs_finite = true;
    for (const NodeId id : instruction.inputs) {
      const Node& node = tape.nodes[static_cast<std::size_t>(id)];
      inputs_finite = inputs_finite && bad_element(replay.values(id), node.size) < 0;
      const Index at = node.size == output.size ? bad : 0;
      if (node.size > 0 && (node.size == output.size || node.size == 1)) {
        inputs +=
            fmt::format("{}{}", inputs.empty() ? "" : ", ", shown_number(replay.values(id)[at]));
      }
    }
    if (const auto* sum = dynamic_cast<const SummedElementwise*>(instruction.operation.get())) {
      std::vector<const double*> values;
      for (const NodeId id : instruction.inputs) values.push_back(replay.values(id));
      if (const auto culprit = sum->first_non_finite(values)) {
        std::string arguments;
        for (const double x : culprit->arguments)
          arguments += fmt::format("{}{}", arguments.empty() ? "" : ", ", shown_number(x));
        return fmt::format(
            "{}: `{}`: {} gives {}{} from {}", place(instruction.span, sources),
            one_line(instruction.span, sources), sum->name(), shown_number(culprit->value),
            sum->terms() == 1 ? "" : fmt::format(" in row {}", culprit->term + 1), arguments);
      }
    }
    const double value = replay.values(instruction.output)[bad];
    // A fixed infinity (a bound that is not there) among the inputs is legal; go on to where it
    // does harm.
    if (!inputs_finite && !std::isnan(value)) continue;
    const std::string element = output.shape.empty() ? "" : fmt::format(" in element {}", bad + 1);
    const std::string from = inputs.empty() ? "" : fmt::format(" from {}", inputs);
    return fmt::format("{}: `{}`: {} gives {}{}{}", place(instruction.span, sources),
                       one_line(instruction.span, sources), instruction.operation->name(),
                       shown_number(value), element, from);
  }
  const std::span<const double> gradient = replay.gradient();
  const Index bad = bad_element(gradient.data(), static_cast<Index>(gradient.size()));
  if (bad < 0) return "";
  return fmt::format("the log density is finite, but its derivative by coordinate {} is {}",
                     bad + 1, shown_number(gradient[static_cast<std::size_t>(bad)]));
}

}  // namespace vippl::runtime
