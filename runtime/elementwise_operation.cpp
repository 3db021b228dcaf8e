#include "runtime/elementwise_operation.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "lang/diagnostic.h"
#include "runtime/lanes.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

constexpr Index tile_size =
    256;  // evaluations: the buffers of all arguments stay in the first-level cache

// Some elements in all lanes; or, where there are more lanes than a tile holds, one element in some
// lanes.
struct Tile {
  Index element = 0;
  Index elements = 1;
  Index lane = 0;
  Index width = 1;   // number of lanes
  Index offset = 0;  // of its first evaluation
  Index count() const { return elements * width; }
};

template <class Body>
void for_each_tile(Index size, Index lanes, Body&& body) {
  const Index step = std::max<Index>(1, tile_size / lanes);
  const Index width = std::min(lanes, tile_size);
  for (Index element = 0; element < size; element += step) {
    for (Index lane = 0; lane < lanes; lane += width) {
      body(Tile{element, std::min(step, size - element), lane, std::min(width, lanes - lane),
                element * lanes + lane});
    }
  }
}

// Element at(i) of the operand under element i of the tile, in all its lanes.
template <class At>
void lay_out(const Operand& in, bool shared, Index lanes, const Tile& tile, double* buffer, At at) {
  with_lanes(tile.width, [&](auto width) {
    if (shared) {
      for (Index i = 0; i < tile.elements; ++i) {
        const double value = in.value[at(tile.element + i)];
        for (Index b = 0; b < width; ++b) buffer[i * width + b] = value;
      }
      return;
    }
    for (Index i = 0; i < tile.elements; ++i) {
      const double* const from = in.value + at(tile.element + i) * lanes + tile.lane;
      for (Index b = 0; b < width; ++b) buffer[i * width + b] = from[b];
    }
  });
}

// The argument for one tile: in place where its layout allows, else copied to `buffer`, which keeps
// its contents from tile to tile.
KernelArgument argument_of(const Operand& in, const Broadcast& broadcast, Index lanes,
                           const Tile& tile, double* buffer) {
  const bool shared = in.fixed && lanes > 1;  // one value for all lanes
  const bool has_buffer = tile.element > 0 && tile.width == lanes;
  switch (broadcast.kind) {
    case Broadcast::Kind::full:
      if (!shared) return {in.value + tile.offset, 1};
      lay_out(in, shared, lanes, tile, buffer, [](Index i) { return i; });
      break;
    case Broadcast::Kind::scalar:
      if (in.fixed || lanes == 1) return {in.value, 0};
      if (!has_buffer)  // else as in the first tile
        lay_out(in, shared, lanes, tile, buffer, [](Index) { return 0; });
      break;
    case Broadcast::Kind::indexed:
      // Likewise where a tile holds whole cycles.
      if (!has_buffer || broadcast.cycle == 0 || (tile_size / lanes) % broadcast.cycle != 0)
        lay_out(in, shared, lanes, tile, buffer,
                [index = broadcast.index.data()](Index i) { return index[i]; });
      break;
  }
  return {buffer, 1};
}

void check_inputs(const std::vector<ElementwiseInput>& inputs) {
  VIPPL_ASSERT(inputs.size() <= max_kernel_arguments, "a kernel has few arguments");
}

bool add_fingerprint(ScalarKernel kernel, const std::vector<ElementwiseInput>& inputs, Index size,
                     std::vector<std::uint64_t>& numbers) {
  numbers.push_back(reinterpret_cast<std::uintptr_t>(kernel));
  numbers.push_back(static_cast<std::uint64_t>(size));
  for (const ElementwiseInput& input : inputs) {
    add_fingerprint(input.broadcast, numbers);
    numbers.push_back(static_cast<std::uint64_t>(input.size) * 2 + (input.fixed ? 1 : 0));
  }
  return true;
}

std::vector<ElementwiseInput> repeat(const std::vector<ElementwiseInput>& inputs, Index size,
                                     Index count, std::span<const bool> shared) {
  std::vector<ElementwiseInput> result;
  result.reserve(inputs.size());
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const ElementwiseInput& input = inputs[k];
    result.push_back({repeat(input.broadcast, input.size, size, count, shared[k]),
                      shared[k] ? input.size : count * input.size, input.fixed});
  }
  return result;
}

using Tiles = std::array<std::array<double, tile_size>, max_kernel_arguments>;

}  // namespace

ElementwiseOperation::ElementwiseOperation(std::string_view name, ScalarKernel kernel,
                                           std::vector<ElementwiseInput> inputs, Index size,
                                           DensityForm form)
    : name_(name), kernel_(kernel), inputs_(std::move(inputs)), size_(size), form_(form) {
  check_inputs(inputs_);
}

