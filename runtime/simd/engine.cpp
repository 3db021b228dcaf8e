#include "runtime/simd/engine.h"

#include <cstdlib>
#include <string_view>

namespace vippl::runtime::simd {

namespace baseline {
extern const Engine table;
}
#if defined(__x86_64__)
namespace x86_64_v3 {
extern const Engine table;
}
namespace x86_64_v4 {
extern const Engine table;
}
#endif

Engines all_engines() {
  Engines engines;
  engines.table[engines.count++] = &baseline::table;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    engines.table[engines.count++] = &x86_64_v3::table;
  // The first processors with AVX-512 slow down when they use it; those that followed have VBMI2.
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2"))
    engines.table[engines.count++] = &x86_64_v4::table;
#endif
  return engines;
}

const Engine& engine() {
  static const Engine& chosen = []() -> const Engine& {
    const char* wish = std::getenv("VIPPL_SIMD");
    const Engines engines = all_engines();
    for (std::size_t e = 0; wish != nullptr && e < engines.count; ++e) {
      if (engines.table[e]->name == std::string_view(wish)) return *engines.table[e];
    }
    return *engines.table[engines.count - 1];
  }();
  return chosen;
}

}  // namespace vippl::runtime::simd
