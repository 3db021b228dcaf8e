#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lang/signature.h"

namespace vippl::lang::checking {

/// Names of the language reference that belong together.
struct Subject {
  std::string_view title;
  std::string_view names;  ///< separated by blanks
};
std::span<const Subject> function_subjects();
std::span<const Subject> distribution_subjects();

/// Whether the language reference has such a function or distribution, be it available or not.
bool is_language_function(std::string_view name);
bool is_language_distribution(std::string_view name);

/// Of the same subject as `name`, and in the table.
std::vector<std::string> similar_functions(std::string_view name, const SignatureTable& table);
std::vector<std::string> similar_distributions(std::string_view name, const SignatureTable& table);

}  // namespace vippl::lang::checking
