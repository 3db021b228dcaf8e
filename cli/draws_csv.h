#pragma once
#include <functional>
#include <span>
#include <string_view>

#include "inference/posterior.h"
#include "runtime/log_density.h"

namespace vippl::cli {

enum class Weights { omit, write };

/// The draws as R's `posterior` reads them: .chain, .iteration, .draw, with `Weights::write`
/// .log_weight, then one column per scalar. Hands pieces of text to `sink`.
void write_draws_csv(const inference::Posterior& posterior,
                     std::span<const runtime::Quantity> quantities, Weights weights,
                     const std::function<void(std::string_view)>& sink);

}  // namespace vippl::cli
