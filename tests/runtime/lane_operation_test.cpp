#include <cmath>

#include "runtime/lanes.h"
#include "runtime/map_operation.h"
#include "tests/support/operation_check.h"

namespace vippl::runtime {

namespace {

using testing::check_operation;
using testing::OperationInput;
using testing::run_operation;

// out = (sum of a) * b, elementwise in b; keeps the sum in its scratch.
class Scaled final : public LaneOperation {
 public:
  Scaled(Index a, Index b) : LaneOperation({a, b}, b) {}
  std::string_view name() const override { return "scaled"; }

 protected:
  Index lane_scratch_size() const override { return 1; }
  void forward_lane(std::span<const double* const> in, double* out,
                    double* scratch) const override {
    *scratch = 0;
    for (Index i = 0; i < input_size(0); ++i) *scratch += in[0][i];
    for (Index i = 0; i < output_size(); ++i) out[i] = *scratch * in[1][i];
  }
  void backward_lane(std::span<const double* const> in, const double*, const double* out_adjoint,
                     std::span<double* const> in_adjoint, double* scratch) const override {
    for (Index j = 0; j < output_size(); ++j) {
      if (in_adjoint[1] != nullptr) in_adjoint[1][j] += *scratch * out_adjoint[j];
      for (Index i = 0; in_adjoint[0] != nullptr && i < input_size(0); ++i) {
        in_adjoint[0][i] += in[1][j] * out_adjoint[j];
      }
    }
  }
};

std::vector<double> numbers(Index count, double first) {
  std::vector<double> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = std::sin(first + static_cast<double>(i));
  return values;
}

}  // namespace

TEST_CASE("a lane operation sees the arrays of one lane, fixed or latent") {
  const Scaled operation(3, 4);
  for (const Index lanes : {1, 3, 8}) {
    for (int mix = 0; mix < 4; ++mix) {
      const bool fixed_a = (mix & 1) != 0;
      const bool fixed_b = (mix & 2) != 0;
      const std::vector<OperationInput> inputs = {
          {numbers(3 * (fixed_a ? 1 : lanes), 1), 3, fixed_a},
          {numbers(4 * (fixed_b ? 1 : lanes), 2), 4, fixed_b}};
      CAPTURE(lanes);
      CAPTURE(mix);
      const std::vector<double> out = run_operation(operation, inputs, 4, lanes).out;
      for (std::size_t b = 0; b < static_cast<std::size_t>(lanes); ++b) {
        const auto width = static_cast<std::size_t>(lanes);
        double sum = 0;
        for (std::size_t i = 0; i < 3; ++i) sum += inputs[0].values[fixed_a ? i : i * width + b];
        CHECK(out[2 * width + b] ==
              doctest::Approx(sum * inputs[1].values[fixed_b ? 2 : 2 * width + b]));
      }
      check_operation(operation, inputs, 4, lanes);
    }
  }
}

TEST_CASE("a map applies its kernel to every element of every lane") {
  const MapOperation operation(
      "exp",
      [](std::size_t n, const double* x, double* y) {
        for (std::size_t i = 0; i < n; ++i) y[i] = std::exp(x[i]);
      },
      [](std::size_t n, const double*, const double* y, const double* y_adjoint,
         double* x_adjoint) {
        for (std::size_t i = 0; i < n; ++i) x_adjoint[i] += y[i] * y_adjoint[i];
      },
      300);
  for (const Index lanes : {1, 3, 8}) {
    for (const bool fixed : {false, true}) {
      const std::vector<OperationInput> inputs = {
          {numbers(300 * (fixed ? 1 : lanes), 1), 300, fixed}};
      const std::vector<double> out = run_operation(operation, inputs, 300, lanes).out;
      const auto width = static_cast<std::size_t>(lanes);
      for (std::size_t i = 0; i < out.size(); ++i) {
        CHECK(out[i] == std::exp(inputs[0].values[fixed ? i / width : i]));
      }
      const std::vector<double> ones(out.size(), 1.0);
      const auto result = run_operation(operation, inputs, 300, lanes, ones);
      if (!fixed) CHECK(result.adjoints[0][7] == doctest::Approx(out[7]));
    }
  }
}

TEST_CASE("sums over elements keep the lanes apart, for any number of elements") {
  for (const Index lanes : {1, 2, 8}) {
    for (const Index count : {0, 1, 7, 8, 9, 100}) {
      const std::vector<double> x = numbers(count * lanes, 0);
      std::vector<double> sums(static_cast<std::size_t>(lanes), 0.5);
      add_over_elements(x.data(), count, lanes, sums.data());
      for (Index b = 0; b < lanes; ++b) {
        double expected = 0.5;
        for (Index i = 0; i < count; ++i) expected += x[static_cast<std::size_t>(i * lanes + b)];
        CHECK(sums[static_cast<std::size_t>(b)] == doctest::Approx(expected).epsilon(1e-13));
      }
    }
  }
}

}  // namespace vippl::runtime
