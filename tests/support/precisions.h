#pragma once
#include <Eigen/Core>

#include "inference/markov_graph.h"
#include "runtime/random.h"
#include "tests/support/targets.h"

// Precisions with zeros, as hierarchies and series have them.

namespace vippl::testing {

/// `globals` coordinates joined to all, then `groups` groups of `members` that are joined within.
/// Member k of group j is coordinate globals + k * groups + j.
inline Eigen::MatrixXd arrow_precision(Eigen::Index globals, Eigen::Index groups,
                                       Eigen::Index members) {
  const Eigen::Index d = globals + groups * members;
  Eigen::MatrixXd precision = 0.1 * Eigen::MatrixXd::Identity(d, d);
  runtime::Rng rng(1, runtime::Purpose::test);
  for (Eigen::Index j = 0; j < groups; ++j)
    for (Eigen::Index row = 0; row < members + 1; ++row) {
      Eigen::VectorXd x = Eigen::VectorXd::Zero(d);
      for (Eigen::Index g = 0; g < globals; ++g) x[g] = rng.normal();
      for (Eigen::Index k = 0; k < members; ++k) x[globals + k * groups + j] = rng.normal();
      precision += x * x.transpose();
    }
  return precision;
}

/// An autoregression of this order.
inline Eigen::MatrixXd band_precision(Eigen::Index d, Eigen::Index order) {
  Eigen::MatrixXd factor = Eigen::MatrixXd::Identity(d, d);
  for (Eigen::Index i = 0; i < d; ++i)
    for (Eigen::Index k = 1; k <= order && i + k < d; ++k)
      factor(i + k, i) = -0.7 / static_cast<double>(k);
  return factor * factor.transpose();
}

/// Which coordinates a precision joins.
inline inference::MarkovGraph graph_of(const Eigen::MatrixXd& precision) {
  inference::MarkovGraph graph;
  graph.neighbours.resize(static_cast<std::size_t>(precision.rows()));
  for (Eigen::Index i = 0; i < precision.rows(); ++i)
    for (Eigen::Index j = 0; j < precision.rows(); ++j)
      if (i != j && precision(i, j) != 0)
        graph.neighbours[static_cast<std::size_t>(i)].push_back(j);
  return graph;
}

}  // namespace vippl::testing
