#include "runtime/elementwise_operation.h"

#include <cmath>
#include <string>

#include "tests/support/operation_check.h"

namespace vippl::runtime {

namespace {

using testing::check_operation;
using testing::OperationInput;
using testing::run_operation;

// y = a b exp(c)
void product_kernel(std::size_t count, const KernelArgument* x, double* values,
                    double* const* partials) {
  for (std::size_t i = 0; i < count; ++i) {
    const double a = x[0][i];
    const double b = x[1][i];
    const double e = std::exp(x[2][i]);
    values[i] = a * b * e;
    if (partials == nullptr) continue;
    if (partials[0] != nullptr) partials[0][i] = b * e;
    if (partials[1] != nullptr) partials[1][i] = a * e;
    if (partials[2] != nullptr) partials[2][i] = a * b * e;
  }
}

// y = 1 / a: its derivative at 0 is not finite.
void inverse_kernel(std::size_t count, const KernelArgument* x, double* values,
                    double* const* partials) {
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = 1 / x[0][i];
    if (partials != nullptr && partials[0] != nullptr) partials[0][i] = -values[i] * values[i];
  }
}

std::vector<double> random_values(Index count, std::uint32_t stream) {
  Rng rng(7, Purpose::test, stream);
  std::vector<double> values(static_cast<std::size_t>(count));
  rng.fill_normal(values);
  return values;
}

struct Case {
  std::vector<Index> extents[3];
  std::vector<Index> full;
};

const Case cases[] = {
    {{{}, {}, {}}, {}},
    {{{5}, {}, {5}}, {5}},
    {{{}, {700}, {}}, {700}},
    {{{2, 3}, {3}, {2, 1}}, {2, 3}},
    {{{4, 1, 3}, {2, 1}, {}}, {4, 2, 3}},
    {{{100, 3}, {3}, {100, 1}}, {100, 3}},
    {{{100, 4}, {4}, {100, 1}}, {100, 4}},  // as often as it fits into what is done at once
    {{{41, 8}, {8}, {41, 1}}, {41, 8}},
    {{{0}, {}, {0}}, {0}},
};

template <class Body>
void for_each_mix(Body&& body) {
  for (const Case& test : cases) {
    for (const Index lanes : {1, 3, 8, 300}) {
      if (lanes == 300 && element_count(test.full) > 10)
        continue;  // differences at every point take their time
      for (int mix = 0; mix < 8; ++mix) {
        std::vector<ElementwiseInput> inputs;
        std::vector<OperationInput> data;
        for (unsigned k = 0; k < 3; ++k) {
          const bool fixed = ((mix >> k) & 1) != 0;
          const Index size = element_count(test.extents[k]);
          inputs.push_back({make_broadcast(test.extents[k], test.full), size, fixed});
          data.push_back({random_values(fixed ? size : size * lanes, k), size, fixed});
        }
        CAPTURE(mix);
        CAPTURE(lanes);
        body(test, lanes, std::move(inputs), data);
      }
    }
  }
}

double expected_value(const Case& test, const std::vector<OperationInput>& data, Index lanes,
                      Index lane, Index i) {
  double x[3];
  for (std::size_t k = 0; k < 3; ++k) {
    const Index element = make_broadcast(test.extents[k], test.full)[i];
    x[k] =
        data[k].values[static_cast<std::size_t>(data[k].fixed ? element : element * lanes + lane)];
  }
  return x[0] * x[1] * std::exp(x[2]);
}

}  // namespace

TEST_CASE("make_broadcast aligns at the last dimensions and stretches") {
  const Index full[] = {2, 3};
  CHECK(make_broadcast(full, full).kind == Broadcast::Kind::full);
  CHECK(make_broadcast({}, full).kind == Broadcast::Kind::scalar);
  const Index row[] = {3};
  CHECK(make_broadcast(row, full).index == std::vector<std::int32_t>{0, 1, 2, 0, 1, 2});
  const Index column[] = {2, 1};
  CHECK(make_broadcast(column, full).index == std::vector<std::int32_t>{0, 0, 0, 1, 1, 1});
}

TEST_CASE(
    "an elementwise operation computes every element and its derivatives, however its inputs are "
    "laid out") {
  for_each_mix([](const Case& test, Index lanes, std::vector<ElementwiseInput> inputs,
                  const std::vector<OperationInput>& data) {
    const Index size = element_count(test.full);
    const ElementwiseOperation operation("product", &product_kernel, std::move(inputs), size);
    const std::vector<double> out = run_operation(operation, data, size, lanes).out;
    for (Index i = 0; i < size; ++i) {
      for (Index b = 0; b < lanes; ++b) {
        CHECK(out[static_cast<std::size_t>(i * lanes + b)] ==
              doctest::Approx(expected_value(test, data, lanes, b, i)).epsilon(1e-12));
      }
    }
    if (size <= 24) check_operation(operation, data, size, lanes);
  });
}

TEST_CASE("a summed operation adds every element up, and its derivatives agree with differences") {
  for_each_mix([](const Case& test, Index lanes, std::vector<ElementwiseInput> inputs,
                  const std::vector<OperationInput>& data) {
    const Index size = element_count(test.full);
    const SummedElementwise operation("product", &product_kernel, std::move(inputs), size);
    const std::vector<double> out = run_operation(operation, data, 1, lanes).out;
    for (Index b = 0; b < lanes; ++b) {
      double sum = 0;
      for (Index i = 0; i < size; ++i) sum += expected_value(test, data, lanes, b, i);
      CHECK(out[static_cast<std::size_t>(b)] == doctest::Approx(sum).epsilon(1e-11));
    }
    if (size <= 24) check_operation(operation, data, 1, lanes);
  });
}

TEST_CASE("what has a zero adjoint sends no NaN to the gradient") {
  const ElementwiseOperation operation("inverse", &inverse_kernel, {{{}, 2, false}}, 2);
  const std::vector<OperationInput> inputs = {{{0.0, 2.0}, 2, false}};
  const auto result = run_operation(operation, inputs, 2, 1, {0.0, 1.0});
  CHECK(result.adjoints[0][0] == 0);
  CHECK(result.adjoints[0][1] == -0.25);
}

TEST_CASE("an operation without latent inputs has no derivative") {
  CHECK_FALSE(
      ElementwiseOperation("inverse", &inverse_kernel, {{{}, 2, true}}, 2).is_differentiable());
  CHECK(ElementwiseOperation("inverse", &inverse_kernel, {{{}, 2, false}}, 2).is_differentiable());
}

}  // namespace vippl::runtime
