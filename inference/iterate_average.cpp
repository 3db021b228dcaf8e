#include "inference/iterate_average.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "inference/chain_diagnostics.h"
#include "lang/diagnostic.h"

namespace vippl::inference {

namespace {

using Eigen::Index;

constexpr std::size_t most_blocks = 400;
// Shares of the chain that are tried as windows, the last of the iterates each.
constexpr double shares[] = {1.0, 0.75, 0.5, 0.35, 0.25};
constexpr std::size_t least_blocks = 20;

/// A parameter that does not move at all has no R-hat, and nothing to disagree about.
double rhat_of(const Eigen::VectorXd& chain) {
  if (chain.minCoeff() == chain.maxCoeff()) return 1;
  const double rhat = split_rhat(chain);
  return std::isnan(rhat) ? std::numeric_limits<double>::infinity() : rhat;
}

}  // namespace

IterateAverage::IterateAverage(Index size) : open_(Eigen::VectorXd::Zero(size)) {}

void IterateAverage::add(const Eigen::VectorXd& iterate) {
  open_ += iterate;
  ++iterates_;
  if (++open_count_ < block_length_) return;
  blocks_.push_back(open_ / static_cast<double>(block_length_));
  open_.setZero();
  open_count_ = 0;
  if (blocks_.size() == most_blocks) halve();
}

void IterateAverage::halve() {
  for (std::size_t b = 0; b < most_blocks / 2; ++b)
    blocks_[b] = 0.5 * (blocks_[2 * b] + blocks_[2 * b + 1]);
  blocks_.resize(most_blocks / 2);
  block_length_ *= 2;
}

IterateAverage::Window IterateAverage::best_window() const {
  VIPPL_ASSERT(iterates_ >= least_iterates, "the chain is long enough to be halved");
  const Index size = open_.size();
  const auto chain = [&](Index parameter, std::size_t length) {
    Eigen::VectorXd values(static_cast<Index>(length));
    for (std::size_t b = 0; b < length; ++b)
      values[static_cast<Index>(b)] = blocks_[blocks_.size() - length + b][parameter];
    return values;
  };
  std::size_t best_length = 0;
  Window best;
  best.rhat = std::numeric_limits<double>::infinity();
  for (const double share : shares) {
    const auto length =
        static_cast<std::size_t>(share * static_cast<double>(blocks_.size())) / 2 * 2;
    if (length < least_blocks) break;
    double rhat = 1;
    for (Index p = 0; p < size && rhat < best.rhat; ++p)
      rhat = std::max(rhat, rhat_of(chain(p, length)));
    if (best_length > 0 && rhat >= best.rhat) continue;
    best.rhat = rhat;
    best_length = length;
  }
  best.iterates = static_cast<std::int64_t>(best_length) * block_length_;
  best.mean = Eigen::VectorXd::Zero(size);
  best.error.resize(size);
  for (Index p = 0; p < size; ++p) {
    const Eigen::VectorXd values = chain(p, best_length);
    best.mean[p] = values.mean();
    const double variance =
        (values.array() - best.mean[p]).square().sum() / static_cast<double>(values.size() - 1);
    best.error[p] = variance == 0 ? 0 : std::sqrt(variance / effective_sample_size(values));
  }
  return best;
}

}  // namespace vippl::inference
