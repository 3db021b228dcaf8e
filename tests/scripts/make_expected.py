#!/usr/bin/env python3
"""Writes the `#! log_joint` lines of tests/scripts/good/*.vi from formulas of SciPy and NumPy.

usage: make_expected.py            rewrite the scripts whose numbers changed
       make_expected.py --check    change nothing; exit 1 if a number differs

Each function below says what a script means a second time, in Python, and shares nothing with vippl. `d` holds the data
file, `v` the values of the latents at the point.
"""
import csv
import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from scipy import special as sp
from scipy import stats as st

HERE = Path(__file__).resolve().parent
SCRIPTS = {}


def script(function):
    SCRIPTS[function.__name__] = function
    return function


def norm(x, location=0.0, scale=1.0):
    return st.norm.logpdf(x, location, scale).sum()


def half_norm(x, scale=1.0):
    return st.halfnorm.logpdf(x, scale=scale).sum()


def half_cauchy(x, scale=1.0):
    return st.halfcauchy.logpdf(x, scale=scale).sum()


def exponential(x, rate=1.0):
    return st.expon.logpdf(x, scale=1 / rate).sum()


def gamma(x, shape, rate):
    return st.gamma.logpdf(x, shape, scale=1 / rate).sum()


def inverse_gamma(x, shape, scale):
    return st.invgamma.logpdf(x, shape, scale=scale).sum()


def lognormal(x, location, scale):
    return st.lognorm.logpdf(x, scale, scale=np.exp(location)).sum()


def bernoulli_logit(y, logit):
    return np.where(y == 1, sp.log_expit(logit), sp.log_expit(-np.asarray(logit))).sum()


def multi_normal(rows, location, covariance):
    return sum(st.multivariate_normal.logpdf(row, location, covariance) for row in np.atleast_2d(rows))


def dirichlet(rows, alpha):
    return sum(st.dirichlet.logpdf(row, alpha) for row in np.atleast_2d(rows))


def lkj_cholesky(L, shape):
    """Lewandowski, Kurowicka & Joe (2009), section 3.2 and page 2000, for the Cholesky factor."""
    L = np.asarray(L)
    k = len(L)
    i = np.arange(2, k + 1)
    log_density = ((k - i + 2 * shape - 2) * np.log(np.diag(L)[1:])).sum()
    constant = 0.0
    for m in range(1, k):
        a = shape + 0.5 * (k - 1 - m)
        constant += (2 * shape - 2 + k - m) * (k - m) * np.log(2) + (k - m) * (2 * sp.gammaln(a) - sp.gammaln(2 * a))
    return log_density - constant


def standardize(x):
    return (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)


def columns(d, *names):
    return np.column_stack([d[name] for name in names])


def levels(column):
    """Numbers of the levels, from 0, in code point order."""
    order = sorted(set(column))
    return np.array([order.index(text) for text in column])


@script
def normal(d, v):
    return norm(v.mu, 0, 10) + norm(d["y"], v.mu, 1.5)


@script
def heavy_tails(d, v):
    prior = st.cauchy.logpdf(v.a, 0, 2.5) + st.laplace.logpdf(v.b, 0.1, 0.5) + half_cauchy(v.scale, 5)
    return prior + st.t.logpdf(d["y"], 4, v.a + v.b * d["x1"], v.scale).sum()


@script
def positive_line(d, v):
    prior = (exponential(v.rate, 2) + gamma(v.shape, 3, 1.5) + inverse_gamma(v.g, 4, 3) + half_norm(v.s, 2)
             + lognormal(v.l, 0.2, 0.6) + half_cauchy(v.h))
    pos = d["pos"]
    return (prior + gamma(pos, v.shape, v.rate) + inverse_gamma(pos, v.shape, v.g) + lognormal(pos, np.log(v.l), v.s)
            + exponential(pos, v.h))


@script
def unit_interval(d, v):
    prior = st.beta.logpdf(v.p, 2, 3) + st.uniform.logpdf(v.u, 0.5, 3.5) + exponential(v.a)
    return prior + st.binom.logpmf(d["hits"], d["trials"], v.p).sum() + st.beta.logpdf(d["unit"], v.a, v.u).sum()