bool ElementwiseOperation::is_differentiable() const {
  return std::ranges::any_of(inputs_, [](const ElementwiseInput& input) { return !input.fixed; });
}

// The partials by each latent input, one after the other.
Index ElementwiseOperation::scratch_size(Index lanes) const {
  Index size = 0;
  for (const ElementwiseInput& input : inputs_) {
    if (!input.fixed) size += size_ * lanes;
  }
  return size;
}

void ElementwiseOperation::forward(const Frame& frame, std::span<const Operand> in, double* out,
                                   double* scratch) const {
  Tiles buffers;
  for_each_tile(size_, frame.lanes, [&](const Tile& tile) {
    std::array<KernelArgument, max_kernel_arguments> arguments;
    std::array<double*, max_kernel_arguments> partials{};
    double* block = scratch;
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      arguments[k] = argument_of(in[k], inputs_[k].broadcast, frame.lanes, tile, buffers[k].data());
      if (!frame.gradient || inputs_[k].fixed) continue;
      partials[k] = block + tile.offset;
      block += size_ * frame.lanes;
    }
    kernel_(static_cast<std::size_t>(tile.count()), arguments.data(), out + tile.offset,
            frame.gradient ? partials.data() : nullptr);
  });
}

void ElementwiseOperation::backward(const Frame& frame, std::span<const Operand> in,
                                    const double* /*out*/, const double* out_adjoint,
                                    double* scratch) const {
  const double* partials = scratch;
  for (std::size_t k = 0; k < inputs_.size(); ++k) {
    if (inputs_[k].fixed) continue;
    const double* const partial = partials;
    partials += size_ * frame.lanes;
    if (in[k].adjoint == nullptr) continue;
    const Broadcast& broadcast = inputs_[k].broadcast;
    double* const adjoint = in[k].adjoint;
    if (broadcast.kind != Broadcast::Kind::indexed || broadcast.cycle > 0) {
      const Index period = broadcast.kind == Broadcast::Kind::full     ? size_
                           : broadcast.kind == Broadcast::Kind::scalar ? 1
                                                                       : broadcast.cycle;
      simd::engine().fused.pull_back_cycle(
          static_cast<std::size_t>(size_), static_cast<std::size_t>(frame.lanes),
          static_cast<std::size_t>(period), partial, out_adjoint, adjoint);
      continue;
    }
    with_lanes(frame.lanes, [&](auto lanes) {
      for (Index i = 0; i < size_; ++i) {
        double* const to = adjoint + broadcast[i] * lanes;
        for (Index b = 0; b < lanes; ++b) {
          to[b] += chain(partial[i * lanes + b], out_adjoint[i * lanes + b]);
        }
      }
    });
  }
}

bool ElementwiseOperation::fingerprint(std::vector<std::uint64_t>& numbers) const {
  return add_fingerprint(kernel_, inputs_, size_, numbers);
}

std::shared_ptr<const Operation> ElementwiseOperation::repeated(
    Index count, std::span<const bool> shared) const {
  return std::make_shared<const ElementwiseOperation>(
      name_, kernel_, repeat(inputs_, size_, count, shared), size_ * count, form_);
}

std::shared_ptr<const Operation> ElementwiseOperation::repeated_sum(
    Index count, std::span<const bool> shared) const {
  return std::make_shared<const SummedElementwise>(
      name_, kernel_, repeat(inputs_, size_, count, shared), size_ * count, form_);
}

SummedElementwise::SummedElementwise(std::string_view name, ScalarKernel kernel,
                                     std::vector<ElementwiseInput> inputs, Index size,
                                     DensityForm form)
    : name_(name), kernel_(kernel), inputs_(std::move(inputs)), size_(size), form_(form) {
  check_inputs(inputs_);
  is_of_one_ = size_ == 1 && std::ranges::all_of(inputs_, [](const ElementwiseInput& input) {
                 return input.size == 1;
               });
}

// The summed partials by each element of each latent input.
Index SummedElementwise::scratch_size(Index lanes) const {
  Index size = 0;
  for (const ElementwiseInput& input : inputs_) {
    if (!input.fixed) size += input.size * lanes;
  }
  return size;
}

// Most priors: nothing is to be laid out or added up.
void SummedElementwise::forward_of_one(const Frame& frame, std::span<const Operand> in, double* out,
                                       double* scratch) const {
  std::array<KernelArgument, max_kernel_arguments> arguments;
  std::array<double*, max_kernel_arguments> partials{};
  for (std::size_t k = 0; k < inputs_.size(); ++k) {
    arguments[k] = {in[k].value, in[k].fixed ? 0 : 1};
    if (inputs_[k].fixed) continue;
    partials[k] = scratch;
    scratch += frame.lanes;
  }
  kernel_(static_cast<std::size_t>(frame.lanes), arguments.data(), out,
          frame.gradient ? partials.data() : nullptr);
}

