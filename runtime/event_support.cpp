#include "runtime/event_support.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

namespace vippl::runtime {

namespace {

using Kind = lang::Support::Kind;

std::optional<std::string> problem_of(const TransformShape& shape, std::span<const double> x,
                                      std::span<double> z) {
  // unconstrain would print a NaN with a sign that says nothing.
  const auto bad = std::find_if(x.begin(), x.end(), [](double entry) { return std::isnan(entry); });
  if (bad != x.end()) return fmt::format("entry {} is NaN", bad - x.begin() + 1);
  if (shape.kind != Kind::simplex) return unconstrain(shape, {}, x, z);
  const auto negative = std::find_if(x.begin(), x.end(), [](double entry) { return entry < 0; });
  if (negative != x.end()) {
    return fmt::format("entry {} is {:.10g}, less than 0", negative - x.begin() + 1, *negative);
  }
  if (std::find(x.begin(), x.end(), 0.0) == x.end()) return unconstrain(shape, {}, x, z);
  // A face of a simplex is the simplex of the entries that are left.
  std::vector<double> rest;
  std::copy_if(x.begin(), x.end(), std::back_inserter(rest),
               [](double entry) { return entry != 0; });
  if (rest.empty()) return "the sum is 0, not 1";
  return unconstrain({Kind::simplex, 1, static_cast<Index>(rest.size())}, {}, rest,
                     z.first(rest.size() - 1));
}

}  // namespace

Index event_entries(Kind kind, Index k) { return constrained_size({kind, 1, k}); }

std::optional<EventProblem> first_outside(Kind kind, Index k, std::span<const double> x) {
  const TransformShape shape{kind, 1, k};
  const auto entries = static_cast<std::size_t>(constrained_size(shape));
  if (entries == 0) return std::nullopt;
  std::vector<double> z(static_cast<std::size_t>(unconstrained_size(shape)));
  for (std::size_t i = 0; i * entries < x.size(); ++i) {
    if (auto problem = problem_of(shape, x.subspan(i * entries, entries), z)) {
      return EventProblem{static_cast<Index>(i), *std::move(problem)};
    }
  }
  return std::nullopt;
}

}  // namespace vippl::runtime
