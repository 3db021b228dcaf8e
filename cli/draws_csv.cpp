#include "cli/draws_csv.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <string>

#include "cli/scalar_names.h"

namespace vippl::cli {
namespace {

/// The shortest text that reads back as the same number, with R's words for what is none.
void append_number(fmt::memory_buffer& out, double value) {
  if (std::isnan(value)) {
    fmt::format_to(std::back_inserter(out), ",NaN");
  } else if (std::isinf(value)) {
    fmt::format_to(std::back_inserter(out), ",{}", value > 0 ? "Inf" : "-Inf");
  } else {
    fmt::format_to(std::back_inserter(out), ",{}", value);
  }
}

}  // namespace

void write_draws_csv(const inference::ReportedDraws& draws,
                     std::span<const runtime::Quantity> quantities,
                     const std::function<void(std::string_view)>& sink) {
  std::string header = ".chain,.iteration,.draw";
  if (draws.is_weighted) header += ",.log_weight";
  for (const runtime::Quantity& quantity : quantities) {
    for (Eigen::Index i = 0; i < scalar_count(quantity); ++i) {
      const std::string name = scalar_name(quantity, i);
      header += quantity.shape.empty() ? "," + name : fmt::format(",\"{}\"", name);
    }
  }
  sink(header + "\n");
  fmt::memory_buffer line;
  for (Eigen::Index draw = 0; draw < draws.constrained.rows(); ++draw) {
    const Eigen::Index chain = draw / draws.states();
    const Eigen::Index state = draw % draws.states();
    const Eigen::Index row = draws.row_of(chain, state);
    line.clear();
    fmt::format_to(std::back_inserter(line), "{},{},{}", chain + 1, state + 1, draw + 1);
    if (draws.is_weighted) append_number(line, draws.log_weights[row]);
    for (const runtime::Quantity& quantity : quantities) {
      for (Eigen::Index i = 0; i < scalar_count(quantity); ++i) {
        append_number(line, draws.constrained(row, quantity.offset + i));
      }
    }
    line.push_back('\n');
    sink({line.data(), line.size()});
  }
}

}  // namespace vippl::cli
