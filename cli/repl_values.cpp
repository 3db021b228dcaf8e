#include "cli/repl_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "cli/number_text.h"

namespace vippl::cli {
namespace {

constexpr Eigen::Index most_elements = 12;
constexpr Eigen::Index most_rows = 8;
constexpr int digits = 6;

std::string number_or_word(double value, const runtime::Words& words) {
  const double place = value - static_cast<double>(words.first);
  const bool has_word = place >= 0 && place < static_cast<double>(words.texts.size());
  return has_word ? words.texts[static_cast<std::size_t>(place)] : general(value, digits);
}

std::string row_text(const double* values, Eigen::Index count, const Terminal& terminal,
                     const runtime::Words& words) {
  std::string text = "[";
  const bool is_long = count > most_elements;
  const Eigen::Index shown = is_long ? most_elements - 2 : count;
  for (Eigen::Index i = 0; i < shown; ++i) {
    text += (i == 0 ? "" : ", ") + number_or_word(values[i], words);
  }
  if (is_long) {
    text += fmt::format(", {} {}", terminal.ellipsis(), number_or_word(values[count - 1], words));
  }
  return text + "]";
}

std::string extents_text(const std::vector<Eigen::Index>& shape) {
  return fmt::format("{}", fmt::join(shape, " x "));
}

}  // namespace

std::string value_text(const std::vector<Eigen::Index>& shape, const Eigen::VectorXd& values,
                       const Terminal& terminal, const runtime::Words& words) {
  if (shape.empty()) return number_or_word(values[0], words) + "\n";
  const Eigen::Index columns = shape.back();
  const Eigen::Index rows = columns == 0 ? 0 : values.size() / columns;
  std::string text;
  for (Eigen::Index r = 0; r < std::min(rows, most_rows); ++r) {
    text += row_text(values.data() + r * columns, columns, terminal, words) + "\n";
  }
  if (rows == 0) text = "[]\n";
  if (rows > most_rows) text += fmt::format("{}\n", terminal.ellipsis());
  const bool is_cut = rows > most_rows || columns > most_elements;
  if (is_cut || shape.size() > 2) text += fmt::format("({})\n", extents_text(shape));
  return text;
}

std::optional<Eigen::VectorXd> constant_row(const Eigen::Ref<const Eigen::MatrixXd>& draws) {
  if (draws.rows() == 0) return std::nullopt;
  for (Eigen::Index c = 0; c < draws.cols(); ++c) {
    const double first = draws(0, c);
    for (Eigen::Index s = 1; s < draws.rows(); ++s) {
      const double value = draws(s, c);
      if (value != first && !(std::isnan(value) && std::isnan(first))) return std::nullopt;
    }
  }
  return draws.row(0).transpose();
}

inference::ScalarSummary summary_of_draws(const Eigen::Ref<const Eigen::VectorXd>& draws,
                                          const Eigen::VectorXd& weights) {
  const Eigen::Index count = draws.size();
  const bool is_weighted = weights.size() == count;
  const auto weight = [&](Eigen::Index s) {
    return is_weighted ? weights[s] : 1.0 / static_cast<double>(count);
  };
  inference::ScalarSummary summary;
  inference::Moments& moments = summary.reported;
  double squared_weights = 0;
  for (Eigen::Index s = 0; s < count; ++s) {
    if (weight(s) > 0) moments.mean += weight(s) * draws[s];
    squared_weights += weight(s) * weight(s);
  }
  double variance = 0;
  for (Eigen::Index s = 0; s < count; ++s) {
    const double difference = draws[s] - moments.mean;
    if (weight(s) > 0) variance += weight(s) * difference * difference;
  }
  moments.sd = std::sqrt(variance / std::max(1 - squared_weights, 1e-12));
  summary.mcse = moments.sd * std::sqrt(squared_weights);
  std::vector<Eigen::Index> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::sort(order.begin(), order.end(), [&](Eigen::Index a, Eigen::Index b) {
    // NaN last: it has no place among numbers, and a comparison with it would not be an order.
    if (std::isnan(draws[a]) || std::isnan(draws[b]))
      return !std::isnan(draws[a]) && std::isnan(draws[b]);
    return draws[a] < draws[b];
  });
  const auto quantile = [&](double probability) {
    double below = 0;
    for (const Eigen::Index s : order) {
      below += weight(s);
      if (below >= probability) return draws[s];
    }
    return draws[order.back()];
  };
  moments.q05 = quantile(0.05);
  moments.q50 = quantile(0.5);
  moments.q95 = quantile(0.95);
  summary.raw = moments;
  return summary;
}

}  // namespace vippl::cli
