#pragma once
#include <cstdint>
#include <string_view>

#include "lang/diagnostic.h"

namespace vippl::lang {

/// Where and why the grammar could not go on.
struct SyntaxFailure {
  std::string_view text;            ///< the settled text
  const char* statement = nullptr;  ///< where the statement begins, in `text`
  const char* where = nullptr;      ///< the token that does not fit
  std::string_view expected;        ///< in the grammar's words: "`=`", "a name", "an expression"
  std::uint32_t source = 0;
};

/// The message: what was expected and what was found, and what to write where the mistake is a
/// known one.
Diagnostic describe(const SyntaxFailure& failure);

}  // namespace vippl::lang
