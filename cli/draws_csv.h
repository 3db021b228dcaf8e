#pragma once
#include <functional>
#include <span>
#include <string_view>

#include "inference/reported_draws.h"
#include "runtime/log_density.h"

namespace vippl::cli {

/// The draws as R's `posterior` reads them: .chain, .iteration, .draw, .log_weight where they are
/// weighted, then one column per scalar. Hands pieces of text to `sink`.
void write_draws_csv(const inference::ReportedDraws& draws,
                     std::span<const runtime::Quantity> quantities,
                     const std::function<void(std::string_view)>& sink);

}  // namespace vippl::cli
