#pragma once
#include <array>
#include <string>
#include <vector>

#include "inference/summary.h"

namespace vippl::cli {

/// mean, sd, 5 %, 50 %, 95 %, mcse as text, then the sd by linear response, R-hat and the smaller
/// effective sample size of bulk and tails, empty where there is none.
/// The digits follow from the sd: two significant ones, three where the Monte Carlo error is below
/// 0.5 % of it; the error itself has two.
std::array<std::string, 9> row_texts(const inference::ScalarSummary& summary);

/// Pads the texts of one column with blanks so that their decimal points stand below each other.
void align_at_point(std::vector<std::string>& texts);

/// With `digits` significant digits, as short as it goes: "0.25", "-3", "1.2e-07", "inf".
std::string general(double value, int digits);

}  // namespace vippl::cli
