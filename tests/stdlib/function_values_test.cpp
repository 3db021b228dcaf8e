#include <numbers>

#include "tests/support/function_call.h"

// Values of functions against hand computations or reference values, and what they answer to wrong
// arguments.

namespace vippl::testing {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

struct ValueCase {
  std::string_view name;
  std::vector<Array> arguments;
  std::vector<double> expected;
};

void check_values(const std::vector<ValueCase>& cases) {
  for (const ValueCase& test : cases) {
    CAPTURE(test.name);
    const std::vector<double> out = evaluate_call(test.name, test.arguments);
    REQUIRE(out.size() == test.expected.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      INFO("element ", i, " is ", out[i], ", should be ", test.expected[i]);
      CHECK(agree(out[i], test.expected[i], 1e-12));
    }
  }
}

// 2 x 3: [1 2 3; 4 5 6]
const Array counting = matrix(2, 3, {1, 2, 3, 4, 5, 6});

}  // namespace

TEST_CASE("elementary and special functions have known values") {
  check_values({
      {"abs", {vector({-2, 0, 3})}, {2, 0, 3}},
      {"sign", {vector({-2, 0, 3})}, {-1, 0, 1}},
      {"round", {vector({-2.5, 0.5, 1.4})}, {-3, 1, 1}},
      {"floor", {vector({-2.5, 1.9})}, {-3, 1}},
      {"ceil", {vector({-2.5, 1.1})}, {-2, 2}},
      {"div", {ints({7, -7}), whole(2)}, {3, -4}},
      {"mod", {ints({7, -7}), whole(2)}, {1, 1}},
      {"clamp", {vector({-1, 0.5, 9}), number(0), number(1)}, {0, 0.5, 1}},
      {"atan2", {number(1), number(-1)}, {0.75 * std::numbers::pi}},
      {"log", {number(0)}, {-infinity}},
      {"logit", {number(0.75)}, {std::log(3)}},
      {"inv_logit", {vector({-800, 0, 800})}, {0, 0.5, 1}},
      {"log_inv_logit", {vector({-800, 800})}, {-800, 0}},
      {"log1m_exp", {vector({-1e-20, -1})}, {std::log(1e-20), std::log1p(-std::exp(-1))}},
      {"phi", {number(1.959963984540054)}, {0.975}},
      {"inv_phi", {number(0.975)}, {1.959963984540054}},
      {"gamma", {vector({5, 0.5})}, {24, std::sqrt(std::numbers::pi)}},
      {"digamma", {number(1)}, {-std::numbers::egamma}},
      {"beta", {number(2), number(3)}, {1.0 / 12}},
      {"choose", {ints({5, 50, 3}), ints({2, 25, 4})}, {10, 126410606437752, 0}},
      {"log_choose", {number(5), number(2)}, {std::log(10)}},
      {"bessel_i", {whole(1), number(2)}, {1.5906368546373291}},
      {"bessel_k", {whole(0), number(2)}, {0.11389387274953344}},
      {"softplus", {vector({-800, 0, 800})}, {0, std::numbers::ln2, 800}},
      {"relu", {vector({-1, 2})}, {0, 2}},
      {"pi", {}, {std::numbers::pi}},
      {"infinity", {}, {infinity}},
  });
}

