#pragma once
#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "bench/hand_written/hand_written.h"
#include "bench/hand_written/vector_math.h"

namespace vippl::bench {

std::unique_ptr<HandWritten> make_regression(const std::string& name, Data& data);
std::unique_ptr<HandWritten> make_hierarchy(const std::string& name, Data& data);
std::unique_ptr<HandWritten> make_series(const std::string& name, Data& data);
std::unique_ptr<HandWritten> make_process(const std::string& name, Data& data);
std::unique_ptr<HandWritten> make_own_model(const std::string& name, Data& data);

/// A buffer on a cache line, with room for whole vectors behind its end.
template <class T>
struct Aligned {
  T* p = nullptr;
  size_t n = 0;
  Aligned() = default;
  Aligned(const Aligned&) = delete;
  Aligned& operator=(const Aligned&) = delete;
  ~Aligned() { std::free(p); }
  void alloc(size_t n_) {
    n = n_;
    p = (T*)aligned_alloc(64, ((n * sizeof(T) + 63) / 64 + 1) * 64);
    std::memset((void*)p, 0, n * sizeof(T));
  }
  T& operator[](size_t i) { return p[i]; }
  const T& operator[](size_t i) const { return p[i]; }
};
constexpr double LOG2PI = 1.8378770664093454835606594728112;
constexpr double LOGPI = 1.1447298858494001741434273513531;
static inline double hsum(__m256d v) {
  __m128d a = _mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd(v, 1));
  return _mm_cvtsd_f64(_mm_add_sd(a, _mm_unpackhi_pd(a, a)));
}
static inline V ld(const double* p) { return _mm256_loadu_pd(p); }
static inline void stv(double* p, V v) { _mm256_storeu_pd(p, v); }
static inline V vabs(V x) { return _mm256_andnot_pd(_mm256_set1_pd(-0.0), x); }
static inline double hprod(V v) { return (v[0] * v[1]) * (v[2] * v[3]); }
static inline double sq(double x) { return x * x; }
static inline double cauchy0(double x, double s) {
  return -LOGPI - std::log(s) - std::log1p(sq(x / s));
}
static inline double dcauchy0(double x, double s) { return -2 * x / (s * s + x * x); }
static inline double norm_c(double x, double m, double s) {
  return -0.5 * sq((x - m) / s) - std::log(s) - 0.5 * LOG2PI;
}

}  // namespace vippl::bench
