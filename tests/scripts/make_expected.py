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
from scipy import interpolate, linalg
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


def complete(data, values):
    """Missing numbers replaced, in row-major order."""
    filled = np.array(data, float)
    filled[np.isnan(filled)] = values
    return filled


def number_or_missing(text):
    return np.nan if text in ("", "NA") else float(text)


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
def areal(d, v):
    edges = np.array([[1, 2], [2, 3], [3, 4], [4, 5], [1, 3]]) - 1
    W = np.zeros((5, 5))
    for i, j in edges:
        W[i, j] = W[j, i] = 1
    Q = (np.diag(W.sum(0)) - v.rho * W) / v.tau**2
    icar = -0.5 * sum((v.phi[i] - v.phi[j]) ** 2 for i, j in edges)
    return (icar + half_norm(v.tau) + multi_normal(v.psi, [0.1] * 5, np.linalg.inv(Q))
            + norm(d["series"], v.phi + v.psi, 0.5))


def autoregression(y, coefficients, location, scale):
    z = np.concatenate([np.zeros(len(coefficients)), y - location])
    past = [c * z[len(coefficients) - k : len(z) - k] for k, c in enumerate(coefficients, 1)]
    return norm(z[len(coefficients) :], np.sum(past, axis=0), scale)


def walk(y, start, scale):
    return norm(np.diff(np.concatenate([[start], y])), 0, scale)


@script
def series(d, v):
    y = d["series"]
    return (norm(v.c, 0, 0.5) + half_norm(v.tau) + walk(v.walk, 0.2, v.tau[0])
            + sum(walk(row, 0, scale) for row, scale in zip(v.walks, v.tau))
            + autoregression(y, v.c, 0.3, v.tau[1]) + autoregression(y - v.walk, v.c[:1], 0, 1) + v.walks.sum())


@script
def random_matrices(d, v):
    t = st.multivariate_t.logpdf
    lkj = 2 * sp.betaln(0.5, 2) + sp.betaln(0.5, 1.5)  # in two correlations and the partial one of the third pair
    return (gamma(v.nu, 4, 1) + st.wishart.logpdf(v.C, v.nu, d["S"]) + st.invwishart.logpdf(v.D, 6, v.C)
            + 0.5 * np.log(np.linalg.det(v.R)) - lkj + st.matrix_normal.logpdf(v.M, np.zeros((3, 2)), v.R, v.D)
            + multi_normal(v.u, [1, 2], np.linalg.inv(v.C)) + t(v.t, [0, 0], v.D, v.nu)
            + t(d["Y"], v.u, v.C, 3).sum() + multi_normal(d["Y"] + 1, v.t, np.linalg.inv(v.D)) + v.M.sum())


@script
def counts_of_outcomes(d, v):
    total = norm(v.eta) + exponential(v.a)
    A = v.a.sum()
    for y in np.array([[2, 0, 3], [1, 1, 3], [0, 0, 0]]):
        n = y.sum()
        coefficient = sp.gammaln(n + 1) - sp.gammaln(y + 1).sum()
        total += coefficient + (y * sp.log_softmax(v.eta)).sum()
        more = y + 1
        total += sp.gammaln(n + 4) - sp.gammaln(more + 1).sum() + sp.gammaln(A) - sp.gammaln(A + n + 3)
        total += (sp.gammaln(v.a + more) - sp.gammaln(v.a)).sum()
    return total


def dense(x, w, layers, activation):
    for n, m in zip(layers, layers[1:]):
        x, w = x @ w[: n * m].reshape(n, m) + w[n * m : (n + 1) * m], w[(n + 1) * m :]
        x = activation(x) if len(w) else x
    return x


@script
def network(d, v):
    scale = np.array([2**-0.5] * 6 + [1] * 3 + [3**-0.5] * 3 + [1])
    softplus = dense(d["Y"], v.w, [2, 3, 1], lambda z: np.logaddexp(0, z))[:, 0]
    other = dense(np.array([0.5, 0.1]), v.w, [2, 3, 1], np.tanh)[0]
    linear = dense(d["Y"], v.v, [2, 1], None).sum()
    return norm(v.w, 0, scale) + half_norm(v.s) + norm(v.v) + norm(d["Y"][:, 0], softplus, v.s) + other + linear


@script
def spline(d, v):
    x = d["series"]
    knots = np.concatenate([[x.min()] * 4, np.quantile(x, [0.3, 0.6]), [x.max()] * 4])
    B = interpolate.BSpline.design_matrix(x, knots, 3).toarray()
    return walk(v.w, 0, 1) + norm(x, B @ v.w, 0.3)


@script
def spline_ends(d, v):
    x = d["series"]
    knots = np.concatenate([[-2] * 3, [0.5], [4] * 3])
    B = interpolate.BSpline.design_matrix(x, knots, 2).toarray()
    return norm(v.w) + norm(x, B @ v.w, 0.3)


