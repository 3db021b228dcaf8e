#pragma once
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "runtime/tape.h"

namespace vippl::runtime {

/// Builds a tape while the interpreter walks the program. An operation on fixed values is computed
/// on the spot and leaves no trace; one with a latent input is also recorded, and its value at the
/// current point is known at once.
class Recorder {
 public:
  /// Minibatches of `batch` rows of `plate`: fixed arrays that meet a latent are cut to the batch
  /// along that dimension.
  struct Plate {
    std::string name;
    Index rows = 0;
    Index batch = 0;
  };

  explicit Recorder(std::optional<Plate> plate = std::nullopt) : plate_(std::move(plate)) {
    constant_scalars_.fill(no_node);
  }

  /// The result of `operation` on `inputs`; its elements have the given shape and type.
  Value apply(std::shared_ptr<const Operation> operation, std::span<const Value* const> inputs,
              lang::Shape shape, lang::Element element, lang::Span span);

  /// The sum over all turns of a scalar that differs between them.
  Value sum_of_turns(const Value& value, lang::Span span);

  /// A place on the tape to go back to: what is recorded after it can be taken off again.
  struct Mark {
    std::size_t nodes = 0;
    std::size_t instructions = 0;
    std::size_t terms = 0;
    std::size_t guards = 0;
  };
  Mark mark() const;
  void go_back(const Mark& mark);
  /// How often something was taken off: a node kept from before may be another one now.
  std::size_t times_back() const { return times_back_; }

  /// The input node of coordinates [offset, offset + z.size()) of z, whose values here are `z`.
  Value input(Index offset, std::span<const double> z, lang::Shape shape);

  /// A parameter of a function that is being recorded (take_function), with values to record it at.
  Value parameter(const Value& value);

  /// Notes that the program went on because `condition`, a latent scalar, was (not) true here.
  void guard(const Value& condition, lang::Span span);

  /// Adds a scalar to the log joint. `over_rows`: the statement is over the minibatched plate.
  void term(const Value& value, LogTerm::Kind kind, bool over_rows, lang::Span statement);

  /// The node of a value that is to be read after each replay (a reported quantity).
  NodeId node_of(const Value& value);

  /// Whether the value depends on a draw of `generate`.
  bool is_random(const Value& value) const;
  /// Whether the value depends on a parameter of a function that is being recorded.
  bool is_inner(const Value& value) const;

  /// A latent node with its elements at the current point.
  Value value_of(NodeId node) const;

  Tape& tape() { return tape_; }
  const std::optional<Plate>& plate() const { return plate_; }
  /// Position of the minibatched plate among the dimensions; nothing if it is not there.
  std::optional<std::size_t> plate_axis(const lang::Shape& shape) const;
  /// The shape after cutting to the batch.
  lang::Shape cut(lang::Shape shape) const;

 private:
  void check_rows(const lang::Shape& shape, bool is_cut, lang::Span span) const;
  NodeId constant(const Value& value);
  NodeId rows(const Value& value, std::size_t axis);
  const Elements& cut_elements(const Value& value, std::size_t axis);
  Value apply_to_turns(std::shared_ptr<const Operation> operation,
                       std::span<const Value* const> inputs, lang::Shape shape,
                       lang::Element element, lang::Span span);

  NodeId add(Node node, const Value& current);

  std::optional<Plate> plate_;
  Tape tape_;
  struct Current {  // what a node holds at the current point
    double scalar = 0;
    std::shared_ptr<const Elements> elements;
  };
  std::vector<Current> current_;  // one per node
  std::unordered_map<const Elements*, NodeId> constant_arrays_;
  std::unordered_map<const Elements*, NodeId> row_arrays_;
  // The last constant of each hash: long loops over data meet millions.
  std::array<NodeId, 4096> constant_scalars_;
  std::unordered_map<const Elements*, std::shared_ptr<const Elements>> cut_arrays_;
  std::vector<double> scratch_;
  std::vector<Operand> operands_;
  std::size_t times_back_ = 0;
  struct OfOneTurn {  // what the last instruction for all turns does in each
    std::shared_ptr<const Operation> operation;
    std::vector<Value> inputs;
    NodeId output = no_node;
    lang::Span span;
  };
  OfOneTurn last_of_turns_;
};

}  // namespace vippl::runtime
