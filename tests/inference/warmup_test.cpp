#include "inference/warmup.h"

#include <doctest/doctest.h>

#include <cmath>

#include "runtime/random.h"

using vippl::inference::DualAveraging;
using vippl::inference::RunningVariance;
using vippl::inference::WarmupWindows;

TEST_CASE("windows double in length between a beginning and an end without them") {
  struct Case {
    std::int64_t warmup;
    std::vector<std::int64_t> ends;
    std::int64_t first;
  };
  const Case cases[] = {{1000, {100, 150, 250, 450, 950}, 75},
                        {150, {100}, 75},
                        {160, {110}, 75},
                        {200, {100, 150}, 75},
                        {100, {90}, 15},
                        {20, {18}, 3},
                        {19, {}, 0}};
  for (const Case& each : cases) {
    CAPTURE(each.warmup);
    const WarmupWindows windows(each.warmup);
    std::vector<std::int64_t> ends;
    std::int64_t learnt_from = 0;
    for (std::int64_t i = 0; i < each.warmup; ++i) {
      if (windows.ends_window(i)) ends.push_back(i + 1);
      if (windows.learns_metric(i)) ++learnt_from;
    }
    CHECK(ends == each.ends);
    CHECK(learnt_from == (each.ends.empty() ? 0 : each.ends.back() - each.first));
    CHECK(windows.learns_metric(each.first) == !each.ends.empty());
  }
}

TEST_CASE("dual averaging finds the step with the acceptance asked for") {
  for (const double target : {0.6, 0.8, 0.95}) {
    CAPTURE(target);
    DualAveraging averaging(target);
    averaging.restart(0.01);
    for (int i = 0; i < 2000; ++i) averaging.learn(std::exp(-averaging.step()));
    CHECK(averaging.settled_step() == doctest::Approx(-std::log(target)).epsilon(0.05));
  }
}

TEST_CASE("running variances are those of all points, drawn a little towards a small number") {
  RunningVariance running(2);
  vippl::runtime::Rng rng(1, vippl::runtime::Purpose::test);
  const Eigen::Index count = 200;
  Eigen::MatrixXd points(count, 2);
  for (Eigen::Index i = 0; i < count; ++i) {
    points.row(i) << 1e6 + rng.normal(), 100 * rng.normal();
    running.add(points.row(i).transpose());
  }
  const Eigen::RowVectorXd mean = points.colwise().mean();
  const Eigen::VectorXd variance =
      (points.rowwise() - mean).colwise().squaredNorm().transpose() / double(count - 1);
  const Eigen::VectorXd expected = (200 * variance.array() + 5e-3) / 205;
  const Eigen::VectorXd found = running.regularised();
  for (Eigen::Index j = 0; j < 2; ++j)
    CHECK(found[j] == doctest::Approx(expected[j]).epsilon(1e-8));
  running.clear();
  CHECK(running.regularised()[0] == doctest::Approx(1e-3));
}
