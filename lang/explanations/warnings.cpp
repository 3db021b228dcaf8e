#include "lang/explanations/tables.h"

// Warnings: right scripts that are seldom meant.

namespace vippl::lang {

namespace {

constexpr Explanation table[] = {
    {"added-jitter", "a matrix that is singular up to rounding",
     "Points of a process that lie close together make rows of its covariance that nearly repeat "
     "each other, and rounding then leaves no Cholesky factor. `cholesky` adds to the diagonal "
     "what is needed, from 1e-12 to 1e-6 of its mean, and says so once. The amount may change from "
     "draw to draw; one that the script adds itself does not. A matrix that needs more is no "
     "covariance: it has no factor, and the point no density.",
     R"(let K = [[1, 1], [1, 1]]
sample z : real[2] ~ normal(0, 1)
factor -sum(square(cholesky(K) @ z)))",
     R"(let K = [[1, 1], [1, 1]]
sample z : real[2] ~ normal(0, 1)
factor -sum(square(cholesky(add_diagonal(K, 1e-9)) @ z)))"},
    {"argument-may-be-negative", "a latent that may be negative where it may not",
     "The latent has values for which the argument makes no sense, and there the log density is "
     "minus infinity. A fit that wanders there loses draws. A bound in its type keeps it away.",
     R"(data y : real[n]
sample s ~ normal(0, 1)
observe y ~ normal(0, s))",
     R"(data y : real[n]
sample s : real(lower = 0) ~ normal(0, 1)
observe y ~ normal(0, s))"},
    {"bound-may-pass-data", "a latent bound that the data may lie beyond",
     "A bound of the distribution is a latent, and data beyond it have density 0. The prior does "
     "not know where the data are, so most of its draws are lost, and a fit that starts with one "
     "of them has no way back. A bound in the type of the latent keeps it on the right side.",
     R"(data t : real[n]
sample end ~ half_normal(10)
observe t ~ uniform(0, end))",
     R"(data t : real[n]
sample end : real(lower = max(t)) ~ half_normal(10)
observe t ~ uniform(0, end))"},
    {"collinear-columns", "columns of the design matrix that depend on each other",
     "One column is a sum of multiples of others, as the shares of a whole or all levels of a "
     "category are beside an intercept. Their coefficients cannot be told apart: only the prior "
     "does. Leave one of them out.",
     R"(data X : real[n, p]
data y : real[n]
sample b : real[p] ~ normal(0, 1)
observe y ~ normal(X @ b, 1))",
     R"(data X : real[n, p]
data y : real[n]
sample b : real[p] ~ normal(0, 1)
observe y ~ normal(X @ b, 1))",
     R"({"X": [[1, 2], [2, 4], [4, 8]], "y": [1, 2, 3]})",
     R"({"X": [[1, 2], [2, 5], [4, 7]], "y": [1, 2, 3]})"},
    {"constant-column", "a column of the design matrix that never varies",
     "Its coefficient cannot be told from the intercept, or has no effect at all. Leave the "
     "column out.",
     R"(data X : real[n, p]
data y : real[n]
sample b : real[p] ~ normal(0, 1)
observe y ~ normal(X @ b, 1))",
     R"(data X : real[n, p]
data y : real[n]
sample b : real[p] ~ normal(0, 1)
observe y ~ normal(X @ b, 1))",
     R"({"X": [[1, 7], [2, 7], [4, 7]], "y": [1, 2, 3]})",
     R"({"X": [[1, 7], [2, 6], [4, 9]], "y": [1, 2, 3]})"},
    {"flat-scale", "a flat or very wide prior on the scale of effects",
     "With few groups the data hardly bound the scale of their effects from above, so the "
     "posterior may be improper: it has no mean, and a fit ends anywhere. A half_normal or "
     "half_cauchy prior of a plausible size keeps it proper.",
     R"(data g : category(K)[n]
data y : real[n]
sample tau : real(lower = 0) ~ flat()
sample a : real[K] ~ normal(0, tau)
observe y ~ normal(a[g], 1))",
     R"(data g : category(K)[n]
