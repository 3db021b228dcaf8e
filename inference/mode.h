#pragma once
#include <Eigen/Core>
#include <optional>
#include <span>
#include <vector>

#include "runtime/log_density.h"

namespace vippl::inference {

/// One of several modes of a posterior, as the normal that was fitted there and its draws tell.
struct Mode {
  Eigen::Index starts = 0;    ///< climbs that ended here; 0 if the guide alone came here
  double elbo = 0;            ///< of that normal, in nats
  double share = 0;           ///< of the mass of the posterior in all modes that were found
  Eigen::VectorXd mean = {};  ///< of the reported scalars, within this mode
  Eigen::VectorXd sd = {};
  /// The place in the list of an earlier mode that is the same but for the order of its components
  /// (label switching).
  std::optional<std::size_t> exchange_of = {};
};

/// The modes that a fit found, where it found several, the one around which it was fitted first.
struct Modes {
  std::vector<Mode> found;
  bool is_weighed = false;           ///< shares by importance weights; else by the ELBOs alone
  double khat = 0;                   ///< of those weights
  bool guide_holds_them = false;     ///< the guide is a mixture of all that are no exchanges
  std::vector<bool> changes_places;  ///< for each scalar: whether it does in an exchange

  bool has_exchange() const;
  /// Whether the modes differ in a scalar, and what is reported of it is not of all of them.
  bool leaves_open(Eigen::Index scalar) const;
  /// Whether all modes are the first one with its components in another order.
  bool are_all_exchanges() const;
};

/// Whether two modes differ in a scalar by more than their fits may.
bool differs(const Mode& a, const Mode& b, Eigen::Index scalar);
/// Whether any two do.
bool differs(std::span<const Mode> modes, Eigen::Index scalar);

/// Marks the modes that are an earlier one with latents in exchange: latents that differ take each
/// other's mean and sd, shares between 0 and 1 may turn round, and the masses are alike.
void mark_exchanges(std::span<const runtime::Quantity> quantities, Modes& modes);

}  // namespace vippl::inference
