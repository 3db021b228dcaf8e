#include "lang/shape.h"

#include <fmt/format.h>

#include <algorithm>

#include "lang/diagnostic.h"

namespace vippl::lang {

Size Size::number(std::int64_t value) {
  Size size;
  if (value != 0) size.terms_[{}] = value;
  size.value_ = value;
  return size;
}

Size Size::named(const std::string& name, std::optional<std::int64_t> value) {
  Size size;
  size.terms_[{name}] = 1;
  size.value_ = value;
  return size;
}

Size Size::unknown(std::optional<std::int64_t> value) {
  Size size;
  size.unknown_ = true;
  size.value_ = value;
  return size;
}

std::int64_t Size::extent() const {
  VIPPL_ASSERT(value_.has_value(), "the extent is known");
  return *value_;
}

bool Size::is_number() const {
  if (unknown_ || !value_) return false;
  return terms_.empty() || (terms_.size() == 1 && terms_.begin()->first.empty());
}

std::optional<std::string> Size::name() const {
  if (unknown_ || terms_.size() != 1) return std::nullopt;
  const auto& [monomial, coefficient] = *terms_.begin();
  if (coefficient != 1 || monomial.size() != 1) return std::nullopt;
  return monomial.front();
}

std::vector<std::string> Size::names() const {
  std::vector<std::string> result;
  for (const auto& [monomial, coefficient] : terms_) {
    for (const std::string& name : monomial) {
      if (std::find(result.begin(), result.end(), name) == result.end()) result.push_back(name);
    }
  }
  return result;
}

std::string Size::text() const {
  if (unknown_) return value_ ? std::to_string(*value_) : "?";
  if (terms_.empty()) return "0";
  std::string result;
  const auto append = [&result](const Monomial& monomial, std::int64_t coefficient) {
    if (result.empty()) {
      if (coefficient < 0) result += "-";
    } else {
      result += coefficient < 0 ? " - " : " + ";
    }
    const std::int64_t magnitude = coefficient < 0 ? -coefficient : coefficient;
    if (monomial.empty()) {
      result += std::to_string(magnitude);
      return;
    }
    if (magnitude != 1) result += std::to_string(magnitude) + " * ";
    for (std::size_t i = 0; i < monomial.size(); ++i) result += (i == 0 ? "" : " * ") + monomial[i];
  };
  for (const auto& [monomial, coefficient] : terms_) {
    if (!monomial.empty()) append(monomial, coefficient);
  }
  if (const auto constant = terms_.find({}); constant != terms_.end()) append({}, constant->second);
  return result;
}

namespace {

std::optional<std::int64_t> combine(std::optional<std::int64_t> a, std::optional<std::int64_t> b,
                                    char op) {
  if (!a || !b) return std::nullopt;
  return op == '+' ? *a + *b : op == '-' ? *a - *b : *a * *b;
}

}  // namespace

Size operator+(const Size& a, const Size& b) {
  Size sum = a;
  sum.value_ = combine(a.value_, b.value_, '+');
  sum.unknown_ = a.unknown_ || b.unknown_;
  if (sum.unknown_) return Size::unknown(sum.value_);
  for (const auto& [monomial, coefficient] : b.terms_) {
    if ((sum.terms_[monomial] += coefficient) == 0) sum.terms_.erase(monomial);
  }
  return sum;
}

Size operator-(const Size& a, const Size& b) { return a + Size::number(-1) * b; }

Size operator*(const Size& a, const Size& b) {
  Size product;
  product.value_ = combine(a.value_, b.value_, '*');
  if (a.unknown_ || b.unknown_) return Size::unknown(product.value_);
  for (const auto& [left, p] : a.terms_) {
    for (const auto& [right, q] : b.terms_) {
      Size::Monomial monomial = left;
      monomial.insert(monomial.end(), right.begin(), right.end());
      std::sort(monomial.begin(), monomial.end());
      if ((product.terms_[monomial] += p * q) == 0) product.terms_.erase(monomial);
    }
  }
  return product;
}

Size Size::with_value(std::int64_t value) const {
  Size size = *this;
  size.value_ = value;
  return size;
}

Size::Comparison compare(const Size& a, const Size& b) {
  using enum Size::Comparison;
  if (a.unknown_ || b.unknown_ || a.is_number() || b.is_number()) {
    if (!a.value_ || !b.value_) return undecided;
    return *a.value_ == *b.value_ ? equal : different;
  }
  return a.terms_ == b.terms_ ? equal : different;
}

std::string text(const Shape& shape) {
  std::string result = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) result += (i == 0 ? "" : ", ") + shape[i].text();
  return result + "]";
}

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  for (const Size& size : shape) count *= size.extent();
  return count;
}

namespace {

// The size of one dimension of a result: the more informative of two that agree.
std::optional<Size> unify(const Size& a, const Size& b) {
  if (compare(a, b) == Size::Comparison::different) return std::nullopt;
  return a.is_unknown() || a.is_number() ? b : a;
}

}  // namespace

std::optional<Shape> broadcast(const Shape& a, const Shape& b) {
  const Shape& longer = a.size() >= b.size() ? a : b;
  const Shape& shorter = a.size() >= b.size() ? b : a;
  Shape result = longer;
  const std::size_t lead = longer.size() - shorter.size();
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    const Size& x = longer[lead + i];
    const Size& y = shorter[i];
    if (y.is_literal_one()) continue;
    if (x.is_literal_one()) {
      result[lead + i] = y;
      continue;
    }
    const std::optional<Size> size = unify(x, y);
    if (!size) return std::nullopt;
    result[lead + i] = *size;
  }
  return result;
}

std::optional<Shape> contract(const Shape& a, const Shape& b) {
  if (a.empty() || b.empty() || a.size() > 3 || b.size() > 3) return std::nullopt;
  const Size& right = b.size() == 1 ? b[0] : b[b.size() - 2];
  if (compare(a.back(), right) == Size::Comparison::different) return std::nullopt;
  const Shape rows(a.size() == 1 ? a.end() : a.end() - 2, a.size() == 1 ? a.end() : a.end() - 1);
  const Shape columns(b.size() == 1 ? b.end() : b.end() - 1, b.end());
  const Shape left_batch(a.begin(), a.size() == 3 ? a.begin() + 1 : a.begin());
  const Shape right_batch(b.begin(), b.size() == 3 ? b.begin() + 1 : b.begin());
  if (!left_batch.empty() && !right_batch.empty() &&
      compare(left_batch[0], right_batch[0]) == Size::Comparison::different) {
    return std::nullopt;
  }
  Shape result = left_batch.empty() ? right_batch : left_batch;
  result.insert(result.end(), rows.begin(), rows.end());
  result.insert(result.end(), columns.begin(), columns.end());
  return result;
}

bool same(const Shape& a, const Shape& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Size& x, const Size& y) {
    return compare(x, y) != Size::Comparison::different;
  });
}

}  // namespace vippl::lang
