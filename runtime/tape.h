#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lang/source.h"
#include "runtime/operation.h"
#include "runtime/value.h"

namespace vippl::runtime {

/// Where the elements of a node come from.
struct Node {
  enum class Kind : std::uint8_t {
    input,     ///< coordinates [offset, offset + size) of z
    constant,  ///< `elements` or `scalar`
    rows,      ///< a constant cut to the rows of the minibatch
    result,    ///< of an instruction
    view       ///< elements [offset, offset + size) of the result `base`
  };
  Kind kind = Kind::result;
  bool is_random = false;  ///< depends on a draw of `generate`
  bool is_inner = false;   ///< while a function is recorded: depends on its parameters
  NodeId base = no_node;   ///< view: a result
  lang::Shape shape;
  Index size = 0;
  Index offset = 0;  ///< input: first coordinate; result: number of its instruction; view: element
  double scalar = 0;
  std::shared_ptr<const Elements>
      elements;  ///< constant, rows: the full array, `outer` x rows x `inner`
  Index outer = 1;
  Index inner = 1;

  bool is_fixed() const { return kind == Kind::constant || kind == Kind::rows; }
};

struct Instruction {
  std::shared_ptr<const Operation> operation;
  std::vector<NodeId> inputs;
  NodeId output = no_node;
  lang::Span span;
};

/// One number that is added to the log joint.
struct LogTerm {
  enum class Kind { density, jacobian };
  NodeId node = no_node;  ///< none: the term is fixed and has `value`
  double value = 0;
  Kind kind = Kind::density;
  bool over_rows = false;  ///< scaled by rows / batch in a minibatch
  lang::Span statement;
  Index site = -1;  ///< whose prior this is; none: -1
};

/// The recorded path took this branch; at a point where the condition differs, another path must be
/// recorded.
struct Guard {
  NodeId condition = no_node;
  bool taken = false;
  lang::Span span;
};

/// A program over whole arrays: what the script does with its latents once all that is fixed has
/// been computed, along one path through its branches. Instructions are in an order in which they
/// can run.
struct Tape {
  std::vector<Node> nodes;
  std::vector<Instruction> instructions;
  std::vector<LogTerm> terms;
  std::vector<Guard> guards;
  std::vector<NodeId> reported;  ///< nodes that are read after a replay
  Index dimension = 0;           ///< number of coordinates of z
};

/// One instruction a line: number, operation, inputs, shape, and the source line it comes from.
std::string listing(const Tape& tape, const lang::Sources& sources);

}  // namespace vippl::runtime
