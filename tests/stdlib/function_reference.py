"""Prints function_reference_cases.cpp: pipe it through clang-format. Needs numpy, scipy and mpmath
(Debian: python3-scipy, python3-mpmath)."""
import itertools

import mpmath
import numpy as np
from scipy import interpolate, linalg, special, stats

mpmath.mp.dps = 40
ABSENT = object()


def text(x):
    x = float(x)
    if np.isinf(x):
        return "infinity" if x > 0 else "-infinity"
    return repr(x).removesuffix(".0")


def listed(x):
    return "{" + ", ".join(map(text, np.ravel(x))) + "}"


def array(x):
    if x is ABSENT:
        return "absent"
    if isinstance(x, str):
        return f'name_of("{x}")'
    x = np.asarray(x)
    if x.ndim == 0:
        return f"number({text(x)})" if x.dtype.kind == "f" else f"whole({x})"
    if x.ndim == 1:
        return f"{'vector' if x.dtype.kind == 'f' else 'ints'}({listed(x)})"
    return f"matrix({x.shape[0]}, {x.shape[1]}, {listed(x)})"


def case(name, arguments, expected):
    print(f'{{"{name}", {{{", ".join(map(array, arguments))}}}, {listed(expected)}}},')


def exactly(name, function, *columns):
    """One argument or several of equal lengths; mpmath, to all digits of a double."""
    rows = list(zip(*columns))
    expected = [float(function(*(mpmath.mpf(x) for x in row))) for row in rows]
    case(name, [np.array(c) for c in columns], expected)


print("""#include "tests/stdlib/function_reference_cases.h"

#include <limits>

// The output of `/usr/bin/python3 tests/stdlib/function_reference.py | clang-format`
// (numpy, scipy 1.10.1, mpmath 1.3.0).

namespace vippl::testing {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

const std::vector<ReferenceCase> cases = {""")

# ---- elementwise ----
anywhere = [-3.7, -0.4, 1e-9, 0.25, 2.5, 30.0]
above_zero = [1e-12, 0.3, 1.0, 7.25, 4e5]
inside = [-0.95, -1e-6, 0.3, 0.999]
exactly("abs", abs, anywhere)
exactly("sign", mpmath.sign, anywhere)
exactly("sqrt", mpmath.sqrt, above_zero)
exactly("square", lambda x: x * x, anywhere)
exactly("exp", mpmath.exp, anywhere)
exactly("expm1", mpmath.expm1, anywhere)
for name, function in [("log", mpmath.log), ("log10", mpmath.log10), ("log2", lambda x: mpmath.log(x, 2))]:
    exactly(name, function, above_zero)
exactly("log1p", lambda x: mpmath.log(1 + x), [-0.9, -1e-10, 1e-10, 3.0])
for name in ["sin", "cos", "tan", "sinh", "cosh", "tanh"]:
    exactly(name, getattr(mpmath, name), anywhere)
exactly("atan", mpmath.atan, anywhere)
exactly("asin", mpmath.asin, inside)
exactly("acos", mpmath.acos, inside)
exactly("atan2", mpmath.atan2, [1.0, 1.0, -2.0, -2.0, 0.0], [3.0, -3.0, 0.5, -0.5, -1.0])
halves = np.array([-2.5, -1.2, -0.5, 0.4, 0.5, 1.5, 7.0])
case("round", [halves], np.copysign(np.floor(np.abs(halves) + 0.5), halves) + 0.0)
case("floor", [halves], np.floor(halves))
case("ceil", [halves], np.ceil(halves) + 0.0)
whole, by = np.array([7, -7, 7, -7, 6]), np.array([2, 2, -2, -2, 3])
case("div", [whole, by], np.floor_divide(whole, by))
case("mod", [whole, by], np.mod(whole, by))
case("clamp", [halves, -1.0, 1.0], np.clip(halves, -1, 1))

