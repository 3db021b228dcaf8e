#include "cli/progress_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "cli/interrupt.h"

namespace vippl::cli {
namespace {

using namespace std::chrono_literals;
constexpr auto delay_on_terminal = 100ms;
constexpr auto period_on_terminal = 60ms;
constexpr auto delay_elsewhere = 3s;
constexpr auto period_elsewhere = 5s;

void put(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

std::string progress_text(std::string_view phase, std::int64_t steps,
                          const inference::TracePoint& point, std::size_t width) {
  std::string text = fmt::format("{} {}", phase, point.iteration);
  if (steps > 0) {
    constexpr std::int64_t bar_width = 20;
    const auto filled = static_cast<std::size_t>(
        std::clamp<std::int64_t>(bar_width * point.iteration / steps, 0, bar_width));
    text += fmt::format("/{} [{}{}]", steps, std::string(filled, '#'),
                        std::string(bar_width - filled, '.'));
  }
  if (std::isfinite(point.elbo)) text += fmt::format("  ELBO {:.2f}", point.elbo);
  if (width > 0 && text.size() > width) text.resize(width);
  return text;
}

ProgressLine::ProgressLine(const Terminal& terminal, Verbosity verbosity)
    : terminal_(terminal),
      verbosity_(verbosity),
      next_(Clock::now() + (terminal.is_terminal ? Clock::duration(delay_on_terminal)
                                                 : Clock::duration(delay_elsewhere))) {}

ProgressLine::~ProgressLine() {
  if (has_line_) put("\r\x1b[K");
}

void ProgressLine::begin(std::string_view phase, std::int64_t steps) {
  phase_ = phase;
  steps_ = steps;
}

void ProgressLine::report(const inference::TracePoint& point) {
  if (verbosity_ == Verbosity::quiet || Clock::now() < next_) return;
  show(point);
}

void ProgressLine::show(const inference::TracePoint& point) {
  if (terminal_.is_terminal) {
    // One column stays free: a full line would wrap.
    constexpr std::size_t usual_width = 80;
    const std::size_t width = terminal_.width > 1 ? terminal_.width - 1 : usual_width - 1;
    put("\r" + progress_text(phase_, steps_, point, width) + "\x1b[K");
    has_line_ = true;
    next_ = Clock::now() + period_on_terminal;
  } else {
    put(fmt::format("{}  ({:.0f} s)\n", progress_text(phase_, steps_, point, 0), point.seconds));
    next_ = Clock::now() + period_elsewhere;
  }
}

bool ProgressLine::interrupted() const { return InterruptGuard::was_interrupted(); }

}  // namespace vippl::cli
