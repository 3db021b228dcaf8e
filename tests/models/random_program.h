#pragma once
#include <string>

#include "runtime/random.h"

namespace vippl::test {

/// A script without data of its own: a few latents, and loops and statements over arrays that use
/// them in random expressions of the kinds that the passes look for.
std::string random_program(runtime::Rng& rng);

}  // namespace vippl::test
