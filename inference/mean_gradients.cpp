#include "inference/mean_gradients.h"

#include <algorithm>
#include <cmath>

#include "inference/normal_map.h"
#include "lang/diagnostic.h"

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Eigen::Index;
using runtime::Quantity;

// In units of the guide. The error is of the order of its square times a third derivative.
constexpr double parameter_step = 1e-2;

/// Yes or no, a count: its mean moves by jumps of single draws, and has no usable difference.
bool is_whole(const Eigen::Ref<const Vector>& values) {
  if (values.minCoeff() == values.maxCoeff()) return false;  // a constant
  return (values.array() == values.array().round()).all();
}

}  // namespace

MeanGradients::MeanGradients(const runtime::LogDensity& model, const Guide& guide,
                             const Points& noise, std::uint64_t seed)
    : model_(model),
      guide_(guide.clone()),
      noise_(noise),
      seed_(seed),
      z_(noise.rows(), guide.dimension()),
      dz_(Points::Zero(noise.rows(), guide.dimension())) {
  VIPPL_ASSERT(guide.is_normal(), "the guide is normal");
  std::vector<const Quantity*> quantities;
  for (const Quantity& quantity : model.quantities()) {
    const std::size_t end = static_cast<std::size_t>(quantity.offset) + quantity.maps.size();
    maps_.resize(std::max(maps_.size(), end));
    std::copy(quantity.maps.begin(), quantity.maps.end(), maps_.begin() + quantity.offset);
    if (quantity.kind != Quantity::Kind::generated) quantities.push_back(&quantity);
  }
  // Where not all can be had, a scale or an overall mean is of more interest than 500 effects.
  std::stable_sort(quantities.begin(), quantities.end(), [](const Quantity* a, const Quantity* b) {
    return a->maps.size() < b->maps.size();
  });
  for (const Quantity* quantity : quantities)
    for (std::size_t i = 0; i < quantity->maps.size(); ++i)
      columns_.push_back(quantity->offset + static_cast<Index>(i));
  for (const Index column : columns_)
    if (!is_known(column)) unknown_.push_back(column);
}

bool MeanGradients::is_known(Index column) const {
  return maps_[static_cast<std::size_t>(column)].kind != runtime::ScalarMap::Kind::other;
}

std::int64_t MeanGradients::preparation_points() const {
  return unknown_.empty() ? 0 : (2 * guide_->parameter_count() + 1) * noise_.rows();
}

void MeanGradients::means_at(const Vector& parameters, Vector& means) {
  guide_->set_parameters(parameters);
  guide_->place(noise_, z_);
  model_.constrain(z_, seed_, draws_);
  for (std::size_t u = 0; u < unknown_.size(); ++u)
    means[static_cast<Index>(u)] = draws_.col(unknown_[u]).mean();
}

void MeanGradients::prepare(bool with_unknown) {
  if (unknown_.empty()) return;
  const auto leave_out = [this](const auto& is_unwanted) {
    columns_.erase(std::remove_if(columns_.begin(), columns_.end(), is_unwanted), columns_.end());
    unknown_.erase(std::remove_if(unknown_.begin(), unknown_.end(), is_unwanted), unknown_.end());
  };
  if (!with_unknown) {
    leave_out([this](Index column) { return !is_known(column); });
    return;
  }
  // Differences of the mean over the same matched draws at either side, so that nothing is left of
  // their noise for a T that is a cubic in z. The Stein identity E[T z] would need no differences,
  // but all the variance of T would go into its error, which inverse(H) then magnifies.
  draws_.resize(noise_.rows(), static_cast<Index>(maps_.size()));
  const Vector parameters = guide_->parameters();
  Vector above(static_cast<Index>(unknown_.size()));
  means_at(parameters, above);
  leave_out([this](Index column) { return !is_known(column) && is_whole(draws_.col(column)); });
  above.resize(static_cast<Index>(unknown_.size()));
  Vector below = above;
  differences_.resize(parameters.size(), above.size());
  Vector moved = parameters;
  for (Index i = 0; i < parameters.size(); ++i) {
    moved[i] = parameters[i] + parameter_step;
    means_at(moved, above);
    moved[i] = parameters[i] - parameter_step;
    means_at(moved, below);
    moved[i] = parameters[i];
    differences_.row(i) = (above - below).transpose() / (2 * parameter_step);
  }
  guide_->set_parameters(parameters);
}

Vector MeanGradients::of(Index column) {
  if (!is_known(column)) {
    const auto at = std::find(unknown_.begin(), unknown_.end(), column);
    return differences_.col(at - unknown_.begin());
  }
  const runtime::ScalarMap& scalar = maps_[static_cast<std::size_t>(column)];
  const Index j = scalar.coordinate;
  const double location = guide_->mean()[j];
  const NormalMap map(scalar, location, std::sqrt(guide_->variance()[j]));
  const double slope = map.is_increasing() ? map.mean_slope() : -map.mean_slope();
  // The mean depends on location and variance of z_j alone, through E f' and E f'' / 2. A pull-back
  // of f'(z) would have the noise of the draws; one of its expected linear part has the same
  // expectation, and matched draws give it exactly.
  guide_->place(noise_, z_);
  dz_.col(j) = slope + map.mean_curvature() * (z_.col(j).array() - location);
  Vector gradient = Vector::Zero(guide_->parameter_count());
  guide_->pull_back(noise_, dz_, gradient);
  dz_.col(j).setZero();
  return gradient / static_cast<double>(noise_.rows());
}

}  // namespace vippl::inference
