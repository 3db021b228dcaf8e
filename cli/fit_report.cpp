#include "cli/fit_report.h"

#include <fmt/format.h>

#include "inference/chain_verdict.h"

namespace vippl::cli {

std::string FitReport::guide_name() const {
  return posterior->guide ? std::string(posterior->guide->name()) : posterior->guide_request;
}

inference::Verdict FitReport::verdict() const {
  if (posterior->chains) return inference::verdict_of_chains(*posterior, quantities);
  return inference::verdict_of(*posterior, summaries, quantities);
}

std::vector<std::string> FitReport::notes() const {
  std::vector<std::string> notes = posterior->notes;
  if (!noncentred.empty()) {
    notes.push_back(
        fmt::format("fitted non-centred, as location + scale z: {}", fmt::join(noncentred, ", ")));
  }
  for (std::string& note : inference::site_notes(sites)) notes.push_back(std::move(note));
  return notes;
}

const inference::ScalarSummary& FitReport::summary(const runtime::Quantity& quantity,
                                                   Eigen::Index element) const {
  return summaries.at(static_cast<std::size_t>(quantity.offset + element));
}

}  // namespace vippl::cli
