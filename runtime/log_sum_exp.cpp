#include "runtime/log_sum_exp.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "runtime/lanes.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Index buffer_size = 512;
using Buffer = std::array<double, buffer_size>;

// Neighbouring sums: term c of sum w is x[c * stride + w].
struct Sums {
  Index count = 1;  // of terms
  Index stride = 1;
  Index width = 1;  // number of sums
};

// Calls body(sums, place in the array, place in the result); a buffer holds one term of each.
template <class Body>
void for_each_block(const SumExtents& extents, Index lanes, Body&& body) {
  const Index inner = extents.inner * lanes;
  for (Index o = 0; o < extents.outer; ++o) {
    for (Index first = 0; first < inner; first += buffer_size) {
      body(Sums{extents.count, inner, std::min(buffer_size, inner - first)},
           o * extents.count * inner + first, o * inner + first);
    }
  }
}

class LogSumExp final : public Operation {
 public:
  explicit LogSumExp(const SumExtents& extents) : extents_(extents) {}

  std::string_view name() const override { return "log_sum_exp"; }
  const SumExtents& extents() const { return extents_; }

  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double*) const override {
    if (!in[0].fixed) return compute(in[0].value, frame.lanes, out);
    compute(in[0].value, 1, out);
    expand_lanes(out, extents_.outer * extents_.inner, frame.lanes);
  }

  void backward(const Frame& frame, std::span<const Operand> in, const double* out,
                const double* out_adjoint, double*) const override {
    if (in[0].adjoint == nullptr) return;
    const double* const x = in[0].value;
    double* const x_adjoint = in[0].adjoint;
    for_each_block(extents_, frame.lanes, [&](const Sums& sums, Index from, Index to) {
      Buffer weights;
      for (Index c = 0; c < sums.count; ++c) {
        const Index at = from + c * sums.stride;
        for (Index w = 0; w < sums.width; ++w) weights[index(w)] = x[at + w] - out[to + w];
        exponentiate(sums.width, weights.data());
        for (Index w = 0; w < sums.width; ++w) {
          const double weight = out[to + w] == -infinity ? 0 : weights[index(w)];
          x_adjoint[at + w] += chain(weight, out_adjoint[to + w]);
        }
      }
    });
  }

  bool fingerprint(std::vector<std::uint64_t>& numbers) const override {
    for (const Index extent : {extents_.outer, extents_.count, extents_.inner})
      numbers.push_back(static_cast<std::uint64_t>(extent));
    return true;
  }
  std::shared_ptr<const Operation> repeated(Index count,
                                            std::span<const bool> /*shared*/) const override {
    return make_log_sum_exp({extents_.outer * count, extents_.count, extents_.inner});
  }

 private:
  static std::size_t index(Index i) { return static_cast<std::size_t>(i); }
  static void exponentiate(Index count, double* x) { simd::engine().exp(index(count), x, x); }

  void compute(const double* x, Index lanes, double* out) const {
    for_each_block(extents_, lanes, [&](const Sums& sums, Index from, Index to) {
      Buffer largest;
      std::fill_n(largest.begin(), sums.width, -infinity);
      for (Index c = 0; c < sums.count; ++c) {
        const double* const row = x + from + c * sums.stride;
        for (Index w = 0; w < sums.width; ++w)
          largest[index(w)] = std::max(largest[index(w)], row[w]);
      }
      for (Index w = 0; w < sums.width; ++w) {
        // infinity - infinity is not a number
        if (!std::isfinite(largest[index(w)])) largest[index(w)] = 0;
      }
      Buffer terms;
      std::fill_n(out + to, sums.width, 0.0);
      for (Index c = 0; c < sums.count; ++c) {
        const double* const row = x + from + c * sums.stride;
        for (Index w = 0; w < sums.width; ++w) terms[index(w)] = row[w] - largest[index(w)];
        exponentiate(sums.width, terms.data());
        for (Index w = 0; w < sums.width; ++w) out[to + w] += terms[index(w)];
      }
      simd::engine().log(index(sums.width), out + to, out + to);
      for (Index w = 0; w < sums.width; ++w) out[to + w] += largest[index(w)];
    });
  }

  SumExtents extents_;
};

class LogAddExp final : public Operation {
 public:
  std::string_view name() const override { return "log_add_exp"; }

  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double*) const override {
    for (Index l = 0; l < frame.lanes; ++l) {
      const double a = at(in[0], l), b = at(in[1], l);
      const double distance = a == b ? 0 : std::abs(a - b);
      out[l] = std::max(a, b) + std::log1p(std::exp(-distance));
    }
  }
  void backward(const Frame& frame, std::span<const Operand> in, const double* out,
                const double* out_adjoint, double*) const override {
    for (const Operand& x : in) {
      for (Index l = 0; x.adjoint != nullptr && l < frame.lanes; ++l) {
        const double weight = out[l] == -infinity ? 0 : std::exp(at(x, l) - out[l]);
        x.adjoint[l] += chain(weight, out_adjoint[l]);
      }
    }
  }

 private:
  static double at(const Operand& x, Index lane) { return x.value[x.fixed ? 0 : lane]; }
};

}  // namespace

std::shared_ptr<const Operation> make_log_add_exp() { return std::make_shared<const LogAddExp>(); }

bool is_log_add_exp(const Operation& operation) {
  return dynamic_cast<const LogAddExp*>(&operation) != nullptr;
}

std::shared_ptr<const Operation> make_log_sum_exp(const SumExtents& extents) {
  return std::make_shared<const LogSumExp>(extents);
}

const SumExtents* log_sum_exp_extents(const Operation& operation) {
  const auto* sums = dynamic_cast<const LogSumExp*>(&operation);
  return sums == nullptr ? nullptr : &sums->extents();
}

}  // namespace vippl::runtime
