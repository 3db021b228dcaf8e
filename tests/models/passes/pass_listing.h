#pragma once
#include <string>

#include "tests/models/bind_script.h"

namespace vippl::test {

/// The program that is left of a script after these passes, as text.
std::string listing_after(const std::string& passes, const std::string& script, Given given = {});

/// How often `part` stands in `text`.
int count_of(const std::string& part, const std::string& text);

}  // namespace vippl::test
