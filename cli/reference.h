#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "runtime/registry.h"

// What the library says of itself, for `?name`, `vippl reference` and the pages in docs/reference.

namespace vippl::cli {

/// What there is to know of the functions and distributions of this name; empty if there are none.
std::string reference_text(std::string_view name, const runtime::Registry& registry);

/// All names that have a text.
std::vector<std::string> reference_names(const runtime::Registry& registry);

enum class ReferencePage { distributions, functions };

/// A page of Markdown: sections by subject, each entry under a heading of its own.
std::string reference_page(ReferencePage page, const runtime::Registry& registry);

}  // namespace vippl::cli