# ---- special functions ----
chances = [1e-12, 0.02, 0.5, 0.875]
exactly("logit", lambda p: mpmath.log(p / (1 - p)), chances)
exactly("inv_logit", lambda x: 1 / (1 + mpmath.exp(-x)), anywhere)
exactly("log_inv_logit", lambda x: -mpmath.log(1 + mpmath.exp(-x)), anywhere + [-800.0])
exactly("log1m_exp", lambda x: mpmath.log(1 - mpmath.exp(x)), [-1e-9, -0.3, -2.0, -40.0])
exactly("phi", mpmath.ncdf, anywhere + [-9.0])
exactly("inv_phi", lambda p: mpmath.sqrt(2) * mpmath.erfinv(2 * p - 1), chances)
exactly("erf", mpmath.erf, anywhere)
exactly("erfc", mpmath.erfc, [-3.7, -0.4, 0.25, 2.5, 9.0])
exactly("gamma", mpmath.gamma, [0.003, 0.5, 1.7, 4.2, 30.25])
exactly("log_gamma", mpmath.loggamma, [1e-8, 0.5, 1.0001, 4.2, 1e6])
exactly("digamma", mpmath.digamma, [1e-3, 0.5, 1.4, 4.2, 1e6])
exactly("beta", mpmath.beta, [0.2, 1.5, 7.0], [3.0, 1.5, 0.4])
exactly("log_beta", lambda a, b: mpmath.log(mpmath.beta(a, b)), [0.2, 1.5, 1e5], [3.0, 200.0, 2e5])
exactly("choose", mpmath.binomial, [5.0, 12.0, 40.0], [2.0, 0.0, 19.0])
exactly("log_choose", lambda n, k: mpmath.log(mpmath.binomial(n, k)), [5.0, 12.0, 1e6], [2.0, 0.0, 4321.0])
for k in [0, 1, 4]:
    x = [0.1, 1.5, 20.0]
    for name, function in [("bessel_i", mpmath.besseli), ("bessel_k", mpmath.besselk)]:
        case(name, [k, np.array(x)], [float(function(k, mpmath.mpf(v))) for v in x])
exactly("softplus", lambda x: mpmath.log(1 + mpmath.exp(x)), anywhere + [-800.0, 800.0])
exactly("relu", lambda x: max(x, 0), anywhere)
exactly("gelu", lambda x: x * mpmath.ncdf(x), anywhere)
case("log_mix", [0.3, -2.0, 0.5], np.log(0.3 * np.exp(-2) + 0.7 * np.exp(0.5)))
case("log_mix", [1e-6, -700.0, -900.0], float(mpmath.log(mpmath.mpf(1e-6) * mpmath.exp(-700) + (1 - mpmath.mpf(1e-6)) * mpmath.exp(-900))))
case("pi", [], np.pi)
case("infinity", [], np.inf)
case("machine_epsilon", [], np.finfo(float).eps)

# ---- reductions, arrangement, groups ----
v = np.array([0.5, -2.0, 3.25, 1.0, 3.25])
m = np.array([[1.5, -2.0, 0.25], [4.0, 8.5, -1.0]])
reductions = {
    "sum": np.sum, "prod": np.prod, "mean": np.mean, "min": np.min, "max": np.max, "median": np.median,
    "sd": lambda x, axis=None: np.std(x, axis=axis, ddof=1),
    "variance": lambda x, axis=None: np.var(x, axis=axis, ddof=1),
    "norm": lambda x, axis=None: np.sqrt(np.sum(x * x, axis=axis)),
    "log_sum_exp": special.logsumexp,
}
for name, function in reductions.items():
    case(name, [v, ABSENT], function(v))
    case(name, [m, ABSENT], function(m))
    for axis in [0, 1]:
        case(name, [m, axis + 1], function(m, axis=axis))
bits = np.array([[0, 1, 1], [0, 0, 1]])
for name, function in [("any", np.any), ("all", np.all), ("count", np.sum)]:
    case(name, [bits[0], ABSENT], function(bits[0]))
    case(name, [bits, 1], function(bits, axis=0))
    case(name, [bits, 2], function(bits, axis=1))
for name, function in [("cumsum", np.cumsum), ("cumprod", np.cumprod)]:
    case(name, [v, ABSENT], function(v))
    case(name, [m, 1], function(m, axis=0))
    case(name, [m, 2], function(m, axis=1))
