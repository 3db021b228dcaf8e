#include "bench/hand_written/tools.h"

namespace vippl::bench {

namespace {

// garch11, T=200
struct Garch : HandWritten {
  int T;
  double s1;
  Aligned<double> y, v, r2, d, rv;
  Garch(Data& dd) {
    T = dd["garch.y"].r;
    s1 = dd["garch.s1"].v[0];
    y.alloc(T);
    v.alloc(T);
    r2.alloc(T);
    d.alloc(T);
    rv.alloc(T);
    for (int i = 0; i < T; i++) y[i] = dd["garch.y"].v[i];
  }
  double evaluate(const double* q, double* g) override {
    double mu = q[0], a0 = std::exp(q[1]), p1 = 1 / (1 + std::exp(-q[2])), a1 = p1,
           p2 = 1 / (1 + std::exp(-q[3])), b1 = (1 - a1) * p2;
    double* __restrict V = v.p;
    double* __restrict R2 = r2.p;
    double* __restrict Dv = d.p;
    const double* __restrict Y = y.p;
    double* __restrict W = rv.p;
    for (int t = 0; t < T; t++) {
      double r = Y[t] - mu;
      R2[t] = r * r;
    }
    V[0] = s1 * s1;
    for (int t = 1; t < T; t++) V[t] = a0 + a1 * R2[t - 1];
    {
      double w = V[0];
      for (int t = 1; t < T; t++) V[t] = w = V[t] + b1 * w;
    }  // the only forward serial chain
    bench::V slp = S(0), sgm = S(0);
    for (int t = 0; t < T; t += 4) {
      bench::V x = ld(V + t), iv = S(1) / x, r = ld(R2 + t) * iv;
      slp += my_log(x) + r;
      sgm += (ld(Y + t) - S(mu)) * iv;
      stv(Dv + t, S(0.5) * iv * (r - S(1)));
    }
    double lp = hsum(slp), gm = hsum(sgm);
    {
      double A = 0;
      for (int t = T - 1; t >= 1; t--) W[t] = A = Dv[t] + b1 * A;
    }  // the only reverse serial chain
    double ga0 = 0, ga1 = 0, gb1 = 0, gm2 = 0;
    for (int t = 1; t < T; t++) {
      double A = W[t];
      ga0 += A;
      ga1 += A * R2[t - 1];
      gb1 += A * V[t - 1];
      gm2 += A * (Y[t - 1] - mu);
    }
    g[0] = gm - 2 * a1 * gm2;
    g[1] = ga0 * a0 + 1;
    g[2] = (ga1 - p2 * gb1) * a1 * (1 - a1) + (1 - 2 * a1) -
           a1;  // + d/dq2 of log(1-a1) scale of beta1
    g[3] = gb1 * b1 * (1 - p2) + (1 - 2 * p2);
    return -0.5 * lp - 0.5 * T * LOG2PI + q[1] + std::log(p1 * (1 - p1)) +
           std::log((1 - a1) * p2 * (1 - p2));
  }
};

// hmm_drive_0, K=2, N=416
struct Hmm : HandWritten {
  int N;
  Aligned<double> u, v, R, F0, F1, B0, B1;
  double al[4], su = 0, sv = 0;
  Hmm(Data& d) {
    N = d["hmm.u"].r;
    for (auto* a : {&u, &v, &R, &F0, &F1, &B0, &B1}) a->alloc(N + 8);
    for (int i = 0; i < N; i++) {
      u[i] = d["hmm.u"].v[i];
      v[i] = d["hmm.v"].v[i];
      su += u[i];
      sv += v[i];
    }
    for (int i = 0; i < 4; i++) al[i] = d["hmm.alpha"].v[i];
    init();
  }
  double evaluate(const double* q, double* g) override {
    // theta1 = (z0, 1-z0), theta2 = (z1, 1-z1); phi, lambda positive_ordered
    double z0 = 1 / (1 + std::exp(-q[0])), z1 = 1 / (1 + std::exp(-q[1])), p1 = std::exp(q[2]),
           dp = std::exp(q[3]), p2 = p1 + dp, l1 = std::exp(q[4]), dl = std::exp(q[5]),
           l2 = l1 + dl;
    double A00 = z0, A01 = 1 - z0, A10 = z1, A11 = 1 - z1, c = p2 * l2 / (p1 * l1);
    double* __restrict r = R.p;
    const double* __restrict U = u.p;
    const double* __restrict Vv = v.p;
    double* __restrict f0 = F0.p;
    double* __restrict f1 = F1.p;
    double* __restrict b0 = B0.p;
    double* __restrict b1 = B1.p;
    // only the ratio of state-2 to state-1 emission enters the recursion
    for (int t = 0; t < N; t += 4)
      stv(r + t, S(c) * my_exp(S(-dp) * ld(U + t) - S(dl) * ld(Vv + t)));
    double x0 = 1, x1 = r[0], y0 = 1, y1 = 1, lsc = 0, pr = 1;
    f0[0] = x0;
    f1[0] = x1;
    b0[N - 1] = 1;
    b1[N - 1] = 1;
    for (int t = 1; t < N; t++) {  // forward and backward chains interleaved: independent latency
      double n0 = x0 * A00 + x1 * A10, n1 = x0 * (A01 * r[t]) + x1 * (A11 * r[t]);
      int k = N - 1 - t;
      double e = r[k + 1], m0 = A00 * y0 + (A01 * e) * y1, m1 = A10 * y0 + (A11 * e) * y1;
      if ((t & 7) == 0) {
        double z = n0 + n1, s = 1 / z, w = 1 / (m0 + m1);
        pr *= z;
        n0 *= s;
        n1 *= s;
        m0 *= w;
        m1 *= w;
      }
      if ((t & 31) == 0) {
        lsc += std::log(pr);
        pr = 1;
      }
      x0 = n0;
      x1 = n1;
      y0 = m0;
      y1 = m1;
      f0[t] = x0;
      f1[t] = x1;
      b0[k] = y0;
      b1[k] = y1;
    }
    // posterior weights are normalised per t, so the scale factors cancel
    double ll = lsc + std::log(pr * (x0 + x1)), w1, w1u, w1v, x00 = 0, x10 = 0, x01 = 0, x11 = 0;
    {
      double p = r[0] * b1[0] / (b0[0] + r[0] * b1[0]);
      w1 = p;
      w1u = p * U[0];
      w1v = p * Vv[0];
    }
    for (int t = 1; t < N; t++) {
      double o0 = b0[t], o1 = r[t] * b1[t], a = f0[t - 1] * A00 * o0, e = f0[t - 1] * A01 * o1,
             h = f1[t - 1] * A10 * o0, k = f1[t - 1] * A11 * o1;
      double s = 1 / (a + e + h + k), p = (e + k) * s;
      x00 += a * s;
      x01 += e * s;
      x10 += h * s;
      x11 += k * s;
      w1 += p;
      w1u += p * U[t];
      w1v += p * Vv[t];
    }
    // state-2 expectation counts: n2 = w1, sums; state 1 by complement
    double n2 = w1, n1 = N - w1, gp1 = n1 / p1 - (su - w1u), gp2 = n2 / p2 - w1u,
           gl1 = n1 / l1 - (sv - w1v), gl2 = n2 / l2 - w1v;
    gp1 -= p1;
    gp2 -= p2 - 3;
    gl1 -= l1;
    gl2 -= l2 - 3;
    g[0] = (x00 + al[0] - 1) * (1 - z0) - (x01 + al[1] - 1) * z0 + 1 - 2 * z0;
    g[1] = (x10 + al[2] - 1) * (1 - z1) - (x11 + al[3] - 1) * z1 + 1 - 2 * z1;
    g[2] = (gp1 + gp2) * p1 + 1;
    g[3] = gp2 * dp + 1;
    g[4] = (gl1 + gl2) * l1 + 1;
    g[5] = gl2 * dl + 1;
    double L0 = std::log(z0), L1 = std::log1p(-z0), M0 = std::log(z1), M1 = std::log1p(-z1);
    return ll + N * std::log(p1 * l1) - p1 * su - l1 * sv + al[0] * L0 + al[1] * L1 + al[2] * M0 +
           al[3] * M1 + kcv - 0.5 * (p1 * p1 + sq(p2 - 3) + l1 * l1 + sq(l2 - 3)) - 2 * LOG2PI +
           q[2] + q[3] + q[4] + q[5];
  }
  double kcv = 0;
  void init() {
    for (int i = 0; i < 2; i++)
      kcv += std::lgamma(al[2 * i] + al[2 * i + 1]) - std::lgamma(al[2 * i]) -
             std::lgamma(al[2 * i + 1]);
  }
};

// Lotka-Volterra, forward sensitivities
typedef double v4 __attribute__((vector_size(32)));
struct LV : HandWritten {
  int T = 20, mode, nsub;
  double ly[21][2];
  long steps = 0;
  double rtol = 1e-5, atol = 1e-3;
  LV(Data& d, int m, int ns, double rt = 1e-5, double at = 1e-3)
      : mode(m), nsub(ns), rtol(rt), atol(at) {
    for (int k = 0; k < 2; k++) {
      ly[0][k] = std::log(d["lv.y0"].v[k]);
      for (int i = 0; i < 20; i++) ly[i + 1][k] = std::log(d["lv.y"].v[i * 2 + k]);
    }
    init();
  }
  struct S {
    double u, v;
    v4 u0, u1, v0, v1;
  };  // lanes: alpha beta gamma delta | u_init v_init - -
  static inline S rhs(const S& s, double al, double be, double ga, double de) {
    double u = s.u, v = s.v, cu = al - be * v, cv = de * u - ga, uv = u * v, bu = be * u,
           dv = de * v;
    S r;
    r.u = cu * u;
    r.v = cv * v;
    v4 a = {u, -uv, 0, 0}, b = {0, 0, -v, uv};
    r.u0 = cu * s.u0 - bu * s.v0 + a;
    r.u1 = cu * s.u1 - bu * s.v1;
    r.v0 = cv * s.v0 + dv * s.u0 + b;
    r.v1 = cv * s.v1 + dv * s.u1;
    return r;
  }
  static inline S axpy(const S& y, double h, const S& k) {
    return {y.u + h * k.u,   y.v + h * k.v,   y.u0 + h * k.u0,
            y.u1 + h * k.u1, y.v0 + h * k.v0, y.v1 + h * k.v1};
  }
  double evaluate(const double* q, double* g) override {
    double p[8];
    for (int i = 0; i < 8; i++) p[i] = std::exp(q[i]);
    double al = p[0], be = p[1], ga = p[2], de = p[3];
    S y{p[4], p[5], v4{}, v4{1, 0, 0, 0}, v4{}, v4{0, 1, 0, 0}};
    double is[2] = {1 / p[6], 1 / p[7]}, gs[2] = {0, 0}, ss[2] = {0, 0};
    v4 G0{}, G1{};
    double zu[21], zv[21];
    v4 D[21][4];
    double h = mode ? 0.1 : 1.0 / nsub;
    S k1;
    if (mode) k1 = rhs(y, al, be, ga, de);
    steps = 0;
    zu[0] = y.u;
    zv[0] = y.v;
    D[0][0] = y.u0;
    D[0][1] = y.u1;
    D[0][2] = y.v0;
    D[0][3] = y.v1;
    for (int i = 1; i <= T; i++) {
      if (mode == 0) {
        for (int s = 0; s < nsub; s++) {
          S a = rhs(y, al, be, ga, de), b = rhs(axpy(y, 0.5 * h, a), al, be, ga, de),
            c = rhs(axpy(y, 0.5 * h, b), al, be, ga, de), d = rhs(axpy(y, h, c), al, be, ga, de);
          double w = h / 6;
          y.u += w * (a.u + 2 * (b.u + c.u) + d.u);
          y.v += w * (a.v + 2 * (b.v + c.v) + d.v);
          y.u0 += w * (a.u0 + 2 * (b.u0 + c.u0) + d.u0);
          y.u1 += w * (a.u1 + 2 * (b.u1 + c.u1) + d.u1);
          y.v0 += w * (a.v0 + 2 * (b.v0 + c.v0) + d.v0);
          y.v1 += w * (a.v1 + 2 * (b.v1 + c.v1) + d.v1);
        }
        steps += nsub;
      } else {  // Dormand-Prince 5(4), FSAL, steps clipped at observation times, error on states +
                // sensitivities
        double t = 0;
        while (t < 1 - 1e-12) {
          double hh = std::min(h, 1 - t);
          bool clip = hh < h;
          auto L = [&](std::initializer_list<double> c, std::initializer_list<const S*> k) {
            S r = y;
            auto ic = c.begin();
            for (auto* kk : k) r = axpy(r, hh * *ic++, *kk);
            return r;
          };
          S k2 = rhs(L({0.2}, {&k1}), al, be, ga, de),
            k3 = rhs(L({3. / 40, 9. / 40}, {&k1, &k2}), al, be, ga, de),
            k4 = rhs(L({44. / 45, -56. / 15, 32. / 9}, {&k1, &k2, &k3}), al, be, ga, de);
          S k5 = rhs(
              L({19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729}, {&k1, &k2, &k3, &k4}),
              al, be, ga, de);
          S k6 = rhs(L({9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
                       {&k1, &k2, &k3, &k4, &k5}),
                     al, be, ga, de);
          S n = L({35. / 384, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84},
                  {&k1, &k3, &k4, &k5, &k6});
          S k7 = rhs(n, al, be, ga, de);
          S z{};
          const double e[6] = {71. / 57600,      -71. / 16695, 71. / 1920,
                               -17253. / 339200, 22. / 525,    -1. / 40};
          const S* ks[6] = {&k1, &k3, &k4, &k5, &k6, &k7};
          for (int m = 0; m < 6; m++) z = axpy(z, hh * e[m], *ks[m]);
          double er =
              std::max(std::fabs(z.u) / (atol + rtol * std::max(std::fabs(y.u), std::fabs(n.u))),
                       std::fabs(z.v) / (atol + rtol * std::max(std::fabs(y.v), std::fabs(n.v))));
          auto ev = [&](v4 x, v4 a) {
            for (int m = 0; m < 4; m++)
              er = std::max(er, std::fabs(x[m]) / (atol + rtol * std::fabs(a[m])));
          };
          ev(z.u0, n.u0);
          ev(z.u1, n.u1);
          ev(z.v0, n.v0);
          ev(z.v1, n.v1);
          double f = er > 0 ? 0.9 * std::pow(er, -0.2) : 5;
          f = std::min(5.0, std::max(0.2, f));
          steps++;
          if (er <= 1) {
            t += hh;
            y = n;
            k1 = k7;
            if (!clip || f < 1) h = hh * f;
          } else
            h = hh * f;
        }
      }
      zu[i] = y.u;
      zv[i] = y.v;
      D[i][0] = y.u0;
      D[i][1] = y.u1;
      D[i][2] = y.v0;
      D[i][3] = y.v1;
    }
    double lz[44];
    for (int i = 0; i <= T; i++) {
      lz[i] = zu[i];
      lz[21 + i] = zv[i];
    }
    lz[42] = lz[43] = 1;
    for (int i = 0; i < 44; i++) lz[i] = std::log(lz[i]);
    for (int i = 0; i <= T; i++) {
      double r0 = ly[i][0] - lz[i], r1 = ly[i][1] - lz[21 + i];
      ss[0] += r0 * r0;
      ss[1] += r1 * r1;
      double w0 = r0 * is[0] * is[0] / zu[i], w1 = r1 * is[1] * is[1] / zv[i];
      G0 += w0 * D[i][0] + w1 * D[i][2];
      G1 += w0 * D[i][1] + w1 * D[i][3];
    }
    double gg[8] = {G0[0], G0[1], G0[2], G0[3], G1[0], G1[1], 0, 0}, lp = 0;
    (void)gs;
    const double pm[4] = {1, 0.05, 1, 0.05}, ps[4] = {0.5, 0.05, 0.5, 0.05};
    for (int i = 0; i < 4; i++) {
      double z = (p[i] - pm[i]) / ps[i];
      lp += -0.5 * z * z + q[i];
      g[i] = (gg[i] - z / ps[i]) * p[i] + 1;
    }
    for (int k = 0; k < 2; k++) {
      double e = q[4 + k] - 2.302585092994046;
      lp -= 0.5 * e * e;
      g[4 + k] = gg[4 + k] * p[4 + k] - e;  // lognormal prior: -log z cancels with the Jacobian
      double f = q[6 + k] + 1;
      lp -= 0.5 * f * f;
      g[6 + k] = -f;
      lp += -(T + 1) * q[6 + k] - 0.5 * ss[k] * is[k] * is[k];
      g[6 + k] += ss[k] * is[k] * is[k] - (T + 1);
    }
    return lp + kc;
  }
  double kc = 0;
  void init() {
    kc = -4 * LOG2PI - (T + 1) * LOG2PI - 2 * std::log(0.5) - 2 * std::log(0.05);
    for (int i = 0; i <= T; i++) kc -= ly[i][0] + ly[i][1];
  }
};

}  // namespace

std::unique_ptr<HandWritten> make_series(const std::string& name, Data& data) {
  if (name == "garch11") return std::make_unique<Garch>(data);
  if (name == "hmm_drive_0") return std::make_unique<Hmm>(data);
  if (name == "lotka_volterra") return std::make_unique<LV>(data, 1, 0, 1e-6, 1e-6);
  if (name == "lotka_volterra, fixed steps") return std::make_unique<LV>(data, 0, 16);
  return nullptr;
}

}  // namespace vippl::bench
