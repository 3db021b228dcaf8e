#include "runtime/transform.h"

#include <doctest/doctest.h>

#include <Eigen/LU>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "runtime/random.h"

namespace vippl::runtime {
namespace {

using Kind = lang::Support::Kind;
using Numbers = std::vector<double>;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// An input of an operation: rows of `lanes` numbers if latent.
struct Input {
  Numbers values;
  bool fixed = false;
};

struct Outcome {
  Numbers out;
  std::vector<Numbers> adjoints;  // one per input
};

/// Replays once; every output has the adjoint given, or none is computed if that is empty.
Outcome replay(const Operation& operation, const std::vector<Input>& inputs, Index lanes,
               std::size_t size, const Numbers& out_adjoint = {}) {
  Outcome outcome;
  std::vector<Operand> operands;
  for (const Input& input : inputs) outcome.adjoints.emplace_back(input.values.size(), 0.0);
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const auto count = static_cast<Index>(inputs[k].values.size());
    operands.push_back({inputs[k].values.data(),
                        inputs[k].fixed ? nullptr : outcome.adjoints[k].data(),
                        inputs[k].fixed ? count : count / lanes, inputs[k].fixed});
  }
  const Frame frame{lanes, !out_adjoint.empty()};
  outcome.out.assign(size * static_cast<std::size_t>(lanes), 0.0);
  Numbers scratch(static_cast<std::size_t>(operation.scratch_size(lanes)) + 1);
  operation.forward(frame, operands, outcome.out.data(), scratch.data());
  if (!out_adjoint.empty()) {
    operation.backward(frame, operands, outcome.out.data(), out_adjoint.data(), scratch.data());
  }
  return outcome;
}

/// A transform to test, with its bounds, if any.
struct Case {
  std::string name;
  TransformShape shape;
  Numbers lower = {};
  Numbers upper = {};
  bool latent_bounds = false;
  std::vector<std::size_t> free =
      {};  // entries of one event in which its volume is measured; empty: all

  BoundForms forms() const {
    const auto form = [](const Numbers& values) {
      return values.empty()       ? BoundForm::none
             : values.size() == 1 ? BoundForm::scalar
                                  : BoundForm::full;
    };
    return {form(lower), form(upper)};
  }
  BoundValues bounds() const { return {lower, upper}; }
  std::size_t coordinates() const { return static_cast<std::size_t>(unconstrained_size(shape)); }
  std::size_t entries() const { return static_cast<std::size_t>(constrained_size(shape)); }

  /// The same numbers in every lane.
  Input bound(const Numbers& values, Index lanes) const {
    Input input{{}, !latent_bounds};
    for (const double value : values) {
      input.values.insert(input.values.end(), latent_bounds ? static_cast<std::size_t>(lanes) : 1,
                          value);
    }
    return input;
  }
  void add_bounds(std::vector<Input>& inputs, Index lanes) const {
    if (!lower.empty()) inputs.push_back(bound(lower, lanes));
    if (!upper.empty()) inputs.push_back(bound(upper, lanes));
  }

  Numbers constrain(const Numbers& z) const {
    std::vector<Input> inputs = {{z}};
    add_bounds(inputs, 1);
    return replay(*make_constrain(shape, forms()), inputs, 1, entries()).out;
  }
  double log_jacobian(const Numbers& z) const {
    std::vector<Input> inputs = {{z}, {constrain(z)}};
    add_bounds(inputs, 1);
    return replay(*make_log_jacobian(shape, forms()), inputs, 1, 1).out[0];
  }
};

std::vector<std::size_t> below_diagonal(std::size_t k, bool with_diagonal) {
  std::vector<std::size_t> entries;
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < i + (with_diagonal ? 1 : 0); ++j) entries.push_back(i * k + j);
  }
  return entries;
}

