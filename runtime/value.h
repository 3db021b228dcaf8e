#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <exception>
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

/// Thrown where the turns of a loop that are recorded together (interpreter_turns.cpp) have to be
/// walked one by one after all.
class TurnByTurn : public std::exception {
 public:
  const char* what() const noexcept override { return "the turns need walking one by one"; }
};

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
  /// Where the turns of a loop are recorded together, of a value that differs between them: its
  /// elements in all turns, one turn behind the other. `shape` is that of one turn; there is no
  /// `scalar` and there are no `elements`.
  std::shared_ptr<const Elements> turns;
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
  bool differs_by_turn() const { return turns != nullptr; }
  /// The elements of a value that is the same in all turns.
  const double* data() const {
    if (differs_by_turn()) throw TurnByTurn();
    return shape.empty() ? &scalar : elements->data();
  }
  /// Of one turn.
  Eigen::Index count() const {
    return elements ? static_cast<Eigen::Index>(elements->size()) : lang::element_count(shape);
  }
  double operator[](Eigen::Index i) const { return data()[i]; }
};

std::vector<Eigen::Index> extents(const lang::Shape& shape);

}  // namespace vippl::runtime
