#pragma once
#include <cstdint>
#include <exception>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inference/posterior.h"
#include "inference/progress.h"
#include "runtime/log_density.h"

namespace vippl::inference {

/// A setting of an algorithm; `--help`, parsing and the range check follow from this row.
struct Option {
  enum class Kind { number, whole, flag, choice };
  std::string_view name;  ///< as typed after "--": "learning-rate"
  Kind kind = Kind::number;
  std::string_view summary = "";
  double initial = 0;  ///< the default; 0 or 1 for a flag, the place in `choices` for a choice
  double lower = 0;    ///< least legal value
  double upper = 0;    ///< greatest legal value
  std::span<const std::string_view> choices = {};
};

/// What the user asked for.
struct Settings {
  std::string guide = "auto";
  std::uint64_t seed = 1;
  double gradient_seconds = 0;        ///< nominal, of one gradient, for a budget; 0: not known
  std::int64_t gradients_before = 0;  ///< spent before the fit begins, such as on its coordinates
  std::map<std::string, double, std::less<>> options;  ///< those given, checked by parse_option()
};

struct Algorithm {
  std::string_view name;
  std::string_view summary;
  std::span<const Option> options;
  bool takes_minibatches = false;  ///< whether it can work with LogDensity::batch_size() > 0
  Posterior (*run)(const runtime::LogDensity& model, const Settings& settings, Progress& progress);

  bool has(std::string_view option) const;
  /// The value given in the settings, or the default.
  double value(const Settings& settings, std::string_view option) const;
};

/// All algorithms, sorted by name; one per file of inference/algorithms/.
std::span<const Algorithm* const> all_algorithms();
const Algorithm* find_algorithm(std::string_view name);
/// The one used when none is named.
const Algorithm& default_algorithm(bool minibatches);

/// Reads the text of one option: a number in range, a whole number, "on" or "off", or one of the
/// choices. Throws std::invalid_argument, in words.
double parse_option(const Option& option, std::string_view text);
/// "0.001", "on", "softplus".
std::string default_text(const Option& option);

/// No fit could be made. Carries what a diagnosis needs.
class FitError : public std::exception {
 public:
  FitError(std::string message, std::vector<runtime::Term> terms, std::string trace)
      : message_(std::move(message)), terms_(std::move(terms)), trace_(std::move(trace)) {}
  const char* what() const noexcept override { return message_.c_str(); }
  /// The terms of the log density at the best start that was tried; may be empty.
  const std::vector<runtime::Term>& terms() const { return terms_; }
  /// Where the first value that is not finite appears (LogDensity::trace_non_finite); may be empty.
  const std::string& trace() const { return trace_; }

 private:
  std::string message_;
  std::vector<runtime::Term> terms_;
  std::string trace_;
};

}  // namespace vippl::inference
