#pragma once
#include <span>
#include <vector>

#include "runtime/nominal_cost.h"
#include "runtime/scratch.h"
#include "runtime/tape.h"

namespace vippl::runtime {

/// A function of the script as a tape of its own: from its inputs, which lie one behind the other
/// in one vector, to one result. One operation evaluates it many times.
class SubTape {
 public:
  /// Every instruction of `tape` is needed for `result`. The first `variable_count` inputs differ
  /// from evaluation to evaluation, the rest are parameters.
  SubTape(Tape tape, NodeId result, Index variable_count);

  Index variable_count() const { return variable_count_; }
  Index parameter_count() const { return tape_.dimension - variable_count_; }
  Index result_size() const;
  /// Of one gradient; see nominal_cost.h.
  double nominal_seconds() const { return runtime::nominal_seconds(tape_); }
  /// Doubles that the adjoints of one evaluation take for this many lanes.
  Index adjoint_size(Index lanes) const { return value_count_ * lanes; }

  class Evaluation;

 private:
  Tape tape_;
  NodeId result_;
  Index variable_count_;
  Index value_count_;                 // inputs and results, of one lane
  std::vector<Index> value_offsets_;  // per node; constants have none
  std::vector<bool> active_;          // per node: has a derivative by some input
  std::size_t operand_count_ = 0;
};

/// The buffers of one evaluation at `lanes` points, in scratch memory. Element i of lane b stands
/// at [i * lanes + b]. A view: it lives no longer than the memory.
class SubTape::Evaluation {
 public:
  Evaluation() = default;
  /// `adjoints` has adjoint_size(lanes) doubles; evaluations may share them.
  Evaluation(const SubTape& tape, Index lanes, Scratch& scratch, double* adjoints);

  double* input(Index i) { return values_ + i * lanes_; }
  const double* result() const { return result_; }
  void forward(bool gradient);

  /// After forward(true): the adjoints of the variables for these of the result. Those of the
  /// parameters are added to.
  void backward(const double* result_adjoint);
  const double* adjoint(Index i) const { return adjoints_ + i * lanes_; }

 private:
  struct Step {
    const Operation* operation;
    const Operand* operands;
    std::size_t operand_count;
    double* out;
    double* out_adjoint;  // null: no derivative
    double* scratch;
  };
  std::span<const Operand> operands(const Step& step) const {
    return {step.operands, step.operand_count};
  }

  const SubTape* tape_ = nullptr;
  Index lanes_ = 0;
  double* values_ = nullptr;
  double* adjoints_ = nullptr;
  const double* result_ = nullptr;
  double* result_adjoint_ = nullptr;  // null for a result that is constant
  std::span<const Step> steps_;
};

/// Where the recording of a function began.
struct FunctionMark {
  std::size_t instruction = 0;
};

/// A function that was recorded in the middle of a tape, taken out of it.
struct RecordedFunction {
  Tape tape;  ///< its inputs are the parameters of the call, then what it captured
  NodeId result = no_node;
  std::vector<NodeId>
      captured;  ///< nodes of the outer tape (latents, and data cut to the minibatch) that it reads
};

/// Takes out of `tape` the instructions since `mark` that depend on `parameters` (input nodes made
/// for the purpose) and puts those that `result` needs on a tape of their own. The others stay:
/// what depends on latents only is computed once, not at every evaluation.
RecordedFunction take_function(Tape& tape, const FunctionMark& mark,
                               std::span<const NodeId> parameters, NodeId result);

}  // namespace vippl::runtime