case("zeros", [2, 3], np.zeros((2, 3)))
case("ones", [2, 3], np.ones((2, 3)))
case("repeat", [m, 2], np.stack([m, m]))
case("identity", [3], np.eye(3))
case("diagonal", [m[:, :2]], np.diagonal(m[:, :2]))
case("diagonal_matrix", [v], np.diag(v))
case("as_column", [v], v[:, None])
case("reshape", [m, 3, 2, ABSENT], m.reshape(3, 2))
case("flatten", [m], m.ravel())
case("concat", [m, 2 * m, ABSENT], np.concatenate([m, 2 * m]))
case("concat", [m, 2 * m, 2], np.concatenate([m, 2 * m], axis=1))
case("reverse", [v, ABSENT], v[::-1])
case("reverse", [m, ABSENT], m[::-1])
case("reverse", [m, 2], m[:, ::-1])
case("sort", [v], np.sort(v))
case("rank", [v], stats.rankdata(v))
case("order", [v], np.argsort(v, kind="stable") + 1)
case("which", [np.array([0, 1, 1, 0, 1])], np.flatnonzero([0, 1, 1, 0, 1]) + 1)
case("unique", [v], np.unique(v))
case("diff", [v], np.diff(v))
case("diff", [m], np.diff(m, axis=0))
case("lag", [v, 2, -1.0], np.concatenate([[-1, -1], v[:-2]]))
case("rows", [m], m.shape[0])
case("columns_of", [m], m.shape[1])
case("size", [m, ABSENT], m.size)
case("size", [m, 2], m.shape[1])
case("outer", [v, m[0]], np.outer(v, m[0]))
group = np.array([2, 1, 2, 4, 1])
case("segment_sum", [v, group, 4], np.bincount(group - 1, v, 4))
present = np.array([1, 3, 2, 1, 3])
case("segment_mean", [v, present, 3], np.bincount(present - 1, v) / np.bincount(present - 1))
case("segment_max", [v, present, 3], [v[present == k].max() for k in [1, 2, 3]])
case("one_hot", [group, 4], np.eye(4)[group - 1])
case("dummies", [group, 4], np.eye(4)[group - 1][:, 1:])

# ---- linear algebra ----
a = np.array([[0.3, -1.2, 0.5], [0.8, 0.1, 2.0], [-0.7, 0.4, 1.5]])
positive = a @ a.T + np.eye(3)
lower = np.linalg.cholesky(positive)
b = np.array([1.0, -2.0, 0.5])
case("cholesky", [positive], lower)
case("solve", [a, b], np.linalg.solve(a, b))
case("solve", [a, m.T], np.linalg.solve(a, m.T))
case("solve_lower", [lower, b], linalg.solve_triangular(lower, b, lower=True))
case("inverse", [a], np.linalg.inv(a))
case("det", [a], np.linalg.det(a))
case("log_det", [a], np.linalg.slogdet(a)[1])
case("trace", [a], np.trace(a))
case("eigenvalues", [positive], np.linalg.eigvalsh(positive))
symmetric = a + a.T
vectors = np.linalg.eigh(symmetric)[1]
vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(0), range(3)])
case("eigenvectors", [symmetric], vectors)
case("matrix_exp", [a], linalg.expm(a))
case("matrix_exp", [20 * a], linalg.expm(20 * a))
case("quad_form", [a, b], b @ a @ b)
case("quad_form", [a, m.T], m @ a @ m.T)
case("kronecker", [m, a[:2, :2]], np.kron(m, a[:2, :2]))
case("add_diagonal", [a, 0.75], a + 0.75 * np.eye(3))
case("add_diagonal", [a, b], a + np.diag(b))
scaled = lower / np.sqrt((lower**2).sum(1))[:, None]
case("corr_from_cholesky", [scaled], scaled @ scaled.T)

# ---- probability ----
case("softmax", [v, ABSENT], special.softmax(v))
case("softmax", [m, 1], special.softmax(m, axis=0))
case("log_softmax", [m, ABSENT], special.log_softmax(m, axis=1))
case("standardize", [v], (v - v.mean()) / v.std(ddof=1))
case("standardize", [a], (a - a.mean(0)) / a.std(0, ddof=1))
case("cov", [a, ABSENT], np.cov(a.T))
case("cov", [v, v**2], np.cov(v, v**2)[0, 1])
case("corr", [a, ABSENT], np.corrcoef(a.T))
case("corr", [v, v**2], np.corrcoef(v, v**2)[0, 1])
columns = np.array([[1.0, 10.0], [4.0, 20.0], [2.0, 50.0], [8.0, 30.0]])
quantiles = np.array([0.25, 0.9])
case("quantile", [columns, quantiles, 1], np.quantile(columns, quantiles, axis=0))
case("quantile", [columns, 0.3, 2], np.quantile(columns, 0.3, axis=1))

