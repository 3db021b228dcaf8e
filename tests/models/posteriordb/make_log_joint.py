#!/usr/bin/env python3
"""The log joint densities of log_joint.json, computed a second time (needs NumPy and SciPy).

usage: make_log_joint.py [--check]

Evaluates each posterior of examples/posteriordb at the points of log_joint.json and writes the values there; --check compares
them instead.

    {"<name>": {"parameters": [names], "note": what fixes the constant,
                "points": [{"parameters": {"beta": [...], "sigma": 1.2}, "log_joint": -123.4}, ...]}}

Parameters are on their own scale, in their natural shape (row m of a list of lists is theta_m). log_joint is the log of priors
times likelihood with every normalising constant, and no Jacobian of any transform:

- A flat prior adds 0, Uniform(a, b) adds -log(b - a).
- N+, Cauchy+, t+ are normalised on (0, infinity). "restricted to" means no renormalisation: an ordered pair has the plain
  product of its two normal densities.
- Dirichlet and "uniform on the simplex" are densities of all coordinates but one, as usual.
- "log y ~ N(...)" is the density of log y. Binomial and Poisson keep the coefficients that hold only data.
- Differential equations are solved to about 12 digits; a solver at a relative tolerance of 1e-6 should agree to about 1e-3.

Two models are too large to list their parameters. There a parameter is {"shape": [n] or [n, k], "element": a formula in i (and
j), the position counted from 1, "rows": "divided by their sum" where each row is then normalised}.
"""
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
from scipy.integrate import solve_ivp
from scipy.special import betaln, gammaln, log_ndtr, logsumexp, xlogy

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parents[2] / "examples" / "posteriordb"
LOG_2PI = math.log(2 * math.pi)


class Fields(dict):
    """A dict whose entries are attributes too: d.y is d["y"]."""
    __getattr__ = dict.__getitem__


# ---- log densities: each sums over all its elements, with every normalising constant ----------------------------------------

def normal(x, mean, sd):
    return float(np.sum(-0.5 * ((x - mean) / sd) ** 2 - np.log(sd) - 0.5 * LOG_2PI))


def half_normal(x, mean, sd):
    """The normal truncated to (0, infinity) and normalised."""
    return normal(x, mean, sd) - float(np.sum(np.broadcast_to(log_ndtr(np.divide(mean, sd)), np.shape(x))))


def lognormal(x, location, scale):
    return normal(np.log(x), location, scale) - float(np.sum(np.log(x)))


def student_t(x, nu, location, scale):
    constant = gammaln((nu + 1) / 2) - gammaln(nu / 2) - 0.5 * math.log(nu * math.pi) - math.log(scale)
    return float(np.sum(constant - (nu + 1) / 2 * np.log1p(((x - location) / scale) ** 2 / nu)))


def half_t(x, nu, scale):
    return student_t(x, nu, 0, scale) + np.size(x) * math.log(2)


def half_cauchy(x, scale):
    return half_t(x, 1, scale)


def gamma(x, shape, rate):
    return float(np.sum(shape * math.log(rate) - gammaln(shape) + (shape - 1) * np.log(x) - rate * x))


def inv_gamma(x, shape, scale):
    return float(np.sum(shape * math.log(scale) - gammaln(shape) - (shape + 1) * np.log(x) - scale / x))


def beta(x, a, b):
    return float(xlogy(a - 1, x) + (b - 1) * math.log1p(-x) - betaln(a, b))


def dirichlet(x, concentration):
    """Density with respect to all but one of the coordinates, the usual formula. Rows of x are separate vectors."""
    a = np.broadcast_to(concentration, np.shape(x))
    return float(np.sum(gammaln(np.sum(a, axis=-1))) + np.sum((a - 1) * np.log(x) - gammaln(a)))


def uniform(x, low, high):
    return -np.size(x) * math.log(high - low) if np.all((np.asarray(x) > low) & (np.asarray(x) < high)) else -math.inf


def poisson(k, log_rate):
    return float(np.sum(k * log_rate - np.exp(log_rate) - gammaln(k + 1)))


def bernoulli(y, logit):
    return float(-np.sum(np.logaddexp(0, np.where(y == 1, -logit, logit))))


def binomial(k, n, logit):
    choose = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return float(np.sum(choose - k * np.logaddexp(0, -logit) - (n - k) * np.logaddexp(0, logit)))


