#include "lang/stan.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "lang/token.h"

namespace vippl::lang {
namespace {

struct TypeName {
  std::string_view stan;
  std::string_view ours;
};
constexpr TypeName types[] = {
    {"real", "real"},
    {"int", "int"},
    {"vector", "real"},
    {"row_vector", "real"},
    {"matrix", "real"},
    {"simplex", "simplex"},
    {"ordered", "ordered"},
    {"positive_ordered", "positive_ordered"},
    {"unit_vector", "unit_vector"},
    {"sum_to_zero_vector", "sum_to_zero"},
    {"corr_matrix", "corr"},
    {"cov_matrix", "cov"},
    {"cholesky_factor_corr", "corr_cholesky"},
    {"cholesky_factor_cov", "cov_cholesky"},
};

// Longer than this, a hint does not repeat what is written.
constexpr std::size_t longest = 60;

/// Reads tokens and hands out the source text between them.
class Reader {
 public:
  explicit Reader(std::string_view text)
      : last_(text.data() + text.size()), here_(scan_from(text.data())) {}

  const Token& here() const { return here_; }
  bool is_at(std::string_view text) const { return here_.text() == text; }
  bool is_at_end() const {
    return here_.kind == TokenKind::line_end || here_.kind == TokenKind::text_end || is_at("}");
  }
  Token take() {
    const Token taken = here_;
    here_ = scan_from(taken.last);
    return taken;
  }

  /// The items up to `close`, separated by commas, without either; nothing if `close` is missing.
  std::optional<std::vector<std::string>> items_until(std::string_view close) {
    std::vector<std::string> items;
    while (!is_at(close)) {
      std::optional<std::string> item = item_before(close);
      if (!item) return std::nullopt;
      items.push_back(*std::move(item));
      if (is_at(",")) take();
    }
    take();
    return items;
  }

  /// The text up to `close` or a comma outside of brackets; nothing if the line ends before.
  std::optional<std::string> item_before(std::string_view close) {
    const char* first = here_.first;
    const char* behind = first;
    for (int depth = 0; depth > 0 || (!is_at(close) && !is_at(",")); behind = take().last) {
      if (is_at_end()) return std::nullopt;
      if (is_at("(") || is_at("[")) ++depth;
      if (is_at(")") || is_at("]")) --depth;
    }
    return std::string(first, behind);
  }

 private:
  Token scan_from(const char* first) const { return scan(skip_blanks(first, last_), last_); }

  const char* last_;
  Token here_;
};

using Items = std::optional<std::vector<std::string>>;

// `<lower=0, upper=1>` in the words of a type's condition; offset and multiplier say nothing of the
// values.
std::string condition(const std::vector<std::string>& bounds) {
  std::vector<std::string> kept;
  for (const std::string& bound : bounds) {
    const std::size_t equals = bound.find('=');
    if (equals == std::string::npos) continue;
    const std::string_view name = std::string_view(bound).substr(0, 5);
    if (name != "lower" && name != "upper") continue;
    const std::size_t value = bound.find_first_not_of(' ', equals + 1);
    if (value != std::string::npos) {
      kept.push_back(fmt::format("{} = {}", name, bound.substr(value)));
    }
  }
  return kept.empty() ? "" : fmt::format("({})", fmt::join(kept, ", "));
}

}  // namespace

std::optional<std::string> stan_declaration_hint(std::string_view statement) {
  Reader reader(statement);
  std::vector<std::string> sizes;
  const auto read_sizes = [&] {
    if (!reader.is_at("[")) return true;
    reader.take();
    const Items items = reader.items_until("]");
    if (items) sizes.insert(sizes.end(), items->begin(), items->end());
    return items.has_value();
  };
  if (reader.is_at("array")) {
    reader.take();
    if (!read_sizes()) return std::nullopt;
  }
  const auto* type = std::find_if(std::begin(types), std::end(types), [&](const TypeName& each) {
    return each.stan == reader.here().text();
  });
  if (type == std::end(types)) return std::nullopt;
  reader.take();
  std::string bounds;
  if (reader.is_at("<")) {
    reader.take();
    const Items items = reader.items_until(">");
    if (!items) return std::nullopt;
    bounds = condition(*items);
  }
  const std::size_t leading = sizes.size();
  if (!read_sizes()) return std::nullopt;
  if (reader.here().kind != TokenKind::name) return std::nullopt;
  const std::string name(reader.take().text());
  // Sizes behind the name count the copies, and come first here.
  const auto own = static_cast<std::ptrdiff_t>(sizes.size());
  if (!read_sizes()) return std::nullopt;
  std::rotate(sizes.begin() + static_cast<std::ptrdiff_t>(leading), sizes.begin() + own,
              sizes.end());
  if (reader.is_at("=")) {
    return fmt::format("a value is named with `let {} = ...`, without its type", name);
  }
  if (!reader.is_at_end()) return std::nullopt;
  const std::string shape = sizes.empty() ? "" : fmt::format("[{}]", fmt::join(sizes, ", "));
  const std::string written = fmt::format("{} : {}{}{}", name, type->ours, bounds, shape);
  if (written.size() > longest) return std::nullopt;
  if (type->stan == "int") return fmt::format("write `data {}`", written);
  return fmt::format("write `sample {0} ~ ...` for an unknown, `data {0}` for data", written);
}

std::optional<std::string> stan_density_hint(std::string_view text) {
  Reader reader(text);
  const std::string_view name = reader.here().text();
  const bool is_density = name.ends_with("_lpdf") || name.ends_with("_lpmf");
  constexpr std::size_t suffix = 5;
  if (reader.here().kind != TokenKind::name || !is_density || name.size() == suffix) {
    return std::nullopt;
  }
  reader.take();
  if (!reader.is_at("(")) return std::nullopt;
  reader.take();
  const std::optional<std::string> value = reader.item_before("|");
  const bool is_split = reader.is_at("|") || reader.is_at(",");
  if (is_split) reader.take();
  const Items arguments = value && is_split ? reader.items_until(")") : std::nullopt;
  const std::string_view distribution = name.substr(0, name.size() - suffix);
  std::string call = fmt::format("{}(...)", distribution);
  std::string of = "y";
  if (arguments) {
    const std::string whole = fmt::format("{}({})", distribution, fmt::join(*arguments, ", "));
    if (whole.size() <= longest && value->size() <= longest) {
      call = whole;
      of = *value;
    }
  }
  return fmt::format(
      "write `observe {0} ~ {1}` for data, `factor log_density({1}, {0})` for a latent", of, call);
}

}  // namespace vippl::lang
