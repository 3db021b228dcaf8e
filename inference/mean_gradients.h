#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <vector>

#include "inference/guide.h"
#include "runtime/log_density.h"

namespace vippl::inference {

/// How the mean of each reported scalar under a normal guide answers to the guide's parameters:
/// dE_q[T(z)] / dparameters.
class MeanGradients {
 public:
  /// `noise` is matched (matched_draws.h). Evaluates nothing yet.
  MeanGradients(const runtime::LogDensity& model, const Guide& guide, const Points& noise,
                std::uint64_t seed);

  /// Columns of Draws that have a gradient, those of small quantities first.
  const std::vector<Eigen::Index>& columns() const { return columns_; }
  /// The points that prepare() constrains; 0 where every map has a closed form.
  std::int64_t preparation_points() const;
  /// Works out the gradients of scalars without a closed form; false: leaves them out of columns().
  void prepare(bool with_unknown);

  /// Size parameter_count().
  Eigen::VectorXd of(Eigen::Index column);

 private:
  bool is_known(Eigen::Index column) const;
  void means_at(const Eigen::VectorXd& parameters, Eigen::VectorXd& means);

  const runtime::LogDensity& model_;
  std::unique_ptr<Guide> guide_;
  const Points& noise_;
  std::uint64_t seed_;
  std::vector<runtime::ScalarMap> maps_;
  std::vector<Eigen::Index> columns_;
  std::vector<Eigen::Index> unknown_;  // of columns_, those without a closed form
  Eigen::MatrixXd differences_;        // parameters x unknown_
  Points z_;
  Points dz_;
  runtime::Draws draws_;
};

}  // namespace vippl::inference