TEST_CASE("reductions take all elements, or a dimension away") {
  check_values({
      {"sum", {counting, absent}, {21}},
      {"sum", {counting, whole(1)}, {5, 7, 9}},
      {"sum", {counting, whole(2)}, {6, 15}},
      {"sum", {vector({}), absent}, {0}},
      {"prod", {counting, whole(2)}, {6, 120}},
      {"mean", {counting, whole(1)}, {2.5, 3.5, 4.5}},
      {"variance", {vector({1, 2, 4}), absent}, {7.0 / 3}},
      {"variance", {vector({1e9 + 1, 1e9 + 2, 1e9 + 3}), absent}, {1}},
      {"sd", {counting, whole(2)}, {1, 1}},
      {"min", {counting, absent}, {1}},
      {"max", {counting, whole(1)}, {4, 5, 6}},
      {"max", {vector({1, not_a_number, 2}), absent}, {not_a_number}},
      {"median", {vector({3, 1, 2, 10}), absent}, {2.5}},
      {"median", {counting, whole(1)}, {2.5, 3.5, 4.5}},
      {"quantile", {vector({4, 1, 3, 2}), vector({0, 0.25, 1}), absent}, {1, 1.75, 4}},
      {"norm", {vector({3, 4}), absent}, {5}},
      {"log_sum_exp", {vector({1000, 1000}), absent}, {1000 + std::numbers::ln2}},
      {"log_sum_exp", {vector({-infinity, -infinity}), absent}, {-infinity}},
      {"any", {vector({0, 0, 1}), absent}, {1}},
      {"all", {vector({1, 0, 1}), absent}, {0}},
      {"count", {vector({1, 0, 1}), absent}, {2}},
      {"cumsum", {counting, whole(1)}, {1, 2, 3, 5, 7, 9}},
      {"cumsum", {vector({1, 2, 3}), absent}, {1, 3, 6}},
      {"cumprod", {counting, whole(2)}, {1, 2, 6, 4, 20, 120}},
  });
}

TEST_CASE("the product of a vector with one zero has the derivative of the others there") {
  const RecordedCall call = record_call("prod", {vector({2, 0, 5}), absent}, 1);
  const OperationResult result = run_operation(*call.operation, {{{2, 0, 5}, 3, false}}, 1, 1, {1});
  CHECK(result.adjoints[0] == std::vector<double>{0, 10, 0});
}

TEST_CASE("arrangements move elements to their places") {
  check_values({
      {"zeros", {whole(2), whole(2)}, {0, 0, 0, 0}},
      {"ones", {whole(3)}, {1, 1, 1}},
      {"repeat", {vector({1, 2}), whole(2)}, {1, 2, 1, 2}},
      {"identity", {whole(2)}, {1, 0, 0, 1}},
      {"diagonal", {matrix(2, 2, {1, 2, 3, 4})}, {1, 4}},
      {"diagonal_matrix", {vector({1, 2})}, {1, 0, 0, 2}},
      {"concat", {vector({1}), vector({2, 3}), absent}, {1, 2, 3}},
      {"concat", {counting, matrix(2, 1, {7, 8}), whole(2)}, {1, 2, 3, 7, 4, 5, 6, 8}},
      {"reverse", {counting, absent}, {4, 5, 6, 1, 2, 3}},
      {"reverse", {counting, whole(2)}, {3, 2, 1, 6, 5, 4}},
      {"diff", {vector({1, 4, 9})}, {3, 5}},
      {"diff", {counting}, {3, 3, 3}},
      {"lag", {vector({1, 2, 3}), whole(1), number(-1)}, {-1, 1, 2}},
      {"lag", {vector({1, 2, 3}), whole(9), number(0)}, {0, 0, 0}},
      {"outer", {vector({1, 2}), vector({3, 4})}, {3, 4, 6, 8}},
      {"rows", {counting}, {2}},
      {"columns_of", {counting}, {3}},
      {"size", {counting, absent}, {6}},
      {"size", {counting, whole(2)}, {3}},
      {"sort", {vector({3, 1, 2})}, {1, 2, 3}},
      {"order", {vector({3, 1, 2})}, {2, 3, 1}},
      {"rank", {vector({3, 1, 3, 2})}, {3.5, 1, 3.5, 2}},
      {"unique", {vector({3, 1, 3})}, {1, 3}},
      {"which", {vector({0, 1, 1})}, {2, 3}},
  });
  CHECK(record_call("as_column", {vector({1, 2})}).result.shape.size() == 2);
  CHECK(record_call("reshape", {counting, whole(3), whole(2), absent}).result.shape.size() == 2);
  CHECK(record_call("flatten", {counting}).out_size == 6);
}

TEST_CASE("sizes carry their formula") {
  lang::ArgumentType x;
  x.given = true;
  x.fixed = false;
  x.shape = {lang::Size::named("n"), lang::Size::named("p")};
  const auto size_of = [&](std::string_view name) {
    const lang::Signature& facts = stdlib::registry().function(name)->facts;
    const std::vector<lang::ArgumentType> arguments = {x, {}};
    auto result = lang::infer(facts, std::span(arguments).first(facts.parameters.size()));
    return std::get<lang::ResultType>(result).size.value().text();
  };
  CHECK(size_of("rows") == "n");
  CHECK(size_of("columns_of") == "p");
  CHECK(size_of("size") == "n * p");
}