std::vector<Case> cases() {
  return {{"numbers without bounds", {Kind::number, 3}},
          {"one positive number", {Kind::number, 1}, {0}},
          {"numbers above a bound", {Kind::number, 3}, {2}},
          {"numbers above bounds of their own", {Kind::number, 3}, {2, -infinity, -1}},
          {"numbers below a bound", {Kind::number, 2}, {}, {-1}},
          {"numbers between", {Kind::number, 3}, {-1}, {4}},
          {"numbers between bounds of their own",
           {Kind::number, 3},
           {-1, 0, -infinity},
           {4, infinity, 3}},
          {"numbers above a latent bound", {Kind::number, 3}, {0.5}, {}, true},
          {"numbers between latent bounds", {Kind::number, 3}, {-1}, {0.5, 1, 2}, true},
          {"one simplex", {Kind::simplex, 1, 4}, {}, {}, false, {0, 1, 2}},
          {"simplexes", {Kind::simplex, 3, 3}, {}, {}, false, {0, 1}},
          {"a simplex of one", {Kind::simplex, 2, 1}},
          {"sum_to_zero", {Kind::sum_to_zero, 2, 5}},
          {"ordered", {Kind::ordered, 2, 3}},
          {"positive_ordered", {Kind::positive_ordered, 2, 3}},
          {"unit_vector", {Kind::unit_vector, 2, 3}},
          {"correlation_cholesky",
           {Kind::correlation_cholesky, 2, 4},
           {},
           {},
           false,
           below_diagonal(4, false)},
          {"correlation", {Kind::correlation, 2, 4}, {}, {}, false, below_diagonal(4, false)},
          {"covariance_cholesky",
           {Kind::covariance_cholesky, 2, 3},
           {},
           {},
           false,
           below_diagonal(3, true)},
          {"covariance", {Kind::covariance, 2, 3}, {}, {}, false, below_diagonal(3, true)}};
}

Numbers draw(std::size_t size, std::uint32_t stream) {
  Rng rng(7, Purpose::test, stream);
  Numbers values(size);
  rng.fill_normal(values);
  return values;
}

/// entries x coordinates, by central differences.
Eigen::MatrixXd jacobian(const Case& test, Numbers z) {
  constexpr double step = 1e-5;
  Eigen::MatrixXd result(test.entries(), z.size());
  for (std::size_t j = 0; j < z.size(); ++j) {
    const double centre = z[j];
    z[j] = centre + step;
    const Numbers above = test.constrain(z);
    z[j] = centre - step;
    const Numbers below = test.constrain(z);
    z[j] = centre;
    for (std::size_t i = 0; i < above.size(); ++i) {
      result(static_cast<Index>(i), static_cast<Index>(j)) = (above[i] - below[i]) / (2 * step);
    }
  }
  return result;
}

/// The rows of the free entries of every event.
Eigen::MatrixXd free_rows(const Case& test, const Eigen::MatrixXd& all) {
  if (test.free.empty()) return all;
  const Index per_event = all.rows() / test.shape.count;
  std::vector<Index> rows;
  for (Index event = 0; event < test.shape.count; ++event) {
    for (const std::size_t entry : test.free) {
      rows.push_back(event * per_event + static_cast<Index>(entry));
    }
  }
  return all(rows, Eigen::all);
}

TEST_CASE("every transform: z to x and back is z") {
  for (const Case& test : cases()) {
    INFO(test.name);
    for (std::uint32_t stream = 0; stream < 5; ++stream) {
      const Numbers z = draw(test.coordinates(), stream);
      Numbers back(z.size());
      const Numbers x = test.constrain(z);
      const auto problem = unconstrain(test.shape, test.bounds(), x, back);
      REQUIRE_MESSAGE(!problem, problem.value_or(""));
      if (test.shape.kind == Kind::unit_vector) {
        back = test.constrain(back);  // the length of z is lost
        for (std::size_t i = 0; i < z.size(); ++i) {
          CHECK(back[i] == doctest::Approx(x[i]).epsilon(1e-12));
        }
        continue;
      }
      for (std::size_t i = 0; i < z.size(); ++i) {
        CHECK(back[i] == doctest::Approx(z[i]).epsilon(1e-9));
      }
    }
  }
}

