#include <algorithm>
#include <set>

#include "tests/stdlib/function_reference_cases.h"

namespace vippl::testing {

TEST_CASE("functions agree with numpy, scipy and mpmath") {
  for (const ReferenceCase& test : reference_cases()) {
    CAPTURE(test.name);
    const runtime::Function* function = stdlib::registry().function(test.name);
    REQUIRE(function != nullptr);
    const lang::Signature& facts = function->facts;
    REQUIRE((facts.variadic || test.arguments.size() == facts.parameters.size()));
    const std::vector<double> out = evaluate_call(test.name, test.arguments);
    REQUIRE(out.size() == test.expected.size());
    // Elements of an array that is computed as a whole share its error; others have their own.
    double largest = 0;
    for (const double expected : test.expected)
      if (std::isfinite(expected)) largest = std::max(largest, std::abs(expected));
    const bool is_elementwise =
        std::ranges::all_of(facts.parameters, [](const auto& p) { return p.shape == "..."; });
    for (std::size_t i = 0; i < out.size(); ++i) {
      CAPTURE(i);
      const double expected = test.expected[i];
      if (std::isinf(expected)) {
        CHECK(out[i] == expected);
      } else {
        CHECK(std::abs(out[i] - expected) <=
              1e-12 * (is_elementwise ? std::abs(expected) : 1 + largest));
      }
    }
  }
}

TEST_CASE("every function has a reference value") {
  // Pseudorandom numbers of our own, which no other source has; function_values_test.cpp tests
  // their size and spread.
  const std::set<std::string_view> without_source = {"mlp_start"};
  for (const runtime::Function* function : stdlib::registry().functions()) {
    const std::string_view name = function->facts.name;
    CAPTURE(name);
    const bool has_one = std::ranges::any_of(
        reference_cases(), [&](const ReferenceCase& test) { return test.name == name; });
    CHECK(has_one != without_source.contains(name));
  }
}

}  // namespace vippl::testing
