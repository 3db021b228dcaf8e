#include "lang/foreign.h"

namespace vippl::lang {
namespace {

constexpr ForeignSymbol symbols[] = {
    {"**", "power-operator", "is not an operator", "a power is written `x^2`"},
    {"%*%", "foreign-operator", "is not an operator", "the matrix product is written `a @ b`"},
    {"%/%", "foreign-operator", "is not an operator", "whole division is written `div(a, b)`"},
    {"%%", "foreign-operator", "is not an operator", "the remainder is written `mod(a, b)`"},
    {"%", "foreign-operator", "is not an operator", "the remainder is written `mod(a, b)`"},
    {"&&", "foreign-operator", "is not an operator", "write `a and b`"},
    {"&", "foreign-operator", "is not an operator", "write `a and b`"},
    {"||", "foreign-operator", "is not an operator", "write `a or b`"},
    {"|>", "foreign-operator", "is not an operator", "write `f(x)`"},
    {"|", "foreign-operator", "is not an operator",
     "alternatives are written `a or b`; parameters are separated by `,`"},
    {"!==", "foreign-operator", "is not an operator", "write `a != b`"},
    {"!", "foreign-operator", "is not an operator", "write `not a`"},
    {"===", "foreign-operator", "is not an operator", "write `a == b`"},
    {"=>", "foreign-operator", "is not an operator",
     "a function is written `fn f(x) = x + 1`; a comparison is written `a >= b`"},
    {"=<", "foreign-operator", "is not an operator", "a comparison is written `a <= b`"},
    {"<>", "foreign-operator", "is not an operator", "write `a != b`"},
    {"<-", "arrow-assignment", "does not assign",
     "a value is named with `let x = 3`, a `var` is set with `x = 3`"},
    {"->", "foreign-operator", "is not an operator",
     "the type of a result follows a colon: `fn f(x) : real = x + 1`; a value is named with `let x "
     "= 3`"},
    {":=", "colon-equals", "does not assign",
     "a value is named with `let x = 3`, a `var` is set with `x = 3`"},
    {"::", "foreign-operator", "is not an operator",
     "a type follows one colon: `let x : real = 3`"},
    {"++", "foreign-operator", "is not an operator", "a `var` is increased with `x += 1`"},
    {"+", "unary-plus", "cannot stand before a value", "leave it out"},
    {"^=", "foreign-operator", "is not an operator", "write `x = x^2`"},
    {".*", "foreign-operator", "is not an operator",
     "`*` works element by element already; `@` is the matrix product"},
    {"./", "foreign-operator", "is not an operator", "`/` works element by element already"},
    {".^", "foreign-operator", "is not an operator", "`^` works element by element already"},
    {"?", "foreign-operator", "has no meaning here",
     "a choice is written `if c then a else b`; `real?` is a type"},
    {"$", "foreign-operator", "is not an operator", "a part of a model is written `by_state.tau`"},
    {"\\", "foreign-operator", "has no meaning here",
     "a line goes on by itself inside brackets and next to an operator; division is written `/`"},
    {"`", "foreign-operator", "has no meaning here",
     "a column with an unusual name is read with `field(\"its name\")`"},
    {"\u00A0", "foreign-symbol", "is a no-break space", "write a common space"},
    {"\u2212", "foreign-symbol", "is a typographic minus", "write `-`"},
    {"\u2013", "foreign-symbol", "is a dash", "write `-`"},
    {"\u2014", "foreign-symbol", "is a dash", "write `-`"},
    {"\u00D7", "foreign-symbol", "is not an operator", "write `a * b`"},
    {"\u22C5", "foreign-symbol", "is not an operator", "write `a * b`"},
    {"\u00B7", "foreign-symbol", "is not an operator", "write `a * b`"},
    {"\u00F7", "foreign-symbol", "is not an operator", "write `a / b`"},
    {"\u2264", "foreign-symbol", "is not an operator", "write `a <= b`"},
    {"\u2265", "foreign-symbol", "is not an operator", "write `a >= b`"},
    {"\u2260", "foreign-symbol", "is not an operator", "write `a != b`"},
    {"\u2208", "foreign-symbol", "is not an operator", "write `in`"},
    {"\u223C", "foreign-symbol", "is not an operator", "write `~`"},
    {"\u2026", "foreign-symbol", "is not an operator", "a range is written `1..n`"},
    {"\u2192", "foreign-symbol", "is not an operator",
     "the type of a result follows a colon: `fn f(x) : real = x + 1`"},
    {"\u2190", "foreign-symbol", "does not assign", "a value is named with `let x = 3`"},
    {"\u201C", "foreign-symbol", "is a typographic quote", "write `\"`"},
    {"\u201D", "foreign-symbol", "is a typographic quote", "write `\"`"},
    {"\u2018", "foreign-symbol", "is a typographic quote", "write `\"`"},
    {"\u2019", "foreign-symbol", "is a typographic quote", "write `\"`"},
    {"\u00B2", "foreign-symbol", "is not an operator", "a square is written `x^2`"},
    {"\u00B3", "foreign-symbol", "is not an operator", "a cube is written `x^3`"},
};

constexpr std::string_view fn_hint =
    "a function is written `fn f(x) = x + 1`, or `fn f(x) { ... return y }`";
constexpr std::string_view let_hint =
    "a value is named with `let x = 3`, a variable with `var x = 3`";
constexpr std::string_view prior_hint =
    "data are declared with `data y : real[n]`, an unknown with its prior: `sample sigma : "
    "real(lower = 0) ~ "
    "half_normal(1)`";
constexpr std::string_view branch_hint =
    "alternatives are written `if a { ... } else if b { ... } else { ... }`";
constexpr std::string_view loop_hint = "loops are `for i in 1..n { ... }` and `while c { ... }`";
constexpr std::string_view leave_hint =
    "a loop is left by its `while` condition; an empty block is written `{ }`";
constexpr std::string_view block_hint =
    "a script has no sections: `data`, `let`, `sample` and `observe` statements stand in the order "
    "of their use";

constexpr ForeignWord words[] = {
    {"def", fn_hint},
    {"function", fn_hint},
    {"func", fn_hint},
    {"fun", fn_hint},
    {"lambda", fn_hint},
    {"functions", block_hint},
    {"transformed", block_hint},
    {"parameters", block_hint},
    {"generated", block_hint},
    {"const", let_hint},
    {"val", let_hint},
    {"auto", let_hint},
    {"real", prior_hint},
    {"int", prior_hint},
    {"vector", prior_hint},
    {"row_vector", prior_hint},
    {"matrix", prior_hint},
    {"array", prior_hint},
    {"simplex", prior_hint},
    {"ordered", prior_hint},
    {"positive_ordered", prior_hint},
    {"unit_vector", prior_hint},
    {"sum_to_zero_vector", prior_hint},
    {"corr_matrix", prior_hint},
    {"cov_matrix", prior_hint},
    {"cholesky_factor_corr", prior_hint},
    {"cholesky_factor_cov", prior_hint},
    {"elif", branch_hint},
    {"elseif", branch_hint},
    {"elsif", branch_hint},
    {"switch", branch_hint},
    {"unless", branch_hint},
    {"do", loop_hint},
    {"repeat", loop_hint},
    {"loop", loop_hint},
    {"foreach", loop_hint},
    {"break", leave_hint},
    {"continue", leave_hint},
    {"pass", leave_hint},
    {"from", "another script is read with `import \"priors.vi\"`"},
    {"include", "another script is read with `import \"priors.vi\"`"},
    {"library", "every function is there without being loaded"},
    {"using", "every function is there without being loaded"},
    {"plate",
     "rows come from the shape: `sample x : real[n] ~ normal(0, 1)` is n independent latents"},
    {"with",
     "rows come from the shape: `sample x : real[n] ~ normal(0, 1)` is n independent latents"},
    {"print",
     "what is to be reported is written `derive x = ...`; in the REPL an expression prints its "
     "value"},
    {"target", "a term of the log joint is added with `factor e`"},
};

}  // namespace

std::span<const ForeignSymbol> foreign_symbols() { return symbols; }
std::span<const ForeignWord> foreign_words() { return words; }

}  // namespace vippl::lang
