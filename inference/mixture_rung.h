#pragma once
#include <vector>

#include "inference/evaluator.h"
#include "inference/judge.h"
#include "inference/posterior.h"
#include "inference/progress.h"

namespace vippl::inference {

/// What `auto` tries after a fit that has been judged: a mixture of normals in the place of the
/// guide, with a normal for each mode where the posterior has several that are no exchanges of one
/// another, else split from the guide where neither weights nor chains could correct it. It stays
/// if its ELBO is higher by two standard errors, and is judged like any guide. `normals` are those
/// of posterior.modes.
void try_mixture(Evaluator& evaluator, std::vector<Start> normals, Progress& progress,
                 Posterior& posterior);

}  // namespace vippl::inference
