#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/hand_written/hand_written.h"
#include "runtime/model.h"

namespace vippl::bench {

/// Where the coordinates of one latent stand in the point of the hand-written gradient, and what
/// its author measures them in: z_by_hand = scale * z.
struct Coordinates {
  std::string site;
  Eigen::Index first = 0;
  double scale = 1;
};

/// One model that both sides know.
struct Case {
  std::string name;
  std::vector<std::string> scripts;  ///< ways to write it; names of files
  std::function<runtime::DataSet()> load;
  std::vector<std::string> by_hand;  ///< ways to compute it, the usual one first
  std::vector<Coordinates> coordinates;
  std::function<Data(const runtime::DataSet&)> convert;
  std::vector<double> point;  ///< of the hand-written gradient; empty: some numbers near 0
  double tolerance = 1e-8;    ///< relative, of the gradients
  /// Microseconds that the first way by hand took its author, on two cores of an AMD EPYC (Zen 3)
  /// with other work; 0 where it is of the benchmark itself.
  double published = 0;
};

std::vector<Case> all_cases();

}  // namespace vippl::bench
