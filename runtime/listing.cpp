#include <fmt/format.h>

#include <iterator>

#include "runtime/tape.h"

namespace vippl::runtime {

namespace {

std::string operand_text(const Tape& tape, NodeId id) {
  const Node& node = tape.nodes[static_cast<std::size_t>(id)];
  switch (node.kind) {
    case Node::Kind::input:
      return node.size == 1 ? fmt::format("z[{}]", node.offset + 1)
                            : fmt::format("z[{}..{}]", node.offset + 1, node.offset + node.size);
    case Node::Kind::constant:
      return node.shape.empty() ? fmt::format("{}", node.scalar)
                                : fmt::format("data{}", lang::text(node.shape));
    case Node::Kind::rows:
      return fmt::format("rows{}", lang::text(node.shape));
    case Node::Kind::view: {
      const Index instruction = tape.nodes[static_cast<std::size_t>(node.base)].offset;
      return node.size == 1 ? fmt::format("%{}[{}]", instruction + 1, node.offset + 1)
                            : fmt::format("%{}[{}..{}]", instruction + 1, node.offset + 1,
                                          node.offset + node.size);
    }
    case Node::Kind::result:
      break;
  }
  return fmt::format("%{}", node.offset + 1);
}

std::string place(const lang::Span& span, const lang::Sources& sources) {
  if (span.source >= sources.size() || span.end == 0) return "";
  const lang::SourceText& text = sources[span.source];
  return fmt::format("{}:{}", text.name(), text.position(span.begin).line);
}

}  // namespace

std::string listing(const Tape& tape, const lang::Sources& sources) {
  std::string out =
      fmt::format("# {} coordinates, {} instructions, {} terms, {} guards\n", tape.dimension,
                  tape.instructions.size(), tape.terms.size(), tape.guards.size());
  auto to = std::back_inserter(out);
  for (std::size_t i = 0; i < tape.instructions.size(); ++i) {
    const Instruction& instruction = tape.instructions[i];
    std::string text = fmt::format("%{:<5}= {}", i + 1, instruction.operation->name());
    for (std::size_t k = 0; k < instruction.inputs.size(); ++k) {
      text += (k == 0 ? " " : ", ") + operand_text(tape, instruction.inputs[k]);
    }
    const Node& output = tape.nodes[static_cast<std::size_t>(instruction.output)];
    fmt::format_to(to, "{:<60} {:<12} # {}\n", text, lang::text(output.shape),
                   place(instruction.span, sources));
  }
  for (const LogTerm& term : tape.terms) {
    const std::string value =
        term.node == no_node ? fmt::format("{}", term.value) : operand_text(tape, term.node);
    fmt::format_to(to, "add    {}{}{:<40} # {}\n", value, term.over_rows ? " * rows / batch" : "",
                   term.kind == LogTerm::Kind::jacobian ? " (log Jacobian)" : "",
                   place(term.statement, sources));
  }
  for (const Guard& guard : tape.guards) {
    fmt::format_to(to, "guard  {} is {} # {}\n", operand_text(tape, guard.condition), guard.taken,
                   place(guard.span, sources));
  }
  return out;
}

}  // namespace vippl::runtime
