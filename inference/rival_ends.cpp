#include "inference/rival_ends.h"

#include <algorithm>
#include <cmath>

#include "inference/whitening.h"

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;

// A mode this much lower, in nats, holds a twentieth of the mass: too little to change a summary.
constexpr double comparable = 3;
// How much a normal approximation at a mode may gain, in nats, when it is fitted instead: more, and
// the end is no mode in the sense of mass, as in a funnel.
constexpr double most_gain = 10;

}  // namespace

bool is_outside(const Start& normal, const Vector& point) {
  constexpr double margin = 3;  // the distances of the draws are about sqrt(d), give or take 0.7
  return Whitening(normal).standardise(point.transpose()).norm() >
         std::sqrt(static_cast<double>(point.size())) + margin;
}

void mark_rivals(const Posterior& posterior, StartReport& start) {
  const Start guide = posterior.guide->as_start();
  // What a rival must come near: the best approximation of all; but where the guide lies around an
  // end, only what the approximation at that end was worth, since the rival's would gain by being
  // fitted just as that one did.
  double wanted = std::max(posterior.elbo, start.elbo);
  const double least = wanted - most_gain;
  for (const EndWithNormal& at : start.ends)
    if (!is_outside(guide, at.end.location))
      wanted = std::min(wanted, std::max(at.end.elbo, least));

  // Outside each other: a wide normal that covers the guide is the same mode, seen from afar.
  for (EndWithNormal& at : start.ends)
    at.end.is_rival = at.end.elbo >= wanted - comparable && is_outside(guide, at.end.location) &&
                      is_outside(at.normal, guide.location);
}

}  // namespace vippl::inference
