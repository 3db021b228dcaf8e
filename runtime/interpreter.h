#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "lang/dynamics.h"
#include "runtime/application.h"
#include "runtime/element_array.h"
#include "runtime/elementwise_operation.h"
#include "runtime/frozen.h"
#include "runtime/log_density.h"
#include "runtime/program.h"
#include "runtime/recorder.h"
#include "runtime/subscript.h"
#include "runtime/subtape.h"
#include "runtime/transform.h"

namespace vippl::runtime {

/// One latent, or a part of it that one statement samples, whose coordinates are wanted.
struct LatentBlock {
  std::string_view name;
  TransformShape shape;                       ///< of this block
  BoundValues bounds;                         ///< at the current point
  lang::Shape value_shape;                    ///< of one draw of the application, constrained
  std::span<const std::int32_t> positions;    ///< of its entries in the whole latent, row-major
  lang::Shape whole;                          ///< shape of the whole latent
  std::span<const std::int32_t> coordinates;  ///< in z
  const Application* application = nullptr;   ///< null for a latent without `~`
  lang::Span span;
  /// Of missing values: where they stand in one draw of the application. Else empty: the block is
  /// the draw.
  std::span<const std::int32_t> drawn = {};
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
  lang::Diagnostics warnings;
  std::vector<FrozenStatistic> frozen;
  std::vector<std::string> scaled_latents;  ///< Model::scaled_latents()
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
    std::size_t turn_level = 0;  // of turn_levels_ where it got its value
  };
  struct Local {
    const std::string* name;
    Variable variable;
  };
  /// Whether a name defined here belongs to the script, not to a block or a function.
  bool at_top_level() const { return call_depth_ == 0 && block_depth_ == 0; }
  /// The name under which a latent of the statement is known to the script.
  std::string full_name(const std::string& name) const { return prefix_ + name; }
  Variable* find(const std::string& name);
  Value read(const std::string& name, lang::Span span);
  void define(const std::string& name, Variable variable);
  void define_global(const std::string& name, Variable variable) {
    globals_[name] = std::move(variable);
  }
  Value whole(Variable& variable, const std::string& name, lang::Span span);

  enum class Flow { next, returned };

  // ---- loops whose turns are recorded together (interpreter_turns.cpp) ----
  /// The turns that the statement at hand is walked for, all at once. A loop or a condition that
  /// goes another way in each turn opens a level of its own.
  struct TurnLevel {
    Index count = 0;
    std::vector<std::int32_t> around;  // per turn: that of the level around it that it belongs to
  };
  bool is_together() const { return !turn_levels_.empty(); }
  bool execute_together(const lang::ast::For& node, const Value& numbers);
  void execute_turns(const lang::ast::For& node, TurnLevel level, const Value& numbers);
  Flow execute_inner_loop(const lang::ast::For& node);
  Flow execute_by_turn(const lang::ast::If& node, const Value& condition);
  Value choose_by_turn(const lang::ast::Choice& node, const Value& condition, lang::Span span);
  Value select_by_turn(const lang::ast::Subscript& node, std::vector<PlaceValue> at,
                       lang::Span span);
  TurnLevel turns_where(const Value& condition, bool chosen) const;
  Value in_turns_of(const TurnLevel& level, const lang::ast::Expression& expression);
  Value at_this_level(const Variable& variable, Value value, lang::Span span);
  /// What all turns together add to the log joint.
  Value sum_of_turns(const Value& value, lang::Span span);

  // ---- statements (interpreter_statements.cpp) ----
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
  void check_inside(const lang::ast::Type& type, const Value& value, lang::Span span);

  // ---- data (interpreter_data.cpp, interpreter_columns.cpp) ----
  /// Where an element of a `data` value stands, as "wine.csv, line 18".
  using PlaceOf = std::function<std::string(Index)>;
  void execute(const lang::ast::Data& node);
  Value bind(const lang::ast::Data& node);
  Value from_setting(const lang::ast::Data& node, double setting);
  Value from_default(const lang::ast::Data& node);
  Value from_field(const lang::ast::Data& node, const Field& field);
  Value from_columns(const lang::ast::Data& node, const lang::ast::Call& call);
  std::vector<const Field*> columns_of(const lang::ast::Call& call, lang::Span span);
  Field ordered_by(const lang::ast::Data& node, const lang::ast::Argument& by, const Field& field);
  Value category(const lang::ast::Data& node, const Field& field);
  const Field& field_named(const std::string& name, lang::Span span);
  void check_same_levels(const lang::ast::Data& node, const Labels& known,
                         const Labels& levels) const;
  void warn_about_sources(const std::string& name, lang::Span span);
  /// "wine.csv, line 18" if `value` is that of a `data` statement, whole and from one field.
  std::string place_in_data(const Value& value, Index element) const;
  void check_settings() const;

  // ---- sizes of data (interpreter_sizes.cpp) ----
  void bind_sizes(const lang::ast::Data& node, Value& value, const std::string& file);
  void bind_size(const std::string& name, std::int64_t extent, lang::Span span);
  void size_from_condition(const lang::ast::Type& type);
  struct GivenSize {
    std::int64_t value = 0;
    std::string_view giver;
  };
  std::optional<GivenSize> given_size(const std::string& name) const;

