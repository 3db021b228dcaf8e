#pragma once
#include <optional>

#include "runtime/application.h"

// Latents that can be written as location + scale z, where z knows of neither. With a latent scale
// and few data that is a far better shaped posterior (Papaspiliopoulos, Roberts & Skold 2007).

namespace vippl::runtime {

/// Of a distribution of numbers that has parameters `location` and `scale`, the latter latent, over
/// the whole line, or over what is positive: there they are those of log x. The density of z is
/// checked not to depend on them. Of a distribution of vectors what its entry in the registry says,
/// for one event or several with the same scale. Nothing where the latent is bounded more tightly
/// than the distribution.
std::optional<LocationScale> location_scale(const Application& application,
                                            const std::optional<Value>& lower,
                                            const std::optional<Value>& upper);

/// log scale, the log Jacobian of one number.
void log_scale_kernel(std::size_t count, const KernelArgument* arguments, double* values,
                      double* const* partials);

}  // namespace vippl::runtime
