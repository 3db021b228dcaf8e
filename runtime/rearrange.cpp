#include "runtime/rearrange.h"

#include <algorithm>

#include "runtime/lanes.h"

namespace vippl::runtime {

namespace {

// Copies `count` elements; a fixed source is repeated in every lane.
void copy_elements(const Operand& from, Index first, Index count, Index lanes, double* out) {
  if (!from.fixed || lanes == 1) {
    std::copy_n(from.value + first * lanes, count * lanes, out);
    return;
  }
  for (Index i = 0; i < count; ++i) std::fill_n(out + i * lanes, lanes, from.value[first + i]);
}

void add(const double* x, Index count, double* sum) {
  for (Index i = 0; i < count; ++i) sum[i] += x[i];
}

std::uint64_t bits(Index i) { return static_cast<std::uint64_t>(i); }

class Slice final : public Rearrangement {
 public:
  Slice(Index first, Index count) : first_(first), count_(count) {}
  std::string_view name() const override { return "slice"; }
  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double*) const override {
    copy_elements(in[0], first_, count_, frame.lanes, out);
  }
  void backward(const Frame& frame, std::span<const Operand> in, const double*,
                const double* out_adjoint, double*) const override {
    if (in[0].adjoint == nullptr) return;
    add(out_adjoint, count_ * frame.lanes, in[0].adjoint + first_ * frame.lanes);
  }
  bool fingerprint(std::vector<std::uint64_t>& numbers) const override {
    numbers.insert(numbers.end(), {bits(first_), bits(count_)});
    return true;
  }
  void sources(std::vector<Source>& sources) const override {
    for (Index i = 0; i < count_; ++i) sources.push_back({0, first_ + i});
  }

 private:
  Index first_;
  Index count_;
};

template <class At>
void gather(const Operand& x, Index count, Index lane_count, At at, double* out) {
  with_lanes(lane_count, [&](auto lanes) {
    for (Index i = 0; i < count; ++i) {
      const Index from = at(i);
      if (x.fixed) {
        for (Index l = 0; l < lanes; ++l) out[i * lanes + l] = x.value[from];
      } else {
        for (Index l = 0; l < lanes; ++l) out[i * lanes + l] = x.value[from * lanes + l];
      }
    }
  });
}

template <class At>
void scatter(const double* out_adjoint, Index count, Index lane_count, At at, double* adjoint) {
  with_lanes(lane_count, [&](auto lanes) {
    for (Index i = 0; i < count; ++i) {
      double* to = adjoint + at(i) * lanes;
      for (Index l = 0; l < lanes; ++l) to[l] += out_adjoint[i * lanes + l];
    }
  });
}

auto at(const std::vector<std::int32_t>& index) {
  return [index = index.data()](Index i) { return static_cast<Index>(index[i]); };
}

auto at(const Operand& index) {
  return [value = index.value](Index i) { return static_cast<Index>(value[i]); };
}

class Gather final : public Rearrangement {
 public:
  explicit Gather(std::vector<std::int32_t> index) : index_(std::move(index)) {}
  std::string_view name() const override { return "gather"; }
  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double*) const override {
    gather(in[0], static_cast<Index>(index_.size()), frame.lanes, at(index_), out);
  }
  void backward(const Frame& frame, std::span<const Operand> in, const double*,
                const double* out_adjoint, double*) const override {
    if (in[0].adjoint == nullptr) return;
    scatter(out_adjoint, static_cast<Index>(index_.size()), frame.lanes, at(index_), in[0].adjoint);
  }
  bool fingerprint(std::vector<std::uint64_t>& numbers) const override {
    for (const std::int32_t i : index_) numbers.push_back(bits(i));
    return true;
  }
  void sources(std::vector<Source>& sources) const override {
    for (const std::int32_t i : index_) sources.push_back({0, i});
  }

 private:
  std::vector<std::int32_t> index_;
};

class GatherByInput final : public Operation {
 public:
  explicit GatherByInput(Index count) : count_(count) {}
  bool fingerprint(std::vector<std::uint64_t>& numbers) const override {
    numbers.push_back(bits(count_));
    return true;
  }
  std::string_view name() const override { return "gather_by"; }
  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double*) const override {
    gather(in[0], count_, frame.lanes, at(in[1]), out);
  }
  void backward(const Frame& frame, std::span<const Operand> in, const double*,
                const double* out_adjoint, double*) const override {
    if (in[0].adjoint == nullptr) return;
    scatter(out_adjoint, count_, frame.lanes, at(in[1]), in[0].adjoint);
  }

 private:
  Index count_;
};

class Assemble final : public Rearrangement {
 public:
  explicit Assemble(std::vector<Piece> pieces) : pieces_(std::move(pieces)) {}
  std::string_view name() const override { return "assemble"; }
  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double*) const override {
    for (const Piece& piece : pieces_) {
      copy_elements(in[piece.input], piece.from, piece.count, frame.lanes, out);
      out += piece.count * frame.lanes;
    }
  }
  void backward(const Frame& frame, std::span<const Operand> in, const double*,
                const double* out_adjoint, double*) const override {
    for (const Piece& piece : pieces_) {
      const Index count = piece.count * frame.lanes;
      double* adjoint = in[piece.input].adjoint;
      if (adjoint != nullptr) add(out_adjoint, count, adjoint + piece.from * frame.lanes);
      out_adjoint += count;
    }
  }
  bool fingerprint(std::vector<std::uint64_t>& numbers) const override {
    for (const Piece& piece : pieces_)
      numbers.insert(numbers.end(), {piece.input, bits(piece.from), bits(piece.count)});
    return true;
  }
  void sources(std::vector<Source>& sources) const override {
    for (const Piece& piece : pieces_) {
      for (Index i = 0; i < piece.count; ++i) sources.push_back({piece.input, piece.from + i});
    }
  }

 private:
  std::vector<Piece> pieces_;
};

