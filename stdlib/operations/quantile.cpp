#include "stdlib/operations/quantile.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "stdlib/operations/fibre_operation.h"

namespace vippl::stdlib {

namespace {

using runtime::Index;

// Quantiles of every fibre: for each probability, those of all fibres. Keeps the order of the
// elements of each fibre in scratch.
class Quantiles final : public runtime::LaneOperation {
 public:
  Quantiles(std::string_view name, AxisSplit axes, std::vector<double> probabilities)
      : LaneOperation({axes.outer * axes.count * axes.inner},
                      axes.outer * axes.inner * static_cast<Index>(probabilities.size())),
        name_(name),
        axes_(axes),
        probabilities_(std::move(probabilities)) {}

  std::string_view name() const override { return name_; }

 protected:
  Index lane_scratch_size() const override { return axes_.outer * axes_.count * axes_.inner; }

  void forward_lane(std::span<const double* const> in, double* out,
                    double* scratch) const override {
    const Index count = axes_.count;
    for_each_fibre([&](Index first, Index fibre) {
      const double* const x = in[0] + first;
      double* const order = scratch + fibre * count;
      std::iota(order, order + count, 0.0);
      const auto at = [&](double c) { return x[static_cast<Index>(c) * axes_.inner]; };
      bool has_nan = count == 0;
      for (Index c = 0; c < count; ++c) has_nan = has_nan || std::isnan(x[c * axes_.inner]);
      if (!has_nan) {  // no order otherwise
        std::sort(order, order + count,
                  [&](double a, double b) { return at(a) < at(b) || (at(a) == at(b) && a < b); });
      }
      for_each_probability([&](std::size_t k, double low, double weight) {
        double& result = out[static_cast<Index>(k) * fibre_count() + fibre];
        result = std::numeric_limits<double>::quiet_NaN();
        if (has_nan) return;
        const double below = at(order[static_cast<Index>(low)]);
        result = below;
        if (weight == 0) return;
        const double above = at(order[static_cast<Index>(low) + 1]);
        if (above != below) result = (1 - weight) * below + weight * above;
      });
    });
  }

  void backward_lane(std::span<const double* const>, const double*, const double* out_adjoint,
                     std::span<double* const> in_adjoint, double* scratch) const override {
    if (in_adjoint[0] == nullptr || axes_.count == 0) return;
    for_each_fibre([&](Index first, Index fibre) {
      const double* const order = scratch + fibre * axes_.count;
      const auto adjoint = [&](double rank) -> double& {
        const auto place = static_cast<Index>(order[static_cast<Index>(rank)]);
        return in_adjoint[0][first + place * axes_.inner];
      };
      for_each_probability([&](std::size_t k, double low, double weight) {
        const double share = out_adjoint[static_cast<Index>(k) * fibre_count() + fibre];
        adjoint(low) += (1 - weight) * share;
        if (weight > 0) adjoint(low + 1) += weight * share;
      });
    });
  }

 private:
  Index fibre_count() const { return axes_.outer * axes_.inner; }

  template <class Body>
  void for_each_fibre(Body&& body) const {
    for (Index o = 0; o < axes_.outer; ++o) {
      for (Index i = 0; i < axes_.inner; ++i) {
        body(o * axes_.count * axes_.inner + i, o * axes_.inner + i);
      }
    }
  }

  // The quantile lies the fraction `weight` above the element of rank `low`.
  template <class Body>
  void for_each_probability(Body&& body) const {
    for (std::size_t k = 0; k < probabilities_.size(); ++k) {
      const double rank =
          probabilities_[k] * static_cast<double>(std::max<Index>(axes_.count - 1, 0));
      body(k, std::floor(rank), rank - std::floor(rank));
    }
  }

  std::string_view name_;
  AxisSplit axes_;
  std::vector<double> probabilities_;
};

}  // namespace

std::shared_ptr<const runtime::Operation> make_median(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& /*result*/) {
  const AxisSplit axes = split(arguments[0].extents, axis_of(arguments[1]));
  return std::make_shared<const Quantiles>("median", axes, std::vector<double>{0.5});
}

TypeResult quantile_shape(std::span<const lang::ArgumentType> arguments) {
  lang::Shape shape = arguments[1].shape;
  const lang::Shape& x = arguments[0].shape;
  const auto axis = axis_of(arguments, 2, x.size());
  if (const auto* wrong = std::get_if<lang::Mismatch>(&axis)) return *wrong;
  const std::optional<std::size_t> dimension = std::get<0>(axis);
  for (std::size_t d = 0; dimension && d < x.size(); ++d) {
    if (d != *dimension) shape.push_back(x[d]);
  }
  return lang::ResultType{lang::Element::real, std::move(shape)};
}

std::shared_ptr<const runtime::Operation> make_quantile(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& /*result*/) {
  const std::span<const double> p(arguments[1].data, static_cast<std::size_t>(arguments[1].size));
  for (const double probability : p) {
    if (probability >= 0 && probability <= 1) continue;
    throw runtime::ArgumentError(
        1, fmt::format("`p` of `quantile` should be from 0 to 1, got {}", probability));
  }
  const AxisSplit axes = split(arguments[0].extents, axis_of(arguments[2]));
  return std::make_shared<const Quantiles>("quantile", axes,
                                           std::vector<double>(p.begin(), p.end()));
}

}  // namespace vippl::stdlib
