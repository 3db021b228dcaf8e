#pragma once
#include <variant>
#include <vector>

#include "tests/support/reference/tensor.h"

namespace vippl::reference {

/// One place of a subscript, counted from 1: everything, a range (taken crosswise), or a tensor of
/// whole numbers or truths: a scalar drops the dimension, arrays of one bracket are read together.
struct Everything {};
struct Range {
  double first = 1;
  double last = 0;
};
using Place = std::variant<Everything, Range, Tensor>;

/// The elements that a subscript picks: their shape, and where each stands in the array.
struct Selection {
  Shape shape;
  std::vector<std::size_t> elements;
};

Selection select(const Shape& shape, const std::vector<Place>& places);
Tensor pick(const Tensor& x, const Selection& selection);

}  // namespace vippl::reference
