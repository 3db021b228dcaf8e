#pragma once
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "runtime/operation.h"
#include "runtime/random.h"

// Runs an operation on buffers of the exact sizes it asks for, and holds its derivatives against
// central differences.

namespace vippl::testing {

/// One input: `values` as an Operand has them, size x lanes if latent, size if fixed.
struct OperationInput {
  std::vector<double> values;
  runtime::Index size = 0;
  bool fixed = false;
};

struct OperationResult {
  std::vector<double> out;
  std::vector<std::vector<double>> adjoints;  // one per input; empty where fixed
};

/// Forward, and backward if `out_adjoint` is not empty. Scratch starts as NaN, so that reading it
/// unwritten shows; the adjoints start at 1, which is taken off again, so that overwriting shows.
inline OperationResult run_operation(const runtime::Operation& operation,
                                     const std::vector<OperationInput>& inputs,
                                     runtime::Index out_size, runtime::Index lanes,
                                     const std::vector<double>& out_adjoint = {}) {
  const auto buffer = [](runtime::Index size, double value) {
    return std::vector<double>(static_cast<std::size_t>(size), value);
  };
  constexpr double unset = std::numeric_limits<double>::quiet_NaN();
  OperationResult result{buffer(out_size * lanes, unset), {}};
  std::vector<runtime::Operand> operands;
  for (const OperationInput& input : inputs) {
    result.adjoints.emplace_back(input.fixed ? 0 : input.values.size(), 1.0);
  }
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    operands.push_back({inputs[k].values.data(),
                        inputs[k].fixed ? nullptr : result.adjoints[k].data(), inputs[k].size,
                        inputs[k].fixed});
  }
  std::vector<double> scratch = buffer(operation.scratch_size(lanes), unset);
  runtime::Frame frame;
  frame.lanes = lanes;
  frame.gradient = !out_adjoint.empty();
  operation.forward(frame, operands, result.out.data(), scratch.data());
  if (frame.gradient && operation.is_differentiable()) {
    operation.backward(frame, operands, result.out.data(), out_adjoint.data(), scratch.data());
  }
  for (std::vector<double>& adjoint : result.adjoints) {
    for (double& value : adjoint) value -= 1;
  }
  return result;
}

/// The inputs of one lane, as for a run with one lane.
inline std::vector<OperationInput> lane_of(const std::vector<OperationInput>& inputs,
                                           runtime::Index lanes, runtime::Index lane) {
  std::vector<OperationInput> result = inputs;
  for (OperationInput& input : result) {
    if (input.fixed) continue;
    std::vector<double> values(static_cast<std::size_t>(input.size));
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] =
          input.values[i * static_cast<std::size_t>(lanes) + static_cast<std::size_t>(lane)];
    }
    input.values = std::move(values);
  }
  return result;
}

inline bool agree(double a, double b, double tolerance) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (a == b) return true;
  return std::abs(a - b) <= tolerance * (1 + std::max(std::abs(a), std::abs(b)));
}

/// Checks that every lane gives what it gives alone.
inline void check_lanes(const runtime::Operation& operation,
                        const std::vector<OperationInput>& inputs, runtime::Index out_size,
                        runtime::Index lanes) {
  const std::vector<double> out = run_operation(operation, inputs, out_size, lanes).out;
  const auto width = static_cast<std::size_t>(lanes);
  for (std::size_t lane = 0; lane < width; ++lane) {
    const auto alone = lane_of(inputs, lanes, static_cast<runtime::Index>(lane));
    const std::vector<double> expected = run_operation(operation, alone, out_size, 1).out;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      INFO(operation.name(), ": element ", i, " of lane ", lane, " of ", lanes);
      CHECK_MESSAGE(agree(out[i * width + lane], expected[i], 1e-12), out[i * width + lane],
                    " should be ", expected[i]);
    }
  }
}

/// Checks that backward() of a random combination of the results agrees with central differences,
/// of fourth order so that strong curvature does not drown what is tested.
inline void check_derivatives(const runtime::Operation& operation,
                              const std::vector<OperationInput>& inputs, runtime::Index out_size,
                              runtime::Index lanes, double tolerance = 1e-6) {
  runtime::Rng rng(1, runtime::Purpose::test);
  std::vector<double> weights(static_cast<std::size_t>(out_size * lanes));
  rng.fill_normal(weights);
  const OperationResult result = run_operation(operation, inputs, out_size, lanes, weights);
  const auto width = static_cast<std::size_t>(lanes);
  for (std::size_t lane = 0; lane < width; ++lane) {
    auto alone = lane_of(inputs, lanes, static_cast<runtime::Index>(lane));
    const auto objective = [&] {
      const std::vector<double> out = run_operation(operation, alone, out_size, 1).out;
      double sum = 0;
      for (std::size_t i = 0; i < out.size(); ++i) sum += weights[i * width + lane] * out[i];
      return sum;
    };
    for (std::size_t k = 0; k < alone.size(); ++k) {
      for (std::size_t i = 0; !alone[k].fixed && i < alone[k].values.size(); ++i) {
        double& value = alone[k].values[i];
        const double at = value;
        const double step = 1e-4 * (1 + std::abs(at));
        const auto moved = [&](double steps) {
          value = at + steps * step;
          return objective();
        };
        const double difference =
            (8 * (moved(1) - moved(-1)) - (moved(2) - moved(-2))) / (12 * step);
        value = at;
        INFO(operation.name(), ": derivative by element ", i, " of input ", k, " in lane ", lane,
             " of ", lanes, ", at ", at);
        CHECK_MESSAGE(agree(result.adjoints[k][i * width + lane], difference, tolerance),
                      result.adjoints[k][i * width + lane], " should be ", difference);
      }
    }
  }
}

inline void check_operation(const runtime::Operation& operation,
                            const std::vector<OperationInput>& inputs, runtime::Index out_size,
                            runtime::Index lanes, double tolerance = 1e-6) {
  check_lanes(operation, inputs, out_size, lanes);
  if (operation.is_differentiable())
    check_derivatives(operation, inputs, out_size, lanes, tolerance);
}

}  // namespace vippl::testing
