#include "runtime/event_density.h"

#include <numeric>

#include "lang/diagnostic.h"

namespace vippl::runtime {

namespace {

// Arguments of a distribution at most; the largest in the literature have five.
constexpr std::size_t max_arguments = 8;

Index product(std::span<const Index> extents) {
  return std::accumulate(extents.begin(), extents.end(), Index{1}, std::multiplies<>());
}

std::vector<Index> input_sizes(Index rows, std::span<const EventInput> inputs) {
  std::vector<Index> sizes;
  for (const EventInput& input : inputs)
    sizes.push_back(product(input.extents) * (input.shared ? 1 : rows));
  return sizes;
}

class EventDensity final : public LaneOperation {
 public:
  EventDensity(const Distribution& distribution, Index rows, std::vector<EventInput> inputs,
               bool summed, Prepared prepared)
      : LaneOperation(input_sizes(rows, inputs), summed ? 1 : rows),
        distribution_(distribution),
        rows_(rows),
        inputs_(std::move(inputs)),
        summed_(summed),
        prepared_(std::move(prepared)) {
    VIPPL_ASSERT(inputs_.size() <= max_arguments, "no distribution has so many arguments");
    EventArgument arguments[max_arguments];
    describe(arguments);
    const std::span<const EventArgument> all(arguments, inputs_.size());
    scratch_ = distribution_.event_scratch == nullptr ? 0 : distribution_.event_scratch(rows, all);
  }

  EventDensityFacts facts() const { return {distribution_.form, rows_, inputs_, summed_}; }
  std::string_view name() const override { return distribution_.facts.name; }
  bool fingerprint(std::vector<std::uint64_t>& numbers) const override {
    numbers.push_back(reinterpret_cast<std::uintptr_t>(&distribution_));
    numbers.push_back(reinterpret_cast<std::uintptr_t>(prepared_.get()));
    numbers.push_back(static_cast<std::uint64_t>(rows_) * 2 + (summed_ ? 1 : 0));
    for (const EventInput& input : inputs_) {
      numbers.push_back(input.extents.size() * 2 + (input.shared ? 1 : 0));
      for (const Index extent : input.extents)
        numbers.push_back(static_cast<std::uint64_t>(extent));
    }
    return true;
  }
  std::shared_ptr<const Operation> repeated(Index count,
                                            std::span<const bool> shared) const override {
    return over_events(count, shared, false);
  }
  std::shared_ptr<const Operation> repeated_sum(Index count,
                                                std::span<const bool> shared) const override {
    return over_events(count, shared, true);
  }

 protected:
  // The rows' log densities, their weights, then the scratch of the distribution itself.
  Index lane_scratch_size() const override { return 2 * rows_ + scratch_; }

  void forward_lane(std::span<const double* const> in, double* out,
                    double* scratch) const override {
    EventArgument arguments[max_arguments];
    describe(arguments);
    for (std::size_t k = 0; k < inputs_.size(); ++k) arguments[k].value = in[k];
    double* log_densities = summed_ ? scratch : out;
    distribution_.event_density({rows_,
                                 {arguments, inputs_.size()},
                                 log_densities,
                                 nullptr,
                                 scratch + 2 * rows_,
                                 prepared()});
    if (summed_) *out = std::accumulate(log_densities, log_densities + rows_, 0.0);
  }

  void backward_lane(std::span<const double* const> in, const double*, const double* out_adjoint,
                     std::span<double* const> in_adjoint, double* scratch) const override {
    EventArgument arguments[max_arguments];
    describe(arguments);
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      arguments[k].value = in[k];
      arguments[k].adjoint = in_adjoint[k];
    }
    double* weights = scratch + rows_;
    for (Index r = 0; r < rows_; ++r) weights[r] = summed_ ? *out_adjoint : out_adjoint[r];
    distribution_.event_density({rows_,
                                 {arguments, inputs_.size()},
                                 scratch,
                                 weights,
                                 scratch + 2 * rows_,
                                 prepared(),
                                 true});
  }