TEST_CASE("every transform: the log Jacobian is that of the numerical determinant") {
  for (const Case& test : cases()) {
    if (test.shape.kind == Kind::unit_vector || test.shape.kind == Kind::sum_to_zero) continue;
    INFO(test.name);
    for (std::uint32_t stream = 0; stream < 3; ++stream) {
      const Numbers z = draw(test.coordinates(), stream);
      double expected = 0;
      if (!z.empty()) {
        const Eigen::MatrixXd rows = free_rows(test, jacobian(test, z));
        REQUIRE(rows.rows() == rows.cols());
        expected = std::log(std::abs(rows.determinant()));
      }
      CHECK(test.log_jacobian(z) == doctest::Approx(expected).epsilon(1e-6));
    }
  }
}

TEST_CASE("sum_to_zero keeps lengths, so its log Jacobian is 0") {
  const Case test{"sum_to_zero", {Kind::sum_to_zero, 2, 5}};
  const Numbers z = draw(test.coordinates(), 1);
  const Eigen::MatrixXd j = jacobian(test, z);
  CHECK((j.transpose() * j - Eigen::MatrixXd::Identity(j.cols(), j.cols())).norm() < 1e-8);
  CHECK(test.log_jacobian(z) == 0);
}

TEST_CASE(
    "unit_vector: a density of 1 on the sphere has the sphere's surface as its integral over z") {
  const Case circle{"circle", {Kind::unit_vector, 1, 2}};
  const Case sphere{"sphere", {Kind::unit_vector, 1, 3}};
  double length =
      0;  // the integrand is a function of |z| alone: rings and shells by the midpoint rule
  double surface = 0;
  constexpr double step = 1e-2;
  for (double r = step / 2; r < 12; r += step) {
    length += std::exp(circle.log_jacobian({r, 0})) * 2 * std::numbers::pi * r * step;
    surface += std::exp(sphere.log_jacobian({0, r, 0})) * 4 * std::numbers::pi * r * r * step;
  }
  CHECK(length == doctest::Approx(2 * std::numbers::pi).epsilon(1e-4));
  CHECK(surface == doctest::Approx(4 * std::numbers::pi).epsilon(1e-4));
}

TEST_CASE("a unit_vector, a simplex and the matrices lie on their supports") {
  for (const Case& test : cases()) {
    INFO(test.name);
    const Index k = test.shape.k;
    const Numbers x = test.constrain(draw(test.coordinates(), 2));
    const Eigen::Map<const Eigen::MatrixXd> columns(
        x.data(), k, k);  // of the first event: the transpose of a matrix
    switch (test.shape.kind) {
      case Kind::simplex:
        CHECK(columns.col(0).sum() == doctest::Approx(1));
        break;
      case Kind::sum_to_zero:
        CHECK(std::abs(columns.col(0).sum()) < 1e-12);
        break;
      case Kind::unit_vector:
        CHECK(columns.col(0).norm() == doctest::Approx(1));
        break;
      case Kind::correlation_cholesky:
        CHECK((columns.colwise().norm().array() - 1).abs().maxCoeff() < 1e-12);
        break;
      case Kind::correlation:
        CHECK(columns.diagonal() == Eigen::VectorXd::Ones(k));
        CHECK(columns == columns.transpose());
        CHECK(columns.determinant() > 0);
        break;
      case Kind::covariance:
        CHECK(columns == columns.transpose());
        CHECK(columns.determinant() > 0);
        break;
      case Kind::covariance_cholesky:
        CHECK(columns(1, 0) == 0);
        break;
      case Kind::number:
      case Kind::whole_number:
      case Kind::ordered:
      case Kind::positive_ordered:
        break;
    }
  }
}

