#pragma once
#include <memory>
#include <span>

#include "runtime/operation.h"

namespace vippl::runtime {

/// `a @ b`: the last dimension of a against the first of a vector b, or the last but one. Extents
/// as in the table of language.md section 3, already checked to fit; up to three dimensions, the
/// first of three being a batch.
std::shared_ptr<const Operation> make_contraction(std::span<const Index> a,
                                                  std::span<const Index> b);

}  // namespace vippl::runtime
