#include "runtime/jitter_count.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "runtime/jitter.h"

namespace vippl::runtime {

lang::Diagnostic added_jitter(lang::Span span, double share, std::string_view where) {
  return lang::warning(
      "added-jitter", span,
      fmt::format("`cholesky` factors this matrix only with {:.0e} of the mean of its diagonal "
                  "added to it{}: it is singular up to rounding",
                  share, where),
      "rows that nearly repeat each other make it so, as points of a process that lie close "
      "together do;\nadd_diagonal(K, 1e-9) says what is added, and to every matrix the same");
}

bool JitterCount::InOrder::operator()(const lang::Span& a, const lang::Span& b) const {
  return std::tie(a.source, a.begin, a.end) < std::tie(b.source, b.begin, b.end);
}

void JitterCount::add(const Tape& tape, const Replay& replay) {
  std::map<lang::Span, double, InOrder> here;
  for (const Instruction& instruction : tape.instructions) {
    const auto* jittering = dynamic_cast<const Jittering*>(instruction.operation.get());
    if (jittering == nullptr) continue;
    const double share = jittering->jitter(replay.values(instruction.inputs[0]));
    if (share > 0) here[instruction.span] = std::max(here[instruction.span], share);
  }
  for (const auto& [span, share] : here) {
    Found& found = found_[span];
    ++found.points;
    found.largest = std::max(found.largest, share);
  }
}

lang::Diagnostics JitterCount::warnings(Index points) const {
  lang::Diagnostics result;
  for (const auto& [span, found] : found_) {
    result.push_back(
        added_jitter(span, found.largest,
                     fmt::format(", in {} of {} draws of the posterior", found.points, points)));
  }
  return result;
}

}  // namespace vippl::runtime
