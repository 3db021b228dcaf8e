#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/element_array.h"
#include "runtime/log_density.h"
#include "runtime/program.h"
#include "runtime/recorder.h"
#include "runtime/subscript.h"
#include "runtime/transform.h"

namespace vippl::runtime {

/// A distribution applied to arguments, as it stands after `~`.
struct Application {
  const Distribution* distribution = nullptr;
  std::vector<Value> parameters;
  std::vector<lang::Span> spans;  ///< one per parameter
  lang::Span span;
};

/// One latent, or a part of it that one statement samples, whose coordinates are wanted.
struct LatentBlock {
  std::string_view name;
  TransformShape shape;                       ///< of this block
  BoundValues bounds;                         ///< at the current point
  lang::Shape value_shape;                    ///< of this block, constrained
  std::span<const std::int32_t> positions;    ///< of its entries in the whole latent, row-major
  lang::Shape whole;                          ///< shape of the whole latent
  std::span<const std::int32_t> coordinates;  ///< in z
  const Application* application = nullptr;   ///< null for a latent without `~`
  lang::Span span;
};

/// Where the values of latents come from while a program is walked.
class PointSource {
 public:
  virtual ~PointSource() = default;
  /// Fills z, one number per coordinate of the block. May throw lang::ModelError.
  virtual void fill(const LatentBlock& block, std::span<double> z) = 0;
};

/// A value that is reported for every draw.
struct Reported {
  Quantity quantity;
  Value value;            ///< fixed, or with its node
  NodeId node = no_node;  ///< what to read after a replay
};

/// What one walk over a program leaves.
struct Recording {
  Tape tape;
  std::vector<double> point;  ///< z that was walked
  std::vector<Site> sites;
  std::vector<Reported> reported;
  std::vector<BoundSize> sizes;
};

/// Walks a checked program once, at one point: computes what is fixed, records the rest. Throws
/// lang::ModelError.
class Interpreter {
 public:
  Interpreter(Program& program, PointSource& source,
              std::optional<Recorder::Plate> plate = std::nullopt);
  Recording run();

 private:
  // ---- names ----
  struct Variable {
    Value value;
    std::shared_ptr<ElementArray> array = nullptr;  // while it is filled element by element
    const lang::ast::Function* function = nullptr;  // a function passed as an argument
    std::string built_in = {};                      // the same, of the library
    std::shared_ptr<const lang::Diagnostic> unusable =
        nullptr;  // why it could not be computed in a minibatch
    bool is_var = false;
  };
  struct Local {
    const std::string* name;
    Variable variable;
  };
  Variable* find(const std::string& name);
  Value read(const std::string& name, lang::Span span);
  void define(const std::string& name, Variable variable);
  void define_global(const std::string& name, Variable variable) {
    globals_[name] = std::move(variable);
  }
  Value whole(Variable& variable, const std::string& name, lang::Span span);

  // ---- statements (interpreter_statements.cpp) ----
  enum class Flow { next, returned };
  Flow execute(const lang::ast::Block& block);  // in a scope of its own
  Flow execute(const lang::ast::Statement& statement);
  Flow execute(const lang::ast::If& node, lang::Span span);
  Flow execute(const lang::ast::For& node, lang::Span span);
  Flow execute(const lang::ast::While& node, lang::Span span);
  void execute(const lang::ast::Let& node);
  void execute(const lang::ast::Var& node, lang::Span span);
  void execute(const lang::ast::Assign& node, lang::Span span);
  void execute(const lang::ast::Observe& node, lang::Span span);
  void execute(const lang::ast::Factor& node, lang::Span span);
  void execute(const lang::ast::Derive& node, lang::Span span);
  void execute(const lang::ast::Generate& node, lang::Span span);
  bool decide(const Value& condition, lang::Span span);
  std::size_t report(const std::string& name, Quantity::Kind kind, const Value& value);
  void describe(Reported& reported, const lang::Shape& shape) const;
  void check_type(const lang::ast::Type& type, Value& value, lang::Span span);

  // ---- data (interpreter_data.cpp) ----
  void execute(const lang::ast::Data& node, lang::Span span);
  Value bind(const lang::ast::Data& node, lang::Span span);
  Value from_field(const lang::ast::Data& node, const Field& field);
  Value from_columns(const lang::ast::Data& node, const lang::ast::Call& call);
  Value category(const lang::ast::Data& node, const Field& field);
  const Field& field_named(const std::string& name, lang::Span span);
  void bind_sizes(const lang::ast::Data& node, Value& value, const Field* field);
  void bind_size(const std::string& name, std::int64_t extent, lang::Span span);
  void check_conditions(const lang::ast::Data& node, const Value& value, const Field* field);
  void size_from_condition(const lang::ast::Type& type);

