#include "lang/explanations/tables.h"

// Types, shapes, sizes and subscripts.

namespace vippl::lang {

namespace {

constexpr Explanation table[] = {
    {"argument-mismatch", "an argument of the wrong type or shape",
     "The message says which argument, what it should be and what it is. A distribution's "
     "arguments are stretched to what it draws, never the other way.",
     R"(let L = cholesky([1, 2]))", R"(let L = cholesky([[2, 1], [1, 2]]))"},
    {"argument-outside-support", "an argument outside of its range",
     "The arguments of distributions and functions have ranges: a scale is positive, a "
     "probability between 0 and 1. Outside of them there is no density.",
     R"(sample x ~ normal(0, -1))", R"(sample x ~ normal(0, 1))"},
    {"category-index", "a category as an index into something else",
     "A category with K levels is an index only into a dimension of size K, so that a level can "
     "never pick the entry of another grouping.",
     R"(data g : category(K)[n]
data h : category(J)[n]
sample a : real[J] ~ normal(0, 1)
factor a[g])",
     R"(data g : category(K)[n]
data h : category(J)[n]
sample a : real[J] ~ normal(0, 1)
factor a[h])"},
    {"contradictory-support", "a type that shares no values with its distribution",
     "The support of a latent is what its distribution and its type have in common, which here is "
     "nothing.",
     R"(sample x : real(upper = 0) ~ exponential(1))", R"(sample x ~ exponential(1))"},
    {"empty-support", "no value between the bounds",
     "The lower bound of the distribution is not below the upper one.",
     R"(sample x ~ uniform(2, 1))", R"(sample x ~ uniform(0, 1))"},
    {"empty-type", "a type without values",
     "The lower bound of the type is not below the upper one, or the length of a simplex is 0.",
     R"(data x : real(lower = 2, upper = 1))", R"(data x : real(lower = 1, upper = 2))"},
    {"index-out-of-range", "a subscript that the data put outside of its dimension",
     "Found when the values are known, for instance in a column used as an index. The message has "
     "the value, and the row where it comes from. A type with bounds, `int(1..J)`, finds it where "
     "the data are read.",
     R"(data g : int[n]
sample a : real[3] ~ normal(0, 1)
factor a[g])",
     R"(data g : int(1..J)[n]
sample a : real[J] ~ normal(0, 1)
factor a[g])",
     R"({"g": [1, 2, 4], "J": 4})"},
    {"latent-range", "a range whose end is latent",
     "How often a loop runs and how many entries an array has is known before the fit.",
     R"(sample x ~ normal(0, 1)
let v = 1..(x > 0) + 1)",
     R"(let v = 1..3)"},
    {"latent-size", "a size that is latent",
     "Sizes are known before the fit, as the number of coordinates depends on them.",
     R"(sample k ~ normal(3, 1)
sample x : real[k] ~ normal(0, 1))",
     R"(let k = 3
sample x : real[k] ~ normal(0, 1))"},
    {"latent-subscript", "a subscript that is latent",
     "A subscript picks entries before the fit. A continuous latent cannot be rounded to one, as "
     "the density would jump.",
     R"(data y : real[n]
sample k ~ normal(0, 1)
let a = y[(k > 0) + 1])",
     R"(data y : real[n]
sample k ~ normal(0, 1)
let a = if k > 0 then y[2] else y[1] # allow: latent-branch)"},
    {"loop-range", "a loop over something else",
     "A loop runs over a range or any fixed int vector.",
     R"(sample x : real[3] ~ normal(0, 1)
for v in x { factor v })",
     R"(sample x : real[3] ~ normal(0, 1)
for i in 1..3 { factor x[i] })"},
    {"negative-size", "a negative size", "A size is 0 or more; it counts entries.",
     R"(sample x : real[-1] ~ normal(0, 1))", R"(sample x : real[1] ~ normal(0, 1))"},
    {"not-a-condition", "a condition that is neither true nor false",
     "A number is not a condition: write which comparison is meant. `if` and `while` take a "
     "single bool; `any` and `all` make one of many.",
     R"(data k : real
if k { factor 1 })",
     R"(data k : real
