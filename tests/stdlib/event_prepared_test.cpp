#include <doctest/doctest.h>

#include "stdlib/registry.h"
#include "tests/stdlib/distribution_points.h"

// What a density computes once from data changes how long it takes, and nothing else.

using namespace vippl;
using runtime::EventArgument;

namespace {

using Elements = std::vector<double>;

struct Result {
  double value = 0;
  std::vector<Elements> gradient;
};

Result evaluate(const runtime::Distribution& distribution, const tests::EventPoint& point,
                std::span<const double> prepared) {
  Result result;
  for (const Elements& values : point.arguments) result.gradient.emplace_back(values.size());
  std::vector<EventArgument> arguments;
  for (std::size_t k = 0; k < point.arguments.size(); ++k)
    arguments.push_back(
        {point.arguments[k].data(), result.gradient[k].data(), 0, point.extents[k]});
  Elements scratch(static_cast<std::size_t>(distribution.event_scratch(1, arguments)));
  const double weight = 1.5;
  distribution.event_density({1, arguments, &result.value, &weight, scratch.data(), prepared});
  return result;
}

Elements prepare(const runtime::Distribution& distribution, const tests::EventPoint& point) {
  std::vector<EventArgument> known;
  for (std::size_t k = 0; k < point.arguments.size(); ++k) {
    const bool is_data = !tests::is_continuous(distribution, k);
    known.push_back({is_data ? point.arguments[k].data() : nullptr, nullptr, 0, point.extents[k]});
  }
  return distribution.event_prepare(known);
}

}  // namespace

TEST_CASE("densities with something prepared are those without") {
  int walked = 0;
  for (const runtime::Distribution* distribution : stdlib::registry().distributions()) {
    if (distribution->event_prepare == nullptr) continue;
    ++walked;
    for (const runtime::Index size : {2, 5}) {
      for (const tests::EventPoint& point : tests::event_points(*distribution, size, 4)) {
        INFO(distribution->facts.name, ", size ", size);
        const Elements prepared = prepare(*distribution, point);
        REQUIRE_FALSE(prepared.empty());
        const Result plain = evaluate(*distribution, point, {});
        const Result quick = evaluate(*distribution, point, prepared);
        CHECK(quick.value == doctest::Approx(plain.value).epsilon(1e-12));
        for (std::size_t a = 0; a < plain.gradient.size(); ++a)
          for (std::size_t i = 0; i < plain.gradient[a].size(); ++i)
            CHECK(quick.gradient[a][i] == doctest::Approx(plain.gradient[a][i]).epsilon(1e-10));
      }
    }
  }
  CHECK(walked > 0);
}

TEST_CASE("car: a triangle with a tail, at the ends of the dependence and beyond") {
  const runtime::Distribution& car = *stdlib::registry().distribution("car");
  // Edges 1-2, 2-3, 1-3, 3-4. The least eigenvalue of the scaled adjacency is above -1.
  tests::EventPoint point = {
      {{0.4, -1, 0.3, 2}, {0, 0, 0, 1}, {1.3}, {0.5}, {1, 2, 1, 3}, {2, 3, 3, 4}},
      {{4}, {4}, {}, {}, {4}, {4}}};
  const Elements prepared = prepare(car, point);
  REQUIRE(prepared.size() == 5);
  for (const double dependence : {-1.05, -0.9, 0.0, 0.5, 0.999, 1.001}) {
    CAPTURE(dependence);
    point.arguments[3][0] = dependence;
    const Result plain = evaluate(car, point, {});
    const Result quick = evaluate(car, point, prepared);
    CHECK(std::isfinite(plain.value) == std::isfinite(quick.value));
    CHECK(std::isfinite(plain.value) == (dependence < 1));
    if (std::isfinite(plain.value)) {
      CHECK(quick.value == doctest::Approx(plain.value).epsilon(1e-10));
      CHECK(quick.gradient[3][0] == doctest::Approx(plain.gradient[3][0]).epsilon(1e-8));
    }
  }
  // A node without a neighbour has no proper density either way.
  point.arguments[4] = {1, 2, 1, 1};
  point.arguments[5] = {2, 3, 3, 2};
  CHECK(prepare(car, point).empty());
  CHECK_FALSE(std::isfinite(evaluate(car, point, {}).value));
}
