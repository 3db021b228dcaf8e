#include "tests/support/reference/tensor.h"

#include <algorithm>
#include <cmath>

namespace vippl::reference {

double Tensor::item() const {
  if (!shape.empty()) throw Error("a scalar was expected, found " + text(shape));
  return values[0];
}

std::size_t Tensor::extent() const {
  const double value = item();
  if (value < 0 || value != std::floor(value)) {
    throw Error("a size was expected, found " + std::to_string(value));
  }
  return static_cast<std::size_t>(value);
}

Tensor scalar(double value, Tensor::Kind kind) { return {{}, {value}, kind}; }

Tensor vector(std::vector<double> values, Tensor::Kind kind) {
  const Shape shape = {values.size()};
  return {shape, std::move(values), kind};
}

Tensor filled(Shape shape, double value) {
  std::vector<double> values(element_count(shape), value);
  return {std::move(shape), std::move(values)};
}

std::size_t element_count(const Shape& shape) {
  std::size_t count = 1;
  for (const std::size_t extent : shape) count *= extent;
  return count;
}

std::string text(const Shape& shape) {
  std::string result = "[";
  for (const std::size_t extent : shape) {
    result += (result.size() > 1 ? ", " : "") + std::to_string(extent);
  }
  return result + "]";
}

Shape subscripts(const Shape& shape, std::size_t flat) {
  Shape result(shape.size());
  for (std::size_t d = shape.size(); d-- > 0;) {
    result[d] = flat % shape[d];
    flat /= shape[d];
  }
  return result;
}

std::size_t flat_index(const Shape& shape, const Shape& subscripts) {
  std::size_t flat = 0;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (subscripts[d] >= shape[d]) throw Error("a subscript is out of range for " + text(shape));
    flat = flat * shape[d] + subscripts[d];
  }
  return flat;
}

Shape broadcast(const Shape& a, const Shape& b) {
  if (a.size() < b.size()) return broadcast(b, a);
  Shape result = a;
  const std::size_t lead = a.size() - b.size();
  for (std::size_t d = 0; d < b.size(); ++d) {
    if (a[lead + d] != b[d] && a[lead + d] != 1 && b[d] != 1) {
      throw Error("the shapes " + text(a) + " and " + text(b) + " do not fit");
    }
    if (a[lead + d] == 1) result[lead + d] = b[d];
  }
  return result;
}

Tensor stretch(const Tensor& x, const Shape& shape) {
  if (broadcast(x.shape, shape) != shape) {
    throw Error(text(x.shape) + " does not stretch to " + text(shape));
  }
  Tensor result = filled(shape, 0);
  result.kind = x.kind;
  const std::size_t lead = shape.size() - x.rank();
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    Shape at = subscripts(shape, i);
    at.erase(at.begin(), at.begin() + static_cast<std::ptrdiff_t>(lead));
    for (std::size_t d = 0; d < at.size(); ++d) at[d] = x.shape[d] == 1 ? 0 : at[d];
    result.values[i] = x.values[flat_index(x.shape, at)];
  }
  return result;
}

Tensor map(const Tensor& x, const std::function<double(double)>& f) {
  Tensor result = x;
  result.levels.clear();
  for (double& value : result.values) value = f(value);
  return result;
}

Tensor map(const Tensor& x, const Tensor& y, const std::function<double(double, double)>& f) {
  const Shape shape = broadcast(x.shape, y.shape);
  Tensor result = stretch(x, shape);
  const Tensor other = stretch(y, shape);
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    result.values[i] = f(result.values[i], other.values[i]);
  }
  result.kind = std::max(x.kind, y.kind);
  return result;
}

namespace {

/// Of [n, k] and [k, m].
Tensor multiply(const Tensor& a, const Tensor& b) {
  if (a.shape[1] != b.shape[0]) {
    throw Error(text(a.shape) + " @ " + text(b.shape) + " does not fit");
  }
  Tensor result = filled({a.shape[0], b.shape[1]}, 0);
  for (std::size_t i = 0; i < a.shape[0]; ++i) {
    for (std::size_t j = 0; j < b.shape[1]; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < a.shape[1]; ++k) {
        sum += a.values[i * a.shape[1] + k] * b.values[k * b.shape[1] + j];
      }
      result.values[i * b.shape[1] + j] = sum;
    }
  }
  return result;
}

}  // namespace

Tensor contract(const Tensor& a, const Tensor& b) {
  if (a.rank() == 0 || b.rank() == 0) throw Error("a scalar stands beside `@`");
  if (a.rank() == 3 || b.rank() == 3) {
    const std::size_t count = a.rank() == 3 ? a.shape[0] : b.shape[0];
    std::vector<Tensor> products;
    for (std::size_t i = 0; i < count; ++i) {
      products.push_back(contract(a.rank() == 3 ? part(a, {count}, i) : a,
                                  b.rank() == 3 ? part(b, {count}, i) : b));
    }
    return stack(products);
  }
  Tensor left = a;
  Tensor right = b;
  if (a.rank() == 1) left.shape = {1, a.shape[0]};
  if (b.rank() == 1) right.shape = {b.shape[0], 1};
  Tensor result = multiply(left, right);
  if (b.rank() == 1) result.shape.pop_back();
  if (a.rank() == 1) result.shape.erase(result.shape.begin());
  return result;
}

Tensor transpose(const Tensor& x) {
  if (x.rank() < 2) throw Error("a transpose needs two dimensions");
  Tensor result = x;
  std::swap(result.shape[x.rank() - 1], result.shape[x.rank() - 2]);
  for (std::size_t i = 0; i < x.values.size(); ++i) {
    Shape at = subscripts(x.shape, i);
    std::swap(at[x.rank() - 1], at[x.rank() - 2]);
    result.values[flat_index(result.shape, at)] = x.values[i];
  }
  return result;
}

Tensor stack(const std::vector<Tensor>& parts) {
  Tensor result = vector({}, Tensor::Kind::boolean);
  if (!parts.empty()) {
    result.shape.insert(result.shape.end(), parts[0].shape.begin(), parts[0].shape.end());
  }
  result.shape[0] = parts.size();
  for (const Tensor& part : parts) {
    if (part.shape != parts[0].shape) throw Error("elements of different shapes are stacked");
    result.values.insert(result.values.end(), part.values.begin(), part.values.end());
    result.kind = std::max(result.kind, part.kind);
  }
  return result;
}

Tensor part(const Tensor& x, const Shape& leading, std::size_t place) {
  Tensor result = x;
  result.shape.erase(result.shape.begin(),
                     result.shape.begin() + static_cast<std::ptrdiff_t>(leading.size()));
  const auto size = static_cast<std::ptrdiff_t>(element_count(result.shape));
  const auto first = x.values.begin() + size * static_cast<std::ptrdiff_t>(place);
  result.values.assign(first, first + size);
  return result;
}

}  // namespace vippl::reference
