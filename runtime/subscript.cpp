#include "runtime/subscript.h"

#include <fmt/format.h>

#include <cmath>

#include "runtime/broadcast.h"

namespace vippl::runtime {

namespace {

// What one dimension of the array contributes: positions along it, and how they combine.
struct Axis {
  const lang::Size* size = nullptr;
  std::int64_t stride = 1;
  PlaceValue::Kind kind = PlaceValue::Kind::all;
  std::vector<std::int32_t> index;  // from 0; empty for `all`
  lang::Shape shape;                // of the index
};

std::optional<SubscriptError> read_index(const PlaceValue& place, std::size_t number, Axis& axis) {
  const Value& value = place.value;
  const std::int64_t extent = axis.size->extent();
  if (value.is_latent()) {
    return SubscriptError{place.span, "latent-subscript",
                          "a subscript must be fixed, this one depends on a latent", ""};
  }
  if (value.element == lang::Element::boolean) {
    if (value.shape.size() != 1 || value.count() != extent) {
      return SubscriptError{place.span, "shape-mismatch",
                            fmt::format("a mask over this dimension has shape [{}], this one {}",
                                        axis.size->text(), lang::text(value.shape)),
                            ""};
    }
    for (std::int64_t i = 0; i < extent; ++i) {
      if (value[i] != 0) axis.index.push_back(static_cast<std::int32_t>(i));
    }
    axis.shape = {lang::Size::unknown(static_cast<std::int64_t>(axis.index.size()))};
    return std::nullopt;
  }
  if (value.element == lang::Element::real || value.element == lang::Element::text) {
    return SubscriptError{
        place.span, "subscript-not-int",
        fmt::format("a subscript is an int, this is a {}", lang::text(value.element)),
        "round(x) gives an int"};
  }
  axis.shape = value.shape;
  axis.index.reserve(static_cast<std::size_t>(value.count()));
  for (Eigen::Index i = 0; i < value.count(); ++i) {
    const double index = value[i];
    if (!(index >= 1 && index <= static_cast<double>(extent))) {
      const std::string which =
          value.is_scalar() ? "" : fmt::format(" (element {} of the index)", i + 1);
      return SubscriptError{
          place.span, "index-out-of-range",
          fmt::format("subscript {} is {}{}, dimension {} runs from 1 to {}", number, index, which,
                      number,
                      axis.size->name() ? fmt::format("{} = {}", *axis.size->name(), extent)
                                        : std::to_string(extent)),
          ""};
    }
    axis.index.push_back(static_cast<std::int32_t>(index) - 1);
  }
  return std::nullopt;
}

}  // namespace

std::variant<Selection, SubscriptError> resolve(const lang::Shape& base,
                                                const std::vector<PlaceValue>& places,
                                                lang::Span span) {
  if (places.size() > base.size()) {
    return SubscriptError{
        span, "too-many-subscripts",
        fmt::format("{} subscripts, but the array has {} dimension{}: {}", places.size(),
                    base.size(), base.size() == 1 ? "" : "s", lang::text(base)),
        base.empty() ? "a scalar takes no subscript" : ""};
  }
  std::vector<Axis> axes(base.size());
  std::int64_t stride = 1;
  for (std::size_t d = base.size(); d-- > 0;) {
    axes[d].size = &base[d];
    axes[d].stride = stride;
    stride *= base[d].extent();
  }
  // The index arrays are read together: they broadcast to one shape, which stands where the first
  // of them stood.
  std::optional<lang::Shape> together;
  std::optional<std::size_t> first_index;
  for (std::size_t d = 0; d < places.size(); ++d) {
    axes[d].kind = places[d].kind;
    if (places[d].kind == PlaceValue::Kind::all) continue;
    if (auto error = read_index(places[d], d + 1, axes[d])) return *error;
    if (places[d].kind != PlaceValue::Kind::index) continue;
    if (!first_index && !axes[d].shape.empty()) first_index = d;
    const std::optional<lang::Shape> joined =
        together ? lang::broadcast(*together, axes[d].shape) : std::optional(axes[d].shape);
    if (!joined) {
      return SubscriptError{
          places[d].span, "shape-mismatch",
          fmt::format(
              "index arrays in one subscript are read together, but these have shapes {} and {}",
              lang::text(*together), lang::text(axes[d].shape)),
          "subscript twice to take them crosswise: M[ii][:, jj]"};
    }
    together = joined;
  }

  // The result's dimensions in order; each walks one or several axes.
  struct Walk {
    std::int64_t extent;
    std::vector<std::int64_t> offsets;  // of each step
  };
  std::vector<Walk> walks;
  Selection selection;
  std::int64_t start = 0;
  const auto walk_together = [&] {
    Walk walk{1, {}};
    for (const lang::Size& size : *together) walk.extent *= size.extent();
    walk.offsets.assign(static_cast<std::size_t>(walk.extent), 0);
    for (std::size_t d = 0; d < places.size(); ++d) {
      if (axes[d].kind != PlaceValue::Kind::index || axes[d].shape.empty()) continue;
      const Broadcast broadcast = make_broadcast(extents(axes[d].shape), extents(*together));
      for (std::size_t i = 0; i < walk.offsets.size(); ++i) {
        const auto at = static_cast<std::size_t>(broadcast[static_cast<Index>(i)]);
        walk.offsets[i] += axes[d].index[at] * axes[d].stride;
      }
    }
    selection.shape.insert(selection.shape.end(), together->begin(), together->end());
    walks.push_back(std::move(walk));
  };
  for (std::size_t d = 0; d < axes.size(); ++d) {
    const Axis& axis = axes[d];
    if (axis.kind == PlaceValue::Kind::index) {
      if (axis.shape.empty()) {
        start += axis.index.front() * axis.stride;
      } else if (d == *first_index) {
        walk_together();
      }
      continue;
    }
    Walk walk;
    if (axis.kind == PlaceValue::Kind::all) {
      walk.extent = axis.size->extent();
      for (std::int64_t i = 0; i < walk.extent; ++i) walk.offsets.push_back(i * axis.stride);
      selection.shape.push_back(*axis.size);
    } else {
      walk.extent = static_cast<std::int64_t>(axis.index.size());
      for (const std::int32_t i : axis.index) walk.offsets.push_back(i * axis.stride);
      selection.shape.insert(selection.shape.end(), axis.shape.begin(), axis.shape.end());
    }
    walks.push_back(std::move(walk));
  }

  std::vector<std::int64_t> offsets = {start};
  for (const Walk& walk : walks) {
    std::vector<std::int64_t> next;
    next.reserve(offsets.size() * walk.offsets.size());
    for (const std::int64_t offset : offsets) {
      for (const std::int64_t step : walk.offsets) next.push_back(offset + step);
    }
    offsets = std::move(next);
  }
  selection.positions.assign(offsets.begin(), offsets.end());
  return selection;
}

}  // namespace vippl::runtime
