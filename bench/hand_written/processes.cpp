#include "bench/hand_written/tools.h"

namespace vippl::bench {

namespace {

// gp_regr, N=11
template <int N>
struct Gp : HandWritten {
  double D2[N][N], y[N], c0;
  Gp(Data& d) {
    auto& x = d["gp.x"].v;
    for (int i = 0; i < N; i++) {
      y[i] = d["gp.y"].v[i];
      for (int j = 0; j < N; j++) D2[i][j] = sq(x[i] - x[j]);
    }
    c0 = 25 * std::log(4.0) - std::lgamma(25.0) - std::log(2.0) - 0.5 * LOG2PI - 0.5 * LOG2PI -
         0.5 * N * LOG2PI;
  }
  double evaluate(const double* q, double* g) override {
    double rho = std::exp(q[0]), al = std::exp(q[1]), si = std::exp(q[2]), h = -0.5 / (rho * rho),
           a2 = al * al;
    constexpr int M = N * (N + 1) / 2;
    double E[M + 3], L[N][N + 1], Z[N][N + 1] = {}, id[N], z[N], be[N], d2[M + 3];
    int k = 0;
    for (int j = 0; j < N; j++)
      for (int i = j; i < N; i++) d2[k++] = D2[i][j];
    for (int m = M; m < M + 2; m++) d2[m] = 0;
    for (int m = 0; m < M; m += 4) stv(E + m, S(a2) * my_exp(S(h) * ld(d2 + m)));
    k = 0;
    for (int j = 0; j < N; j++)
      for (int i = j; i < N; i++) L[j][i] = E[k++];  // L[j] = column j
    for (int j = 0; j < N; j++) L[j][j] += si;
    double ld = 1;
    for (int j = 0; j < N; j++) {  // right-looking Cholesky on columns
      double inv = 1 / std::sqrt(L[j][j]);
      id[j] = inv;
      ld *= inv;
      for (int i = j; i < N; i++) L[j][i] *= inv;
      for (int c = j + 1; c < N; c++)
        for (int i = c; i < N; i++) L[c][i] -= L[j][i] * L[j][c];
    }
    for (int i = 0; i < N; i++) z[i] = y[i];
    for (int j = 0; j < N; j++) {
      z[j] *= id[j];
      for (int i = j + 1; i < N; i++) z[i] -= L[j][i] * z[j];
    }
    double zz = 0;
    for (int i = 0; i < N; i++) zz += z[i] * z[i];
    for (int j = N - 1; j >= 0; j--) {
      double t = z[j];
      for (int i = j + 1; i < N; i++) t -= L[j][i] * be[i];
      be[j] = t * id[j];
    }
    for (int c = 0; c < N; c++) {  // Z = inv(L), column by column
      Z[c][c] = id[c];
      for (int j = c; j < N; j++) {
        if (j > c) Z[c][j] *= id[j];
        for (int i = j + 1; i < N; i++) Z[c][i] -= L[j][i] * Z[c][j];
      }
    }
    double gr = 0, ga = 0, gs = 0;
    k = 0;
    for (int j = 0; j < N; j++)
      for (int i = j; i < N; i++, k++) {  // Kinv(i,j) = sum_m Z[i..][m] Z[j][m]
        double s = 0;
        for (int m = i; m < N; m++) s += Z[i][m] * Z[j][m];
        double W = be[i] * be[j] - s;
        if (i == j) {
          ga += 0.5 * W * E[k];
          gs += 0.5 * W;
        } else {
          ga += W * E[k];
          gr += W * E[k] * d2[k];
        }
      }
    g[0] = gr / (rho * rho) + 24 - 4 * rho + 1;
    g[1] = 2 * ga - a2 / 4 + 1;
    g[2] = gs * si - si * si + 1;
    return c0 - 0.5 * zz + std::log(ld) + 24 * q[0] - 4 * rho - a2 / 8 - 0.5 * si * si + q[0] +
           q[1] + q[2];
  }
};

// low_dim_gauss_mix, N=1000
struct Mix : HandWritten {
  int N;
  Aligned<double> y;
  explicit Mix(Data& d) {
    N = d["mix.y"].r;
    y.alloc(N);
    for (int i = 0; i < N; i++) y[i] = d["mix.y"].v[i];
  }
  double evaluate(const double* q, double* g) override {
    double m1 = q[0], dm = std::exp(q[1]), m2 = m1 + dm, s1 = std::exp(q[2]), s2 = std::exp(q[3]),
           th = 1 / (1 + std::exp(-q[4]));
    double i1 = 1 / s1, i2 = 1 / s2, k1 = std::log(th) - q[2], k2 = std::log1p(-th) - q[3], sm = 0,
           w1 = 0, a1 = 0, b1 = 0, a2 = 0, b2 = 0;
    const double* __restrict Y = y.p;
    {
      V vs = S(0), vw = vs, va = vs, vb = vs, vc = vs, vd = vs, pr = S(1);
      for (int i = 0; i < N; i += 4) {
        V yy = ld(Y + i), x1 = (yy - S(m1)) * S(i1), x2 = (yy - S(m2)) * S(i2), q1 = x1 * x1,
          q2 = x2 * x2, e1 = S(k1) - S(0.5) * q1, e2 = S(k2) - S(0.5) * q2, df = e1 - e2;
        V e = my_exp(S(0) - vabs(df)), w = S(1) + e, iw = S(1) / w,
          r1 = _mm256_blendv_pd(iw, e * iw, df), r2 = S(1) - r1;
        vs += _mm256_max_pd(e1, e2);
        pr *= w;
        vw += r1;
        va += r1 * x1;
        vb += r1 * q1;
        vc += r2 * x2;
        vd += r2 * q2;
        if ((i & 1023) == 1020) {
          sm += std::log(hprod(pr));
          pr = S(1);
        }
      }
      sm += hsum(vs) + std::log(hprod(pr));
      w1 = hsum(vw);
      a1 = hsum(va);
      b1 = hsum(vb);
      a2 = hsum(vc);
      b2 = hsum(vd);
    }
    double w2 = N - w1, gm1 = a1 * i1 - 0.25 * m1, gm2 = a2 * i2 - 0.25 * m2;
    g[0] = gm1 + gm2;
    g[1] = gm2 * dm + 1;
    g[2] = b1 - w1 - 0.25 * s1 * s1 + 1;
    g[3] = b2 - w2 - 0.25 * s2 * s2 + 1;
    g[4] = w1 * (1 - th) - w2 * th + 5 * (1 - th) - 5 * th;
    return sm - 0.5 * N * LOG2PI - 0.125 * (m1 * m1 + m2 * m2 + s1 * s1 + s2 * s2) -
           4 * (std::log(2.0) + 0.5 * LOG2PI) + 5 * std::log(th) + 5 * std::log1p(-th) + kb + q[1] +
           q[2] + q[3];
  }
  double kb = std::lgamma(10.0) - 2 * std::lgamma(5.0);
};

}  // namespace

std::unique_ptr<HandWritten> make_process(const std::string& name, Data& data) {
  if (name == "gp_regr") return std::make_unique<Gp<11>>(data);
  if (name == "low_dim_gauss_mix") return std::make_unique<Mix>(data);
  return nullptr;
}

}  // namespace vippl::bench
