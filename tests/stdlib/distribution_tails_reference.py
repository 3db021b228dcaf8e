"""Prints the table of distribution_tails_test.cpp: the logs of both tails, by integrating or adding up the density with 40
digits, and held against scipy where it has the distribution. Needs mpmath and scipy (Debian: python3-mpmath, python3-scipy)."""
import math

import mpmath as mp
import numpy as np
from scipy import special, stats

mp.mp.dps = 40
inf = mp.inf
log2pi = mp.log(2 * mp.pi)
kept = 1e-9  # agreement asked of scipy, where its own result keeps digits


def integral(density, start, end, width, kink):
    """From a finite start outwards to the end, in growing pieces that stop at a kink."""
    total = mp.mpf(0)
    sign = 1 if end > start else -1
    at, width = mp.mpf(start), mp.mpf(width)
    for _ in range(150):
        nearer = at + sign * width
        if kink is not None and sign * (at - kink) < 0 < sign * (nearer - kink):
            nearer = mp.mpf(kink)
        if end not in (inf, -inf) and sign * (nearer - end) >= 0:
            return total + mp.quad(density, [at, end]) * sign
        piece = mp.quad(density, [at, nearer]) * sign
        total += piece
        if piece < total * mp.mpf(10) ** -30:
            return total
        at, width = nearer, width * 1.5
    return total + mp.quad(density, [at, end]) * sign


def continuous(name, parameters, values, log_density, lower, upper, reference=None, kink=None):
    exact = [mp.mpf(float(p)) for p in parameters]
    for y in values:
        density = lambda t: mp.exp(log_density(t, *exact))
        # The first piece is as wide as the density is flat.
        slope = mp.diff(lambda t: log_density(t, *exact), y, h=abs(mp.mpf(y)) * mp.mpf(10) ** -15)
        width = min(1 / abs(slope), max(0.05, abs(mp.mpf(y)) / 4)) if slope != 0 else 0.05
        below = integral(density, y, lower, width, kink)
        above = integral(density, y, upper, width, kink)
        if abs(below + above - 1) > 1e-15:
            # One way stepped over a far peak: the other one, downhill, is right.
            rising = log_density(y + abs(y) * 1e-6, *exact) > log_density(y - abs(y) * 1e-6, *exact)
            below, above = (below, 1 - below) if rising else (1 - above, above)
        show(name, y, parameters, below, above, reference)


def discrete(name, parameters, values, log_mass, lower, upper, reference=None):
    exact = [mp.mpf(float(p)) for p in parameters]
    for y in values:
        mass = lambda k: mp.exp(log_mass(k, *exact))
        whole = math.floor(y)
        show(name, y, parameters, added(mass, whole, lower, -1), added(mass, whole + 1, upper, 1), reference)


def added(mass, start, end, step):
    total, k = mp.mpf(0), start
    while (end - k) * step >= 0:
        term = mass(k)
        if total > 0 and term < total * mp.mpf(10) ** -30 and term <= before:
            break
        total, before, k = total + term, term, k + step
    return total


def show(name, y, parameters, below, above, reference):
    # The larger one from the smaller: both integrals have errors of their own.
    smaller = min(below, above)
    log_cdf = mp.log(below) if below == smaller else mp.log1p(-above)
    log_ccdf = mp.log(above) if above == smaller else mp.log1p(-below)
    assert abs(below + above - 1) < 1e-15, (name, y, below + above)
    if reference:
        frozen = reference(*parameters)
        for mine, theirs in ((below, frozen.cdf(y)), (above, frozen.sf(y))):
            if theirs > 1e-6:
                assert abs(mine / theirs - 1) < kept, (name, y, mine, theirs)
    arguments = ", ".join(number(x) for x in [y, *parameters])
    print(f'{{"{name}", {{{arguments}}}, {number(log_cdf)}, {number(log_ccdf)}}},')


def number(x):
    return repr(float(x)).removesuffix(".0")


lg = mp.loggamma


def log_beta(a, b):
    return lg(a) + lg(b) - lg(a + b)


def log_choose(n, k):
    return lg(n + 1) - lg(k + 1) - lg(n - k + 1)


def log_normal(t, m=0, s=1):
    return -log2pi / 2 - mp.log(s) - ((t - m) / s) ** 2 / 2