  // ---- checks of data (interpreter_data_checks.cpp) ----
  void check_missing(const std::string& name, const Field& field, lang::Span span) const;
  [[noreturn]] void fail_text(const std::string& name, const std::string& type, const Field& field,
                              lang::Span span, std::string hint) const;
  void check_numbers(const lang::ast::Data& node, Value& value, const PlaceOf& place) const;
  void check_finite(const std::string& name, const Value& value, const PlaceOf& place,
                    lang::Span span) const;
  void check_conditions(const lang::ast::Data& node, const Value& value, const PlaceOf& place);
  void check_bound(const std::string& name, const Value& value, const Value& bound, bool is_lower,
                   const PlaceOf& place, lang::Span span) const;
  void check_constrained(const lang::ast::Data& node, const Value& value, const PlaceOf& place);

  // ---- models (interpreter_models.cpp) ----
  const lang::ast::Model* model_of(const lang::ast::Sample& node) const;
  void sample_model(const lang::ast::Sample& node, const lang::ast::Model& model, lang::Span span);

  // ---- missing values (interpreter_missing.cpp) ----
  /// Data of a type with `?`, and where values are missing.
  struct Missing {
    const lang::ast::Data* data = nullptr;
    Value value;  // NaN where missing
    std::vector<std::int32_t> positions;
  };
  void note_missing(const lang::ast::Data& node, const Value& value);
  /// Whether a value is data that may be missing, as bound.
  bool may_be_missing(const Value& value) const;
  Value is_missing(const lang::ast::Call& node, lang::Span span) const;
  /// The missing values that this statement gives a prior; null if there are none.
  const Missing* missing_in(const lang::ast::Expression& observed) const;
  Value impute(const Missing& missing, const Application& application, lang::Span span);

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
  /// A part of what one distribution draws, as its missing values are.
  struct PartOfDraw {
    lang::Shape shape;  // of the whole draw
    std::span<const std::int32_t> positions;
  };
  /// Records the entries at `positions`. Their density is added here, except that of a part.
  Value sample_block(Latent& latent, std::string_view name, const LatentType& type,
                     std::span<const std::int32_t> positions, const Application* application,
                     lang::Span statement, const PartOfDraw* part = nullptr);
  void finish_latents();

  // ---- distributions (interpreter_distributions.cpp) ----
  Application apply(const lang::ast::Expression& expression);
  lang::Shape value_shape(const Application& application);
  /// The log density of `value`: one number if summed, else one per event. Arguments broadcast to
  /// the value.
  Value log_density(const Application& application, const Value& value, bool summed,
                    lang::Span span);
  void check_events(const Application& application, const lang::Shape& value);
  Value draw(const Application& application, lang::Shape shape, lang::Span span);
  void check_fixed(const Application& application, const Value* value, lang::Span value_span);
  Value broadcast_to(const Value& value, const lang::Shape& shape, lang::Span span);

  // ---- wrapped distributions, functions of distributions (interpreter_wrappers.cpp) ----
  struct Bounds {
    Value lower;
    Value upper;
  };
  struct Interval {
    Value cdf_lower;
    Value cdf_upper;
    Value ccdf_lower;
    Value ccdf_upper;
  };
  Application apply_wrapper(lang::Wrapper wrapper, const lang::ast::Call& call, lang::Span span);
  Application component(const Application& all, Index k, Index count);
  Application wrap(lang::Wrapper wrapper, Application own, std::vector<Application> parts,
                   bool has_lower, bool has_upper);
  Value component(const Value& argument, std::size_t event_rank, Index k, Index count,
                  lang::Span span);
  Value wrapped_density(const Application& application, const Value& value, bool summed,
                        lang::Span span);
  Value mix(const Value& weights, std::span<const Value> densities, lang::Shape rows, bool summed,
            lang::Span span);
  void check_order(const Value& lower, const Value& upper, lang::Span span) const;
  Bounds bounds_of(const Application& application) const;
  Interval interval(const Application& application, const Value& lower, const Value& upper,
                    lang::Span span);
  /// log P(X <= y) if `lower`, else log P(X > y), one number per element of y and the arguments.
  Value tail(const Application& application, const Value& y, bool lower, lang::Span span);
  Value of_distribution(lang::DistributionFunction function, const lang::ast::Call& node,
                        lang::Span span);
  /// `kernel` on values that broadcast to `rows`: one number per row, or their sum.
  Value elementwise(std::string_view name, ScalarKernel kernel,
                    std::span<const Value* const> inputs, const lang::Shape& rows, bool summed,
                    lang::Span span, DensityForm form = DensityForm::other);
  std::shared_ptr<const Operation> make_elementwise(std::string_view name, ScalarKernel kernel,
                                                    std::vector<ElementwiseInput> inputs,
                                                    Index size, bool summed, DensityForm form);
  lang::Shape cut_if(bool latent, const lang::Shape& shape) const;
  lang::Shape joined(const lang::Shape& shape, std::span<const Value* const> values,
                     lang::Span span);

