#include "lang/explanations/tables.h"

// What is found while a model is recorded or cut into minibatches.

namespace vippl::lang {

namespace {

constexpr Explanation table[] = {
    {"batch-cuts-nothing", "`--batch` has nothing to cut",
     "A statement is over a plate if its left side has that dimension, or if it stands in a loop "
     "over all of it. No statement of this script is, so minibatches would change nothing."},
    {"batch-generate", "a `generate` in a minibatch", "It is drawn after the fit, from all rows."},
    {"batch-latent", "one latent per row of the plate that is cut",
     "Such latents cannot be cut yet. Leave out `--batch`, or cut another plate."},
    {"batch-loop", "a loop over part of the plate that is cut",
     "The rows of a minibatch are taken by chance, so a loop over them cannot count on their "
     "order, or carry a value from row to row."},
    {"batch-mixes-rows", "a value that mixes the rows of the plate that is cut",
     "A minibatch knows some rows only. Their terms are scaled up to stand for all, which is "
     "right for sums over rows and for nothing else. Keep one value per row: `factor e`, not "
     "`factor sum(e)`."},
    {"batch-size", "a minibatch of too many or no rows",
     "Its size lies between 1 and the number of rows."},
    {"branch-on-state", "a condition on the state inside of `ode` or `scan`",
     "The function is recorded once and run for many states, so which of its statements run may "
     "not depend on the state. A choice between values is fine: `if c then a else b`."},
    {"endless-loop", "a `while` that does not end",
     "It has run ten million times. Look for what should make its condition false.",
     R"(var x = 1
while x > 0 { x += 1 })",
     R"(var x = 1
while x < 10 { x += 1 })"},
    {"not-simulated", "data that cannot be drawn from the model",
     "Simulation-based calibration draws every latent from its prior and every datum from its "
     "distribution. For that each prior is proper, what is observed is data as they were read, "
     "each datum is observed once, nothing but an `observe`, `derive` or `generate` uses what is "
     "observed, and there is no `factor`."},
    {"not-supported", "not in this version",
     "The language has this, the version at hand cannot evaluate it yet."},
    {"range-too-long", "a range with too many elements",
     "A range this long would not fit into memory.", R"(let v = 1..9000000000)",
     R"(let v = 1..9000)"},
    {"recursion-too-deep", "a recursion that does not end",
     "The function has called itself more than ten thousand times. Look for the case that does "
     "not call it.",
     R"(fn f(k) = f(k + 1)
let x = f(1))",
     R"(fn f(k) = if k == 0 then 0 else f(k - 1)
let x = f(5))"},
    {"times-not-increasing", "the times of `ode` do not increase",
     "The equation is solved from its start onwards, through the times in their order, so they "
     "increase and lie after the start. Sort them, and index the result.",
     R"(fn slope(t, z) = -z
let z = ode(slope, [1, 1], 0, [2, 1]))",
     R"(fn slope(t, z) = -z
let z = ode(slope, [1, 1], 0, [1, 2]))"},
    {"unknown-plate", "`--batch` names no plate",
     "A plate is a size that is the first dimension of data: `--batch n=256`."},
    {"unsolved-equation", "`ode` found no solution",
     "The solution grew without bound, or its steps became too small. Check the signs of the "
     "equation and its start; where some parts settle much faster than others, use `method = "
     "\"stiff\"`."},
};

}  // namespace

std::span<const Explanation> explanations_of_running() { return table; }

}  // namespace vippl::lang
