#pragma once
#include <span>
#include <string>
#include <string_view>

#include "inference/posterior.h"
#include "inference/summary.h"
#include "runtime/log_density.h"

namespace vippl::inference {

/// What to think of a fit, and what to do about it.
struct Verdict {
  enum class Level {
    trustworthy,       ///< means to 0.1 posterior sds, sds to a tenth
    usable_for_means,  ///< means to 0.1 sds, spreads not
    not_trustworthy
  };
  Level level = Level::not_trustworthy;
  std::string reason;     ///< a sentence without a full stop
  std::string next_step;  ///< what to type or change; empty where there is nothing to do

  /// "trustworthy", "usable for means", "not trustworthy".
  std::string_view word() const;
};

/// From the agreement of the starts, the trust in every latent and derived scalar (`summaries`, one
/// per column of Draws; what `generate` draws does not count), and what corrects the guide.
Verdict verdict_of(const Posterior& posterior, std::span<const ScalarSummary> summaries,
                   std::span<const runtime::Quantity> quantities);

/// What a k-hat means for the guide, in words. It says nothing of the model.
std::string khat_words(const Posterior& posterior);

}  // namespace vippl::inference
