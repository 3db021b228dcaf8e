#include "tests/models/posteriordb/stan_transform.h"

#include <stdexcept>

namespace vippl::test {
namespace {

Dual zero_like(const Dual& other) { return Dual::constant(0, other.partials.size()); }

Constrained from_ordered(const Duals& x, bool is_positive) {
  Constrained result{{}, zero_like(x[0])};
  for (std::size_t k = 0; k < x.size(); ++k) {
    const bool is_step = k > 0 || is_positive;
    if (is_step) result.log_jacobian = result.log_jacobian + x[k];
    const Dual step = is_step ? exp(x[k]) : x[k];
    result.values.push_back(k == 0 ? step : result.values.back() + step);
  }
  return result;
}

Duals ordered_coordinates(const Duals& values, bool is_positive) {
  Duals result;
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (k == 0) {
      result.push_back(is_positive ? log(values[0]) : values[0]);
    } else {
      result.push_back(log(values[k] - values[k - 1]));
    }
  }
  return result;
}

/// A stick is broken K - 1 times; what is left is the last entry.
Constrained from_stick(const Duals& x) {
  Constrained result{{}, zero_like(x[0])};
  Dual left = Dual::constant(1, x[0].partials.size());
  for (std::size_t k = 0; k < x.size(); ++k) {
    const auto after = static_cast<double>(x.size() - k);
    const Dual logit = x[k] - Dual::constant(std::log(after), x[k].partials.size());
    const Dual part = inv_logit(logit);
    const Dual rest = inv_logit(-logit);
    result.log_jacobian = result.log_jacobian + log(part) + log(rest) + log(left);
    result.values.push_back(part * left);
    left = rest * left;
  }
  result.values.push_back(left);
  return result;
}

/// The isometric log-ratio with Helmert's basis: vector j is j times 1, then -j, over
/// sqrt(j (j + 1)).
Duals log_ratios(const Duals& values) {
  Duals result;
  Dual sum = zero_like(values[0]);
  for (std::size_t j = 1; j < values.size(); ++j) {
    const auto entries = static_cast<double>(j);
    sum = sum + log(values[j - 1]);
    result.push_back(1 / std::sqrt(entries * (entries + 1)) * (sum - entries * log(values[j])));
  }
  return result;
}

}  // namespace

Constrained from_stan(const std::string& transform, const Duals& x, const Dual& room) {
  if (transform == "simplex") return from_stick(x);
  if (transform.ends_with("ordered")) return from_ordered(x, transform == "positive ordered");
  Constrained result{{}, zero_like(x[0])};
  for (const Dual& each : x) {
    if (transform == "identity") {
      result.values.push_back(each);
    } else if (transform == "log") {
      result.values.push_back(exp(each));
      result.log_jacobian = result.log_jacobian + each;
    } else if (transform == "logit") {
      const Dual part = inv_logit(each);
      result.values.push_back(room * part);
      result.log_jacobian = result.log_jacobian + log(room) + log(part) + log(inv_logit(-each));
    } else {
      throw std::runtime_error("no such transform: " + transform);
    }
  }
  return result;
}

Duals to_coordinates(const std::string& transform, const Duals& values, const Dual& room) {
  if (transform == "simplex") return log_ratios(values);
  if (transform.ends_with("ordered")) {
    return ordered_coordinates(values, transform == "positive ordered");
  }
  Duals result;
  for (const Dual& value : values) {
    if (transform == "identity") {
      result.push_back(value);
    } else if (transform == "log") {
      result.push_back(log(value));
    } else if (transform == "logit") {
      result.push_back(log(value) - log(room - value));
    } else {
      throw std::runtime_error("no such transform: " + transform);
    }
  }
  return result;
}

}  // namespace vippl::test