def log_student_t(t, n, m, s):
    return -log_beta(n / 2, mp.mpf(1) / 2) - mp.log(n) / 2 - mp.log(s) - (n + 1) / 2 * mp.log1p(((t - m) / s) ** 2 / n)


def log_gamma_density(t, a, r):
    return a * mp.log(r) - lg(a) + (a - 1) * mp.log(t) - r * t


def log_inverse_gamma(t, a, s):
    return a * mp.log(s) - lg(a) - (a + 1) * mp.log(t) - s / t


def log_beta_density(t, a, b):
    return (a - 1) * mp.log(t) + (b - 1) * mp.log1p(-t) - log_beta(a, b)


def log_skew_normal(t, m, s, a):
    return mp.log(2) + log_normal(t, m, s) + mp.log(mp.ncdf(a * (t - m) / s))


def log_exp_mod_normal(t, m, s, r):
    return mp.log(r) + r * (m + r * s * s / 2 - t) + mp.log(mp.ncdf((t - m) / s - r * s))


def log_asymmetric_laplace(t, m, s, p):
    u = (t - m) / s
    return mp.log(p * (1 - p) / s) - u * (p - (u < 0))


def log_generalized_normal(t, m, s, b):
    return mp.log(b / (2 * s)) - lg(1 / b) - abs((t - m) / s) ** b


def log_inverse_gaussian(t, m, a):
    return (mp.log(a) - log2pi - 3 * mp.log(t)) / 2 - a * (t - m) ** 2 / (2 * m * m * t)


def log_triangular(t, a, c, b):
    return mp.log(2 * (t - a) / ((b - a) * (c - a)) if t < c else 2 * (b - t) / ((b - a) * (b - c)))


real = dict(lower=-inf, upper=inf)
positive = dict(lower=0, upper=inf)
unit = dict(lower=0, upper=1)
count = dict(lower=0, upper=inf)

for ys, p in (([0.3, -12, 30], (1.2, 0.7)), ([-40, 8], (0, 1))):
    continuous("normal", p, ys, log_normal, **real, reference=stats.norm)
    continuous("laplace", p, ys, lambda t, m, s: -mp.log(2 * s) - abs(t - m) / s, **real, reference=stats.laplace,
               kink=p[0])
    continuous("logistic", p, ys, lambda t, m, s: -(t - m) / s - mp.log(s) - 2 * mp.log1p(mp.exp(-(t - m) / s)), **real,
               reference=stats.logistic)
    continuous("cauchy", p, ys + [-1e9], lambda t, m, s: -mp.log(mp.pi * s * (1 + ((t - m) / s) ** 2)), **real,
               reference=stats.cauchy)
continuous("gumbel", (1.2, 0.7), [0.3, -2.5, 60], lambda t, m, s: -(t - m) / s - mp.exp(-(t - m) / s) - mp.log(s), **real,
           reference=stats.gumbel_r)
for df in (0.7, 4.5, 200):
    continuous("student_t", (df, 1.2, 0.7), [1.2, 1.1, -30, 1e6], log_student_t, **real, reference=lambda n, m, s: stats.t(n, m, s))
    continuous("half_student_t", (df, 0.7), [1e-9, 0.5, 1e4], lambda t, n, s: mp.log(2) + log_student_t(t, n, 0, s), **positive)
for a in (-4, 0.5, 4):
    continuous("skew_normal", (1.2, 0.7, a), [1.3, -1.5, -20, 20], log_skew_normal, **real,
               reference=lambda m, s, a: stats.skewnorm(a, m, s))
for r in (0.05, 3):
    continuous("exp_mod_normal", (1.2, 0.7, r), [1.3, -1.5, -20, 20], log_exp_mod_normal, **real,
               reference=lambda m, s, r: stats.exponnorm(1 / (s * r), m, s))
continuous("asymmetric_laplace", (1.2, 0.7, 0.3), [1.2, -40, 70, 1], log_asymmetric_laplace, **real, kink=1.2)
for b in (0.6, 3):
    continuous("generalized_normal", (1.2, 0.7, b), [1.2, 1, -7, 9], log_generalized_normal, **real,
               reference=lambda m, s, b: stats.gennorm(b, m, s), kink=1.2)
continuous("half_normal", (0.7,), [1e-9, 0.5, 30], lambda t, s: mp.log(2) + log_normal(t, 0, s), **positive,
           reference=lambda s: stats.halfnorm(scale=s))
