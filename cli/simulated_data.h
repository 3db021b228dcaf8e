#pragma once
#include <Eigen/Core>
#include <string>
#include <vector>

#include "cli/load.h"
#include "lang/simulation.h"
#include "runtime/model.h"

namespace vippl::cli {

/// Latents drawn from their prior, and the data that a model makes of them, many times over. Fixed
/// data, such as covariates, stay as they are.
class SimulatedData {
 public:
  /// Throws Failure, in words, where the model cannot be simulated.
  SimulatedData(const LoadedModel& loaded, const runtime::ModelOptions& options,
                Eigen::Index replicates);

  /// The data of the run with what is observed replaced.
  runtime::DataSet data(Eigen::Index replicate) const;
  /// The latents that they come from; `generate` and `derive` are not to be compared.
  std::span<const runtime::Quantity> quantities() const { return model_->quantities(); }
  /// Row r: the values of replicate r, x the scalars of quantities().
  const runtime::Draws& truths() const { return draws_; }

 private:
  struct Replaced {
    const runtime::Field* field = nullptr;  ///< of the loaded data
    Eigen::Index offset = 0;                ///< of its values among the draws
    bool is_whole = false;                  ///< its numbers are ints
  };
  const LoadedModel& loaded_;
  std::unique_ptr<runtime::Model> model_;
  std::vector<Replaced> replaced_;
  runtime::Draws draws_;
};

}  // namespace vippl::cli
