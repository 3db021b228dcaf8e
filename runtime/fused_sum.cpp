#include "runtime/fused_sum.h"

#include <algorithm>
#include <utility>

#include "lang/diagnostic.h"
#include "runtime/fused_pass.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

// A run of an index so long is worth a tile of its own.
constexpr Index long_run = 16;

std::size_t unsigned_of(Index i) { return static_cast<std::size_t>(i); }

// The end of the run that begins at `first`: of neighbours (step 1) or of one element (step 0).
Index run_end(const std::vector<std::int32_t>& index, Index first, Index end, int step) {
  Index i = first + 1;
  while (i < end && index[unsigned_of(i)] == index[unsigned_of(i - 1)] + step) ++i;
  return i;
}

}  // namespace

FusedSum::FusedSum(std::string_view name, ScalarKernel kernel, DensityForm form,
                   std::vector<FusedInput> inputs, std::vector<FusedStep> steps,
                   std::vector<std::size_t> arguments, Index terms, KnownTerms known)
    : name_(name),
      kernel_(kernel),
      form_(form),
      inputs_(std::move(inputs)),
      steps_(std::move(steps)),
      arguments_(std::move(arguments)),
      terms_(terms),
      known_(std::move(known)) {
  VIPPL_ASSERT(steps_.size() <= max_steps && arguments_.size() <= max_kernel_arguments,
               "a fused sum has few steps");
  for (const FusedStep& step : steps_) {
    switch (step.kind) {
      case FusedStep::Kind::input:
        active_.push_back(!inputs_[step.left].fixed);
        break;
      case FusedStep::Kind::product:
        active_.push_back(!inputs_[step.right].fixed);
        break;
      case FusedStep::Kind::add:
      case FusedStep::Kind::subtract:
      case FusedStep::Kind::multiply:
        active_.push_back(active_[step.left] || active_[step.right]);
    }
  }
  is_joined_ = joined_products();
  sum_begins_.push_back(0);
  for (std::size_t s = 0; s < steps_.size(); ++s)
    sum_begins_.push_back(sum_begins_.back() + sum_size(s));
  tiles_of_one_ = tiles(Pass::tile_of_one);
  tiles_of_many_ = tiles(Pass::tile_of_many);
}

// One of the sides of each sum or difference.
std::vector<char> FusedSum::joined_products() const {
  std::vector<char> result(steps_.size(), 0);
  const auto join = [&](std::size_t s) {
    if (steps_[s].kind == FusedStep::Kind::multiply) result[s] = 1;
    return result[s] != 0;
  };
  for (const FusedStep& step : steps_) {
    const bool adds = step.kind == FusedStep::Kind::add;
    if (!adds && step.kind != FusedStep::Kind::subtract) continue;
    if (!join(step.right) && adds) join(step.left);
  }
  return result;
}

// Tiles end where a long run of an index does, so that inside a tile it is a stretch of elements or
// one element.
FusedSum::Tiles FusedSum::tiles(Index most) const {
  Tiles result;
  for (Index first = 0; first < terms_;) {
    Index end = std::min(first + most, terms_);
    std::vector<Layout> layouts(steps_.size(), Layout::scattered);
    for (const FusedStep& step : steps_) {
      if (step.kind != FusedStep::Kind::input || step.broadcast.kind != Broadcast::Kind::indexed)
        continue;
      for (const int stride : {0, 1}) {
        const Index run = run_end(step.broadcast.index, first, end, stride);
        if (run - first >= long_run) end = run;
      }
    }
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      if (steps_[s].kind != FusedStep::Kind::input ||
          steps_[s].broadcast.kind != Broadcast::Kind::indexed)
        continue;
      const std::vector<std::int32_t>& index = steps_[s].broadcast.index;
      if (run_end(index, first, end, 0) == end)
        layouts[s] = Layout::all_the_same;
      else if (run_end(index, first, end, 1) == end)
        layouts[s] = Layout::in_order;
    }
    result.tiles.push_back({first, end - first, static_cast<Index>(result.layouts.size())});
    result.layouts.insert(result.layouts.end(), layouts.begin(), layouts.end());
    first = end;
  }
  return result;
}

// Elements of the latent input of a step.
Index FusedSum::sum_size(std::size_t step) const {
  const FusedStep& s = steps_[step];
  if (!active_[step]) return 0;
  if (s.kind == FusedStep::Kind::input) return inputs_[s.left].size;
  return s.kind == FusedStep::Kind::product ? inputs_[s.right].size : 0;
}

// The summed derivatives; then values and adjoints of each step, arguments, and the terms of a
// tile.
Index FusedSum::scratch_size(Index lanes) const {
  const auto buffers = static_cast<Index>(2 * steps_.size() + arguments_.size() + 1);
  return sums_size(lanes) + buffers * Pass::most_terms(lanes) * lanes;
}

void FusedSum::forward(const Frame& frame, std::span<const Operand> in, double* out,
                       double* scratch) const {
  std::fill_n(out, frame.lanes, 0.0);
  if (frame.gradient) std::fill_n(scratch, sums_size(frame.lanes), 0.0);
  Pass pass(*this, frame, in, scratch);
  const Tiles& cut = frame.lanes == 1 ? tiles_of_one_ : tiles_of_many_;
  for (const Tile& tile : cut.tiles) pass.run(tile, cut.layouts.data() + tile.layouts, out);
}

void FusedSum::backward(const Frame& frame, std::span<const Operand> in, const double* /*out*/,
                        const double* out_adjoint, double* scratch) const {
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    const Index size = sum_begins_[s + 1] - sum_begins_[s];
    if (size == 0) continue;
    const double* const sums = scratch + sums_at(s, frame.lanes);
    const bool is_input = steps_[s].kind == FusedStep::Kind::input;
    double* const adjoint = in[is_input ? steps_[s].left : steps_[s].right].adjoint;
    if (adjoint == nullptr) continue;
    simd::engine().fused.add_weighted(unsigned_of(size), unsigned_of(frame.lanes), out_adjoint,
                                      sums, adjoint);
  }
}

}  // namespace vippl::runtime
