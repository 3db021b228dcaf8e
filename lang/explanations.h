#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace vippl::lang {

/// What a diagnostic of one code means; one for each code of the program.
struct Explanation {
  std::string_view code;
  std::string_view title;  ///< half a line, lower case
  std::string_view text;   ///< why it matters and what to do, as one paragraph
  /// A script that brings it about and the same put right; both empty where no script alone does.
  std::string_view wrong = {};
  std::string_view right = {};
  /// What the scripts are run on, if they are: JSON or CSV. The right one takes `data` too if it
  /// has none of its own.
  std::string_view data = {};
  std::string_view right_data = {};
};

/// All of them, sorted by code.
const std::vector<Explanation>& explanations();

/// Null if there is no such code.
const Explanation* find_explanation(std::string_view code);

/// The explanation as the terminal shows it.
std::string text(const Explanation& explanation);

}  // namespace vippl::lang
