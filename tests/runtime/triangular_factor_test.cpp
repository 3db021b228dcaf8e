#include "runtime/triangular_factor.h"

#include <doctest/doctest.h>

#include "runtime/random.h"

using namespace vippl::runtime;

TEST_CASE("a triangular factor has the lengths and angles of the columns it stands for") {
  for (const Eigen::Index count : {1, 3, 7, 40, 1000})
    for (const Eigen::Index columns : {1, 4, 9}) {
      CAPTURE(count);
      CAPTURE(columns);
      Rng rng(1, Purpose::test);
      RowMajorMatrix x(count, columns);
      rng.fill_normal({x.data(), static_cast<std::size_t>(x.size())});
      x.col(0).array() += 1e6;  // an income, or a calendar year
      const Eigen::MatrixXd r = triangular_factor(x);
      CHECK(r.rows() == std::min(count, columns));
      CHECK(r.cols() == columns);
      CHECK(r.isUpperTriangular(0));
      const Eigen::MatrixXd gram = x.transpose() * x;
      CHECK((r.transpose() * r - gram).norm() < 1e-13 * gram.norm());
      // What is left of the last column once the first is taken out: small beside it, and right.
      if (count < 40 || columns < 2) continue;
      const Eigen::VectorXd first = x.col(0).normalized();
      const Eigen::VectorXd last = x.col(columns - 1) - first * first.dot(x.col(columns - 1));
      CHECK(r.col(columns - 1).tail(r.rows() - 1).norm() ==
            doctest::Approx(last.norm()).epsilon(1e-9));
    }
}
