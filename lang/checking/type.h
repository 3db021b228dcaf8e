#pragma once
#include <optional>
#include <string>
#include <vector>

#include "lang/ast.h"
#include "lang/shape.h"
#include "lang/signature.h"

namespace vippl::lang::checking {

/// A function passed as an argument: one of the script, or a built-in.
struct FunctionValue {
  const ast::Function* script = nullptr;
  std::size_t order = 0;  ///< of the definition: its body sees the names before it
  const Signature* builtin = nullptr;
};

/// What is known of a value before anything runs. A value that is not `known` comes from an earlier
/// error or is beyond the checker: nothing is said about it any more.
struct Type {
  bool known = true;
  Element element = Element::real;
  Shape shape = {};
  bool fixed = true;                           ///< depends on data and constants only
  bool generated = false;                      ///< depends on a `generate`
  std::optional<double> value = std::nullopt;  ///< of a fixed scalar
  std::optional<Size> size = std::nullopt;     ///< of a fixed int scalar: the formula it stands for
  std::optional<Size> levels = std::nullopt;   ///< of a category
  std::vector<std::string> labels = {};        ///< of a category whose levels are written out
  std::optional<FunctionValue> function = std::nullopt;

  bool is_scalar() const { return shape.empty(); }
  bool is_whole() const { return element == Element::integer || element == Element::boolean; }
  bool is_number() const { return is_whole() || element == Element::real; }
};

/// Nothing known, except perhaps that it depends on a latent value.
Type unknown_type(bool fixed = true);

Type number_type(double value, bool is_int);

/// The widest of two: bool, int, real; anything else only with itself.
std::optional<Element> widest(Element a, Element b);

/// What holds of a value that is one of two; unknown where they have nothing in common.
Type either(const Type& a, const Type& b);

/// The same value as far as it is computed from others: latent if one of them is, generated if one
/// of them is.
void taint(Type& result, const Type& from);

ArgumentType as_argument(const Type& type);

/// The number that a size stands for: its value, or its formula where that has no names (as in `(n
/// + 1) - n`).
std::optional<std::int64_t> constant(const Size& size);

/// "int [n]", "real []"
std::string describe(const Type& type);

}  // namespace vippl::lang::checking