@script
def counts(d, v):
    prior = gamma(v.rate, 2, 1) + norm(v.a) + norm(v.b)
    return (prior + st.poisson.logpmf(d["count"], v.rate).sum()
            + st.poisson.logpmf(d["hits"], np.exp(v.a + v.b * d["x1"])).sum())


@script
def yes_or_no(d, v):
    prior = st.beta.logpdf(v.p, 1, 1) + norm(v.a, 0, 2) + norm(v.b)
    X = columns(d, "x1", "x2", "x3")
    return prior + st.bernoulli.logpmf(d["flag"], v.p).sum() + bernoulli_logit(d["flag"], v.a + X @ v.b)


@script
def categories(d, v):
    region = levels(d["region"])
    grade = np.array([["low", "mid", "high"].index(text) for text in d["grade"]])
    north = np.array([text == "north" for text in d["region"]])
    prior = dirichlet(v.theta, [1, 2, 3]) + norm(v.effect) + norm(v.step) + norm(v.north)
    location = v.effect[region] + v.step * np.array([0, 1, 3])[grade] + v.north * north
    return prior + np.log(v.theta[region]).sum() + norm(d["y"], location)


@script
def multi_normal_rows(d, v):
    prior = multi_normal(v.mu, [0, 0], d["S"]) + multi_normal(v.nu, [1, 2], d["S"])
    return prior + multi_normal(d["Y"], v.mu, d["S"]) + multi_normal(d["Y"] + 1, v.nu, d["S"])


@script
def correlation(d, v):
    F = v.tau[:, None] * v.L
    return half_norm(v.tau) + lkj_cholesky(v.L, 2) + multi_normal(d["Y"], [0, 0], F @ F.T)


@script
def flat_with_bounds(d, v):
    return norm(d["y"], v.a + v.p * v.t, v.s)


@script
def vector_types(d, v):
    return norm(v.o, 0, 2) + exponential(v.q, 0.5) + norm(v.z) + (np.log(v.p) * v.u).sum() + (v.o * v.q + v.z).sum()


@script
def matrix_types(d, v):
    return (lkj_cholesky(v.C, 1.5) - 0.5 * ((v.R + v.S) * (v.C @ v.F)).sum() + np.log(np.linalg.det(v.S))
            - np.trace(v.R @ v.S))


@script
def arrays_of_constrained(d, v):
    prior = dirichlet(v.theta, [2, 1, 1.5]) + sum(lkj_cholesky(L, 3) for L in v.L) + exponential(v.s)
    return prior + (v.theta * d["M"]).sum() + (v.theta @ d["v"]).sum() + (v.L[1] @ v.s[0]).sum()


@script
def dependent_bounds(d, v):
    y, s = d["series"], [0.5]
    for t in range(1, len(y)):
        s.append(np.sqrt(v.a0 + v.a1 * (y[t - 1] - v.mu) ** 2 + v.b1 * s[t - 1] ** 2))
    return norm(v.mu) + norm(y, v.mu, np.array(s))


@script
def slices(d, v):
    M, a = d["M"], v.a
    return (norm(a) + (a[1:] * a[:-1]).sum() + 0.5 * M[1].sum() + (M[:, 2] * a).sum() + 0.25 * M[:2, 1:].sum()
            + M[3, 2] * a[3] + M[2].sum() * a[0])


@script
def gathers(d, v):
    i, j = d["ii"] - 1, d["jj"] - 1
    M, B, a = d["M"], v.B, v.a
    return (norm(a) + norm(B, 0, 10) + (a[i] * [1, 10, 100, 1000]).sum() + (M[i, j] * a).sum()
            + (B[i, j] * a[[0, 0, 1, 1]]).sum() + 0.01 * (B[i] * M).sum()
            + (B[[1, 3]][:, [2, 0]].sum(axis=0) * [0.1, 0.2]).sum())


@script
def masks(d, v):
    y, flag = d["y"], d["flag"] == 1
    return norm(v.a) + norm(v.b) + norm(y[flag], v.a) + 2 * v.b[y > 0].sum() + 3 * v.b[~flag & (y < -1)].sum()


@script
def broadcasting(d, v):
    M, r = d["M"], v.r[:, None]
    return (norm(v.r) + norm(v.c) + half_norm(v.s) + ((M - v.c) * r).sum() + (M * v.s + v.c / (1 + r**2)).sum()
            + norm(M, v.c + r, v.s))


