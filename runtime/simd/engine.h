#pragma once
#include <cstddef>

// The hot loops, compiled once for any processor and once for x86-64-v3 (AVX2 and FMA); which of
// the two is used is decided when the program starts. The names below are the whole interface: what
// is behind them is compiled with instructions that the rest of the program must not contain.

namespace vippl::runtime::simd {

/// y[i] = f(x[i]); x and y may be the same. Special values as in the standard library.
using Map = void (*)(std::size_t count, const double* x, double* y);

/// Sums of products of a matrix of data (rows x inner, row-major) and eight vectors lying together
/// (inner x 8, or rows x 8).
struct Products {
  /// out[i, l] = sum over k of a[i, k] b[k, l]
  void (*forward)(std::size_t rows, std::size_t inner, const double* a, const double* b,
                  double* out);
  /// b_adjoint[k, l] += sum over i of a[i, k] y[i, l]
  void (*backward)(std::size_t rows, std::size_t inner, const double* a, const double* y,
                   double* b_adjoint);
};

struct Engine {
  const char* name;
  Map exp;
  Map log;
  Map log1p;
  Map expm1;
  Map tanh;
  Map inv_logit;   ///< 1 / (1 + exp(-x))
  Map log1p_exp;   ///< log(1 + exp(x))
  Map log_gamma;   ///< for x > 0; NaN elsewhere
  Map digamma;     ///< for x > 0; NaN elsewhere
  Products eight;  ///< for eight points at once
  Products one;    ///< for one

  /// The log density of outcomes y, each 0 or 1, with these logits, and its slope.
  void (*bernoulli_logit)(std::size_t count, const double* y, const double* logit, double* values,
                          double* slope);
  /// y x - exp(x) and its slope: a Poisson log density without its log(y!).
  void (*poisson_log)(std::size_t count, const double* y, const double* log_rate, double* values,
                      double* slope);
};

/// The engine of this run: the best that the processor can run, unless the environment says
/// VIPPL_SIMD=baseline.
const Engine& engine();

/// All engines that this processor can run, the portable one first.
struct Engines {
  const Engine* table[2] = {};
  std::size_t count = 0;
};
Engines all_engines();

}  // namespace vippl::runtime::simd