 private:
  // Only of one event.
  std::shared_ptr<const Operation> over_events(Index count, std::span<const bool> shared,
                                               bool summed) const {
    if (rows_ != 1) return nullptr;
    std::vector<EventInput> inputs = inputs_;
    for (std::size_t k = 0; k < inputs.size(); ++k) inputs[k].shared = shared[k];
    return std::make_shared<const EventDensity>(distribution_, count, std::move(inputs), summed,
                                                prepared_);
  }
  std::span<const double> prepared() const {
    return prepared_ == nullptr ? std::span<const double>() : *prepared_;
  }

  void describe(EventArgument* arguments) const {
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      arguments[k].extents = inputs_[k].extents;
      arguments[k].stride = inputs_[k].shared ? 0 : product(inputs_[k].extents);
    }
  }

  const Distribution& distribution_;
  Index rows_;
  std::vector<EventInput> inputs_;
  bool summed_;
  Prepared prepared_;
  Index scratch_ = 0;
};

class Generate final : public Operation {
 public:
  Generate(Sampler sampler, Index rows, Index event_size, std::vector<EventInput> parameters,
           std::uint32_t site)
      : sampler_(std::move(sampler)),
        rows_(rows),
        event_size_(event_size),
        parameters_(std::move(parameters)),
        site_(site) {
    for (const EventInput& parameter : parameters_) parameter_size_ += product(parameter.extents);
  }

  std::string_view name() const override { return "draw"; }
  bool is_differentiable() const override { return false; }
  bool is_random() const override { return true; }
  Index scratch_size(Index) const override { return parameter_size_ + event_size_; }

  void forward(const Frame& frame, std::span<const Operand> in, double* out,
               double* scratch) const override {
    std::vector<std::span<const double>> parameters(parameters_.size());
    const std::span<double> event(scratch + parameter_size_, static_cast<std::size_t>(event_size_));
    for (Index lane = 0; lane < frame.lanes; ++lane) {
      for (Index r = 0; r < rows_; ++r) {
        double* next = scratch;
        for (std::size_t k = 0; k < parameters_.size(); ++k) {
          const Index size = product(parameters_[k].extents);
          const Index first = parameters_[k].shared ? 0 : r * size;
          for (Index i = 0; i < size; ++i) {
            next[i] = in[k].fixed ? in[k].value[first + i]
                                  : in[k].value[(first + i) * frame.lanes + lane];
          }
          parameters[k] = {next, static_cast<std::size_t>(size)};
          next += size;
        }
        Rng rng(frame.seed, Purpose::generate, site_, static_cast<std::uint32_t>(r),
                static_cast<std::uint32_t>(frame.first_draw + lane));
        sampler_(parameters, rng, event);
        for (Index i = 0; i < event_size_; ++i)
          out[(r * event_size_ + i) * frame.lanes + lane] = event[static_cast<std::size_t>(i)];
      }
    }
  }
  void backward(const Frame&, std::span<const Operand>, const double*, const double*,
                double*) const override {}

 private:
  Sampler sampler_;
  Index rows_;
  Index event_size_;
  std::vector<EventInput> parameters_;
  std::uint32_t site_;
  Index parameter_size_ = 0;
};

}  // namespace

std::shared_ptr<const Operation> make_event_density(const Distribution& distribution, Index rows,
                                                    std::vector<EventInput> inputs, bool summed,
                                                    Prepared prepared) {
  return std::make_shared<const EventDensity>(distribution, rows, std::move(inputs), summed,
                                              std::move(prepared));
}

std::optional<EventDensityFacts> event_density_facts(const Operation& operation) {
  const auto* density = dynamic_cast<const EventDensity*>(&operation);
  return density == nullptr ? std::nullopt : std::optional(density->facts());
}

std::shared_ptr<const Operation> make_generate(Sampler sampler, Index rows, Index event_size,
                                               std::vector<EventInput> parameters,
                                               std::uint32_t site) {
  return std::make_shared<const Generate>(std::move(sampler), rows, event_size,
                                          std::move(parameters), site);
}

}  // namespace vippl::runtime
