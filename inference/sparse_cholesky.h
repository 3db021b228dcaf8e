#pragma once
#include <Eigen/Core>
#include <optional>
#include <utility>
#include <vector>

#include "inference/markov_graph.h"
#include "runtime/log_density.h"

namespace vippl::inference {

/// An order of elimination, and where the Cholesky factor of a precision on this graph can be other
/// than zero. Such places are numbered column by column, each column from its diagonal downwards,
/// in the order of elimination; values in this numbering are one flat vector.
class Elimination {
 public:
  Elimination() = default;

  /// Always the coordinate with the fewest neighbours left. Nothing where the factor would have
  /// more than `most_entries` entries.
  static std::optional<Elimination> of(const MarkovGraph& graph, Eigen::Index most_entries);

  Eigen::Index size() const { return static_cast<Eigen::Index>(order_.size()); }
  Eigen::Index entries() const { return static_cast<Eigen::Index>(rows_.size()); }
  /// The coordinate that is eliminated k-th.
  Eigen::Index coordinate(Eigen::Index k) const { return order_[static_cast<std::size_t>(k)]; }
  /// When this coordinate is eliminated.
  Eigen::Index turn(Eigen::Index coordinate) const {
    return turns_[static_cast<std::size_t>(coordinate)];
  }
  /// Column k has the entries [begin(k), begin(k + 1)); the first is its diagonal.
  Eigen::Index begin(Eigen::Index k) const { return begins_[static_cast<std::size_t>(k)]; }
  Eigen::Index row(Eigen::Index entry) const { return rows_[static_cast<std::size_t>(entry)]; }
  /// The entry at this row and column, row >= column; it must be there.
  Eigen::Index find(Eigen::Index row, Eigen::Index column) const;

 private:
  std::vector<Eigen::Index> order_;
  std::vector<Eigen::Index> turns_;
  std::vector<Eigen::Index> begins_;
  std::vector<Eigen::Index> rows_;
};

/// A precision on a Markov graph with its Cholesky factor L: rows and columns in the order of
/// elimination, x = inverse(L)' noise has this precision. Everything costs what L has entries.
class SparseCholesky {
 public:
  SparseCholesky() = default;
  /// Nothing where the precision (entries of its lower triangle, in the numbering of the
  /// elimination) is not positive definite.
  static std::optional<SparseCholesky> of(Elimination elimination, Eigen::VectorXd precision);
  /// A precision near the given one whose pivots, the precision of each coordinate given those
  /// eliminated later, are no less than `least_pivots` (> 0, in the order of elimination), as in
  /// Gill & Murray (1974): where one is, its diagonal is raised. Nothing where an entry is not
  /// finite.
  static std::optional<SparseCholesky> near(Elimination elimination, Eigen::VectorXd precision,
                                            const Eigen::VectorXd& least_pivots);
  static SparseCholesky from_factor(Elimination elimination, Eigen::VectorXd factor);

  Eigen::Index size() const { return elimination_.size(); }
  const Elimination& elimination() const { return elimination_; }
  const Eigen::VectorXd& precision() const { return precision_; }
  const Eigen::VectorXd& factor() const { return factor_; }

  /// Squares of the factor's diagonal.
  Eigen::VectorXd pivots() const;
  double log_determinant_of_factor() const;
  /// Each row of z is the x of that row of the noise. Columns of noise are in the order of
  /// elimination, those of z are coordinates. z is another object than the noise.
  void place(const runtime::Points& noise, runtime::Points& z) const;
  /// The noise of each row of z.
  void standardise(const runtime::Points& z, runtime::Points& noise) const;
  /// Gradients in z become gradients in the noise: inverse(L) dz.
  void pull(const runtime::Points& dz, runtime::Points& dnoise) const;
  /// The transpose of standardise(): L dnoise.
  void push(const runtime::Points& dnoise, runtime::Points& dz) const;
  /// Covariances at the entries of the factor (Takahashi, Fagan & Chin 1973).
  Eigen::VectorXd covariance_entries() const;
  /// Of each coordinate: 1 / sqrt of the diagonal of the precision.
  Eigen::VectorXd conditional_scale() const;
  /// The squared length of a shift (of coordinates) in the metric of the precision.
  double squared_length(const Eigen::VectorXd& shift) const;

 private:
  bool factorise(const Eigen::VectorXd& least_pivots);

  Elimination elimination_;
  Eigen::VectorXd precision_;
  Eigen::VectorXd factor_;
};

/// KL(q || p) of two normals on one elimination less the log determinants, times 2.
double trace_and_shift(const SparseCholesky& q, const SparseCholesky& p,
                       const Eigen::VectorXd& shift);

}  // namespace vippl::inference
