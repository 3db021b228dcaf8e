#include "inference/sparse_cholesky.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lang/diagnostic.h"

namespace vippl::inference {

namespace {

using Vector = Eigen::VectorXd;
using Eigen::Index;
using runtime::Points;

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

}  // namespace

std::optional<Elimination> Elimination::of(const MarkovGraph& graph, Index most_entries) {
  const Index d = graph.size();
  Elimination result;
  result.turns_.assign(at(d), -1);
  result.begins_.push_back(0);
  std::vector<std::vector<Index>> left = graph.neighbours;
  for (Index k = 0; k < d; ++k) {
    Index next = -1;
    for (Index i = 0; i < d; ++i)
      if (result.turns_[at(i)] < 0 && (next < 0 || left[at(i)].size() < left[at(next)].size()))
        next = i;
    const std::vector<Index> clique = std::move(left[at(next)]);
    result.turns_[at(next)] = k;
    result.order_.push_back(next);
    result.rows_.push_back(next);
    result.rows_.insert(result.rows_.end(), clique.begin(), clique.end());
    result.begins_.push_back(result.entries());
    if (result.entries() > most_entries) return std::nullopt;
    for (const Index i : clique) {  // what the eliminated one joined is joined from now on
      std::vector<Index> merged;
      std::set_union(left[at(i)].begin(), left[at(i)].end(), clique.begin(), clique.end(),
                     std::back_inserter(merged));
      std::erase_if(merged, [&](Index j) { return j == i || j == next; });
      left[at(i)] = std::move(merged);
    }
  }
  for (Index& row : result.rows_) row = result.turns_[at(row)];
  for (Index k = 0; k < d; ++k)
    std::sort(result.rows_.begin() + result.begin(k), result.rows_.begin() + result.begin(k + 1));
  return result;
}

Index Elimination::find(Index row, Index column) const {
  const auto first = rows_.begin() + begin(column);
  const auto found = std::lower_bound(first, rows_.begin() + begin(column + 1), row);
  return begin(column) + (found - first);
}

std::optional<SparseCholesky> SparseCholesky::of(Elimination elimination, Vector precision) {
  SparseCholesky result;
  result.elimination_ = std::move(elimination);
  result.precision_ = std::move(precision);
  if (!result.factorise(Vector::Zero(result.size()))) return std::nullopt;
  return result;
}

std::optional<SparseCholesky> SparseCholesky::near(Elimination elimination, Vector precision,
                                                   const Vector& least_pivots) {
  SparseCholesky result;
  result.elimination_ = std::move(elimination);
  result.precision_ = std::move(precision);
  if (!result.factorise(least_pivots)) return std::nullopt;
  return result;
}

SparseCholesky SparseCholesky::from_factor(Elimination elimination, Vector factor) {
  SparseCholesky result;
  result.elimination_ = std::move(elimination);
  result.factor_ = std::move(factor);
  const Elimination& e = result.elimination_;
  result.precision_ = Vector::Zero(e.entries());
  for (Index k = 0; k < e.size(); ++k)
    for (Index i = e.begin(k); i < e.begin(k + 1); ++i)
      for (Index j = i; j < e.begin(k + 1); ++j)
        result.precision_[e.find(e.row(j), e.row(i))] += result.factor_[i] * result.factor_[j];
  return result;
}

/// Column by column: what the columns before it that reach this row leave of it.
bool SparseCholesky::factorise(const Vector& least_pivots) {
  const Elimination& e = elimination_;
  factor_ = precision_;
  std::vector<Index> entry_of(at(e.size()));  // of each row, in the present column
  std::vector<std::vector<std::pair<Index, Index>>> reaching(at(e.size()));  // entry, end of column
  for (Index k = 0; k < e.size(); ++k) {
    const Index first = e.begin(k), end = e.begin(k + 1);
    for (Index i = first; i < end; ++i) entry_of[at(e.row(i))] = i;
    for (const auto& [from, last] : reaching[at(k)])
      for (Index i = from; i < last; ++i)
        factor_[entry_of[at(e.row(i))]] -= factor_[from] * factor_[i];
    reaching[at(k)].clear();
    if (factor_[first] < least_pivots[k]) {
      precision_[first] += least_pivots[k] - factor_[first];
      factor_[first] = least_pivots[k];
    }
    if (!(factor_[first] > 0) || !std::isfinite(factor_[first])) return false;
    factor_[first] = std::sqrt(factor_[first]);
    for (Index i = first + 1; i < end; ++i) {
      factor_[i] /= factor_[first];
      reaching[at(e.row(i))].emplace_back(i, end);
    }
  }
  return factor_.allFinite();
}

Vector SparseCholesky::pivots() const {
  Vector result(size());
  for (Index k = 0; k < size(); ++k) {
    const double diagonal = factor_[elimination_.begin(k)];
    result[k] = diagonal * diagonal;
  }
  return result;
}

double SparseCholesky::log_determinant_of_factor() const {
  double sum = 0;
  for (Index k = 0; k < size(); ++k) sum += std::log(factor_[elimination_.begin(k)]);
  return sum;
}

void SparseCholesky::place(const Points& noise, Points& z) const {
  const Elimination& e = elimination_;
  for (Index k = size() - 1; k >= 0; --k) {
    auto x = z.col(e.coordinate(k));
    x = noise.col(k);
    for (Index i = e.begin(k) + 1; i < e.begin(k + 1); ++i)
      x -= factor_[i] * z.col(e.coordinate(e.row(i)));
    x /= factor_[e.begin(k)];
  }
}

void SparseCholesky::standardise(const Points& z, Points& noise) const {
  const Elimination& e = elimination_;
  for (Index k = 0; k < size(); ++k) {
    noise.col(k).setZero();
    for (Index i = e.begin(k); i < e.begin(k + 1); ++i)
      noise.col(k) += factor_[i] * z.col(e.coordinate(e.row(i)));
  }
}

void SparseCholesky::pull(const Points& dz, Points& dnoise) const {
  const Elimination& e = elimination_;
  for (Index k = 0; k < size(); ++k) dnoise.col(k) = dz.col(e.coordinate(k));
  for (Index k = 0; k < size(); ++k) {
    dnoise.col(k) /= factor_[e.begin(k)];
    for (Index i = e.begin(k) + 1; i < e.begin(k + 1); ++i)
      dnoise.col(e.row(i)) -= factor_[i] * dnoise.col(k);
  }
}

void SparseCholesky::push(const Points& dnoise, Points& dz) const {
  const Elimination& e = elimination_;
  dz.setZero();
  for (Index k = 0; k < size(); ++k)
    for (Index i = e.begin(k); i < e.begin(k + 1); ++i)
      dz.col(e.coordinate(e.row(i))) += factor_[i] * dnoise.col(k);
}

Vector SparseCholesky::covariance_entries() const {
  const Elimination& e = elimination_;
  Vector covariance(e.entries());
  for (Index k = size() - 1; k >= 0; --k) {
    const Index first = e.begin(k), end = e.begin(k + 1);
    for (Index i = end - 1; i >= first; --i) {
      double sum = i == first ? 1 / factor_[first] : 0;
      for (Index j = first + 1; j < end; ++j) {
        const Index other =
            i == first ? j : e.find(std::max(e.row(i), e.row(j)), std::min(e.row(i), e.row(j)));
        sum -= factor_[j] * covariance[other];
      }
      covariance[i] = sum / factor_[first];
    }
  }
  return covariance;
}

Vector SparseCholesky::conditional_scale() const {
  Vector scale(size());
  for (Index k = 0; k < size(); ++k)
    scale[elimination_.coordinate(k)] = 1 / std::sqrt(precision_[elimination_.begin(k)]);
  return scale;
}

double SparseCholesky::squared_length(const Vector& shift) const {
  const Points row = shift.transpose();
  Points noise(1, size());
  standardise(row, noise);
  return noise.squaredNorm();
}

double trace_and_shift(const SparseCholesky& q, const SparseCholesky& p, const Vector& shift) {
  VIPPL_ASSERT(q.precision().size() == p.precision().size(), "both are on one elimination");
  const Elimination& e = q.elimination();
  const Vector terms = q.covariance_entries().cwiseProduct(p.precision());
  double trace = 2 * terms.sum();
  for (Index k = 0; k < e.size(); ++k) trace -= terms[e.begin(k)];
  return trace - static_cast<double>(e.size()) + p.squared_length(shift);
}

}  // namespace vippl::inference
