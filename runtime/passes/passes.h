#pragma once
#include "runtime/tape.h"

// The passes, each in a file of its own; see optimise.h.

namespace vippl::runtime::passes {

/// Computes what depends on constants only, and adds up the fixed terms of each statement.
Tape fold_constants(Tape tape);

/// One instruction for all that compute the same from the same inputs.
Tape share_results(Tape tape);

/// Subscripts and stacks that pick neighbours become views, which cost nothing; chains of them
/// become one.
Tape simplify_subscripts(Tape tape);

/// What a loop has recorded once per turn becomes one instruction over an array, wherever no turn
/// needs the result of another.
Tape reroll_loops(Tape tape);

/// Row by row, the sum of data times a vector of latents becomes a matrix product.
Tape find_products(Tape tape);

/// What is computed element by element of subscripts by group is computed once per group.
Tape compute_per_group(Tape tape);

/// A normal likelihood whose location is linear in what it is predicted by is replaced by its
/// sufficient statistics.
Tape collect_statistics(Tape tape);

/// A sum of logs of weighted normal densities becomes one instruction.
Tape fuse_mixtures(Tape tape);

/// A sum of logs of weighted categorical densities becomes one instruction, rows that are alike
/// taken once.
Tape fuse_categories(Tape tape);

/// A sum of densities with the sums, products and regressions that its arguments are computed from
/// becomes one instruction.
Tape fuse_sums(Tape tape);

/// Chains of operations on single numbers, as in a recurrence, become one instruction.
Tape compile_scalars(Tape tape);

/// Drops what nothing needs and puts the rest in an order in which it can run.
Tape drop_unused(Tape tape);

}  // namespace vippl::runtime::passes