/// Checks the adjoints of z and of latent bounds, in every lane, against central differences of
/// `value`, a function of the values of those inputs in one lane.
template <class Value>
void check_gradient(const Case& test, const std::vector<Input>& inputs, const Outcome& outcome,
                    Index lanes, Index lane, const Value& value) {
  constexpr double step = 1e-5;
  std::vector<Numbers> here;
  for (const Input& input : inputs) {
    here.emplace_back();
    const auto stride = static_cast<std::size_t>(input.fixed ? 1 : lanes);
    const auto first = static_cast<std::size_t>(input.fixed ? 0 : lane);
    for (std::size_t i = first; i < input.values.size(); i += stride) {
      here.back().push_back(input.values[i]);
    }
  }
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (inputs[k].fixed) continue;
    for (std::size_t i = 0; i < here[k].size(); ++i) {
      const double centre = here[k][i];
      here[k][i] = centre + step;
      const double above = value(here);
      here[k][i] = centre - step;
      const double below = value(here);
      here[k][i] = centre;
      CAPTURE(k);
      CAPTURE(i);
      const double expected = (above - below) / (2 * step);
      const double found =
          outcome.adjoints[k][i * static_cast<std::size_t>(lanes) + static_cast<std::size_t>(lane)];
      CHECK(found == doctest::Approx(expected).epsilon(1e-6));
    }
  }
  CHECK(test.coordinates() == here[0].size());
}

TEST_CASE(
    "every transform: the gradients of x and of the log Jacobian agree with central differences in "
    "every lane") {
  for (const Case& test : cases()) {
    for (const Index lanes : {1, 3, 8}) {
      INFO(test.name, ", lanes: ", lanes);
      const auto width = static_cast<std::size_t>(lanes);
      std::vector<Input> inputs = {{draw(test.coordinates() * width, 3)}};
      test.add_bounds(inputs, lanes);
      const auto moved = [&](const std::vector<Numbers>& here) {
        Case other = test;
        std::size_t k = 1;
        if (!test.lower.empty()) other.lower = here[k++];
        if (!test.upper.empty()) other.upper = here[k];
        return other;
      };

      const Numbers weights = draw(test.entries() * width, 4);
      const auto constrain = make_constrain(test.shape, test.forms());
      const Outcome x = replay(*constrain, inputs, lanes, test.entries(), weights);
      std::vector<Input> jacobian_inputs = inputs;
      jacobian_inputs.insert(jacobian_inputs.begin() + 1, Input{x.out, true});
      Outcome log_jacobian;
      {
        // x is latent too, but its adjoint is not asked for: it must not matter.
        std::vector<Input> all = jacobian_inputs;
        all[1].fixed = false;
        log_jacobian =
            replay(*make_log_jacobian(test.shape, test.forms()), all, lanes, 1, draw(width, 5));
        for (const double adjoint : log_jacobian.adjoints[1]) CHECK(adjoint == 0);
        log_jacobian.adjoints.erase(log_jacobian.adjoints.begin() + 1);
      }
      for (Index lane = 0; lane < lanes; ++lane) {
        CAPTURE(lane);
        check_gradient(test, inputs, x, lanes, lane, [&](const std::vector<Numbers>& here) {
          const Numbers values = moved(here).constrain(here[0]);
          double sum = 0;
          for (std::size_t i = 0; i < values.size(); ++i) {
            sum += values[i] * weights[i * width + static_cast<std::size_t>(lane)];
          }
          return sum;
        });
        check_gradient(test, inputs, log_jacobian, lanes, lane,
                       [&](const std::vector<Numbers>& here) {
                         return moved(here).log_jacobian(here[0]) *
                                draw(width, 5)[static_cast<std::size_t>(lane)];
                       });
      }
    }
  }
}