@script
def hidden_markov(d, v):
    density = st.norm.pdf(d["series"][:, None], v.mu, 0.7)
    alpha = 0.5 * density[0]
    for row in density[1:]:
        alpha = alpha @ v.p * row
    prior = norm(v.mu) + st.dirichlet.logpdf(v.p[0], [2, 2]) + st.dirichlet.logpdf(v.p[1], [2, 2])
    return prior + np.log(alpha.sum())


@script
def matrix_functions(d, v):
    a, b = v.rate
    vectors = np.linalg.eigh(v.S)[1]
    vectors *= np.sign(vectors[np.abs(vectors).argmax(0), [0, 1]])
    x = np.array([[1, 5], [2, 3], [6, 4]])
    quantiles = (np.quantile(x, [0.25, 0.5], axis=0) @ [1, 2]).sum()
    return (exponential(v.rate) + st.wishart.logpdf(v.S, 3, np.eye(2)) + np.log(linalg.expm([[-a, a], [b, -b]])[0, 1])
            + (vectors @ [1, 2]).sum() + quantiles * a)


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
def ode(d, v):
    k, series = v.k, np.asarray(d["series"])
    t = np.array([0.5, 1, 1.5, 2.5, 3])
    second = v.start * k[0] / (k[1] - k[0]) * (np.exp(-k[0] * t) - np.exp(-k[1] * t))
    scale = np.sum(d["v"]) * v.start
    level = 0.3 + scale * np.array([0, 0.5, 1.5])
    return (lognormal(np.asarray(k), -0.5, 0.3) + lognormal(v.start, 0.5, 0.4) + norm(series, second, 0.7)
            + norm(np.array([0.3, 1.2, 2.5]), level, 0.5) + norm(2 * np.exp([-0.5, -1]), v.start, 2) + k[0] + 4)


@script
def ode_matrix(d, v):
    a, y = np.asarray(v.a), np.asarray(d["Y"])
    return norm(a) + norm(y[:2], linalg.expm(a), 1) + (linalg.expm(0.4 * a) @ y[2:]).sum()


@script
def scan(d, v):
    series, y = np.asarray(d["series"]), np.asarray(d["Y"])
    total = norm(v.rho) + norm(np.asarray(v.s))
    state = v.s[0]
    for x in series:
        state = v.rho * state + (1 - v.rho) * x
        total += norm(x, state, 0.8)
    state = np.asarray(v.s)
    for row in y:
        state = np.array([0.5 * state[0] - v.s[1] * row[1], v.rho * state[1] + row[0]])
        total += norm(row, state, 1)
    state = v.s[0]
    for x in [0.5, 1, 0.25]:
        state = v.rho * state if state > 1 else state + x**2
        total += state
    return total


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
def mixtures(d, v):
    def mixed(weights, *log_densities):
        return np.logaddexp.reduce([np.log(w) + l for w, l in zip(weights, log_densities)]).sum()

    y, x1, count = d["y"], d["x1"], d["count"]
    pairs = np.array([[0.1, 0.2], [1.5, -0.3]])
    two = [st.norm.logpdf(y, v.mu[k], v.s[k]) for k in range(2)]
    poissons = [st.poisson.logpmf(count, rate) for rate in (v.s[0], 3, v.s[1] + 4)]
    return (st.dirichlet.logpdf(v.w, [2, 3]) + norm(v.mu, 0, 2) + exponential(v.s)
            + mixed(v.w, *[st.norm.logpdf(v.z, v.mu[k], v.s[k]) for k in range(2)])
            + mixed(v.w, *two)
            + mixed(v.w, st.norm.logpdf(y, v.mu[0] + x1, v.s[0]), st.t.logpdf(y, 4, v.mu[1], v.s[1]))
            + mixed([0.2, 0.3, 0.5], *poissons)
            + mixed(v.w, st.multivariate_normal.logpdf(pairs, [0, 0], np.diag(v.s)),
                    st.multivariate_normal.logpdf(pairs, [1, 0], np.eye(2))))


