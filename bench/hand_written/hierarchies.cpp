#include "bench/hand_written/tools.h"

namespace vippl::bench {

namespace {

// eight schools, noncentered
struct EightSchools : HandWritten {
  double y[8], iv[8], c0 = 0;
  EightSchools(Data& d) {
    for (int i = 0; i < 8; i++) {
      y[i] = d["es.y"].v[i];
      double s = d["es.s"].v[i];
      iv[i] = 1 / (s * s);
      c0 -= std::log(s);
    }
    c0 -= 8 * LOG2PI;
    c0 += -std::log(5.0) - 0.5 * LOG2PI;
    c0 += -LOGPI - std::log(5.0);
  }
  double evaluate(const double* q, double* g) override {
    double mu = q[8], tau = std::exp(q[9]), ss = 0, gm = 0, gt = 0;
    for (int i = 0; i < 8; i++) {
      double r = y[i] - mu - tau * q[i], w = r * iv[i];
      ss += r * w + q[i] * q[i];
      gm += w;
      gt += w * q[i];
      g[i] = w * tau - q[i];
    }
    g[8] = gm - mu * 0.04;
    g[9] = (gt + dcauchy0(tau, 5)) * tau + 1;
    return c0 - 0.5 * ss - 0.02 * mu * mu - std::log1p(tau * tau * 0.04) + q[9];
  }
};

// radon slope+intercept noncentered
struct Radon : HandWritten {
  int N, J;
  bool statistics;
  std::vector<int> idx, beg;
  Aligned<double> f, y, st;
  Aligned<double> al, be, ga, gb;
  Radon(Data& d, bool statistics_) : statistics(statistics_) {
    N = d["rad.y"].r;
    J = (int)d["rad.J"].v[0];
    std::vector<int> o(N);
    for (int i = 0; i < N; i++) o[i] = i;
    auto& ix = d["rad.idx"].v;
    std::stable_sort(o.begin(), o.end(), [&](int a, int b) { return ix[a] < ix[b]; });
    f.alloc(N);
    y.alloc(N);
    idx.resize(N);
    beg.assign(J + 1, 0);
    st.alloc(J * 8);
    for (int i = 0; i < N; i++) {
      f[i] = d["rad.f"].v[o[i]];
      y[i] = d["rad.y"].v[o[i]];
      int j = idx[i] = (int)ix[o[i]];
      beg[j + 1]++;
      double* s = &st[j * 8];
      s[0] += 1;
      s[1] += f[i];
      s[2] += f[i] * f[i];
      s[3] += y[i];
      s[4] += f[i] * y[i];
      s[5] += y[i] * y[i];
    }
    for (int j = 0; j < J; j++) beg[j + 1] += beg[j];
    al.alloc(J);
    be.alloc(J);
    ga.alloc(J);
    gb.alloc(J);
  }
  double evaluate(const double* q, double* g) override {
    double ly = q[0], la = q[1], lb = q[2], sa = std::exp(la), sb = std::exp(lb), sy = std::exp(ly),
           s2i = 1 / (sy * sy);
    const double *ar = q + 3, *br = q + 3 + J;
    double ma = q[3 + 2 * J], mb = q[4 + 2 * J], ss = 0;
    double* __restrict A = al.p;
    double* __restrict B = be.p;
    double* __restrict GA = ga.p;
    double* __restrict GB = gb.p;
    const double* __restrict F = f.p;
    const double* __restrict Y = y.p;
    for (int j = 0; j < J; j++) {
      A[j] = ma + sa * ar[j];
      B[j] = mb + sb * br[j];
      GA[j] = 0;
      GB[j] = 0;
    }
    if (!statistics) {
      for (int j = 0; j < J; j++) {
        double a = A[j], b = B[j], s0 = 0, s1 = 0, s2 = 0;
        for (int i = beg[j]; i < beg[j + 1]; i++) {
          double r = Y[i] - a - F[i] * b;
          s0 += r;
          s1 += F[i] * r;
          s2 += r * r;
        }
        GA[j] = s0;
        GB[j] = s1;
        ss += s2;
      }
    } else {
      for (int j = 0; j < J; j++) {
        const double* s = &st[j * 8];
        double a = A[j], b = B[j];
        double r0 = s[3] - s[0] * a - s[1] * b, r1 = s[4] - s[1] * a - s[2] * b;
        GA[j] = r0;
        GB[j] = r1;
        ss += s[5] - a * s[3] - b * s[4] - a * r0 - b * r1;
      }
    }
    double sga = 0, sgb = 0, dsa = 0, dsb = 0, rr = 0;
    for (int j = 0; j < J; j++) {
      double u = GA[j] * s2i, v = GB[j] * s2i;
      sga += u;
      sgb += v;
      dsa += u * ar[j];
      dsb += v * br[j];
      rr += ar[j] * ar[j] + br[j] * br[j];
      g[3 + j] = u * sa - ar[j];
      g[3 + J + j] = v * sb - br[j];
    }
    g[3 + 2 * J] = sga - ma * 0.01;
    g[4 + 2 * J] = sgb - mb * 0.01;
    g[0] = -N + ss * s2i - sy * sy + 1;
    g[1] = dsa * sa - sa * sa + 1;
    g[2] = dsb * sb - sb * sb + 1;
    return -0.5 * ss * s2i - N * (ly + 0.5 * LOG2PI) - 0.5 * rr - J * LOG2PI -
           0.5 * (sa * sa + sb * sb + sy * sy) - 1.5 * LOG2PI - 0.005 * (ma * ma + mb * mb) -
           2 * std::log(10.0) - LOG2PI + ly + la + lb;
  }
};

// irt_2pl
struct Irt : HandWritten {
  int I, J;
  Aligned<double> y;
  explicit Irt(Data& d) {
    I = d["irt.y"].r;
    J = d["irt.y"].c;
    y.alloc(I * J);
    for (int k = 0; k < I * J; k++) y[k] = d["irt.y"].v[k];
  }
  // q: sigma_theta, theta[J], sigma_a, a[I], mu_b, sigma_b, b[I]
  double evaluate(const double* q, double* g) override {
    double lst = q[0], st = std::exp(lst), i2 = 1 / (st * st);
    const double* th = q + 1;
    double lsa = q[1 + J], sa = std::exp(lsa), ia2 = 1 / (sa * sa);
    const double* la = q + 2 + J;
    double mb = q[2 + J + I], lsb = q[3 + J + I], sb = std::exp(lsb), ib2 = 1 / (sb * sb);
    const double* b = q + 4 + J + I;
    double* __restrict gt = g + 1;
    double *ga = g + 2 + J, *gb = g + 4 + J + I;
    double lp = 0, tt = 0;
    for (int j = 0; j < J; j++) {
      tt += th[j] * th[j];
      gt[j] = -th[j] * i2;
    }
    lp += -0.5 * tt * i2 - J * (lst + 0.5 * LOG2PI) + cauchy0(st, 2) + lst;
    g[0] = tt * i2 - J + dcauchy0(st, 2) * st + 1;
    double saa = 0, sbb = 0, sb1 = 0;
    V sl = S(0), pr = S(1);
    for (int i = 0; i < I; i++) {
      double a = std::exp(la[i]), bi = b[i], s0 = 0, s1 = 0;
      const double* __restrict Y = &y[i * J];
      {
        V v0 = S(0), v1 = S(0), A = S(a), Bi = S(bi);
        for (int j = 0; j < J; j += 4) {  // J % 4 == 0
          V h = ld(th + j), t = A * (h - Bi), e = my_exp(S(0) - vabs(t)), w = S(1) + e,
            iw = S(1) / w, yy = ld(Y + j);
          V d = yy - _mm256_blendv_pd(iw, e * iw, t);
          sl += yy * t - _mm256_max_pd(t, S(0));
          pr *= w;
          v0 += d;
          v1 += d * h;
          stv(gt + j, ld(gt + j) + A * d);
        }
        s0 = hsum(v0);
        s1 = hsum(v1);
        if ((i & 7) == 7) {
          lp -= std::log(hprod(pr));
          pr = S(1);
        }  // <= 200 factors of at most 2 per lane
      }
      ga[i] = a * (s1 - bi * s0) - la[i] * ia2;
      gb[i] = -a * s0 - (bi - mb) * ib2;
      saa += la[i] * la[i];
      sbb += sq(bi - mb);
      sb1 += bi - mb;
    }
    lp += hsum(sl) - std::log(hprod(pr));
    // a ~ lognormal(0, sa): -log a cancels with the Jacobian of a = exp(la)
    lp += -0.5 * saa * ia2 - I * (lsa + 0.5 * LOG2PI) + cauchy0(sa, 2) + lsa - 0.5 * sbb * ib2 -
          I * (lsb + 0.5 * LOG2PI) + cauchy0(sb, 2) + lsb + norm_c(mb, 0, 5);
    g[1 + J] = saa * ia2 - I + dcauchy0(sa, 2) * sa + 1;
    g[2 + J + I] = sb1 * ib2 - mb * 0.04;
    g[3 + J + I] = sbb * ib2 - I + dcauchy0(sb, 2) * sb + 1;
    return lp;
  }
};

}  // namespace

std::unique_ptr<HandWritten> make_hierarchy(const std::string& name, Data& data) {
  if (name == "eight_schools") return std::make_unique<EightSchools>(data);
  if (name == "radon") return std::make_unique<Radon>(data, false);
  if (name == "radon, sums") return std::make_unique<Radon>(data, true);
  if (name == "irt_2pl") return std::make_unique<Irt>(data);
  return nullptr;
}

}  // namespace vippl::bench