if k != 0 { factor 1 })"},
    {"not-a-number", "a text where a number is needed",
     "Texts are arguments, such as `method = \"stiff\"`, and are compared with the levels of a "
     "category. They do not enter arithmetic.",
     R"(factor "a")", R"(factor 1)"},
    {"observed-outside-support", "a value that the distribution cannot draw",
     "The density would be 0 and the log joint minus infinity everywhere, so it is an error "
     "before the fit.",
     R"(observe -1 ~ exponential(1))", R"(observe 1 ~ exponential(1))"},
    {"range-not-int", "a range between reals",
     "Both ends of a range are ints. `round`, `floor` and `ceil` make ints of fixed values.",
     R"(let v = 1..2.5)", R"(let v = 1..2)"},
    {"shape-mismatch", "shapes that do not fit",
     "Shapes are aligned at their last dimensions; a dimension of size 1 stretches, all others "
     "are equal. Sizes are compared as formulas, so `n` and `p` differ even where their values "
     "agree today. The notes say where the sizes come from.",
     R"(data X : real[n, p]
data w : real[n]
let Z = X - w)",
     R"(data X : real[n, p]
data w : real[n]
let Z = X - as_column(w))"},
    {"size-not-int", "a size or a count that is no int",
     "Sizes and counts are single whole numbers.", R"(sample x : real[2.5] ~ normal(0, 1))",
     R"(sample x : real[2] ~ normal(0, 1))"},
    {"subscript-not-int", "a subscript that is no int",
     "Entries are counted from 1. `round`, `floor` and `ceil` make ints of fixed values.",
     R"(data y : real[n]
let a = y[1.5])",
     R"(data y : real[n]
let a = y[1])"},
    {"subscript-out-of-range", "a subscript outside of its dimension",
     "Subscripts count from 1, and both ends of a range count. `y[n]` is the last entry.",
     R"(data y : real[n]
let a = y[0])",
     R"(data y : real[n]
let a = y[1])"},
    {"too-many-subscripts", "more subscripts than dimensions",
     "A value takes as many subscripts as it has dimensions, or fewer: `X[i]` is a row.",
     R"(data y : real[n]
let a = y[1, 2])",
     R"(data y : real[n]
let a = y[1])"},
    {"type-argument", "a condition that the type does not have",
     "Numbers take `lower =` and `upper =`, ints a range too; a category takes a name for its "
     "number of levels, or the levels.",
     R"(data x : real(minimum = 0))", R"(data x : real(lower = 0))"},
    {"type-mismatch", "a value of another type",
     "The message says what was declared and what was found. An int is taken where a real is "
     "asked for, never the reverse.",
     R"(let k : int = 2.5)", R"(let k : real = 2.5)"},
    {"type-needs-size", "a type of vectors or matrices without its size",
     "A simplex, an ordered vector or a correlation matrix has a length.",
     R"(sample p : simplex ~ dirichlet([1, 1]))", R"(sample p : simplex[2] ~ dirichlet([1, 1]))"},
    {"unassigned-element", "an element that has no value yet",
     "Elements of a `var` that was declared without a value may be read only after they were "
     "assigned.",
     R"(var v : real[3]
v[1] = 1
let s = sum(v))",
     R"(var v : real[3]
for i in 1..3 { v[i] = i }
let s = sum(v))"},
    {"unknown-level", "a text that is no level of the category",
     "Levels are compared letter by letter. Where the type lists them, the data may hold no "
     "other.",
     R"(data g : category("low", "high")[n]
let h = g == "hihg")",
     R"(data g : category("low", "high")[n]
let h = g == "high")"},
    {"unknown-size", "a size that nothing gives",
     "A size in the condition of a type, as J in `int(1..J)`, is a field of the data. "
     "`category(J)` counts the levels that are there.",
     R"(data g : int(1..J)[n])", R"(data g : category(J)[n])", R"({"g": [1, 1, 2, 2]})"},
    {"unknown-type", "no type has this name",
     "The elements are `real`, `int`, `bool` and `category`; then there are the constrained "
     "vectors and matrices, as `simplex` and `corr`.",
     R"(data y : float[n])", R"(data y : real[n])"},
};

}  // namespace

std::span<const Explanation> explanations_of_shapes() { return table; }

}  // namespace vippl::lang
