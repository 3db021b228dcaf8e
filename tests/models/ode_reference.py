#!/usr/bin/env python3
"""Prints the solutions that tests/models/dynamics_test.cpp holds `ode` to.

usage: python3 tests/models/ode_reference.py        needs NumPy and SciPy

By SciPy's solve_ivp at relative tolerance 1e-12: DOP853, and Radau with the exact Jacobian for the stiff ones.
"""
import numpy as np
from scipy.integrate import solve_ivp


def lotka_volterra(t, z):
    return [(0.55 - 0.028 * z[1]) * z[0], (0.024 * z[0] - 0.8) * z[1]]


def van_der_pol(t, z):
    return [z[1], 1000 * (1 - z[0] ** 2) * z[1] - z[0]]


def van_der_pol_jacobian(t, z):
    return [[0, 1], [-2000 * z[0] * z[1] - 1, 1000 * (1 - z[0] ** 2)]]


def robertson(t, z):
    a, b, c = 0.04 * z[0], 1e4 * z[1] * z[2], 3e7 * z[1] ** 2
    return [-a + b, a - b - c, c]


def robertson_jacobian(t, z):
    return [[-0.04, 1e4 * z[2], 1e4 * z[1]], [0.04, -1e4 * z[2] - 6e7 * z[1], -1e4 * z[1]], [0, 6e7 * z[1], 0]]


def show(name, *arguments, **settings):
    solution = solve_ivp(*arguments, rtol=1e-12, **settings)
    assert solution.success, solution.message
    print(name, [[float(x) for x in row] for row in solution.y.T])


times = [1, 5, 10, 20]
show("Lotka-Volterra", lotka_volterra, (0, 20), [34, 5.9], t_eval=times, method="DOP853", atol=1e-12)
times = [1, 500, 800, 1000]
show("Van der Pol", van_der_pol, (0, 1000), [2, 0], t_eval=times, method="Radau", atol=1e-13, jac=van_der_pol_jacobian)
times = [0.4, 40, 4000, 400000]
show("Robertson", robertson, (0, 400000), [1, 0, 0], t_eval=times, method="Radau", atol=1e-18, jac=robertson_jacobian)