def hidden_markov(log_emission, theta):
    """Forward recursion; row t of log_emission holds log e_t(k). Unit weight on the first state."""
    log_forward = log_emission[0]
    for row in log_emission[1:]:
        log_forward = logsumexp(log_forward[:, None] + np.log(theta), axis=0) + row
    return float(logsumexp(log_forward))


def solve(rate, start, times, t0=0.0):
    """States at `times`, one row each, essentially exact."""
    answer = solve_ivp(rate, (t0, times[-1]), start, method="DOP853", t_eval=times, rtol=1e-13, atol=1e-13)
    assert answer.success
    return answer.y.T


# ---- the table of models ----------------------------------------------------------------------------------------------------

MODELS = {}


def model(name):
    """Registers a log joint as a function of the data and the parameters."""
    def register(function):
        MODELS[name] = function
        return function
    return register


def read(name):
    kept = EXAMPLES / "data" / f"{name}.json"
    if kept.exists():
        raw = json.loads(kept.read_text())
    else:
        raw = json.loads(subprocess.run([EXAMPLES / "unpack.py", name], check=True, capture_output=True).stdout)
    return Fields({k: np.array(v) if isinstance(v, list) else v for k, v in raw.items()})


def expand(value):
    """A listed parameter as an array; a parameter given by a formula, element by element."""
    if not isinstance(value, dict):
        return np.array(value, float) if isinstance(value, list) else value
    axes = [np.arange(1, n + 1, dtype=float) for n in value["shape"]]
    names = dict(zip("ij", np.meshgrid(*axes, indexing="ij")), sin=np.sin, cos=np.cos, exp=np.exp)
    x = np.broadcast_to(eval(value["element"], {"__builtins__": {}}, names), value["shape"])
    return x / x.sum(axis=-1, keepdims=True) if "rows" in value else x


def log_joint(name, data, point):
    return float(MODELS[name](data, Fields({k: expand(v) for k, v in point.items()})))


def encode(table):
    """JSON with one line per point."""
    blocks = []
    for name, entry in table.items():
        head = "".join(f'  {json.dumps(k)}: {json.dumps(entry[k], ensure_ascii=False)},\n' for k in ("parameters", "note"))
        points = ",\n".join("   " + json.dumps(p) for p in entry["points"])
        blocks.append(f' {json.dumps(name)}: {{\n{head}  "points": [\n{points}\n  ]\n }}')
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    target, failures = HERE / "log_joint.json", 0
    table = json.loads(target.read_text())
    for name, entry in table.items():
        data, worst = read(name), 0.0
        for point in entry["points"]:
            value = log_joint(name, data, point["parameters"])
            worst = max(worst, abs(value - point["log_joint"]) / max(1, abs(value)))
            if not sys.argv[1:]:
                point["log_joint"] = value
        failures += worst > 1e-9
        print(f"{'ok ' if worst <= 1e-9 else 'BAD'} {name}: worst relative difference {worst:.1e}")
    if not sys.argv[1:]:
        target.write_text(encode(table))
    sys.exit(failures > 0 or set(table) != set(MODELS))

# ---- linear regressions ------------------------------------------------------------------------------------------------------



@model("earnings-earn_height")
def earn_height(d, p):
    return normal(d.earn, p.beta[0] + p.beta[1] * d.height, p.sigma)


@model("earnings-logearn_height")
def logearn_height(d, p):
    return normal(np.log(d.earn), p.beta[0] + p.beta[1] * d.height, p.sigma)


@model("earnings-logearn_interaction")
def logearn_interaction(d, p):
    b = p.beta
    return normal(np.log(d.earn), b[0] + b[1] * d.height + b[2] * d.male + b[3] * d.height * d.male, p.sigma)


@model("kidiq-kidscore_interaction")
def kidscore_interaction(d, p):
    b = p.beta
    mean = b[0] + b[1] * d.mom_hs + b[2] * d.mom_iq + b[3] * d.mom_hs * d.mom_iq
    return half_cauchy(p.sigma, 2.5) + normal(d.kid_score, mean, p.sigma)


@model("kidiq-kidscore_momiq")
def kidscore_momiq(d, p):
    return half_cauchy(p.sigma, 2.5) + normal(d.kid_score, p.beta[0] + p.beta[1] * d.mom_iq, p.sigma)


