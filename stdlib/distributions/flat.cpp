#include "stdlib/describe.h"

namespace vippl::stdlib::distributions {

namespace {

struct Flat {
  static constexpr std::size_t parameter_count = 0;
  template <class T>
  static T log_density(T y, std::span<const T> /*parameters*/) {
    return 0.0 * y;  // NaN stays NaN
  }
};

}  // namespace

constinit const Distribution flat = describe<Flat, flat>(
    {.name = "flat",
     .parameters = {},
     .summary = "density 1 wherever the type allows; improper if that is unbounded",
     .source = "",
     .support = Support::real,
     .event = "",
     .improper = true});

}  // namespace vippl::stdlib::distributions
