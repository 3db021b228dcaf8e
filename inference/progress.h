#pragma once
#include <cstdint>
#include <string_view>

namespace vippl::inference {

/// One line of the trace of a fit.
struct TracePoint {
  std::int64_t iteration = 0;
  double seconds = 0;        ///< since the fit began
  double elbo = 0;           ///< the objective as the optimiser sees it, in nats
  double gradient_norm = 0;  ///< in the optimiser's units
  double step = 0;           ///< length of the step in the parameters
};

/// Who watches a fit. Called from the fit's own thread.
class Progress {
 public:
  virtual ~Progress() = default;
  /// A phase begins: "start", "optimise", "judge". `steps` is the most iterations it can take; 0 if
  /// unknown.
  virtual void begin(std::string_view phase, std::int64_t steps) = 0;
  virtual void report(const TracePoint& point) = 0;
  /// True once the user wants the fit to end; what there is then is kept.
  virtual bool interrupted() const = 0;
};

/// Watches nothing.
class SilentProgress final : public Progress {
 public:
  void begin(std::string_view, std::int64_t) override {}
  void report(const TracePoint&) override {}
  bool interrupted() const override { return false; }
};

}  // namespace vippl::inference
