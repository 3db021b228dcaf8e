#!/usr/bin/env python3
"""Computes the answers that the examples' READMEs quote, by means that have nothing to do with vippl.

usage: make_expected.py          (needs numpy and scipy; prints, and writes expected.json into each folder)

wine           the posterior is normal, and so is its best factorised approximation: linear algebra
boston         given sigma the rest is normal: linear algebra on a grid of sigma
eight_schools  given tau the rest is normal: linear algebra on a grid of tau
logistic       importance sampling: 4 million draws of a multivariate t placed at the mode
"""
import csv
import json
from pathlib import Path

import numpy as np
from scipy import optimize, special, stats

HERE = Path(__file__).resolve().parent
PROBABILITIES = {"q05": 0.05, "q50": 0.5, "q95": 0.95}


def read(path, names=None, leave_out=()):
    with open(HERE / path, newline="") as file:
        rows = list(csv.DictReader(file))
    names = names or [name for name in rows[0] if name not in leave_out]
    return names, np.array([[float(row[name]) for name in names] for row in rows])


def standardize(x):
    return (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)


def normal_summary(mean, sd):
    return {"mean": mean, "sd": sd} | {q: mean + sd * stats.norm.ppf(p) for q, p in PROBABILITIES.items()}


def mixture_summary(weights, means, sds):
    """Of a mixture of normals: grid points of a hyperparameter, weighted by their posterior."""
    mean = weights @ means
    sd = np.sqrt(weights @ (sds**2 + means**2) - mean**2)
    summary = {"mean": mean, "sd": sd}
    for q, p in PROBABILITIES.items():
        gap = lambda x: weights @ stats.norm.cdf(x, means, sds) - p
        summary[q] = optimize.brentq(gap, mean - 12 * sd, mean + 12 * sd, xtol=1e-12)
    return summary


def sample_summary(values, weights):
    mean = weights @ values
    order = np.argsort(values)
    cumulative = np.cumsum(weights[order])
    summary = {"mean": mean, "sd": np.sqrt(weights @ (values - mean) ** 2)}
    for q, p in PROBABILITIES.items():
        summary[q] = values[order][np.searchsorted(cumulative, p)]
    return summary


def grid_summary(points, weights):
    """Of the hyperparameter itself; the weights are masses at ordered points."""
    mean = weights @ points
    cumulative = np.cumsum(weights) - 0.5 * weights
    summary = {"mean": mean, "sd": np.sqrt(weights @ (points - mean) ** 2)}
    for q, p in PROBABILITIES.items():
        summary[q] = np.interp(p, cumulative, points)
    return summary


def write(folder, source, parameters, **more):
    document = {"source": source, **more, "parameters": parameters}
    plain = json.loads(json.dumps(document, default=float))
    (HERE / folder / "expected.json").write_text(json.dumps(plain, indent=1) + "\n")
    print(f"\n{folder}", *(f"{k} {v}" for k, v in more.items() if not isinstance(v, dict)))
    for name, s in parameters.items():
        print(f"| `{name}` | {s['mean']:.4f} | {s['sd']:.4f} | {s['q05']:.4f} | {s['q50']:.4f} | {s['q95']:.4f} |")


def wine(noise=0.1):
    features, x = read("wine/wine.csv", leave_out=("alcohol", "cultivar"))
    _, alcohol = read("wine/wine.csv", ["alcohol"])
    y = standardize(alcohol[:, 0])
    a = np.column_stack([np.ones(len(y)), standardize(x)])
    n, d = a.shape
    precision = np.eye(d) + a.T @ a / noise**2
    covariance = np.linalg.inv(precision)
    mean = covariance @ a.T @ y / noise**2
    marginal = noise**2 * np.eye(n) + a @ a.T
    evidence = stats.multivariate_normal.logpdf(y, np.zeros(n), marginal)
    # The factorised normal closest to a normal has its mean and the inverse of the precision's diagonal.
    factorised_sd = 1 / np.sqrt(np.diag(precision))
    gap = 0.5 * (np.log(np.diag(precision)).sum() - np.linalg.slogdet(precision)[1])
    names = ["bias"] + [f"weight[{j + 1}]" for j in range(len(features))]
    write("wine", "linear algebra", {k: normal_summary(m, s) for k, m, s in zip(names, mean, np.sqrt(np.diag(covariance)))},
          labels=dict(zip(names[1:], features)), log_evidence=evidence, mean_field_elbo=evidence - gap,
          mean_field={k: normal_summary(m, s) for k, m, s in zip(names, mean, factorised_sd)})


