#pragma once

/// Debug builds carry the address and undefined behaviour sanitizers, and are some twenty times as
/// slow. They are there to find faults of memory; the figures are held by release builds. So what a
/// test repeats only to be sure of a figure, it repeats less often in a debug build.
namespace vippl::test {

#ifdef NDEBUG
constexpr bool under_sanitizers = false;
#else
constexpr bool under_sanitizers = true;
#endif

}  // namespace vippl::test
