#pragma once
#include <memory>
#include <string>
#include <vector>

#include "lang/dynamics.h"
#include "runtime/ode_system.h"

namespace vippl::runtime {

/// The right side, from when, and at which times: ascending, the first not before `start`.
struct OdeProblem {
  std::string function;  ///< the name of the right side, for listings
  OdeSystem system;
  double start = 0;
  std::vector<double> times;
  lang::OdeMethod method = lang::OdeMethod::rk45;
};

/// The states at `times`, one after the other, from the state at the start and, if the right side
/// reads any, its parameters as one vector. The gradient is the exact derivative of the computed
/// states with the lengths of the steps held fixed. A solution that cannot be had (a state that is
/// not finite, too many steps) is NaN.
std::shared_ptr<const Operation> make_ode(OdeProblem problem);

}  // namespace vippl::runtime
