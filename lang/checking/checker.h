#pragma once
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "lang/check.h"
#include "lang/checking/report.h"
#include "lang/checking/scope.h"
#include "lang/checking/type.h"
#include "lang/dynamics.h"
#include "lang/wrapper.h"

namespace vippl::lang::checking {

/// A written type, read: its values have this element, shape and support.
struct Declared {
  bool known = true;
  Element element = Element::real;
  Shape shape = {};
  Support support = {};
  bool has_floor = false;  ///< a lower bound is written, even if its value is not known
  std::optional<Size> levels = std::nullopt;
  std::vector<std::string> labels = {};

  /// False only if values below zero are known to be of this type.
  bool may_exclude_negative() const;
};

/// What becomes of a name in a written shape that is not yet defined.
enum class NewSizes {
  bind,    ///< `data`: bound to the extent found
  rename,  ///< `let`, parameters: another name for the extent of the value
  refuse   ///< everywhere else
};

/// A distribution applied to arguments.
struct Applied {
  const Signature* signature = nullptr;  ///< null: an earlier error, or not evaluated
  Type value = {};                       ///< of what it draws, as far as its arguments say
  bool latent_arguments = false;
  bool negative = false;                     ///< it is known to draw values below zero
  bool scalar_arguments = true;              ///< so that they say nothing of the size of an event
  std::vector<ArgumentType> arguments = {};  ///< one per parameter of the signature
  /// Those that are written, in the same order; null where one is left out. May be shorter.
  std::vector<const ast::Expression*> written = {};
};

/// Reads a script as if it ran, with types, symbolic shapes and what is known of values in place of
/// values. Its parts are in files by subject: statements, loops, latents, types, expressions,
/// subscripts, calls, functions, distributions.
class Checker {
 public:
  Checker(const SignatureTable& table, const DataFacts& data) : table_(table), data_(data) {}

  void check_script(const ast::Script& script);
  Report& report() { return report_; }

 private:
  // ---- messages (messages.cpp) ----
  void complain(std::string code, Span span, std::string message, std::string hint = "",
                std::vector<Note> notes = {});
  void warn(std::string code, Span span, std::string message, std::string hint = "");
  void refuse_construct(Span span, const std::string& what, std::string hint);
  std::vector<Note> origins(const Shape& a, const Shape& b = {});
  std::string similar(const std::string& name, const std::vector<std::string>& candidates) const;

  // ---- names (names.cpp) ----
  void collect_definitions(const ast::Block& block);
  const Definition* look_up(const std::string& name, Span span);
  void report_unknown(const std::string& name, Span span);
  bool may_define(const std::string& name, Span span);
  void define(const std::string& name, Kind kind, Type type, Span span);
  std::optional<FunctionValue> find_function(const std::string& name);

  // ---- models (models.cpp) ----
  void define_model(const ast::Model& model);
  const ast::Call* model_call(const std::optional<ast::Expression>& distribution) const;
  void sample_model(const ast::Target& target, const ast::Call& call, Span span);
  Type read_model(const ast::Model& model, std::size_t order,
                  const std::vector<std::optional<Type>>& arguments, std::optional<Span> call_span,
                  const ast::Target* target);
  void refuse_model(const std::string& name, Span span);
  Type evaluate_member(const ast::Member& member, Span span);

  // ---- missing values (missing.cpp) ----
  void check_missing_type(const ast::Type& type);
  bool refuse_unobserved(const Definition& definition, const std::string& name, Span span);
  Type evaluate_is_missing(const ast::Call& call, Span span);
  bool impute(const ast::Observe& observe, const std::string& name, const Applied& applied);
  void check_observed();

  // ---- statements (statements.cpp, branches.cpp, data.cpp) ----
  void check_block(const ast::Block& block);
  void check_inner_block(const ast::Block& block);
  void check_statement(const ast::Statement& statement);
  void check_place(const ast::Statement& statement);
  void check_data(const ast::Data& data);
  void check_let(const ast::Let& let);
  void check_var(const ast::Var& var);
  void check_assign(const ast::Assign& assign, Span span);
  void store(Definition& variable, const ast::Assign& assign, const Type& slot, const Type& stored);
  void check_derive(const ast::Derive& derive);
  void check_factor(const ast::Factor& factor);
  void check_return(const ast::Return& value);
  void check_if(const ast::If& statement);
  void check_for(const ast::For& loop);
  void check_while(const ast::While& loop);
  void check_loop_body(const ast::Block& body);
  void check_source(const ast::Data& data, const Type& declared);
  void check_columns(const ast::Call& call, const Type& declared);
  void check_field(const ast::Call& call, const Type& declared);
  void check_by(const ast::Argument& argument, const Type& declared);
  void check_column_name(const std::string& name, Span span);
  Type with_declared(const ast::Type& type, Type value, Span span, const std::string& name);