  // ---- latents (interpreter_latents.cpp) ----
  struct LatentType {
    lang::Support::Kind kind = lang::Support::Kind::number;
    std::optional<Value> lower;
    std::optional<Value> upper;
    lang::Shape shape;  // of the whole
  };
  struct Latent {
    LatentType type;
    std::shared_ptr<ElementArray> array;  // null for one sampled as a whole
    std::size_t site = 0;
    std::size_t reported = 0;
    lang::Span span;
    bool is_identity = true;  // so far: no block has a bound or a transform
  };
  void execute(const lang::ast::Sample& node, lang::Span span);
  void sample_whole(const lang::ast::Sample& node, lang::Span span);
  void sample_elements(const lang::ast::Sample& node, lang::Span span);
  Latent& declare(const std::string& name, LatentType type, bool by_elements, lang::Span span);
  LatentType latent_type(const lang::ast::Type& type);
  lang::Shape loop_shape(const lang::ast::Target& target);
  void restrict_to(LatentType& type, const Application& application, lang::Span span);
  Value sample_block(Latent& latent, std::string_view name, const LatentType& type,
                     std::span<const std::int32_t> positions, const Application* application,
                     lang::Span statement);
  void finish_latents();

  // ---- distributions (interpreter_distributions.cpp) ----
  Application apply(const lang::ast::Expression& expression);
  lang::Shape value_shape(const Application& application);
  /// The log density of `value`: one number if summed, else one per event. Arguments broadcast to
  /// the value.
  Value log_density(const Application& application, const Value& value, bool summed,
                    lang::Span span);
  Value draw(const Application& application, lang::Shape shape, lang::Span span);
  void check_fixed(const Application& application, const Value* value, lang::Span value_span);
  Value broadcast_to(const Value& value, const lang::Shape& shape, lang::Span span);

  // ---- expressions (interpreter_expressions.cpp, interpreter_calls.cpp) ----
  Value evaluate(const lang::ast::Expression& expression);
  Value evaluate(const lang::ast::Unary& node, lang::Span span);
  Value evaluate(const lang::ast::Binary& node, lang::Span span);
  Value evaluate(const lang::ast::Choice& node, lang::Span span);
  Value evaluate(const lang::ast::ArrayLiteral& node, lang::Span span);
  Value evaluate(const lang::ast::Comprehension& node, lang::Span span);
  Value evaluate(const lang::ast::Subscript& node, lang::Span span);
  Value evaluate(const lang::ast::Call& node, lang::Span span);
  /// An operator other than `..` on two values.
  Value arithmetic(lang::ast::BinaryOperator op, const Value& a, const Value& b, lang::Span span);
  Value range(const lang::ast::Binary& node, lang::Span span);
  Value compare_label(const lang::ast::Binary& node, const Value& category, const Value& text);
  Value stack(std::vector<Value> values, lang::Shape leading, lang::Span span);
  Value call(const lang::ast::Function& function, const lang::ast::Call& node, lang::Span span);
  Value call(const Function& function, const lang::ast::Call& node, lang::Span span);
  Value fixed_scalar(const lang::ast::Expression& expression, std::string_view role);
  lang::Size size_of(const lang::ast::Expression& expression);
  Value select(const Value& base, const Selection& selection, lang::Span span);
  std::vector<PlaceValue> places(const std::vector<lang::ast::Place>& places);
  void refuse_mixing_rows(std::string_view what, lang::Span span) const;

  [[noreturn]] void fail(std::string code, lang::Span span, std::string message,
                         std::string hint = "") const;
  lang::Sources& sources() const { return program_.sources; }

  Program& program_;
  PointSource& source_;
  Recorder recorder_;
  Recording result_;

  std::unordered_map<std::string, Variable> globals_;
  std::vector<Local> locals_;
  std::size_t frame_base_ = 0;  // locals below belong to callers
  std::unordered_map<std::string, const lang::ast::Function*> functions_;
  std::map<std::string, Latent> latents_;
  std::vector<std::pair<std::string, std::size_t>>
      unfinished_;  // `generate` arrays and their place in reported
  struct Loop {
    const std::string* variable;
    std::optional<lang::Size> size;  // of a range 1..N
    bool over_rows = false;
  };
  std::vector<Loop> loops_;
  std::map<std::string, Labels> labels_;  // of sizes
  std::vector<std::string> size_order_;
  std::optional<Value> returned_;
  std::size_t call_depth_ = 0;
  std::size_t latent_branches_ = 0;  // how many conditions on latents enclose the statement
  std::uint32_t generate_count_ = 0;
  lang::Span statement_;  // being executed
};

}  // namespace vippl::runtime