@script
def products(d, v):
    M, cube, a, b, W = d["M"], d["cube"], v.a, v.b, v.W
    return (norm(a) + norm(b) + norm(W) + a @ d["v"] + (b @ M).sum() + (M @ a).sum() + 0.1 * (M @ W).sum()
            + (M.T @ b).sum() + np.einsum("k,gkt->", a, cube) + 0.01 * np.einsum("kw,gkt->", W, cube))


@script
def sizes_as_formulas(d, v):
    w, M = d["v"], d["M"]
    return (norm(v.step, 0, 1 / 3) + norm(v.tail, 0, 4) + (v.step * (w[1:] - w[:-1])).sum()
            + (v.tail[:4] * M[:, 0]).sum() + 3 * v.tail[4:].sum())


@script
def elements_in_loops(d, v):
    total = 0.0
    for i in range(4):
        total += norm(v.a[i], i + 1, 1)
        for j in range(3):
            total += norm(v.B[i, j], v.a[i] * (j + 1), 2) + norm(d["M"][i, j], v.B[i, j], 3)
    return total


@script
def random_walk(d, v):
    return (half_norm(v.tau) + norm(v.mu[0], 0, 10) + norm(v.mu[1:], v.mu[:-1], v.tau)
            + norm(d["series"], v.mu, 0.5))


@script
def slice_of_latents(d, v):
    x = v.x
    return norm(x[0]) + norm(x[1:3], 1, 2) + st.t.logpdf(x[3:], 3).sum() + (x * x).sum()


@script
def running_state(d, v):
    y = d["series"]
    total = norm(v.mu, 0, 10) + norm(v.phi, 0, 2) + norm(v.theta, 0, 2) + half_cauchy(v.sigma, 2.5)
    for t in range(len(y)):
        location = v.mu + v.phi * v.mu if t == 0 else v.mu + v.phi * y[t - 1] + v.theta * error
        error = y[t] - location
        total += norm(error, 0, v.sigma) + 0.5 * np.log(2 * np.pi)
    return total


@script
def fixed_branches(d, v):
    w = d["v"]
    return norm(v.a) + norm(v.b, 1, 2) + v.a * w[w > 0].sum() + v.a**2 * w[w <= 0].sum() + v.b.sum()


@script
def choice(d, v):
    y, pos = d["y"], d["pos"]
    return (norm(v.a) + half_norm(v.s, 3) + v.a * np.sqrt(y[y > 0]).sum() + v.a * np.log(y[y > 0]).sum()
            - v.s * (y <= 0).sum() + lognormal(pos, v.a, np.where(pos > 1, v.s, 2 * v.s)))


@script
def latent_branch(d, v):
    return norm(v.a) + (-v.a if v.a > 0 else 3 * v.a**2)


@script
def functions(d, v):
    location = v.top * 2 ** (1 / 3) * sp.expit(d["x1"] - 1.0)
    return lognormal(v.top, 0, 1) + norm(d["y"], location)


@script
def closures(d, v):
    return norm(v.a) + norm(v.b) - 0.5 * ((d["y"] - v.a - v.b * d["x1"]) ** 2).sum()


@script
def imports(d, v):
    return norm(v.a, 0, 10) + norm(d["y"], 2 * v.a, 0.5)


@script
def derived(d, v):
    return norm(v.a) + norm(v.b) + norm(d["v"], v.a * v.b)


@script
def generated(d, v):
    y = d["series"]
    prior = norm(v.mu, 0, 10) + st.uniform.logpdf(v.phi, -1, 2) + half_norm(v.sigma, 5)
    return prior + norm(y[1:], v.mu + v.phi * (y[:-1] - v.mu), v.sigma)


@script
def factors(d, v):
    return -0.5 * (v.a**2).sum() + (d["M"] * v.a).sum() + 3 - (1 + v.a[0]) ** 2


@script
def column_sources(d, v):
    location = columns(d, "x1", "x2", "x3") @ v.a + columns(d, "pos", "unit") @ v.b + v.c * d["Total Phenols"]
    return norm(v.a) + norm(v.b) + norm(v.c) + norm(d["y"], location)


@script
def standardized(d, v):
    Z = standardize(columns(d, "x1", "x2", "x3"))
    return norm(v.a) + norm(v.b) + norm(standardize(d["y"]), v.a + Z @ v.b, 0.5)


