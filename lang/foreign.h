#pragma once
#include <span>
#include <string_view>

// What people type who come from another language, and what it is called here. The wording of
// errors looks here.

namespace vippl::lang {

struct ForeignSymbol {
  std::string_view text;
  std::string_view code;
  std::string_view message;  ///< follows "`text` "
  std::string_view hint;
};

struct ForeignWord {
  std::string_view text;
  std::string_view hint;
};

/// Symbols of other languages, the longest first among those that begin alike.
std::span<const ForeignSymbol> foreign_symbols();

/// Words with which statements begin in other languages.
std::span<const ForeignWord> foreign_words();

}  // namespace vippl::lang
