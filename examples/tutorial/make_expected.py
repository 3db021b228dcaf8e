#!/usr/bin/env python3
"""Computes the posterior of uranium.vi, from which docs/tutorial.md quotes tau; prints means and standard deviations.

Given tau and sigma the rest is normal and integrates out, so a grid over the two is exact. Needs NumPy.
usage: examples/tutorial/make_expected.py
"""
import csv
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent


def column(name, field):
    with open(FOLDER / name, newline="") as file:
        return np.array([float(row[field]) for row in csv.DictReader(file)])


county = column("radon.csv", "county").astype(int) - 1
floor, y = column("radon.csv", "floor"), column("radon.csv", "log_radon")
uranium = column("counties.csv", "log_uranium")
design = np.column_stack([np.ones_like(y), uranium[county], floor])
houses = np.bincount(county)
sums = lambda v: np.bincount(county, weights=v)  # noqa: E731
columns = np.column_stack([design, y])
totals = np.column_stack([sums(c) for c in columns.T])
products = columns.T @ columns


def given(tau, sigma):
    """log p(y, tau, sigma), and mean and covariance of (mean_level, slope, effect)."""
    # The covariance of a county's rows is sigma^2 I + tau^2 11', with inverse I / sigma^2 - shrink 11'.
    shrink = tau**2 / (sigma**2 * (sigma**2 + houses * tau**2))
    weighted = products / sigma**2 - totals.T @ (shrink[:, None] * totals)
    precision = weighted[:3, :3] + np.eye(3) / 100
    covariance = np.linalg.inv(precision)
    mean = covariance @ weighted[:3, 3]
    log_det = np.sum((houses - 1) * np.log(sigma**2) + np.log(sigma**2 + houses * tau**2))
    log_det += np.linalg.slogdet(precision)[1]
    return -0.5 * (log_det + weighted[3, 3] - mean @ precision @ mean) - tau**2 / 2 - sigma, mean, covariance


grid = [(t, s, *given(t, s)) for t in np.linspace(0.0005, 0.5, 500) for s in np.linspace(0.64, 0.83, 120)]
log_weight = np.array([g[2] for g in grid])
weight = np.exp(log_weight - log_weight.max())
weight /= weight.sum()
means = np.array([[*g[3], g[0], g[1]] for g in grid])
spread = np.array([[*np.diag(g[4]), 0, 0] for g in grid])
mean = weight @ means
sd = np.sqrt(weight @ (spread + (means - mean) ** 2))
for name, m, s in zip(["mean_level", "slope", "effect", "tau", "sigma"], mean, sd):
    print(f"{name:<12}{m:8.4f}{s:8.4f}")
order = np.argsort(means[:, 3])
for p in (0.05, 0.5, 0.95):
    print(f"tau, {100 * p:.0f} %: {means[order, 3][np.searchsorted(np.cumsum(weight[order]), p)]:.3f}")