@script
def elementwise(d, v):
    x, y = v.x, v.y
    terms = [np.abs(y) + np.sign(y) + y**2 + np.sqrt(x),
             np.exp(y) + np.expm1(y) + np.log(x) + np.log1p(x) + np.log2(x) + np.log10(x),
             np.sin(y) + np.cos(y) + np.tan(x) + np.arcsin(x) + np.arccos(x) + np.arctan(y) + np.arctan2(y, x),
             np.sinh(y) + np.cosh(y) + np.tanh(y),
             sp.logit(x) + sp.expit(y) + sp.log_expit(y) + np.log(1 - np.exp(-x)),
             sp.ndtr(y) + sp.ndtri(x) + sp.erf(y) + sp.erfc(x),
             sp.gamma(x) + sp.gammaln(x) + sp.digamma(x) + np.log1p(np.exp(y)) + np.maximum(y, 0),
             np.clip(y, -1, 1)]
    return sum(term.sum() for term in terms)


@script
def reductions(d, v):
    a, M = v.a, d["M"]
    large = M > 0.9
    return (a.sum() + a.prod() + a.mean() + a.min() + a.max() + np.sqrt((a**2).sum()) + a.std(ddof=1) + a.var(ddof=1)
            + sp.logsumexp(a) + (a.sum(axis=0) + 2 * a.mean(axis=0)).sum() + (a.sum(axis=1) ** 2).sum()
            + (sp.logsumexp(a, axis=1) * a.max(axis=1)).sum() + (np.cumsum(a[0]) + np.cumprod(a[1])).sum()
            + a[0, 0] * (large.sum() + large.any() + large.all()) + np.median(M) * a[1, 1])


@script
def probability_functions(d, v):
    return (norm(v.a) + (sp.softmax(v.a) * [1, 2, 3]).sum() + (sp.log_softmax(v.a) * [0.1, 0.2, 0.3]).sum()
            + v.p + sp.logit(v.p) + np.log(v.p * np.exp(v.a[0]) + (1 - v.p) * np.exp(v.a[1])))


@script
def linear_algebra(d, v):
    S, b, t = d["S"], v.b, v.t
    A = S + t * np.eye(2)
    L = np.linalg.cholesky(A)
    return (norm(b) + half_norm(t) + np.linalg.solve(A, b).sum() + np.linalg.solve(L, b).sum()
            + np.log(np.linalg.det(A)) + np.linalg.det(A) + np.trace(A) + (np.linalg.inv(A) * [[1, 2], [3, 4]]).sum()
            + b @ A @ b + (np.diag(L) + np.diag(A)).sum() + (np.diag(b) @ A).sum() + S[0, 0] + t)


@script
def literals(d, v):
    a, b, w = v.a, v.b, d["v"]
    pair = np.array([a, 2 * a])
    grid = np.array([[i * a + j for j in (1, 2, 3)] for i in (1, 2)])
    rows = np.array([b, pair, [7, 8]])
    return (norm(a) + norm(b) + (grid * w).sum() + (rows @ b).sum() + b.sum() + a + w.sum()
            + 0.1 * np.concatenate([rows, rows], axis=1)[2].sum() + (w.sum() * np.array([3, 5]) * pair).sum()
            + (b + a).sum())


@script
def text_and_layout(d, v):
    beta1, size = v.__dict__["β₁"], v.__dict__["größe"]
    prior = norm(beta1, 0, 1000) + norm(size, 0, 10) + norm(v.mean) + st.beta.logpdf(v.beta, 2, 2)
    return prior + norm(d["y"], beta1 * d["x1"] + size - (v.mean + v.beta))


@script
def operators(d, v):
    x = v.x
    return (-x**2 + 512 * x + 0.5 * x + 3 + 3 * x + x - 1 - 2 + 1 + x / 4 * 3 + 10 + 40 + 0.5 * x
            + (100 if 2 < x <= 5 else 200))


@script
def json_scalars(d, v):
    return norm(v.a, 0, 10) + norm(d["M"], v.a, 1.5)


@script
def three_dimensions(d, v):
    a, cube = v.a, d["cube"]
    return norm(a) + norm(cube, a, 2) + cube[1, 2, 0] * a[2, 1] + cube[0, 1, 1] + (cube.sum(axis=0) * a).sum() + 3 * a[0, 0]