continuous("half_cauchy", (0.7,), [1e-9, 0.5, 1e7], lambda t, s: mp.log(2 / (mp.pi * s)) - mp.log1p((t / s) ** 2), **positive,
           reference=lambda s: stats.halfcauchy(scale=s))
continuous("lognormal", (0.4, 1.3), [1e-20, 1.3, 1e12], lambda t, m, s: log_normal(mp.log(t), m, s) - mp.log(t), **positive,
           reference=lambda m, s: stats.lognorm(s, scale=np.exp(m)))
continuous("exponential", (0.6,), [1e-12, 1.3, 2000], lambda t, r: mp.log(r) - r * t, **positive,
           reference=lambda r: stats.expon(scale=1 / r))
for a, ys in ((0.03, [1e-8, 0.4]), (2.5, [1e-5, 5, 2000]), (400, [150, 990, 1003, 2500])):
    continuous("gamma", (a, 0.4), ys, log_gamma_density, **positive, reference=lambda a, r: stats.gamma(a, scale=1 / r))
    continuous("inverse_gamma", (a + 1, 0.4), [0.4 / y for y in ys], log_inverse_gamma, **positive,
               reference=lambda a, s: stats.invgamma(a, scale=s))
continuous("chi_square", (3.5,), [1e-6, 3, 1500], lambda t, n: log_gamma_density(t, n / 2, mp.mpf(0.5)), **positive, reference=stats.chi2)
continuous("inverse_chi_square", (3.5,), [1e-3, 0.3, 1e5], lambda t, n: log_inverse_gamma(t, n / 2, mp.mpf(0.5)), **positive,
           reference=lambda n: stats.invgamma(n / 2, scale=0.5))
continuous("scaled_inverse_chi_square", (3.5, 2), [1e-2, 4, 1e6], lambda t, n, s: log_inverse_gamma(t, n / 2, n * s * s / 2), **positive)
continuous("weibull", (1.7, 2.2), [1e-30, 2, 90], lambda t, k, s: mp.log(k / s) + (k - 1) * mp.log(t / s) - (t / s) ** k, **positive,
           reference=lambda k, s: stats.weibull_min(k, scale=s))
continuous("frechet", (1.7, 2.2), [0.05, 2, 1e20], lambda t, k, s: mp.log(k / s) - (k + 1) * mp.log(t / s) - (t / s) ** -k, **positive,
           reference=lambda k, s: stats.invweibull(k, scale=s))
continuous("log_logistic", (1.7, 2.2), [1e-30, 2, 1e20],
           lambda t, k, s: mp.log(k / t) + k * mp.log(t / s) - 2 * mp.log1p((t / s) ** k), **positive,
           reference=lambda k, s: stats.fisk(k, scale=s))
continuous("rayleigh", (2.2,), [1e-30, 2, 90], lambda t, s: mp.log(t) - 2 * mp.log(s) - (t / s) ** 2 / 2, **positive,
           reference=lambda s: stats.rayleigh(scale=s))
continuous("pareto", (1.7, 2.2), [2.2000001, 3, 1e30], lambda t, a, m: mp.log(a) + a * mp.log(m) - (a + 1) * mp.log(t),
           lower=mp.mpf(2.2), upper=inf, reference=lambda a, m: stats.pareto(a, scale=m))
continuous("lomax", (1.7, 2.2), [1e-20, 3, 1e30], lambda t, a, s: mp.log(a / s) - (a + 1) * mp.log1p(t / s), **positive,
           reference=lambda a, s: stats.lomax(a, scale=s))
for shape in (0.8, 300):
    continuous("inverse_gaussian", (1.5, shape), [0.02, 1.4, 1.6, 90], log_inverse_gaussian, **positive,
               reference=lambda m, a: stats.invgauss(m / a, scale=a))
continuous("uniform", (-1, 4), [-0.999, 0.3, 3.9999], lambda t, a, b: -mp.log(b - a), lower=-1, upper=4,
           reference=lambda a, b: stats.uniform(a, b - a))
continuous("triangular", (-1, 0.5, 4), [-0.999, 0.5, 3.9999], log_triangular, lower=-1, upper=4, kink=0.5,
           reference=lambda a, c, b: stats.triang((c - a) / (b - a), a, b - a))
for a, b in ((0.5, 3), (40, 7), (900, 2500)):
    continuous("beta", (a, b), [1e-7, 0.3, 0.7], log_beta_density, **unit, reference=stats.beta)
