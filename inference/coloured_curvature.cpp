#include "inference/coloured_curvature.h"

#include <algorithm>

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Eigen::Index;
using runtime::Points;

// In units of the scale: as in laplace.cpp.
constexpr double difference_step = 1e-3;

}  // namespace

ColouredCurvature::ColouredCurvature(const MarkovGraph& graph, const Elimination& elimination)
    : colouring_(colour(graph)), entries_(elimination.entries()) {
  const auto colour_of = [this](Index i) {
    return colouring_.colours[static_cast<std::size_t>(i)];
  };
  for (Index i = 0; i < graph.size(); ++i) {
    const Index own = elimination.turn(i);
    readings_.push_back({elimination.begin(own), colour_of(i), i, i});
    for (const Index j : graph.neighbours[static_cast<std::size_t>(i)]) {
      const Index other = elimination.turn(j);
      if (other > own) continue;  // once for each pair
      const bool is_hub = colouring_.is_hub[static_cast<std::size_t>(i)];
      const Index entry = elimination.find(own, other);
      readings_.push_back(is_hub ? Reading{entry, colour_of(i), j, i}
                                 : Reading{entry, colour_of(j), i, j});
    }
  }
}

bool ColouredCurvature::mean_precision(Evaluator& evaluator, const Points& z,
                                       const Points& gradients, const Vector& scale,
                                       const std::function<bool()>& goes_on,
                                       Vector& precision) const {
  const Index d = z.cols();
  Points points(colours(), d), moved(colours(), d);
  runtime::LogDensities values(colours());
  precision.setZero(entries_);
  for (Index s = 0; s < z.rows(); ++s) {
    const double step = s % 2 == 0 ? difference_step : -difference_step;
    points = z.row(s).replicate(colours(), 1);
    for (Index j = 0; j < d; ++j)
      points(colouring_.colours[static_cast<std::size_t>(j)], j) += step * scale[j];
    if (!evaluator.gradients_in_blocks(points, values, moved, goes_on)) return false;
    if (!values.allFinite() || !moved.allFinite()) return false;
    for (const Reading& reading : readings_)
      precision[reading.entry] -= (moved(reading.colour, reading.row) - gradients(s, reading.row)) /
                                  (step * scale[reading.column]);
  }
  precision /= static_cast<double>(z.rows());
  return true;
}

}  // namespace vippl::inference