TEST_CASE("groups are summed, averaged and spread over columns") {
  check_values({
      {"segment_sum", {vector({1, 2, 4}), ints({2, 1, 2}), whole(3)}, {2, 5, 0}},
      {"segment_sum", {counting, ints({2, 2}), whole(2)}, {0, 0, 0, 5, 7, 9}},
      {"segment_mean", {vector({1, 2, 4}), ints({2, 1, 2}), whole(2)}, {2, 2.5}},
      {"segment_max", {vector({1, 2, 4}), ints({2, 1, 2}), whole(3)}, {2, 4, -infinity}},
      {"one_hot", {ints({2, 1}), absent}, {0, 1, 1, 0}},
      {"one_hot", {ints({2, 1}), whole(3)}, {0, 1, 0, 1, 0, 0}},
      {"dummies", {ints({3, 1, 2}), absent}, {0, 1, 0, 0, 1, 0}},
  });
}

TEST_CASE("linear algebra agrees with hand computations") {
  const Array a = matrix(2, 2, {4, 2, 2, 3});
  const double root = std::sqrt(17.0);
  check_values({
      {"cholesky", {a}, {2, 0, 1, std::sqrt(2)}},
      {"cholesky",
       {matrix(2, 2, {1, 2, 2, 1})},
       {not_a_number, not_a_number, not_a_number, not_a_number}},
      {"solve", {a, vector({8, 7})}, {1.25, 1.5}},
      {"solve", {matrix(2, 2, {0, 1, 1, 0}), vector({8, 7})}, {7, 8}},
      {"solve_lower", {matrix(2, 2, {2, 0, 1, 1}), vector({4, 5})}, {2, 3}},
      {"inverse", {a}, {0.375, -0.25, -0.25, 0.5}},
      {"det", {a}, {8}},
      {"det", {matrix(2, 2, {0, 1, 1, 0})}, {-1}},
      {"log_det", {matrix(2, 2, {0, 1, 1, 0})}, {0}},
      {"log_det", {matrix(2, 2, {1, 2, 2, 4})}, {-infinity}},
      {"trace", {a}, {7}},
      {"quad_form", {a, vector({1, 2})}, {24}},
      {"quad_form", {a, matrix(2, 1, {1, 2})}, {24}},
      {"kronecker", {matrix(1, 2, {1, 2}), matrix(1, 2, {3, 4})}, {3, 4, 6, 8}},
      {"add_diagonal", {a, number(1)}, {5, 2, 2, 4}},
      {"corr_from_cholesky", {matrix(2, 2, {1, 0, 0.6, 0.8})}, {1, 0.6, 0.6, 1}},
      {"eigenvalues", {a}, {(7 - root) / 2, (7 + root) / 2}},
  });
}

TEST_CASE("probability functions and kernels agree with their definitions") {
  const double e = std::numbers::e;
  check_values({
      {"softmax", {vector({0, 1}), absent}, {1 / (1 + e), e / (1 + e)}},
      {"softmax", {matrix(2, 2, {0, 0, 1000, 1000}), absent}, {0.5, 0.5, 0.5, 0.5}},
      {"softmax", {matrix(2, 2, {0, 0, 1000, 1000}), whole(1)}, {0, 0, 1, 1}},
      {"log_softmax", {vector({0, 0}), absent}, {-std::numbers::ln2, -std::numbers::ln2}},
      {"log_mix", {number(0.25), number(0), number(0)}, {0}},
      {"log_mix", {number(0), number(5), number(7)}, {7}},
      {"standardize", {vector({1, 2, 3})}, {-1, 0, 1}},
      {"standardize", {matrix(3, 2, {1, 10, 2, 20, 3, 30})}, {-1, -1, 0, 0, 1, 1}},
      {"cov", {vector({1, 2, 3}), vector({2, 4, 6})}, {2}},
      {"cov", {matrix(3, 2, {1, 2, 2, 4, 3, 6}), absent}, {1, 2, 2, 4}},
      {"corr", {vector({1, 2, 3}), vector({6, 4, 2})}, {-1}},
      {"exp_quad_kernel",
       {vector({0, 2}), number(3), number(2), absent},
       {9, 9 * std::exp(-0.5), 9 * std::exp(-0.5), 9}},
      {"matern32_kernel",
       {vector({0}), number(1), number(1), vector({1})},
       {(1 + std::sqrt(3)) * std::exp(-std::sqrt(3))}},
      {"matern52_kernel",
       {vector({0}), number(1), number(1), vector({1})},
       {(1 + std::sqrt(5) + 5.0 / 3) * std::exp(-std::sqrt(5))}},
      {"periodic_kernel",
       {vector({0}), number(2), number(1), number(3), vector({3, 1.5})},
       {4, 4 * std::exp(-2)}},
      {"linear_kernel", {vector({2, 3}), number(2), absent}, {16, 24, 24, 36}},
  });
}