  // ---- latents (latents.cpp, elements.cpp, observe.cpp, restriction.cpp) ----
  void check_drawn(Kind kind, const ast::Target& target, const std::optional<ast::Type>& type,
                   const std::optional<ast::Expression>& distribution);
  void define_whole(Kind kind, const ast::Target& target, const std::optional<ast::Type>& type,
                    const std::optional<ast::Expression>& distribution);
  Definition* defined_here(const ast::Target& target);
  void declare_to_fill(Kind kind, const ast::Target& target, const Declared& declared);
  void define_element(Kind kind, const ast::Target& target, const std::optional<ast::Type>& type,
                      const ast::Expression& distribution);
  std::optional<Shape> self_declared(const ast::Target& target) const;
  Type drawn_type(Kind kind, const ast::Target& target, const Applied& applied,
                  const std::optional<Declared>& declared, Span distribution);
  void check_restriction(const ast::Target& target, const Applied& applied,
                         const Declared& declared, Span type_span);
  void warn_about_prior(const ast::Target& target, const Applied& applied,
                        const ast::Expression& distribution, bool one_of_many);
  void check_filled();
  void check_observe(const ast::Observe& observe);
  void warn_about_passing(const ast::Observe& observe, const Applied& applied);
  void refuse_generated(const Type& type, Span span);
  void refuse_censored(const Applied& applied, const std::string& name, Span span);

  // ---- types (types.cpp) ----
  Declared read_type(const ast::Type& type, NewSizes rule, const Type* value = nullptr,
                     const std::string& origin = "");
  void read_condition(const ast::Type& type, NewSizes rule, const std::string& origin,
                      Declared& declared);
  void read_category(const ast::Type& type, const std::string& origin, Declared& declared);
  std::optional<Size> read_size(const ast::Expression& size, NewSizes rule, const Size* extent,
                                const std::string& origin);
  std::optional<double> read_bound(const ast::Expression& bound, NewSizes rule,
                                   const std::string& origin, bool whole);

  // ---- expressions (expressions.cpp, operators.cpp, arrays.cpp, subscripts.cpp) ----
  Type evaluate(const ast::Expression& expression);
  Type evaluate_node(const ast::Expression& expression);
  Type evaluate_name(const ast::Name& name, Span span);
  Type evaluate_unary(const ast::Unary& unary, Span span);
  Type evaluate_binary(const ast::Binary& binary, Span span);
  Type apply(const ast::Binary& binary, const Type& left, const Type& right, Span span);
  Type arithmetic(ast::BinaryOperator op, const Type& left, const Type& right, Span span);
  Type comparison(const ast::Binary& binary, const Type& left, const Type& right, Span span);
  Type range(const Type& first, const Type& last, Span span);
  Type product(const Type& left, const Type& right, Span span);
  bool is_number(const Type& type, Span span, const std::string& use);
  std::optional<Shape> spread(const Type& left, const Type& right, Span span,
                              const std::string& use);
  Type evaluate_choice(const ast::Choice& choice, Span span);
  Type evaluate_array(const ast::ArrayLiteral& array);
  Type evaluate_comprehension(const ast::Comprehension& comprehension);
  Type condition(const ast::Expression& expression, const std::string& use);
  Type loop_range(const ast::Expression& range);
  // One place of a subscript, read; a range keeps its ends.
  struct Index {
    std::optional<Type> type = std::nullopt;  // none for a bare `:`
    std::optional<Type> first = std::nullopt;
    std::optional<Type> last = std::nullopt;
  };
  Index read_index(const ast::Place& place);
  Type subscripted(const Type& base, const std::vector<ast::Place>& places);
  void check_index(const Index& read, const Size& extent, Span span, std::size_t dimension);

