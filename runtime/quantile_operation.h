#pragma once
#include <memory>
#include <vector>

#include "runtime/broadcast.h"
#include "runtime/registry.h"

namespace vippl::runtime {

/// quantile(D, p) for each element of the result; inputs: p, then the parameters of D, with their
/// broadcasts and sizes. The derivatives are those of the implicit equation cdf(q) = p; that of
/// counts is zero. NaN for p outside of [0, 1] or parameters off their domains.
std::shared_ptr<const Operation> make_quantile_of(const Distribution& distribution,
                                                  std::vector<Broadcast> inputs,
                                                  std::vector<Index> sizes, Index size);

}  // namespace vippl::runtime
