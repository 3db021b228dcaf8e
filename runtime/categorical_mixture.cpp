#include "runtime/categorical_mixture.h"

#include <algorithm>
#include <array>

#include "runtime/lanes.h"
#include "runtime/mixture_density.h"
#include "runtime/simd/engine.h"

namespace vippl::runtime {

namespace {

using Row = CategoricalMixtureInputs::Row;

// Products below lose digits to underflow.
constexpr double least_probability = 1e-290;

std::vector<Index> distinct_weights(const std::vector<Row>& rows) {
  std::vector<Index> begins;
  for (const Row& row : rows) begins.push_back(row.weights);
  std::ranges::sort(begins);
  const auto repeated = std::ranges::unique(begins);
  begins.erase(repeated.begin(), repeated.end());
  return begins;
}

class CategoricalMixture final : public Operation {
 public:
  CategoricalMixture(CategoricalMixtureInputs inputs, InstructionBlock plainly)
      : inputs_(std::move(inputs)),
        row_count_(static_cast<Index>(inputs_.rows.size())),
        component_count_(static_cast<Index>(inputs_.chances.size())),
        weights_begin_(distinct_weights(inputs_.rows)),
        plainly_(std::move(plainly)) {}

  std::string_view name() const override { return "categorical_mixture"; }
  // Whether the rows were done here; their probabilities; what the instructions need.
  Index scratch_size(Index lanes) const override {
    return 1 + row_count_ * lanes + plainly_.scratch_size(lanes);
  }

  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* scratch) const override {
    double* const probabilities = scratch + 1;
    const Index size = row_count_ * frame.lanes;
    const bool is_good =
        are_simplexes(in, frame.lanes) && compute_probabilities(in, frame.lanes, probabilities);
    *scratch = is_good ? 1 : 0;
    if (!is_good) return plainly_.forward(frame, in, out, probabilities + size);
    with_lanes(frame.lanes, [&](auto lanes) { add_logs(lanes, probabilities, out); });
  }

  void backward(const Frame& frame, std::span<const Operand> in, const double* /*out*/,
                const double* out_adjoint, double* scratch) const override {
    double* const probabilities = scratch + 1;
    if (*scratch == 0)
      return plainly_.backward(frame, in, out_adjoint, probabilities + row_count_ * frame.lanes);
    with_lanes(frame.lanes, [&](auto lanes) { pull_back(lanes, in, probabilities, out_adjoint); });
  }

 private:
  bool are_simplexes(std::span<const Operand> in, Index lanes) const {
    const double* const weights = in[inputs_.weights].value;
    return std::ranges::all_of(weights_begin_,
                               [&](Index begin) {
                                 return are_mixture_weights(weights + begin * lanes,
                                                            component_count_, lanes);
                               }) &&
           std::ranges::all_of(inputs_.chances, [&](std::size_t chances) {
             return are_mixture_weights(in[chances].value, inputs_.outcomes, lanes);
           });
  }

  // Of every row; false where one is too small.
  bool compute_probabilities(std::span<const Operand> in, Index lane_count,
                             double* probabilities) const {
    with_lanes(lane_count, [&](auto lanes) {
      double* p = probabilities;
      for (const Row& row : inputs_.rows) {
        const double* weight = in[inputs_.weights].value + row.weights * lanes;
        std::fill_n(p, Index{lanes}, 0.0);
        for (const std::size_t chances : inputs_.chances) {
          const double* const chance = in[chances].value + row.outcome * lanes;
          for (Index l = 0; l < lanes; ++l) p[l] += weight[l] * chance[l];
          weight += lanes;
        }
        p += lanes;
      }
    });
    return !simd::engine().any_beyond(static_cast<std::size_t>(row_count_ * lane_count),
                                      probabilities, simd::Comparison::below, least_probability);
  }

  void add_logs(auto lanes, const double* probabilities, double* out) const {
    constexpr Index tile = 512;
    std::array<double, tile> logs;
    const Index rows_at_once = std::max(Index{1}, tile / lanes);
    std::fill_n(out, Index{lanes}, 0.0);
    for (Index first = 0; first < row_count_; first += rows_at_once) {
      const Index rows = std::min(rows_at_once, row_count_ - first);
      simd::engine().log(static_cast<std::size_t>(rows * lanes), probabilities + first * lanes,
                         logs.data());
      for (Index r = 0; r < rows; ++r) {
        const double count = inputs_.rows[static_cast<std::size_t>(first + r)].count;
        for (Index l = 0; l < lanes; ++l)
          out[l] += count * logs[static_cast<std::size_t>(r * lanes + l)];
      }
    }
  }

  void pull_back(auto lanes, std::span<const Operand> in, double* probabilities,
                 const double* out_adjoint) const {
    const Operand& weights = in[inputs_.weights];
    double* p = probabilities;
    for (const Row& row : inputs_.rows) {
      for (Index l = 0; l < lanes; ++l) p[l] = row.count * out_adjoint[l] / p[l];
      Index weight = row.weights * lanes;
      const Index outcome = row.outcome * lanes;
      for (const std::size_t k : inputs_.chances) {
        const Operand& chances = in[k];
        for (Index l = 0; weights.adjoint != nullptr && l < lanes; ++l)
          weights.adjoint[weight + l] += p[l] * chances.value[outcome + l];
        for (Index l = 0; chances.adjoint != nullptr && l < lanes; ++l)
          chances.adjoint[outcome + l] += p[l] * weights.value[weight + l];
        weight += lanes;
      }
      p += lanes;
    }
  }

  CategoricalMixtureInputs inputs_;
  Index row_count_;
  Index component_count_;
  std::vector<Index> weights_begin_;
  InstructionBlock plainly_;
};

}  // namespace

std::shared_ptr<const Operation> make_categorical_mixture(CategoricalMixtureInputs inputs,
                                                          InstructionBlock plainly) {
  return std::make_shared<const CategoricalMixture>(std::move(inputs), std::move(plainly));
}

}  // namespace vippl::runtime
