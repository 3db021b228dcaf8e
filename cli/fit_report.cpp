#include "cli/fit_report.h"

namespace vippl::cli {

std::string FitReport::guide_name() const {
  return posterior->guide ? std::string(posterior->guide->name()) : posterior->guide_request;
}

const inference::ScalarSummary& FitReport::summary(const runtime::Quantity& quantity,
                                                   Eigen::Index element) const {
  return summaries.at(static_cast<std::size_t>(quantity.offset + element));
}

}  // namespace vippl::cli
