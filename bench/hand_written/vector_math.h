// Own AVX2 elementary functions (4 doubles). Good for the arguments that these gradients meet.
// my_log uses the polynomial coefficients and the ln2 split of fdlibm (Sun Microsystems, freely
// redistributable with notice); exp, lgamma and digamma use plain Taylor / Stirling coefficients.
#pragma once
#include <immintrin.h>
namespace vippl::bench {

typedef __m256d V;
[[gnu::always_inline]] static inline V S(double x) { return _mm256_set1_pd(x); }
// own exp: Cody-Waite reduction, degree-11 Taylor/Estrin on |r| <= ln2/2, exponent insertion; |x| <
// 708 assumed (clamped)
[[gnu::always_inline]] static inline V my_exp(V x) {
  x = _mm256_max_pd(_mm256_min_pd(x, S(709.0)), S(-708.0));
  const V magic = S(6755399441055744.0);
  V n = _mm256_fmadd_pd(x, S(1.4426950408889634), magic);
  V k = _mm256_sub_pd(n, magic);
  V r = _mm256_fnmadd_pd(k, S(6.93147180369123816490e-01), x);
  r = _mm256_fnmadd_pd(k, S(1.90821492927058770002e-10), r);
  V r2 = _mm256_mul_pd(r, r), r4 = _mm256_mul_pd(r2, r2), r8 = _mm256_mul_pd(r4, r4);
  V p01 = _mm256_add_pd(S(1), r), p23 = _mm256_fmadd_pd(r, S(1.0 / 6), S(0.5)),
    p45 = _mm256_fmadd_pd(r, S(1.0 / 120), S(1.0 / 24)),
    p67 = _mm256_fmadd_pd(r, S(1.0 / 5040), S(1.0 / 720)),
    p89 = _mm256_fmadd_pd(r, S(1.0 / 362880), S(1.0 / 40320)),
    pab = _mm256_fmadd_pd(r, S(1.0 / 39916800), S(1.0 / 3628800)), pc = S(1.0 / 479001600);
  V q0 = _mm256_fmadd_pd(r2, p23, p01), q1 = _mm256_fmadd_pd(r2, p67, p45),
    q2 = _mm256_fmadd_pd(r2, pab, p89);
  q2 = _mm256_fmadd_pd(r4, pc, q2);
  V p = _mm256_fmadd_pd(r8, q2, _mm256_fmadd_pd(r4, q1, q0));
  __m256i e = _mm256_slli_epi64(_mm256_castpd_si256(n), 52);  // low bits of n hold k
  return _mm256_castsi256_pd(_mm256_add_epi64(_mm256_castpd_si256(p), e));
}
// own log: m in [sqrt(1/2), sqrt(2)), atanh series on s = (m-1)/(m+1); positive normal arguments
[[gnu::always_inline]] static inline V my_log(V x) {
  __m256i b = _mm256_castpd_si256(x);
  const __m256i off = _mm256_set1_epi64x(0x3fe6a09e667f3bcdll);
  __m256i t = _mm256_sub_epi64(b, off),
          k = _mm256_srli_epi64(_mm256_add_epi64(t, _mm256_set1_epi64x(1024ll << 52)),
                                52);  // k + 1024 >= 0
  __m256i m =
      _mm256_sub_epi64(b, _mm256_slli_epi64(_mm256_sub_epi64(k, _mm256_set1_epi64x(1024)), 52));
  V kd = _mm256_sub_pd(
      _mm256_castsi256_pd(_mm256_or_si256(k, _mm256_set1_epi64x(0x4330000000000000ll))),
      S(4503599627370496.0 + 1024));
  V f = _mm256_sub_pd(_mm256_castsi256_pd(m), S(1)), s = _mm256_div_pd(f, _mm256_add_pd(f, S(2))),
    z = _mm256_mul_pd(s, s), w = _mm256_mul_pd(z, z);
  V a = _mm256_fmadd_pd(
      w, _mm256_fmadd_pd(w, S(1.531383769920937332e-01), S(2.222219843214978396e-01)),
      S(3.999999999940941908e-01));
  V c = _mm256_fmadd_pd(
      w,
      _mm256_fmadd_pd(w,
                      _mm256_fmadd_pd(w, S(1.479819860511658591e-01), S(1.818357216161805012e-01)),
                      S(2.857142874366239149e-01)),
      S(6.666666666666735130e-01));
  V R = _mm256_fmadd_pd(w, a, _mm256_mul_pd(z, c)), h = _mm256_mul_pd(S(0.5), _mm256_mul_pd(f, f));
  V lo = _mm256_fmadd_pd(s, _mm256_add_pd(h, R), _mm256_mul_pd(kd, S(1.90821492927058770002e-10)));
  return _mm256_fmadd_pd(kd, S(6.93147180369123816490e-01), _mm256_sub_pd(f, _mm256_sub_pd(h, lo)));
}
// digamma and lgamma for x > 0: shift to x >= 8 with one product (no per-step log/division), then
// the asymptotic series
[[gnu::always_inline]] static inline V my_digamma(V x) {
  V num = S(0), den = S(1), y = x;  // sum of 1/(x+i) as a single fraction
  for (int i = 0; i < 8; i++) {
    V m = _mm256_cmp_pd(y, S(8), _CMP_LT_OQ), d = _mm256_blendv_pd(S(1), y, m);
    num = _mm256_fmadd_pd(num, d, _mm256_and_pd(den, m));
    den = _mm256_mul_pd(den, d);
    y = _mm256_add_pd(y, _mm256_and_pd(S(1), m));
  }
  V iy = _mm256_div_pd(S(1), y), z = _mm256_mul_pd(iy, iy);
  V p = S(1.0 / 12);
  const double c[] = {-691.0 / 32760, 1.0 / 132, -1.0 / 240, 1.0 / 252, -1.0 / 120, 1.0 / 12};
  for (double k : c) p = _mm256_fmadd_pd(p, z, S(k));
  return _mm256_sub_pd(_mm256_fnmadd_pd(S(0.5), iy, _mm256_fnmadd_pd(p, z, my_log(y))),
                       _mm256_div_pd(num, den));
}
[[gnu::always_inline]] static inline V my_lgamma(V x) {
  V den = S(1), y = x;
  for (int i = 0; i < 8; i++) {
    V m = _mm256_cmp_pd(y, S(8), _CMP_LT_OQ);
    den = _mm256_mul_pd(den, _mm256_blendv_pd(S(1), y, m));
    y = _mm256_add_pd(y, _mm256_and_pd(S(1), m));
  }
  V iy = _mm256_div_pd(S(1), y), z = _mm256_mul_pd(iy, iy), p = S(-3617.0 / 122400);
  const double c[] = {1.0 / 156,  -691.0 / 360360, 1.0 / 1188, -1.0 / 1680,
                      1.0 / 1260, -1.0 / 360,      1.0 / 12};
  for (double k : c) p = _mm256_fmadd_pd(p, z, S(k));
  V ly = my_log(y);
  return _mm256_add_pd(
      _mm256_sub_pd(_mm256_fmadd_pd(_mm256_sub_pd(y, S(0.5)), ly, S(0.91893853320467274178)), y),
      _mm256_sub_pd(_mm256_mul_pd(p, iy), my_log(den)));
}
[[gnu::always_inline]] static inline V my_sigmoid(V x) {
  return _mm256_div_pd(S(1), _mm256_add_pd(S(1), my_exp(_mm256_sub_pd(S(0), x))));
}
[[gnu::always_inline]] static inline V my_softplus(
    V x) {  // max(x,0) + log1p(exp(-|x|)); log1p via log(u) * e/(u-1) correction
  V ax = _mm256_andnot_pd(S(-0.0), x), e = my_exp(_mm256_sub_pd(S(0), ax)),
    u = _mm256_add_pd(S(1), e), d = _mm256_sub_pd(u, S(1));
  V l = _mm256_add_pd(my_log(u), _mm256_div_pd(_mm256_sub_pd(e, d), u));
  return _mm256_add_pd(_mm256_max_pd(x, S(0)), l);
}

}  // namespace vippl::bench