data y : real[n]
sample tau ~ half_normal(5)
sample a : real[K] ~ normal(0, tau)
observe y ~ normal(a[g], 1))"},
    {"hard-bounds", "a prior that is cut off",
     "A uniform prior says that nothing outside is possible, however clearly the data speak for "
     "it. Where the limits are no law of nature, a normal of that size says the same without the "
     "edges.",
     R"(data y : real[n]
sample mu ~ uniform(-10, 10)
observe y ~ normal(mu, 1))",
     R"(data y : real[n]
sample mu ~ normal(0, 5)
observe y ~ normal(mu, 1))"},
    {"hides-builtin", "a function with the name of a built-in",
     "Calls below mean the function of the script. If that is meant, silence the warning; "
     "otherwise choose another name.",
     R"(fn softplus(x) = log(1 + exp(x))
let y = softplus(2))",
     R"(let y = softplus(2))"},
    {"latent-branch", "a branch on a latent",
     "Where the condition changes, the log density may jump, which gradients do not see: the fit "
     "may pass over it. If both sides meet there, all is well.",
     R"(sample x ~ normal(0, 1)
factor if x > 0 then 1 else 0)",
     R"(sample x ~ normal(0, 1)
factor inv_logit(20 * x))"},
    {"lookalike-name", "names that look alike",
     "Two names have letters of different alphabets that look the same, or nearly so, such as the "
     "Greek mu and the micro sign. A reader cannot tell them apart. Rename one.",
     R"(let µ = 1
let μ = 2
factor µ + μ)",
     R"(let μ = 1
let spread = 2
factor μ + spread)"},
    {"long-record", "a loop of very many operations",
     "A loop is recorded turn by turn, as operations on single elements, and then made into "
     "operations over arrays where that is possible. Where it is not, as with matrices that a turn "
     "takes from the one before, every step of the fit goes through all of them. See whether a "
     "function or a distribution says the same at once, or whether fewer turns do.",
     R"(sample s ~ half_normal(1)
var M = [[1 + s, 0.1], [0.1, 2]]
for t in 1..12000 { M = inverse(M) + 1 }
factor -M[1, 1])",
     R"(sample s ~ half_normal(1)
var M = [[1 + s, 0.1], [0.1, 2]]
for t in 1..50 { M = inverse(M) + 1 }
factor -M[1, 1])"},
    {"loop-statistic", "a statistic accumulated in a loop",
     "What a function such as `mean` makes of the data of the fit keeps its value when new data "
     "are predicted. A loop runs again over the new data, so its result changes with them. Use "
     "the function.",
     R"(data y : real[n]
var total = 0.0
for i in 1..n { total += y[i] }
sample mu ~ normal(total / n, 1)
observe y ~ normal(mu, 1))",
     R"(data y : real[n]
sample mu ~ normal(mean(y), 1)
observe y ~ normal(mu, 1))"},
    {"no-rows", "data without rows",
     "An array with no entries is legal, but a model of it learns nothing.",
     R"(data y : real[n]
sample mu ~ normal(0, 1)
observe y ~ normal(mu, 1))",
     R"(data y : real[n]
sample mu ~ normal(0, 1)
observe y ~ normal(mu, 1))",
     R"({"y": []})", R"({"y": [1]})"},
    {"numeric-category", "a column that is an index here and a number there",
     "If the numbers are names of groups, arithmetic on them has no meaning: group 3 is not three "
     "times group 1. A `category` cannot be used as a number by mistake.",
     R"(data g : int(1..K)[n]
data y : real[n]
sample a : real[K] ~ normal(0, 1)
sample b ~ normal(0, 1)
observe y ~ normal(a[g] + b * g, 1))",
     R"(data g : category(K)[n]
