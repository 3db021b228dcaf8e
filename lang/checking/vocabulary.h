#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "lang/signature.h"

namespace vippl::lang::checking {

/// Whether the language reference has such a function or distribution, be it available or not.
bool is_language_function(std::string_view name);
bool is_language_distribution(std::string_view name);
/// mixture, truncated, ...: distributions of distributions.
bool is_wrapper(std::string_view name);
/// log_density, cdf, ...: functions whose first argument is a distribution.
bool takes_distribution(std::string_view name);
/// Of these, what the language itself evaluates, without an entry in the table.
bool is_form(std::string_view name);

/// Of the same subject as `name`, and in the table.
std::vector<std::string> similar_functions(std::string_view name, const SignatureTable& table);
std::vector<std::string> similar_distributions(std::string_view name, const SignatureTable& table);

}  // namespace vippl::lang::checking
