#pragma once
#include <Eigen/Core>
#include <optional>
#include <string>
#include <vector>

#include "cli/terminal.h"
#include "inference/summary.h"
#include "runtime/log_density.h"

namespace vippl::cli {

/// "1.5", "[1, 2, 3]", rows of a matrix below each other; long ones are elided. `values` are
/// row-major; bools and categories are shown by their words.
std::string value_text(const std::vector<Eigen::Index>& shape, const Eigen::VectorXd& values,
                       const Terminal& terminal, const runtime::Words& words = {});

/// The value of an expression that is the same in every draw.
std::optional<Eigen::VectorXd> constant_row(const Eigen::Ref<const Eigen::MatrixXd>& draws);

/// Moments and quantiles of draws with weights that sum to 1 (empty: equal).
inference::ScalarSummary summary_of_draws(const Eigen::Ref<const Eigen::VectorXd>& draws,
                                          const Eigen::VectorXd& weights);

}  // namespace vippl::cli
