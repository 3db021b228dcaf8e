#include "cli/summary_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "cli/modes_table.h"
#include "cli/number_text.h"
#include "cli/scalar_names.h"
#include "cli/sparkline.h"

namespace vippl::cli {
namespace {

using runtime::Quantity;

constexpr std::array<const char*, 9> headers = {"mean", "sd",    "5%",    "50%", "95%",
                                                "mcse", "lr sd", "R-hat", "ESS"};
/// From left to right.
constexpr std::array<std::size_t, 9> places = {0, 1, 6, 2, 3, 4, 5, 7, 8};
/// Columns that are left out, in this order, where the width does not suffice.
constexpr std::array<std::size_t, 4> expendable = {3, 5, 2, 4};
constexpr std::size_t gap = 2;
/// Heads the marks of what can be relied upon.
constexpr std::string_view trust_header = "trust";

std::string_view mark_of(inference::Trust trust) {
  switch (trust) {
    case inference::Trust::full:
      return "yes";
    case inference::Trust::mean_only:
      return "mean";
    case inference::Trust::none:
      return "no";
  }
  return "";
}

/// One line of the table: a scalar, or a remark such as "... 88 more".
struct Line {
  std::string name;
  const inference::ScalarSummary* summary = nullptr;
};

/// How many elements of a long array are shown; values per row of the data are of less interest
/// than latents.
struct Limits {
  Eigen::Index longest = 0;
  Eigen::Index head = 0;
  Eigen::Index tail = 0;
};
constexpr Limits limits_of(Quantity::Kind kind) {
  return kind == Quantity::Kind::latent ? Limits{30, 12, 3} : Limits{10, 4, 2};
}

void add_lines(const FitReport& report, const Quantity& quantity, Length length,
               const Terminal& terminal, std::vector<Line>& lines) {
  const Eigen::Index count = scalar_count(quantity);
  const Limits limits = limits_of(quantity.kind);
  const bool is_elided = length == Length::elided && count > limits.longest;
  for (Eigen::Index i = 0; i < count; ++i) {
    if (is_elided && i == limits.head) {
      const Eigen::Index left_out = count - limits.head - limits.tail;
      lines.push_back(
          {fmt::format("{} {} more of {} (--all)", terminal.ellipsis(), left_out, quantity.name),
           nullptr});
      i = count - limits.tail;
    }
    lines.push_back({scalar_label(quantity, i), &report.summary(quantity, i)});
  }
}

std::string right(std::string_view text, std::size_t width) {
  const std::size_t used = text_width(text);
  return std::string(width - std::min(used, width), ' ') + std::string(text);
}
std::string left(std::string_view text, std::size_t width) {
  const std::size_t used = text_width(text);
  return std::string(text) + std::string(width - std::min(used, width), ' ');
}

/// "left out for width: 50%, mcse", and where to find them.
std::string remark_on_columns(const std::array<bool, 9>& is_shown,
                              const std::array<bool, 9>& is_filled, const FitReport& report) {
  std::string names;
  for (std::size_t c = 0; c < is_shown.size(); ++c) {
    if (is_filled[c] && !is_shown[c])
      names += (names.empty() ? "" : ", ") + std::string(headers[c]);
  }
  if (names.empty()) return "";
  const bool is_command = !report.model.empty();  // the REPL has no --format
  return fmt::format("left out for width: {}\n{}\n", names,
                     is_command ? "--format json has all columns" : "a wider terminal shows all");
}

std::string layout(std::vector<Line> lines, const FitReport& report, const Terminal& terminal) {
  std::array<std::vector<std::string>, 9> columns;
  std::array<bool, 9> is_filled{};
  std::size_t name_width = 0;
  for (const Line& line : lines) {
    if (line.summary == nullptr) continue;
    name_width = std::max(name_width, text_width(line.name));
    const std::array<std::string, 9> texts = row_texts(*line.summary);
    for (std::size_t c = 0; c < texts.size(); ++c) {
      columns[c].push_back(texts[c]);
      is_filled[c] = is_filled[c] || !texts[c].empty();
    }
  }
  std::array<std::size_t, 9> widths{};
  for (std::size_t c = 0; c < columns.size(); ++c) {
    align_at_point(columns[c]);
    widths[c] = std::string_view(headers[c]).size();
    if (!columns[c].empty()) widths[c] = std::max(widths[c], columns[c][0].size());
  }
  std::array<bool, 9> is_shown = is_filled;
  const auto numbers_width = [&] {
    std::size_t total = gap + trust_header.size();
    for (std::size_t c = 0; c < widths.size(); ++c) total += is_shown[c] ? gap + widths[c] : 0;
    return total;
  };
  if (terminal.width > 0) {
    constexpr std::size_t least_name_width = 16;
    const std::size_t wanted = std::min(name_width, least_name_width);
    for (const std::size_t c : expendable) {
      if (wanted + numbers_width() > terminal.width) is_shown[c] = false;
    }
    const std::size_t used = numbers_width();
    const std::size_t room = terminal.width > used ? terminal.width - used : 1;
    name_width = std::min(name_width, std::max<std::size_t>(room, 1));
  }

  std::string header(name_width, ' ');
  for (const std::size_t c : places) {
    if (is_shown[c]) header += std::string(gap, ' ') + right(headers[c], widths[c]);
  }
  header += std::string(gap, ' ') + std::string(trust_header);
  std::string text = in_bold(header, terminal) + '\n';
  std::size_t row = 0;
  for (const Line& line : lines) {
    if (line.summary == nullptr) {
      text += line.name + '\n';
      continue;
    }
    std::string out = left(shortened(line.name, name_width, terminal.ellipsis()), name_width);
    for (const std::size_t c : places) {
      if (is_shown[c]) out += std::string(gap, ' ') + right(columns[c][row], widths[c]);
    }
    ++row;
    out += std::string(gap, ' ') + std::string(mark_of(line.summary->trust));
    text += out.substr(0, out.find_last_not_of(' ') + 1) + '\n';
  }
  return text + remark_on_columns(is_shown, is_filled, report);
}

std::string seconds_text(double seconds) {
  if (seconds < 1) return fmt::format("{:.3f} s", seconds);
  return seconds < 100 ? fmt::format("{:.1f} s", seconds) : fmt::format("{:.0f} s", seconds);
}

std::string elbo_text(const inference::Posterior& posterior, const Terminal& terminal) {
  const double error = posterior.elbo_se;
  if (!std::isfinite(posterior.elbo)) return general(posterior.elbo, 6);
  if (!std::isfinite(error) || error <= 0) return fmt::format("{:.3f} nats", posterior.elbo);
  const int decimals = std::clamp(1 - static_cast<int>(std::floor(std::log10(error))), 0, 3);
  return fmt::format("{:.{}f} {} {:.{}f} nats", posterior.elbo, decimals, terminal.plus_minus(),
                     error, decimals);
}

std::string holdout_text(const HoldoutScore& score, const Terminal& terminal) {
  return fmt::format("{} of {} rows of `{}`, log predictive density {} nats: {} {} {} per row",
                     score.withheld.size(), score.row_count, score.plate, general(score.total(), 6),
                     general(score.per_row(), 4), terminal.plus_minus(),
                     general(score.per_row_se(), 2));
}

/// The objective over the iterations of the fit, in one line: its end in full height, the first
/// climb cut off, which would leave nothing to be seen of the rest. Empty for fewer than three.
std::string course_text(const inference::Posterior& posterior, const Terminal& terminal) {
  constexpr std::size_t most_points = 40;
  constexpr double shown_share = 4;  // times the distance between the best and the median
  const std::size_t count = posterior.trace.size();
  if (count < 3) return "";
  std::vector<double> values;
  for (std::size_t i = 0; i < std::min(count, most_points); ++i)
    values.push_back(posterior.trace[(i + 1) * count / std::min(count, most_points) - 1].elbo);
  std::vector<double> sorted;
  for (const double value : values)
    if (std::isfinite(value)) sorted.push_back(value);
  if (sorted.empty()) return "";
  std::sort(sorted.begin(), sorted.end());
  const double best = sorted.back();
  const double floor = best - shown_share * (best - sorted[sorted.size() / 2]);
  if (floor < best)
    for (double& value : values) value = std::max(value, floor);
  return fmt::format("{}  ELBO over {} iterations",
                     sparkline(values, std::numeric_limits<double>::quiet_NaN(), terminal), count);
}

/// "label   text", the text broken at blanks and indented to fit the width.
std::string entry(std::string_view label, std::string_view content, const Terminal& terminal) {
  constexpr std::size_t indent = 10;
  constexpr std::size_t comfortable_width = 100;
  const std::size_t width = terminal.width > 2 * indent ? terminal.width : comfortable_width;
  std::string text = left(label, indent);
  std::size_t column = indent;
  bool is_first = true;
  while (!content.empty()) {
    const std::size_t end = std::min(content.find(' '), content.size());
    const std::string_view word = content.substr(0, end);
    content.remove_prefix(std::min(end + 1, content.size()));
    if (!is_first && column + 1 + text_width(word) > width) {
      text += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (!is_first) {
      text += ' ';
      ++column;
    }
    text += word;
    column += text_width(word);
    is_first = false;
  }
  return text + '\n';
}

/// "7 unconstrained coordinates".
std::string coordinates_text(const FitReport& report) {
  return fmt::format("{} unconstrained coordinate{}", report.dimension,
                     report.dimension == 1 ? "" : "s");
}

/// What made the draws: chains, instead of a guide with its ELBO and k-hat.
std::string chains_entry(const FitReport& report, const Terminal& terminal) {
  const inference::Chains& chains = *report.posterior->chains;
  return entry(
      "chains",
      fmt::format("{} by {}, of {} draw{} each, over {}", chains.count, report.posterior->algorithm,
                  chains.kept, chains.kept == 1 ? "" : "s", coordinates_text(report)),
      terminal);
}

std::string guide_entries(const FitReport& report, const Terminal& terminal) {
  const inference::Posterior& posterior = *report.posterior;
  std::string text = entry("guide",
                           fmt::format("{}, {}, fitted by {}", report.guide_name(),
                                       coordinates_text(report), posterior.algorithm),
                           terminal);
  text += entry("ELBO", elbo_text(posterior, terminal), terminal);
  if (const std::string course = course_text(posterior, terminal); !course.empty())
    text += entry("course", course, terminal);
  text += entry("k-hat",
                fmt::format("{}: {}",
                            std::isfinite(posterior.khat) ? fmt::format("{:.2f}", posterior.khat)
                                                          : general(posterior.khat, 2),
                            inference::khat_words(posterior)),
                terminal);
  return text;
}

}  // namespace

std::string summary_rows(const FitReport& report, const Terminal& terminal, Length length) {
  std::vector<Line> lines;
  for (const Quantity::Kind kind :
       {Quantity::Kind::latent, Quantity::Kind::derived, Quantity::Kind::generated}) {
    for (const Quantity& quantity : report.quantities) {
      if (quantity.kind == kind) add_lines(report, quantity, length, terminal, lines);
    }
  }
  return layout(std::move(lines), report, terminal);
}

std::string quantity_rows(const FitReport& report, const Quantity& quantity,
                          const Terminal& terminal, Length length) {
  std::vector<Line> lines;
  add_lines(report, quantity, length, terminal, lines);
  return layout(std::move(lines), report, terminal);
}

std::string summary_table(const FitReport& report, const Terminal& terminal, Length length) {
  const inference::Posterior& posterior = *report.posterior;
  const inference::Verdict verdict = report.verdict();
  std::string text = summary_rows(report, terminal, length) + '\n';
  text += posterior.chains ? chains_entry(report, terminal) : guide_entries(report, terminal);
  if (report.holdout) text += entry("held out", holdout_text(*report.holdout, terminal), terminal);
  text += entry("stopped",
                posterior.stop_sentence.empty() ? std::string(name_of(posterior.stop_reason))
                                                : posterior.stop_sentence,
                terminal);
  text +=
      entry("time", fmt::format("{}, seed {}", seconds_text(report.total_seconds), posterior.seed),
            terminal);
  if (posterior.linear_response_sd.size() > 0) {
    text += entry("lr sd",
                  "a mean field's sds are too small where latents are correlated; `lr sd` is the "
                  "spread corrected by linear response",
                  terminal);
  }
  for (const std::string& note : report.notes()) text += entry("note", note, terminal);
  if (posterior.non_finite_draws > 0) {
    text += entry("note",
                  fmt::format("{} of {} draws had no finite log density",
                              posterior.non_finite_draws, posterior.draws.rows()),
                  terminal);
  }
  const std::string word = verdict.level == inference::Verdict::Level::not_trustworthy
                               ? in_red(verdict.word(), terminal)
                               : std::string(verdict.word());
  text += entry("verdict", fmt::format("{}: {}", word, verdict.reason), terminal);
  const bool is_command = !report.model.empty();  // the REPL has no flags to add
  if (!verdict.next_step.empty()) {
    text += entry("next", verdict.next_step, terminal);
  } else if (is_command) {
    text +=
        entry("next", "add --draws-csv FILE for the draws, --format json for all digits", terminal);
  }
  text += modes_table(report, terminal);
  return text;
}

}  // namespace vippl::cli