continuous("beta_proportion", (0.3, 12), [1e-7, 0.3, 0.99], lambda t, m, c: log_beta_density(t, m * c, (1 - m) * c), **unit)
continuous("kumaraswamy", (2.5, 3), [1e-20, 0.3, 0.99999],
           lambda t, a, b: mp.log(a * b) + (a - 1) * mp.log(t) + (b - 1) * mp.log1p(-t**a), **unit)
continuous("logit_normal", (0.3, 1.1), [1e-7, 0.3, 0.9999], lambda t, m, s: log_normal(mp.log(t / (1 - t)), m, s) - mp.log(t * (1 - t)),
           **unit)

discrete("bernoulli", (0.2,), [0, 0.5], lambda k, p: mp.log(p if k == 1 else 1 - p), lower=0, upper=1, reference=stats.bernoulli)
discrete("bernoulli_logit", (-60,), [0, 0.5], lambda k, x: -mp.log1p(mp.exp(-x if k == 1 else x)), lower=0, upper=1)
for n, p, ys in ((12, 0.35, [0, 3, 10.5]), (9000, 0.4, [2000, 3590, 4000, 5000])):
    discrete("binomial", (n, p), ys, lambda k, n, p: log_choose(n, k) + k * mp.log(p) + (n - k) * mp.log1p(-p), lower=0, upper=n,
             reference=stats.binom)
discrete("binomial_logit", (12, -0.6), [0, 3, 10.5], lambda k, n, x: log_choose(n, k) - k * mp.log1p(mp.exp(-x)) - (n - k) * mp.log1p(mp.exp(x)),
         lower=0, upper=12, reference=lambda n, x: stats.binom(n, special.expit(x)))
for a, b in ((0.4, 2), (30, 20)):
    discrete("beta_binomial", (25, a, b), [0, 7, 24], lambda k, n, a, b: log_choose(n, k) + log_beta(k + a, n - k + b) - log_beta(a, b),
             lower=0, upper=25, reference=stats.betabinom)
for rate, ys in ((2.7, [0, 2.5, 60]), (2050, [1000, 2050, 4000])):
    discrete("poisson", (rate,), ys, lambda k, r: k * mp.log(r) - r - lg(k + 1), **count, reference=stats.poisson)
discrete("poisson_log", (0.8,), [0, 2.5, 60], lambda k, x: k * x - mp.exp(x) - lg(k + 1), **count, reference=lambda x: stats.poisson(np.exp(x)))
log_nb = lambda k, m, c: lg(k + c) - lg(c) - lg(k + 1) - c * mp.log1p(m / c) - k * mp.log1p(c / m)
for m, c in ((4, 1.5), (300, 80)):
    discrete("neg_binomial_2", (m, c), [0, 7, 900], log_nb, **count, reference=lambda m, c: stats.nbinom(c, c / (c + m)))
discrete("neg_binomial_2_log", (1.2, 1.5), [0, 7, 900], lambda k, x, c: log_nb(k, mp.exp(x), c), **count)
discrete("neg_binomial", (1.5, 0.4), [0, 7, 900], lambda k, a, r: log_nb(k, a / r, a), **count, reference=lambda a, r: stats.nbinom(a, r / (1 + r)))
discrete("geometric", (0.15,), [0, 7, 3000], lambda k, p: k * mp.log1p(-p) + mp.log(p), **count, reference=lambda p: stats.geom(p, loc=-1))
discrete("hypergeometric", (20, 30, 45), [1, 7, 18], lambda k, n, g, b: log_choose(g, k) + log_choose(b, n - k) - log_choose(g + b, n),
         lower=0, upper=20, reference=lambda n, g, b: stats.hypergeom(g + b, g, n))
discrete("discrete_uniform", (-3, 8), [-3, 0.5, 7], lambda k, a, b: -mp.log(b - a + 1), lower=-3, upper=8,
         reference=lambda a, b: stats.randint(a, b + 1))
log_skellam = lambda k, a, b: k * mp.log(a / b) / 2 - a - b + mp.log(mp.besseli(abs(k), 2 * mp.sqrt(a * b)))
for a, b, ys in ((1.7, 4.2, [-40, -3, 0.5, 25]), (250, 200, [-150, 50, 260])):
    discrete("skellam", (a, b), ys, log_skellam, lower=-inf, upper=inf, reference=stats.skellam)
