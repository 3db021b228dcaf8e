#pragma once
#include "stdlib/rules.h"

// Rules and operations of functions that make arrays or arrange their elements anew.

namespace vippl::stdlib {

using Arguments = std::span<const runtime::CallArgument>;
using Types = std::span<const lang::ArgumentType>;
using OperationPointer = std::shared_ptr<const runtime::Operation>;

TypeResult zeros_shape(Types arguments);
OperationPointer make_zeros(Arguments arguments, const lang::Shape& result);
OperationPointer make_ones(Arguments arguments, const lang::Shape& result);

TypeResult repeat_shape(Types arguments);
OperationPointer make_repeat(Arguments arguments, const lang::Shape& result);

TypeResult identity_shape(Types arguments);
OperationPointer make_identity(Arguments arguments, const lang::Shape& result);

/// The elements in their order, in another shape.
TypeResult column_shape(Types arguments);
TypeResult reshape_shape(Types arguments);
TypeResult flatten_shape(Types arguments);
OperationPointer make_reshape(Arguments arguments, const lang::Shape& result);

TypeResult concat_shape(Types arguments);
OperationPointer make_concat(Arguments arguments, const lang::Shape& result);

OperationPointer make_reverse(Arguments arguments, const lang::Shape& result);

TypeResult diff_shape(Types arguments);
OperationPointer make_diff(Arguments arguments, const lang::Shape& result);

TypeResult lag_shape(Types arguments);
OperationPointer make_lag(Arguments arguments, const lang::Shape& result);

OperationPointer make_diagonal(Arguments arguments, const lang::Shape& result);
OperationPointer make_diagonal_matrix(Arguments arguments, const lang::Shape& result);

OperationPointer make_outer(Arguments arguments, const lang::Shape& result);

/// Extents as ints: their formula is in ResultType::size.
TypeResult rows_size(Types arguments);
TypeResult columns_size(Types arguments);
TypeResult array_size(Types arguments);
OperationPointer make_rows(Arguments arguments, const lang::Shape& result);
OperationPointer make_columns(Arguments arguments, const lang::Shape& result);
OperationPointer make_array_size(Arguments arguments, const lang::Shape& result);

}  // namespace vippl::stdlib
