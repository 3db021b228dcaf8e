#include "runtime/judge_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/index.h"
#include "runtime/triangular_factor.h"

namespace vippl::runtime {

namespace {

using lang::Diagnostic;
using lang::warning;
using Matrix = Eigen::Ref<const RowMajorMatrix>;

// Finding a dependence takes time of the order of rows times the square of this.
constexpr Index most_columns = 200;
// What is left of a column after the others are taken out of it, relative to the column: below it
// there is nothing left but rounding.
constexpr double dependence = 1e-9;
// Ratio of standard deviations at which one prior for all coefficients means different things.
constexpr double wide_range = 100;
// A look at a larger matrix would be felt.
constexpr Index most_entries = 20'000'000;

std::optional<Diagnostic> constant_column(const Matrix& x, lang::Span span) {
  bool has_ones = false;
  for (Index j = 0; j < x.cols(); ++j) {
    if ((x.col(j).array() != x(0, j)).any()) continue;
    if (x(0, j) == 1 && !has_ones) {
      has_ones = true;
      continue;
    }
    return warning("constant-column", span,
                   fmt::format("column {} of this matrix is {} in every row", j + 1, x(0, j)),
                   "leave the column out: its coefficient has no effect of its own");
  }
  return std::nullopt;
}

std::optional<Diagnostic> collinear_columns(const Matrix& x, lang::Span span) {
  if (x.cols() > most_columns || x.cols() > x.rows()) return std::nullopt;
  const Eigen::MatrixXd columns = triangular_factor(x);  // as long and at the same angles
  Eigen::MatrixXd basis(columns.rows(), columns.cols());
  for (Index j = 0; j < columns.cols(); ++j) {
    const double length = columns.col(j).norm();
    if (length == 0) return std::nullopt;  // a constant column
    Eigen::VectorXd left = columns.col(j) / length;
    for (int pass = 0; pass < 2; ++pass) {  // the second removes what rounding has left
      const Eigen::VectorXd shares = basis.leftCols(j).transpose() * left;
      left.noalias() -= basis.leftCols(j) * shares;
    }
    const double rest = left.norm();
    if (rest < dependence) {
      return warning(
          "collinear-columns", span,
          fmt::format("column {} of this matrix follows from the columns before it: "
                      "their coefficients cannot be told apart",
                      j + 1),
          "leave one of them out; for a category, dummies(g) leaves out the first level");
    }
    basis.col(j) = left / rest;
  }
  return std::nullopt;
}

/// Row by row, as the matrix lies in memory.
Eigen::RowVectorXd column_sds(const Matrix& x) {
  Eigen::RowVectorXd mean = Eigen::RowVectorXd::Zero(x.cols());
  Eigen::RowVectorXd squares = mean;
  for (Index i = 0; i < x.rows(); ++i) mean += x.row(i);
  mean /= static_cast<double>(x.rows());
  for (Index i = 0; i < x.rows(); ++i) squares += (x.row(i) - mean).cwiseAbs2();
  return (squares / static_cast<double>(x.rows())).cwiseSqrt();
}

std::optional<Diagnostic> unscaled_columns(const Matrix& x, lang::Span span) {
  Index widest = -1;
  Index narrowest = -1;
  const Eigen::RowVectorXd sds = column_sds(x);
  for (Index j = 0; j < x.cols(); ++j) {
    if (sds[j] == 0) continue;
    if (widest < 0 || sds[j] > sds[widest]) widest = j;
    if (narrowest < 0 || sds[j] < sds[narrowest]) narrowest = j;
  }
  if (widest < 0) return std::nullopt;
  const double large = sds[widest];
  const double small = sds[narrowest];
  if (large < wide_range * small) return std::nullopt;
  return warning("unscaled-columns", span,
                 fmt::format("the columns of this matrix have standard deviations from {:.3g} "
                             "(column {}) to {:.3g} (column {})",
                             small, narrowest + 1, large, widest + 1),
                 "standardize(X) brings them to one scale");
}

}  // namespace

std::optional<Diagnostic> judge_levels(const std::string& name, const Elements& codes,
                                       const Labels& levels, lang::Span span) {
  std::vector<Index> rows(levels.size(), 0);
  for (const double code : codes) ++rows[static_cast<std::size_t>(code) - 1];
  const auto single = static_cast<std::size_t>(std::count(rows.begin(), rows.end(), 1));
  if (single == 0 || 2 * single > levels.size()) return std::nullopt;
  const auto first = std::find(rows.begin(), rows.end(), 1) - rows.begin();
  const std::string& level = levels[static_cast<std::size_t>(first)];
  return warning("rare-level", span,
                 single == 1 ? fmt::format("the level \"{}\" of `{}` has a single row", level, name)
                             : fmt::format("{} levels of `{}` have a single row, \"{}\" among them",
                                           single, name, level),
                 "is it misspelt? If not, what the model says of it is mostly its prior");
}

void judge_design(const Value& matrix, lang::Span span, lang::Diagnostics& warnings) {
  const std::vector<Index> size = extents(matrix.shape);
  if (size.size() != 2 || size[0] < 2 || size[1] < 1 || matrix.count() > most_entries) return;
  const bool is_known = std::any_of(warnings.begin(), warnings.end(), [&](const Diagnostic& each) {
    return each.span.begin == span.begin && each.span.source == span.source;
  });
  const Eigen::Map<const RowMajorMatrix> x(matrix.data(), size[0], size[1]);
  const Eigen::Map<const Eigen::VectorXd> entries(matrix.data(), x.size());
  if (is_known || !entries.allFinite()) return;
  for (const auto& judge : {constant_column, collinear_columns, unscaled_columns}) {
    if (std::optional<Diagnostic> found = judge(x, span)) {
      warnings.push_back(*std::move(found));
      return;  // the first explains the others
    }
  }
}

}  // namespace vippl::runtime
