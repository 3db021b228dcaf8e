#include "inference/evaluator.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

/// Takes its time, and notes which threads came.
class Slow final : public Target {
 public:
  Slow() : Target(3) {}

  double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
    {
      const std::lock_guard lock(mutex_);
      threads_.insert(std::this_thread::get_id());
    }
    std::this_thread::sleep_for(std::chrono::microseconds(100));
    if (gradient != nullptr) *gradient -= 3 * z;
    return -1.5 * z.squaredNorm() + std::sin(z[0]);
  }

  std::unique_ptr<vippl::runtime::Workspace> make_workspace() const override {
    const std::lock_guard lock(mutex_);
    ++workspaces_;
    return Target::make_workspace();
  }

  std::size_t threads() const { return threads_.size(); }
  int workspaces() const { return workspaces_; }

 private:
  mutable std::mutex mutex_;
  mutable std::set<std::thread::id> threads_;
  mutable int workspaces_ = 0;
};

struct Result {
  LogDensities values;
  Points gradients;
  LogDensities densities;
  std::size_t threads = 0;
  int workspaces = 0;
};

Result evaluated(int threads, const Points& points) {
  const ThreadLimit limit(threads);
  const Slow target;
  Evaluator evaluator(target);
  Result result{LogDensities(points.rows()), Points(points.rows(), 3), LogDensities(points.rows())};
  const Points few = points.topRows(10);
  LogDensities of_few(10);
  evaluator.densities(few, of_few);  // tells how long a point takes
  evaluator.gradients(points, result.values, result.gradients);
  const auto goes_on = [] { return true; };
  REQUIRE(evaluator.densities_in_blocks(points, result.densities, goes_on));
  CHECK(evaluator.gradient_evaluations() == points.rows());
  CHECK(evaluator.density_evaluations() == points.rows() + 10);
  result.threads = target.threads();
  result.workspaces = target.workspaces();
  return result;
}

}  // namespace

TEST_CASE("points are shared between threads, and the same bytes come out") {
  vippl::runtime::Rng rng(1, vippl::runtime::Purpose::test);
  Points points(101, 3);
  rng.fill_normal({points.data(), static_cast<std::size_t>(points.size())});
  const Result alone = evaluated(1, points);
  CHECK(alone.threads == 1);
  CHECK(alone.workspaces == 1);  // nothing is shared out to nobody
  for (const int threads : {2, 4}) {
    CAPTURE(threads);
    const Result shared = evaluated(threads, points);
    CHECK(shared.threads > 1);
    CHECK(shared.values == alone.values);
    CHECK(shared.gradients == alone.gradients);
    CHECK(shared.densities == alone.densities);
  }
  CHECK(alone.densities == alone.values);
}

TEST_CASE("an error in one thread reaches the caller") {
  class Failing final : public Target {
   public:
    Failing() : Target(1) {}
    double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd*) const override {
      std::this_thread::sleep_for(std::chrono::microseconds(100));
      if (z[0] == 77) throw std::runtime_error("seventy-seven");
      return 0;
    }
  };
  const ThreadLimit limit(2);
  const Failing target;
  Evaluator evaluator(target);
  const Points points = Eigen::VectorXd::LinSpaced(100, 0, 99);
  LogDensities values(100);
  const Points few = points.topRows(10);
  LogDensities of_few(10);
  evaluator.densities(few, of_few);
  CHECK_THROWS_WITH(evaluator.densities(points, values), "seventy-seven");
}

TEST_CASE("points in blocks end where they are told to") {
  const Slow target;
  Evaluator evaluator(target);
  const Points points = Points::Zero(200, 3);
  LogDensities values = LogDensities::Constant(200, 7);
  int asked = 0;
  CHECK_FALSE(evaluator.densities_in_blocks(points, values, [&] { return ++asked < 3; }));
  CHECK(values[0] == 0);
  CHECK(values[199] == 7);
}