@model("kidiq_with_mom_work-kidscore_mom_work")
def kidscore_mom_work(d, p):
    mean = p.beta[0] + sum(p.beta[level - 1] * (d.mom_work == level) for level in (2, 3, 4))
    return normal(d.kid_score, mean, p.sigma)


@model("mesquite-logmesquite")
def logmesquite(d, p):
    columns = [np.log(x) for x in (d.diam1, d.diam2, d.canopy_height, d.total_height, d.density)] + [d.group]
    return normal(np.log(d.weight), p.beta[0] + np.column_stack(columns) @ p.beta[1:], p.sigma)


@model("mesquite-logmesquite_logvolume")
def logmesquite_logvolume(d, p):
    volume = d.diam1 * d.diam2 * d.canopy_height
    return normal(np.log(d.weight), p.beta[0] + p.beta[1] * np.log(volume), p.sigma)


@model("nes1984-nes")
@model("nes1980-nes")
def nes(d, p):
    b, age = p.beta, d.age_discrete
    mean = (b[0] + b[1] * d.real_ideo + b[2] * d.race_adj + b[3] * (age == 2) + b[4] * (age == 3) + b[5] * (age == 4)
            + b[6] * d.educ1 + b[7] * d.gender + b[8] * d.income)
    return normal(d.partyid7, mean, p.sigma)


@model("diamonds-diamonds")
def diamonds(d, p):
    centred = d.X[:, 1:] - d.X[:, 1:].mean(axis=0)
    return (normal(p.b, 0, 1) + student_t(p.Intercept, 3, 8, 10) + half_t(p.sigma, 3, 10)
            + normal(d.Y, p.Intercept + centred @ p.b, p.sigma))


@model("sblrc-blr")
def blr(d, p):
    return normal(p.beta, 0, 10) + half_normal(p.sigma, 0, 10) + normal(d.y, d.X @ p.beta, p.sigma)


# ---- eight schools -----------------------------------------------------------------------------------------------------------

@model("eight_schools-eight_schools_centered")
def eight_schools_centered(d, p):
    return (normal(p.mu, 0, 5) + half_cauchy(p.tau, 5) + normal(p.theta, p.mu, p.tau) + normal(d.y, p.theta, d.sigma))


@model("eight_schools-eight_schools_noncentered")
def eight_schools_noncentered(d, p):
    return (normal(p.mu, 0, 5) + half_cauchy(p.tau, 5) + normal(p.eta, 0, 1) + normal(d.y, p.mu + p.tau * p.eta, d.sigma))


# ---- time series -------------------------------------------------------------------------------------------------------------

@model("arK-arK")
def ark(d, p):
    lagged = np.column_stack([d.y[d.K - k:d["T"] - k] for k in range(1, d.K + 1)])
    return (normal(p.alpha, 0, 10) + normal(p.beta, 0, 10) + half_cauchy(p.sigma, 2.5)
            + normal(d.y[d.K:], p.alpha + lagged @ p.beta, p.sigma))


@model("arma-arma11")
def arma11(d, p):
    errors, before, error = [], p.mu, 0.0
    for y in d.y:
        error = y - (p.mu + p.phi * before + p.theta * error)
        errors.append(error)
        before = y
    return (normal(p.mu, 0, 10) + normal(p.phi, 0, 2) + normal(p.theta, 0, 2) + half_cauchy(p.sigma, 2.5)
            + normal(np.array(errors), 0, p.sigma))


@model("garch-garch11")
def garch11(d, p):
    assert p.alpha1 + p.beta1 < 1
    variance = [d.sigma1 ** 2]
    for y in d.y[:-1]:
        variance.append(p.alpha0 + p.alpha1 * (y - p.mu) ** 2 + p.beta1 * variance[-1])
    return normal(d.y, p.mu, np.sqrt(variance))


@model("bball_drive_event_0-hmm_drive_0")
def hmm_drive_0(d, p):
    theta, rate_u, rate_v = np.array([p.theta1, p.theta2]), p.phi, p["lambda"]
    emission = np.log(rate_u) - np.outer(d.u, rate_u) + np.log(rate_v) - np.outer(d.v, rate_v)
    return (dirichlet(theta, d.alpha) + normal(rate_u, np.array([0, 3]), 1) + normal(rate_v, np.array([0, 3]), 1)
            + hidden_markov(emission, theta))


