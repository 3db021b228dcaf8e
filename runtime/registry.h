#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lang/signature.h"
#include "runtime/operation.h"
#include "runtime/random.h"

// The types of registry entries: what the standard library hands to the interpreter. An entry is a
// Signature and its kernels; nothing else in the program knows a distribution or a function by
// name.

namespace vippl::runtime {

/// One argument of a density over vectors or matrices, for `rows` events at once. Row r starts at
/// value + r * stride; stride is 0 where all rows share it.
struct EventArgument {
  const double* value = nullptr;
  double* adjoint = nullptr;  ///< laid out as value, added to; null where no derivative is wanted
  Index stride = 0;
  std::span<const Index> extents;  ///< of one event: empty, {k}, {n, k}
  const double* row(Index r) const { return value + r * stride; }
  double* row_adjoint(Index r) const { return adjoint == nullptr ? nullptr : adjoint + r * stride; }
};

/// arguments[0] is the value, the parameters follow. Writes one log density per row. With `weights`
/// not null, also adds weights[r] times the derivative of row r's log density to each adjoint that
/// is not null. Contiguous doubles, one point. -infinity (and no derivative) outside the support;
/// never throws. `scratch` has event_scratch doubles.
struct EventCall {
  Index rows = 1;
  std::span<const EventArgument> arguments;
  double* log_densities = nullptr;
  const double* weights = nullptr;
  double* scratch = nullptr;
  /// What event_prepare made of the arguments; empty where it was not asked.
  std::span<const double> prepared = {};
  /// The call before was for the values at the same arguments, and left the scratch as it is now.
  bool values_are_known = false;
};

using EventParameters = std::span<const std::span<const double>>;

/// Which parameters are the location and the scale.
struct LocationScale {
  std::size_t location = 0;
  std::size_t scale = 0;
};

struct Distribution {
  lang::Signature facts;
  DensityForm form = DensityForm::other;

  /// Distributions of a number: arguments are the value, then the parameters; outside the support
  /// or the parameters' domains the value is -infinity with zero partials. Null for vectors and
  /// matrices.
  ScalarKernel kernel = nullptr;

  /// Distributions of a vector or matrix, or with a vector parameter (categorical). Null for plain
  /// numbers.
  void (*event_density)(const EventCall& call) = nullptr;
  /// Doubles of scratch per call, from the extents of the arguments (the value first) and the rows.
  Index (*event_scratch)(Index rows, std::span<const EventArgument> arguments) = nullptr;

  /// One draw into `out` (the size of one event), parameters as contiguous arrays in order. Null if
  /// improper.
  void (*sample)(EventParameters parameters, Rng& rng, std::span<double> out) = nullptr;

  /// What costs much and depends on data alone, computed once per model: from arguments of one
  /// event for all rows, those that are latent without a value. Empty if it cannot be had. Null
  /// where there is nothing of the kind.
  std::vector<double> (*event_prepare)(std::span<const EventArgument> arguments) = nullptr;

  /// Of vectors of numbers that are location + scale z, where z knows of neither.
  std::optional<LocationScale> event_units = std::nullopt;

  /// The mean and the variance of every entry of one event, laid out as a draw; NaN or infinity
  /// where the integral does not exist. Null where it has no closed form.
  void (*event_mean)(EventParameters parameters, std::span<double> out) = nullptr;
  void (*event_variance)(EventParameters parameters, std::span<double> out) = nullptr;

  // Of distributions of a number, each null where it has no closed form.

  /// log P(Y <= y) and log P(Y > y), with the arguments of `kernel`; y is any number, also an
  /// infinite one, and need not be whole for counts. Parameters outside of their domains give
  /// -infinity with zero partials. Either both are there or neither.
  ScalarKernel log_cdf = nullptr;
  ScalarKernel log_ccdf = nullptr;
  /// The smallest y with P(Y <= y) >= p, for p in [0, 1] and parameters in their domains.
  double (*quantile)(double p, std::span<const double> parameters) = nullptr;
  /// NaN or infinity where the integral does not exist.
  double (*mean)(std::span<const double> parameters) = nullptr;
  double (*variance)(std::span<const double> parameters) = nullptr;
};

/// One argument of a call that is being recorded: its shape is final; `data` holds the elements of
/// fixed arguments and the values of latent ones at the recorded point. Null data: the argument was
/// left out.
struct CallArgument {
  lang::Shape shape;
  std::vector<Index> extents;
  const double* data = nullptr;
  Index size = 0;
  bool fixed = true;
  std::string_view text = {};  ///< of a setting that is named by text (a method); `data` is no use
  bool given() const { return data != nullptr; }
};

struct Function {
  lang::Signature facts;
  /// The operation for a call with these arguments (one per parameter; variadic: positional ones
  /// first). Its inputs are the arguments that are given and no settings, in order, then nothing.
  /// May throw ArgumentError.
  std::shared_ptr<const Operation> (*make)(std::span<const CallArgument> arguments,
                                           const lang::Shape& result) = nullptr;
  /// Of results whose shape depends on the values of fixed arguments (which, unique): the shape.
  /// Asked where the signature leaves an extent without a value. Else null.
  lang::Shape (*measure)(std::span<const CallArgument> arguments) = nullptr;
};

/// Thrown by entries that know no spans: the interpreter puts it at the argument.
class ArgumentError : public std::exception {
 public:
  ArgumentError(std::size_t argument, std::string message)
      : argument_(argument), message_(std::move(message)) {}
  const char* what() const noexcept override { return message_.c_str(); }
  std::size_t argument() const { return argument_; }

 private:
  std::size_t argument_;
  std::string message_;
};

/// What a script can call. Implemented by the standard library (stdlib/registry.h), handed to the
/// interpreter.
class Registry : public lang::SignatureTable {
 public:
  virtual const Function* function(std::string_view name) const = 0;
  virtual const Distribution* distribution(std::string_view name) const = 0;
  virtual std::span<const Function* const> functions() const = 0;
  virtual std::span<const Distribution* const> distributions() const = 0;
};

}  // namespace vippl::runtime
