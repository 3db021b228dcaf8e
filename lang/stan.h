#pragma once
#include <optional>
#include <string>
#include <string_view>

// Statements as Stan writes them, for hints that say what they are here.

namespace vippl::lang {

/// What to write for a declaration such as `real<lower=0> sigma`, `vector[n] x` or `array[n] int y
/// = z`, with which `statement` begins. Nothing if it begins with something else. Comments are
/// blanks by then.
std::optional<std::string> stan_declaration_hint(std::string_view statement);

/// What to write for the call of a density with which `text` begins: `normal_lpdf(y | mu, sigma)`.
/// Nothing if it begins with something else.
std::optional<std::string> stan_density_hint(std::string_view text);

}  // namespace vippl::lang
