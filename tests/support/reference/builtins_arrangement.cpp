#include <algorithm>
#include <numeric>

#include "tests/support/reference/builtins.h"

namespace vippl::reference {

namespace {

using Kind = Tensor::Kind;

Builtin constant(double value) {
  return [value](const Arguments& a) {
    Shape shape;
    for (const Tensor& extent : a.positional) shape.push_back(extent.extent());
    return filled(shape, value);
  };
}

Tensor repeat(const Arguments& a) { return stack(std::vector<Tensor>(a[1].extent(), a[0])); }

Tensor as_column(const Arguments& a) {
  Tensor result = a[0];
  result.shape.push_back(1);
  return result;
}

Tensor flatten(const Arguments& a) {
  Tensor result = a[0];
  result.shape = {result.values.size()};
  return result;
}

Tensor reshape(const Arguments& a) {
  Tensor result = a[0];
  result.shape.clear();
  for (std::size_t i = 1; i < a.positional.size(); ++i) result.shape.push_back(a[i].extent());
  if (element_count(result.shape) != result.values.size()) {
    throw Error("reshape to another number of elements");
  }
  return result;
}

Tensor concat(const Arguments& a) {
  const std::size_t axis = a.named.contains("axis") ? a.named.at("axis").extent() : 1;
  if (axis == 2) {
    Arguments transposed;
    for (const Tensor& x : a.positional) transposed.positional.push_back(transpose(x));
    return transpose(concat(transposed));
  }
  Tensor result = a[0];
  for (std::size_t i = 1; i < a.positional.size(); ++i) {
    result.values.insert(result.values.end(), a[i].values.begin(), a[i].values.end());
    result.shape[0] += a[i].shape[0];
    result.kind = std::max(result.kind, a[i].kind);
  }
  return result;
}

Tensor reversed(const Tensor& x) {
  Tensor result = x;
  std::reverse(result.values.begin(), result.values.end());
  return result;
}

/// Places from 1 in the order of the elements.
Tensor order(const Arguments& a) {
  std::vector<double> places(a[0].values.size());
  std::iota(places.begin(), places.end(), 1.0);
  const auto value = [&](double place) { return a[0].values[static_cast<std::size_t>(place) - 1]; };
  std::stable_sort(places.begin(), places.end(),
                   [&](double i, double j) { return value(i) < value(j); });
  return vector(places, Kind::integer);
}

Tensor sorted(const Arguments& a) {
  Tensor result = a[0];
  std::sort(result.values.begin(), result.values.end());
  return result;
}

Tensor unique(const Arguments& a) {
  Tensor result = sorted(a);
  result.values.erase(std::unique(result.values.begin(), result.values.end()), result.values.end());
  result.shape = {result.values.size()};
  return result;
}

/// From 1; equal elements share the mean of their ranks.
Tensor rank(const Arguments& a) {
  const std::vector<double>& x = a[0].values;
  return map(a[0], [&](double value) {
    const auto less =
        std::count_if(x.begin(), x.end(), [&](double other) { return other < value; });
    const auto equal = std::count(x.begin(), x.end(), value);
    return static_cast<double>(less) + 0.5 * static_cast<double>(equal + 1);
  });
}

Tensor which(const Arguments& a) {
  std::vector<double> places;
  for (std::size_t i = 0; i < a[0].values.size(); ++i) {
    if (a[0].values[i] != 0) places.push_back(static_cast<double>(i + 1));
  }
  return vector(places, Kind::integer);
}

Tensor differences(const Tensor& x) {
  Tensor result = vector({}, x.kind);
  for (std::size_t i = 1; i < x.values.size(); ++i) {
    result.values.push_back(x.values[i] - x.values[i - 1]);
  }
  result.shape = {result.values.size()};
  return result;
}

/// x moved back by `by` places, with `start` where nothing moves in.
Tensor lag(const Arguments& a) {
  const std::size_t by = a.find(1, "by").value_or(scalar(1)).extent();
  const double start = a.find(2, "start").value_or(scalar(0)).item();
  return along(a[0], 1, [&](const Tensor& x) {
    Tensor result = x;
    for (std::size_t i = 0; i < x.values.size(); ++i) {
      result.values[i] = i < by ? start : x.values[i - by];
    }
    return result;
  });
}

Tensor outer(const Arguments& a) {
  Tensor column = a[0];
  column.shape.push_back(1);
  return map(column, a[1], std::multiplies<>());
}

Tensor size(const Arguments& a) {
  const std::optional<Tensor> axis = a.find(1, "axis");
  const std::size_t count = axis ? a[0].shape.at(axis->extent() - 1) : a[0].values.size();
  return scalar(static_cast<double>(count), Kind::integer);
}

std::size_t level_count(const Tensor& groups) {
  if (!groups.levels.empty()) return groups.levels.size();
  return static_cast<std::size_t>(*std::max_element(groups.values.begin(), groups.values.end()));
}

/// A row per element, a column per level from `first` on.
Tensor indicators(const Tensor& groups, std::size_t first, std::size_t count) {
  Tensor result = filled({groups.values.size(), count + 1 - first}, 0);
  for (std::size_t i = 0; i < groups.values.size(); ++i) {
    for (std::size_t k = first; k <= count; ++k) {
      result.values[i * (count + 1 - first) + k - first] =
          groups.values[i] == static_cast<double>(k) ? 1 : 0;
    }
  }
  return result;
}

/// segment_sum(x, group, K) and its like: `f` of the elements of each group, column by column for a
/// matrix.
Builtin by_group(const std::function<double(const std::vector<double>&)>& f) {
  return [f](const Arguments& a) {
    return along(a[0], 1, [&](const Tensor& x) {
      std::vector<std::vector<double>> members(a[2].extent());
      for (std::size_t i = 0; i < x.values.size(); ++i) {
        members.at(static_cast<std::size_t>(a[1].values[i]) - 1).push_back(x.values[i]);
      }
      std::vector<double> results;
      for (const std::vector<double>& group : members) results.push_back(f(group));
      return vector(results);
    });
  };
}

double sum(const std::vector<double>& x) { return std::accumulate(x.begin(), x.end(), 0.0); }

}  // namespace

Builtins arrangement_builtins() {
  return {
      {"zeros", constant(0)},
      {"ones", constant(1)},
      {"repeat", repeat},
      {"as_column", as_column},
      {"flatten", flatten},
      {"reshape", reshape},
      {"concat", concat},
      {"reverse", [](const Arguments& a) { return along(a[0], 1, reversed); }},
      {"order", order},
      {"sort", sorted},
      {"unique", unique},
      {"rank", rank},
      {"which", which},
      {"diff", [](const Arguments& a) { return along(a[0], 1, differences); }},
      {"lag", lag},
      {"outer", outer},
      {"size", size},
      {"rows",
       [](const Arguments& a) {
         return scalar(static_cast<double>(a[0].shape.at(0)), Kind::integer);
       }},
      {"columns_of",
       [](const Arguments& a) {
         return scalar(static_cast<double>(a[0].shape.at(1)), Kind::integer);
       }},
      {"one_hot",
       [](const Arguments& a) {
         return indicators(a[0], 1, a.positional.size() > 1 ? a[1].extent() : level_count(a[0]));
       }},
      {"dummies", [](const Arguments& a) { return indicators(a[0], 2, level_count(a[0])); }},
      {"segment_sum", by_group(sum)},
      {"segment_mean", by_group([](const std::vector<double>& x) {
         return sum(x) / static_cast<double>(x.size());
       })},
      {"segment_max", by_group([](const std::vector<double>& x) {
         return *std::max_element(x.begin(), x.end());
       })},
  };
}

}  // namespace vippl::reference
