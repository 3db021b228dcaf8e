#pragma once
#include <string>
#include <string_view>

#include "inference/posterior.h"

namespace vippl::cli {

/// Above this the importance weights have no finite variance in practice. Vehtari et al. (2024),
/// JMLR 25(72).
inline constexpr double greatest_good_khat = 0.7;

/// What to think of a fit, and what to do about it.
struct Verdict {
  std::string_view word;  ///< "not assessed", "not trustworthy"
  std::string reason;     ///< a sentence without a full stop
  std::string next_step;  ///< what to type or change; may be empty
  bool is_bad() const { return word == "not trustworthy"; }
};

Verdict verdict_of(const inference::Posterior& posterior);

/// What a k-hat means, in words.
std::string_view khat_words(double khat);

}  // namespace vippl::cli
