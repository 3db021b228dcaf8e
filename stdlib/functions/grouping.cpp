#include "stdlib/operations/grouping.h"

#include "stdlib/roll_call.h"

namespace vippl::stdlib::functions {

namespace {

using lang::Parameter;
using lang::Support;

constexpr Support position{
    Support::Kind::whole_number, {lang::Bound::Kind::constant, 1, false}, {}};
constexpr Parameter segments[] = {
    {"x", Support::real, "*"},
    {"group", position, "n"},
    {.name = "K", .support = Support::count, .shape = "", .setting = true}};
constexpr Parameter levels[] = {
    {"group", position, "..., n"},
    {.name = "K", .support = Support::count, .shape = "", .optional = true, .setting = true}};

constexpr runtime::Function rows[] = {
    {{.name = "segment_sum",
      .parameters = segments,
      .summary = "sums of the elements (or rows) of x in each of K groups",
      .result = "*",
      .rule = &segment_shape},
     &make_segment_sum},
    {{.name = "segment_mean",
      .parameters = segments,
      .summary = "means of the elements (or rows) of x in each of K groups",
      .result = "*",
      .rule = &segment_mean_shape},
     &make_segment_mean},
    {{.name = "segment_max",
      .parameters = segments,
      .summary = "the largest of the elements of x in each of K groups",
      .result = "*",
      .rule = &segment_shape},
     &make_segment_max},
    {{.name = "one_hot",
      .parameters = levels,
      .summary = "a column per level: 1 where the group is that level, else 0",
      .result = "*",
      .rule = &one_hot_shape,
      .fixed_only = true},
     &make_one_hot,
     &measure_one_hot},
    {{.name = "dummies",
      .parameters = levels,
      .summary = "one_hot without the first level",
      .result = "*",
      .rule = &dummies_shape,
      .fixed_only = true},
     &make_dummies,
     &measure_dummies},
};

}  // namespace

constinit const FunctionTable grouping = rows;

}  // namespace vippl::stdlib::functions
