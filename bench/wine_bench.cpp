// The wine regression of examples/wine: vippl beside a gradient and a fitting loop written by hand,
// in one run.
#include <benchmark/benchmark.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "bench/hand_written_wine.h"
#include "cli/load.h"
#include "inference/algorithm.h"

namespace vippl::bench {

namespace {

const std::string folder = VIPPL_SOURCE_DIR "/examples/wine/";
constexpr int steps = 1000;
constexpr double learning_rate = 1e-3;
const double initial_rho =
    std::log(std::expm1(0.0486));  // the scale that the seed recipe starts from

std::unique_ptr<runtime::Model> load(bool minibatches) {
  runtime::ModelOptions options;
  if (minibatches) options.batch = runtime::Batch{"n", 32};
  return cli::load_model(folder + "wine.vi", {folder + "wine.csv"}, options).model;
}

std::vector<double> standardised(const runtime::Field& field) {
  const auto n = static_cast<double>(field.values.size());
  double mean = 0;
  for (const double x : field.values) mean += x / n;
  double variance = 0;
  for (const double x : field.values) variance += (x - mean) * (x - mean) / (n - 1);
  std::vector<double> result;
  for (const double x : field.values) result.push_back((x - mean) / std::sqrt(variance));
  return result;
}

HandWrittenWine hand_written() {
  const runtime::DataFile table = runtime::read_data(folder + "wine.csv");
  const std::vector<double> y = standardised(*table.find("alcohol"));
  std::vector<std::vector<double>> columns;
  for (const runtime::Field& field : table.fields) {
    if (field.name != "alcohol" && field.name != "cultivar") columns.push_back(standardised(field));
  }
  std::vector<double> x;
  for (std::size_t i = 0; i < y.size(); ++i) {
    for (const std::vector<double>& column : columns) x.push_back(column[i]);
  }
  return {x, y};
}

void gradient_by_hand(benchmark::State& state) {
  const HandWrittenWine wine = hand_written();
  double w[HandWrittenWine::columns] = {0.1};
  double gradient[HandWrittenWine::columns];
  for (auto _ : state) {
    benchmark::DoNotOptimize(wine.log_joint(w, gradient));
    w[0] += 1e-9;
  }
}
BENCHMARK(gradient_by_hand);

// Time per gradient and point, at 1 and at 8 points a call.
void gradient_vippl(benchmark::State& state) {
  const auto model = load(false);
  const auto workspace = model->make_workspace();
  const Eigen::Index points = state.range(0);
  runtime::Points z = runtime::Points::Constant(points, model->dimension(), 0.1);
  runtime::Points gradients(points, model->dimension());
  runtime::LogDensities values(points);
  for (auto _ : state) {
    model->evaluate(z, {}, *workspace, values, gradients);
    benchmark::DoNotOptimize(values.data());
    z(0, 0) += 1e-9;
  }
  state.counters["per_point"] = benchmark::Counter(
      static_cast<double>(points),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(gradient_vippl)->Arg(1)->Arg(8);

void adam_by_hand(benchmark::State& state) {
  const HandWrittenWine wine = hand_written();
  double location[HandWrittenWine::columns];
  for (auto _ : state)
    benchmark::DoNotOptimize(wine.adam(steps, learning_rate, initial_rho, 1, location));
}
BENCHMARK(adam_by_hand)->Unit(benchmark::kMillisecond);

// The fitting loop alone, as the fit itself times it: without reading, recording and judging.
void adam_vippl(benchmark::State& state) {
  const auto model = load(true);
  const inference::Algorithm& adam = *inference::find_algorithm("adam");
  inference::Settings settings;
  settings.guide = "meanfield";
  for (const auto& [name, text] : {std::pair{"learning-rate", "0.001"},
                                   {"steps", "1000"},
                                   {"scale", "softplus"},
                                   {"initial-scale", "0.0486"}}) {
    for (const inference::Option& option : adam.options) {
      if (option.name == name) settings.options[name] = inference::parse_option(option, text);
    }
  }
  inference::SilentProgress progress;
  for (auto _ : state)
    state.SetIterationTime(adam.run(*model, settings, progress).seconds.optimise);
}
BENCHMARK(adam_vippl)->Unit(benchmark::kMillisecond)->UseManualTime();

}  // namespace

}  // namespace vippl::bench
