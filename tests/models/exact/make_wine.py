#!/usr/bin/env python3
"""Exact answers for Bayesian linear regression on the wine table (needs numpy).

Model, with x the 12 z-scored features other than alcohol and y z-scored alcohol
(sample standard deviation, divisor n - 1, as the language's standardize) and a known noise sd s:

    w_j ~ N(0, 1)  j = 1..12,   bias ~ N(0, 1),   y_n ~ N(bias + sum_j w_j x_nj, s^2)

Writes wine.json next to this script:  python3 make_wine.py
With --check it recomputes everything and compares with the existing file instead.
"""
import csv
import json
import math
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
NOISE = (0.1, 0.5)


def load():
    with open(HERE.parents[2] / "examples" / "wine" / "wine.csv", newline="") as f:
        rows = list(csv.DictReader(f))
    features = [c for c in rows[0] if c not in ("alcohol", "cultivar")]
    x = np.array([[float(r[c]) for c in features] for r in rows])
    y = np.array([float(r["alcohol"]) for r in rows])
    x = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    y = (y - y.mean()) / y.std(ddof=1)
    return features, np.column_stack([x, np.ones(len(y))]), y


def solve(a, y, s):
    n, d = a.shape
    prec = np.eye(d) + a.T @ a / s**2            # posterior precision
    cov = np.linalg.inv(prec)
    cov = 0.5 * (cov + cov.T)
    mean = np.linalg.solve(prec, a.T @ y / s**2)
    logdet = np.linalg.slogdet(prec)[1]
    evidence = (-0.5 * n * math.log(2 * math.pi * s**2) - 0.5 * logdet
                - 0.5 * (y @ y / s**2 - mean @ prec @ mean))

    # the same number from the marginal y ~ N(0, s^2 I + A A')
    marg = s**2 * np.eye(n) + a @ a.T
    direct = -0.5 * (n * math.log(2 * math.pi) + np.linalg.slogdet(marg)[1] + y @ np.linalg.solve(marg, y))
    assert abs(direct - evidence) < 1e-8 * abs(evidence), (direct, evidence)

    # best factorised normal under KL(q || posterior): same mean, variances 1 / diag(precision)
    var = 1.0 / np.diag(prec)
    kl = 0.5 * (np.log(np.diag(prec)).sum() - logdet)
    elbo = evidence - kl

    # the same number term by term: E_q log p(y|w) + E_q log p(w) + entropy of q
    r = y - a @ mean
    lik = -0.5 * n * math.log(2 * math.pi * s**2) - 0.5 * (r @ r + ((a**2) @ var).sum()) / s**2
    prior = -0.5 * d * math.log(2 * math.pi) - 0.5 * (mean @ mean + var.sum())
    entropy = 0.5 * d * (1 + math.log(2 * math.pi)) + 0.5 * np.log(var).sum()
    assert abs(lik + prior + entropy - elbo) < 1e-8 * abs(elbo)
    return dict(mean=mean, cov=cov, evidence=evidence, var=var, kl=kl, elbo=elbo)


def build():
    features, a, y = load()
    names = ["w[%d]" % (j + 1) for j in range(len(features))] + ["bias"]
    cases = {}
    for s in NOISE:
        t = solve(a, y, s)
        sd, mf = np.sqrt(np.diag(t["cov"])), np.sqrt(t["var"])
        cases[str(s)] = {
            "noise_sd": s,
            "log_evidence": t["evidence"],
            "posterior": {"mean": t["mean"].tolist(), "sd": sd.tolist(), "cov": t["cov"].tolist()},
            "mean_field": {"mean": t["mean"].tolist(), "sd": mf.tolist(), "elbo": t["elbo"],
                           "kl_to_posterior": t["kl"]},
        }
    return {
        "model": "w_j ~ N(0,1), bias ~ N(0,1), y_n ~ N(bias + sum_j w_j x_nj, noise_sd^2)",
        "data": "examples/wine/wine.csv: x = 12 z-scored features, y = z-scored alcohol, ddof = 1",
        "rows": len(y),
        "features": features,
        "parameters": names,
        "order": "every vector and matrix below follows 'parameters': w[1..12] in the order of 'features', then bias",
        "logs": "natural",
        "cases": cases,
    }


def close(a, b):
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(close(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(close, a, b))
    if isinstance(a, float) and isinstance(b, (int, float)):
        return abs(a - b) <= 1e-9 * max(1.0, abs(a))
    return a == b


if __name__ == "__main__":
    path = HERE / "wine.json"
    result = build()
    if sys.argv[1:] == ["--check"]:
        same = close(result, json.loads(path.read_text()))
        print("same" if same else "DIFFERENT")
        sys.exit(0 if same else 1)
    path.write_text(json.dumps(result, indent=1) + "\n")
    for k, c in result["cases"].items():
        print("noise sd %s: log evidence %.6f, mean-field ELBO %.6f" % (k, c["log_evidence"], c["mean_field"]["elbo"]))
