#include <map>
#include <set>

#include "tests/support/function_call.h"

// A walk over all functions of the registry: every lane gives what it gives alone, and derivatives
// agree with central differences, for every mix of fixed and latent arguments.

namespace vippl::testing {

namespace {

using runtime::Index;

// How the elements of an argument are drawn.
enum class Draw { domain, positive, group, symmetric, lower, well_conditioned, none };

struct Argument {
  std::vector<Index> extents;
  Draw draw = Draw::domain;
  double setting = 0;  // of a scalar with Draw::none
};

struct Case {
  std::string_view name;
  std::vector<Argument> arguments;
};

const Argument left_out{{-1}};
Argument setting(double value) { return {{}, Draw::none, value}; }

// Of the functions whose arguments are not elementwise, or whose poles are to be kept away from.
const std::vector<Case> cases = {
    {"sum", {{{2, 3, 2}}, left_out}},
    {"sum", {{{2, 3, 2}}, setting(2)}},
    {"sum", {{{2, 40}}, setting(1)}},
    {"sum", {{{}}, left_out}},
    {"prod", {{{5}}, left_out}},
    {"prod", {{{2, 3}}, setting(1)}},
    {"mean", {{{2, 3, 2}}, setting(3)}},
    {"mean", {{{70}}, left_out}},
    {"sd", {{{5}}, left_out}},
    {"sd", {{{4, 2}}, setting(1)}},
    {"variance", {{{5}}, left_out}},
    {"variance", {{{3, 4}}, setting(2)}},
    {"min", {{{5}}, left_out}},
    {"min", {{{3, 2}}, setting(1)}},
    {"max", {{{5}}, left_out}},
    {"max", {{{3, 2}}, setting(2)}},
    {"median", {{{5}}, left_out}},
    {"median", {{{4, 3}}, setting(1)}},
    {"quantile", {{{7}}, {{3}, Draw::domain}, left_out}},
    {"quantile", {{{4, 3}}, {{2}, Draw::domain}, setting(1)}},
    {"quantile", {{{2, 4}}, {{}, Draw::domain}, setting(2)}},
    {"norm", {{{5}}, left_out}},
    {"norm", {{{3, 2}}, setting(2)}},
    {"log_sum_exp", {{{5}}, left_out}},
    {"log_sum_exp", {{{3, 2}}, setting(1)}},
    {"any", {{{5}}, left_out}},
    {"all", {{{5}}, left_out}},
    {"count", {{{3, 2}}, setting(1)}},
    {"cumsum", {{{5}}, left_out}},
    {"cumsum", {{{3, 2}}, setting(1)}},
    {"cumsum", {{{3, 2}}, setting(2)}},
    {"cumprod", {{{5}}, left_out}},
    {"cumprod", {{{3, 2}}, setting(1)}},
    {"zeros", {setting(2), setting(3)}},
    {"ones", {setting(2)}},
    {"repeat", {{{2}}, setting(3)}},
    {"identity", {setting(3)}},
    {"diagonal", {{{3, 3}}}},
    {"diagonal_matrix", {{{3}}}},
    {"as_column", {{{3}}}},
    {"reshape", {{{2, 3}}, setting(3), setting(2), left_out}},
    {"flatten", {{{2, 3}}}},
    {"concat", {{{2}}, {{3}}, left_out}},
    {"concat", {{{2, 2}}, {{2, 1}}, {{2, 3}}, setting(2)}},
    {"reverse", {{{4}}, left_out}},
    {"reverse", {{{2, 3}}, setting(2)}},
    {"diff", {{{4}}}},
    {"diff", {{{3, 2}}}},
    {"lag", {{{4}}, setting(2), {{}}}},
    {"lag", {{{3, 2}}, setting(1), {{}}}},
    {"outer", {{{3}}, {{2}}}},
    {"segment_sum", {{{5}}, {{5}, Draw::group}, setting(3)}},
    {"segment_sum", {{{5, 2}}, {{5}, Draw::group}, setting(3)}},
    {"segment_mean", {{{5, 2}}, {{5}, Draw::group}, setting(3)}},
    {"segment_max", {{{5}}, {{5}, Draw::group}, setting(3)}},
    {"solve", {{{3, 3}, Draw::well_conditioned}, {{3}}}},
    {"solve", {{{3, 3}, Draw::well_conditioned}, {{3, 2}}}},
    {"solve_lower", {{{3, 3}, Draw::lower}, {{3}}}},
    {"solve_lower", {{{3, 3}, Draw::lower}, {{3, 2}}}},
    {"inverse", {{{3, 3}, Draw::well_conditioned}}},
    {"det", {{{3, 3}, Draw::well_conditioned}}},
    {"log_det", {{{3, 3}, Draw::well_conditioned}}},
    {"trace", {{{3, 3}}}},
    {"quad_form", {{{3, 3}}, {{3}}}},
    {"quad_form", {{{3, 3}}, {{3, 2}}}},
    {"kronecker", {{{2, 3}}, {{3, 2}}}},
    {"add_diagonal", {{{3, 3}}, {{}}}},
    {"add_diagonal", {{{3, 3}}, {{3}}}},
    {"corr_from_cholesky", {{{3, 3}, Draw::lower}}},
    {"softmax", {{{4}}, left_out}},
    {"softmax", {{{2, 3}}, left_out}},
    {"softmax", {{{2, 3}}, setting(1)}},
    {"log_softmax", {{{4}}, left_out}},
    {"log_softmax", {{{2, 3}}, setting(1)}},
    {"standardize", {{{5}}}},
    {"standardize", {{{4, 2}}}},
    {"cov", {{{5}}, {{5}}}},
    {"cov", {{{5, 3}}, left_out}},
    {"corr", {{{5}}, {{5}}}},
    {"corr", {{{5, 3}}, left_out}},
    {"exp_quad_kernel", {{{3}}, {{}}, {{}}, left_out}},
    {"exp_quad_kernel", {{{3, 2}}, {{}}, {{}}, {{2, 2}}}},
    {"matern32_kernel", {{{3}}, {{}}, {{}}, left_out}},
    {"matern32_kernel", {{{3}}, {{}}, {{}}, {{2}}}},
    {"matern52_kernel", {{{3, 2}}, {{}}, {{}}, left_out}},
    {"periodic_kernel", {{{3}, Draw::positive}, {{}}, {{}}, {{}}, left_out}},
    {"periodic_kernel", {{{3}, Draw::positive}, {{}}, {{}}, {{}}, {{2}, Draw::positive}}},
    {"choose", {{{2, 3}}, {{3}, Draw::positive}}},
    {"log_choose", {{{3}}, {{2, 1}, Draw::positive}}},
    {"linear_kernel", {{{3, 2}}, {{}}, left_out}},
    {"linear_kernel", {{{3}}, {{}}, {{2}}}},
    {"eigenvalues", {{{3, 3}, Draw::symmetric}}},
    {"eigenvectors", {{{3, 3}, Draw::symmetric}}},
    {"cholesky", {{{3, 3}, Draw::symmetric}}},
    {"matrix_exp", {{{3, 3}}}},
    {"tan", {{{2, 3}, Draw::positive}}},
    {"hmm_log_density", {{{4, 3}}, {{3, 3}}, {{3}}}},
    {"hmm_log_density", {{{1, 2}}, {{2, 2}}, {{2}}}},
    {"hmm_smooth", {{{4, 3}}, {{3, 3}}, {{3}}}},
    {"hmm_smooth", {{{1, 2}}, {{2, 2}}, {{2}}}},
    {"mlp", {{{2, 3}}, {{24}}, {{3}, Draw::none, 3}, left_out}},
    {"mlp", {{{2}}, {{6}}, {{2}, Draw::none, 2}, left_out}},
    {"mlp", {{{2, 2, 2}}, {{18}}, {{4}, Draw::none, 2}, left_out}},
    {"mlp_size", {{{3}, Draw::none, 2}}},
    {"mlp_scale", {{{3}, Draw::none, 2}}},
    {"mlp_start", {{{3}, Draw::none, 2}}},
};

// Read the lower triangle of a symmetric matrix only: differences one element at a time do not
// apply; they have tests of their own.
const std::set<std::string_view> of_symmetric = {"cholesky", "eigenvalues", "eigenvectors"};

bool is_elementwise(const lang::Signature& facts) {
  for (const lang::Parameter& parameter : facts.parameters) {
    if (parameter.shape != "...") return false;
  }
  return !facts.parameters.empty();
}

// One argument: scalars, vectors and matrices. Several: all combinations that broadcast.
std::vector<Case> elementwise_cases(const lang::Signature& facts) {
  const std::size_t count = facts.parameters.size();
  std::vector<Case> result;
  const std::vector<Index> shapes[] = {{}, {2, 3}, {3}, {2, 1}};
  for (std::size_t first = 0; first < std::size(shapes); ++first) {
    Case test{facts.name, {}};
    for (std::size_t k = 0; k < count; ++k)
      test.arguments.push_back({shapes[(first + k) % std::size(shapes)]});
    result.push_back(test);
  }
  return result;
}

// A number well inside the support.
double draw_number(const lang::Support& support, runtime::Rng& rng) {
  using Kind = lang::Bound::Kind;
  const bool has_lower = support.lower.kind == Kind::constant;
  const bool has_upper = support.upper.kind == Kind::constant;
  double value = 2 * rng.normal();
  if (has_lower && has_upper) {
    value = support.lower.value +
            (0.05 + 0.9 * rng.uniform()) * (support.upper.value - support.lower.value);
  } else if (has_lower) {
    value = support.lower.value + 0.3 + 2 * rng.uniform();
  } else if (has_upper) {
    value = support.upper.value - 0.3 - 2 * rng.uniform();
  }
  if (!support.is_discrete()) return value;
  return has_lower ? std::ceil(value) : std::round(value);
}

std::vector<double> draw_elements(const Argument& argument, const lang::Parameter& parameter,
                                  runtime::Rng& rng) {
  const Index size = std::accumulate(argument.extents.begin(), argument.extents.end(), Index{1},
                                     std::multiplies<>());
  std::vector<double> elements(static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < elements.size(); ++i) {
    switch (argument.draw) {
      case Draw::domain:
        elements[i] = draw_number(parameter.support, rng);
        break;
      case Draw::positive:
        elements[i] = 0.2 + rng.uniform();
        break;
      case Draw::group:
        elements[i] = static_cast<double>(1 + i % 3);
        break;
      case Draw::none:
        elements[i] = argument.setting;
        break;
      case Draw::symmetric:
      case Draw::lower:
      case Draw::well_conditioned:
        elements[i] = rng.normal();
        break;
    }
  }
  if (argument.extents.size() != 2) return elements;
  const auto k = static_cast<std::size_t>(argument.extents[0]);
  for (std::size_t i = 0; i < k && argument.draw >= Draw::symmetric && argument.draw != Draw::none;
       ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      if (argument.draw == Draw::symmetric) elements[j * k + i] = elements[i * k + j];
      if (argument.draw == Draw::lower && j < i) elements[j * k + i] = 0;
    }
    elements[i * k + i] = (argument.draw == Draw::lower ? 1 : 4) + rng.uniform();
  }
  return elements;
}

void check(const Case& test, Index lanes, unsigned latent, std::uint32_t stream) {
  runtime::Rng rng(5, runtime::Purpose::test, stream);
  const runtime::Function* function = stdlib::registry().function(test.name);
  REQUIRE_MESSAGE(function != nullptr, test.name);
  std::vector<Array> arguments;
  std::vector<std::vector<double>> in_lanes;  // of each argument, all lanes, as an Operand has them
  for (std::size_t k = 0; k < test.arguments.size(); ++k) {
    const Argument& argument = test.arguments[k];
    in_lanes.emplace_back();
    if (argument.extents == left_out.extents) {
      arguments.push_back(absent);
      continue;
    }
    const lang::Parameter& parameter = parameter_of(function->facts, k, test.arguments.size());
    Array array{argument.extents, draw_elements(argument, parameter, rng)};
    if (parameter.support.is_discrete()) array.element = lang::Element::integer;
    const bool is_fixed =
        parameter.setting || parameter.support.is_discrete() || ((latent >> k) & 1U) == 0;
    if (is_fixed) {
      latent &= ~(1U << k);
      in_lanes[k] = array.elements;
    } else {
      const std::size_t size = array.elements.size();
      in_lanes[k].resize(size * static_cast<std::size_t>(lanes));
      for (std::size_t b = 0; b < static_cast<std::size_t>(lanes); ++b) {
        const std::vector<double> elements =
            b == 0 ? array.elements : draw_elements(argument, parameter, rng);
        for (std::size_t i = 0; i < size; ++i)
          in_lanes[k][i * static_cast<std::size_t>(lanes) + b] = elements[i];
      }
    }
    arguments.push_back(std::move(array));
  }

  const RecordedCall call = record_call(test.name, arguments, latent);
  std::vector<OperationInput> inputs;
  for (const std::size_t k : call.inputs) {
    inputs.push_back(
        {in_lanes[k], static_cast<Index>(arguments[k].elements.size()), ((latent >> k) & 1U) == 0});
  }
  INFO(test.name, ", latent arguments ", latent);
  if (of_symmetric.count(test.name) != 0) {
    return check_lanes(*call.operation, inputs, call.out_size, lanes);
  }
  check_operation(*call.operation, inputs, call.out_size, lanes);
}

}  // namespace

