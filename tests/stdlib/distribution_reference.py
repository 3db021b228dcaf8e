"""Prints the tables of distribution_reference_test.cpp. Needs scipy (Debian: python3-scipy)."""
import numpy as np
from scipy import special, stats

numbers = []  # name, value and parameters, log density
events = []


def number(name, point, log_density):
    numbers.append((name, point, float(log_density)))


def event(name, arguments, log_density):
    events.append((name, [np.asarray(a, float) for a in arguments], float(log_density)))


for y, m, s in [(0.3, 1.2, 0.7), (-40, 2, 1.5), (1e-3, 0, 1e-2)]:
    number("normal", [y, m, s], stats.norm.logpdf(y, m, s))
    number("cauchy", [y, m, s], stats.cauchy.logpdf(y, m, s))
    number("laplace", [y, m, s], stats.laplace.logpdf(y, m, s))
    number("logistic", [y, m, s], stats.logistic.logpdf(y, m, s))
    number("student_t", [y, 4.5, m, s], stats.t.logpdf(y, 4.5, m, s))
    if abs(y) < 2:
        number("gumbel", [y, m, s], stats.gumbel_r.logpdf(y, m, s))
number("student_t", [1.5, 0.5, 0, 2], stats.t.logpdf(1.5, 0.5, 0, 2))
number("student_t", [1.5, 300, 0, 2], stats.t.logpdf(1.5, 300, 0, 2))
for y in [0.02, 1.3, 25.0]:
    number("lognormal", [y, 0.4, 1.3], stats.lognorm.logpdf(y, 1.3, scale=np.exp(0.4)))
    number("exponential", [y, 0.6], stats.expon.logpdf(y, scale=1 / 0.6))
    number("gamma", [y, 2.5, 0.4], stats.gamma.logpdf(y, 2.5, scale=1 / 0.4))
    number("gamma", [y, 0.3, 2], stats.gamma.logpdf(y, 0.3, scale=0.5))
    number("inverse_gamma", [y, 2.5, 0.4], stats.invgamma.logpdf(y, 2.5, scale=0.4))
    number("chi_square", [y, 3.5], stats.chi2.logpdf(y, 3.5))
    number("weibull", [y, 1.7, 2.2], stats.weibull_min.logpdf(y, 1.7, scale=2.2))
    number("half_normal", [y, 5], stats.halfnorm.logpdf(y, scale=5))
    number("half_cauchy", [y, 5], stats.halfcauchy.logpdf(y, scale=5))
    number("half_student_t", [y, 3, 2.5], np.log(2) + stats.t.logpdf(y, 3, 0, 2.5))
for y in [1e-4, 0.3, 0.98]:
    number("beta", [y, 0.5, 3], stats.beta.logpdf(y, 0.5, 3))
    number("beta", [y, 20, 7], stats.beta.logpdf(y, 20, 7))
    jacobian = -np.log(y * (1 - y))
    number("logit_normal", [y, 0.3, 1.1], stats.norm.logpdf(special.logit(y), 0.3, 1.1) + jacobian)
number("uniform", [0.3, -1, 4], stats.uniform.logpdf(0.3, -1, 5))
number("uniform", [4, -1, 4], stats.uniform.logpdf(4, -1, 5))
for y in [0, 1]:
    number("bernoulli", [y, 0.2], stats.bernoulli.logpmf(y, 0.2))
    number("bernoulli_logit", [y, -0.7], stats.bernoulli.logpmf(y, special.expit(-0.7)))
number("bernoulli_logit", [1, -40], -40 - np.log1p(np.exp(-40)))
number("bernoulli_logit", [0, 800], -800)
number("bernoulli_logit", [1, 800], 0)
for y in [0, 3, 12]:
    number("binomial", [y, 12, 0.35], stats.binom.logpmf(y, 12, 0.35))
    number("binomial_logit", [y, 12, 0.4], stats.binom.logpmf(y, 12, special.expit(0.4)))
    number("poisson", [y, 2.7], stats.poisson.logpmf(y, 2.7))
    number("poisson_log", [y, 0.8], stats.poisson.logpmf(y, np.exp(0.8)))
    number("neg_binomial_2", [y, 4, 1.5], stats.nbinom.logpmf(y, 1.5, 1.5 / 5.5))
    p = 1.5 / (1.5 + np.exp(1.2))
    number("neg_binomial_2_log", [y, 1.2, 1.5], stats.nbinom.logpmf(y, 1.5, p))
number("poisson", [2000, 2050], stats.poisson.logpmf(2000, 2050))
number("binomial", [4000, 9000, 0.4], stats.binom.logpmf(4000, 9000, 0.4))
number("flat", [17.5], 0)

covariance = np.array([[2, 0.5, 0.1], [0.5, 1.5, -0.3], [0.1, -0.3, 0.8]])
factor = np.array([[1.5, 0, 0], [-0.4, 0.7, 0], [0.2, 0.9, 1.1]])
location = np.array([0.5, -1, 2.0])
y = np.array([1, 0.2, 1.1])
normal = stats.multivariate_normal.logpdf
event("multi_normal", [y, location, covariance], normal(y, location, covariance))
event("multi_normal_cholesky", [y, location, factor], normal(y, location, factor @ factor.T))
p = [0.2, 0.5, 0.3]
event("dirichlet", [p, [1.5, 2, 0.7]], stats.dirichlet.logpdf(p, [1.5, 2, 0.7]))
event("categorical", [2, p], np.log(0.5))
logits = np.array([0.3, -1, 2.0])
event("categorical_logit", [3, logits], special.log_softmax(logits)[2])
cutpoints = np.array([-1, 0.5, 2.0])
cumulative = np.concatenate([[0], special.expit(cutpoints - 0.3), [1]])
for y in [1, 3, 4]:
    chance = cumulative[y] - cumulative[y - 1]
    event("ordered_logistic", [y, 0.3, cutpoints], np.log(chance))
event("multinomial", [[2, 0, 3], 5, p], stats.multinomial.logpmf([2, 0, 3], 5, p))
# Of a 2 x 2 correlation matrix, (1 + r) / 2 is beta(shape, shape), and r is the free entry of the factor.
for shape in [0.7, 1, 3]:
    log_density = stats.beta.logpdf(0.8, shape, shape) - np.log(2)
    event("lkj_corr_cholesky", [[[1, 0], [0.6, 0.8]], shape], log_density)
# The 3 x 3 correlation matrices have volume pi^2 / 2; the Jacobian from factor to matrix is its second diagonal entry.
factor = [[1, 0, 0], [0.6, 0.8, 0], [0, 0.6, 0.8]]
event("lkj_corr_cholesky", [factor, 1], np.log(2 / np.pi**2) + np.log(0.8))


def text(x):
    return repr(float(x)).removesuffix(".0")


for name, point, log_density in numbers:
    print(f'{{"{name}", {{{", ".join(map(text, point))}}}, {log_density!r}}},')
for name, arguments, log_density in events:
    values = ", ".join("{" + ", ".join(map(text, a.ravel())) + "}" for a in arguments)
    extents = ", ".join("{" + ", ".join(map(str, a.shape)) + "}" for a in arguments)
    print(f'{{"{name}", {{{{{values}}}, {{{extents}}}}}, {log_density!r}}},')
