#include "runtime/ode.h"

#include <doctest/doctest.h>

#include "runtime/operators.h"
#include "runtime/passes/optimise.h"
#include "runtime/rearrange.h"
#include "runtime/recorder.h"
#include "tests/support/operation_check.h"

namespace vippl::runtime {
namespace {

using lang::ast::BinaryOperator;
using testing::OperationInput;

/// Records on one tape, as the interpreter does.
class Script {
 public:
  Value latent(std::vector<double> values, lang::Shape shape) {
    const auto offset = coordinates_;
    coordinates_ += static_cast<Index>(values.size());
    return recorder_.input(offset, values, std::move(shape));
  }
  Value binary(BinaryOperator op, const Value& a, const Value& b) {
    const Value* inputs[] = {&a, &b};
    const lang::Shape shape = *lang::broadcast(a.shape, b.shape);
    return recorder_.apply(make_binary(op, extents(a.shape), extents(b.shape), extents(shape)),
                           inputs, shape, lang::Element::real, {});
  }
  Value element(const Value& x, Index i) {
    const Value* input = &x;
    return recorder_.apply(make_slice(i, 1), {&input, 1}, {}, lang::Element::real, {});
  }
  Value pair(const Value& a, const Value& b) {
    const Value* inputs[] = {&a, &b};
    return recorder_.apply(make_assemble({{0, 0, 1}, {1, 0, 1}}), inputs, {lang::Size::number(2)},
                           lang::Element::real, {});
  }
  Recorder& recorder() { return recorder_; }