@model("hmm_example-hmm_example")
def hmm_example(d, p):
    theta = np.array([p.theta1, p.theta2])
    emission = -0.5 * (d.y[:, None] - p.mu) ** 2 - 0.5 * LOG_2PI
    return normal(p.mu, np.array([3, 10]), 1) + hidden_markov(emission, theta)


@model("hudson_lynx_hare-lotka_volterra")
def lotka_volterra(d, p):
    t1, t2, t3, t4 = p.theta
    states = solve(lambda _, z: [(t1 - t2 * z[1]) * z[0], (t4 * z[0] - t3) * z[1]], p.z_init, d.ts)
    prior = half_normal(p.theta, np.array([1, 0.05, 1, 0.05]), np.array([0.5, 0.05, 0.5, 0.05]))
    return (prior + lognormal(p.z_init, math.log(10), 1) + lognormal(p.sigma, -1, 1)
            + normal(np.log(d.y_init), np.log(p.z_init), p.sigma) + normal(np.log(d.y), np.log(states), p.sigma))


# ---- Gaussian process, mixtures ----------------------------------------------------------------------------------------------

@model("gp_pois_regr-gp_regr")
def gp_regr(d, p):
    covariance = p.alpha ** 2 * np.exp(-(d.x[:, None] - d.x) ** 2 / (2 * p.rho ** 2)) + p.sigma * np.eye(d.N)
    factor = np.linalg.cholesky(covariance)
    whitened = np.linalg.solve(factor, d.y)
    return (gamma(p.rho, 25, 4) + half_normal(p.alpha, 0, 2) + half_normal(p.sigma, 0, 1)
            + normal(whitened, 0, 1) - float(np.sum(np.log(np.diag(factor)))))


def two_normals(y, theta, mean, sd):
    one, two = (-0.5 * ((y - mean[k]) / sd[k]) ** 2 - np.log(sd[k]) - 0.5 * LOG_2PI for k in (0, 1))
    return float(np.sum(np.logaddexp(math.log(theta) + one, math.log1p(-theta) + two)))


@model("low_dim_gauss_mix-low_dim_gauss_mix")
def low_dim_gauss_mix(d, p):
    return normal(p.mu, 0, 2) + half_normal(p.sigma, 0, 2) + beta(p.theta, 5, 5) + two_normals(d.y, p.theta, p.mu, p.sigma)


@model("normal_2-normal_mixture")
def normal_mixture(d, p):
    return normal(p.mu, 0, 10) + two_normals(d.y, p.theta, p.mu, (1, 1))


# ---- hierarchical linear models ----------------------------------------------------------------------------------------------

@model("radon_all-radon_variable_intercept_slope_noncentered")
def radon_all(d, p):
    county = d.county_idx - 1
    alpha, slope = p.mu_alpha + p.sigma_alpha * p.alpha_raw, p.mu_beta + p.sigma_beta * p.beta_raw
    scales = np.array([p.sigma_alpha, p.sigma_beta, p.sigma_y])
    return (normal(p.mu_alpha, 0, 10) + normal(p.mu_beta, 0, 10) + half_normal(scales, 0, 1)
            + normal(p.alpha_raw, 0, 1) + normal(p.beta_raw, 0, 1)
            + normal(d.log_radon, alpha[county] + slope[county] * d.floor_measure, p.sigma_y))


@model("radon_mn-radon_hierarchical_intercept_centered")
def radon_mn(d, p):
    mean = p.alpha[d.county_idx - 1] + p.beta[0] * d.log_uppm + p.beta[1] * d.floor_measure
    return (normal(p.mu_alpha, 0, 10) + normal(p.beta, 0, 10) + half_normal(np.array([p.sigma_alpha, p.sigma_y]), 0, 1)
            + normal(p.alpha, p.mu_alpha, p.sigma_alpha) + normal(d.log_radon, mean, p.sigma_y))


@model("rats_data-rats_model")
def rats(d, p):
    rat = d.rat - 1
    return (normal(p.mu_alpha, 0, 100) + normal(p.mu_beta, 0, 100)
            + normal(p.alpha, p.mu_alpha, p.sigma_alpha) + normal(p.beta, p.mu_beta, p.sigma_beta)
            + normal(d.y, p.alpha[rat] + p.beta[rat] * (d.x - d.xbar), p.sigma_y))


