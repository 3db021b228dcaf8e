#include "runtime/map_operation.h"

#include "runtime/lanes.h"

namespace vippl::runtime {

void MapOperation::forward(const Frame& frame, std::span<const Operand> in, double* out,
                           double* /*scratch*/) const {
  if (!in[0].fixed) return kernel_(static_cast<std::size_t>(size_ * frame.lanes), in[0].value, out);
  kernel_(static_cast<std::size_t>(size_), in[0].value, out);
  expand_lanes(out, size_, frame.lanes);
}

void MapOperation::backward(const Frame& frame, std::span<const Operand> in, const double* out,
                            const double* out_adjoint, double* /*scratch*/) const {
  if (in[0].adjoint == nullptr || derivative_ == nullptr) return;
  derivative_(static_cast<std::size_t>(size_ * frame.lanes), in[0].value, out, out_adjoint,
              in[0].adjoint);
}

bool MapOperation::fingerprint(std::vector<std::uint64_t>& numbers) const {
  numbers.push_back(reinterpret_cast<std::uintptr_t>(kernel_));
  numbers.push_back(static_cast<std::uint64_t>(size_));
  return true;
}

std::shared_ptr<const Operation> MapOperation::repeated(Index count,
                                                        std::span<const bool> /*shared*/) const {
  return std::make_shared<const MapOperation>(name_, kernel_, derivative_, size_ * count, form_);
}

}  // namespace vippl::runtime