TEST_CASE("the weights of a network have their number, scales and start") {
  check_values({
      {"mlp_size", {ints({3, 2, 1})}, {11}},
      {"mlp_scale", {ints({4, 1, 2})}, {0.5, 0.5, 0.5, 0.5, 1, 1, 1, 1, 1}},
  });
  const std::vector<double> start = evaluate_call("mlp_start", {ints({100, 50, 1})});
  REQUIRE(start.size() == 5101);
  double squares = 0;
  for (std::size_t i = 0; i < 5000; ++i) squares += start[i] * start[i];
  CHECK(squares / 5000 == doctest::Approx(2.0 / 150).epsilon(0.05));  // Glorot's variance
  for (std::size_t i = 5000; i < 5050; ++i) CHECK(start[i] == 0);
  CHECK(evaluate_call("mlp_start", {ints({100, 50, 1})}) == start);
}

TEST_CASE("wrong arguments are refused in words") {
  struct Refusal {
    std::string_view name;
    std::vector<Array> arguments;
    std::string_view part;  // of the message
  };
  const std::vector<Refusal> cases = {
      {"sum", {counting, whole(3)}, "`axis` should be from 1 to 2"},
      {"sum", {counting, whole(0)}, "`axis` should be from 1 to 2"},
      {"sum", {number(1), whole(1)}, "a scalar has no dimensions"},
      {"cumsum", {counting, absent}, "say along which one"},
      {"cumsum", {number(1), absent}, "got a scalar"},
      {"quantile", {vector({1}), number(2), absent}, "from 0 to 1, got 2"},
      {"quantile", {counting, number(0.5), whole(3)}, "`axis` should be from 1 to 2"},
      {"zeros", {whole(-1)}, "a whole number from 0"},
      {"reshape", {counting, whole(4), absent, absent}, "6 elements, which do not fill shape [4]"},
      {"concat", {counting, vector({1}), absent}, "cannot be joined along dimension 1"},
      {"concat", {number(1), vector({1}), absent}, "got a scalar"},
      {"diagonal", {counting}, "[k, k]"},
      {"diff", {vector({})}, "has no differences"},
      {"rows", {number(1)}, "at least 1 dimension"},
      {"columns_of", {vector({1})}, "at least 2 dimensions"},
      {"segment_sum", {vector({1, 2}), ints({1, 4}), whole(3)}, "element 2 is 4"},
      {"segment_sum", {vector({1, 2}), ints({1}), whole(3)}, "one number for each row"},
      {"one_hot", {vector({1.5}), absent}, "got real"},
      {"one_hot", {ints({3}), whole(2)}, "from 1 to 2"},
      {"cholesky", {counting}, "[k, k]"},
      {"solve", {counting, vector({1, 2})}, "square matrix"},
      {"solve", {matrix(2, 2, {1, 0, 0, 1}), vector({1})}, "of 2 rows"},
      {"add_diagonal", {matrix(2, 2, {1, 0, 0, 1}), vector({1})}, "vector of size 2"},
      {"standardize", {number(1)}, "a vector or a matrix"},
      {"cov", {vector({1, 2}), absent}, "should be a matrix"},
      {"cov", {vector({1, 2}), vector({1})}, "of one size"},
      {"exp_quad_kernel", {number(1), number(1), number(1), absent}, "points are a vector"},
      {"exp_quad_kernel", {vector({1}), vector({1}), number(1), absent}, "a number is expected"},
      {"matrix_exp", {counting}, "[k, k]"},
      {"bspline",
       {counting, vector({1}), whole(3), absent, absent},
       "`x` of `bspline` should be a vector"},
      {"bspline", {vector({1, 2}), number(1), whole(3), absent, absent}, "`knots` of `bspline`"},
      {"bspline", {vector({1, 2}), vector({1}), whole(-1), absent, absent}, "0 or more, got -1"},
      {"bspline", {vector({1, 1}), vector({1}), whole(3), absent, absent}, "is 1 everywhere"},
      {"bspline", {vector({1, infinity}), vector({1}), whole(3), absent, absent}, "finite numbers"},
      {"bspline", {vector({1, 2}), vector({}), whole(3), vector({1}), absent}, "is a number"},
      {"bspline",
       {vector({1, 2}), vector({}), whole(3), number(infinity), absent},
       "finite number"},
      {"bspline",
       {vector({1, 2}), vector({}), whole(3), number(1.5), absent},
       "(element 1), outside"},
      {"bspline", {vector({1, 2}), vector({}), whole(3), absent, number(1)}, "begin below"},
      {"bspline",
       {vector({1, 2}), vector({3}), whole(3), number(0), number(3)},
       "ends of the splines"},
      {"hmm_log_density", {counting, counting, vector({1, 1, 1})}, "[k, k]"},
      {"mlp_size", {ints({3})}, "at least two sizes"},
      {"mlp_size", {ints({3, 0})}, "element 2 is 0"},
      {"mlp_scale", {whole(3)}, "should be a vector"},
      {"mlp", {counting, vector({1, 2, 3}), ints({2, 1}), absent}, "but `x` has 3 inputs"},
      {"mlp", {counting, vector({1, 2}), ints({3, 1}), absent}, "mlp_size(layers) = 4"},
      {"mlp", {number(1), vector({1, 2}), ints({1, 1}), absent}, "got a scalar"},
      {"mlp",
       {counting, vector({1, 2, 3, 4}), ints({3, 1}), name_of("tahn")},
       "there is no activation \"tahn\""},
      {"mlp", {counting, vector({1, 2, 3, 4}), ints({3, 1}), number(1)}, "named by a text"},
  };
  for (const Refusal& test : cases) {
    CAPTURE(test.name);
    const std::string message = refusal(test.name, test.arguments);
    CAPTURE(message);
    CAPTURE(test.part);
    CHECK(message.find(test.part) != std::string::npos);
  }
  CHECK(refusal("sort", {vector({1})}, 1).find("fixed") != std::string::npos);
  CHECK(refusal("zeros", {whole(1)}, 1).find("must be fixed") != std::string::npos);
}

