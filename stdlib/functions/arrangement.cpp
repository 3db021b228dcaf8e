#include "stdlib/operations/fibre_operation.h"
#include "stdlib/operations/shapes.h"
#include "stdlib/roll_call.h"

namespace vippl::stdlib::functions {

namespace {

using lang::Parameter;
using lang::ResultElement;
using lang::Support;

constexpr Parameter sizes[] = {
    {.name = "size", .support = Support::count, .shape = "", .setting = true}};
constexpr Parameter x_size[] = {
    {"x", Support::real, "*"},
    {.name = "times", .support = Support::count, .shape = "", .setting = true}};
constexpr Parameter x_sizes[] = {
    {"x", Support::real, "*"},
    {.name = "size1", .support = Support::count, .shape = "", .setting = true},
    {.name = "size2", .support = Support::count, .shape = "", .optional = true, .setting = true},
    {.name = "size3", .support = Support::count, .shape = "", .optional = true, .setting = true}};
constexpr Parameter anything[] = {{"x", Support::real, "*"}};
constexpr Parameter arrays[] = {{"x", Support::real, "*"}, x_axis[1]};
constexpr Parameter matrix[] = {{"x", Support::real, "k, k"}};
constexpr Parameter vector[] = {{"x", Support::real, "k"}};
constexpr Parameter vectors[] = {{"x", Support::real, "n"}, {"y", Support::real, "m"}};
constexpr Parameter lagged[] = {
    {"x", Support::real, "*"},
    {.name = "by", .support = Support::count, .shape = "", .start = 1, .setting = true},
    {.name = "start", .support = Support::real, .shape = "", .start = 0}};

constexpr runtime::Function rows[] = {
    {{.name = "zeros",
      .parameters = sizes,
      .summary = "an array of zeros of these sizes",
      .result = "*",
      .rule = &zeros_shape,
      .variadic = true},
     &make_zeros},
    {{.name = "ones",
      .parameters = sizes,
      .summary = "an array of ones of these sizes",
      .result = "*",
      .rule = &zeros_shape,
      .variadic = true},
     &make_ones},
    {{.name = "repeat",
      .parameters = x_size,
      .summary = "copies of x along a new first dimension",
      .result = "*",
      .rule = &repeat_shape},
     &make_repeat},
    {{.name = "identity",
      .parameters = sizes,
      .summary = "the identity matrix",
      .result = "*",
      .rule = &identity_shape},
     &make_identity},
    {{.name = "diagonal",
      .parameters = matrix,
      .summary = "the diagonal of a matrix",
      .result = "k",
      .result_element = ResultElement::as_arguments},
     &make_diagonal},
    {{.name = "diagonal_matrix",
      .parameters = vector,
      .summary = "the matrix with x on its diagonal and zeros elsewhere",
      .result = "k, k",
      .result_element = ResultElement::as_arguments},
     &make_diagonal_matrix},
    {{.name = "as_column",
      .parameters = anything,
      .summary = "x with a last dimension of size 1",
      .result = "*",
      .rule = &column_shape},
     &make_reshape},
    {{.name = "reshape",
      .parameters = x_sizes,
      .summary = "the elements of x, row by row, in another shape",
      .result = "*",
      .rule = &reshape_shape},
     &make_reshape},
    {{.name = "flatten",
      .parameters = anything,
      .summary = "the elements of x, row by row, as a vector",
      .result = "*",
      .rule = &flatten_shape},
     &make_reshape},
    {{.name = "concat",
      .parameters = arrays,
      .summary = "arrays joined along a dimension",
      .result = "*",
      .rule = &concat_shape,
      .variadic = true},
     &make_concat},
    {{.name = "reverse",
      .parameters = x_axis,
      .summary = "x backwards along its first or another dimension",
      .result = "*",
      .rule = &along_first},
     &make_reverse},
    {{.name = "diff",
      .parameters = anything,
      .summary = "differences of neighbours along the first dimension",
      .result = "*",
      .rule = &diff_shape},
     &make_diff},
    {{.name = "lag",
      .parameters = lagged,
      .summary = "x moved back along its first dimension, filled up with `start`",
      .result = "*",
      .rule = &lag_shape},
     &make_lag},
    {{.name = "outer",
      .parameters = vectors,
      .summary = "all products x[i] * y[j]",
      .result = "n, m",
      .result_element = ResultElement::as_arguments},
     &make_outer},
    {{.name = "rows",
      .parameters = anything,
      .summary = "extent of the first dimension",
      .result = "*",
      .rule = &rows_size},
     &make_rows},
    {{.name = "columns_of",
      .parameters = anything,
      .summary = "extent of the second dimension",
      .result = "*",
      .rule = &columns_size},
     &make_columns},
    {{.name = "size",
      .parameters = x_axis,
      .summary = "number of elements, or extent of one dimension",
      .result = "*",
      .rule = &array_size},
     &make_array_size},
};

}  // namespace

constinit const FunctionTable arrangement = rows;

}  // namespace vippl::stdlib::functions