 private:
  Recorder recorder_;
  Index coordinates_ = 0;
};

// z1' = (p1 - p2 z2) z1, z2' = (p1 p2 z1 - t / 10) z2, where p1 p2 does not depend on the state.
RecordedFunction predator_and_prey(Script& script) {
  const Value p1 = script.latent({0.6}, {});
  const Value p2 = script.latent({0.3}, {});
  const FunctionMark mark{script.recorder().tape().instructions.size()};
  const Value t = script.recorder().parameter(Value::number(0));
  const Value z = script.recorder().parameter(Value::tensor({lang::Size::number(2)}, {2, 1}));
  const Value z1 = script.element(z, 0);
  const Value z2 = script.element(z, 1);
  script.binary(BinaryOperator::power, z1, z2);  // of no use for the result
  using enum BinaryOperator;
  const Value first =
      script.binary(multiply, script.binary(subtract, p1, script.binary(multiply, p2, z2)), z1);
  const Value product = script.binary(multiply, p1, p2);
  const Value second = script.binary(multiply,
                                     script.binary(subtract, script.binary(multiply, product, z1),
                                                   script.binary(divide, t, Value::number(10))),
                                     z2);
  const NodeId parameters[] = {t.node, z.node};
  const Value result = script.pair(first, second);
  return take_function(script.recorder().tape(), mark, parameters, result.node);
}

TEST_CASE("a recorded function is taken out of the tape; what does not depend on it stays") {
  Script script;
  const RecordedFunction function = predator_and_prey(script);
  const Tape& outer = script.recorder().tape();
  REQUIRE(outer.instructions.size() == 1);
  CHECK(outer.instructions[0].operation->name() == "multiply");
  const Node& product = outer.nodes[static_cast<std::size_t>(outer.instructions[0].output)];
  CHECK(product.kind == Node::Kind::result);
  CHECK(product.offset == 0);
  CHECK(function.captured.size() == 3);
  CHECK(function.tape.dimension == 6);
  CHECK(function.tape.instructions.size() == 10);  // without the power

  const SubTape rhs(function.tape, function.result, 3);
  CHECK(rhs.result_size() == 2);
  CHECK(rhs.parameter_count() == 3);
  Scratch counted;
  const SubTape::Evaluation none(rhs, 1, counted, nullptr);
  std::vector<double> memory(static_cast<std::size_t>(counted.used()));
  std::vector<double> adjoints(static_cast<std::size_t>(rhs.adjoint_size(1)));
  Scratch scratch(memory.data());
  SubTape::Evaluation evaluation(rhs, 1, scratch, adjoints.data());
  // t, z1, z2, then p1, p2 and p1 p2 in the order in which the function meets them.
  const double point[] = {2, 3, 4, 0.3, 0.5, 0.7};
  double* const input = evaluation.input(0);
  std::copy(std::begin(point), std::end(point), input);
  const bool p2_first = function.captured[0] != 0;
  const double p1 = p2_first ? 0.5 : 0.3;
  const double p2 = p2_first ? 0.3 : 0.5;
  evaluation.forward(true);
  CHECK(evaluation.result()[0] == doctest::Approx((p1 - p2 * 4) * 3));
  CHECK(evaluation.result()[1] == doctest::Approx((0.7 * 3 - 0.2) * 4));
  const double seed[] = {1, 10};
  for (int times = 1; times <= 2; ++times) {
    evaluation.backward(seed);
    CHECK(evaluation.adjoint(0)[0] == doctest::Approx(-0.1 * 4 * 10));
    CHECK(evaluation.adjoint(1)[0] == doctest::Approx(p1 - p2 * 4 + 0.7 * 4 * 10));
    CHECK(evaluation.adjoint(5)[0] == doctest::Approx(times * 3 * 4 * 10));  // adds up
  }
}

// The result and the adjoints of the six inputs at one point.
std::vector<double> evaluate_at(const SubTape& rhs, std::span<const double> point) {
  Scratch counted;
  const SubTape::Evaluation none(rhs, 1, counted, nullptr);
  std::vector<double> memory(static_cast<std::size_t>(counted.used()));
  std::vector<double> adjoints(static_cast<std::size_t>(rhs.adjoint_size(1)));
  Scratch scratch(memory.data());
  SubTape::Evaluation evaluation(rhs, 1, scratch, adjoints.data());
  std::copy(point.begin(), point.end(), evaluation.input(0));
  evaluation.forward(true);
  const double seed[] = {1, 10};
  evaluation.backward(seed);
  std::vector<double> found(evaluation.result(), evaluation.result() + 2);
  for (Index i = 0; i < 6; ++i) found.push_back(evaluation.adjoint(i)[0]);
  return found;
}

TEST_CASE("a recorded function that passes have shortened gives the same numbers") {
  Script script;
  const RecordedFunction function = predator_and_prey(script);
  const double point[] = {2, 3, 4, 0.3, 0.5, 0.7};
  const std::vector<double> expected =
      evaluate_at(SubTape(function.tape, function.result, 3), point);
  NodeId result = function.result;
  Tape tape = optimise_function(function.tape, result, PassSet::all());
  CHECK(tape.instructions.size() == 1);  // one program, whose results are the pair
  CHECK(tape.guards.empty());
  const std::vector<double> found = evaluate_at(SubTape(std::move(tape), result, 3), point);
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK(found[i] == doctest::Approx(expected[i]).epsilon(1e-14));
  // What is returned as it came.
  for (const bool is_state : {true, false}) {
    Tape plain;
    Node node;
    node.kind = is_state ? Node::Kind::input : Node::Kind::constant;
    node.size = 1;
    plain.nodes.push_back(node);
    plain.dimension = 1;
    NodeId same = 0;
    plain = optimise_function(std::move(plain), same, PassSet::all());
    CHECK(plain.nodes[static_cast<std::size_t>(same)].kind == node.kind);
  }
}

std::shared_ptr<const Operation> make(lang::OdeMethod method, std::vector<double> times,
                                      double tolerance) {
  Script script;
  RecordedFunction function = predator_and_prey(script);
  return make_ode({"f",
                   {SubTape(std::move(function.tape), function.result, 3), tolerance, tolerance},
                   0,
                   std::move(times),
                   method});
}

std::vector<OperationInput> inputs(Index lanes, bool fixed_initial) {
  OperationInput initial{{}, 2, fixed_initial};
  OperationInput parameters{{}, 3, false};
  for (const double value : {2.0, 1.0}) {
    for (Index b = 0; b < (fixed_initial ? 1 : lanes); ++b) {
      initial.values.push_back(value + 0.1 * static_cast<double>(b));
    }
  }
  for (const double value : {0.6, 0.3, 0.2}) {
    for (Index b = 0; b < lanes; ++b) {
      parameters.values.push_back(value * (1 + 0.05 * static_cast<double>(b)));
    }
  }
  return {initial, parameters};
}

TEST_CASE("the gradient of a solution is that of what was computed, in every lane") {
  struct Case {
    lang::OdeMethod method;
    std::vector<double> times;
    double tolerance;
  };
  const Case cases[] = {
      {lang::OdeMethod::rk45, {0, 0.5, 0.6, 4}, 1e-11},
      {lang::OdeMethod::stiff, {0, 0.5, 0.6, 4}, 1e-9},
      {lang::OdeMethod::rk45, {}, 1e-6},
      // So many steps that most are not kept.
      {lang::OdeMethod::rk45, {3, 9}, 1e-14},
  };
  for (const Case& c : cases) {
    CAPTURE(c.times.size());
    const auto operation = make(c.method, c.times, c.tolerance);
    const Index size = 2 * static_cast<Index>(c.times.size());
    for (const Index lanes : {1, 3, 8}) {
      for (const bool fixed_initial : {false, true}) {
        testing::check_operation(*operation, inputs(lanes, fixed_initial), size, lanes, 2e-5);
      }
    }
  }
}

TEST_CASE("the first output may be the state at the start; no state is no trouble") {
  const auto operation = make(lang::OdeMethod::rk45, {0}, 1e-6);
  const auto result =
      testing::run_operation(*operation, inputs(3, false), 2, 3, {1, 2, 3, 4, 5, 6});
  CHECK(result.out == inputs(3, false)[0].values);
  CHECK(result.adjoints[0] == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(result.adjoints[1] == std::vector<double>(9, 0.0));

  Recorder recorder;
  const Value t = recorder.parameter(Value::number(0));
  const Value z = recorder.parameter(Value::tensor({lang::Size::number(0)}, {}));
  const NodeId parameters[] = {t.node, z.node};
  RecordedFunction function = take_function(recorder.tape(), {}, parameters, z.node);
  for (const lang::OdeMethod method : {lang::OdeMethod::rk45, lang::OdeMethod::stiff}) {
    const auto empty = make_ode(
        {"f", {SubTape(function.tape, function.result, 1), 1e-6, 1e-6}, 0, {1, 2}, method});
    CHECK(testing::run_operation(*empty, {{{}, 0, false}}, 0, 1).out.empty());
  }
}

}  // namespace
}  // namespace vippl::runtime
