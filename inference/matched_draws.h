#pragma once
#include <Eigen/Core>

#include "runtime/log_density.h"
#include "runtime/random.h"

namespace vippl::inference {

/// Fills `noise` (N x d) with antithetic standard normals: row 2i + 1 is minus row 2i, and within
/// each block of `block` neighbouring columns the sample covariance (divided by N) is exactly I. A
/// mean over such draws of a polynomial of degree up to 3 is its expectation, whatever the draws. N
/// is even and N / 2 >= min(block, d).
void fill_matched(runtime::Rng& rng, Eigen::Index block, runtime::Points& noise);

/// How many matched draws of d coordinates to take, and the block to match at once.
struct MatchPlan {
  Eigen::Index draws = 0;
  Eigen::Index block = 0;
};

/// max(128, 8 x block) draws, well above the 2 x block at which the draws lie on one sphere. Above
/// `largest_block` coordinates are matched in blocks, since the draws would otherwise grow with d.
MatchPlan plan_match(Eigen::Index dimension, Eigen::Index largest_block);

}  // namespace vippl::inference
