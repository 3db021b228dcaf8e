// Eight numbers at a time, in twice as many registers; compiled with -mavx512f -mavx512dq
// -mavx512vl -mfma.
#if defined(__x86_64__)
#define VIPPL_SIMD_ENGINE x86_64_v4
#define VIPPL_SIMD_WIDTH 8
#include "runtime/simd/kernels.inc"
#endif
