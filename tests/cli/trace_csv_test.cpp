#include "cli/trace_csv.h"

#include <doctest/doctest.h>

namespace vippl::cli {

TEST_CASE("the trace has a header and one line per iteration") {
  inference::Posterior posterior;
  CHECK(trace_csv(posterior) == "iter,time_in_seconds,ELBO,gradient_norm,step\n");
  posterior.trace.push_back({1, 0.25, -12.5, 3.0, 0.5});
  posterior.trace.push_back({2, 0.5, -10.1, 0.125, 1.0});
  CHECK(trace_csv(posterior) ==
        "iter,time_in_seconds,ELBO,gradient_norm,step\n"
        "1,0.250000,-12.5,3,0.5\n"
        "2,0.500000,-10.1,0.125,1\n");
}

}  // namespace vippl::cli
