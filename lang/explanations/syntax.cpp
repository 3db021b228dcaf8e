#include "lang/explanations/tables.h"

// How a script is written.

namespace vippl::lang {

namespace {

constexpr Explanation table[] = {
    {"angle-bounds", "bounds of a type outside round brackets",
     "Bounds are named arguments of the type and stand in round brackets, as those of a function "
     "do.",
     R"(data y : real<lower = 0>[n])", R"(data y : real(lower = 0)[n])"},
    {"arrow-assignment", "`<-` does not assign",
     "A value that never changes is named with `let`; only a `var` can be given a new value, with "
     "`=`.",
     R"(let x <- 3)", R"(let x = 3)"},
    {"assignment-operator", "`+=` and its like in a definition",
     "They change a variable that exists. A definition gives a first value, with `=`.",
     R"(let total += 1)",
     R"(var total = 0
total += 1)"},
    {"assignment-target", "the left side cannot be assigned to",
     "Only a `var`, or elements of one, can be given a new value. An equation to be solved has no "
     "meaning here.",
     R"(var x = 1
x + 1 = 2)",
     R"(var x = 1
x = 2 - 1)"},
    {"bad-escape", "an unknown escape in a string",
     "In a string `\\\"`, `\\\\` and `\\n` stand for a quote, a backslash and a line end. "
     "Anything else after a backslash is refused, as it is mostly a path or a typing error.",
     R"(data g : category("a\b", "c")[n])", R"(data g : category("a\\b", "c")[n])"},
    {"bad-number", "a number that is not written as one",
     "Digits stand on both sides of a decimal point, so that `1..5` is a range; digits are "
     "grouped by `_`, and there are no suffixes.",
     R"(let x = .5)", R"(let x = 0.5)"},
    {"bad-utf8", "bytes that are no UTF-8 text",
     "The script holds bytes of another encoding, often Latin-1. Save it as UTF-8 in the editor."},
    {"bare-choice", "a choice beside an operator",
     "Where a choice ends could be read in two ways, so beside an operator it stands in brackets.",
     R"(data c : bool
let x = 1 + if c then 2 else 3)",
     R"(data c : bool
let x = 1 + (if c then 2 else 3))"},
    {"bare-expression", "an expression alone does nothing",
     "A statement says what becomes of a value: `let` names it, `derive` reports it, `factor` "
     "adds it to the log joint. In the REPL an expression alone is printed.",
     R"(sample mu ~ normal(0, 1)
mu + 1)",
     R"(sample mu ~ normal(0, 1)
derive above = mu + 1)"},
    {"braces-for-array", "an array in braces",
     "Arrays stand in square brackets. Braces hold the statements of a block.",
     R"(let v = {1, 2, 3})", R"(let v = [1, 2, 3])"},
    {"chained-comparison", "comparisons do not chain",
     "`a < b < c` would compare a truth value with a number. Say both comparisons.",
     R"(data x : real[n]
let inside = 0 < x < 1)",
     R"(data x : real[n]
let inside = 0 < x and x < 1)"},
    {"chained-range", "a range has two ends", "Steps are written with arithmetic on a range.",
     R"(let v = 1..10..2)", R"(let v = 2 * (1..5))"},
    {"colon-block", "a block after `:`",
     "The statements of a block stand between braces; how far they are indented does not matter.",
     R"(data y : real[n]
for i in 1..n: factor y[i])",
     R"(data y : real[n]
for i in 1..n { factor y[i] })"},
    {"colon-equals", "`:=` does not assign",
     "A value is named with `let x = 3`; a `var` is set with `x = 3`.", R"(let x := 3)",
     R"(let x = 3)"},
    {"colon-range", "`:` does not make a range",
     "A range is written with two dots. In a subscript, `:` alone takes everything.",
     R"(data y : real[n]
let first = y[1:3])",
     R"(data y : real[n]
let first = y[1..3])"},
    {"comprehension-element", "several elements before `for`",
     "One expression stands before `for`. If it is itself an array it has brackets of its own.",
     R"(let M = [i, i^2 for i in 1..3])", R"(let M = [[i, i^2] for i in 1..3])"},
    {"control-character", "an invisible character",
     "The script holds a character that is not seen, often copied from a web page or left by an "
     "old editor. It could change what the line means, so it is refused. Delete it."},
    {"double-equals", "`==` where `=` is meant",
     "`==` asks whether two values are equal. A definition has one `=`.", R"(let x == 3)",
     R"(let x = 3)"},
    {"else-without-if", "an `else` that belongs to no `if`",
     "An `else` follows the closing brace of the block of its `if`, on the same line or the next.",
     R"(data c : bool
else { factor 1 })",
     R"(data c : bool