data y : real[n]
sample a : real[K] ~ normal(0, 1)
observe y ~ normal(a[g], 1))",
     R"({"g": [1, 2, 1, 2], "y": [1, 2, 3, 4], "K": 2})"},
    {"observed-twice", "a datum that is observed twice",
     "Its information is counted twice, and the posterior is too narrow. Two views of one datum "
     "are one joint distribution.",
     R"(data y : real[n]
sample mu ~ normal(0, 1)
observe y ~ normal(mu, 1)
observe y ~ student_t(4, mu, 1))",
     R"(data y : real[n]
sample mu ~ normal(0, 1)
observe y ~ student_t(4, mu, 1))"},
    {"precision-as-scale", "a precision where a standard deviation is asked for",
     "`scale` is a standard deviation or its like, everywhere. A precision is 1 / variance; BUGS "
     "and JAGS ask for that.",
     R"(data y : real[n]
sample precision ~ gamma(2, 2)
observe y ~ normal(0, precision))",
     R"(data y : real[n]
sample precision ~ gamma(2, 2)
observe y ~ normal(0, 1 / sqrt(precision)))"},
    {"rare-level", "a level with a single row",
     "One row says little of its level: the effect follows its prior, and a table of effects "
     "shows mostly that. Rows with a misspelt label look like this too.",
     R"(data g : category(K)[n]
data y : real[n]
sample a : real[K] ~ normal(0, 1)
observe y ~ normal(a[g], 1))",
     R"(data g : category(K)[n]
data y : real[n]
sample a : real[K] ~ normal(0, 1)
observe y ~ normal(a[g], 1))",
     R"({"g": ["north", "nroth", "north", "south", "south"], "y": [1, 2, 3, 4, 5]})",
     R"({"g": ["north", "north", "north", "south", "south"], "y": [1, 2, 3, 4, 5]})"},
    {"real-equality", "`==` of continuous latents",
     "Two continuous latents are equal with probability 0, so this is never true. Compare their "
     "distance with a tolerance.",
     R"(sample a ~ normal(0, 1)
sample b ~ normal(0, 1)
factor 2 * (a == b))",
     R"(sample a ~ normal(0, 1)
sample b ~ normal(0, 1)
factor 2 * (abs(a - b) < 0.01))"},
    {"restricted-latent", "a type that cuts off a distribution with latent arguments",
     "A type restricts, it does not renormalise. With fixed arguments that changes a constant "
     "only; with latent ones it changes the model, as the part that is cut off depends on them. "
     "`truncated` renormalises. Of a `sum_to_zero[n]` only n - 1 values are free, but n densities "
     "count: with a latent scale, small scales are favoured, and 0 without end. There scale one "
     "with constant arguments: `sample z : sum_to_zero[n] ~ normal(0, 1)`, `let x = scale * z`.",
     R"(sample m ~ normal(0, 1)
sample x : real(lower = 0) ~ normal(m, 1)
factor x)",
     R"(sample m ~ normal(0, 1)
sample x ~ truncated(normal(m, 1), lower = 0)
factor x)"},
    {"square-product", "`*` between square matrices",
     "`*` multiplies element by element. The product of matrices is `@`.",
     R"(data A : real[k, k]
data B : real[k, k]
let C = A * B)",
     R"(data A : real[k, k]
data B : real[k, k]
let C = A @ B)"},
    {"transformed-response", "a function of the data is observed",
     "The density is that of the function. That is a fine model, but its ELBO and its LOO are on "
     "another scale than those of a model of the data themselves: the two do not compare.",
     R"(data y : real(lower = 0)[n]
sample m ~ normal(0, 1)
observe log(y) ~ normal(m, 1))",
     R"(data y : real(lower = 0)[n]
