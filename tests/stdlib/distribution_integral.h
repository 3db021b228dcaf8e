#pragma once
#include <functional>

#include "tests/stdlib/distribution_points.h"

namespace vippl::tests {

/// The integral of f(y) times the density over (lower, upper], or the sum over its whole numbers;
/// either end may be infinite. The value of `point` does not matter.
double expectation(const runtime::Distribution& distribution, const ScalarPoint& point,
                   double lower, double upper, const std::function<double(double)>& f);

/// Whether doubles tell the value from the upper end of its support: of a density that is infinite
/// at 1, a part that matters may lie above the last double before 1.
bool is_resolved(const runtime::Distribution& distribution, const ScalarPoint& point);

/// The probability of (lower, upper].
double probability(const runtime::Distribution& distribution, const ScalarPoint& point,
                   double lower, double upper);

}  // namespace vippl::tests
