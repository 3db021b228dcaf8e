#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lang/ast.h"
#include "lang/diagnostic.h"
#include "lang/shape.h"

// What the language knows of a callable without running it: names, parameters, supports and shapes.
// The checker and the interpreter read the same table, so they cannot disagree.

namespace vippl::lang {

enum class Element { boolean, integer, real, category, text };
std::string_view text(Element element);

/// One end of a support.
struct Bound {
  enum class Kind {
    none,
    constant,       ///< `value`
    parameter,      ///< the value of the distribution's parameter number `value`
    parameter_size  ///< the extent of the last dimension of parameter number `value`
  };
  Kind kind = Kind::none;
  double value = 0;
  bool open = false;  ///< the bound itself is excluded
};

/// The legal values of an argument, of a type, or of what a distribution draws.
struct Support {
  enum class Kind {
    number,
    whole_number,
    simplex,
    ordered,
    positive_ordered,
    unit_vector,
    sum_to_zero,
    correlation,
    covariance,
    correlation_cholesky,
    covariance_cholesky
  };
  Kind kind = Kind::number;
  Bound lower;
  Bound upper;

  static const Support real, positive, nonnegative, unit_interval, open_unit_interval, whole, count,
      binary, simplex, ordered, positive_ordered, unit_vector, sum_to_zero, correlation, covariance,
      correlation_cholesky, covariance_cholesky;

  bool is_discrete() const { return kind == Kind::whole_number; }
  bool is_scalar() const { return kind == Kind::number || kind == Kind::whole_number; }
};

/// A support with bounds given by parameters, as that of uniform(lower, upper).
constexpr Support between(Bound lower, Bound upper, Support::Kind kind = Support::Kind::number) {
  return {kind, lower, upper};
}

inline constexpr Support Support::real{};
inline constexpr Support Support::positive{Kind::number, {Bound::Kind::constant, 0, true}, {}};
inline constexpr Support Support::nonnegative{Kind::number, {Bound::Kind::constant, 0, false}, {}};
inline constexpr Support Support::unit_interval{
    Kind::number, {Bound::Kind::constant, 0, false}, {Bound::Kind::constant, 1, false}};
inline constexpr Support Support::open_unit_interval{
    Kind::number, {Bound::Kind::constant, 0, true}, {Bound::Kind::constant, 1, true}};
inline constexpr Support Support::whole{Kind::whole_number, {}, {}};
inline constexpr Support Support::count{Kind::whole_number, {Bound::Kind::constant, 0, false}, {}};
inline constexpr Support Support::binary{
    Kind::whole_number, {Bound::Kind::constant, 0, false}, {Bound::Kind::constant, 1, false}};
inline constexpr Support Support::simplex{Kind::simplex, {}, {}};
inline constexpr Support Support::ordered{Kind::ordered, {}, {}};
inline constexpr Support Support::positive_ordered{Kind::positive_ordered, {}, {}};
inline constexpr Support Support::unit_vector{Kind::unit_vector, {}, {}};
inline constexpr Support Support::sum_to_zero{Kind::sum_to_zero, {}, {}};
inline constexpr Support Support::correlation{Kind::correlation, {}, {}};
inline constexpr Support Support::covariance{Kind::covariance, {}, {}};
inline constexpr Support Support::correlation_cholesky{Kind::correlation_cholesky, {}, {}};
inline constexpr Support Support::covariance_cholesky{Kind::covariance_cholesky, {}, {}};

/// "real", "positive", "int >= 0", "simplex", ...: as in hints and help.
std::string text(const Support& support);
/// Whether a number lies in a support with constant bounds; kinds other than numbers are not judged
/// (true).
bool contains(const Support& support, double value);

/// One parameter of a function or distribution.
struct Parameter {
  std::string_view name = {};
  Support support = {};
  /// Dimensions the argument must have. Distributions: those of one event ("", "k", "k, k"), before
  /// which copies may stand. Functions: "..." takes part in elementwise broadcasting; "" a scalar;
  /// "n" or "n, k" names sizes that must agree throughout the call; "..., k" and "..., n, k" the
  /// same after leading dimensions of any number; "*" anything.
  std::string_view shape = "...";
  std::optional<double> start =
      std::nullopt;       ///< the default; without one the argument is required
  bool optional = false;  ///< may be left out and has no default (as `axis`)
  /// A setting (an axis, a size, a degree): must be fixed, is read when the call is recorded, and
  /// is no input of the operation.
  bool setting = false;
};

/// What is known of one argument when a call is checked.
struct ArgumentType {
  bool given = false;
  Element element = Element::real;
  Shape shape = {};
  bool fixed = true;
  std::optional<double> value = std::nullopt;  ///< of a fixed scalar, where known
  std::optional<Size> size = std::nullopt;     ///< of a fixed int scalar: the formula it stands for
};

struct ResultType {
  Element element = Element::real;
  Shape shape = {};
  /// Of an int that is an extent of an argument, as rows(x): fixed even where the argument is not.
  std::optional<Size> size = std::nullopt;
};

/// Why a call does not fit: which parameter (or none), and what was expected and found.
struct Mismatch {
  std::optional<std::size_t>
      parameter;  ///< as an index into the arguments that were given to `infer`
  std::string message;
};

using TypeRule = std::variant<ResultType, Mismatch> (*)(std::span<const ArgumentType> arguments);

/// How the element type of a function's result follows.
enum class ResultElement {
  real,
  integer,
  boolean,
  as_arguments  ///< the widest of the arguments' (sum, max, abs: an int of ints)
};

struct Signature {
  enum class Callable { function, distribution };
  std::string_view name = {};
  Callable callable = Callable::function;
  std::span<const Parameter> parameters = {};
  std::string_view summary = {};  ///< one line
  std::string_view source = {};   ///< of a formula: book or paper; may be empty
  // Of a function:
  std::string_view result = "...";  ///< shape of the result, in the words of Parameter::shape
  ResultElement result_element = ResultElement::real;
  TypeRule rule =
      nullptr;  ///< replaces `result` and `result_element` where the shape follows in no such way
  bool variadic =
      false;  ///< the first parameter takes any number of arguments by position (concat, zeros)
  bool fixed_only = false;  ///< has no derivative and refuses latent arguments (sort, unique)
  // Of a distribution:
  Support support = {};         ///< of the value
  std::string_view event = {};  ///< dimensions of one event: "", "k", "k, k", "n, k"
  bool improper = false;        ///< has no sampler and no normalising constant (flat)
  bool has_cdf = false;         ///< its distribution function and quantiles are known