sample m ~ normal(0, 1)
observe y ~ lognormal(m, 1))"},
    {"two-sources", "two data files have the column",
     "The first file that has the name is used. Say which is meant: `field(\"FILE.column\")`."},
    {"unbounded-index", "an index without bounds",
     "The type does not say into what the numbers point, so a wrong one is found only where it is "
     "used. `int(1..K)` is checked where the data are read, with the row.",
     R"(data g : int[n]
data y : real[n]
sample a : real[3] ~ normal(0, 1)
observe y ~ normal(a[g], 1))",
     R"(data g : int(1..3)[n]
data y : real[n]
sample a : real[3] ~ normal(0, 1)
observe y ~ normal(a[g], 1))"},
    {"unordered-mixture", "components that can be exchanged",
     "All components have the same prior, so exchanging them leaves the log joint as it is. The "
     "posterior has a mode for each order, and a fit finds one of them or falls between. An "
     "`ordered` type gives the components their order.",
     R"(data y : real[n]
sample w ~ beta(2, 2)
sample mu : real[2] ~ normal(0, 5)
observe y ~ mixture([w, 1 - w], normal(mu, 1)))",
     R"(data y : real[n]
sample w ~ beta(2, 2)
sample mu : ordered[2] ~ normal(0, 5)
observe y ~ mixture([w, 1 - w], normal(mu, 1)))"},
    {"unscaled-columns", "columns of the design matrix on very different scales",
     "One prior for all coefficients means something else for each column, and the posterior is "
     "long and narrow, which is hard to fit. `standardize(X)` brings the columns to one scale.",
     R"(data X : real[n, p]
data y : real[n]
sample b : real[p] ~ normal(0, 1)
observe y ~ normal(X @ b, 1))",
     R"(data X : real[n, p]
data y : real[n]
sample b : real[p] ~ normal(0, 1)
observe y ~ normal(standardize(X) @ b, 1))",
     R"({"X": [[1, 2000], [2, 54000], [4, 7000]], "y": [1, 2, 3]})"},
    {"unused-data", "data that nothing uses",
     "Perhaps a term of the model was forgotten, or the wrong name was used. A name that begins "
     "with `_` is never reported.",
     R"(data y : real[n]
data x : real[n]
sample a ~ normal(0, 1)
observe y ~ normal(a, 1))",
     R"(data y : real[n]
data x : real[n]
sample a ~ normal(0, 1)
observe y ~ normal(a * x, 1))"},
    {"unused-latent", "a latent that no data inform",
     "It reaches no `observe` or `factor`, so its posterior is its prior. Perhaps a term of the "
     "model was forgotten.",
     R"(data y : real[n]
sample a ~ normal(0, 1)
sample b ~ normal(0, 1)
observe y ~ normal(a, 1))",
     R"(data y : real[n]
sample a ~ normal(0, 1)
sample b ~ normal(0, 1)
observe y ~ normal(a + b, 1))"},
    {"unused-name", "a name that nothing uses",
     "Perhaps the wrong name was used below. A name that begins with `_` is never reported.",
     R"(let half = 0.5
sample a ~ normal(0, 1)
factor a)",
     R"(let half = 0.5
sample a ~ normal(0, 1)
factor half * a)"},
    {"variance-as-scale", "a variance where a standard deviation is asked for",
     "`scale` is a standard deviation, everywhere. The argument is named like a variance, or is a "
     "square.",
     R"(data y : real[n]
sample sigma2 ~ inverse_gamma(2, 2)
observe y ~ normal(0, sigma2))",
     R"(data y : real[n]
sample sigma2 ~ inverse_gamma(2, 2)
observe y ~ normal(0, sqrt(sigma2)))"},
    {"wide-type", "a type that allows what the distribution does not",
     "The support of a latent is what its type and its distribution have in common, so the "
     "written bound has no effect. Either it is a mistake, or another distribution is meant.",
     R"(sample x : real(lower = -1) ~ exponential(1)
factor x)",
     R"(sample x ~ exponential(1)
factor x)"},
};

}  // namespace

std::span<const Explanation> explanations_of_warnings() { return table; }

}  // namespace vippl::lang
