#include "cli/trace_csv.h"

#include <fmt/format.h>

#include <iterator>

namespace vippl::cli {

std::string trace_csv(const inference::Posterior& posterior) {
  std::string text = "iter,time_in_seconds,ELBO,gradient_norm,step\n";
  for (const inference::TracePoint& point : posterior.trace) {
    fmt::format_to(std::back_inserter(text), "{},{:.6f},{:.17g},{:.6g},{:.6g}\n", point.iteration,
                   point.seconds, point.elbo, point.gradient_norm, point.step);
  }
  return text;
}

}  // namespace vippl::cli
