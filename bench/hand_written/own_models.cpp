#include "bench/hand_written/tools.h"

namespace vippl::bench {

namespace {

// ar2: log width, back_two, back_one, drift
struct Ar2 : HandWritten {
  int T;
  Aligned<double> y;
  explicit Ar2(Data& d) {
    T = d["ar2.y"].r;
    y.alloc(T + 8);
    for (int i = 0; i < T; i++) y[i] = d["ar2.y"].v[i];
  }
  double evaluate(const double* q, double* g) override {
    const double w = std::exp(q[0]), iw = 1 / w;
    const int n = T - 2;
    const int whole = n / 4 * 4;
    V s0 = S(0), s1 = S(0), s2 = S(0), s3 = S(0), logs = S(0), pr = S(1);
    for (int t = 0; t < whole; t += 4) {
      V a = ld(y.p + t), b = ld(y.p + t + 1);
      V z = (ld(y.p + t + 2) - S(q[1]) * a - S(q[2]) * b - S(q[3])) * S(iw);
      V u = S(4) + z * z, k = S(5) * z / u;
      s0 += k * z;
      s1 += k * a;
      s2 += k * b;
      s3 += k;
      pr *= S(0.25) * u;
      if ((t & 28) == 28) {
        logs += my_log(pr);
        pr = S(1);
      }
    }
    double r0 = hsum(s0), r1 = hsum(s1), r2 = hsum(s2), r3 = hsum(s3), lp = hsum(logs + my_log(pr));
    for (int t = whole; t < n; t++) {
      double z = (y[t + 2] - q[1] * y[t] - q[2] * y[t + 1] - q[3]) * iw, u = 4 + z * z,
             k = 5 * z / u;
      r0 += k * z;
      r1 += k * y[t];
      r2 += k * y[t + 1];
      r3 += k;
      lp += std::log(0.25 * u);
    }
    g[0] = r0 - n - 0.25 * w * w + 1;
    g[1] = r1 * iw - q[1];
    g[2] = r2 * iw - q[2];
    g[3] = r3 * iw - q[3] / 25;
    return -2.5 * lp - n * q[0] - 0.125 * w * w + q[0] -
           0.5 * (q[1] * q[1] + q[2] * q[2] + q[3] * q[3] / 25);
  }
};

// claims: level, effect[8]
struct Claims : HandWritten {
  static constexpr int D = 8;
  int N;
  Aligned<double> X, y, offset;
  explicit Claims(Data& d) {
    N = d["claims.X"].r;
    X.alloc(N * D);
    y.alloc(N);
    offset.alloc(N);
    for (int i = 0; i < N * D; i++) X[i] = d["claims.X"].v[i];
    for (int i = 0; i < N; i++) {
      y[i] = d["claims.y"].v[i];
      offset[i] = std::log(d["claims.exposure"].v[i]);
    }
  }
  double evaluate(const double* q, double* g) override {
    V b0 = ld(q + 1), b1 = ld(q + 5), G0 = S(0), G1 = S(0), sv = S(0), s0 = S(0);
    for (int i = 0; i < N; i += 4) {  // N % 4 == 0
      const double* x = X.p + i * D;
      V s[4];
      for (int k = 0; k < 4; k++) s[k] = _mm256_fmadd_pd(ld(x + k * D), b0, ld(x + k * D + 4) * b1);
      V h0 = _mm256_hadd_pd(s[0], s[1]), h1 = _mm256_hadd_pd(s[2], s[3]);
      V eta = _mm256_permute2f128_pd(h0, h1, 0x21) + _mm256_blend_pd(h0, h1, 0xC) + S(q[0]) +
              ld(offset.p + i);
      V mean = my_exp(eta), c = ld(y.p + i), r = c - mean;
      sv += c * eta - mean;
      s0 += r;
      for (int k = 0; k < 4; k++) {
        V rk = S(r[k]);
        G0 = _mm256_fmadd_pd(ld(x + k * D), rk, G0);
        G1 = _mm256_fmadd_pd(ld(x + k * D + 4), rk, G1);
      }
    }
    stv(g + 1, G0 - S(4) * b0);
    stv(g + 5, G1 - S(4) * b1);
    g[0] = hsum(s0) - q[0];
    return hsum(sv) - 0.5 * q[0] * q[0] - 2 * hsum(b0 * b0 + b1 * b1);
  }
};

// clinics: centre, log spread, offset[60], by_dose, by_age; the rows are sorted by clinic
struct Clinics : HandWritten {
  int N, J;
  std::vector<int> beg;
  Aligned<double> y, dose, age, eta;
  explicit Clinics(Data& d) {
    auto& clinic = d["clinics.clinic"].v;
    N = (int)clinic.size();
    J = (int)*std::max_element(clinic.begin(), clinic.end());
    std::vector<int> o(N);
    for (int i = 0; i < N; i++) o[i] = i;
    std::stable_sort(o.begin(), o.end(), [&](int a, int b) { return clinic[a] < clinic[b]; });
    beg.assign(J + 1, 0);
    for (auto* a : {&y, &dose, &age, &eta}) a->alloc(N);
    for (int i = 0; i < N; i++) {
      y[i] = d["clinics.y"].v[o[i]];
      dose[i] = d["clinics.dose"].v[o[i]];
      age[i] = d["clinics.age"].v[o[i]];
      beg[(int)clinic[o[i]]]++;
    }
    for (int j = 0; j < J; j++) beg[j + 1] += beg[j];
  }
  double evaluate(const double* q, double* g) override {
    const double c = q[0], s = std::exp(q[1]), i2 = 1 / (s * s), *off = q + 2, bd = q[2 + J],
                 ba = q[3 + J];
    double* __restrict E = eta.p;
    const double* __restrict Dv = dose.p;
    const double* __restrict A = age.p;
    for (int j = 0; j < J; j++)
      for (int i = beg[j]; i < beg[j + 1]; i++) E[i] = off[j] + bd * Dv[i] + ba * A[i];
    V sv = S(0), pr = S(1), gd = S(0), ga = S(0);
    double logs = 0;
    for (int i = 0; i < N; i += 4) {  // N % 4 == 0
      V t = ld(E + i), e = my_exp(S(0) - vabs(t)), w = S(1) + e, iw = S(1) / w, yy = ld(y.p + i),
        r = yy - _mm256_blendv_pd(iw, e * iw, t);
      sv += yy * t - _mm256_max_pd(t, S(0));
      pr *= w;
      gd += r * ld(Dv + i);
      ga += r * ld(A + i);
      stv(E + i, r);
      if ((i & 508) == 508) {  // <= 128 factors of at most 2 per lane
        logs += std::log(hprod(pr));
        pr = S(1);
      }
    }
    double ss = 0, s1 = 0;
    for (int j = 0; j < J; j++) {
      double r = 0, z = off[j] - c;
      for (int i = beg[j]; i < beg[j + 1]; i++) r += E[i];
      g[2 + j] = r - z * i2;
      ss += z * z;
      s1 += z;
    }
    g[0] = s1 * i2 - 0.25 * c;
    g[1] = ss * i2 - J - s * s + 1;
    g[2 + J] = hsum(gd) - bd;
    g[3 + J] = hsum(ga) - ba;
    return hsum(sv) - logs - std::log(hprod(pr)) - 0.5 * ss * i2 - J * q[1] - 0.5 * s * s + q[1] -
           0.125 * c * c - 0.5 * (bd * bd + ba * ba);
  }
};

// three_kinds: preference[2], the three centres, log spread[3]
struct ThreeKinds : HandWritten {
  int N;
  Aligned<double> y;
  explicit ThreeKinds(Data& d) {
    N = d["kinds.y"].r;
    y.alloc(N);
    for (int i = 0; i < N; i++) y[i] = d["kinds.y"].v[i];
  }
  double evaluate(const double* q, double* g) override {
    const double e1 = std::exp(q[0]), e2 = std::exp(q[1]), total = 1 + e1 + e2,
                 lt = std::log(total);
    const double share[3] = {1 / total, e1 / total, e2 / total};
    const double ls[3] = {-lt, q[0] - lt, q[1] - lt};
    double is[3], lc[3];
    for (int k = 0; k < 3; k++) {
      is[k] = std::exp(-q[5 + k]);
      lc[k] = ls[k] - q[5 + k] - 0.5 * LOG2PI;
    }
    V R[3] = {}, M[3] = {}, Q[3] = {}, sum = S(0), pr = S(1);
    for (int i = 0; i < N; i += 4) {  // N % 4 == 0
      V yy = ld(y.p + i), z[3], d[3], e[3];
      for (int k = 0; k < 3; k++) {
        z[k] = (yy - S(q[2 + k])) * S(is[k]);
        d[k] = S(lc[k]) - S(0.5) * z[k] * z[k];
      }
      V top = _mm256_max_pd(d[0], _mm256_max_pd(d[1], d[2]));
      for (int k = 0; k < 3; k++) e[k] = my_exp(d[k] - top);
      V all = e[0] + e[1] + e[2], per = S(1) / all;
      sum += top;
      pr *= all;
      for (int k = 0; k < 3; k++) {
        V r = e[k] * per, rz = r * z[k];
        R[k] += r;
        M[k] += rz;
        Q[k] += rz * z[k];
      }
      if ((i & 508) == 508) {  // <= 128 factors of at most 3 per lane
        sum += my_log(pr);
        pr = S(1);
      }
    }
    double lp = hsum(sum + my_log(pr)) - 0.5 * (q[0] * q[0] + q[1] * q[1]);
    const double at[3] = {-3, 0, 3};
    for (int k = 0; k < 3; k++) {
      const double r = hsum(R[k]), z = (q[2 + k] - at[k]) / 2, s = 1 / is[k];
      if (k > 0) g[k - 1] = r - N * share[k] - q[k - 1];
      g[2 + k] = hsum(M[k]) * is[k] - z / 2;
      g[5 + k] = hsum(Q[k]) - r - s * s + 1;
      lp += -0.5 * z * z - 0.5 * s * s + q[5 + k];
    }
    return lp;
  }
};

}  // namespace

std::unique_ptr<HandWritten> make_own_model(const std::string& name, Data& data) {
  if (name == "ar2") return std::make_unique<Ar2>(data);
  if (name == "claims") return std::make_unique<Claims>(data);
  if (name == "clinics") return std::make_unique<Clinics>(data);
  if (name == "three_kinds") return std::make_unique<ThreeKinds>(data);
  return nullptr;
}

}  // namespace vippl::bench
