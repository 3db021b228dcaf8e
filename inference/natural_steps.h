#pragma once
#include <cstdint>

#include "inference/evaluator.h"
#include "inference/guide.h"
#include "inference/progress.h"

namespace vippl::inference {

/// One natural-gradient step, of a share of the full length: from the expected gradient and Hessian
/// under a normal, in units in which it is standard. Neither shifts nor scales by more than its
/// draws can know of.
Start natural_step(const Start& start, const Eigen::VectorXd& gradient,
                   const Eigen::MatrixXd& hessian, double share);

/// Brings a normal start near the full-rank optimum of the ELBO by natural-gradient steps of full
/// length (the fixed point of Bonnet's and Price's identities: the expected gradient is 0, minus
/// the expected Hessian is the precision; Khan & Rue 2023, JMLR 24). Each takes one gradient at
/// each of the matched draws, and is shortened until it raises the ELBO on them: from afar a
/// handful does what takes a quasi-Newton optimiser of all d^2 / 2 parameters a hundred iterations.
/// The start must have a factor; the result has one. `draws`: at least so many, even.
Start natural_steps(Evaluator& evaluator, Start start, std::uint64_t seed, const Progress& progress,
                    Eigen::Index draws = 0);

}  // namespace vippl::inference
