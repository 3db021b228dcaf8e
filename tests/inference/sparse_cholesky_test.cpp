#include "inference/sparse_cholesky.h"

#include <doctest/doctest.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <cmath>

#include "inference/coloured_curvature.h"
#include "inference/guide.h"
#include "inference/normal_score.h"
#include "tests/support/precisions.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using vippl::runtime::Points;

struct Case {
  MatrixXd precision;
  Elimination elimination;
  VectorXd entries;
};

Case case_of(const MatrixXd& precision) {
  const Elimination e = *Elimination::of(graph_of(precision), 1000000);
  VectorXd entries(e.entries());
  for (Index k = 0; k < e.size(); ++k)
    for (Index i = e.begin(k); i < e.begin(k + 1); ++i)
      entries[i] = precision(e.coordinate(k), e.coordinate(e.row(i)));
  return {precision, e, entries};
}

}  // namespace

TEST_CASE("a sparse Cholesky factor does what a dense one does") {
  for (const MatrixXd& precision :
       {arrow_precision(3, 10, 2), band_precision(30, 2), arrow_precision(6, 1, 3)}) {
    const Case c = case_of(precision);
    const Index d = precision.rows();
    const MatrixXd covariance = precision.inverse();
    const SparseCholesky cholesky = *SparseCholesky::of(c.elimination, c.entries);
    Points z(d, d), noise(d, d), pulled(d, d);
    cholesky.place(MatrixXd::Identity(d, d), z);
    CHECK((z.transpose() * z - covariance).norm() < 1e-9 * covariance.norm());
    cholesky.standardise(z, noise);
    CHECK((noise - MatrixXd::Identity(d, d)).norm() < 1e-9);
    cholesky.pull(precision, pulled);
    cholesky.place(pulled, z);
    CHECK((z - MatrixXd::Identity(d, d)).norm() < 1e-8);
    cholesky.push(pulled, z);
    CHECK((z - precision).norm() < 1e-9 * precision.norm());
    CHECK(cholesky.log_determinant_of_factor() ==
          doctest::Approx(-0.5 * std::log(covariance.determinant())));
    const VectorXd entries = cholesky.covariance_entries();
    const Elimination& e = c.elimination;
    for (Index k = 0; k < d; ++k)
      for (Index i = e.begin(k); i < e.begin(k + 1); ++i)
        CHECK(entries[i] ==
              doctest::Approx(covariance(e.coordinate(k), e.coordinate(e.row(i)))).epsilon(1e-7));
    const VectorXd shift = VectorXd::LinSpaced(d, -1, 2);
    CHECK(cholesky.squared_length(shift) == doctest::Approx(shift.dot(precision * shift)));
    const SparseCholesky again = SparseCholesky::from_factor(e, cholesky.factor());
    CHECK((again.precision() - c.entries).norm() < 1e-9 * c.entries.norm());
  }
}

TEST_CASE("a normal is scored alike by its covariance and by its sparse precision") {
  const MatrixXd precision = arrow_precision(3, 10, 2);
  const Index d = precision.rows();
  const Case c = case_of(precision);
  const VectorXd mean = VectorXd::LinSpaced(d, -1, 2);
  const NormalTarget target(mean, precision.inverse());
  Evaluator evaluator(target);
  Points noise(40, d);
  vippl::runtime::Rng rng(3, vippl::runtime::Purpose::test);
  rng.fill_normal({noise.data(), static_cast<std::size_t>(noise.size())});

  const MatrixXd factor = target.precision().inverse().llt().matrixL();
  const SparseCholesky cholesky = *SparseCholesky::of(c.elimination, c.entries);
  for (const Start& start : {normal_start(mean, factor), sparse_start(mean, cholesky)}) {
    const NormalScore score = score_normal(evaluator, start, noise);
    CHECK(std::fabs(score.elbo) < 1e-7);  // it is the target itself
    CHECK(score.spread < 1e-7);
  }
  // With twice the sds, KL(q || p) = d (4 - 1 - 2 log 2) / 2.
  const SparseCholesky wide = SparseCholesky::from_factor(c.elimination, 0.5 * cholesky.factor());
  const NormalScore dense = score_normal(evaluator, normal_start(mean, 2 * factor), noise);
  const NormalScore sparse = score_normal(evaluator, sparse_start(mean, wide), noise);
  CHECK(sparse.spread > 1);
  CHECK(dense.spread > 1);
  const double kl = static_cast<double>(d) * (1.5 - std::log(2.0));
  CHECK(std::fabs(sparse.elbo + kl) < 4 * sparse.spread / std::sqrt(40));
  CHECK(std::fabs(dense.elbo + kl) < 4 * dense.spread / std::sqrt(40));
}

