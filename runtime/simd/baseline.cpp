// Two numbers at a time: what every x86-64 and every other 64-bit processor has, so that all give
// the same bytes.
#define VIPPL_SIMD_ENGINE baseline
#define VIPPL_SIMD_WIDTH 2
#include "runtime/simd/kernels.inc"
