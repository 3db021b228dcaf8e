#include "runtime/operators.h"

#include <vector>

#include "runtime/broadcast.h"
#include "runtime/contraction.h"
#include "runtime/rearrange.h"
#include "tests/support/operation_check.h"

namespace vippl::runtime {

namespace {

using lang::ast::BinaryOperator;
using testing::check_operation;
using testing::OperationInput;
using testing::run_operation;

// Positive, so that every operator is defined and smooth.
OperationInput random_input(const std::vector<Index>& extents, bool fixed, Index lanes,
                            std::uint32_t stream) {
  Rng rng(3, Purpose::test, stream);
  OperationInput input;
  input.size = element_count(extents);
  input.fixed = fixed;
  input.values.resize(static_cast<std::size_t>(input.size * (fixed ? 1 : lanes)));
  for (double& value : input.values) value = 0.5 + rng.uniform();
  return input;
}

struct Shapes {
  std::vector<Index> a;
  std::vector<Index> b;
  std::vector<Index> result;
};

}  // namespace

TEST_CASE("every operator broadcasts, runs in lanes, and has the right derivative") {
  const Shapes shapes[] = {{{}, {}, {}},
                           {{4}, {}, {4}},
                           {{}, {4}, {4}},
                           {{4}, {4}, {4}},
                           {{3, 4}, {4}, {3, 4}},
                           {{4}, {3, 1}, {3, 4}},
                           {{2, 1, 3}, {4, 1}, {2, 4, 3}},
                           {{0}, {}, {0}}};
  const BinaryOperator operators[] = {BinaryOperator::add, BinaryOperator::subtract,
                                      BinaryOperator::multiply, BinaryOperator::divide,
                                      BinaryOperator::power};
  for (const BinaryOperator op : operators) {
    for (const Shapes& shape : shapes) {
      for (const Index lanes : {1, 3, 8}) {
        for (const auto& [fixed_a, fixed_b] :
             {std::pair{false, false}, {true, false}, {false, true}}) {
          const auto operation = make_binary(op, shape.a, shape.b, shape.result);
          check_operation(
              *operation,
              {random_input(shape.a, fixed_a, lanes, 0), random_input(shape.b, fixed_b, lanes, 1)},
              element_count(shape.result), lanes);
        }
      }
    }
  }
}

TEST_CASE("comparisons and logic give 0 and 1 and carry no derivative") {
  CHECK(apply_operator(BinaryOperator::less, 1, 2) == 1);
  CHECK(apply_operator(BinaryOperator::less_equal, 2, 2) == 1);
  CHECK(apply_operator(BinaryOperator::greater, 1, 2) == 0);
  CHECK(apply_operator(BinaryOperator::greater_equal, 1, 2) == 0);
  CHECK(apply_operator(BinaryOperator::equal, 2, 2) == 1);
  CHECK(apply_operator(BinaryOperator::not_equal, 2, 2) == 0);
  CHECK(apply_operator(BinaryOperator::logical_and, 1, 0) == 0);
  CHECK(apply_operator(BinaryOperator::logical_or, 1, 0) == 1);
  CHECK_FALSE(make_binary(BinaryOperator::less, {}, {}, {})->is_differentiable());
}

TEST_CASE("a square has a derivative at zero and at negative numbers") {
  for (const double x : {-2.0, 0.0, 3.0}) {
    const auto result = run_operation(*make_binary(BinaryOperator::power, {}, {}, {}),
                                      {{{x}, 1, false}, {{2.0}, 1, true}}, 1, 1, {1.0});
    CHECK(result.out[0] == x * x);
    CHECK(result.adjoints[0][0] == 2 * x);
  }
}

TEST_CASE("what a choice has not chosen affects neither value nor gradient") {
  const std::vector<Index> shape = {2};
  const auto choice = make_choice(shape, shape, shape, shape);
  const auto result =
      run_operation(*choice, {{{1, 0}, 2, true}, {{5, INFINITY}, 2, false}, {{NAN, 7}, 2, false}},
                    2, 1, {1.0, 1.0});
  CHECK(result.out == std::vector<double>{5, 7});
  CHECK(result.adjoints[1] == std::vector<double>{1, 0});
  CHECK(result.adjoints[2] == std::vector<double>{0, 1});
}

TEST_CASE("an unchosen branch of infinite slope leaves the gradient finite") {
  // sqrt-like slope: 0 * infinity must not become NaN on its way back.
  const auto divide = make_binary(BinaryOperator::divide, {}, {}, {});
  const auto result = run_operation(*divide, {{{1.0}, 1, true}, {{0.0}, 1, false}}, 1, 1, {0.0});
  CHECK(result.adjoints[1][0] == 0);
}

TEST_CASE("`@` contracts every pair of shapes of the table") {
  const Shapes shapes[] = {{{4}, {4}, {}},
                           {{4}, {4, 3}, {3}},
                           {{4}, {2, 4, 3}, {2, 3}},
                           {{5, 4}, {4}, {5}},
                           {{5, 4}, {4, 3}, {5, 3}},
                           {{5, 4}, {2, 4, 3}, {2, 5, 3}},
                           {{2, 5, 4}, {4}, {2, 5}},
                           {{2, 5, 4}, {4, 3}, {2, 5, 3}},
                           {{2, 5, 4}, {2, 4, 3}, {2, 5, 3}},
                           {{0, 4}, {4}, {0}},
                           {{5, 0}, {0}, {5}}};
  for (const Shapes& shape : shapes) {
    for (const Index lanes : {1, 3, 8}) {
      for (const auto& [fixed_a, fixed_b] :
           {std::pair{false, false}, {true, false}, {false, true}}) {
        check_operation(
            *make_contraction(shape.a, shape.b),
            {random_input(shape.a, fixed_a, lanes, 0), random_input(shape.b, fixed_b, lanes, 1)},
            element_count(shape.result), lanes);
      }
    }
  }
  const auto product =
      run_operation(*make_contraction(std::vector<Index>{2, 3}, std::vector<Index>{3}),
                    {{{1, 2, 3, 4, 5, 6}, 6, true}, {{1, 0, -1}, 3, true}}, 2, 1);
  CHECK(product.out == std::vector<double>{-2, -2});
}

TEST_CASE("rearrangements move elements and their adjoints") {
  for (const Index lanes : {1, 3, 8}) {
    const OperationInput x = random_input({6}, false, lanes, 0);
    const OperationInput y = random_input({3}, false, lanes, 1);
    const OperationInput fixed = random_input({2}, true, lanes, 2);
    check_operation(*make_slice(2, 3), {x}, 3, lanes);
    check_operation(*make_gather({5, 0, 0, 3}), {x}, 4, lanes);
    check_operation(*make_gather_by_input(3), {x, {{4, 1, 1}, 3, true}}, 3, lanes);
    check_operation(*make_assemble({{0, 1, 2}, {2, 0, 2}, {1, 2, 1}, {0, 0, 1}}), {x, y, fixed}, 6,
                    lanes);
    check_operation(*make_sum(), {x}, 1, lanes);
    check_operation(*make_sum(), {fixed}, 1, lanes);
  }
  CHECK(transpose_index(std::vector<Index>{2, 3}) == std::vector<std::int32_t>{0, 3, 1, 4, 2, 5});
}

}  // namespace vippl::runtime
