#include "lang/explanations/tables.h"

// Names, calls, functions, models and imports.

namespace vippl::lang {

namespace {

constexpr Explanation table[] = {
    {"argument-order", "an argument without a name after one with a name",
     "Arguments are given by position first, then by name; after a name the position means "
     "nothing.",
     R"(sample mu ~ normal(location = 0, 1))", R"(sample mu ~ normal(location = 0, scale = 1))"},
    {"assignment-to-constant", "only a `var` can be assigned to",
     "Data, latents and what `let` names never change, so that a name means one thing throughout. "
     "Something that changes is a `var`.",
     R"(let total = 0
total = 1)",
     R"(var total = 0
total = 1)"},
    {"distribution-as-value", "a distribution is not a value",
     "A distribution stands after `~`, inside a wrapper such as `truncated`, and as first "
     "argument of `log_density` and its like. To draw a value from it, `sample` or `generate` it.",
     R"(let x = normal(0, 1))", R"(sample x ~ normal(0, 1))"},
    {"function-as-value", "a function is not a value",
     "A function is called, with its arguments in brackets. It may be passed by its name to a "
     "function that calls it.",
     R"(fn twice(x) = 2 * x
let y = twice + 1)",
     R"(fn twice(x) = 2 * x
let y = twice(3) + 1)"},
    {"import-cycle", "files that import each other",
     "A file is read once, before what uses it; two files that need each other have no such "
     "order. Move what both need to a third file."},
    {"import-outside-folder", "an import outside the folder of the script",
     "A script reaches only files below its own folder, so that the folder holds all there is to "
     "know and a script from elsewhere cannot read other files. Copy the file, and write its path "
     "relative to the importing file."},
    {"import-statement", "an imported file with other statements",
     "An imported file is a library of values, functions and models. Data, latents and densities "
     "belong to the script, where they are seen."},
    {"import-unreadable", "an imported file that cannot be read",
     "The path is relative to the importing file. Check its spelling and that the file is there."},
    {"misplaced-columns", "`columns` and `field` outside `data`",
     "They say which columns of the file a `data` statement reads, and mean nothing elsewhere.",
     R"(let X = columns("x*"))", R"(data X : real[n, p] = columns("x*"))"},
    {"misplaced-model", "a model where it cannot be expanded",
     "A model stands after the `~` of a `sample` without subscript and type, outside of loops: "
     "its latents get the name of that statement as a prefix. Several of them are an array inside "
     "of the model.",
     R"(model effect(s) {
  sample z ~ normal(0, s)
  return z
}
sample b : real[3] ~ effect(2))",
     R"(model effects(k, s) {
  sample z : real[k] ~ normal(0, s)
  return z
}
sample b ~ effects(3, 2))"},
    {"misplaced-statement", "a statement that may not stand here",
     "`data`, `fn`, `model`, `import` and `guide` stand at the top level of the script; `sample`, "
     "`observe` and `factor` never in a function, which is pure; `return` only in one.",
     R"(for i in 1..3 {
  data y : real[n]
})",
     R"(data y : real[n])"},
    {"missing-return", "a path without `return`",
     "A function or model has a value whatever happens in it, so every path through its body ends "
     "with `return`.",
     R"(fn f(x) {
  if x > 0 { return x }
}
let y = f(1))",
     R"(fn f(x) {
  if x > 0 { return x }
  return 0
}
let y = f(1))"},
    {"not-a-distribution", "a distribution is asked for here",
     "After `~`, inside wrappers and as first argument of `log_density` stands a distribution "
     "with its arguments.",
     R"(sample x ~ 3)", R"(sample x ~ normal(3, 1))"},
    {"not-a-function", "a function is asked for here",
     "`ode` and `scan` call a function again and again, so they are given its name alone, without "
     "arguments.",
     R"(let times = [1, 2]
let z = ode([1], [1, 1], 0, times))",
     R"(fn slope(t, z) = -z
