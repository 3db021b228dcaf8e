#include "runtime/exact_prior.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/point_source.h"

namespace vippl::runtime {

namespace {

// A type that leaves less of a prior than about one in a thousand is not waited for.
constexpr int max_proposals = 1000;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double bound_at(std::span<const double> bound, std::size_t i, double otherwise) {
  if (bound.empty()) return otherwise;
  return bound.size() == 1 ? bound[0] : bound[i];
}

bool is_finite(std::span<const double> z) {
  return std::all_of(z.begin(), z.end(), [](double x) { return std::isfinite(x); });
}

bool depends_on_latents(const Application& application) {
  return std::any_of(application.parameters.begin(), application.parameters.end(),
                     [](const Value& parameter) { return parameter.is_latent(); });
}

/// Half the width of the central 68 %, by the distances from the median.
double spread(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  const double median = *middle;
  for (double& value : values) value = std::abs(value - median);
  constexpr double within_one_sd = 0.6827;
  const auto at = values.begin() +
                  static_cast<std::ptrdiff_t>(within_one_sd * static_cast<double>(values.size()));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace

CutDraw draw_cut(const LatentBlock& block, Rng& rng, std::span<double> z) {
  CutDraw draw;
  if (block.application == nullptr) return {CutDraw::Result::improper, 1, 0};
  std::vector<double> whole(static_cast<std::size_t>(lang::element_count(block.value_shape)));
  const std::size_t count = block.drawn.empty() ? whole.size() : block.drawn.size();
  const bool one_by_one = block.shape.kind == lang::Support::Kind::number &&
                          lang::event_rank(block.application->distribution->facts) == 0;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> x(count);
  std::vector<bool> is_kept(count, false);
  for (int proposal = 0; proposal < max_proposals; ++proposal) {
    if (!draw_block(block, rng, whole)) return {CutDraw::Result::improper, 1, 0};
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_kept[i]) {
        x[i] = whole[block.drawn.empty() ? i : static_cast<std::size_t>(block.drawn[i])];
        is_kept[i] = one_by_one && x[i] > bound_at(block.bounds.lower, i, -infinity) &&
                     x[i] < bound_at(block.bounds.upper, i, infinity);
      }
      kept += is_kept[i] ? 1 : 0;
    }
    const bool is_whole = (!one_by_one || kept == count) &&
                          !unconstrain(block.shape, block.bounds, x, z) && is_finite(z);
    if (proposal == 0) {
      draw.events = one_by_one ? static_cast<Index>(count) : 1;
      draw.accepted = one_by_one ? static_cast<Index>(kept) : (is_whole ? 1 : 0);
    }
    if (is_whole) return draw;
    if (kept == count) is_kept.assign(count, false);  // so large that z overflows
  }
  draw.result = CutDraw::Result::cut_to_nothing;
  return draw;
}

void ExactPriorDraw::fill(const LatentBlock& block, std::span<double> z) {
  Rng rng(seed_, Purpose::prior, block_++, 0, draw_);
  const CutDraw draw = draw_cut(block, rng, z);
  const auto fail = [&](std::string code, std::string message, std::string hint) {
    throw lang::ModelError(
        lang::error(std::move(code), block.span, std::move(message), std::move(hint)));
  };
  switch (draw.result) {
    case CutDraw::Result::improper:
      fail("no-sampler",
           fmt::format("the prior of `{}` is improper: nothing can be drawn from it", block.name),
           "give it a proper prior, such as normal(0, 10)");
      break;
    case CutDraw::Result::cut_to_nothing:
      fail("not-simulated",
           fmt::format("the type of `{}` leaves next to nothing of its prior: no draw was inside",
                       block.name),
           "write a prior for the values that the type allows");
      break;
    case CutDraw::Result::drawn:
      if (draw.accepted == draw.events || !depends_on_latents(*block.application)) break;
      fail("restricted-latent",
           fmt::format("the type of `{}` cuts off its prior by an amount that depends on other "
                       "latents: their joint prior has no simple draw",
                       block.name),
           "write the renormalised distribution, as truncated(normal(m, s), lower = 0)");
      break;
  }
}

PriorSpread::PriorSpread(std::uint64_t seed, Index dimension)
    : seed_(seed),
      log_spread_(Eigen::VectorXd::Zero(dimension)),
      walks_(Eigen::VectorXd::Zero(dimension)),
      accepted_(Eigen::VectorXd::Zero(dimension)),
      proposed_(Eigen::VectorXd::Zero(dimension)),
      events_(Eigen::VectorXd::Zero(dimension)) {}

void PriorSpread::go_to(std::vector<double> point) {
  point_ = std::move(point);
  ++walk_;
  block_ = 0;
}

void PriorSpread::fill(const LatentBlock& block, std::span<double> z) {
  constexpr std::size_t draws = 32;  // at each of several points
  Rng rng(seed_, Purpose::prior, block_++, walk_);
  std::vector<std::vector<double>> values(z.size());
  for (std::size_t s = 0; s < draws && !z.empty(); ++s) {
    const CutDraw draw = draw_cut(block, rng, z);
    if (draw.result != CutDraw::Result::drawn) break;
    for (std::size_t i = 0; i < z.size(); ++i) values[i].push_back(z[i]);
    const Index first = block.coordinates.front();
    accepted_[first] += static_cast<double>(draw.accepted);
    proposed_[first] += static_cast<double>(draw.events);
    events_[first] = static_cast<double>(draw.events);
  }
  for (std::size_t i = 0; i < z.size(); ++i) {
    const Index coordinate = block.coordinates[i];
    z[i] = point_[static_cast<std::size_t>(coordinate)];
    if (values[i].size() < draws) continue;
    log_spread_[coordinate] += std::log(spread(values[i]));
    walks_[coordinate] += 1;
  }
}

Eigen::VectorXd PriorSpread::sd() const {
  Eigen::VectorXd sd(walks_.size());
  for (Index k = 0; k < sd.size(); ++k)
    sd[k] = walks_[k] > 0 ? std::exp(log_spread_[k] / walks_[k]) : nan;
  return sd;
}

double PriorSpread::log_mass(const Site& site) const {
  double sum = 0;
  for (Index k = site.offset; k < site.offset + site.size; ++k) {
    if (walks_[k] == 0) return nan;
    if (proposed_[k] > 0) sum += events_[k] * std::log(accepted_[k] / proposed_[k]);
  }
  return sum;
}

}  // namespace vippl::runtime
