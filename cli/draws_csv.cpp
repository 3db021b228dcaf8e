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

void write_draws_csv(const inference::Posterior& posterior,
                     std::span<const runtime::Quantity> quantities, Weights weights,
                     const std::function<void(std::string_view)>& sink) {
  std::string header = ".chain,.iteration,.draw";
  if (weights == Weights::write) header += ",.log_weight";
  for (const runtime::Quantity& quantity : quantities) {
    for (Eigen::Index i = 0; i < scalar_count(quantity); ++i) {
      const std::string name = scalar_name(quantity, i);
      header += quantity.shape.empty() ? "," + name : fmt::format(",\"{}\"", name);
    }
  }
  sink(header + "\n");
  const Eigen::Index per_chain =
      posterior.chains ? posterior.chains->kept : posterior.constrained.rows();
  fmt::memory_buffer row;
  for (Eigen::Index s = 0; s < posterior.constrained.rows(); ++s) {
    row.clear();
    fmt::format_to(std::back_inserter(row), "{},{},{}", s / per_chain + 1, s % per_chain + 1,
                   s + 1);
    if (weights == Weights::write) append_number(row, posterior.log_weights[s]);
    for (const runtime::Quantity& quantity : quantities) {
      for (Eigen::Index i = 0; i < scalar_count(quantity); ++i) {
        append_number(row, posterior.constrained(s, quantity.offset + i));
      }
    }
    row.push_back('\n');
    sink({row.data(), row.size()});
  }
}

}  // namespace vippl::cli
