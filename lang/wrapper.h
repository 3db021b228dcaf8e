#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lang/ast.h"
#include "lang/diagnostic.h"
#include "lang/signature.h"

// Distributions made of distributions (truncated, censored, mixture, zero_inflated, hurdle), and
// functions of distributions. The checker and the interpreter read their calls here, so they cannot
// disagree.

namespace vippl::lang {

enum class Wrapper { truncated, censored, mixture, zero_inflated, hurdle };

std::optional<Wrapper> find_wrapper(std::string_view name);
std::string_view text(Wrapper wrapper);
/// What is written, as "truncated(D, lower = a, upper = b)".
std::string_view form(Wrapper wrapper);
/// What it means, in a line.
std::string_view summary(Wrapper wrapper);

/// A call of a wrapper, taken apart.
struct WrapperCall {
  Wrapper wrapper = Wrapper::truncated;
  std::vector<const ast::Expression*> distributions;
  const ast::Expression* lower = nullptr;    ///< truncated, censored; null if left out
  const ast::Expression* upper = nullptr;    ///< the same
  const ast::Expression* weights = nullptr;  ///< mixture
  const ast::Expression* p = nullptr;        ///< zero_inflated, hurdle
};

/// The diagnostic says what is missing, unknown or given twice.
std::variant<WrapperCall, Diagnostic> read_wrapper(Wrapper wrapper, const ast::Call& call,
                                                   Span call_span);

/// Whether it is censored, or has a part that is: it gives all values beyond a bound the same
/// density, which does not integrate to 1, and is for readings, which stand at the bound.
bool is_censored(const Signature& distribution);

/// What the program knows of a wrapped distribution: a Signature like that of any other, whose
/// parameters are the wrapper's own, then those of its parts, one after the other.
class WrappedSignature {
 public:
  /// `has_lower` and `has_upper`: of truncated and censored, which bounds are given. The parts'
  /// signatures must outlive this.
  WrappedSignature(Wrapper wrapper, bool has_lower, bool has_upper,
                   std::span<const Signature* const> parts);
  WrappedSignature(const WrappedSignature&) = delete;
  WrappedSignature& operator=(const WrappedSignature&) = delete;

  const Signature& facts() const { return facts_; }
  /// Where the parameters of part i start among all.
  std::size_t offset(std::size_t i) const { return offsets_[i]; }

 private:
  std::string name_;
  std::vector<Parameter> parameters_;
  std::vector<std::size_t> offsets_;
  Signature facts_;
};

/// Why these distributions cannot be wrapped so; nothing if they can. The place is a part, or none
/// for the call as a whole.
struct WrapperProblem {
  std::optional<std::size_t> part;
  std::string message;
  std::string hint;
};
std::optional<WrapperProblem> check_parts(Wrapper wrapper, std::span<const Signature* const> parts);

/// The functions whose first argument is a distribution.
enum class DistributionFunction { log_density, cdf, log_cdf, log_ccdf, log_probability, quantile };

/// The function that a call is one of; nothing for other functions. `quantile` is one of these only
/// if its first argument is a distribution.
std::optional<DistributionFunction> distribution_function(const ast::Call& call,
                                                          const SignatureTable& table);
/// What is written, as "cdf(normal(0, 1), x)".
std::string_view form(DistributionFunction function);
/// The distribution included.
std::size_t argument_count(DistributionFunction function);
/// Whether the quantiles of a distribution are known: those of every library distribution with a
/// cdf are, those of a mixture are not.
bool has_quantile(const Signature& distribution);

}  // namespace vippl::lang
