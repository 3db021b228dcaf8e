#include "inference/row_subset.h"

namespace vippl::inference {

void RowSubset::evaluate(const runtime::Points& points, const runtime::Rows&,
                         runtime::Workspace& workspace, runtime::LogDensities& values,
                         runtime::Points& gradients) const {
  model_->evaluate(points, {rows_}, workspace, values, gradients);
}

void RowSubset::evaluate(const runtime::Points& points, const runtime::Rows&,
                         runtime::Workspace& workspace, runtime::LogDensities& values) const {
  model_->evaluate(points, {rows_}, workspace, values);
}

}  // namespace vippl::inference