if c { factor 2 } else { factor 1 })"},
    {"equals-for-tilde", "`=` before a distribution",
     "`=` gives a value, `~` says what a value follows. A latent has a distribution, so `sample` "
     "and `observe` take `~`.",
     R"(sample mu = normal(0, 1))", R"(sample mu ~ normal(0, 1))"},
    {"expected-expression", "a value is missing here",
     "An operator, a comma or an opening bracket is followed by something that is no value.",
     R"(let x = (1 + ))", R"(let x = (1 + 2))"},
    {"expected-name", "a name is missing here",
     "A name begins with a letter or `_`; letters of any alphabet, digits and subscript digits "
     "may follow.",
     R"(data 3rd : real[n])", R"(data third : real[n])"},
    {"expected-symbol", "a symbol is missing here",
     "The statement goes on in a way that its form does not allow; the message says which symbol "
     "was expected. The forms are in the reference of the language.",
     R"(let v = [1 2])", R"(let v = [1, 2])"},
    {"expected-type", "a type is missing here",
     "After `:` stands a type: an element such as `real`, perhaps a condition in round brackets, "
     "perhaps a shape in square ones.",
     R"(let x : 3 = 4)", R"(let x : int = 4)"},
    {"for-parentheses", "a loop in round brackets",
     "A loop names its variable and what it runs over, without brackets.",
     R"(data y : real[n]
for (i in 1..n) { factor y[i] })",
     R"(data y : real[n]
for i in 1..n { factor y[i] })"},
    {"foreign-comment", "a comment of another language",
     "A comment begins with `#` and ends with the line.",
     R"(// the mean
sample mu ~ normal(0, 1))",
     R"(# the mean
sample mu ~ normal(0, 1))"},
    {"foreign-density", "a density written as in another language",
     "A density is added by `observe` if the value is data, and by `factor log_density(D, x)` if "
     "it is latent. There is no accumulator to add to by hand.",
     R"(sample x ~ normal(0, 1)
target += normal_lpdf(x | 0, 1))",
     R"(sample x ~ normal(0, 1)
factor log_density(normal(0, 1), x))"},
    {"foreign-operator", "an operator of another language",
     "The hint says how it is written here. In short: `and or not`, `^` for powers, `@` for "
     "products of matrices; `*` and `/` work element by element.",
     R"(data a : bool
data b : bool
let both = a && b)",
     R"(data a : bool
data b : bool
let both = a and b)"},
    {"foreign-symbol", "a typographic symbol",
     "The symbol looks like an operator or a quote, but is another character, often put there by "
     "a word processor or a web page. It is refused rather than guessed.",
     R"(let x = 3 − 2)", R"(let x = 3 - 2)"},
    {"incomplete-choice", "half of a choice",
     "A choice between values has both sides, as the value is needed in either case. A choice "
     "between statements is `if c { ... }`.",
     R"(data c : bool
let x = if c then 1)",
     R"(data c : bool
let x = if c then 1 else 0)"},
    {"mismatched-bracket", "a bracket closes another kind",
     "Brackets close in the reverse order of their opening. The note shows the one that is still "
     "open.",
     R"(let x = (1 + 2])", R"(let x = (1 + 2))"},
    {"missing-block", "a block is missing",
     "`if`, `for`, `while`, `model` and `guide` are followed by a block in braces; `fn` by one, "
     "or by `=` and a value.",
     R"(data c : bool
if c factor 1)",
     R"(data c : bool
if c { factor 1 })"},
    {"missing-line-end", "two statements on one line",
     "A statement ends with its line, or with `;`.", R"(let x = 1 let y = 2)",
     R"(let x = 1; let y = 2)"},
    {"missing-sample-or-observe", "a `~` without its word",
     "An unknown and a datum are told apart by a word, not by whether the data happen to have the "
     "name: `sample` for what is to be found, `observe` for what was seen.",
     R"(mu ~ normal(0, 1))", R"(sample mu ~ normal(0, 1))"},
    {"missing-tilde", "no `~` before the distribution",
     "`observe` says of a value which distribution it follows; the two are parted by `~`.",
     R"(data y : real[n]
observe y normal(0, 1))",
     R"(data y : real[n]
