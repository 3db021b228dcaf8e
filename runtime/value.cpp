#include "runtime/value.h"

namespace vippl::runtime {

Value Value::number(double value, lang::Element element) {
  Value result;
  result.scalar = value;
  result.element = element;
  return result;
}

Value Value::sized(const lang::Size& size) {
  Value result = number(static_cast<double>(size.extent()), lang::Element::integer);
  result.size = std::make_shared<const lang::Size>(size);
  return result;
}

Value Value::string(std::string text) {
  Value result;
  result.element = lang::Element::text;
  result.text = std::make_shared<const std::string>(std::move(text));
  return result;
}

Value Value::tensor(lang::Shape shape, Elements elements, lang::Element element) {
  Value result;
  result.element = element;
  if (shape.empty()) {
    result.scalar = elements.front();
  } else {
    result.elements = std::make_shared<const Elements>(std::move(elements));
  }
  result.shape = std::move(shape);
  return result;
}

std::vector<Eigen::Index> extents(const lang::Shape& shape) {
  std::vector<Eigen::Index> result;
  result.reserve(shape.size());
  for (const lang::Size& size : shape) result.push_back(size.extent());
  return result;
}

}  // namespace vippl::runtime
