#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "cli/argument_parser.h"
#include "inference/algorithm.h"
#include "runtime/model.h"

namespace vippl::cli {

/// The options of `vippl run` and `:fit` that say how to fit, as typed.
struct FitOptions {
  std::string guide = "auto";
  std::string algorithm;
  std::string batch;
  std::string centring;
  std::uint64_t seed = 1;
  int threads = 0;  ///< 0: one per processor
  std::map<std::string, std::string>
      texts;  ///< of the algorithms' own options, those that were given
};

/// Adds the flags; those of the algorithms are made from their tables.
void add_fit_options(ArgumentParser& parser, FitOptions& options);

/// How latents with a latent scale stand in the coordinates of the fit.
enum class Centring { chosen, as_written, noncentred };

/// What to run, and with which settings.
struct FitPlan {
  const inference::Algorithm* algorithm = nullptr;
  inference::Settings settings;
  std::optional<runtime::Batch> batch;
  Centring centring = Centring::as_written;
  int threads = 0;  ///< 0: one per processor
};

/// Throws Failure (usage) for an unknown algorithm or guide, an option of another algorithm, or a
/// value out of range.
FitPlan plan_fit(const FitOptions& options);

/// "n=256". Throws Failure (usage).
runtime::Batch parse_batch(const std::string& text);

}  // namespace vippl::cli
