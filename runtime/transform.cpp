#include "runtime/transform.h"

#include <fmt/format.h>

#include "lang/diagnostic.h"
#include "runtime/transform_event.h"
#include "runtime/transform_number.h"

namespace vippl::runtime {

namespace {

using Kind = lang::Support::Kind;

/// Null for numbers.
const EventTransform* find_transform(Kind kind) {
  switch (kind) {
    case Kind::number:
    case Kind::whole_number:
      return nullptr;
    case Kind::simplex:
      return &simplex_transform;
    case Kind::ordered:
      return &ordered_transform;
    case Kind::positive_ordered:
      return &positive_ordered_transform;
    case Kind::unit_vector:
      return &unit_vector_transform;
    case Kind::sum_to_zero:
      return &sum_to_zero_transform;
    case Kind::correlation:
      return &correlation_transform;
    case Kind::covariance:
      return &covariance_transform;
    case Kind::correlation_cholesky:
      return &correlation_cholesky_transform;
    case Kind::covariance_cholesky:
      return &covariance_cholesky_transform;
  }
  return nullptr;
}

const EventTransform& event_transform(const TransformShape& shape) {
  const EventTransform* transform = find_transform(shape.kind);
  VIPPL_ASSERT(transform != nullptr, "the support is one of vectors or matrices");
  return *transform;
}

bool is_number(const TransformShape& shape) {
  VIPPL_ASSERT(shape.kind != Kind::whole_number, "latents with a transform are continuous");
  return shape.kind == Kind::number;
}

class ConstrainEvents final : public LaneOperation {
 public:
  explicit ConstrainEvents(const TransformShape& shape)
      : LaneOperation({unconstrained_size(shape)}, constrained_size(shape)),
        shape_(shape),
        transform_(event_transform(shape)),
        coordinates_(transform_.coordinates(shape.k)),
        entries_(transform_.entries(shape.k)) {}

  std::string_view name() const override { return "constrain"; }

 protected:
  Index lane_scratch_size() const override { return transform_.scratch(shape_.k); }

  void forward_lane(std::span<const double* const> in, double* out,
                    double* scratch) const override {
    for (Index i = 0; i < shape_.count; ++i) {
      transform_.constrain(shape_.k, in[0] + i * coordinates_, out + i * entries_, scratch);
    }
  }

  void backward_lane(std::span<const double* const> in, const double* out,
                     const double* out_adjoint, std::span<double* const> in_adjoint,
                     double* scratch) const override {
    if (in_adjoint[0] == nullptr) return;
    for (Index i = 0; i < shape_.count; ++i) {
      transform_.pull_back(shape_.k, in[0] + i * coordinates_, out + i * entries_,
                           out_adjoint + i * entries_, in_adjoint[0] + i * coordinates_, scratch);
    }
  }

 private:
  TransformShape shape_;
  const EventTransform& transform_;
  Index coordinates_;
  Index entries_;
};

class EventLogJacobian final : public LaneOperation {
 public:
  explicit EventLogJacobian(const TransformShape& shape)
      : LaneOperation({unconstrained_size(shape), constrained_size(shape)}, 1),
        shape_(shape),
        transform_(event_transform(shape)),
        coordinates_(transform_.coordinates(shape.k)) {}

  std::string_view name() const override { return "log_jacobian"; }

 protected:
  Index lane_scratch_size() const override { return transform_.scratch(shape_.k); }

  void forward_lane(std::span<const double* const> in, double* out,
                    double* scratch) const override {
    out[0] = 0;
    for (Index i = 0; i < shape_.count; ++i) {
      out[0] += transform_.log_jacobian(shape_.k, in[0] + i * coordinates_, scratch);
    }
  }

  void backward_lane(std::span<const double* const> in, const double* /*out*/,
                     const double* out_adjoint, std::span<double* const> in_adjoint,
                     double* scratch) const override {
    if (in_adjoint[0] == nullptr) return;
    for (Index i = 0; i < shape_.count; ++i) {
      transform_.log_jacobian_gradient(shape_.k, in[0] + i * coordinates_, out_adjoint[0],
                                       in_adjoint[0] + i * coordinates_, scratch);
    }
  }

 private:
  TransformShape shape_;
  const EventTransform& transform_;
  Index coordinates_;
};

}  // namespace

Index unconstrained_size(const TransformShape& shape) {
  return shape.count * (is_number(shape) ? 1 : event_transform(shape).coordinates(shape.k));
}

Index constrained_size(const TransformShape& shape) {
  return shape.count * (is_number(shape) ? 1 : event_transform(shape).entries(shape.k));
}

bool is_identity(const TransformShape& shape, BoundForms bounds) {
  return is_number(shape) && bounds.lower == BoundForm::none && bounds.upper == BoundForm::none;
}

std::unique_ptr<Operation> make_constrain(const TransformShape& shape, BoundForms bounds) {
  if (is_number(shape)) return make_constrain_numbers(shape.count, bounds);
  return std::make_unique<ConstrainEvents>(shape);
}

std::unique_ptr<Operation> make_log_jacobian(const TransformShape& shape, BoundForms bounds) {
  if (is_number(shape)) return make_number_log_jacobian(shape.count, bounds);
  return std::make_unique<EventLogJacobian>(shape);
}

std::optional<std::string> unconstrain(const TransformShape& shape, const BoundValues& bounds,
                                       std::span<const double> x, std::span<double> z) {
  VIPPL_ASSERT(static_cast<Index>(x.size()) == constrained_size(shape),
               "x has the size of its shape");
  VIPPL_ASSERT(static_cast<Index>(z.size()) == unconstrained_size(shape),
               "z has the size of its shape");
  if (is_number(shape)) return unconstrain_numbers(bounds, x, z);
  const EventTransform& transform = event_transform(shape);
  for (Index i = 0; i < shape.count; ++i) {
    std::optional<std::string> problem =
        transform.unconstrain(shape.k, x.data() + i * transform.entries(shape.k),
                              z.data() + i * transform.coordinates(shape.k));
    if (problem && shape.count > 1) {
      return fmt::format("number {} of {}: {}", i + 1, shape.count, *problem);
    }
    if (problem) return problem;
  }
  return std::nullopt;
}

ScalarMap scalar_map(const TransformShape& shape, const BoundValues& bounds, Index element,
                     Index offset) {
  ScalarMap map;
  if (is_number(shape)) {
    map = number_map(bounds, element);
  } else {
    const EventTransform& transform = event_transform(shape);
    const Index entries = transform.entries(shape.k);
    map = transform.map(shape.k, element % entries);
    map.coordinate += element / entries * transform.coordinates(shape.k);
  }
  map.coordinate += offset;
  return map;
}

}  // namespace vippl::runtime
