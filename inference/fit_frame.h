#pragma once
#include <memory>
#include <string>
#include <vector>

#include "inference/algorithm.h"
#include "inference/evaluator.h"
#include "inference/judge.h"
#include "inference/starts.h"

// What algorithms do alike before and after their own part.

namespace vippl::inference {

/// A row of the options of algorithms that call climb_to_starts().
inline constexpr Option starts_option = {.name = "starts",
                                         .kind = Option::Kind::whole,
                                         .summary = "climbs to a mode, half of them from the prior",
                                         .initial = 4,
                                         .lower = 1,
                                         .upper = 1000};

/// For algorithms that fit nothing else. Throws std::invalid_argument, in words, where the user
/// asked for another guide.
void require_full_rank(const Algorithm& algorithm, const Settings& settings);

/// A posterior that knows what was asked for and by which algorithm, with a guide to be fitted.
/// Throws std::invalid_argument, in words, for a guide that the algorithm cannot fit.
Posterior unfitted(const Algorithm& algorithm, const Settings& settings,
                   std::unique_ptr<Guide> guide);

/// The phase "start": find_start() with so many climbs; their notes go to the posterior.
StartReport climb_to_starts(Evaluator& evaluator, int count, Progress& progress,
                            Posterior& posterior);

/// Notes how many draws of a stochastic fit were left out, if any.
void note_lost_draws(std::int64_t count, Posterior& posterior);

/// Says why the fit ended, in a word and a sentence; it has converged if that is the reason.
void stop(Posterior& posterior, StopReason reason, std::string sentence);

/// The budget ended it: `where`, such as "after stage 2".
void stop_for_budget(Posterior& posterior, std::string_view where);

/// The phase "judge", with what the starts say of other modes. Returns the normals at the modes,
/// where there are several.
std::vector<Start> judge_against_starts(Evaluator& evaluator, const JudgeSettings& settings,
                                        StartReport start, Progress& progress,
                                        Posterior& posterior);

}  // namespace vippl::inference