# ---- kernels and splines ----
points = np.array([0.3, -1.0, 2.5])
others = np.array([0.0, 4.0])
planar = np.array([[0.5, -1.0], [2.0, 0.25], [0.0, 1.5]])
amplitude, length, period = 1.5, 0.8, 2.2
shapes = {
    "exp_quad_kernel": lambda d: np.exp(-0.5 * (d / length) ** 2),
    "matern32_kernel": lambda d: (1 + np.sqrt(3) * d / length) * np.exp(-np.sqrt(3) * d / length),
    "matern52_kernel": lambda d: (1 + np.sqrt(5) * d / length + 5 * d**2 / (3 * length**2)) * np.exp(-np.sqrt(5) * d / length),
}
for name, shape in shapes.items():
    case(name, [points, amplitude, length, ABSENT], amplitude**2 * shape(np.abs(points[:, None] - points)))
    case(name, [points, amplitude, length, others], amplitude**2 * shape(np.abs(points[:, None] - others)))
    distances = np.linalg.norm(planar[:, None] - planar, axis=2)
    case(name, [planar, amplitude, length, ABSENT], amplitude**2 * shape(distances))
distances = np.abs(points[:, None] - points)
case("periodic_kernel", [points, amplitude, length, period, ABSENT],
     amplitude**2 * np.exp(-2 * np.sin(np.pi * distances / period) ** 2 / length**2))
case("linear_kernel", [planar, amplitude, ABSENT], amplitude**2 * planar @ planar.T)


def bspline(x, knots, degree, lower=None, upper=None):
    lower, upper = min(x) if lower is None else lower, max(x) if upper is None else upper
    ends = [lower] * (degree + 1), [upper] * (degree + 1)
    padded = np.concatenate([ends[0], knots, ends[1]])
    return interpolate.BSpline.design_matrix(np.array(x), padded, degree).toarray()


x = np.array([0.3, -1.0, 2.5, 4.0, 1.0])
for degree in [0, 1, 3]:
    case("bspline", [x, [0.5, 1.0, 2.0], degree, ABSENT, ABSENT], bspline(x, [0.5, 1.0, 2.0], degree))
case("bspline", [x, [1.0, 1.0], 2, ABSENT, ABSENT], bspline(x, [1.0, 1.0], 2))
for lower, upper in [(-1.5, 5.0), (-1.0, 4.5), (None, 6.0), (-3.0, None)]:
    ends = [ABSENT if end is None else end for end in (lower, upper)]
    case("bspline", [x, [-0.5, 2.0], 2, *ends], bspline(x, [-0.5, 2.0], 2, lower, upper))

# ---- hidden Markov models, by the sum over all paths ----
emission = np.array([[-1.0, -0.2], [-0.5, -3.0], [-2.0, -0.1], [-0.7, -0.9]])
transition = np.array([[0.7, 0.3], [0.2, 0.8]])
initial = np.array([0.6, 0.4])
total, by_state = 0, np.zeros(emission.shape)
for path in itertools.product(range(2), repeat=len(emission)):
    weight = initial[path[0]]
    for before, after in zip(path, path[1:]):
        weight *= transition[before, after]
    weight *= np.exp(sum(emission[t, s] for t, s in enumerate(path)))
    total += weight
    for t, s in enumerate(path):
        by_state[t, s] += weight
case("hmm_log_density", [emission, transition, initial], np.log(total))
case("hmm_smooth", [emission, transition, initial], by_state / total)

# ---- networks ----
inputs = np.array([[0.5, -1.0], [2.0, 0.25]])
layers = [2, 3, 2, 1]
w = np.sin(np.arange(1.0, 21.0))
activations = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "softplus": lambda z: np.logaddexp(0, z),
    "gelu": lambda z: z * special.ndtr(z),
    "sigmoid": special.expit,
    "logistic": special.expit,
    "identity": lambda z: z,
}
for name, activation in activations.items():
    values = inputs
    rest = w
    for n, k in zip(layers, layers[1:]):
        values = values @ rest[: n * k].reshape(n, k) + rest[n * k : (n + 1) * k]
        rest = rest[(n + 1) * k :]
        if k != 1:
            values = activation(values)
    case("mlp", [inputs, w, np.array(layers), name], values)
pairs = list(zip(layers, layers[1:]))
case("mlp_size", [np.array(layers)], sum((n + 1) * k for n, k in pairs))
case("mlp_scale", [np.array(layers)], np.concatenate([[n**-0.5] * (n * k) + [1] * k for n, k in pairs]))

print("""};

}  // namespace

const std::vector<ReferenceCase>& reference_cases() { return cases; }

}  // namespace vippl::testing""")
