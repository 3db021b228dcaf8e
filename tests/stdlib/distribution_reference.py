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
for y, m, s in [(0.3, 1.2, 0.7), (-4, 2, 1.5), (2.5, 1.2, 0.7)]:
    number("skew_normal", [y, m, s, -3], stats.skewnorm.logpdf(y, -3, m, s))
    number("skew_normal", [y, m, s, 0.5], stats.skewnorm.logpdf(y, 0.5, m, s))
    number("exp_mod_normal", [y, m, s, 0.4], stats.exponnorm.logpdf(y, 1 / (0.4 * s), m, s))
    number("exp_mod_normal", [y, m, s, 30], stats.exponnorm.logpdf(y, 1 / (30 * s), m, s))
    u = (y - m) / s
    number("asymmetric_laplace", [y, m, s, 0.2], np.log(0.2 * 0.8 / s) - u * (0.2 - (u < 0)))
    number("generalized_normal", [y, m, s, 0.6], stats.gennorm.logpdf(y, 0.6, m, s))
    number("generalized_normal", [y, m, s, 3], stats.gennorm.logpdf(y, 3, m, s))
for y in [0.02, 1.3, 25.0]:
    number("inverse_chi_square", [y, 3.5], stats.invgamma.logpdf(y, 1.75, scale=0.5))
    number("scaled_inverse_chi_square", [y, 3.5, 2], stats.invgamma.logpdf(y, 1.75, scale=7))
    frechet = np.log(1.7 / 2.2) - 2.7 * np.log(y / 2.2) - (y / 2.2) ** -1.7
    number("frechet", [y, 1.7, 2.2], frechet)
    number("log_logistic", [y, 1.7, 2.2], stats.fisk.logpdf(y, 1.7, scale=2.2))
    number("rayleigh", [y, 2.2], stats.rayleigh.logpdf(y, scale=2.2))
    number("pareto", [y + 1, 1.7, 0.5], stats.pareto.logpdf(y + 1, 1.7, scale=0.5))
    number("lomax", [y, 1.7, 2.2], stats.lomax.logpdf(y, 1.7, scale=2.2))
    number("inverse_gaussian", [y, 1.5, 0.8], stats.invgauss.logpdf(y, 1.5 / 0.8, scale=0.8))
for y in [-0.9, 0.3, 1.5]:
    number("triangular", [y, -1, 0.3, 2], stats.triang.logpdf(y, 1.3 / 3, -1, 3))
number("triangular", [1.5, -1, 2, 2], stats.triang.logpdf(1.5, 1, -1, 3))
number("triangular", [-1, -1, -1, 2], np.log(2 / 3))
for y in [1e-4, 0.3, 0.98]:
    number("beta_proportion", [y, 0.3, 12], stats.beta.logpdf(y, 3.6, 8.4))
    kumaraswamy = np.log(2.5 * 3) + 1.5 * np.log(y) + 2 * np.log1p(-(y**2.5))
    number("kumaraswamy", [y, 2.5, 3], kumaraswamy)
for y, m, k in [(0.3, 1.2, 0.7), (-3, 2, 30), (0.3, 0.301, 1e4), (1.2, 1.2, 1e8)]:
    log_constant = np.log(2 * np.pi * special.i0e(k))
    number("von_mises", [y, m, k], -2 * k * np.sin((y - m) / 2) ** 2 - log_constant)
for y in [0, 3, 12]:
    number("beta_binomial", [y, 12, 0.4, 2], stats.betabinom.logpmf(y, 12, 0.4, 2))
    number("neg_binomial", [y, 1.5, 0.4], stats.nbinom.logpmf(y, 1.5, 0.4 / 1.4))
    number("geometric", [y, 0.15], stats.geom.logpmf(y, 0.15, loc=-1))
    number("hypergeometric", [y, 14, 20, 15], stats.hypergeom.logpmf(y, 35, 20, 14))
    log_skellam = -1.7 - 4.2 + y / 2 * np.log(1.7 / 4.2) + np.log(special.iv(y, 2 * np.sqrt(1.7 * 4.2)))
    number("skellam", [y, 1.7, 4.2], log_skellam)
    log_skellam += y * np.log(4.2 / 1.7)
    number("skellam", [-y, 1.7, 4.2], log_skellam)
number("geometric", [0, 1], 0)
number("discrete_uniform", [3, -2, 9], -np.log(12))
x = 2 * np.sqrt(2e4 * 2.1e4)
log_skellam = x - 4.1e4 - 500 * np.log(2 / 2.1) + np.log(special.ive(1000, x))
number("skellam", [-1000, 2e4, 2.1e4], log_skellam)
number("skellam", [0, 1e9, 1e9], np.log(special.i0e(2e9)))
number("skellam", [1, 1e12, 1e12], np.log(special.i1e(2e12)))

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
cumulative = np.concatenate([[0], stats.norm.cdf(cutpoints - 0.3), [1]])
for y in [1, 3, 4]:
    event("ordered_probit", [y, 0.3, cutpoints], np.log(cumulative[y] - cumulative[y - 1]))
# Between cutpoints in the tail: log of the difference of two survival functions.
tails = stats.norm.logsf([30, 30.001])
event("ordered_probit", [2, -20, [10, 10.001]], tails[0] + np.log(-np.expm1(tails[1] - tails[0])))
chances = [0.2, 0.9, 0.55, 1e-3]
masses = [1]
for chance in chances:
    masses = np.convolve(masses, [1 - chance, chance])
