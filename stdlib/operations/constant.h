#pragma once
#include "stdlib/elementwise.h"

namespace vippl::stdlib {

/// `size` copies of a number, from no inputs.
class ConstantOperation final : public runtime::Operation {
 public:
  ConstantOperation(std::string_view name, double value, runtime::Index size)
      : name_(name), value_(value), size_(size) {}

  std::string_view name() const override { return name_; }
  void forward(const runtime::Frame& frame, std::span<const runtime::Operand>, double* out,
               double*) const override {
    std::fill_n(out, size_ * frame.lanes, value_);
  }
  void backward(const runtime::Frame&, std::span<const runtime::Operand>, const double*,
                const double*, double*) const override {}
  bool is_differentiable() const override { return false; }

 private:
  std::string_view name_;
  double value_;
  runtime::Index size_;
};

/// A function of no arguments.
template <Name name, double value>
constexpr runtime::Function constant(std::string_view summary) {
  constexpr auto make = [](std::span<const runtime::CallArgument>,
                           const lang::Shape&) -> std::shared_ptr<const runtime::Operation> {
    return std::make_shared<const ConstantOperation>(name.view(), value, 1);
  };
  return {.facts = {.name = name.view(), .summary = summary, .result = ""}, .make = make};
}

}  // namespace vippl::stdlib
