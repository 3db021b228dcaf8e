#pragma once
#include <cmath>
#include <cstddef>
#include <span>

// What the means and variances of vectors and matrices share.

namespace vippl::stdlib {

/// Writes the diagonal of a matrix with as many rows as `out` has elements, times a factor.
void copy_diagonal(std::span<const double> matrix, double factor, std::span<double> out);

/// The same of the inverse of a symmetric positive definite matrix; NaN if it is none.
void diagonal_of_inverse(std::span<const double> matrix, double factor, std::span<double> out);

/// Writes what each weight has of `total`.
void copy_shares(std::span<const double> weights, double total, std::span<double> out);

/// Calls body(place, s[i, j], s[i, i] * s[j, j]) for every entry of a square matrix s.
template <class Body>
void for_each_pair(std::span<const double> s, Body&& body) {
  const auto k = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(s.size()))));
  for (std::size_t i = 0; i < k; ++i)
    for (std::size_t j = 0; j < k; ++j) body(i * k + j, s[i * k + j], s[i * k + i] * s[j * k + j]);
}

}  // namespace vippl::stdlib
