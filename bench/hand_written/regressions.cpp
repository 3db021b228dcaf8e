#include "bench/hand_written/tools.h"

namespace vippl::bench {

namespace {

// fused least-squares pass
// one pass over row-major X (N x D, D%4==0): r = y - a - X b; out: gb = X'r, sr = sum r, ss = sum
// r^2
template <int D>
static inline void fused_ls(const double* __restrict X, const double* __restrict y, int N,
                            const double* b, double a, double* gb, double& sr_, double& ss_) {
  constexpr int V = D / 4;
  __m256d B[V], G[V];
  for (int j = 0; j < V; j++) {
    B[j] = _mm256_loadu_pd(b + 4 * j);
    G[j] = _mm256_setzero_pd();
  }
  __m256d sr = _mm256_setzero_pd(), ss = sr, A = _mm256_set1_pd(a);
  int i = 0;
  for (; i + 4 <= N; i += 4) {
    const double* x = X + (size_t)i * D;
    __m256d s[4];
    for (int k = 0; k < 4; k++) {
      __m256d t = _mm256_mul_pd(_mm256_loadu_pd(x + k * D), B[0]);
      for (int j = 1; j < V; j++) t = _mm256_fmadd_pd(_mm256_loadu_pd(x + k * D + 4 * j), B[j], t);
      s[k] = t;
    }
    __m256d h0 = _mm256_hadd_pd(s[0], s[1]), h1 = _mm256_hadd_pd(s[2], s[3]);
    __m256d p = _mm256_permute2f128_pd(h0, h1, 0x21), q = _mm256_blend_pd(h0, h1, 0xC);
    __m256d r = _mm256_sub_pd(_mm256_sub_pd(_mm256_loadu_pd(y + i), A), _mm256_add_pd(p, q));
    sr = _mm256_add_pd(sr, r);
    ss = _mm256_fmadd_pd(r, r, ss);
    alignas(32) double rr[4];
    _mm256_store_pd(rr, r);
    for (int k = 0; k < 4; k++) {
      __m256d rk = _mm256_set1_pd(rr[k]);
      for (int j = 0; j < V; j++)
        G[j] = _mm256_fmadd_pd(_mm256_loadu_pd(x + k * D + 4 * j), rk, G[j]);
    }
  }
  double srs = hsum(sr), sss = hsum(ss);
  for (; i < N; i++) {
    const double* x = X + (size_t)i * D;
    double r = y[i] - a;
    for (int j = 0; j < D; j++) r -= x[j] * b[j];
    srs += r;
    sss += r * r;
    __m256d rk = _mm256_set1_pd(r);
    for (int j = 0; j < V; j++) G[j] = _mm256_fmadd_pd(_mm256_loadu_pd(x + 4 * j), rk, G[j]);
  }
  for (int j = 0; j < V; j++) _mm256_storeu_pd(gb + 4 * j, G[j]);
  sr_ = srs;
  ss_ = sss;
}

// diamonds
struct Diamonds : HandWritten {
  static constexpr int D = 24;
  int N;
  bool statistics;
  Aligned<double> X, y;
  double c0;
  Aligned<double> G;
  double c[D], sx[D], sy = 0, yy = 0;
  Diamonds(Data& d, bool statistics_) : statistics(statistics_) {
    N = d["dia.X"].r;
    X.alloc((size_t)N * D);
    y.alloc(N);
    G.alloc(D * D);
    for (size_t i = 0; i < (size_t)N * D; i++) X[i] = d["dia.X"].v[i];
    for (int i = 0; i < N; i++) y[i] = d["dia.y"].v[i];
    std::fill(c, c + D, 0);
    std::fill(sx, sx + D, 0);
    for (int i = 0; i < N; i++) {
      sy += y[i];
      yy += y[i] * y[i];
      for (int j = 0; j < D; j++) {
        c[j] += X[i * D + j] * y[i];
        sx[j] += X[i * D + j];
        for (int k = 0; k < D; k++) G[j * D + k] += X[i * D + j] * X[i * D + k];
      }
    }
    double ct =
        std::lgamma(2.0) - std::lgamma(1.5) - 0.5 * (std::log(3.0) + LOGPI) - std::log(10.0);
    c0 = -0.5 * D * LOG2PI + 2 * ct + std::log(2.0) - 0.5 * N * LOG2PI;
  }
  double evaluate(const double* b, double* g) override {
    double a = b[D], ls = b[D + 1], s2i = std::exp(-2 * ls), sr = 0, ss = 0;
    if (!statistics)
      fused_ls<D>(X.p, y.p, N, b, a, g, sr, ss);
    else {
      double Gb[D];
      for (int k = 0; k < D; k++) Gb[k] = 0;
      for (int j = 0; j < D; j++)
        for (int k = 0; k < D; k++) Gb[k] += G[j * D + k] * b[j];
      double bGb = 0, bc = 0, bs = 0;
      for (int j = 0; j < D; j++) {
        bGb += b[j] * Gb[j];
        bc += b[j] * c[j];
        bs += b[j] * sx[j];
        g[j] = c[j] - a * sx[j] - Gb[j];
      }
      sr = sy - N * a - bs;
      ss = yy + N * a * a + bGb - 2 * a * sy - 2 * bc + 2 * a * bs;
    }
    double bb = 0;
    for (int j = 0; j < D; j++) {
      bb += b[j] * b[j];
      g[j] = g[j] * s2i - b[j];
    }
    double z = (a - 8) * 0.1, s = std::exp(ls), w = s * 0.1;
    double ta = 1 + z * z / 3, ts = 1 + w * w / 3;
    g[D] = sr * s2i - 2 * (2 * z / 3 * 0.1) / ta;
    g[D + 1] = -N + ss * s2i - 2 * (2 * w / 3 * 0.1) / ts * s + 1;
    return c0 - 0.5 * bb - 2 * std::log(ta * ts) - N * ls - 0.5 * ss * s2i + ls;
  }
};

// logistic regression N=100000, D=20
struct Logit : HandWritten {
  static constexpr int D = 20;
  int N;
  Aligned<double> X, y;
  explicit Logit(Data& d) {
    N = d["log.X"].r;
    X.alloc((size_t)N * D);
    y.alloc(N);
    for (size_t i = 0; i < (size_t)N * D; i++) X[i] = d["log.X"].v[i];
    for (int i = 0; i < N; i++) y[i] = d["log.y"].v[i];
  }
  double evaluate(const double* q, double* g) override {
    double lp = likelihood(q, g);
    double p = 0;
    for (int j = 0; j <= D; j++) {
      p += q[j] * q[j];
      g[j] -= q[j];
    }
    return lp - 0.5 * p - 0.5 * (D + 1) * LOG2PI;
  }
  double likelihood(const double* q, double* g) {
    constexpr int B = 64, V = 5;
    alignas(64) double eta[B], del[B];
    double lp = 0, g0 = 0;
    __m256d Bv[V], G[V];
    for (int j = 0; j < V; j++) {
      Bv[j] = _mm256_loadu_pd(q + 4 * j);
      G[j] = _mm256_setzero_pd();
    }
    double a = q[D];
    for (int i0 = 0; i0 < N; i0 += B) {
      int n = std::min(B, N - i0);
      const double* x = X.p + (size_t)i0 * D;
      const double* __restrict Y = y.p + i0;
      for (int i = 0; i + 4 <= n; i += 4) {  // N % 4 == 0
        __m256d s[4];
        const double* xi = x + i * D;
        for (int k = 0; k < 4; k++) {
          __m256d t = _mm256_mul_pd(_mm256_loadu_pd(xi + k * D), Bv[0]);
          for (int j = 1; j < V; j++)
            t = _mm256_fmadd_pd(_mm256_loadu_pd(xi + k * D + 4 * j), Bv[j], t);
          s[k] = t;
        }
        __m256d h0 = _mm256_hadd_pd(s[0], s[1]), h1 = _mm256_hadd_pd(s[2], s[3]);
        _mm256_store_pd(eta + i, _mm256_add_pd(_mm256_permute2f128_pd(h0, h1, 0x21),
                                               _mm256_blend_pd(h0, h1, 0xC)));
      }
      double s0 = 0, sl = 0;
      {
        bench::V v0 = S(0), sv = S(0), pr = S(1);
        for (int i = 0; i < n; i += 4) {
          bench::V t = _mm256_load_pd(eta + i) + S(a), e = my_exp(S(0) - vabs(t)), w = S(1) + e,
                   iw = S(1) / w, yy = ld(Y + i), dd = yy - _mm256_blendv_pd(iw, e * iw, t);
          sv += yy * t - _mm256_max_pd(t, S(0));
          pr *= w;
          v0 += dd;
          _mm256_store_pd(del + i, dd);
        }
        sl = hsum(sv) - std::log(hprod(pr));
        s0 = hsum(v0);
      }
      lp += sl;
      g0 += s0;
      for (int i = 0; i < n; i++) {
        __m256d dk = _mm256_set1_pd(del[i]);
        const double* xi = x + i * D;
        for (int j = 0; j < V; j++) G[j] = _mm256_fmadd_pd(_mm256_loadu_pd(xi + 4 * j), dk, G[j]);
      }
    }
    for (int j = 0; j < V; j++) _mm256_storeu_pd(g + 4 * j, G[j]);
    g[D] = g0;
    return lp;
  }
};

// wine BLR
struct Wine : HandWritten {
  static constexpr int D = 13, DP = 16;
  int N;
  bool statistics;
  Aligned<double> X, y, G, c;
  double yy = 0, noise = 0.1;
  Wine(Data& d, bool statistics_) : statistics(statistics_) {
    N = d["wine.X"].r;
    X.alloc(N * DP);
    y.alloc(N);
    G.alloc(DP * DP);
    c.alloc(DP);
    for (int i = 0; i < N; i++) {
      y[i] = d["wine.y"].v[i];
      yy += y[i] * y[i];
      for (int j = 0; j < D; j++) X[i * DP + j] = d["wine.X"].v[i * D + j];
    }
    for (int i = 0; i < N; i++)
      for (int j = 0; j < DP; j++) {
        c[j] += X[i * DP + j] * y[i];
        for (int k = 0; k < DP; k++) G[j * DP + k] += X[i * DP + j] * X[i * DP + k];
      }
  }
  // log likelihood + gradient on padded 16-vector w
  static void lik_rows(const double* X, const double* y, int n, const double* w, double* g,
                       double& ss) {
    double sr;
    fused_ls<DP>(X, y, n, w, 0.0, g, sr, ss);
  }
  void lik_suff(const double* w, double* g, double& ss) {
    __m256d a[4];
    for (int k = 0; k < 4; k++) a[k] = _mm256_load_pd(c.p + 4 * k);
    __m256d t[4] = {_mm256_setzero_pd(), _mm256_setzero_pd(), _mm256_setzero_pd(),
                    _mm256_setzero_pd()};
    for (int j = 0; j < D; j++) {
      __m256d b = _mm256_set1_pd(w[j]);
      for (int k = 0; k < 4; k++)
        t[k] = _mm256_fmadd_pd(_mm256_load_pd(G.p + j * DP + 4 * k), b, t[k]);
    }
    __m256d s = _mm256_setzero_pd();
    for (int k = 0; k < 4; k++) {
      __m256d gk = _mm256_sub_pd(a[k], t[k]);
      _mm256_storeu_pd(g + 4 * k, gk);
      s = _mm256_fmadd_pd(_mm256_loadu_pd(w + 4 * k), _mm256_add_pd(gk, a[k]), s);
    }
    ss = yy - hsum(s);
  }
  double evaluate(const double* q, double* g) override {
    alignas(32) double w[DP] = {0}, gg[DP];
    for (int j = 0; j < D; j++) w[j] = q[j];
    double ss, iv = 1 / (noise * noise);
    if (!statistics)
      lik_rows(X.p, y.p, N, w, gg, ss);
    else
      lik_suff(w, gg, ss);
    double p = 0;
    for (int j = 0; j < D; j++) {
      g[j] = iv * gg[j] - w[j];
      p += w[j] * w[j];
    }
    return -0.5 * ss * iv - N * lcn - 0.5 * p - 0.5 * D * LOG2PI;
  }
  double lcn = std::log(0.1) + 0.5 * LOG2PI;
};

// arK, K=5, T=200
struct ArK : HandWritten {
  static constexpr int K = 5;
  int T;
  Aligned<double> y;
  ArK(Data& d) {
    T = d["ark.y"].r;
    y.alloc(T + 8);
    for (int i = 0; i < T; i++) y[i] = d["ark.y"].v[i];
  }
  double evaluate(const double* q, double* g) override {
    double a = q[0], b0 = q[1], b1 = q[2], b2 = q[3], b3 = q[4], b4 = q[5],
           s2i = std::exp(-2 * q[6]), s = std::exp(q[6]);
    double ss = 0, sr = 0, g0 = 0, g1 = 0, g2 = 0, g3 = 0, g4 = 0;
    const double* __restrict Y = y.p;
    int n = T - K;
    for (int t = 0; t < n; t++) {
      double r =
          Y[t + 5] - a - b0 * Y[t + 4] - b1 * Y[t + 3] - b2 * Y[t + 2] - b3 * Y[t + 1] - b4 * Y[t];
      sr += r;
      ss += r * r;
      g0 += r * Y[t + 4];
      g1 += r * Y[t + 3];
      g2 += r * Y[t + 2];
      g3 += r * Y[t + 1];
      g4 += r * Y[t];
    }
    double p = a * a + b0 * b0 + b1 * b1 + b2 * b2 + b3 * b3 + b4 * b4;
    g[0] = sr * s2i - a * 0.01;
    g[1] = g0 * s2i - b0 * 0.01;
    g[2] = g1 * s2i - b1 * 0.01;
    g[3] = g2 * s2i - b2 * 0.01;
    g[4] = g3 * s2i - b3 * 0.01;
    g[5] = g4 * s2i - b4 * 0.01;
    g[6] = -n + ss * s2i + dcauchy0(s, 2.5) * s + 1;
    return -0.5 * ss * s2i - n * (q[6] + 0.5 * LOG2PI) - 0.005 * p -
           6 * (std::log(10.0) + 0.5 * LOG2PI) + cauchy0(s, 2.5) + q[6];
  }
};

}  // namespace

std::unique_ptr<HandWritten> make_regression(const std::string& name, Data& data) {
  if (name == "diamonds") return std::make_unique<Diamonds>(data, false);
  if (name == "diamonds, sums") return std::make_unique<Diamonds>(data, true);
  if (name == "logistic") return std::make_unique<Logit>(data);
  if (name == "wine") return std::make_unique<Wine>(data, false);
  if (name == "wine, sums") return std::make_unique<Wine>(data, true);
  if (name == "arK") return std::make_unique<ArK>(data);
  return nullptr;
}

}  // namespace vippl::bench
