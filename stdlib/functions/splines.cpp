#include "stdlib/operations/splines.h"

#include "stdlib/roll_call.h"

namespace vippl::stdlib::functions {

namespace {

using lang::Parameter;
using lang::Support;

constexpr Parameter parameters[] = {
    {"x", Support::real, "n"},
    {"knots", Support::real, "m"},
    {.name = "degree", .support = Support::count, .shape = "", .start = 3, .setting = true},
    {.name = "lower", .support = Support::real, .shape = "", .optional = true, .setting = true},
    {.name = "upper", .support = Support::real, .shape = "", .optional = true, .setting = true}};

constexpr runtime::Function rows[] = {
    {{.name = "bspline",
      .parameters = parameters,
      .summary = "the B-splines with these ascending inner knots, from `lower` to `upper` (where "
                 "left out: the range of x): a column for each",
      .source = "de Boor (2001), A Practical Guide to Splines, ch. 9",
      .result = "*",
      .rule = &bspline_shape,
      .fixed_only = true},
     &make_bspline},
};

}  // namespace

constinit const FunctionTable splines = rows;

}  // namespace vippl::stdlib::functions
