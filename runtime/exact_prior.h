#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/interpreter.h"
#include "runtime/random.h"
#include "runtime/site_priors.h"

// Draws from the priors of latents exactly as they are written, types that cut them off included.

namespace vippl::runtime {

/// How one draw of a block from its prior went.
struct CutDraw {
  enum class Result { drawn, improper, cut_to_nothing };
  Result result = Result::drawn;
  Index events = 1;    ///< that the type accepts or rejects one by one
  Index accepted = 1;  ///< of those of the first proposal
};

/// Fills z with a draw of the block: proposals outside of its type are drawn again, numbers that
/// are independent one by one.
CutDraw draw_cut(const LatentBlock& block, Rng& rng, std::span<double> z);

/// A draw from the prior. Throws lang::ModelError where it cannot be exact.
class ExactPriorDraw final : public PointSource {
 public:
  ExactPriorDraw(std::uint64_t seed, std::uint32_t draw) : seed_(seed), draw_(draw) {}
  void fill(const LatentBlock& block, std::span<double> z) override;

 private:
  std::uint64_t seed_;
  std::uint32_t draw_;
  std::uint32_t block_ = 0;
};

/// Walks given points, and notes at each of them how the prior of every latent spreads there.
class PriorSpread final : public PointSource {
 public:
  PriorSpread(std::uint64_t seed, Index dimension);
  /// The point of the next walk.
  void go_to(std::vector<double> point);
  void fill(const LatentBlock& block, std::span<double> z) override;

  /// SitePriors::sd.
  Eigen::VectorXd sd() const;
  /// The log of the prior mass that the type of a site leaves; NaN if its prior is improper.
  double log_mass(const Site& site) const;

 private:
  std::uint64_t seed_;
  std::vector<double> point_;
  std::uint32_t walk_ = 0;
  std::uint32_t block_ = 0;
  Eigen::VectorXd log_spread_;  ///< per coordinate, summed over walks
  Eigen::VectorXd walks_;       ///< per coordinate
  Eigen::VectorXd accepted_;    ///< per block, at its first coordinate
  Eigen::VectorXd proposed_;
  Eigen::VectorXd events_;
};

}  // namespace vippl::runtime