  // ---- calls (calls.cpp, functions.cpp, dynamics.cpp, distributions.cpp) ----
  Type evaluate_call(const ast::Call& call, Span span);
  Type call_builtin(const Signature& signature, const ast::Call& call, Span span);
  Type call_with_distribution(DistributionFunction function, const ast::Call& call, Span span);
  void refuse_callee(const ast::Call& call);
  Type evaluate_argument(const ast::Expression& expression);
  void check_domain(const Signature& signature, const Parameter& parameter, const Type& argument,
                    Span span);
  void define_function(const ast::Function& function);
  Type call_script(const FunctionValue& callee, const ast::Call& call, Span span);
  /// The type of every argument of a call, by parameter; nothing if the call does not fit.
  std::optional<std::vector<std::optional<Type>>> read_arguments(
      const ast::Identifier& name, const std::vector<ast::Parameter>& parameters,
      const ast::Call& call, Span span, Type& tainted);
  void check_parameters(const std::vector<ast::Parameter>& parameters);
  void define_parameters(const std::vector<ast::Parameter>& parameters,
                         const std::vector<std::optional<Type>>& arguments);
  bool is_open(const ast::Block& body) const;
  Type read_body(const ast::Function& function, std::size_t order,
                 const std::vector<std::optional<Type>>& arguments, std::optional<Span> call_span);
  Type call_dynamics(Dynamics dynamics, const ast::Call& call, Span span);
  Type solve(const DynamicsCall& call);
  Type scan(const DynamicsCall& call);
  std::optional<FunctionValue> function_of(const DynamicsCall& call);
  bool takes_two(const FunctionValue& function, const DynamicsCall& call,
                 std::string_view arguments);
  Type call_with_types(const FunctionValue& function, const DynamicsCall& call,
                       std::vector<Type> types);
  bool is_state(const Type& type, const DynamicsCall& call, std::string_view what, Span span);
  bool keeps_shape(const Type& state, const Type& result, const DynamicsCall& call,
                   std::string_view what);
  Type ode_setting(const DynamicsCall& call, std::size_t parameter,
                   const ast::Expression& expression);
  Applied apply_distribution(const ast::Expression& expression);
  void refuse_distribution(const ast::Call& call, Span span);
  Applied apply_wrapper(Wrapper wrapper, const ast::Call& call, Span span);
  bool wraps_well(const WrapperCall& call, const std::vector<Applied>& parts, Span span);
  std::optional<Type> own_argument(const ast::Expression* expression, Applied& applied);
  bool fits_weights(const WrapperCall& call, const Type& weights);
  void take_components(const Type& weights, const WrapperCall& call, Applied& part);
  void check_bounds(const Signature& signature, const std::vector<Type>& types, Span span);
  void warn_about_negative(const Signature& signature, const Parameter& parameter,
                           const ast::Expression& argument);
  void warn_about_arguments(const Signature& signature, const Binding& binding,
                            const std::vector<Type>& types);

  struct Loop {
    std::string variable;
    std::optional<Size> upto;  // N of `for v in 1..N`
  };
  // Where the statement that is being read stands.
  struct Place {
    std::vector<Loop> loops;
    int blocks = 0;           // `if`, `for` and `while` around it
    int latent_branches = 0;  // those whose condition is latent
    bool in_function = false;
    bool in_model = false;
    bool in_derived = false;  // below a `derive` or `generate`: no density is computed there
  };
  // A function or model whose body is being read.
  struct Activation {
    const ast::Block* body = nullptr;
    std::optional<Type> returned = std::nullopt;
  };

  const SignatureTable& table_;
  const DataFacts& data_;
  std::vector<std::unique_ptr<const WrappedSignature>> wrapped_;  // those that `Applied` refer to
  Report report_;
  Scopes scopes_;
  Place place_;
  std::vector<Activation> activations_;
  std::unordered_map<std::string, Span>
      later_;  // every definition of the script, for "defined below"
  struct ScriptFunction {
    const ast::Function* function = nullptr;
    std::size_t order = 0;
    Span span = {};
  };
  std::unordered_map<std::string, ScriptFunction> functions_;
  struct ScriptModel {
    const ast::Model* model = nullptr;
    std::size_t order = 0;
  };
  std::unordered_map<std::string, ScriptModel> models_;
  std::unordered_map<std::string, Span> observed_;  // data observed as a whole
  std::unordered_map<std::string, Span> wide_;      // latents with a flat or wide uniform prior
  bool settling_ = false;  // a loop's body is being read until the types of its variables settle
  std::size_t widenings_ = 0;       // how often an assignment changed the type of a `var`
  std::size_t depth_ = 0;           // of nested nodes
  std::size_t steps_in_call_ = 0;   // nodes read in functions, for one call outside of them
  std::size_t steps_in_calls_ = 0;  // and for all of them
};

}  // namespace vippl::lang::checking