void SummedElementwise::forward(const Frame& frame, std::span<const Operand> in, double* out,
                                double* scratch) const {
  const Index lanes = frame.lanes;
  if (is_of_one_) return forward_of_one(frame, in, out, scratch);
  std::fill_n(out, lanes, 0.0);
  std::array<double*, max_kernel_arguments> sums{};
  if (frame.gradient) {
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      if (inputs_[k].fixed) continue;
      sums[k] = scratch;
      scratch += inputs_[k].size * lanes;
      if (inputs_[k].broadcast.kind != Broadcast::Kind::full) {
        std::fill_n(sums[k], inputs_[k].size * lanes, 0.0);
      }
    }
  }

  Tiles buffers;
  Tiles partial_buffers;
  std::array<double, tile_size> values;
  for_each_tile(size_, lanes, [&](const Tile& tile) {
    std::array<KernelArgument, max_kernel_arguments> arguments;
    std::array<double*, max_kernel_arguments> partials{};
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      const Broadcast& broadcast = inputs_[k].broadcast;
      arguments[k] = argument_of(in[k], broadcast, lanes, tile, buffers[k].data());
      if (sums[k] == nullptr) continue;
      partials[k] = broadcast.kind == Broadcast::Kind::full ? sums[k] + tile.offset
                                                            : partial_buffers[k].data();
    }
    kernel_(static_cast<std::size_t>(tile.count()), arguments.data(), values.data(),
            frame.gradient ? partials.data() : nullptr);
    add_over_elements(values.data(), tile.elements, tile.width, out + tile.lane);
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      if (sums[k] == nullptr) continue;
      const Broadcast& broadcast = inputs_[k].broadcast;
      if (broadcast.kind == Broadcast::Kind::scalar) {
        add_over_elements(partials[k], tile.elements, tile.width, sums[k] + tile.lane);
      } else if (broadcast.kind == Broadcast::Kind::indexed) {
        with_lanes(tile.width, [&](auto width) {
          for (Index i = 0; i < tile.elements; ++i) {
            double* const to = sums[k] + broadcast[tile.element + i] * lanes + tile.lane;
            for (Index b = 0; b < width; ++b) to[b] += partials[k][i * width + b];
          }
        });
      }
    }
  });
}

void SummedElementwise::backward(const Frame& frame, std::span<const Operand> in,
                                 const double* /*out*/, const double* out_adjoint,
                                 double* scratch) const {
  const double* sums = scratch;
  for (std::size_t k = 0; k < inputs_.size(); ++k) {
    if (inputs_[k].fixed) continue;
    const double* const sum = sums;
    sums += inputs_[k].size * frame.lanes;
    if (in[k].adjoint == nullptr) continue;
    with_lanes(frame.lanes, [&](auto lanes) {
      for (Index i = 0; i < inputs_[k].size; ++i) {
        for (Index b = 0; b < lanes; ++b) {
          in[k].adjoint[i * lanes + b] += chain(sum[i * lanes + b], out_adjoint[b]);
        }
      }
    });
  }
}

bool SummedElementwise::fingerprint(std::vector<std::uint64_t>& numbers) const {
  return add_fingerprint(kernel_, inputs_, size_, numbers);
}

std::shared_ptr<const Operation> SummedElementwise::repeated(Index count,
                                                             std::span<const bool> shared) const {
  if (size_ != 1) return nullptr;
  return std::make_shared<const ElementwiseOperation>(
      name_, kernel_, repeat(inputs_, size_, count, shared), count, form_);
}

std::shared_ptr<const Operation> SummedElementwise::repeated_sum(
    Index count, std::span<const bool> shared) const {
  return std::make_shared<const SummedElementwise>(
      name_, kernel_, repeat(inputs_, size_, count, shared), size_ * count, form_);
}

std::optional<SummedElementwise::Culprit> SummedElementwise::first_non_finite(
    std::span<const double* const> in) const {
  Culprit culprit;
  for (Index i = 0; i < size_; ++i) {
    std::array<KernelArgument, max_kernel_arguments> arguments;
    for (std::size_t k = 0; k < inputs_.size(); ++k)
      arguments[k] = {in[k] + inputs_[k].broadcast[i], 0};
    kernel_(1, arguments.data(), &culprit.value, nullptr);
    if (std::isfinite(culprit.value)) continue;
    culprit.term = i;
    for (std::size_t k = 0; k < inputs_.size(); ++k)
      culprit.arguments.push_back(*arguments[k].data);
    return culprit;
  }
  return std::nullopt;
}

}  // namespace vippl::runtime
