#include "runtime/operation.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "lang/diagnostic.h"

namespace vippl::runtime {

namespace {

constexpr std::size_t max_lane_inputs =
    64;  // their pointers live on the stack: replay allocates nothing

void gather(const double* lanes_of_values, Index size, Index lanes, Index lane, double* values) {
  for (Index i = 0; i < size; ++i) values[i] = lanes_of_values[i * lanes + lane];
}

Index total(const std::vector<Index>& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), Index{0});
}

}  // namespace

LaneOperation::LaneOperation(std::vector<Index> input_sizes, Index output_size)
    : input_sizes_(std::move(input_sizes)), output_size_(output_size) {
  VIPPL_ASSERT(input_sizes_.size() <= max_lane_inputs, "an operation has few inputs");
}

// Per lane its own scratch; then, if there are several lanes, one copy of every input, of the
// output, and of the adjoints of both.
Index LaneOperation::scratch_size(Index lanes) const {
  const Index copies = lanes == 1 ? 0 : 2 * (total(input_sizes_) + output_size_);
  return lanes * lane_scratch_size() + copies;
}

void LaneOperation::forward(const Frame& frame, std::span<const Operand> in, double* out,
                            double* scratch) const {
  std::array<const double*, max_lane_inputs> values;
  const std::span<const double* const> inputs(values.data(), in.size());
  for (std::size_t k = 0; k < in.size(); ++k) values[k] = in[k].value;
  if (frame.lanes == 1) return forward_lane(inputs, out, scratch);

  const Index own_size = lane_scratch_size();
  double* const copies = scratch + frame.lanes * own_size;
  double* const out_copy = copies + total(input_sizes_);
  for (Index lane = 0; lane < frame.lanes; ++lane) {
    double* copy = copies;
    for (std::size_t k = 0; k < in.size(); copy += input_sizes_[k++]) {
      if (in[k].fixed) continue;
      gather(in[k].value, input_sizes_[k], frame.lanes, lane, copy);
      values[k] = copy;
    }
    forward_lane(inputs, out_copy, scratch + lane * own_size);
    for (Index i = 0; i < output_size_; ++i) out[i * frame.lanes + lane] = out_copy[i];
  }
}

void LaneOperation::backward(const Frame& frame, std::span<const Operand> in, const double* out,
                             const double* out_adjoint, double* scratch) const {
  std::array<const double*, max_lane_inputs> values;
  std::array<double*, max_lane_inputs> adjoints;
  const std::span<const double* const> inputs(values.data(), in.size());
  const std::span<double* const> input_adjoints(adjoints.data(), in.size());
  for (std::size_t k = 0; k < in.size(); ++k) {
    values[k] = in[k].value;
    adjoints[k] = in[k].adjoint;
  }
  if (frame.lanes == 1) {
    return backward_lane(inputs, out, out_adjoint, input_adjoints, scratch);
  }

  const Index own_size = lane_scratch_size();
  const Index inputs_size = total(input_sizes_);
  double* const copies = scratch + frame.lanes * own_size;
  double* const out_copy = copies + inputs_size;
  double* const out_adjoint_copy = out_copy + output_size_;
  double* const adjoint_copies = out_adjoint_copy + output_size_;
  for (Index lane = 0; lane < frame.lanes; ++lane) {
    gather(out, output_size_, frame.lanes, lane, out_copy);
    gather(out_adjoint, output_size_, frame.lanes, lane, out_adjoint_copy);
    std::fill_n(adjoint_copies, inputs_size, 0.0);
    Index offset = 0;
    for (std::size_t k = 0; k < in.size(); offset += input_sizes_[k++]) {
      if (in[k].fixed) continue;
      gather(in[k].value, input_sizes_[k], frame.lanes, lane, copies + offset);
      values[k] = copies + offset;
      if (in[k].adjoint != nullptr) adjoints[k] = adjoint_copies + offset;
    }
    backward_lane(inputs, out_copy, out_adjoint_copy, input_adjoints, scratch + lane * own_size);
    offset = 0;
    for (std::size_t k = 0; k < in.size(); offset += input_sizes_[k++]) {
      if (in[k].adjoint == nullptr) continue;
      for (Index i = 0; i < input_sizes_[k]; ++i) {
        in[k].adjoint[i * frame.lanes + lane] += adjoint_copies[offset + i];
      }
    }
  }
}

}  // namespace vippl::runtime
