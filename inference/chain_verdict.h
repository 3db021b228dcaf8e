#pragma once
#include <span>

#include "inference/verdict.h"

namespace vippl::inference {

/// The verdict on a posterior that chains drew: trustworthy where R-hat is below rhat_limit and
/// both effective sample sizes of every latent and derived scalar are above least_ess, without
/// divergences; few divergences leave the means usable.
Verdict verdict_of_chains(const Posterior& posterior,
                          std::span<const runtime::Quantity> quantities);

}  // namespace vippl::inference
