#include "runtime/replay.h"

#include <doctest/doctest.h>

#include <Eigen/Core>
#include <cmath>

#include "runtime/contraction.h"
#include "runtime/operators.h"
#include "runtime/rearrange.h"
#include "runtime/recorder.h"

namespace vippl::runtime {

namespace {

using lang::ast::BinaryOperator;

Value binary(Recorder& recorder, BinaryOperator op, const Value& a, const Value& b,
             const lang::Shape& shape) {
  const Value* inputs[] = {&a, &b};
  return recorder.apply(make_binary(op, extents(a.shape), extents(b.shape), extents(shape)), inputs,
                        shape, lang::Element::real, {});
}

Value total(Recorder& recorder, const Value& x) {
  const Value* input = &x;
  return recorder.apply(make_sum(), {&input, 1}, {}, lang::Element::real, {});
}

// sum((X @ w)^2) over a 3 x 2 matrix, at w = z.
struct Quadratic {
  Recorder recorder;
  Tape tape;

  Quadratic() {
    const lang::Size n = lang::Size::number(3);
    const lang::Size p = lang::Size::number(2);
    const Value x = Value::tensor({n, p}, {1, 2, 3, 4, 5, 6});
    const double z[] = {0, 0};
    const Value w = recorder.input(0, z, {p});
    const Value* inputs[] = {&x, &w};
    const Value product = recorder.apply(make_contraction(extents(x.shape), extents(w.shape)),
                                         inputs, {n}, lang::Element::real, {});
    const Value square = binary(recorder, BinaryOperator::multiply, product, product, {n});
    recorder.term(total(recorder, square), LogTerm::Kind::density, false, {});
    tape = std::move(recorder.tape());
    tape.dimension = 2;
  }
};

}  // namespace

TEST_CASE("what is fixed leaves no trace on the tape") {
  Recorder recorder;
  const Value a = Value::number(2);
  const Value b = Value::number(3);
  const Value product = binary(recorder, BinaryOperator::multiply, a, b, {});
  CHECK(product.scalar == 6);
  CHECK_FALSE(product.is_latent());
  CHECK(recorder.tape().instructions.empty());
}

TEST_CASE("a replay gives the value and the gradient in every lane") {
  const Quadratic quadratic;
  const Schedule schedule(quadratic.tape);
  for (const Index lanes : {1, 3, 8}) {
    Replay replay(quadratic.tape, schedule, lanes);
    for (Index l = 0; l < lanes; ++l) {
      replay.point()[static_cast<std::size_t>(l)] = 1.0 + static_cast<double>(l);
      replay.point()[static_cast<std::size_t>(lanes + l)] = -0.5;
    }
    std::vector<double> values(static_cast<std::size_t>(lanes));
    replay.forward(true, 1, values);
    replay.backward(1);
    for (Index l = 0; l < lanes; ++l) {
      Eigen::Matrix<double, 3, 2> x;
      x << 1, 2, 3, 4, 5, 6;
      const Eigen::Vector2d w(1.0 + static_cast<double>(l), -0.5);
      const Eigen::Vector2d gradient = 2 * x.transpose() * (x * w);
      CHECK(values[static_cast<std::size_t>(l)] == doctest::Approx((x * w).squaredNorm()));
      CHECK(replay.gradient()[static_cast<std::size_t>(l)] == doctest::Approx(gradient[0]));
      CHECK(replay.gradient()[static_cast<std::size_t>(lanes + l)] == doctest::Approx(gradient[1]));
    }
  }
}

TEST_CASE("instructions that only a reported value needs are left out of the log joint") {
  Recorder recorder;
  const double z[] = {2.0};
  const Value x = recorder.input(0, z, {});
  const Value square = binary(recorder, BinaryOperator::multiply, x, x, {});
  recorder.term(square, LogTerm::Kind::density, false, {});
  const Value reported = binary(recorder, BinaryOperator::add, square, Value::number(1), {});
  const Value unused = binary(recorder, BinaryOperator::add, square, Value::number(2), {});
  CHECK(unused.scalar == 6);
  recorder.tape().dimension = 1;
  recorder.tape().reported = {reported.node};
  const Schedule schedule(recorder.tape());
  CHECK(schedule.density == std::vector<Index>{0});
  CHECK(schedule.reported == std::vector<Index>{0, 1});

  Replay replay(recorder.tape(), schedule, 1);
  replay.point()[0] = 3;
  double value = 0;
  replay.forward(false, 1, {&value, 1});
  replay.forward_reported(1, 0);
  CHECK(value == 9);
  CHECK(replay.values(reported.node)[0] == 10);
}

TEST_CASE("a guard tells the lanes that left the recorded path") {
  Recorder recorder;
  const double z[] = {1.0};
  const Value x = recorder.input(0, z, {});
  const Value positive = binary(recorder, BinaryOperator::greater, x, Value::number(0), {});
  recorder.guard(positive, {});
  recorder.term(x, LogTerm::Kind::density, false, {});
  recorder.tape().dimension = 1;
  const Schedule schedule(recorder.tape());
  Replay replay(recorder.tape(), schedule, 3);
  replay.point()[0] = 1;
  replay.point()[1] = -1;
  replay.point()[2] = 2;
  double values[3];
  replay.forward(false, 1, values);
  CHECK(replay.failed_lanes() == 2);
}

TEST_CASE("fixed arrays are cut to the minibatch and its terms scaled") {
  Recorder recorder(Recorder::Plate{"n", 4, 2});
  const lang::Size n = lang::Size::named("n", 4);
  const double z[] = {2.0};
  const Value w = recorder.input(0, z, {});
  const Value x = Value::tensor({n}, {1, 10, 100, 1000});
  const lang::Shape cut = recorder.cut({n});
  CHECK(lang::element_count(cut) == 2);
  const Value* inputs[] = {&x, &w};
  const Value product =
      recorder.apply(make_binary(BinaryOperator::multiply, extents(cut), {}, extents(cut)), inputs,
                     cut, lang::Element::real, {});
  recorder.term(total(recorder, product), LogTerm::Kind::density, true, {});
  recorder.term(w, LogTerm::Kind::density, false, {});
  recorder.tape().dimension = 1;
  const Schedule schedule(recorder.tape());
  Replay replay(recorder.tape(), schedule, 1);
  replay.point()[0] = 3;
  const std::int32_t rows[] = {3, 1};
  replay.set_rows(rows);
  double value = 0;
  replay.forward(true, 2, {&value, 1});
  replay.backward(2);
  CHECK(value == 2 * 3 * 1010 + 3);
  CHECK(replay.gradient()[0] == 2 * 1010 + 1);
}

TEST_CASE("replaying allocates nothing") {
  const Quadratic quadratic;
  const Schedule schedule(quadratic.tape);
  Replay replay(quadratic.tape, schedule, 8);
  double values[8];
  replay.forward(true, 1, values);
  replay.backward(1);
  Eigen::internal::set_is_malloc_allowed(false);
  replay.forward(true, 1, values);
  replay.backward(1);
  Eigen::internal::set_is_malloc_allowed(true);
}

}  // namespace vippl::runtime