@script
def empty_loops(d, v):
    return norm(v.a) + v.a * (d["v"][2] + d["v"][0]) + (2 + 4) * v.a


@script
def ragged(d, v):
    M = d["M"]
    total = norm(v.a) + np.log(0.5) + half_norm(v.sigma)
    for j in range(2):
        first, last = d["first"][j] - 1, d["last"][j] - 1
        total += norm(M[first:last + 1, 0], v.a[j], v.sigma)
        total += norm(M[first + 1:last + 1, 1], v.rho * M[first:last, 1], v.sigma)
    return total


@script
def assignments(d, v):
    a, M = v.a, d["M"]
    x = np.array([10, 2 * a[1], 2 * a[2]]) - 1
    return norm(a) + x @ [1, 10, 100] + 1000 * a.sum() + a.sum() + M[0].sum() + a[0]


@script
def restricted(d, v):
    return norm(v.mu, 0, 2) + norm(v.s) - v.s * (v.mu[1] - v.mu[0])


@script
def grouped(d, v):
    prior = norm(v.m, 0, 10) + half_norm(v.tau) + norm(v.a, v.m, v.tau) + norm(v.b) + half_norm(v.sigma)
    return prior + norm(d["y"], v.a[d["idx"] - 1] + v.b * d["x1"], v.sigma)


@script
def loop_of_rows(d, v):
    return norm(v.a) + norm(v.b) + bernoulli_logit(d["flag"], v.a + columns(d, "x1", "x2", "x3") @ v.b)


@script
def dirichlet_categorical(d, v):
    chance = v.theta[levels(d["region"]), d["idx"] - 1]
    return exponential(v.alpha) + dirichlet(v.theta, v.alpha) + np.log(chance).sum()


@script
def more_real_distributions(d, v):
    def logit_normal(x, location, scale):
        return (st.norm.logpdf(sp.logit(x), location, scale) - np.log(x) - np.log1p(-x)).sum()

    prior = (st.logistic.logpdf(v.a, 0, 2) + st.gumbel_r.logpdf(v.g, 0.5, 1.5) + st.weibull_min.logpdf(v.w, 1.5, scale=2)
             + np.log(2) + st.t.logpdf(v.h, 4, 0, 1.5) + st.chi2.logpdf(v.c, 3) + logit_normal(v.l, 0.2, 0.8))
    return (prior + st.logistic.logpdf(d["y"], v.a, v.h).sum() + st.weibull_min.logpdf(d["pos"], v.w, scale=v.c).sum()
            + logit_normal(d["unit"], v.g, 1 + v.l))


@script
def more_counts(d, v):
    def neg_binomial_2(y, mean, concentration):
        return st.nbinom.logpmf(y, concentration, concentration / (concentration + mean)).sum()

    line = v.a + v.b * d["x1"]
    grade = np.array([["low", "mid", "high"].index(text) for text in d["grade"]])
    ends = np.concatenate([[-np.inf], v.cut, [np.inf]])
    location = v.b * d["x1"]
    ordered = np.log(sp.expit(ends[grade + 1] - location) - sp.expit(ends[grade] - location)).sum()
    return (exponential(v.m, 0.5) + gamma(v.k, 2, 1) + norm(v.a) + norm(v.b) + norm(v.cut, 0, 2)
            + neg_binomial_2(d["count"], v.m, v.k) + neg_binomial_2(d["trials"], np.exp(line + 2), v.k)
            + st.binom.logpmf(d["hits"], d["trials"], sp.expit(line)).sum() + ordered
            + sp.log_softmax([v.a, v.b, 0])[d["idx"] - 1].sum()
            + st.multinomial.logpmf([[2, 0, 3], [1, 1, 3]], 5, [0.2, 0.3, 0.5]).sum())


@script
def by_group(d, v):
    groups = [d["idx"] == k for k in (1, 2, 3)]
    y, region = d["y"], levels(d["region"])
    sums = np.array([v.a[g].sum() for g in groups])
    products = np.array([y[g].mean() * y[g].max() for g in groups])
    return (norm(v.a) + norm(v.b) + norm(v.c) + sums @ [1, 10, 100] + products.sum() * v.a[0]
            + (v.b[region] * y).sum() + (np.concatenate([[0], v.c])[region] * y).sum())