# ---- generalised linear models -----------------------------------------------------------------------------------------------

@model("wells_data-wells_interaction_model")
def wells_interaction(d, p):
    distance = d.dist / 100
    return bernoulli(d.switched, p.alpha + p.beta[0] * distance + p.beta[1] * d.arsenic + p.beta[2] * distance * d.arsenic)


@model("GLM_Poisson_Data-GLM_Poisson_model")
def glm_poisson(d, p):
    prior = uniform(p.alpha, -20, 20) + uniform([p.beta1, p.beta2, p.beta3], -10, 10)
    return prior + poisson(d.C, p.alpha + p.beta1 * d.year + p.beta2 * d.year ** 2 + p.beta3 * d.year ** 3)


@model("dogs-dogs")
def dogs(d, p):
    shocks = np.cumsum(d.y, axis=1) - d.y
    avoidances = np.cumsum(1 - d.y, axis=1) - (1 - d.y)
    return normal(p.beta, 0, 100) + bernoulli(d.y, p.beta[0] + p.beta[1] * avoidances + p.beta[2] * shocks)


@model("seeds_data-seeds_model")
def seeds(d, p):
    logit = p.alpha0 + p.alpha1 * d.x1 + p.alpha2 * d.x2 + p.alpha12 * d.x1 * d.x2 + p.b
    return (normal(np.array([p.alpha0, p.alpha1, p.alpha2, p.alpha12]), 0, 1000) + gamma(p.tau, 0.001, 0.001)
            + normal(p.b, 0, p.tau ** -0.5) + binomial(d.n, d.N, logit))


@model("surgical_data-surgical_model")
def surgical(d, p):
    return (normal(p.mu, 0, 1000) + inv_gamma(p.sigmasq, 0.001, 0.001) + normal(p.b, p.mu, math.sqrt(p.sigmasq))
            + binomial(d.r, d.n, p.b))


@model("election88-election88_full")
def election88(d, p):
    logit = (p.beta[0] + p.beta[1] * d.black + p.beta[2] * d.female + p.beta[3] * d.v_prev_full + p.beta[4] * d.female * d.black
             + p.a[d.age - 1] + p.b[d.edu - 1] + p.c[d.age_edu - 1] + p.d[d.state - 1] + p.e[d.region_full - 1])
    groups = sum(normal(p[g], 0, p["sigma_" + g]) + uniform(p["sigma_" + g], 0, 100) for g in "abcde")
    return normal(p.beta, 0, 100) + groups + bernoulli(d.y, logit)


@model("irt_2pl-irt_2pl")
def irt_2pl(d, p):
    scales = np.array([p.sigma_theta, p.sigma_a, p.sigma_b])
    return (half_cauchy(scales, 2) + normal(p.mu_b, 0, 5) + normal(p.theta, 0, p.sigma_theta)
            + lognormal(p.a, 0, p.sigma_a) + normal(p.b, p.mu_b, p.sigma_b)
            + bernoulli(d.y, p.a[:, None] * (p.theta - p.b[:, None])))


# ---- the two large models ----------------------------------------------------------------------------------------------------

@model("prostate-logistic_regression_rhs")
def logistic_regression_rhs(d, p):
    local, slab = p["lambda"], d.slab_scale ** 2 * p.caux
    shrunk = np.sqrt(slab * local ** 2 / (slab + p.tau ** 2 * local ** 2))
    return (normal(p.beta0, 0, d.scale_icept) + normal(p.z, 0, 1) + half_t(local, d.nu_local, 1)
            + half_t(p.tau, d.nu_global, 2 * d.scale_global) + inv_gamma(p.caux, d.slab_df / 2, d.slab_df / 2)
            + bernoulli(d.y, p.beta0 + d.x @ (p.tau * shrunk * p.z)))


@model("prideprejudice_chapter-ldaK5")
def lda(d, p):
    word = np.sum(p.theta[d.doc - 1] * p.phi[:, d.w - 1].T, axis=1)
    return dirichlet(p.theta, d.alpha) + dirichlet(p.phi, d.beta) + float(np.sum(np.log(word)))


main()