TEST_CASE("every transform: the lanes hold the same values as one lane each") {
  for (const Case& test : cases()) {
    INFO(test.name);
    constexpr Index lanes = 8;
    std::vector<Input> inputs = {{draw(test.coordinates() * lanes, 6)}};
    test.add_bounds(inputs, lanes);
    const Outcome x =
        replay(*make_constrain(test.shape, test.forms()), inputs, lanes, test.entries());
    inputs.insert(inputs.begin() + 1, Input{x.out});
    const Outcome log_jacobian =
        replay(*make_log_jacobian(test.shape, test.forms()), inputs, lanes, 1);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      Numbers z;
      for (std::size_t i = 0; i < test.coordinates(); ++i) {
        z.push_back(inputs[0].values[i * lanes + lane]);
      }
      const Numbers alone = test.constrain(z);
      for (std::size_t i = 0; i < alone.size(); ++i) CHECK(x.out[i * lanes + lane] == alone[i]);
      CHECK(log_jacobian.out[lane] == test.log_jacobian(z));
    }
  }
}

TEST_CASE("numbers far out stay strictly inside their bounds, with a finite log Jacobian") {
  const Case narrow{"narrow", {Kind::number, 1}, {1000}, {1001}};
  const Case unit{"unit", {Kind::number, 1}, {0}, {1}};
  const Case above{"above", {Kind::number, 1}, {5}};
  const Case below{"below", {Kind::number, 1}, {}, {5}};
  for (const double z : {-800.0, -50.0, -30.0, 30.0, 50.0, 800.0}) {
    CAPTURE(z);
    CHECK(narrow.constrain({z})[0] > 1000);
    CHECK(narrow.constrain({z})[0] < 1001);
    CHECK(unit.constrain({z})[0] > 0);
    CHECK(unit.constrain({z})[0] < 1);
    CHECK(above.constrain({z})[0] > 5);
    CHECK(below.constrain({z})[0] < 5);
    CHECK(unit.log_jacobian({z}) == doctest::Approx(-std::abs(z)));
    CHECK(above.log_jacobian({z}) == z);
  }
  CHECK(above.constrain({800})[0] == infinity);
  CHECK(below.constrain({800})[0] == -infinity);
}

TEST_CASE("partial correlations and log ratios far out have a finite log Jacobian") {
  const Case factor{"factor", {Kind::correlation_cholesky, 1, 2}};
  CHECK(factor.log_jacobian({30}) == doctest::Approx(2 * (std::numbers::ln2 - 30)));
  CHECK(std::isfinite(factor.log_jacobian({-400})));
  const Case simplex{"simplex", {Kind::simplex, 1, 3}};
  CHECK(std::isfinite(simplex.log_jacobian({2000, 0})));
}

TEST_CASE("bounds that leave no room have a log Jacobian of -infinity") {
  CHECK(Case{"crossed", {Kind::number, 1}, {2}, {1}}.log_jacobian({0}) == -infinity);
  CHECK(Case{"equal", {Kind::number, 1}, {2}, {2}}.log_jacobian({0}) == -infinity);
}

TEST_CASE("the simplex is the softmax of an orthonormal log ratio") {
  const Case test{"simplex", {Kind::simplex, 1, 3}};
  const Numbers x = test.constrain({0.7, -0.4});
  CHECK(std::log(x[0] / x[1]) / std::sqrt(2.0) == doctest::Approx(0.7));
  CHECK(std::log(x[0] * x[1] / (x[2] * x[2])) / std::sqrt(6.0) == doctest::Approx(-0.4));
}

