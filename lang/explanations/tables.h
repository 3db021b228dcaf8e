#pragma once
#include <span>

#include "lang/explanations.h"

namespace vippl::lang {

std::span<const Explanation> explanations_of_syntax();
std::span<const Explanation> explanations_of_names();
std::span<const Explanation> explanations_of_shapes();
std::span<const Explanation> explanations_of_latents();
std::span<const Explanation> explanations_of_data();
std::span<const Explanation> explanations_of_running();
std::span<const Explanation> explanations_of_warnings();

}  // namespace vippl::lang
