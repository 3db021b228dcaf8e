#pragma once
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

// The numbers of the reference evaluator: one plain struct, every operation by loops over
// subscripts. It shares nothing with runtime/, so that the two agree only if both are right.

namespace vippl::reference {

/// What the reference evaluator cannot do, or will not. Tests that meet it fail with its text.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using Shape = std::vector<std::size_t>;

struct Tensor {
  enum class Kind { boolean, integer, real };

  Shape shape;                       ///< empty: a scalar
  std::vector<double> values = {0};  ///< row-major
  Kind kind = Kind::real;
  std::vector<std::string> levels = {};  ///< of a category, whose values count them from 1

  std::size_t rank() const { return shape.size(); }
  double item() const;         ///< of a scalar
  std::size_t extent() const;  ///< of a scalar that is a whole number, not negative
};

Tensor scalar(double value, Tensor::Kind kind = Tensor::Kind::real);
Tensor vector(std::vector<double> values, Tensor::Kind kind = Tensor::Kind::real);
Tensor filled(Shape shape, double value);

std::size_t element_count(const Shape& shape);
std::string text(const Shape& shape);

/// Row-major subscripts, from 0, of element `flat`, and back.
Shape subscripts(const Shape& shape, std::size_t flat);
std::size_t flat_index(const Shape& shape, const Shape& subscripts);

Shape broadcast(const Shape& a, const Shape& b);
/// Copies of x, as language.md section 3 broadcasts.
Tensor stretch(const Tensor& x, const Shape& shape);

Tensor map(const Tensor& x, const std::function<double(double)>& f);
Tensor map(const Tensor& x, const Tensor& y, const std::function<double(double, double)>& f);

/// The table of `@`.
Tensor contract(const Tensor& a, const Tensor& b);
/// The last two dimensions swapped.
Tensor transpose(const Tensor& x);
/// Equal shapes along a new first dimension.
Tensor stack(const std::vector<Tensor>& parts);
/// The part at one place of the leading dimensions, whose shape is `leading`.
Tensor part(const Tensor& x, const Shape& leading, std::size_t place);

}  // namespace vippl::reference
