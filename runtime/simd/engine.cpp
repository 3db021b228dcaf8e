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
#endif

Engines all_engines() {
  Engines engines;
  engines.table[engines.count++] = &baseline::table;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    engines.table[engines.count++] = &x86_64_v3::table;
#endif
  return engines;
}

const Engine& engine() {
  static const Engine& chosen = []() -> const Engine& {
    const char* wish = std::getenv("VIPPL_SIMD");
    if (wish != nullptr && std::string_view(wish) == "baseline") return baseline::table;
    const Engines engines = all_engines();
    return *engines.table[engines.count - 1];
  }();
  return chosen;
}

}  // namespace vippl::runtime::simd
