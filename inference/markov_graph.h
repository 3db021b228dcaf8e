#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <vector>

#include "inference/evaluator.h"

namespace vippl::inference {

/// Which coordinates a log density joins: two are neighbours where its mixed second derivative is
/// not zero everywhere. Given its neighbours, a coordinate is independent of all others, and the
/// precision of the best normal approximation has a zero for every pair that is not joined.
struct MarkovGraph {
  std::vector<std::vector<Eigen::Index>>
      neighbours;  ///< of each coordinate, sorted, without itself

  Eigen::Index size() const { return static_cast<Eigen::Index>(neighbours.size()); }
};

/// Found by moving one coordinate after the other and seeing which gradients answer, at a random
/// point about `scale` away from `location` and at two about 1 away from the origin: 3 (d + 1)
/// gradients. A point without a finite gradient is left out. Nothing where none is left, or where
/// so many answer that nothing would be gained.
std::optional<MarkovGraph> find_markov_graph(Evaluator& evaluator, const Eigen::VectorXd& location,
                                             const Eigen::VectorXd& scale, std::uint64_t seed);

/// Groups of coordinates that one difference of gradients can serve together.
struct Colouring {
  std::vector<Eigen::Index> colours;  ///< of each coordinate, from 0
  std::vector<bool> is_hub;           ///< alone in its colour
  Eigen::Index count = 0;
};

/// Coordinates with many neighbours get a colour each; the others are coloured greedily so that no
/// two of one colour are joined or have a common neighbour that is not a hub. Every second
/// derivative then stands alone in the difference along one of the two colours: g global
/// coordinates and any number of groups of k take g + k colours (Coleman & More 1984, Math. Prog.
/// 28, for what symmetry saves).
Colouring colour(const MarkovGraph& graph);

}  // namespace vippl::inference
