#include "stdlib/operations/fibre_operation.h"

#include <algorithm>

#include "runtime/broadcast.h"

namespace vippl::stdlib {

using runtime::Index;

AxisSplit split(std::span<const Index> extents, std::optional<std::size_t> axis) {
  if (!axis) return {1, runtime::element_count(extents), 1};
  return {runtime::element_count(extents.first(*axis)), extents[*axis],
          runtime::element_count(extents.subspan(*axis + 1))};
}

FibreOperation::FibreOperation(std::string_view name, AxisSplit axes, FibreResult result,
                               FibreKernel kernel, FibreDerivative derivative)
    : UnaryOperation(name,
                     axes.outer * axes.inner * (result == FibreResult::kept ? axes.count : 1)),
      axes_(axes),
      result_(result),
      kernel_(kernel),
      derivative_(derivative) {}

// Calls body(fibres, place in the array, place in the result).
template <class Body>
void FibreOperation::for_each_block(Index lanes, Body&& body) const {
  const Index inner = axes_.inner * lanes;
  for (Index o = 0; o < axes_.outer; ++o) {
    for (Index first = 0; first < inner; first += Fibres::max_width) {
      const Fibres fibres{axes_.count, inner, std::min(Fibres::max_width, inner - first)};
      const Index from = o * axes_.count * inner + first;
      body(fibres, from, result_ == FibreResult::kept ? from : o * inner + first);
    }
  }
}

void FibreOperation::compute(const double* x, Index lanes, double* out) const {
  for_each_block(lanes, [&](const Fibres& fibres, Index from, Index to) {
    kernel_(fibres, x + from, out + to);
  });
}

void FibreOperation::differentiate(const double* x, Index lanes, const double* out,
                                   const double* out_adjoint, double* x_adjoint) const {
  if (derivative_ == nullptr) return;
  for_each_block(lanes, [&](const Fibres& fibres, Index from, Index to) {
    derivative_(fibres, x + from, out + to, out_adjoint + to, x_adjoint + from);
  });
}

bool FibreOperation::fingerprint(std::vector<std::uint64_t>& numbers) const {
  numbers.push_back(reinterpret_cast<std::uintptr_t>(kernel_));
  for (const Index extent : {axes_.outer, axes_.count, axes_.inner})
    numbers.push_back(static_cast<std::uint64_t>(extent));
  return true;
}

std::shared_ptr<const runtime::Operation> FibreOperation::repeated(
    Index count, std::span<const bool> /*shared*/) const {
  return std::make_shared<const FibreOperation>(
      name(), AxisSplit{axes_.outer * count, axes_.count, axes_.inner}, result_, kernel_,
      derivative_);
}

}  // namespace vippl::stdlib
