#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "runtime/index.h"

// Statistics of the data that a script works with, such as the means and standard deviations of
// `standardize(X)`: kept from the fit, since new rows are to be treated as those of the fit were.

namespace vippl::runtime {

struct FrozenStatistic {
  std::string call;      ///< its text, shortened to one line: "standardize(X)"
  std::string place;     ///< file:line
  std::string function;  ///< "standardize"
  std::string name;      ///< "mean", "sd"; that of the function where it gives the statistic itself
  std::vector<Index> shape;
  std::vector<double> values;  ///< row-major
};

/// A statistic without the call that makes it.
struct Statistic {
  std::string_view name;
  std::vector<Index> shape;
  std::vector<double> values;
};

/// Beside Operation: one that gives as many rows as it gets, but needs statistics of all of them.
class UsesStatistics {
 public:
  virtual ~UsesStatistics() = default;
  virtual std::vector<Statistic> statistics(const double* x) const = 0;
};

}  // namespace vippl::runtime
