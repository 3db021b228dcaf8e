#include "tests/support/reference/subscript.h"

#include <cmath>
#include <optional>

#include "lang/match.h"

namespace vippl::reference {

namespace {

/// Which dimension of the result drives a dimension of the array, and the indices it takes there.
struct Axis {
  Tensor indices;  ///< from 1
  std::optional<std::size_t>
      result;  ///< first dimension of the result that belongs to it; none: it is dropped
};

Tensor positions(const Tensor& mask) {
  std::vector<double> result;
  for (std::size_t i = 0; i < mask.values.size(); ++i) {
    if (mask.values[i] != 0) result.push_back(static_cast<double>(i + 1));
  }
  return vector(result, Tensor::Kind::integer);
}

Tensor range(double first, double last) {
  std::vector<double> result;
  for (double i = first; i <= last; ++i) result.push_back(i);
  return vector(result, Tensor::Kind::integer);
}

std::size_t subscript(double index, std::size_t extent) {
  if (index != std::floor(index) || index < 1 || index > static_cast<double>(extent)) {
    throw Error("the subscript " + std::to_string(index) + " is not in 1.." +
                std::to_string(extent));
  }
  return static_cast<std::size_t>(index) - 1;
}

}  // namespace

Selection select(const Shape& shape, const std::vector<Place>& places) {
  if (places.size() > shape.size()) throw Error("more subscripts than dimensions");
  Selection selection;
  std::vector<Axis> axes;
  std::optional<std::size_t> together;  // where the dimensions of the index arrays stand
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const auto crosswise = [&](double first, double last) {
      axes.push_back({range(first, last), selection.shape.size()});
      selection.shape.push_back(axes.back().indices.values.size());
    };
    if (d >= places.size()) {
      crosswise(1, static_cast<double>(shape[d]));
      continue;
    }
    lang::match(
        places[d], [&](const Everything&) { crosswise(1, static_cast<double>(shape[d])); },
        [&](const Range& r) { crosswise(r.first, r.last); },
        [&](const Tensor& given) {
          if (given.rank() == 0) return axes.push_back({given, std::nullopt});
          if (given.kind == Tensor::Kind::boolean && given.shape != Shape{shape[d]}) {
            throw Error("a mask does not fit");
          }
          const Tensor indices = given.kind == Tensor::Kind::boolean ? positions(given) : given;
          if (!together) {
            together = selection.shape.size();
            selection.shape.insert(selection.shape.end(), indices.shape.begin(),
                                   indices.shape.end());
          }
          axes.push_back({indices, together});
        });
  }
  for (std::size_t i = 0; i < element_count(selection.shape); ++i) {
    const Shape at = subscripts(selection.shape, i);
    Shape source;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      const Tensor& indices = axes[d].indices;
      std::size_t element = 0;
      if (axes[d].result) {
        const auto first = at.begin() + static_cast<std::ptrdiff_t>(*axes[d].result);
        element = flat_index(indices.shape,
                             Shape(first, first + static_cast<std::ptrdiff_t>(indices.rank())));
      }
      source.push_back(subscript(indices.values[element], shape[d]));
    }
    selection.elements.push_back(flat_index(shape, source));
  }
  return selection;
}

Tensor pick(const Tensor& x, const Selection& selection) {
  Tensor result = x;
  result.shape = selection.shape;
  result.values.clear();
  for (const std::size_t element : selection.elements) result.values.push_back(x.values[element]);
  return result;
}

}  // namespace vippl::reference