TEST_CASE("NaN and infinities go in without harm") {
  const double awkward[] = {not_a_number, infinity, -infinity, 0, -1, 1e300};
  for (const runtime::Function* function : stdlib::registry().functions()) {
    const lang::Signature& facts = function->facts;
    if (facts.parameters.size() != 1 || facts.parameters[0].setting || facts.variadic) continue;
    const bool is_square = facts.parameters[0].shape == "k, k";
    const bool is_group = facts.parameters[0].name == "group";
    if (is_group) continue;
    for (const double value : awkward) {
      const Array array = is_square ? matrix(2, 2, {1, value, value, value}) : vector({1, value});
      if (!refusal(facts.name, {array}).empty()) continue;
      CAPTURE(facts.name);
      CHECK_NOTHROW(evaluate_call(facts.name, {array}));
      const RecordedCall call = record_call(facts.name, {array}, facts.fixed_only ? 0 : 1);
      const std::vector<double> weights(static_cast<std::size_t>(call.out_size), 1);
      const auto size = static_cast<runtime::Index>(array.elements.size());
      const bool is_fixed = facts.fixed_only;
      CHECK_NOTHROW(run_operation(*call.operation, {{array.elements, size, is_fixed}},
                                  call.out_size, 1, weights));
    }
  }
}

}  // namespace vippl::testing
