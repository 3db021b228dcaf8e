#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lang/shape.h"
#include "lang/signature.h"

namespace vippl::runtime {

/// A node of the tape; no_node for values that do not depend on a latent.
using NodeId = std::int32_t;
inline constexpr NodeId no_node = -1;

using Elements = std::vector<double>;
using Labels = std::vector<std::string>;

/// What an expression evaluates to: a tensor of numbers (ints and bools are whole doubles) in
/// row-major order. For a latent value the elements are those at the point where the program is
/// being recorded.
struct Value {
  lang::Shape shape;  ///< empty: a scalar
  lang::Element element = lang::Element::real;
  double scalar = 0;  ///< the element of a scalar
  std::shared_ptr<const Elements>
      elements;  ///< the elements otherwise; shared between copies, never changed
  NodeId node = no_node;
  std::shared_ptr<const lang::Size> size;   ///< of a fixed int scalar: the formula it stands for
  std::shared_ptr<const Labels> labels;     ///< of a category: its levels
  std::shared_ptr<const std::string> text;  ///< of a string

  static Value number(double value, lang::Element element = lang::Element::real);
  static Value sized(const lang::Size& size);
  static Value string(std::string text);
  static Value tensor(lang::Shape shape, Elements elements,
                      lang::Element element = lang::Element::real);

  bool is_latent() const { return node != no_node; }
  bool is_scalar() const { return shape.empty(); }
  const double* data() const { return shape.empty() ? &scalar : elements->data(); }
  Eigen::Index count() const {
    return shape.empty() ? 1 : static_cast<Eigen::Index>(elements->size());
  }
  double operator[](Eigen::Index i) const { return data()[i]; }
};

std::vector<Eigen::Index> extents(const lang::Shape& shape);

}  // namespace vippl::runtime