TEST_CASE("every function: lanes are independent, and derivatives agree with central differences") {
  std::map<std::string_view, std::vector<Case>> by_name;
  for (const Case& test : cases) by_name[test.name].push_back(test);
  for (const runtime::Function* function : stdlib::registry().functions()) {
    const lang::Signature& facts = function->facts;
    if (facts.fixed_only || facts.parameters.empty()) continue;
    if (facts.name == "rows" || facts.name == "columns_of" || facts.name == "size") continue;
    if (is_elementwise(facts) && by_name.count(facts.name) == 0) {
      by_name[facts.name] = elementwise_cases(facts);
    }
    std::uint32_t stream =
        0;  // of each function its own, so that new ones change no other's points
    CHECK_MESSAGE(by_name.count(facts.name) == 1, "`", facts.name, "` needs a case here");
    for (const Case& test : by_name[facts.name]) {
      const unsigned all = (1U << test.arguments.size()) - 1;
      for (const Index lanes : {1, 3, 8}) {
        for (unsigned latent = 0; latent <= all; ++latent) check(test, lanes, latent, ++stream);
      }
    }
  }
}

TEST_CASE("functions of a symmetric matrix have the derivatives of symmetric changes") {
  constexpr Index k = 3;
  for (const std::string_view name : of_symmetric) {
    runtime::Rng rng(9, runtime::Purpose::test);
    std::vector<double> a =
        draw_elements({{k, k}, Draw::symmetric}, {"a", lang::Support::real}, rng);
    const RecordedCall call = record_call(name, {matrix(k, k, a)}, 1);
    std::vector<double> weights(static_cast<std::size_t>(call.out_size));
    rng.fill_normal(weights);
    const std::vector<double> adjoint =
        run_operation(*call.operation, {{a, k * k, false}}, call.out_size, 1, weights).adjoints[0];
    const auto objective = [&] {
      const std::vector<double> out =
          run_operation(*call.operation, {{a, k * k, false}}, call.out_size, 1).out;
      return std::inner_product(out.begin(), out.end(), weights.begin(), 0.0);
    };
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        constexpr double step = 1e-5;
        const auto move = [&](double by) {
          a[i * k + j] += by;
          if (i != j) a[j * k + i] += by;
        };
        move(step);
        const double above = objective();
        move(-2 * step);
        const double below = objective();
        move(step);
        const double expected = adjoint[i * k + j] + (i == j ? 0 : adjoint[j * k + i]);
        CAPTURE(name);
        CAPTURE(i);
        CAPTURE(j);
        CHECK(agree(expected, (above - below) / (2 * step), 1e-6));
      }
    }
  }
}

}  // namespace vippl::testing
