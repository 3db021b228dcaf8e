#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vippl::bench {

/// Data of the hand-written gradients, row-major.
struct Matrix {
  long r = 0;
  long c = 0;
  std::vector<double> v;
};
using Data = std::map<std::string, Matrix>;

/// The log joint of one model in unconstrained space, with its Jacobian and its gradient, written
/// and differentiated by hand without allocation: what a careful programmer would write for this
/// model and this machine.
class HandWritten {
 public:
  virtual ~HandWritten() = default;
  virtual double evaluate(const double* z, double* gradient) = 0;
};

/// Null if there is none of this name.
[[gnu::visibility("default")]] std::unique_ptr<HandWritten> make_hand_written(
    const std::string& name, Data& data);

}  // namespace vippl::bench