TEST_CASE("the factor of an arrow and of a band has no entries beyond those of the precision") {
  CHECK(case_of(arrow_precision(3, 20, 2)).elimination.entries() == 20 * (5 + 4) + 6);
  CHECK(case_of(band_precision(50, 1)).elimination.entries() == 50 + 49);
}

TEST_CASE("too many entries are refused") {
  MarkovGraph graph;
  graph.neighbours.resize(3);
  graph.neighbours[0] = {1, 2};
  graph.neighbours[1] = {0, 2};
  graph.neighbours[2] = {0, 1};
  CHECK(Elimination::of(graph, 6));
  CHECK(!Elimination::of(graph, 5));
}

TEST_CASE("an indefinite matrix has no factor, and one near it has the least pivots") {
  Case c = case_of(arrow_precision(2, 5, 1));
  const Index last = c.elimination.begin(c.elimination.size() - 1);
  c.entries[last] -= 100;
  CHECK(!SparseCholesky::of(c.elimination, c.entries));
  const VectorXd least = VectorXd::Constant(c.elimination.size(), 1e-3);
  const auto near = SparseCholesky::near(c.elimination, c.entries, least);
  REQUIRE(near);
  CHECK(near->pivots()[c.elimination.size() - 1] == doctest::Approx(1e-3));
  const SparseCholesky again = *SparseCholesky::of(c.elimination, near->precision());
  CHECK((again.factor() - near->factor()).norm() < 1e-6);
}

TEST_CASE("the divergence of sparse normals is that of dense ones") {
  const Case c = case_of(arrow_precision(2, 6, 2));
  const Index d = c.precision.rows();
  const SparseCholesky p = *SparseCholesky::of(c.elimination, c.entries);
  const SparseCholesky q = *SparseCholesky::of(c.elimination, 2 * c.entries);
  const VectorXd shift = VectorXd::LinSpaced(d, 0, 1);
  const double expected =
      0.5 * static_cast<double>(d) - static_cast<double>(d) + shift.dot(c.precision * shift);
  CHECK(trace_and_shift(q, p, shift) == doctest::Approx(expected));
}

TEST_CASE("coloured differences find the Hessian of a quadratic") {
  for (const MatrixXd& precision : {arrow_precision(3, 10, 2), band_precision(30, 2)}) {
    const Index d = precision.rows();
    const NormalTarget target(VectorXd::Zero(d), precision.inverse());
    Evaluator evaluator(target);
    const auto graph = find_markov_graph(evaluator, VectorXd::Zero(d), VectorXd::Ones(d), 1);
    const Case c = case_of(precision);
    const ColouredCurvature curvature(*graph, c.elimination);
    const Points z = MatrixXd::Random(4, d);
    Points gradients(4, d);
    vippl::runtime::LogDensities values(4);
    evaluator.gradients(z, values, gradients);
    VectorXd found;
    REQUIRE(curvature.mean_precision(
        evaluator, z, gradients, VectorXd::Ones(d), [] { return true; }, found));
    CHECK((found - c.entries).norm() < 1e-7 * c.entries.norm());
  }
}
