#include "cli/modes_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "cli/number_text.h"
#include "cli/scalar_names.h"

namespace vippl::cli {
namespace {

using inference::Mode;
using runtime::Quantity;

constexpr std::size_t most_columns = 4;
constexpr std::size_t most_rows = 8;
constexpr std::size_t gap = 2;

using Row = std::vector<std::string>;  // the name, then a text per mode

/// "3.1 ± 0.2".
std::string moments_text(const Mode& mode, Eigen::Index scalar, const Terminal& terminal) {
  const double mean = mode.mean[scalar];
  const double sd = mode.sd[scalar];
  inference::ScalarSummary summary;
  summary.reported = {mean, sd, mean, mean, mean};
  summary.mcse = sd;  // for two digits of the sd
  const auto texts = row_texts(summary);
  return fmt::format("{} {} {}", texts[0], terminal.plus_minus(), texts[1]);
}

/// The scalars that differ, first of all the latents.
std::vector<Row> rows_of_scalars(const FitReport& report, std::size_t columns,
                                 const Terminal& terminal) {
  const std::vector<Mode>& modes = report.posterior->modes.found;
  std::vector<Row> rows;
  for (const Quantity::Kind kind : {Quantity::Kind::latent, Quantity::Kind::derived}) {
    for (const Quantity& quantity : report.quantities) {
      if (quantity.kind != kind) continue;
      for (Eigen::Index e = 0; e < scalar_count(quantity); ++e) {
        if (!inference::differs(modes, quantity.offset + e)) continue;
        Row row = {scalar_label(quantity, e)};
        for (std::size_t k = 0; k < columns; ++k)
          row.push_back(moments_text(modes[k], quantity.offset + e, terminal));
        rows.push_back(std::move(row));
      }
    }
  }
  return rows;
}

std::string layout(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const Row& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c)
      widths[c] = std::max(widths[c], text_width(row[c]));
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      line += row[c];
      line += std::string(widths[c] + gap - text_width(row[c]), ' ');
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return text;
}

}  // namespace

std::string modes_table(const FitReport& report, const Terminal& terminal) {
  const inference::Modes& modes = report.posterior->modes;
  if (modes.found.size() < 2) return "";
  const std::size_t columns = std::min(modes.found.size(), most_columns);
  Row numbers = {""}, shares = {"share"}, elbos = {"ELBO"}, starts = {"starts"};
  Row exchanges = {"order of"};
  for (std::size_t k = 0; k < columns; ++k) {
    const Mode& mode = modes.found[k];
    numbers.push_back(fmt::format("mode {}", k + 1));
    shares.push_back(mode.share < 0.001 ? "< 0.1 %" : fmt::format("{:.2g} %", 100 * mode.share));
    elbos.push_back(fmt::format("{:.2f}", mode.elbo));
    starts.push_back(fmt::format("{}", mode.starts));
    exchanges.push_back(mode.exchange_of ? fmt::format("mode {}", *mode.exchange_of + 1) : "");
  }
  std::vector<Row> rows = {numbers, shares, elbos, starts};
  if (modes.has_exchange()) rows.push_back(exchanges);
  std::vector<Row> scalars = rows_of_scalars(report, columns, terminal);
  const std::size_t left_out = scalars.size() - std::min(scalars.size(), most_rows);
  scalars.resize(scalars.size() - left_out);
  rows.insert(rows.end(), scalars.begin(), scalars.end());

  std::string text = "\n" + layout(rows);
  if (left_out > 0)
    text += fmt::format("{} {} more scalars differ\n", terminal.ellipsis(), left_out);
  if (columns < modes.found.size())
    text += fmt::format("{} {} more modes\n", terminal.ellipsis(), modes.found.size() - columns);
  const bool is_command = !report.model.empty();  // the REPL has no --format
  if (is_command && (left_out > 0 || columns < modes.found.size()))
    text += "--format json has all of them\n";
  text += fmt::format("shares of the posterior by {}; mean {} sd within each mode\n",
                      modes.is_weighed ? "importance weights" : "the ELBOs of the normals there",
                      terminal.plus_minus());
  return text;
}

}  // namespace vippl::cli