TEST_CASE("a value off its support is refused with the reason") {
  struct Refusal {
    TransformShape shape;
    Numbers lower;
    Numbers upper;
    Numbers x;
    const char* message;
  };
  const Refusal refusals[] = {
      {{Kind::number, 1}, {0}, {}, {-1}, "the value is -1, not greater than 0"},
      {{Kind::number, 3}, {0}, {}, {1, 2, 0}, "entry 3 is 0, not greater than 0"},
      {{Kind::number, 2}, {0, 0}, {1, 2}, {0.5, 2.5}, "entry 2 is 2.5, not less than 2"},
      {{Kind::number, 1}, {}, {}, {std::nan("")}, "the value is nan, not a finite number"},
      {{Kind::number, 1}, {}, {}, {infinity}, "the value is inf, not a finite number"},
      {{Kind::simplex, 1, 3}, {}, {}, {0.5, 0.3, 0.1}, "the sum is 0.9, not 1"},
      {{Kind::simplex, 2, 2},
       {},
       {},
       {0.5, 0.5, 1.5, -0.5},
       "number 2 of 2: entry 2 is -0.5, not greater than 0"},
      {{Kind::sum_to_zero, 1, 2}, {}, {}, {1, -0.5}, "the sum is 0.5, not 0"},
      {{Kind::ordered, 1, 3}, {}, {}, {-1, 2, 2}, "entry 3 is 2, not greater than entry 2, 2"},
      {{Kind::positive_ordered, 1, 2}, {}, {}, {-1, 2}, "entry 1 is -1, not greater than 0"},
      {{Kind::unit_vector, 1, 2}, {}, {}, {1, 1}, "the length is 1.414213562, not 1"},
      {{Kind::correlation, 1, 2},
       {},
       {},
       {1, 0.5, 0.4, 1},
       "entry [2, 1] is 0.4, but entry [1, 2] is 0.5: not symmetric"},
      {{Kind::correlation, 1, 2}, {}, {}, {1, 1.5, 1.5, 1}, "the matrix is not positive definite"},
      {{Kind::correlation, 1, 2}, {}, {}, {1, 0.5, 0.5, 2}, "entry [2, 2] is 2, not 1"},
      {{Kind::covariance, 1, 2}, {}, {}, {1, 2, 2, 1}, "the matrix is not positive definite"},
      {{Kind::covariance, 1, 2},
       {},
       {},
       {infinity, 2, 2, 1},
       "entry [1, 1] is inf, not a finite number"},
      {{Kind::correlation_cholesky, 1, 2},
       {},
       {},
       {1, 0, 0.6, 0.9},
       "row 2 has length 1.081665383, not 1"},
      {{Kind::covariance_cholesky, 1, 2},
       {},
       {},
       {1, 0.1, 0, 1},
       "entry [1, 2], above the diagonal, is 0.1, not 0"},
      {{Kind::covariance_cholesky, 1, 2},
       {},
       {},
       {1, 0, 0, -1},
       "entry [2, 2] is -1, not greater than 0"},
  };
  for (const Refusal& refusal : refusals) {
    Numbers z(static_cast<std::size_t>(unconstrained_size(refusal.shape)));
    const auto problem = unconstrain(refusal.shape, {refusal.lower, refusal.upper}, refusal.x, z);
    CHECK(problem.value_or("accepted") == refusal.message);
  }
}

TEST_CASE("a scalar map gives the same number as the transform, wherever there is one") {
  for (const Case& test : cases()) {
    INFO(test.name);
    const Numbers z = draw(test.coordinates(), 8);
    const Numbers x = test.constrain(z);
    constexpr Index offset = 11;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const ScalarMap map = scalar_map(test.shape, test.bounds(), static_cast<Index>(i), offset);
      if (map.kind == ScalarMap::Kind::other) {
        CHECK(test.shape.kind != Kind::number);
        continue;
      }
      const double coordinate = z[static_cast<std::size_t>(map.coordinate - offset)];
      double f = coordinate;
      if (map.kind == ScalarMap::Kind::exponential) f = std::exp(coordinate);
      if (map.kind == ScalarMap::Kind::inverse_logit) f = 1 / (1 + std::exp(-coordinate));
      CHECK(map.shift + map.scale * f == doctest::Approx(x[i]));
    }
  }
}

TEST_CASE("constants of a factor have a scalar map of scale 0") {
  const ScalarMap zero = scalar_map({Kind::covariance_cholesky, 1, 2}, {}, 1, 0);
  CHECK(zero.scale == 0);
  CHECK(zero.shift == 0);
  const ScalarMap one = scalar_map({Kind::correlation, 2, 2}, {}, 7, 0);
  CHECK(one.scale == 0);
  CHECK(one.shift == 1);
}

}  // namespace
}  // namespace vippl::runtime
