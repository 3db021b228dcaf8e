#include "inference/iterate_average.h"

#include <doctest/doctest.h>

#include <cmath>

#include "runtime/random.h"

using namespace vippl::inference;
using vippl::runtime::Purpose;
using vippl::runtime::Rng;

namespace {

/// An autoregressive chain about `centre`, with sd 1.
class Chain {
 public:
  Chain(double memory, std::uint64_t seed) : memory_(memory), rng_(seed, Purpose::test) {}
  double next(double centre) {
    state_ = memory_ * state_ + std::sqrt(1 - memory_ * memory_) * rng_.normal();
    return centre + state_;
  }

 private:
  double memory_;
  double state_ = 0;
  Rng rng_;
};

}  // namespace

TEST_CASE("the mean of a settled chain comes with its error") {
  constexpr double memory = 0.9;
  double square = 0;
  double claimed = 0;
  constexpr int runs = 40;
  for (int run = 0; run < runs; ++run) {
    Chain chain(memory, static_cast<std::uint64_t>(run));
    IterateAverage average(1);
    for (int i = 0; i < 3000; ++i) average.add(Eigen::VectorXd::Constant(1, chain.next(5)));
    const IterateAverage::Window window = average.best_window();
    CHECK(window.rhat < 1.1);
    CHECK(std::fabs(window.mean[0] - 5) < 5 * window.error[0]);
    square += std::pow((window.mean[0] - 5) / window.error[0], 2) / runs;
    claimed += window.error[0] / runs;
  }
  CHECK(std::sqrt(square) > 0.6);
  CHECK(std::sqrt(square) < 1.5);
  // sqrt((1 + memory) / (1 - memory) / iterates), between a quarter of the chain and all of it.
  CHECK(claimed > 0.9 * std::sqrt(19.0 / 3000));
  CHECK(claimed < 1.1 * std::sqrt(19.0 / 750));
}

TEST_CASE("what came before a chain settled is left out, in every parameter") {
  Chain first(0.5, 1);
  Chain second(0.5, 2);
  IterateAverage average(2);
  for (int i = 0; i < 4000; ++i) {
    const double drift = 50 * std::exp(-i / 200.0);
    average.add(Eigen::Vector2d(first.next(0), second.next(drift)));
  }
  const IterateAverage::Window window = average.best_window();
  CHECK(window.iterates <= 3000);
  CHECK(window.rhat < 1.1);
  CHECK(std::fabs(window.mean[1]) < 0.15);
}

TEST_CASE("a chain that still travels has not settled") {
  Chain noise(0.5, 3);
  IterateAverage average(1);
  for (int i = 0; i < 2000; ++i) average.add(Eigen::VectorXd::Constant(1, noise.next(0.01 * i)));
  CHECK(average.best_window().rhat > 1.1);
}

TEST_CASE("a long chain is kept in larger blocks, and none of it is lost") {
  IterateAverage average(1);
  double sum = 0;
  constexpr int count = 32'000;  // blocks of 160, after four doublings
  for (int i = 0; i < count; ++i) {
    const double value = i % 2 == 0 ? 1 : 3;
    sum += value;
    average.add(Eigen::VectorXd::Constant(1, value));
  }
  CHECK(average.iterates() == count);
  const IterateAverage::Window window = average.best_window();
  CHECK(window.iterates == count);
  CHECK(window.mean[0] == doctest::Approx(sum / count));
  CHECK(window.error[0] == 0);
  CHECK(window.rhat == 1);
}
