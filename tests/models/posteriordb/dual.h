#pragma once
#include <Eigen/Core>
#include <cmath>

namespace vippl::test {

/// A number with its exact derivatives by some coordinates, carried forwards through arithmetic.
struct Dual {
  double value = 0;
  Eigen::VectorXd partials;

  /// Coordinate `i` of `count`.
  static Dual coordinate(double value, Eigen::Index i, Eigen::Index count) {
    return {value, Eigen::VectorXd::Unit(count, i)};
  }
  static Dual constant(double value, Eigen::Index count) {
    return {value, Eigen::VectorXd::Zero(count)};
  }
};

inline Dual operator-(const Dual& a) { return {-a.value, -a.partials}; }
inline Dual operator+(const Dual& a, const Dual& b) {
  return {a.value + b.value, a.partials + b.partials};
}
inline Dual operator-(const Dual& a, const Dual& b) { return a + -b; }
inline Dual operator*(const Dual& a, const Dual& b) {
  return {a.value * b.value, b.value * a.partials + a.value * b.partials};
}
inline Dual operator*(double a, const Dual& b) { return {a * b.value, a * b.partials}; }
inline Dual exp(const Dual& a) {
  const double value = std::exp(a.value);
  return {value, value * a.partials};
}
inline Dual log(const Dual& a) { return {std::log(a.value), a.partials / a.value}; }
/// 1 / (1 + exp(-a)); 1 less it is inv_logit(-a), with all its digits.
inline Dual inv_logit(const Dual& a) {
  const double value = 1 / (1 + std::exp(-a.value));
  const double rest = 1 / (1 + std::exp(a.value));
  return {value, value * rest * a.partials};
}

}  // namespace vippl::test
