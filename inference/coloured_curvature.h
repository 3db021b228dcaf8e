#pragma once
#include <Eigen/Core>
#include <functional>
#include <vector>

#include "inference/evaluator.h"
#include "inference/markov_graph.h"
#include "inference/sparse_cholesky.h"

namespace vippl::inference {

/// Second derivatives of a log density on its Markov graph, by differences of gradients along
/// coloured directions: as many gradients a point as there are colours.
class ColouredCurvature {
 public:
  ColouredCurvature(const MarkovGraph& graph, const Elimination& elimination);

  Eigen::Index colours() const { return colouring_.count; }

  /// Minus the mean Hessian over the rows of z, at the entries of the elimination; `gradients` are
  /// those at z, `scale` the unit of each coordinate. Rows 2i and 2i + 1 step in opposite
  /// directions, so that third derivatives cancel in an antithetic pair. False where a gradient was
  /// not finite, or `goes_on` said no.
  bool mean_precision(Evaluator& evaluator, const runtime::Points& z,
                      const runtime::Points& gradients, const Eigen::VectorXd& scale,
                      const std::function<bool()>& goes_on, Eigen::VectorXd& precision) const;

 private:
  /// Entry `entry` is read off the difference along `colour`, at coordinate `row`.
  struct Reading {
    Eigen::Index entry = 0;
    Eigen::Index colour = 0;
    Eigen::Index row = 0;
    Eigen::Index column = 0;
  };

  Colouring colouring_;
  std::vector<Reading> readings_;
  Eigen::Index entries_ = 0;
};

}  // namespace vippl::inference
