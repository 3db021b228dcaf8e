#pragma once
#include "runtime/lanes.h"
#include "runtime/operation.h"

namespace vippl::stdlib {

/// Base for operations of one array whose lanes may be taken as one more, innermost dimension: they
/// are written once, for any number of lanes, without copies.
class UnaryOperation : public runtime::Operation {
 public:
  UnaryOperation(std::string_view name, runtime::Index output_size)
      : name_(name), output_size_(output_size) {}

  std::string_view name() const final { return name_; }

  void forward(const runtime::Frame& frame, std::span<const runtime::Operand> in, double* out,
               double* /*scratch*/) const final {
    if (!in[0].fixed) return compute(in[0].value, frame.lanes, out);
    compute(in[0].value, 1, out);
    runtime::expand_lanes(out, output_size_, frame.lanes);
  }

  void backward(const runtime::Frame& frame, std::span<const runtime::Operand> in,
                const double* out, const double* out_adjoint, double* /*scratch*/) const final {
    if (in[0].adjoint == nullptr) return;
    differentiate(in[0].value, frame.lanes, out, out_adjoint, in[0].adjoint);
  }

 protected:
  virtual void compute(const double* x, runtime::Index lanes, double* out) const = 0;
  /// Adds to x_adjoint.
  virtual void differentiate(const double* x, runtime::Index lanes, const double* out,
                             const double* out_adjoint, double* x_adjoint) const = 0;

  runtime::Index output_size() const { return output_size_; }

 private:
  std::string_view name_;
  runtime::Index output_size_;
};

}  // namespace vippl::stdlib