observe y ~ normal(0, 1))"},
    {"missing-type", "data without a type",
     "The type of data says what the file must hold, and names its sizes. It is checked row by "
     "row before anything is computed.",
     R"(data y)", R"(data y : real[n])"},
    {"model-body", "a model with a value",
     "A function may be a single value; a model holds statements, so it has a block, which "
     "returns a value.",
     R"(model effects(k) = normal(0, k))",
     R"(model effects(k) {
  sample z ~ normal(0, k)
  return z
}
sample b ~ effects(2))"},
    {"not-needs-brackets", "`not` after an operator",
     "`not` binds more weakly than comparisons and arithmetic, so after them it would be read in "
     "a way nobody means.",
     R"(data a : bool
data b : bool
let x = a == not b)",
     R"(data a : bool
data b : bool
let x = a == (not b))"},
    {"not-text", "not a text file",
     "The file is not text: perhaps the data, a picture or a compressed file was given in place "
     "of the script."},
    {"number-too-large", "a number too large",
     "Reals go to about 1.8e308, ints are exact below 2^53. A larger whole number is written as a "
     "real.",
     R"(let x = 1e400)", R"(let x = infinity())"},
    {"open-shape", "a `:` in a shape",
     "A shape lists sizes: numbers, or names that the data bind. Where the shape follows from the "
     "value it may be left out altogether.",
     R"(let v : real[:] = [1, 2])", R"(let v : real[2] = [1, 2])"},
    {"power-operator", "a power written `**`",
     "A power is written with `^`. It binds more strongly than a minus before it: `-x^2` is "
     "`-(x^2)`.",
     R"(let x = 2 ** 3)", R"(let x = 2^3)"},
    {"reserved-name", "a word of the language as a name",
     "The words that begin or join statements cannot be names. A column that is called so is read "
     "under another name, with `field(\"...\")`.",
     R"(data sample : real[n])", R"(data draws : real[n] = field("sample"))"},
    {"section", "sections of another language",
     "There are no sections. Statements stand in the order of their use: data where they are "
     "needed, latents with their priors, then what is observed.",
     R"(data { int n; })", R"(data n : int)"},
    {"single-equals", "`=` does not compare",
     "Values are compared with `==`. `=` defines or assigns.",
     R"(data k : int
if k = 1 { factor 1 })",
     R"(data k : int
if k == 1 { factor 1 })"},
    {"single-quotes", "a string in single quotes",
     "Strings stand in double quotes. After a value, `'` is the transpose.",
     R"(data total : real[n] = field('Total Phenols'))",
     R"(data total : real[n] = field("Total Phenols"))"},
    {"stray-bracket", "a bracket that closes nothing",
     "Either the bracket is too many, or the one that opens is missing.", R"(let x = 1 + 2))",
     R"(let x = (1 + 2))"},
    {"tilde-for-equals", "`~` where a value is named",
     "`let`, `var` and `derive` name values, which are given after `=`. What follows a "
     "distribution is a latent, `sample`, or a draw, `generate`.",
     R"(let mu ~ normal(0, 1))", R"(sample mu ~ normal(0, 1))"},
    {"too-deep", "too deeply nested",
     "Brackets, blocks, choices and operators are nested beyond what any person writes. In a "
     "script made by a program, name the inner parts with `let`, or use arrays and `sum`."},
    {"too-large", "a script of more than 2 GB",
     "Data belong into data files, which `--data` reads."},
    {"unary-plus", "a plus before a value",
     "It does nothing, so it is left out; after a value it adds.", R"(let x = +3)", R"(let x = 3)"},
    {"unclosed-bracket", "a bracket is never closed",
     "While a bracket is open the statement goes on over line ends, so the mistake is at or after "
     "the bracket shown. Look for the first line that does not belong to it.",
     R"(let x = (1 + 2
let y = 3)",
     R"(let x = (1 + 2)
let y = 3)"},
    {"unclosed-string", "a string without its closing quote",
     "A string ends on the line where it begins; a line end in it is written `\\n`.",
     R"(data total : real[n] = field("Total Phenols))",
     R"(data total : real[n] = field("Total Phenols"))"},
    {"unexpected-text", "something that does not continue the statement",
     "Between two values an operator is missing. A product is written with `*`: `2x` is not one.",
     R"(data x : real
let y = 2 x)",
     R"(data x : real
let y = 2 * x)"},
    {"unknown-statement", "no statement begins so",
     "Every statement begins with a word that says what it does, or with the name of a `var` that "
     "it changes. The hint translates words of other languages.",
     R"(int n = 3)", R"(let n = 3)"},
};

}  // namespace

std::span<const Explanation> explanations_of_syntax() { return table; }

}  // namespace vippl::lang
