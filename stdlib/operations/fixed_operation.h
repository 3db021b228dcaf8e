#pragma once
#include "runtime/lanes.h"
#include "runtime/registry.h"
#include "stdlib/elementwise.h"

namespace vippl::stdlib {

/// A computation without a derivative, done once: by default on one array.
using FixedKernel = void (*)(std::span<const double> x, std::span<double> out);

class FixedOperation final : public runtime::Operation {
 public:
  FixedOperation(std::string_view name, FixedKernel kernel, runtime::Index size)
      : name_(name), kernel_(kernel), size_(size) {}

  std::string_view name() const override { return name_; }
  void forward(const runtime::Frame& frame, std::span<const runtime::Operand> in, double* out,
               double* /*scratch*/) const override {
    kernel_({in[0].value, static_cast<std::size_t>(in[0].size)},
            {out, static_cast<std::size_t>(size_)});
    runtime::expand_lanes(out, size_, frame.lanes);
  }
  void backward(const runtime::Frame&, std::span<const runtime::Operand>, const double*,
                const double*, double*) const override {}
  bool is_differentiable() const override { return false; }

 private:
  std::string_view name_;
  FixedKernel kernel_;
  runtime::Index size_;
};

/// Rows of tables: `facts` less the name. The size of the result is that of its shape.
template <Name name, FixedKernel kernel>
constexpr runtime::Function fixed_function(lang::Signature facts) {
  facts.name = name.view();
  facts.fixed_only = true;
  constexpr auto make = [](std::span<const runtime::CallArgument>,
                           const lang::Shape& result) -> std::shared_ptr<const runtime::Operation> {
    return std::make_shared<const FixedOperation>(name.view(), kernel, lang::element_count(result));
  };
  return {.facts = facts, .make = make};
}

}  // namespace vippl::stdlib