@script
def truncated_and_censored(d, v):
    def truncated(density, low, high):
        return (density - np.log(high - low)).sum()

    def censored(y, lower, upper, log_density, log_below, log_above):
        return np.where(y <= lower, log_below, np.where(y >= upper, log_above, log_density)).sum()

    y, pos, count = d["y"], d["pos"], d["count"]
    normal, poisson = st.norm(v.m, v.s), st.poisson(v.r + 2)
    total = truncated(st.norm.logpdf(v.m, 0, 2), st.norm.cdf(-1, 0, 2), st.norm.cdf(3, 0, 2))
    total += truncated(st.norm.logpdf(v.s, 1, 1), st.norm.cdf(0, 1, 1), 1)
    total += norm(v.low, -4, 1) + exponential(v.r)
    total += truncated(normal.logpdf(y), normal.cdf(v.low), 1)
    total += truncated(normal.logpdf(y), normal.cdf(v.low), normal.cdf(5))
    total += truncated(poisson.logpmf(count), 0, poisson.cdf(12))
    total += truncated(poisson.logpmf(count + 1), poisson.cdf(0), 1)
    total += censored(y, -0.5, 1, normal.logpdf(y), normal.logcdf(-0.5), normal.logsf(1))
    waiting = st.expon(scale=1 / v.r)
    total += censored(pos, -np.inf, 0.7, waiting.logpdf(pos), 0, waiting.logsf(0.7))
    total += censored(count, 2, 4, poisson.logpmf(count), poisson.logcdf(2), poisson.logsf(3))
    return total


@script
def zeros(d, v):
    def inflated(y, p, log_density):
        return np.log(np.where(y == 0, p, 0) + (1 - p) * np.exp(log_density)).sum()

    def negative_binomial(y, mean, concentration):
        return st.nbinom.logpmf(y, concentration, concentration / (concentration + mean))

    count, hits, x1 = d["count"], d["hits"], d["x1"]
    poisson = st.poisson(np.exp(v.a))
    hurdle = np.where(count == 0, np.log(v.p), np.log1p(-v.p) + poisson.logpmf(count) - poisson.logsf(0))
    return (st.beta.logpdf(v.p, 2, 2) + norm(v.a) + norm(v.b) + gamma(v.k, 2, 1)
            + inflated(count, v.p, st.poisson.logpmf(count, np.exp(v.a + v.b * x1)))
            + inflated(hits, sp.expit(v.a - x1), negative_binomial(hits, np.exp(v.b), v.k)) + hurdle.sum())


@script
def functions_of_distributions(d, v):
    normal = st.norm(v.m, v.s)
    between = np.log(normal.cdf([0, 1]) - normal.cdf(-1))
    mixed = np.log(0.3 * normal.cdf(0.2) + 0.7 * st.norm.cdf(0.2))
    return (norm(v.m) + half_norm(v.s, 2) + normal.logcdf(d["y"]).sum() + normal.logsf(4) + between.sum()
            + st.norm.logpdf(0.7, [v.m, 0], v.s).sum() + normal.ppf(0.9) + mixed)


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
def missing_values(d, v):
    age, income, w = complete(d["age"], v.age), complete(d["income"], v.income), complete(d["w"], v.w)
    uv = complete(columns(d, "u", "v"), v.UV)
    prior = norm(v.mu, 0, 50) + half_norm(v.tau, 20) + norm(v.b)
    return (prior + norm(age, v.mu[0], v.tau) + norm(income, v.mu[1] + v.b * (age - v.mu[0]), 2)
            + gamma(w, 2, 1 + v.tau) + multi_normal(uv, [v.b, v.mu[1]], [[1, 0.3], [0.3, 2]])
            + norm(d["y"], v.b) + bernoulli_logit(d["y"], v.b * age / 10 + income * uv[:, 1]))


@script
def models(d, v):
    value = lambda name: getattr(v, name)
    region, grade = levels(d["region"]), levels(d["grade"])
    t1, t2, x = value("by_region.sd.tau"), value("by_grade.sd.tau"), value("drift.x")
    e, raw = value("a.e"), value("c.raw")
    prior = (half_norm(t1, 2) + norm(value("by_region.z")) + half_norm(t2, 1) + norm(value("by_grade.z"))
             + norm(x[0]) + norm(x[1:], x[:-1], t1) - 0.1 * x[2]**2 + norm(e) + norm(raw, 0, 2))
    location = t1 * value("by_region.z")[region] + t2 * value("by_grade.z")[grade] + x.sum() + 3 * raw[region]
    return prior + norm(d["y"], location) + e[0] * t1 + e[1] * 2 * t2 * raw[0]


@script
def imported_model(d, v):
    x = getattr(v, "x.z")
    return norm(x, 0, 0.5) + norm(d["y"], x[d["idx"] - 1])


@script
def two_tables(d, v):
    size, steep, depth = np.array([2.7, 1.2, 4.5]), np.array([1, 0, 1]), {2: -0.4, 10: 1.1, 33: 0.6}
    location = v.a[levels(d["region"])] + np.array([depth[b] for b in d["block"]])
    return norm(v.g) + norm(v.a, v.g * size + steep) + norm(d["y"], location)


@script
def two_sources(d, v):
    return norm(v.a) + norm(d["y"], v.a) + norm(d["y"], v.a, 2) + norm(d["regions.y"], v.a, 3)


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
        for kind in (int, number_or_missing, str):
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
                read = read_data(name)
                named = {f"{Path(name).stem}.{column}": values for column, values in read.items()}
                data = read | named | data  # the first file that has a name is used
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
