#pragma once
#include <chrono>
#include <string>

#include "cli/terminal.h"
#include "inference/progress.h"

namespace vippl::cli {

enum class Verbosity { quiet, normal };

/// Shows a fit on stderr: one line that is rewritten on a terminal, a plain line every few seconds
/// elsewhere. Fits shorter than a blink show nothing. Ctrl-C ends the fit.
class ProgressLine final : public inference::Progress {
 public:
  ProgressLine(const Terminal& terminal, Verbosity verbosity);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() override;

  void begin(std::string_view phase, std::int64_t steps) override;
  void report(const inference::TracePoint& point) override;
  bool interrupted() const override;

 private:
  using Clock = std::chrono::steady_clock;
  void show(const inference::TracePoint& point);

  Terminal terminal_;
  Verbosity verbosity_;
  std::string phase_;
  std::int64_t steps_ = 0;
  Clock::time_point next_;
  bool has_line_ = false;
};

/// "optimise 120/1 000 [###.......] ELBO -123.4", at most `width` columns (0: no limit).
std::string progress_text(std::string_view phase, std::int64_t steps,
                          const inference::TracePoint& point, std::size_t width);

}  // namespace vippl::cli
