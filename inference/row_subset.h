#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/log_density.h"

namespace vippl::inference {

/// A model as if only some rows of its plate had been observed, for algorithms that use all rows.
/// Owns a model whose evaluations on as many rows are not scaled.
class RowSubset final : public runtime::LogDensity {
 public:
  RowSubset(std::unique_ptr<const runtime::LogDensity> model, std::vector<std::int32_t> rows)
      : model_(std::move(model)), rows_(std::move(rows)) {}

  Eigen::Index dimension() const override { return model_->dimension(); }
  std::span<const runtime::Site> sites() const override { return model_->sites(); }
  std::span<const runtime::Quantity> quantities() const override { return model_->quantities(); }
  std::unique_ptr<runtime::Workspace> make_workspace() const override {
    return model_->make_workspace();
  }
  void evaluate(const runtime::Points& points, const runtime::Rows& rows,
                runtime::Workspace& workspace, runtime::LogDensities& values,
                runtime::Points& gradients) const override;
  void evaluate(const runtime::Points& points, const runtime::Rows& rows,
                runtime::Workspace& workspace, runtime::LogDensities& values) const override;
  void constrain(const runtime::Points& points, std::uint64_t seed,
                 runtime::Draws& draws) const override {
    model_->constrain(points, seed, draws);
  }
  void draw_prior(std::uint64_t seed, runtime::Points& points) const override {
    model_->draw_prior(seed, points);
  }
  /// Of all rows.
  std::vector<runtime::Term> terms(const Eigen::VectorXd& point) const override {
    return model_->terms(point);
  }
  /// Among all rows.
  std::string trace_non_finite(const Eigen::VectorXd& point) const override {
    return model_->trace_non_finite(point);
  }

 private:
  std::unique_ptr<const runtime::LogDensity> model_;
  std::vector<std::int32_t> rows_;
};

}  // namespace vippl::inference