@script
def gaussian_process(d, v):
    x, y, a, l = d["x1"], d["y"], v.amplitude, v.length
    r = np.abs(x[:, None] - x)
    K = a**2 * np.exp(-r**2 / (2 * l**2))
    q3, q5 = np.sqrt(3) * r / l, np.sqrt(5) * r / l
    matern32, matern52 = a**2 * (1 + q3) * np.exp(-q3), a**2 * (1 + q5 + q5**2 / 3) * np.exp(-q5)
    periodic = a**2 * np.exp(-2 * np.sin(np.pi * r / 2.5) ** 2 / l**2)
    return (half_norm(a) + inverse_gamma(l, 5, 5) + half_norm(v.sigma)
            + multi_normal(y, np.zeros(len(y)), K + v.sigma**2 * np.eye(len(y)))
            + 0.1 * (matern32[0, 1] + matern52[0].sum() + (a**2 * np.outer(x, x))[1].sum() + periodic[:2, 2].sum()))


@script
def arrangement(d, v):
    a, M, w, y = v.a, d["M"], d["v"], d["series"]
    return (norm(a) + a[::-1] @ [1, 2, 3, 4] + 3 * a[2] + M[1, 1] * a[0] + (np.outer(a, w)[1] * [1, 2, 3]).sum()
            + np.diff(a) @ w + 0.5 * a[:3].sum() + np.cov(M[:, 0], M[:, 1])[0, 1] * a[0]
            + np.corrcoef(y, y[::-1])[0, 1] * a[1] + np.sort(y)[1] * a[2] + np.quantile(y, 0.25) * a[3]
            + (4 + 3 + 12) * a[0] + a[np.argsort(M[:, 0])] @ [1, 2, 3, 4]
            + np.kron([[1, 2], [3, 4]], np.eye(2))[0] @ a + (np.nonzero(y > 0.3)[0][1] + 1 + 1) * a[1])


@script
def densities(d, v):
    return (norm(v.a) + half_norm(v.s) + norm(v.a.sum(), 0, v.s)
            + (st.t.logpdf(0.5, 3, v.a, v.s) * [1, 2, 3]).sum())


@script
def silenced_warnings(d, v):
    return st.uniform.logpdf(v.a, -3, 7) - v.a


def read_data(name):
    path = HERE / "data" / name
    if path.suffix == ".json":
        return {k: np.array(x) if isinstance(x, list) else x for k, x in json.loads(path.read_text()).items()}
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    data = {}
    for name in rows[0]:
        texts = [row[name] for row in rows]
        for kind in (int, float, str):
            try:
                data[name] = np.array([kind(text) for text in texts])
                break
            except ValueError:
                continue
    return data


def point_of(text):
    values = json.loads(text)
    return SimpleNamespace(**{k: np.array(x, float) if isinstance(x, list) else x for k, x in values.items()})


def with_numbers(path):
    data, point, lines = {}, None, []
    for line in path.read_text().splitlines():
        if match := re.match(r"#! data (.*)", line):
            for name in match[1].split():
                data |= read_data(name)
        elif match := re.match(r"#! at (.*)", line):
            point = point_of(match[1])
        elif line.startswith("#! log_joint"):
            line = f"#! log_joint {float(SCRIPTS[path.stem](data, point))!r}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def same(old, new):
    """Whether two texts differ by no more than rounding in the log joints."""
    numbers = re.compile(r"^#! log_joint (\S*)$", re.M)
    a, b = numbers.findall(old), numbers.findall(new)
    return numbers.sub("", old) == numbers.sub("", new) and all(
        x and abs(float(x) - float(y)) <= 1e-10 * max(1, abs(float(y))) for x, y in zip(a, b))


def main():
    paths = sorted((HERE / "good").glob("*.vi"))
    missing = {path.stem for path in paths} ^ set(SCRIPTS)
    if missing:
        sys.exit(f"a script without its function, or the reverse: {', '.join(sorted(missing))}")
    different = 0
    for path in paths:
        old = path.read_text()
        new = with_numbers(path)
        if not same(old, new):
            different += 1
            if sys.argv[1:] == ["--check"]:
                print(f"{path.name} differs")
            else:
                path.write_text(new)
    print(f"{len(paths)} scripts, {different} different")
    return different if sys.argv[1:] == ["--check"] else 0


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
