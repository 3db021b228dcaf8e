#include "inference/markov_graph.h"

#include <doctest/doctest.h>

#include <Eigen/LU>
#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/precisions.h"

using namespace vippl::inference;
using namespace vippl::testing;

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

TEST_CASE("the Markov graph of a normal is where its precision is not zero") {
  for (const MatrixXd& precision : {arrow_precision(3, 10, 2), band_precision(40, 2)}) {
    const NormalTarget target(VectorXd::Ones(precision.rows()), precision.inverse());
    Evaluator evaluator(target);
    const auto graph = find_markov_graph(evaluator, VectorXd::Zero(precision.rows()),
                                         VectorXd::Ones(precision.rows()), 1);
    REQUIRE(graph);
    CHECK(graph->neighbours == graph_of(precision).neighbours);
  }
}

TEST_CASE("what is joined is seen although the start lies where it is switched off") {
  const Funnel target(4);
  Evaluator evaluator(target);
  VectorXd scale = VectorXd::Constant(4, 1e-9);
  const auto graph = find_markov_graph(evaluator, VectorXd::Zero(4), scale, 1);
  REQUIRE(graph);
  CHECK(graph->neighbours[0].size() == 3);
}

TEST_CASE("a target without a finite gradient anywhere has no Markov graph") {
  const HalfSpace target(2, 1e9);
  Evaluator evaluator(target);
  CHECK(!find_markov_graph(evaluator, VectorXd::Zero(2), VectorXd::Ones(2), 1));
}

TEST_CASE("colours: every second derivative stands alone in one of two differences") {
  for (const MatrixXd& precision :
       {arrow_precision(3, 10, 2), band_precision(40, 2), arrow_precision(5, 1, 4)}) {
    const MarkovGraph graph = graph_of(precision);
    const Colouring colouring = colour(graph);
    const auto colour_of = [&](Index i) { return colouring.colours[static_cast<std::size_t>(i)]; };
    const auto stands_alone = [&](Index row, Index column) {
      for (Index k = 0; k < precision.rows(); ++k)
        if (k != column && colour_of(k) == colour_of(column) && precision(row, k) != 0)
          return false;
      return true;
    };
    for (Index i = 0; i < precision.rows(); ++i) {
      CHECK(stands_alone(i, i));
      CHECK(colour_of(i) < colouring.count);
      for (Index j = 0; j < i; ++j)
        if (precision(i, j) != 0) CHECK((stands_alone(i, j) || stands_alone(j, i)));
    }
  }
}

TEST_CASE("an arrow takes a colour per global coordinate and one per member of a group") {
  CHECK(colour(graph_of(arrow_precision(3, 50, 2))).count == 5);
  CHECK(colour(graph_of(band_precision(60, 2))).count == 5);
  CHECK(colour(graph_of(MatrixXd::Ones(7, 7))).count == 7);
  CHECK(colour(graph_of(MatrixXd::Identity(7, 7))).count == 1);
}
