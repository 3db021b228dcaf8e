#pragma once
#include <optional>

#include "runtime/registry.h"
#include "stdlib/elementwise.h"
#include "stdlib/operations/unary_operation.h"
#include "stdlib/rules.h"

namespace vippl::stdlib {

/// An array seen along one dimension: outer x count x inner elements.
struct AxisSplit {
  runtime::Index outer = 1;
  runtime::Index count = 1;
  runtime::Index inner = 1;
};

/// Along the dimension `axis`; over all elements if there is none.
AxisSplit split(std::span<const runtime::Index> extents, std::optional<std::size_t> axis);

/// `width` neighbouring one-dimensional slices (fibres) of an array: element c of fibre w is
/// x[c * stride + w]. Loops run over w inside, so that they vectorise over lanes and columns.
struct Fibres {
  static constexpr runtime::Index max_width = 64;  // buffers of this many doubles fit the stack
  runtime::Index count = 0;
  runtime::Index stride = 1;
  runtime::Index width = 1;
};

/// A kernel that reduces each fibre to one number, y[w]; or keeps it, y[c * stride + w].
using FibreKernel = void (*)(const Fibres& fibres, const double* x, double* y);
/// Adds to x_adjoint; null where the result is constant almost everywhere.
using FibreDerivative = void (*)(const Fibres& fibres, const double* x, const double* y,
                                 const double* y_adjoint, double* x_adjoint);

enum class FibreResult { reduced, kept };

/// Applies a kernel to every fibre of an array.
class FibreOperation : public UnaryOperation {
 public:
  FibreOperation(std::string_view name, AxisSplit axes, FibreResult result, FibreKernel kernel,
                 FibreDerivative derivative);
  bool is_differentiable() const override { return derivative_ != nullptr; }
  bool fingerprint(std::vector<std::uint64_t>& numbers) const override;
  std::shared_ptr<const runtime::Operation> repeated(runtime::Index count,
                                                     std::span<const bool> shared) const override;

 protected:
  void compute(const double* x, runtime::Index lanes, double* out) const override;
  void differentiate(const double* x, runtime::Index lanes, const double* out,
                     const double* out_adjoint, double* x_adjoint) const override;

 private:
  template <class Body>
  void for_each_block(runtime::Index lanes, Body&& body) const;

  AxisSplit axes_;
  FibreResult result_;
  FibreKernel kernel_;
  FibreDerivative derivative_;
};

/// An array and the dimension to go along.
inline constexpr lang::Parameter x_axis[] = {{"x", lang::Support::real, "*"},
                                             {.name = "axis",
                                              .support = lang::Support::count,
                                              .shape = "",
                                              .optional = true,
                                              .setting = true}};

/// Rows of tables: a reduction over all elements or along an axis.
template <Name name, FibreKernel kernel, FibreDerivative derivative>
constexpr runtime::Function reduction(lang::TypeRule rule, std::string_view summary) {
  constexpr auto make = [](std::span<const runtime::CallArgument> arguments,
                           const lang::Shape&) -> std::shared_ptr<const runtime::Operation> {
    return std::make_shared<const FibreOperation>(
        name.view(), split(arguments[0].extents, axis_of(arguments[1])), FibreResult::reduced,
        kernel, derivative);
  };
  return {.facts = {.name = name.view(),
                    .parameters = x_axis,
                    .summary = summary,
                    .result = "*",
                    .rule = rule},
          .make = make};
}

/// The dimension that is meant where an axis may be left out.
enum class DefaultAxis { first, last };

/// A function that keeps the shape of its array.
template <Name name, DefaultAxis axis, FibreKernel kernel, FibreDerivative derivative>
constexpr runtime::Function along(lang::TypeRule rule, std::string_view summary) {
  constexpr auto make = [](std::span<const runtime::CallArgument> arguments,
                           const lang::Shape&) -> std::shared_ptr<const runtime::Operation> {
    const std::size_t last = arguments[0].extents.size() - 1;
    const std::size_t otherwise = axis == DefaultAxis::first ? 0 : last;
    const std::size_t dimension = axis_of(arguments[1]).value_or(otherwise);
    return std::make_shared<const FibreOperation>(
        name.view(), split(arguments[0].extents, dimension), FibreResult::kept, kernel, derivative);
  };
  return {.facts = {.name = name.view(),
                    .parameters = x_axis,
                    .summary = summary,
                    .result = "*",
                    .rule = rule},
          .make = make};
}

}  // namespace vippl::stdlib
