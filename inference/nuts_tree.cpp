#include "inference/nuts_tree.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;

/// Of a stretch with these momenta at its ends, summing up to a + b.
bool turns(const Vector& first, const Vector& last, const Vector& a, const Vector& b,
           const Vector& variance) {
  const double at_first = (first.array() * variance.array() * (a + b).array()).sum();
  const double at_last = (last.array() * variance.array() * (a + b).array()).sum();
  return !(at_first > 0 && at_last > 0);
}

}  // namespace

void NutsTree::become_leaf(const PhasePoint& point, double log_weight_of_point) {
  level = 0;
  first = last = sum = point.momentum;
  log_weight = log_weight_of_point;
  z = point.z;
  gradient = point.gradient;
  log_density = point.log_density;
}

void NutsTree::take_draw(const NutsTree& other) {
  z = other.z;
  gradient = other.gradient;
  log_density = other.log_density;
}

bool turns_back(const NutsTree& earlier, const NutsTree& later, const Vector& variance) {
  return turns(earlier.first, later.last, earlier.sum, later.sum, variance) ||
         turns(earlier.first, later.first, earlier.sum, later.first, variance) ||
         turns(earlier.last, later.last, earlier.last, later.sum, variance);
}

void absorb(NutsTree& tree, const NutsTree& other) {
  tree.sum += other.sum;
  tree.log_weight = log_sum_exp(tree.log_weight, other.log_weight);
  ++tree.level;
}

double log_sum_exp(double a, double b) {
  const double greater = std::max(a, b);
  if (greater == -std::numeric_limits<double>::infinity()) return greater;
  return greater + std::log1p(std::exp(std::min(a, b) - greater));
}

}  // namespace vippl::inference
