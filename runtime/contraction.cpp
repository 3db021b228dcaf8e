#include "runtime/contraction.h"

#include <Eigen/Core>
#include <algorithm>

#include "runtime/lanes.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

double dot(const double* x, const double* y, Index count) {
  return Eigen::Map<const Eigen::VectorXd>(x, count).dot(
      Eigen::Map<const Eigen::VectorXd>(y, count));
}

// y += factor * x
void add_scaled(double factor, const double* x, Index count, double* y) {
  for (Index i = 0; i < count; ++i) y[i] += factor * x[i];
}

// out[l] = sum over k of a[k] b[k, l]
template <class Lanes>
void product_row(Lanes lanes, const double* a, const double* b, Index inner, double* out) {
  for (Index l = 0; l < lanes; ++l) {
    double sum = 0;
    for (Index k = 0; k < inner; ++k) sum += a[k] * b[k * lanes + l];
    out[l] = sum;
  }
}

// b_adjoint[k, l] += sum over i of a[i, k] out_adjoint[i, l], four rows at a time: each pass over
// the adjoints of b then carries four times the work.
template <class Lanes>
void pull_back_rows(Lanes lanes, const double* a, const double* out_adjoint, Index rows,
                    Index inner, double* b_adjoint) {
  Index i = 0;
  for (; i + 4 <= rows; i += 4) {
    const double* a0 = a + i * inner;
    const double* y = out_adjoint + i * lanes;
    for (Index k = 0; k < inner; ++k) {
      const double f0 = a0[k];
      const double f1 = a0[inner + k];
      const double f2 = a0[2 * inner + k];
      const double f3 = a0[3 * inner + k];
      double* sum = b_adjoint + k * lanes;
      for (Index l = 0; l < lanes; ++l) {
        sum[l] += f0 * y[l] + f1 * y[lanes + l] + (f2 * y[2 * lanes + l] + f3 * y[3 * lanes + l]);
      }
    }
  }
  for (; i < rows; ++i) {
    for (Index k = 0; k < inner; ++k) {
      for (Index l = 0; l < lanes; ++l)
        b_adjoint[k * lanes + l] += a[i * inner + k] * out_adjoint[i * lanes + l];
    }
  }
}

class Contraction final : public ContractionOperation {
 public:
  using ContractionOperation::ContractionOperation;

