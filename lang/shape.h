#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vippl::lang {

/// The extent of one dimension, as a formula over named sizes (`n`, `K - 1`, `2 * p + 1`), with its
/// value where that is known. Sizes are compared as formulas: two different names are different
/// sizes even where their values agree.
class Size {
 public:
  /// A plain number, such as the extent of a literal.
  static Size number(std::int64_t value);
  /// A named size; the value is known once data are bound.
  static Size named(const std::string& name, std::optional<std::int64_t> value = std::nullopt);
  /// A number that no formula describes, such as the count of true entries of a mask.
  static Size unknown(std::optional<std::int64_t> value = std::nullopt);

  std::optional<std::int64_t> value() const { return value_; }
  /// Only for sizes whose value is known.
  std::int64_t extent() const;
  bool is_number() const;  ///< no names in it, and its value is known
  bool is_literal_one() const { return is_number() && *value_ == 1; }
  bool is_unknown() const { return unknown_; }
  /// The name, if the formula is a single name.
  std::optional<std::string> name() const;
  /// Every name in the formula.
  std::vector<std::string> names() const;

  /// As written: "n", "K - 1", "2 * p + 1"; a number if unknown but valued, else "?".
  std::string text() const;

  friend Size operator+(const Size& a, const Size& b);
  friend Size operator-(const Size& a, const Size& b);
  friend Size operator*(const Size& a, const Size& b);

  /// The same extent with another value: a plate cut to a minibatch keeps its name.
  Size with_value(std::int64_t value) const;

  enum class Comparison { equal, different, undecided };
  /// Equal formulas are equal; formulas that differ by a number, or in names, are different; a
  /// number or an unknown size is compared by value with anything, and is undecided while a value
  /// is not known.
  friend Comparison compare(const Size& a, const Size& b);

 private:
  using Monomial = std::vector<std::string>;  // sorted names
  std::map<Monomial, std::int64_t> terms_;    // no zero coefficients
  bool unknown_ = false;
  std::optional<std::int64_t> value_;
};

Size::Comparison compare(const Size& a, const Size& b);

using Shape = std::vector<Size>;

/// "[n, p]"; "[]" for a scalar.
std::string text(const Shape& shape);

/// Number of elements; every extent must be known.
std::int64_t element_count(const Shape& shape);

/// Broadcasts as language.md section 3: aligned at the last dimensions, missing leading ones
/// supplied, the literal size 1 stretches, all others must be equal. Nothing if they do not fit;
/// `undecided` sizes are taken to fit.
std::optional<Shape> broadcast(const Shape& a, const Shape& b);

/// The shape of `a @ b`, or nothing; see the table of language.md section 3.
std::optional<Shape> contract(const Shape& a, const Shape& b);

/// Whether two shapes have the same dimensions (undecided ones are taken to agree).
bool same(const Shape& a, const Shape& b);

}  // namespace vippl::lang
