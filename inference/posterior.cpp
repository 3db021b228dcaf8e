#include "inference/posterior.h"

namespace vippl::inference {

std::string_view name_of(StopReason reason) {
  switch (reason) {
    case StopReason::converged:
      return "converged";
    case StopReason::iteration_limit:
      return "iteration limit";
    case StopReason::stage_limit:
      return "stage limit";
    case StopReason::stalled:
      return "stalled";
    case StopReason::interrupted:
      return "interrupted";
  }
  return "";
}

}  // namespace vippl::inference
