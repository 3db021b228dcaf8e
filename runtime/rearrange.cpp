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

class Slice final : public Operation {
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

class Gather final : public Operation {
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

 private:
  std::vector<std::int32_t> index_;
};

class GatherByInput final : public Operation {
 public:
  explicit GatherByInput(Index count) : count_(count) {}
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

class Assemble final : public Operation {
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

 private:
  std::vector<Piece> pieces_;
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
