#include "runtime/log_sum_exp.h"
#include "runtime/rearrange.h"
#include "stdlib/operations/fibre_kernels.h"
#include "stdlib/operations/quantile.h"
#include "stdlib/roll_call.h"

namespace vippl::stdlib::functions {

namespace {

using lang::Element;

// Operations that the engine can take apart, unlike the other reductions.
std::shared_ptr<const runtime::Operation> make_sums(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& /*result*/) {
  const AxisSplit axes = split(arguments[0].extents, axis_of(arguments[1]));
  return runtime::make_axis_sums({axes.outer, axes.count, axes.inner});
}

std::shared_ptr<const runtime::Operation> make_log_sums(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& /*result*/) {
  const AxisSplit axes = split(arguments[0].extents, axis_of(arguments[1]));
  return runtime::make_log_sum_exp({axes.outer, axes.count, axes.inner});
}

constexpr runtime::Function rows[] = {
    {.facts = {.name = "sum",
               .parameters = x_axis,
               .summary = "sum of the elements",
               .result = "*",
               .rule = &reduced_as_argument},
     .make = &make_sums},
    reduction<"prod", fibres::product, fibres::product_derivative>(&reduced_as_argument,
                                                                   "product of the elements"),
    reduction<"mean", fibres::mean, fibres::mean_derivative>(&reduced<Element::real>,
                                                             "arithmetic mean"),
    reduction<"sd", fibres::sd, fibres::sd_derivative>(&reduced<Element::real>,
                                                       "standard deviation, over n - 1"),
    reduction<"variance", fibres::variance, fibres::variance_derivative>(&reduced<Element::real>,
                                                                         "variance, over n - 1"),
    reduction<"min", fibres::min, fibres::extreme_derivative>(&reduced_as_argument,
                                                              "the smallest element"),
    reduction<"max", fibres::max, fibres::extreme_derivative>(&reduced_as_argument,
                                                              "the largest element"),
    reduction<"norm", fibres::norm, fibres::norm_derivative>(&reduced<Element::real>,
                                                             "root of the sum of the squares"),
    {.facts = {.name = "log_sum_exp",
               .parameters = x_axis,
               .summary = "log of the sum of exp of the elements, without overflow",
               .result = "*",
               .rule = &reduced<Element::real>},
     .make = &make_log_sums},
    reduction<"any", fibres::any, nullptr>(&reduced<Element::boolean>,
                                           "whether an element is true"),
    reduction<"all", fibres::all, nullptr>(&reduced<Element::boolean>,
                                           "whether every element is true"),
    reduction<"count", fibres::count, nullptr>(&reduced<Element::integer>,
                                               "number of true elements"),
    along<"cumsum", DefaultAxis::first, fibres::cumulative_sum, fibres::cumulative_sum_derivative>(
        &along_axis, "sums of the elements up to each"),
    along<"cumprod", DefaultAxis::first, fibres::cumulative_product,
          fibres::cumulative_product_derivative>(&along_axis,
                                                 "products of the elements up to each"),
    {.facts = {.name = "median",
               .parameters = x_axis,
               .summary = "the middle element, or the mean of the middle two",
               .result = "*",
               .rule = &reduced<Element::real>},
     .make = &make_median},
    {.facts = {.name = "quantile",
               .parameters = quantile_parameters,
               .summary = "quantiles of the elements, linear between them",
               .source = "Hyndman & Fan (1996), definition 7",
               .result = "*",
               .rule = &quantile_shape},
     .make = &make_quantile},
};

}  // namespace

constinit const FunctionTable reductions = rows;

}  // namespace vippl::stdlib::functions
