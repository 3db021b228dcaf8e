#pragma once
#include <cstdint>
#include <vector>

namespace vippl::bench {

/// Regression of the wine data written out and differentiated by hand: what a careful programmer
/// would write for this one model. y ~ normal(X w, 0.1) with the intercept as last column, w ~
/// normal(0, 1).
class HandWrittenWine {
 public:
  static constexpr int columns = 13;
  static constexpr int padded = 16;  // rows padded to whole vector registers

  /// `x`: rows x 12, standardised, row-major; `y`: rows.
  HandWrittenWine(const std::vector<double>& x, const std::vector<double>& y);

  /// Log joint and gradient (13 entries, in the order of the columns), all rows.
  double log_joint(const double* w, double* gradient) const;

  /// `steps` of Adam on the mean-field ELBO, one draw a step, minibatches of 32 rows, softplus
  /// scales: the loop that `vippl run --guide meanfield --algorithm adam --batch n=32 --scale
  /// softplus` runs. Returns the last ELBO estimate.
  double adam(int steps, double learning_rate, double initial_rho, std::uint64_t seed,
              double* location) const;

 private:
  double fused(const int* rows, int count, const double* w, double* gradient) const;
  int rows_;
  std::vector<double> x_;
  std::vector<double> y_;
};

}  // namespace vippl::bench
