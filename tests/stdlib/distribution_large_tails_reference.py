"""Prints the table of distribution_large_tails_test.cpp: tails of counts too many to be added up one by one. Needs mpmath
(Debian: python3-mpmath)."""
import math

import mpmath as mp

mp.mp.dps = 30


def number(x):
    return repr(float(x)).removesuffix(".0")


def show(name, y, parameters, below, above):
    arguments = ", ".join(number(x) for x in [y, *parameters])
    print(f'{{"{name}", {{{arguments}}}, {number(mp.log(below))}, {number(mp.log(above))}}},')


def by_ratios(name, parameters, ys, first, last, ratio):
    """Adds up all chances: ratio(k) is that of k + 1 to that of k."""
    below, above = [mp.mpf(0)] * len(ys), [mp.mpf(0)] * len(ys)
    term = mp.mpf(1)  # up to a factor, which the total takes off
    for k in range(first, last + 1):
        for i, y in enumerate(ys):
            if k <= y:
                below[i] += term
            else:
                above[i] += term
        if k < last:
            term *= ratio(k)
    for i, y in enumerate(ys):
        total = below[i] + above[i]
        show(name, y, parameters, below[i] / total, above[i] / total)


for n, a, b, ys in (
    (100000, 0.4, 2, [10, 30000, 99000]),
    (100000, 0.3, 0.6, [50, 70000]),
    (100000, 300, 200, [52000, 60000, 66000]),
):
    a_exact, b_exact = mp.mpf(a), mp.mpf(b)
    by_ratios("beta_binomial", (n, a, b), ys, 0, n, lambda k: (n - k) * (k + a_exact) / ((k + 1) * (n - k - 1 + b_exact)))
n, good, bad = 40000, 300000, 500000
by_ratios("hypergeometric", (n, good, bad), [14000, 15000, 15300], 0, n,
          lambda k: mp.mpf((good - k) * (n - k)) / ((k + 1) * (bad - n + k + 1)))


def skellam(rate1, rate2, y):
    """P(Y <= y) by the inversion of the generating function on a circle, which is exact for whole numbers. Around the saddlepoint
    the integrand is about normal."""
    a, b = mp.mpf(rate1), mp.mpf(rate2)
    root = mp.sqrt(mp.mpf(y) ** 2 + 4 * a * b)
    sd = mp.sqrt(root)
    tilt = min(mp.log((y + root) / (2 * a)), -1 / sd)
    log_generating = lambda s: a * (mp.exp(s) - 1) + b * (mp.exp(-s) - 1)
    at_saddle = log_generating(tilt) - tilt * y

    def integrand(angle):
        s = mp.mpc(tilt, angle)
        return mp.re(mp.exp(log_generating(s) - s * y - at_saddle) / (1 - mp.exp(s)))

    area = mp.quad(integrand, [i / sd for i in range(26)])
    return mp.exp(at_saddle) * area / mp.pi


for rate1, rate2 in ((2e9, 1e9), (1e12, 3e12), (1e16, 1e16)):
    mean, sd = int(rate1 - rate2), math.sqrt(rate1 + rate2)
    for z in (-40, -3, -0.5):
        y = mean + math.floor(z * sd)
        below = skellam(rate1, rate2, y)
        show("skellam", y, (rate1, rate2), below, 1 - below)
        above = skellam(rate2, rate1, -2 * mean + y)  # by the symmetry of the two poissons
        show("skellam", 2 * mean - y - 1, (rate1, rate2), 1 - above, above)
