// Four numbers at a time, and multiplications fused with additions; compiled with -mavx2 -mfma.
#if defined(__x86_64__)
#define VIPPL_SIMD_ENGINE x86_64_v3
#define VIPPL_SIMD_WIDTH 4
#include "runtime/simd/kernels.inc"
#endif