class AxisSums final : public Operation {
 public:
  explicit AxisSums(const SumExtents& extents) : extents_(extents) {}
  std::string_view name() const override { return "sum"; }
  const SumExtents& extents() const { return extents_; }
  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double*) const override {
    const auto [outer, count, inner] = extents_;
    const Index lanes = in[0].fixed ? 1 : frame.lanes;
    std::fill_n(out, outer * inner * lanes, 0.0);
    for (Index o = 0; o < outer; ++o) {
      const double* x = in[0].value + o * count * inner * lanes;
      double* const sums = out + o * inner * lanes;
      if (inner == 1) {
        add_over_elements(x, count, lanes, sums);
      } else {
        for (Index c = 0; c < count; ++c, x += inner * lanes) add(x, inner * lanes, sums);
      }
    }
    if (in[0].fixed) expand_lanes(out, outer * inner, frame.lanes);
  }
  void backward(const Frame& frame, std::span<const Operand> in, const double*,
                const double* out_adjoint, double*) const override {
    if (in[0].adjoint == nullptr) return;
    const auto [outer, count, inner] = extents_;
    double* to = in[0].adjoint;
    with_lanes(inner * frame.lanes, [&](auto width) {
      for (Index o = 0; o < outer; ++o) {
        const double* const from = out_adjoint + o * width;
        for (Index c = 0; c < count; ++c, to += width) {
          for (Index l = 0; l < width; ++l) to[l] += from[l];
        }
      }
    });
  }
  bool fingerprint(std::vector<std::uint64_t>& numbers) const override {
    numbers.insert(numbers.end(),
                   {bits(extents_.outer), bits(extents_.count), bits(extents_.inner)});
    return true;
  }
  std::shared_ptr<const Operation> repeated(Index count,
                                            std::span<const bool> /*shared*/) const override {
    return make_axis_sums({extents_.outer * count, extents_.count, extents_.inner});
  }

 private:
  SumExtents extents_;
};

class Sum final : public Operation {
 public:
  std::string_view name() const override { return "sum"; }
  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double*) const override {
    std::fill_n(out, frame.lanes, 0.0);
    if (in[0].fixed) {
      double sum = 0;
      for (Index i = 0; i < in[0].size; ++i) sum += in[0].value[i];
      std::fill_n(out, frame.lanes, sum);
      return;
    }
    add_over_elements(in[0].value, in[0].size, frame.lanes, out);
  }
  void backward(const Frame& frame, std::span<const Operand> in, const double*,
                const double* out_adjoint, double*) const override {
    if (in[0].adjoint == nullptr) return;
    for (Index i = 0; i < in[0].size; ++i)
      add(out_adjoint, frame.lanes, in[0].adjoint + i * frame.lanes);
  }
  bool fingerprint(std::vector<std::uint64_t>& /*numbers*/) const override { return true; }
};

}  // namespace

std::shared_ptr<const Operation> make_slice(Index first, Index count) {
  return std::make_shared<const Slice>(first, count);
}

std::shared_ptr<const Operation> make_gather(std::vector<std::int32_t> index) {
  return std::make_shared<const Gather>(std::move(index));
}

std::shared_ptr<const Operation> make_gather_by_input(Index count) {
  return std::make_shared<const GatherByInput>(count);
}

std::shared_ptr<const Operation> make_assemble(std::vector<Piece> pieces) {
  return std::make_shared<const Assemble>(std::move(pieces));
}

std::shared_ptr<const Operation> make_sum() {
  static const auto sum = std::make_shared<const Sum>();
  return sum;
}

bool is_sum(const Operation& operation) { return dynamic_cast<const Sum*>(&operation) != nullptr; }

std::shared_ptr<const Operation> make_axis_sums(const SumExtents& extents) {
  return std::make_shared<const AxisSums>(extents);
}

const SumExtents* axis_sums(const Operation& operation) {
  const auto* sums = dynamic_cast<const AxisSums*>(&operation);
  return sums == nullptr ? nullptr : &sums->extents();
}

std::vector<std::int32_t> transpose_index(std::span<const Index> extents) {
  const Index rows = extents[extents.size() - 2];
  const Index columns = extents.back();
  Index count = 1;
  for (const Index extent : extents) count *= extent;
  std::vector<std::int32_t> index;
  index.reserve(static_cast<std::size_t>(count));
  for (Index first = 0; first < count; first += rows * columns) {
    for (Index j = 0; j < columns; ++j) {
      for (Index i = 0; i < rows; ++i)
        index.push_back(static_cast<std::int32_t>(first + i * columns + j));
    }
  }
  return index;
}

}  // namespace vippl::runtime