def boston():
    features, x = read("boston/boston.csv", leave_out=("medv", "b"))
    _, medv = read("boston/boston.csv", ["medv"])
    y = standardize(np.log(medv[:, 0]))
    a = np.column_stack([np.ones(len(y)), standardize(x)])
    n, d = a.shape
    gram, moment, square = a.T @ a, a.T @ y, y @ y
    grid = np.linspace(0.38, 0.65, 2001)
    log_mass, means, sds = [], [], []
    for sigma in grid:
        precision = np.eye(d) + gram / sigma**2
        mean = np.linalg.solve(precision, moment / sigma**2)
        log_mass.append(np.log(2) + stats.norm.logpdf(sigma) - n * np.log(sigma) - 0.5 * n * np.log(2 * np.pi)
                        - 0.5 * np.linalg.slogdet(precision)[1] - 0.5 * (square / sigma**2 - mean @ precision @ mean))
        means.append(mean)
        sds.append(np.sqrt(np.diag(np.linalg.inv(precision))))
    log_mass, means, sds = np.array(log_mass), np.array(means), np.array(sds)
    weights = special.softmax(log_mass)
    evidence = special.logsumexp(log_mass) + np.log(grid[1] - grid[0])
    names = ["intercept"] + [f"effect[{j + 1}]" for j in range(len(features))]
    summaries = {k: mixture_summary(weights, means[:, j], sds[:, j]) for j, k in enumerate(names)}
    summaries["sigma"] = grid_summary(grid, weights)
    write("boston", "linear algebra on a grid of sigma", summaries, labels=dict(zip(names[1:], features)),
          log_evidence=evidence)


def eight_schools():
    schools = json.loads((HERE / "eight_schools/schools.json").read_text())
    y, sigma = np.array(schools["y"], float), np.array(schools["sigma"], float)
    log_grid = np.linspace(np.log(1e-6), np.log(2e4), 40001)
    grid = np.exp(log_grid)
    step = log_grid[1] - log_grid[0]
    total = sigma**2 + grid[:, None] ** 2               # variance of y_j given mu and tau
    mu_precision = 1 / 25 + (1 / total).sum(axis=1)
    mu_mean = (y / total).sum(axis=1) / mu_precision
    log_mass = (stats.halfcauchy.logpdf(grid, scale=5) + log_grid + np.log(step)
                - 0.5 * np.log(2 * np.pi * total).sum(axis=1) - 0.5 * (y**2 / total).sum(axis=1)
                - 0.5 * np.log(25 * mu_precision) + 0.5 * mu_precision * mu_mean**2)
    weights = special.softmax(log_mass)
    summaries = {"mu": mixture_summary(weights, mu_mean, 1 / np.sqrt(mu_precision)), "tau": grid_summary(grid, weights)}
    pull = sigma**2 / total                              # theta_j = pull_j mu + (1 - pull_j) y_j + noise
    theta_mean = pull * mu_mean[:, None] + (1 - pull) * y
    theta_sd = np.sqrt(pull**2 / mu_precision[:, None] + pull * grid[:, None] ** 2)
    for j in range(len(y)):
        summaries[f"theta[{j + 1}]"] = mixture_summary(weights, theta_mean[:, j], theta_sd[:, j])
    write("eight_schools", "linear algebra on a grid of tau", summaries, log_evidence=special.logsumexp(log_mass))


def logistic(draws=4_000_000):
    names = ["mean_radius", "mean_texture", "mean_smoothness", "mean_concavity", "mean_symmetry"]
    _, x = read("logistic/breast_cancer.csv", names)
    _, malignant = read("logistic/breast_cancer.csv", ["malignant"])
    a = np.column_stack([np.ones(len(x)), standardize(x)])
    sign = 2 * malignant[:, 0] - 1
    d = a.shape[1]

    def log_joint(b):
        log_likelihood = special.log_expit(sign * (b @ a.T)).sum(axis=-1)
        return log_likelihood + stats.norm.logpdf(b, scale=2.5).sum(axis=-1)

    mode = optimize.minimize(lambda b: -log_joint(b), np.zeros(d), options={"gtol": 1e-8}).x
    p = special.expit(a @ mode)
    covariance = np.linalg.inv(np.eye(d) / 2.5**2 + a.T @ (a * (p * (1 - p))[:, None]))
    proposal = stats.multivariate_t(mode, covariance, df=10, seed=1)
    b = proposal.rvs(draws)
    log_weights = np.concatenate([log_joint(part) for part in np.array_split(b, 400)]) - proposal.logpdf(b)
    weights = special.softmax(log_weights)
    keys = ["intercept"] + [f"slope[{j + 1}]" for j in range(d - 1)]
    summaries = {k: sample_summary(b[:, j], weights) for j, k in enumerate(keys)}
    for j in range(1, d):
        summaries[f"odds_ratio[{j}]"] = sample_summary(np.exp(b[:, j]), weights)
    write("logistic", "importance sampling", summaries, labels=dict(zip(keys[1:], names)),
          log_evidence=special.logsumexp(log_weights) - np.log(draws), effective_draws=1 / (weights @ weights))


if __name__ == "__main__":
    wine()
    boston()
    eight_schools()
    logistic()
