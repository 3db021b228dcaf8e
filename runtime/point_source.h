#pragma once
#include <string>
#include <vector>

#include "runtime/data.h"
#include "runtime/interpreter.h"
#include "runtime/random.h"

// Where the values of latents come from while a program is walked: a given z, the prior, or values
// a user wrote down.

namespace vippl::runtime {

/// A known z.
class GivenPoint final : public PointSource {
 public:
  explicit GivenPoint(std::vector<double> point) : point_(std::move(point)) {}
  void fill(const LatentBlock& block, std::span<double> z) override;

 private:
  std::vector<double> point_;
};

/// One draw of all that the block's application draws, of whatever type the latent is; false if the
/// distribution is improper.
bool draw_block(const LatentBlock& block, Rng& rng, std::span<double> x);

/// Draws from each latent's distribution given those before it; uniform on (-2, 2) on the
/// unconstrained scale where that is improper, or where its type leaves next to nothing of it.
class PriorDraw final : public PointSource {
 public:
  PriorDraw(std::uint64_t seed, std::uint32_t draw) : seed_(seed), draw_(draw) {}
  void fill(const LatentBlock& block, std::span<double> z) override;

 private:
  std::uint64_t seed_;
  std::uint32_t draw_;
  std::uint32_t block_ = 0;
};

/// Constrained values by name, as parse_json reads them. Throws lang::ModelError if one is missing
/// or does not fit.
class NaturalValues final : public PointSource {
 public:
  explicit NaturalValues(const DataFile& values) : values_(values) {}
  void fill(const LatentBlock& block, std::span<double> z) override;

 private:
  const DataFile& values_;
};

}  // namespace vippl::runtime
