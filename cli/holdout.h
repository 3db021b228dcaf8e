#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/holdout_score.h"
#include "cli/load.h"
#include "inference/posterior.h"
#include "runtime/model.h"

namespace vippl::cli {

/// What `--holdout` asks for: a share of the rows of a plate.
struct HoldoutRequest {
  std::string plate;  ///< empty: the only one there is
  double fraction = 0;
};

/// "0.2" or "n=0.2". Throws Failure (usage).
HoldoutRequest parse_holdout(const std::string& text);

/// The rows of a plate, split by chance into those of the fit and those that judge it.
class Holdout {
 public:
  /// Throws Failure, in words, where the plate is not clear, has latents, or cannot be cut.
  Holdout(const LoadedModel& loaded, const HoldoutRequest& request, runtime::ModelOptions options);

  /// The model of the rows that were kept.
  const runtime::LogDensity& training() const { return *training_; }
  /// The same in other coordinates.
  std::unique_ptr<runtime::LogDensity> training_with(const LoadedModel& loaded,
                                                     const runtime::ModelOptions& options) const;
  HoldoutScore score(const inference::Posterior& posterior) const;

 private:
  std::string plate_;
  Eigen::Index row_count_ = 0;
  std::vector<std::int32_t> withheld_;
  std::unique_ptr<runtime::Model> one_row_;
  std::unique_ptr<runtime::LogDensity> training_;
};

}  // namespace vippl::cli
