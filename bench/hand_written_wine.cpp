#include "bench/hand_written_wine.h"

#include <cmath>
#include <numbers>

namespace vippl::bench {

namespace {

constexpr double noise = 0.1;

// xorshift64*: the cheapest generator that will do; the loop's cost should be its arithmetic.
struct Generator {
  std::uint64_t state;
  std::uint64_t next() {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 0x2545F4914F6CDD1DULL;
  }
  double uniform() { return (static_cast<double>(next() >> 11) + 0.5) * 0x1.0p-53; }
};

}  // namespace

HandWrittenWine::HandWrittenWine(const std::vector<double>& x, const std::vector<double>& y)
    : rows_(static_cast<int>(y.size())), x_(y.size() * padded, 0.0), y_(y) {
  for (std::size_t i = 0; i < y.size(); ++i) {
    for (std::size_t j = 0; j + 1 < columns; ++j) x_[i * padded + j] = x[i * (columns - 1) + j];
    x_[i * padded + columns - 1] = 1;
  }
}

// Residual sum of squares and X'r in one pass over the rows; `rows` null: all of them in order.
double HandWrittenWine::fused(const int* rows, int count, const double* w, double* gradient) const {
  double sum = 0;
  double g[padded] = {};
  for (int i = 0; i < count; ++i) {
    const int row = rows == nullptr ? i : rows[i];
    const double* x = x_.data() + static_cast<std::ptrdiff_t>(row) * padded;
    double fit = 0;
    for (int j = 0; j < padded; ++j) fit += x[j] * w[j];
    const double residual = y_[static_cast<std::size_t>(row)] - fit;
    sum += residual * residual;
    for (int j = 0; j < padded; ++j) g[j] += residual * x[j];
  }
  for (int j = 0; j < padded; ++j) gradient[j] = g[j];
  return sum;
}

double HandWrittenWine::log_joint(const double* point, double* gradient) const {
  double w[padded] = {};
  double g[padded];
  double prior = 0;
  for (int j = 0; j < columns; ++j) {
    w[j] = point[j];
    prior += w[j] * w[j];
  }
  const double sum = fused(nullptr, rows_, w, g);
  for (int j = 0; j < columns; ++j) gradient[j] = g[j] / (noise * noise) - w[j];
  const double log_two_pi = std::log(2 * std::numbers::pi);
  return -0.5 * sum / (noise * noise) - rows_ * (std::log(noise) + 0.5 * log_two_pi) - 0.5 * prior -
         0.5 * columns * log_two_pi;
}

double HandWrittenWine::adam(int steps, double learning_rate, double initial_rho,
                             std::uint64_t seed, double* location) const {
  constexpr int batch = 32;
  double parameters[2 * padded] = {};
  double first[2 * padded] = {};
  double second[2 * padded] = {};
  for (int j = 0; j < padded; ++j) parameters[padded + j] = initial_rho;
  Generator generator{seed};
  double first_power = 1;
  double second_power = 1;
  double elbo = 0;
  for (int step = 0; step < steps; ++step) {
    double z[padded];
    for (int j = 0; j < padded; j += 2) {
      const double radius = std::sqrt(-2 * std::log(generator.uniform()));
      const double angle = 2 * std::numbers::pi * generator.uniform();
      z[j] = radius * std::cos(angle);
      z[j + 1] = radius * std::sin(angle);
    }
    int rows[batch];
    for (int& row : rows) row = static_cast<int>(generator.uniform() * rows_);
    double w[padded] = {};
    double scale[padded];
    double slope[padded];
    for (int j = 0; j < columns; ++j) {
      const double e = std::exp(parameters[padded + j]);
      scale[j] = std::log1p(e);
      slope[j] = e / (1 + e);
      w[j] = parameters[j] + scale[j] * z[j];
    }
    double g[padded];
    const double weight = static_cast<double>(rows_) / batch;
    const double sum = fused(rows, batch, w, g);
    double gradient[2 * padded] = {};
    elbo = -0.5 * weight * sum / (noise * noise);
    for (int j = 0; j < columns; ++j) {
      const double dw = weight * g[j] / (noise * noise) - w[j];
      gradient[j] = dw;
      gradient[padded + j] = (dw * z[j] + 1 / scale[j]) * slope[j];
      elbo += -0.5 * w[j] * w[j] + std::log(scale[j]);
    }
    first_power *= 0.9;
    second_power *= 0.999;
    for (int j = 0; j < 2 * padded; ++j) {
      first[j] = 0.9 * first[j] + 0.1 * gradient[j];
      second[j] = 0.999 * second[j] + 0.001 * gradient[j] * gradient[j];
      parameters[j] += learning_rate * (first[j] / (1 - first_power)) /
                       (std::sqrt(second[j] / (1 - second_power)) + 1e-8);
    }
  }
  for (int j = 0; j < columns; ++j) location[j] = parameters[j];
  return elbo;
}

}  // namespace vippl::bench