  // ---- functions that take a function (interpreter_dynamics.cpp) ----
  Value evaluate(lang::Dynamics dynamics, const lang::ast::Call& node, lang::Span span);
  Value solve(const lang::DynamicsCall& call, lang::Span span);
  Value scan(const lang::DynamicsCall& call, lang::Span span);
  Value initial_state(const lang::DynamicsCall& call);
  double ode_setting(const lang::ast::Expression& expression, std::string_view name);
  std::vector<double> ode_times(const lang::DynamicsCall& call, double start, lang::Size& count);
  SubTape record_rhs(const lang::DynamicsCall& call, const Value& initial, double start,
                     std::vector<Value>& captured);
  Value call_with(const lang::DynamicsCall& call, const Value& first, const Value& second);
  void check_next_state(const Value& next, const lang::Shape& state, const lang::DynamicsCall& call,
                        std::string_view what) const;

  // ---- what to say or keep beside the tape (interpreter_remarks.cpp) ----
  /// Of an operation on a fixed matrix.
  void warn_of_jitter(const Operation& operation, const Value& matrix, lang::Span span);
  /// Keeps what a function of fixed values makes of all rows of a plate.
  void freeze(const Function& function, const Operation& operation,
              std::span<const Value* const> inputs, const Value& result, lang::Span span);
  void note_plates();
  /// Of a loop whose turns begin with these nodes.
  void warn_of_length(std::size_t first_instruction, std::span<const NodeId> starts,
                      lang::Span span);

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
  /// The shape of one element of a comprehension over nothing.
  lang::Shape element_shape(const lang::ast::Comprehension& node);
  Value stack(std::vector<Value> values, lang::Shape leading, lang::Span span);
  Value call(const lang::ast::Function& function, const lang::ast::Call& node, lang::Span span);
  /// Goes into the body of a function or model: evaluates the arguments and binds the parameters.
  void enter(const lang::ast::Identifier& name, const std::vector<lang::ast::Parameter>& parameters,
             const lang::ast::Call& node, lang::Span span, std::string prefix);
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
  std::unordered_map<std::string, const lang::ast::Model*> models_;
  std::string prefix_;  // of latents in the model that is being expanded: "by_state."
  std::map<std::string, Missing> missing_;
  std::map<std::string, Latent> latents_;
  std::vector<std::pair<std::string, std::size_t>>
      unfinished_;  // `generate` arrays and their place in reported
  struct Loop {
    const std::string* variable;
    std::optional<lang::Size> size;  // of a range 1..N
  };
  std::vector<Loop> loops_;
  std::vector<TurnLevel> turn_levels_;
  std::set<const lang::ast::For*> one_by_one_;  // loops whose turns cannot be recorded together
  std::map<std::string, Labels> labels_;        // of sizes
  std::map<std::string, lang::Span> bound_at_;  // sizes, and ints of the data that may become some
  std::vector<std::string> size_order_;
  std::set<std::string> plates_;  // sizes that are the first dimension of some data
  std::optional<Value> returned_;
  std::size_t call_depth_ = 0;
  std::size_t block_depth_ = 0;
  /// Puts everything that depends on where we are back as it was, also when an error passes by.
  class Restore {
   public:
    explicit Restore(Interpreter& interpreter)
        : interpreter_(interpreter),
          locals_(interpreter.locals_.size()),
          frame_base_(interpreter.frame_base_),
          prefix_(interpreter.prefix_),
          loops_(interpreter.loops_.size()),
          turn_levels_(interpreter.turn_levels_.size()),
          call_depth_(interpreter.call_depth_),
          block_depth_(interpreter.block_depth_),
          latent_branches_(interpreter.latent_branches_) {}
    Restore(const Restore&) = delete;
    Restore& operator=(const Restore&) = delete;
    ~Restore() {
      interpreter_.locals_.resize(locals_);
      interpreter_.frame_base_ = frame_base_;
      interpreter_.prefix_ = std::move(prefix_);
      interpreter_.loops_.erase(interpreter_.loops_.begin() + static_cast<std::ptrdiff_t>(loops_),
                                interpreter_.loops_.end());
      interpreter_.turn_levels_.resize(turn_levels_);
      interpreter_.call_depth_ = call_depth_;
      interpreter_.block_depth_ = block_depth_;
      interpreter_.latent_branches_ = latent_branches_;
    }

   private:
    Interpreter& interpreter_;
    std::size_t locals_;
    std::size_t frame_base_;
    std::string prefix_;
    std::size_t loops_;
    std::size_t turn_levels_;
    std::size_t call_depth_;
    std::size_t block_depth_;
    std::size_t latent_branches_;
  };
  std::size_t latent_branches_ = 0;  // how many conditions on latents enclose the statement
  std::uint32_t generate_count_ = 0;
  /// Kernels on single numbers by which of the inputs are fixed (a bit each) and whether the result
  /// is a sum: a loop records the same one again and again.
  std::map<std::tuple<ScalarKernel, std::uint32_t, bool>, std::shared_ptr<const Operation>>
      scalar_kernels_;
};

}  // namespace vippl::runtime
