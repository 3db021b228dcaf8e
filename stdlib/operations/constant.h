#pragma once
#include "runtime/lanes.h"
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

/// Numbers that are known when the call is recorded, from no inputs.
class ListOperation final : public runtime::Operation {
 public:
  ListOperation(std::string_view name, std::vector<double> values)
      : name_(name), values_(std::move(values)) {}

  std::string_view name() const override { return name_; }
  void forward(const runtime::Frame& frame, std::span<const runtime::Operand>, double* out,
               double*) const override {
    std::copy(values_.begin(), values_.end(), out);
    runtime::expand_lanes(out, static_cast<runtime::Index>(values_.size()), frame.lanes);
  }
  void backward(const runtime::Frame&, std::span<const runtime::Operand>, const double*,
                const double*, double*) const override {}
  bool is_differentiable() const override { return false; }

 private:
  std::string_view name_;
  std::vector<double> values_;
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
