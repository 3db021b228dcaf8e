#pragma once
#include <optional>
#include <string_view>
#include <variant>

#include "lang/ast.h"
#include "lang/diagnostic.h"
#include "lang/signature.h"

// The functions that take a function: `ode` and `scan`. The checker and the interpreter read their
// calls here, so they cannot disagree.

namespace vippl::lang {

enum class Dynamics { ode, scan };
enum class OdeMethod { rk45, stiff };

std::optional<Dynamics> find_dynamics(std::string_view name);
/// Parameters and summary, as for help.
const Signature& signature(Dynamics dynamics);
/// What is written, as "scan(step, initial, xs)".
std::string_view form(Dynamics dynamics);

/// A call of one of them, taken apart.
struct DynamicsCall {
  Dynamics dynamics = Dynamics::ode;
  const ast::Expression* function = nullptr;  ///< a plain name
  const ast::Expression* initial = nullptr;
  const ast::Expression* xs = nullptr;     ///< of scan
  const ast::Expression* start = nullptr;  ///< of ode, as all that follows
  const ast::Expression* times = nullptr;
  const ast::Expression* rel_tol = nullptr;  ///< null if left out
  const ast::Expression* abs_tol = nullptr;  ///< null if left out
  OdeMethod method = OdeMethod::rk45;
};

inline constexpr double default_ode_tolerance = 1e-6;

/// The diagnostic says what is missing, unknown or given twice, that the first argument is no name,
/// or that there is no such method.
std::variant<DynamicsCall, Diagnostic> read_dynamics(Dynamics dynamics, const ast::Call& call,
                                                     Span call_span);

/// The function's name.
const std::string& function_name(const DynamicsCall& call);

}  // namespace vippl::lang
