#pragma once
#include <optional>
#include <string>

#include "lang/diagnostic.h"
#include "runtime/value.h"

// Warnings about data that are legal, and yet seldom meant.

namespace vippl::runtime {

/// `rare-level`: levels of a category that a single row has, unless most have no more, as in a
/// table with one row for each. `codes` are those of the rows, from 1.
std::optional<lang::Diagnostic> judge_levels(const std::string& name, const Elements& codes,
                                             const Labels& levels, lang::Span span);

/// Adds one of `constant-column`, `collinear-columns`, `unscaled-columns`, of a fixed matrix that
/// is multiplied by latent coefficients, unless there is one of this place. A column of ones is an
/// intercept. With more columns than rows the columns depend on each other in any case, and are not
/// looked at for that.
void judge_design(const Value& matrix, lang::Span span, lang::Diagnostics& warnings);

}  // namespace vippl::runtime
