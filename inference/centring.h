#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "inference/budget.h"
#include "inference/progress.h"
#include "runtime/log_density.h"

namespace vippl::inference {

/// The same model in other coordinates: with those of its candidates non-centred that are true.
using MakeVariant =
    std::function<std::unique_ptr<runtime::LogDensity>(const std::vector<bool>& noncentred)>;

/// Which candidates are fitted non-centred, and what it took to find out.
struct CentringChoice {
  std::vector<bool> noncentred;
  bool is_cut = false;  ///< the budget ended it before all were tried
  std::int64_t gradient_evaluations = 0;
  std::int64_t density_evaluations = 0;
  double seconds = 0;
};

/// Which candidates are better fitted non-centred, by the ELBO of the best normal approximation
/// that the starts find in those coordinates: all of them, none, then single ones flipped. As
/// written where nothing is clearly better. No candidates cost nothing.
CentringChoice choose_centring(std::size_t candidates, const MakeVariant& make_variant,
                               std::uint64_t seed, Progress& progress, const Budget& budget = {});

}  // namespace vippl::inference