  /// "normal(location: real, scale: positive)"
  std::string text() const;
};

/// The names a script can call; implemented over the standard library's registry.
class SignatureTable {
 public:
  virtual ~SignatureTable() = default;
  virtual const Signature* find_function(std::string_view name) const = 0;
  virtual const Signature* find_distribution(std::string_view name) const = 0;
  virtual std::vector<std::string_view> function_names() const = 0;
  virtual std::vector<std::string_view> distribution_names() const = 0;
};

/// Which argument goes to which parameter. With `variadic`, the arguments of the first parameter
/// are in `rest`.
struct Binding {
  std::vector<const ast::Argument*> arguments;  ///< one per parameter; null where left out
  std::vector<const ast::Argument*>
      rest;  ///< variadic: every positional argument, the first included
};

/// Binds arguments by position, then by name. The diagnostic says what is missing, unknown (with
/// the nearest name), given twice or too many, and its hint shows the signature.
std::variant<Binding, Diagnostic> bind(const Signature& signature, const ast::Call& call,
                                       Span call_span);

/// Checks a function call's shapes and gives the result's type. `arguments` has one entry per
/// parameter (a variadic function: the positional arguments first, then the remaining parameters).
std::variant<ResultType, Mismatch> infer(const Signature& signature,
                                         std::span<const ArgumentType> arguments);

/// Checks the shapes of a distribution's arguments. The result is the shape that the arguments give
/// the value (leading copies, then the event), as far as they say: an event size that no argument
/// has is unknown.
std::variant<ResultType, Mismatch> infer_value(const Signature& signature,
                                               std::span<const ArgumentType> arguments);

/// Checks the shape that `infer_value` gave against the declared type's or the left side's: the
/// last dimensions are the event and must agree, the ones before must broadcast to the value's,
/// never the other way. Nothing if they fit.
std::optional<std::string> fit_value(const Signature& distribution, const Shape& given,
                                     const Shape& value);

/// Number of dimensions that a distribution's parameter of this pattern ("", "k", "k, k") has in
/// one event.
std::size_t dimensions(std::string_view pattern);

/// Number of dimensions of one event: 0, 1 or 2.
std::size_t event_rank(const Signature& distribution);

}  // namespace vippl::lang
