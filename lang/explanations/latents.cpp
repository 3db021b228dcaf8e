#include "lang/explanations/tables.h"

// Latents and what is computed from them.

namespace vippl::lang {

namespace {

constexpr Explanation table[] = {
    {"branch-on-generated", "a condition that depends on a `generate`",
     "Which statements run is known before the draws are made. Choose between values by "
     "arithmetic.",
     R"(sample p ~ beta(1, 1)
generate k : int ~ bernoulli(p)
fn f(k) {
  if k == 1 { return 2 }
  return 3
}
derive x = f(k))",
     R"(sample p ~ beta(1, 1)
generate k : int ~ bernoulli(p)
derive x = 2 * k + 3 * (1 - k))"},
    {"censored-prior", "a censored distribution as a prior",
     "A reading that is clamped to a bound follows a censored distribution: the value at the bound "
     "has the chance of all that lies beyond. A latent may lie anywhere, and beyond the bound "
     "its density would stay the same for ever, so that it has no posterior. A truncated "
     "distribution ends at its bound.",
     R"(data y : real[n]
sample m ~ censored(normal(0, 1), lower = 0)
observe y ~ normal(m, 1))",
     R"(data y : real[n]
sample m ~ truncated(normal(0, 1), lower = 0)
observe y ~ normal(m, 1))"},
    {"discrete-latent", "a discrete latent",
     "A fit moves latents continuously, which needs a density. Sum the latent out, with `mixture` "
     "or by hand with `log_sum_exp`."},
    {"dotted-target", "a latent that belongs to a model",
     "The latents of a model are drawn inside of it; outside they are read as `by_state.tau`.",
     R"(model effect(s) {
  sample tau ~ half_normal(s)
  return tau
}
sample b ~ effect(1)
sample b.tau ~ normal(0, 1))",
     R"(model effect(s) {
  sample tau ~ half_normal(s)
  return tau
}
sample b ~ effect(1)
derive t = b.tau)"},
    {"drawn-twice", "a latent with two distributions",
     "Every latent, and every element of one, has exactly one prior. A second opinion is a "
     "factor: `factor log_density(D, x)`.",
     R"(sample a : real[3] ~ normal(0, 1)
sample a[1] ~ normal(0, 2))",
     R"(sample a : real[3] ~ normal(0, 1))"},
    {"element-not-generated", "an element is never generated",
     "A `generate` that is declared as an array is filled completely.",
     R"(sample mu ~ normal(0, 1)
generate z : real[3]
for i in 1..2 { generate z[i] ~ normal(mu, 1) })",
     R"(sample mu ~ normal(0, 1)
generate z : real[3]
for i in 1..3 { generate z[i] ~ normal(mu, 1) })"},
    {"element-not-sampled", "an element is never sampled",
     "A latent that is declared as an array needs a prior for each element; nothing is flat by "
     "default.",
     R"(sample a : real[3]
for i in 1..2 { sample a[i] ~ normal(0, 1) })",
     R"(sample a : real[3]
for i in 1..3 { sample a[i] ~ normal(0, 1) })"},
    {"generated-value", "a generated value in the model itself",
     "A `generate` is drawn after the fit, for every posterior draw. It may be used by `derive` "
     "and `generate` only.",
     R"(sample mu ~ normal(0, 1)
generate z ~ normal(mu, 1)
factor z)",
     R"(sample mu ~ normal(0, 1)
generate z ~ normal(mu, 1)
derive w = z + 1)"},
    {"latent-in-loop", "a latent in a loop without a subscript",
     "A loop would define the same latent in every turn. With the loop's variable as subscript it "
     "is an array.",
     R"(for i in 1..3 { sample a ~ normal(0, 1) })",
     R"(for i in 1..3 { sample a[i] ~ normal(0, 1) })"},
    {"latent-setting", "an argument that must be fixed",
     "Some arguments set how something is computed: an axis, the end of a solver's tolerance. "
     "They are known before the fit."},
    {"latent-value", "a latent where a fixed value is needed",
     "Defaults and bounds of data are known before the fit.",
     R"(sample a ~ normal(0, 1)
data k : real = a)",
     R"(data k : real = 2
sample a ~ normal(0, 1))"},
    {"missing-distribution", "an element without a distribution",
     "A declaration has no subscript; a statement with one says what the element follows.",
     R"(sample a : real[3]
sample a[1]
sample a[2..3] ~ normal(0, 1))",
     R"(sample a : real[3]
sample a[1] ~ normal(0, 1)
sample a[2..3] ~ normal(0, 1))"},
    {"missing-prior", "a latent, or missing data, without a prior",
     "Nothing is flat by default, since a flat prior can make the posterior improper. To mean it, "
     "write `~ flat()`.",
     R"(sample mu : real)", R"(sample mu : real ~ flat())"},
    {"no-cdf", "a distribution without a cdf",
     "`cdf` and its like, `truncated` and `censored` need the cumulative distribution function, "
     "which is not known for every distribution.",
     R"(let p = cdf(multi_normal([0, 0], identity(2)), [1, 1]))",
     R"(let p = cdf(normal(0, 1), 1))"},
    {"no-sampler", "nothing can be drawn from an improper distribution",
     "`flat` and `icar` have no total probability, so `generate` cannot draw from them.",
     R"(sample mu ~ normal(0, 1)
generate x : real ~ flat())",
     R"(sample mu ~ normal(0, 1)
generate x ~ normal(mu, 1))"},
    {"observed-latent", "a latent that is observed",
     "`observe` takes what was seen, which is fixed. The density of something latent is a factor.",
     R"(sample phi : real[3] ~ normal(0, 1)
observe sum(phi) ~ normal(0, 0.01))",
     R"(sample phi : real[3] ~ normal(0, 1)
factor log_density(normal(0, 0.01), sum(phi)))"},
    {"sample-in-function", "a latent in a function",
     "Functions are pure. A reusable piece of prior is a `model`."},
    {"sampled-twice", "an element is sampled a second time",
     "Every element of a latent has exactly one prior. Look at where the loops meet.",
     R"(sample a : real[3]
for i in 1..3 { sample a[i] ~ normal(0, 1) }
for i in 3..3 { sample a[i] ~ normal(0, 1) })",
     R"(sample a : real[3]
for i in 1..3 { sample a[i] ~ normal(0, 1) })"},
    {"shape-by-branch", "a report whose size depends on a branch",
     "A derived value has one shape for every draw, or its draws could not be put side by side."},
    {"undeclared-array", "elements of an array that is not declared",
     "An array declares itself where every subscript is the variable of an enclosing loop over "
     "`1..N`. Otherwise its shape is declared first.",
     R"(data y : real[n]
sample x[1] ~ normal(0, 1)
for t in 2..n { sample x[t] ~ normal(x[t - 1], 1) })",
     R"(data y : real[n]
sample x : real[n]
sample x[1] ~ normal(0, 1)
for t in 2..n { sample x[t] ~ normal(x[t - 1], 1) })"},
    {"unknown-shape", "a latent whose size does not follow",
     "The arguments of the distribution do not say how long the vector or how large the matrix "
     "is, so a type says it.",
     R"(sample L ~ lkj_corr_cholesky(2))", R"(sample L : corr_cholesky[3] ~ lkj_corr_cholesky(2))"},
};

}  // namespace

std::span<const Explanation> explanations_of_latents() { return table; }

}  // namespace vippl::lang
