#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace vippl::inference {

/// The iterates of a stochastic ascent at one step size, taken for a Markov chain: once they wander
/// about one place, their mean is a better answer than any of them. Dhaka, Catalina, Andersen,
/// Magnusson, Huggins & Vehtari (2020), NeurIPS; Welandawe, Andersen, Vehtari & Huggins (2022),
/// arXiv:2203.15945.
class IterateAverage {
 public:
  explicit IterateAverage(Eigen::Index size);

  void add(const Eigen::VectorXd& iterate);

  /// The last part of the chain, of the lengths tried, whose halves agree best.
  struct Window {
    std::int64_t iterates = 0;
    double rhat = 0;        ///< split R-hat of the parameter for which it is largest
    Eigen::VectorXd mean;   ///< of the iterates in it
    Eigen::VectorXd error;  ///< Monte Carlo standard error of `mean`
  };
  /// Iterates so far must be at least `least_iterates`.
  Window best_window() const;
  static constexpr std::int64_t least_iterates = 200;

  std::int64_t iterates() const { return iterates_; }

 private:
  void halve();

  // Means of successive blocks of equal length, which doubles where there are too many: a long
  // chain needs no more memory than a short one.
  std::vector<Eigen::VectorXd> blocks_;
  std::int64_t block_length_ = 10;
  Eigen::VectorXd open_;  // sum of the block that is being filled
  std::int64_t open_count_ = 0;
  std::int64_t iterates_ = 0;
};

}  // namespace vippl::inference