for y in [0, 2, 4]:
    event("poisson_binomial", [y, chances], np.log(masses[y]))
event("multinomial", [[2, 0, 3], 5, p], stats.multinomial.logpmf([2, 0, 3], 5, p))
# Of a 2 x 2 correlation matrix, (1 + r) / 2 is beta(shape, shape), and r is the free entry of the factor.
for shape in [0.7, 1, 3]:
    log_density = stats.beta.logpdf(0.8, shape, shape) - np.log(2)
    event("lkj_corr_cholesky", [[[1, 0], [0.6, 0.8]], shape], log_density)
# The 3 x 3 correlation matrices have volume pi^2 / 2; the Jacobian from factor to matrix is its second diagonal entry.
factor = [[1, 0, 0], [0.6, 0.8, 0], [0, 0.6, 0.8]]
event("lkj_corr_cholesky", [factor, 1], np.log(2 / np.pi**2) + np.log(0.8))

y_vector = np.array([1, 0.2, 1.1])
root = np.array([[1.5, 0, 0], [-0.4, 0.7, 0], [0.2, 0.9, 1.1]])
spread = root @ root.T
precision = np.linalg.inv(covariance)
log_density = normal(y_vector, location, covariance)
event("multi_normal_precision", [y_vector, location, precision], log_density)
for df in [0.4, 3.5]:
    log_density = stats.multivariate_t.logpdf(y_vector, location, covariance, df)
    event("multi_student_t", [y_vector, df, location, covariance], log_density)
for df in [2.3, 17]:
    event("wishart", [spread, df, covariance], stats.wishart.logpdf(spread, df, covariance))
    log_density = stats.invwishart.logpdf(spread, df, covariance)
    event("inverse_wishart", [spread, df, covariance], log_density)
for shape in [0.7, 1, 3]:
    event("lkj_corr", [[[1, 0.6], [0.6, 1]], shape], stats.beta.logpdf(0.8, shape, shape) - np.log(2))
    # In two correlations r and the partial one of the third pair, p, the determinant and the volume are products.
    inner = special.beta(0.5, shape + 0.5)
    last = special.beta(0.5, shape)
    correlation = np.array([[1, 0.6, -0.2], [0.6, 1, 0.1], [-0.2, 0.1, 1]])
    log_density = (shape - 1) * np.log(np.linalg.det(correlation)) - 2 * np.log(inner) - np.log(last)
    event("lkj_corr", [correlation, shape], log_density)
rows = np.array([[1.2, 0.3], [0.3, 0.7]])
matrix = np.array([[0.3, -1, 2], [0.8, 0.1, -0.4]])
mean = np.array([[0, 0.5, 1], [-1, 0, 0.2]])
log_density = stats.matrix_normal.logpdf(matrix, mean, rows, covariance)
event("matrix_normal", [matrix, mean, rows, covariance], log_density)
walk = np.array([0.3, 0.9, 0.1, -0.6])
steps = np.diff(np.concatenate([[0.5], walk]))
event("gaussian_random_walk", [walk, 0.5, 0.8], stats.norm.logpdf(steps, 0, 0.8).sum())
padded = np.concatenate([[0.2] * 2, walk]) - 0.2
errors = padded[2:] - 0.6 * padded[1:-1] + 0.3 * padded[:-2]
event("ar", [walk, [0.6, -0.3], 0.2, 0.8], stats.norm.logpdf(errors, 0, 0.8).sum())
node1, node2 = np.array([1, 2, 3, 1]), np.array([2, 3, 1, 4])
adjacency = np.zeros((4, 4))
for i, j in zip(node1 - 1, node2 - 1):
    adjacency[i, j] = adjacency[j, i] = 1
laplacian = np.diag(adjacency.sum(0))
for dependence in [0.7, -1.2]:
    inverse = np.linalg.inv(laplacian - dependence * adjacency) * 1.5**2
    log_density = normal(walk, [0.1, 0.2, 0.3, 0.4], inverse)
    event("car", [walk, [0.1, 0.2, 0.3, 0.4], 1.5, dependence, node1, node2], log_density)
event("icar", [walk, node1, node2], -0.5 * walk @ (laplacian - adjacency) @ walk)
log_mass = stats.multinomial.logpmf([2, 0, 3], 5, special.softmax(logits))
event("multinomial_logit", [[2, 0, 3], 5, logits], log_mass)
alpha = np.array([1.5, 0.4, 2])
counts = np.array([2, 0, 3])
log_mass = special.gammaln(6) - special.gammaln(counts + 1).sum() + special.gammaln(alpha.sum())
log_mass += (special.gammaln(alpha + counts) - special.gammaln(alpha)).sum() - special.gammaln(alpha.sum() + 5)
event("dirichlet_multinomial", [counts, 5, alpha], log_mass)


def text(x):
    return repr(float(x)).removesuffix(".0")


for name, point, log_density in numbers:
    print(f'{{"{name}", {{{", ".join(map(text, point))}}}, {log_density!r}}},')
for name, arguments, log_density in events:
    values = ", ".join("{" + ", ".join(map(text, a.ravel())) + "}" for a in arguments)
    extents = ", ".join("{" + ", ".join(map(str, a.shape)) + "}" for a in arguments)
    print(f'{{"{name}", {{{{{values}}}, {{{extents}}}}}, {log_density!r}}},')
