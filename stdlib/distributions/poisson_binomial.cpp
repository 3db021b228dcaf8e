#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "stdlib/describe.h"
#include "stdlib/event.h"

namespace vippl::stdlib::distributions {

namespace {

/// The chances of the counts after each trial, of those counts only from which `successes` can
/// still be reached: row i + 1 follows from row i, which is scaled by its largest entry, so that no
/// tail underflows.
class SuccessTable {
 public:
  SuccessTable(std::span<const double> p, std::size_t successes, double* memory)
      : p_(p), successes_(successes), width_(p.size() + 1), cells_(memory) {
    cells_[0] = 1;
    for (std::size_t i = 0; i < p.size(); ++i) {
      double largest = 0;
      for (std::size_t j = first(i + 1); j <= last(i + 1); ++j) {
        cell(i + 1, j) = chance(i, j) * (1 - p[i]) + (j > 0 ? chance(i, j - 1) * p[i] : 0);
        largest = std::max(largest, cell(i + 1, j));
      }
      log_scale_ += log(largest);
      for (std::size_t j = first(i + 1); j <= last(i + 1); ++j) cell(i + 1, j) /= largest;
    }
  }

  double log_chance() const { return log_scale_; }  // the last row is one cell, scaled to 1

  /// Adds weight times the derivative of log_chance by p. `ways` holds, for the counts after a
  /// trial, the chances of the trials that follow, up to a factor; it has room for all counts.
  void add_slopes(double weight, double* ways, std::span<double> adjoint) const {
    std::fill_n(ways, width_ + 1, 0.0);
    ways[successes_] = 1;
    for (std::size_t i = p_.size(); i-- > 0;) {
      double slope = 0;
      double total = 0;
      for (std::size_t j = first(i + 1); j <= last(i + 1); ++j) {
        const double success = j > 0 ? chance(i, j - 1) : 0;
        const double failure = chance(i, j);
        slope += ways[j] * (success - failure);
        total += ways[j] * (success * p_[i] + failure * (1 - p_[i]));
      }
      adjoint[i] += weight * slope / total;
      double largest = 0;
      for (std::size_t j = 0; j < width_; ++j) {
        ways[j] = ways[j] * (1 - p_[i]) + ways[j + 1] * p_[i];
        largest = std::max(largest, ways[j]);
      }
      for (std::size_t j = 0; j < width_; ++j) ways[j] /= largest;
    }
  }

 private:
  std::size_t first(std::size_t trials) const {
    const std::size_t left = p_.size() - trials;
    return successes_ > left ? successes_ - left : 0;
  }
  std::size_t last(std::size_t trials) const { return std::min(trials, successes_); }
  double chance(std::size_t trials, std::size_t count) const {
    return count >= first(trials) && count <= last(trials) ? cells_[trials * width_ + count] : 0;
  }
  double& cell(std::size_t trials, std::size_t count) { return cells_[trials * width_ + count]; }

  std::span<const double> p_;
  std::size_t successes_;
  std::size_t width_;
  double* cells_;
  double log_scale_ = 0;
};

bool are_chances(std::span<const double> p) {
  return std::ranges::all_of(p, [](double x) { return x >= 0 && x <= 1; });
}

struct PoissonBinomial {
  static Index event_scratch(Index /*rows*/, std::span<const EventArgument> arguments) {
    const Index width = event_size(arguments[1]) + 1;
    return width * width + width + 1;
  }

  static void event_density(const EventCall& call) {
    const EventArgument& chances = call.arguments[1];
    for (Index r = 0; r < call.rows; ++r) {
      const std::span<const double> p = row_values(chances, r);
      const double y = *call.arguments[0].row(r);
      if (!are_chances(p) || !(y >= 0) || y > static_cast<double>(p.size()) || std::floor(y) != y) {
        call.log_densities[r] = outside(call, r);
        continue;
      }
      const std::size_t width = p.size() + 1;
      const SuccessTable table(p, static_cast<std::size_t>(y), call.scratch);
      // Chances of 0 and 1 may make y impossible: the scale of an empty row is 0.
      const bool possible = table.log_chance() > -std::numeric_limits<double>::infinity();
      call.log_densities[r] = possible ? table.log_chance() : outside(call, r);
      const std::span<double> adjoint = row_adjoint(chances, r);
      if (possible && !adjoint.empty() && weight_of(call, r) != 0)
        table.add_slopes(weight_of(call, r), call.scratch + width * width, adjoint);
    }
  }

  static void sample(std::span<const std::span<const double>> parameters, Rng& rng,
                     std::span<double> out) {
    out[0] = 0;
    for (double p : parameters[0])
      if (rng.uniform() < p) ++out[0];
  }

  static void mean(EventParameters parameters, std::span<double> out) {
    out[0] = std::accumulate(parameters[0].begin(), parameters[0].end(), 0.0);
  }
  static void variance(EventParameters parameters, std::span<double> out) {
    out[0] = 0;
    for (const double p : parameters[0]) out[0] += p * (1 - p);
  }
};

constexpr Parameter parameters[] = {{"p", Support::unit_interval, "k"}};

}  // namespace

constinit const Distribution poisson_binomial = describe_event<PoissonBinomial>(
    {.name = "poisson_binomial",
     .parameters = parameters,
     .summary = "successes among trials with chances p[1] to p[K]",
     .source = "Hong (2013), Comput. Statist. Data Anal. 59",
     .support = between({Bound::Kind::constant, 0}, {Bound::Kind::parameter_size, 0},
                        Support::Kind::whole_number),
     .event = ""});

}  // namespace vippl::stdlib::distributions
