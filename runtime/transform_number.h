#pragma once
#include <memory>
#include <optional>
#include <string>

#include "runtime/transform.h"

namespace vippl::runtime {

/// The transform of `count` numbers with bounds; see transform.h for each.
std::unique_ptr<Operation> make_constrain_numbers(Index count, BoundForms bounds);
std::unique_ptr<Operation> make_number_log_jacobian(Index count, BoundForms bounds);
std::optional<std::string> unconstrain_numbers(const BoundValues& bounds, std::span<const double> x,
                                               std::span<double> z);
ScalarMap number_map(const BoundValues& bounds, Index element);

}  // namespace vippl::runtime
