#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lang/ast.h"
#include "tests/support/reference/builtins.h"
#include "tests/support/reference/densities.h"
#include "tests/support/reference/evaluate.h"
#include "tests/support/reference/subscript.h"

namespace vippl::reference {

/// A tensor, or the name of a function that was passed as an argument.
struct FunctionName {
  std::string name;
};
using Value = std::variant<Tensor, FunctionName>;

/// Thrown where an expression needs what `generate` defines.
class NeedsDraw : public Error {
 public:
  using Error::Error;
};

/// Names of one block, and those of the blocks around it.
class Scope {
 public:
  explicit Scope(Scope* outer = nullptr) : outer_(outer) {}

  Value* find(const std::string& name);
  void define(const std::string& name, Value value) { values_[name] = std::move(value); }

 private:
  Scope* outer_;
  std::map<std::string, Value> values_;
};

/// One walk over a script; see evaluate().
class Evaluator {
 public:
  Evaluator(const runtime::DataSet& data, const std::map<std::string, Tensor>& latents);

  Result run(const lang::ast::Script& script);

 private:
  using Returned = std::optional<Tensor>;

  // Statements: what a `return` among them gives, if one is reached.
  Returned run(const lang::ast::Block& block, Scope& scope);
  Returned run(const lang::ast::Statement& statement, Scope& scope);
  Returned run(const lang::ast::If& statement, Scope& scope);
  Returned run(const lang::ast::For& statement, Scope& scope);
  Returned run(const lang::ast::While& statement, Scope& scope);
  void derive(const lang::ast::Derive& statement, Scope& scope);
  void declare(const lang::ast::Var& statement, Scope& scope);
  void assign(const lang::ast::Assign& statement, Scope& scope);
  void sample(const lang::ast::Sample& statement, lang::Span span, Scope& scope);
  void sample_model(const lang::ast::Sample& statement, const lang::ast::Model& model,
                    Scope& scope);
  void observe(const lang::ast::Observe& statement, lang::Span span, Scope& scope);
  /// A name that belongs to the script, or to the model that is being sampled.
  void define_in_script(const std::string& name, const Tensor& value);
  void add_term(lang::Span statement, const Tensor& log_densities);
  /// Binds sizes of `type` that are not yet defined to the extents of `value`, and compares the
  /// others.
  void bind_type(const std::optional<lang::ast::Type>& type, const Tensor& value, Scope& scope);

  // Expressions.
  Tensor evaluate(const lang::ast::Expression& expression, Scope& scope);
  Tensor evaluate(const lang::ast::Name& name, Scope& scope);
  Tensor evaluate(const lang::ast::Unary& unary, Scope& scope);
  Tensor evaluate(const lang::ast::Binary& binary, Scope& scope);
  Tensor evaluate(const lang::ast::Choice& choice, Scope& scope);
  Tensor evaluate(const lang::ast::ArrayLiteral& literal, Scope& scope);
  Tensor evaluate(const lang::ast::Comprehension& comprehension, Scope& scope);
  Tensor evaluate(const lang::ast::Subscript& subscript, Scope& scope);
  Tensor evaluate(const lang::ast::Call& call, Scope& scope);
  /// `ode` and `scan` (evaluate_dynamics.cpp); nothing if the call is of another function.
  std::optional<Tensor> evaluate_dynamics(const lang::ast::Call& call, Scope& scope);
  Tensor call_by_name(const std::string& name, const std::vector<Tensor>& values, Scope& scope);
  Tensor compare_level(const Tensor& category, const std::string& level, bool equal);
  Tensor collect(const lang::ast::Comprehension& comprehension, std::size_t variable, Scope& scope);
  Tensor call_function(const lang::ast::Function& function, const lang::ast::Call& call,
                       Scope& scope);
  void bind_parameters(const std::vector<lang::ast::Parameter>& parameters,
                       const lang::ast::Call& call, Scope& scope, Scope& inside);
  Value evaluate_argument(const lang::ast::Expression& expression, Scope& scope);
  std::vector<Place> evaluate_places(const std::vector<lang::ast::Place>& places, Scope& scope);

  /// A distribution with its arguments.
  struct Applied {
    std::shared_ptr<const Density> density = nullptr;
    std::vector<Tensor> arguments;
  };
  Applied apply(const lang::ast::Expression& distribution, Scope& scope);
  Applied apply_wrapper(const lang::ast::Call& call, Scope& scope);
  /// The functions of a distribution other than its log density: cdf, log_probability, ...
  Tensor of_distribution(const std::string& function, const lang::ast::Call& call, Scope& scope);

  const runtime::DataSet& data_;
  const std::map<std::string, Tensor>& latents_;
  std::map<std::string, const lang::ast::Function*> functions_;
  std::map<std::string, const lang::ast::Model*> models_;
  std::map<std::string, Tensor> optional_;  // data that may be missing, NaN where they are
  Scope globals_;
  /// A model that is being sampled: its names, and what stands before them in the script.
  struct Frame {
    Scope* scope = nullptr;
    std::string prefix = {};
    std::vector<std::string> names = {};
  };
  Frame frame_;
  Result result_;
};

}  // namespace vippl::reference