  std::string_view name() const override { return "contract"; }

  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double*) const override {
    for_each_batch(frame.lanes, in, [&](Index r, const Operand& a, const Operand& b) {
      double* block = out + r * extents_.rows * extents_.columns * frame.lanes;
      with_lanes(frame.lanes, [&](auto lanes) { forward_batch(lanes, a, b, block); });
    });
  }

  void backward(const Frame& frame, std::span<const Operand> in, const double*,
                const double* out_adjoint, double*) const override {
    for_each_batch(frame.lanes, in, [&](Index r, const Operand& a, const Operand& b) {
      const double* block = out_adjoint + r * extents_.rows * extents_.columns * frame.lanes;
      with_lanes(frame.lanes, [&](auto lanes) { backward_batch(lanes, a, b, block); });
    });
  }

 private:
  // Calls body(r, a, b) with the operands moved to batch r.
  template <class Body>
  void for_each_batch(Index lanes, std::span<const Operand> in, Body&& body) const {
    for (Index r = 0; r < extents_.batches; ++r) {
      body(r,
           moved(in[0], extents_.left_is_batched ? r * extents_.rows * extents_.inner : 0, lanes),
           moved(in[1], extents_.right_is_batched ? r * extents_.inner * extents_.columns : 0,
                 lanes));
    }
  }
  static Operand moved(Operand operand, Index elements, Index lanes) {
    operand.value += elements * (operand.fixed ? 1 : lanes);
    if (operand.adjoint != nullptr) operand.adjoint += elements * lanes;
    return operand;
  }

  // Data times a latent vector is the heart of a regression.
  const simd::Products* fast_products(Index lanes, const Operand& a, const Operand& b) const {
    if (!a.fixed || extents_.columns != 1) return nullptr;
    if (lanes == 1) return &simd::engine().one;
    return lanes == 8 && !b.fixed ? &simd::engine().eight : nullptr;
  }

  template <class Lanes>
  void forward_batch(Lanes lanes, const Operand& a, const Operand& b, double* out) const {
    const auto [batches, rows, inner, columns, left, right] = extents_;
    if (const simd::Products* products = fast_products(lanes, a, b)) {
      products->forward(static_cast<std::size_t>(rows), static_cast<std::size_t>(inner), a.value,
                        b.value, out);
      return;
    }
    if (lanes == 1 && columns == 1) {
      for (Index i = 0; i < rows; ++i) out[i] = dot(a.value + i * inner, b.value, inner);
      return;
    }
    if (a.fixed && !b.fixed && columns == 1) {
      for (Index i = 0; i < rows; ++i)
        product_row(lanes, a.value + i * inner, b.value, inner, out + i * lanes);
      return;
    }
    std::fill(out, out + rows * columns * lanes, 0.0);
    for (Index i = 0; i < rows; ++i) {
      for (Index k = 0; k < inner; ++k) {
        for (Index j = 0; j < columns; ++j) {
          double* sum = out + (i * columns + j) * lanes;
          if (a.fixed) {
            const double factor = a.value[i * inner + k];
            if (b.fixed) {
              for (Index l = 0; l < lanes; ++l) sum[l] += factor * b.value[k * columns + j];
            } else {
              const double* y = b.value + (k * columns + j) * lanes;
              for (Index l = 0; l < lanes; ++l) sum[l] += factor * y[l];
            }
          } else {
            const double* x = a.value + (i * inner + k) * lanes;
            if (b.fixed) {
              const double factor = b.value[k * columns + j];
              for (Index l = 0; l < lanes; ++l) sum[l] += factor * x[l];
            } else {
              const double* y = b.value + (k * columns + j) * lanes;
              for (Index l = 0; l < lanes; ++l) sum[l] += x[l] * y[l];
            }
          }
        }
      }
    }
  }

  template <class Lanes>
  void backward_batch(Lanes lanes, const Operand& a, const Operand& b,
                      const double* out_adjoint) const {
    const auto [batches, rows, inner, columns, left, right] = extents_;
    if (const simd::Products* products = fast_products(lanes, a, b)) {
      if (b.adjoint != nullptr)
        products->backward(static_cast<std::size_t>(rows), static_cast<std::size_t>(inner), a.value,
                           out_adjoint, b.adjoint);
      return;
    }
    if (lanes == 1 && columns == 1) {
      for (Index i = 0; i < rows; ++i) {
        if (a.adjoint != nullptr) add_scaled(out_adjoint[i], b.value, inner, a.adjoint + i * inner);
        if (b.adjoint != nullptr) add_scaled(out_adjoint[i], a.value + i * inner, inner, b.adjoint);
      }
      return;
    }
    if (a.fixed && b.adjoint != nullptr && columns == 1) {
      pull_back_rows(lanes, a.value, out_adjoint, rows, inner, b.adjoint);
      return;
    }
    for (Index i = 0; i < rows; ++i) {
      for (Index k = 0; k < inner; ++k) {
        for (Index j = 0; j < columns; ++j) {
          const double* adjoint = out_adjoint + (i * columns + j) * lanes;
          const Index at_a = i * inner + k;
          const Index at_b = k * columns + j;
          if (a.adjoint != nullptr) add_product(lanes, adjoint, b, at_b, a.adjoint + at_a * lanes);
          if (b.adjoint != nullptr) add_product(lanes, adjoint, a, at_a, b.adjoint + at_b * lanes);
        }
      }
    }
  }

  // sum[l] += adjoint[l] * (the element of `other`)[l]
  template <class Lanes>
  static void add_product(Lanes lanes, const double* adjoint, const Operand& other, Index at,
                          double* sum) {
    if (other.fixed) {
      const double factor = other.value[at];
      for (Index l = 0; l < lanes; ++l) sum[l] += factor * adjoint[l];
    } else {
      const double* x = other.value + at * lanes;
      for (Index l = 0; l < lanes; ++l) sum[l] += x[l] * adjoint[l];
    }
  }
};

}  // namespace

bool ContractionOperation::fingerprint(std::vector<std::uint64_t>& numbers) const {
  for (const Index extent : {extents_.batches, extents_.rows, extents_.inner, extents_.columns})
    numbers.push_back(static_cast<std::uint64_t>(extent));
  numbers.push_back((extents_.left_is_batched ? 2U : 0U) + (extents_.right_is_batched ? 1U : 0U));
  return true;
}

std::shared_ptr<const Operation> ContractionOperation::repeated(
    Index count, std::span<const bool> shared) const {
  if (extents_.batches != 1 || extents_.left_is_batched || extents_.right_is_batched)
    return nullptr;
  ContractionExtents extents = extents_;
  if (shared[1]) {
    extents.rows *= count;  // the left matrices one below the other
  } else {
    extents.batches = count;
    extents.left_is_batched = !shared[0];
    extents.right_is_batched = true;
  }
  return std::make_shared<const Contraction>(extents);
}

std::shared_ptr<const Operation> make_contraction(std::span<const Index> a,
                                                  std::span<const Index> b) {
  ContractionExtents extents;
  extents.inner = a.back();
  if (a.size() > 1) extents.rows = a[a.size() - 2];
  if (b.size() > 1) extents.columns = b.back();
  extents.left_is_batched = a.size() == 3;
  extents.right_is_batched = b.size() == 3;
  extents.batches = extents.left_is_batched ? a[0] : extents.right_is_batched ? b[0] : 1;
  return std::make_shared<const Contraction>(extents);
}

}  // namespace vippl::runtime
