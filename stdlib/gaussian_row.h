#pragma once
#include <span>

#include "runtime/index.h"

namespace vippl::stdlib {

/// The log density of the multivariate normal at y, without the log diagonal of the factor, which
/// rows may share. Leaves L^-1 (y - location) in `whitened` and, if `precise` is not empty, L^-T of
/// that, the derivative by the location, there.
double gaussian_row(std::span<const double> y, std::span<const double> location,
                    const double* lower, std::span<double> whitened, std::span<double> precise);

/// Adds weight times the derivatives by the value and by the location; either adjoint may be empty.
void add_gaussian_adjoints(double weight, std::span<const double> precise,
                           std::span<double> value_adjoint, std::span<double> location_adjoint);

}  // namespace vippl::stdlib
