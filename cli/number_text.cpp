#include "cli/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vippl::cli {
namespace {

constexpr int most_decimals = 6;
constexpr double greatest_plain_number = 1e7;

int order_of_magnitude(double value) {
  return static_cast<int>(std::floor(std::log10(std::abs(value))));
}

}  // namespace

std::string general(double value, int digits) {
  const std::string text = fmt::format("{:.{}g}", value, digits);
  return text == "-0" ? "0" : text;
}

std::array<std::string, 9> row_texts(const inference::ScalarSummary& summary) {
  const inference::Moments& m = summary.reported;
  const std::array<double, 5> values = {m.mean, m.sd, m.q05, m.q50, m.q95};
  std::array<std::string, 9> texts;
  constexpr double negligible_error = 0.005;  // sds
  constexpr double rounding_error = 1e-6;     // sds: below what any column shows
  texts[5] = summary.mcse <= rounding_error * m.sd ? "0" : general(summary.mcse, 2);
  const bool has_spread = std::isfinite(m.sd) && m.sd > 0;
  const int digits = has_spread && summary.mcse <= negligible_error * m.sd ? 3 : 2;
  const int decimals = has_spread ? std::max(0, digits - 1 - order_of_magnitude(m.sd)) : 0;
  const bool is_large = std::any_of(values.begin(), values.end(), [](double value) {
    return std::isfinite(value) && std::abs(value) >= greatest_plain_number;
  });
  const auto text_of = [&](double value) {
    constexpr int digits_without_scale = 4;
    if (!has_spread || is_large || decimals > most_decimals) {
      return general(value, has_spread ? digits + 1 : digits_without_scale);
    }
    std::string text = fmt::format("{:.{}f}", value, decimals);
    // "-0.00" would claim a sign that the digits do not show.
    if (text.find_first_not_of("-0.") == text.npos && text.starts_with('-')) text.erase(0, 1);
    return text;
  };
  for (std::size_t i = 0; i < values.size(); ++i) texts[i] = text_of(values[i]);
  if (summary.linear_response_sd) texts[6] = text_of(*summary.linear_response_sd);
  if (summary.chains) {
    const double ess = std::min(summary.chains->ess_bulk, summary.chains->ess_tail);
    texts[7] = fmt::format("{:.3f}", summary.chains->rhat);
    texts[8] = fmt::format("{:.0f}", ess);
  }
  return texts;
}

void align_at_point(std::vector<std::string>& texts) {
  const auto point_of = [](const std::string& text) {
    return std::min(text.find_first_of(".e"), text.size());
  };
  std::size_t before = 0;
  std::size_t after = 0;
  for (const std::string& text : texts) {
    before = std::max(before, point_of(text));
    after = std::max(after, text.size() - point_of(text));
  }
  for (std::string& text : texts) {
    const std::size_t point = point_of(text);
    const std::size_t tail = text.size() - point;
    text = std::string(before - point, ' ') + text + std::string(after - tail, ' ');
  }
}

}  // namespace vippl::cli
