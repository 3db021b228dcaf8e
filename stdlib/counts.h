#pragma once
#include <span>

#include "runtime/random.h"

// What the distributions of the counts of K outcomes among so many trials share.

namespace vippl::stdlib {

/// Whether these are whole numbers from 0 that sum to `total`.
bool are_counts(std::span<const double> values, double total);

/// log (trials! / product of counts!).
double log_multinomial_coefficient(std::span<const double> counts, double trials);

/// One binomial after the other, each from what the ones before left.
void draw_multinomial(double trials, std::span<const double> p, runtime::Rng& rng,
                      std::span<double> out);

}  // namespace vippl::stdlib
