#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "inference/progress.h"
#include "runtime/log_density.h"

namespace vippl::inference {

/// The same model in other coordinates: with those of its candidates non-centred that are true.
using MakeVariant =
    std::function<std::unique_ptr<runtime::LogDensity>(const std::vector<bool>& noncentred)>;

/// Which candidates are better fitted non-centred, by the ELBO of the best normal approximation
/// that the starts find in those coordinates: all of them, none, then single ones flipped. As
/// written where nothing is clearly better. No candidates cost nothing.
std::vector<bool> choose_centring(std::size_t candidates, const MakeVariant& make_variant,
                                  std::uint64_t seed, Progress& progress);

}  // namespace vippl::inference
