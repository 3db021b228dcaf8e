#include "lang/explanations/tables.h"

// Data, and how they are given.

namespace vippl::lang {

namespace {

constexpr Explanation table[] = {
    {"by-category", "`by =` with something else than a category",
     "`field(\"counties.uranium\", by = county)` puts the rows of another table into the order of "
     "the levels of a category, so it needs one.",
     R"(data county : int[n]
data u : real[J] = field("uranium", by = county))",
     R"(data county : category(J)[n]
data u : real[J] = field("counties.uranium", by = county))"},
    {"column-name", "something that is no name of a column",
     "`columns` takes names, texts with `*`, or `except = [...]`; `field` takes one text.",
     R"(data X : real[n, 2] = columns(1, 2))", R"(data X : real[n, 2] = columns(x1, x2))"},
    {"data-out-of-bounds", "data outside of the bounds of their type",
     "The message has the first bad rows. Either the rows are wrong, or the bounds are.",
     R"(data y : real(lower = 0)[n])", R"(data y : real[n])", R"({"y": [1, -2]})"},
    {"data-outside-support", "data that the distribution cannot draw",
     "One observed value of density 0 makes the log joint minus infinity everywhere, so this is "
     "an error before the fit. The message has the rows.",
     R"(data y : real[n]
sample k ~ half_normal(1)
observe y ~ exponential(k))",
     R"(data y : real[n]
sample k ~ half_normal(1)
observe y ~ normal(0, k))",
     R"({"y": [1, -2]})"},
    {"data-outside-type", "data that are no value of their constrained type",
     "A simplex sums to 1, an ordered vector rises, a covariance matrix is symmetric and positive "
     "definite. The message says what is wrong, and where.",
     R"(data p : simplex[3])", R"(data p : real[3])", R"({"p": [0.5, 0.5, 0.5]})"},
    {"infinite-value", "infinite data",
     "No continuous density has an infinite value. If it stands for a missing one, say so in the "
     "file: `NA` or `null`.",
     R"(data y : real[n]
observe y ~ normal(0, 1))",
     R"(data y : real?[n]
observe y ~ normal(0, 1))",
     R"(y
1
Inf)",
     R"(y
1
NA)"},
    {"levels-disagree", "two categories of one size with other levels",
     "Categories that share the name of their size share their levels, in one order; otherwise an "
     "index would pick the entry of another level.",
     R"(data a : category(K)[n]
data b : category(K)[n])",
     R"(data a : category(K)[n]
data b : category(L)[n])",
     R"({"a": ["x", "y"], "b": ["x", "z"]})"},
    {"missing-before-observe", "data with missing values are used too early",
     "Missing values become latents at the one `observe` of the data, which gives them their "
     "prior. Above it only `is_missing` may look at them.",
     R"(data age : real?[n]
let mu = mean(age)
observe age ~ normal(0, 1))",
     R"(data age : real?[n]
observe age ~ normal(0, 1)
derive mu = mean(age))"},
    {"missing-in-block", "missing values observed inside of a block",
     "The prior of missing values is one statement over the whole array, at top level, so that "
     "each of them has exactly one.",
     R"(data age : real?[n]
data seen : bool
if seen { observe age ~ normal(0, 1) })",
     R"(data age : real?[n]
observe age ~ normal(0, 1))"},
    {"missing-in-event", "single missing entries of a vector",
     "A distribution of whole vectors or matrices has no density of some of the entries. Leave "
     "out the rows with missing values.",
     R"(data shares : real?[n, 2]
observe shares ~ dirichlet([1, 1]))",
     R"(data shares : real[n, 2]
observe shares ~ dirichlet([1, 1]))"},
    {"missing-level", "a table without a row for some level",
     "A table that is matched by a category has one row for each of its levels."},
    {"missing-value", "missing data",
     "An empty cell, `NA` or `null` is an error unless the type has a `?`; nothing is dropped "
     "silently. The message has the rows.",
     R"(data y : real[n]
observe y ~ normal(0, 1))",
     R"(data y : real?[n]
observe y ~ normal(0, 1))",
     R"({"y": [1, null]})"},
    {"no-columns", "`columns` is left with no column", "All columns of the table were excepted.",
     R"(data X : real[n, p] = columns(except = [a, b]))",
     R"(data X : real[n, p] = columns(except = [a]))",
     R"(a,b
1,2
3,5)"},
    {"no-data", "the script has data, but none were given",
     "Give the file with `--data FILE.csv` or `--data FILE.json`; several may be given.",
     R"(data y : real[n])", R"(let y = 1)"},
    {"not-optional-data", "`is_missing` of data without missing values",
     "Only data whose type has a `?` may have missing values.",
     R"(data age : real[n]
let gone = is_missing(age))",
     R"(data age : real?[n]
let gone = is_missing(age)
observe age ~ normal(0, 1))"},
    {"repeated-level", "a level that stands twice",
     "Each level of a category is written once, and has one row in a table that is matched by it.",
     R"(data g : category("a", "a")[n])", R"(data g : category("a", "b")[n])"},
    {"size-mismatch", "a size that does not agree with the data",
     "Two arrays that share the name of a size have the same extent; a number in a shape is the "
     "extent; a field with the name of a size agrees with it.",
     R"(data x : real[n]
data y : real[n])",
     R"(data x : real[n]
data y : real[m])",
     R"({"x": [1, 2], "y": [1, 2, 3]})"},
    {"text-in-numbers", "text in a column of numbers",
     "The message has the first cell. Labels are a `category`; a mark for missing values is "
     "written `NA`, or left empty.",
     R"(data y : real[n])", R"(data y : category(K)[n])", R"({"y": ["a", "b"]})"},
    {"unknown-column", "the data have no such column or field",
     "Names agree letter by letter. A column with another name is read by `field(\"...\")`.",
     R"(data hieght : real[n])", R"(data height : real[n])", R"({"height": [1, 2]})"},
    {"unknown-setting", "`--set` names something that is no data",
     "`--set K=5` gives a value to `data K` of the script."},
    {"value-outside-type", "a value that is none of its declared type",
     "A type on a `let`, a parameter or a result is checked. What is fixed is held to bounds and "
     "constraints as data are; of what depends on latents only shape and `int` are checked.",
     R"(let weights : simplex[2] = [0.5, 0.7]
sample p ~ beta(weights[1], weights[2]))",
     R"(let weights : simplex[2] = [0.3, 0.7]
sample p ~ beta(weights[1], weights[2]))"},
    {"wrong-point", "values of latents that do not fit",
     "A point has a value for each latent, of its shape and inside its support."},
    {"wrong-setting", "`--set` for something that is not a number",
     "`--set` gives a single number. Arrays stand in a data file."},
};

}  // namespace

std::span<const Explanation> explanations_of_data() { return table; }

}  // namespace vippl::lang