let times = [1, 2]
let z = ode(slope, [1, 1], 0, times))"},
    {"not-a-model", "only a sampled model has parts",
     "`by_state.tau` is the latent `tau` of the model sampled as `by_state`. Values have no parts "
     "with names.",
     R"(sample b ~ normal(0, 1)
derive t = b.tau)",
     R"(model effect(s) {
  sample tau ~ half_normal(s)
  return tau
}
sample b ~ effect(2)
derive t = b.tau)"},
    {"not-available", "not in this version",
     "The language has this, the version at hand does not yet. Where there is another way, the "
     "hint shows it."},
    {"recursive-model", "a model that uses itself",
     "A model is expanded where it is sampled, which would not end. A number of copies that is "
     "known is a loop inside of the model.",
     R"(model m(k) {
  sample x ~ m(k)
  return x
}
sample y ~ m(1))",
     R"(model m(k) {
  sample x ~ normal(0, k)
  return x
}
sample y ~ m(1))"},
    {"redefinition", "a name is defined twice",
     "A name is defined once and may not hide another, so that a name found anywhere in a script "
     "means the same. Parameters and names inside of functions may hide those of the script.",
     R"(let x = 1
let x = 2)",
     R"(let x = 1
let y = 2)"},
    {"repeated-argument", "an argument is given twice",
     "Once by its position and once by its name, or twice by name.",
     R"(sample x ~ normal(0, location = 1))", R"(sample x ~ normal(0, scale = 1))"},
    {"unknown-argument", "no argument has this name",
     "The hint shows the arguments that there are.", R"(sample x ~ normal(0, sigma = 1))",
     R"(sample x ~ normal(0, scale = 1))"},
    {"unknown-distribution", "no distribution has this name",
     "Distributions have the names of the literature, in lower case: `half_cauchy`, "
     "`neg_binomial_2`. The hint has the nearest one, and the names that other languages use.",
     R"(sample x ~ gaussian(0, 1))", R"(sample x ~ normal(0, 1))"},
    {"unknown-function", "no function has this name",
     "Functions have full words joined by `_`: `log_sum_exp`, `inv_logit`. Square brackets are "
     "for subscripts, round ones for calls.",
     R"(let x = ln(3))", R"(let x = log(3))"},
    {"unknown-method", "`ode` has no such method",
     "\"rk45\" is for most equations, \"stiff\" for those of which some parts settle much faster "
     "than others.",
     R"(fn slope(t, z) = -z
let z = ode(slope, [1, 1], 0, [1, 2], method = "euler"))",
     R"(fn slope(t, z) = -z
let z = ode(slope, [1, 1], 0, [1, 2], method = "rk45"))"},
    {"unknown-name", "a name that is not defined",
     "A name is defined above its first use: by `data`, `let`, `var`, `sample`, `derive`, as a "
     "loop variable, or as a size in a shape of data. Case matters.",
     R"(data y : real[n]
sample mu ~ normal(0, 1)
observe y ~ normal(mu, sigma))",
     R"(data y : real[n]
sample mu ~ normal(0, 1)
sample sigma ~ half_normal(1)
observe y ~ normal(mu, sigma))"},
    {"used-before-definition", "used above its definition",
     "Statements run from top to bottom, so a name is defined above its first use.",
     R"(let y = 2 * x
let x = 1)",
     R"(let x = 1
let y = 2 * x)"},
    {"var-in-function", "a function that reads a `var` of the script",
     "Functions see what never changes, so that a call means the same wherever it stands. Pass "
     "the `var` as an argument.",
     R"(var total = 1
fn f(x) = x + total
let y = f(2))",
     R"(var total = 1
fn f(x, t) = x + t
let y = f(2, total))"},
    {"wrong-argument-count", "too many or too few arguments",
     "The hint shows the arguments, their order and those that may be left out.",
     R"(sample x ~ normal(0))", R"(sample x ~ normal(0, 1))"},
    {"wrong-wrapping", "a wrapper that does not fit its distribution",
     "`truncated` and `censored` need a cdf, `zero_inflated` and `hurdle` counts, and the "
     "components of a `mixture` one support. The message says which is missing.",
     R"(data y : real[n]
observe y ~ zero_inflated(0.3, normal(0, 1)))",
     R"(data y : int(lower = 0)[n]
observe y ~ zero_inflated(0.3, poisson(2)))"},
};

}  // namespace

std::span<const Explanation> explanations_of_names() { return table; }

}  // namespace vippl::lang
