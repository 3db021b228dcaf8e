// Gradients of vippl beside the same gradients written by hand, in one run: a table in Markdown on
// the standard output.
//
// usage: gradient_bench [PART-OF-NAME] [PAIRS]
//        gradient_bench --repeat MODEL POINTS CALLS
//        gradient_bench --list
//
// The second evaluates vippl's gradient of the model so many times at 1 or 8 points, for profilers;
// the third prints the names of the models.

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "bench/gradients/cases.h"
#include "cli/load.h"
#include "lang/diagnostic.h"
#include "stdlib/registry.h"

namespace vippl::bench {

namespace {

constexpr Eigen::Index lanes = 8;
// So long that what the contestant before left in the caches does not matter.
constexpr double block_microseconds = 6000;

// Of this thread: waiting for a processor must not count.
double now() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) * 1e-3;
}

/// One of the things compared: called often enough in a block that the clock does not matter.
struct Contestant {
  std::function<void()> run;
  double points = 1;  ///< per call
  int calls = 1;
  double best = std::numeric_limits<double>::infinity();

  double time_block() const {
    const double start = now();
    for (int i = 0; i < calls; ++i) run();
    return (now() - start) / (calls * points);
  }
  void calibrate() {
    run();
    while (time_block() * calls * points < block_microseconds) calls *= 2;
  }
  void race() { best = std::min(best, time_block()); }
};

/// A model of vippl at the hand-written point.
struct Subject {
  std::unique_ptr<runtime::Model> model;
  runtime::Points one;
  runtime::Points many;
  std::unique_ptr<runtime::Workspace> workspace_of_one;
  std::unique_ptr<runtime::Workspace> workspace;
  runtime::Points one_gradient;
  runtime::Points many_gradients;
  runtime::LogDensities one_value{1};
  runtime::LogDensities many_values{lanes};

  void evaluate_one() { model->evaluate(one, {}, *workspace_of_one, one_value, one_gradient); }
  void evaluate_many() { model->evaluate(many, {}, *workspace, many_values, many_gradients); }
};

std::unique_ptr<runtime::Model> load(const std::string& script, const runtime::DataSet& data) {
  const runtime::ModelOptions options;
  cli::LoadedScript loaded = cli::load_script(script, cli::facts_of(data, options));
  lang::Diagnostics warnings;
  return runtime::make_model(loaded.script, loaded.sources, data, stdlib::registry(), options,
                             warnings);
}

const Coordinates& coordinates_of(const Case& c, const std::string& site) {
  return *std::ranges::find(c.coordinates, site, &Coordinates::site);
}

std::string name_of(const Case& c, const std::string& script) {
  return script == c.scripts[0] ? c.name : std::filesystem::path(script).stem().string();
}

/// The hand-written point, filled up to the dimension of the model.
std::vector<double> point_of(const Case& c, const runtime::Model& model) {
  std::vector<double> point = c.point;
  Eigen::Index dimension = 0;
  for (const runtime::Site& site : model.sites()) dimension += site.size;
  for (Eigen::Index i = static_cast<Eigen::Index>(point.size()); i < dimension; ++i)
    point.push_back(0.3 * std::sin(1.7 * static_cast<double>(i) + 0.5));
  return point;
}

Subject prepare(const Case& c, std::unique_ptr<runtime::Model> model) {
  Subject subject;
  subject.model = std::move(model);
  const std::vector<double> point = point_of(c, *subject.model);
  const Eigen::Index d = subject.model->dimension();
  subject.one.resize(1, d);
  for (const runtime::Site& site : subject.model->sites()) {
    const Coordinates& there = coordinates_of(c, site.name);
    for (Eigen::Index i = 0; i < site.size; ++i) {
      subject.one(0, site.offset + i) =
          point[static_cast<std::size_t>(there.first + i)] / there.scale;
    }
  }
  subject.many = subject.one.replicate(lanes, 1);
  subject.one_gradient.resize(1, d);
  subject.many_gradients.resize(lanes, d);
  subject.workspace_of_one = subject.model->make_workspace();
  subject.workspace = subject.model->make_workspace();
  return subject;
}

/// Largest difference of the gradients, relative to the largest entry; compares the log joints at
/// two points too, since their constants may differ.
double disagreement(const Case& c, Subject& subject, HandWritten& by_hand,
                    std::vector<double> point) {
  std::vector<double> gradient(point.size());
  const double value = by_hand.evaluate(point.data(), gradient.data());
  subject.evaluate_one();
  subject.evaluate_many();
  const double here = subject.one_value[0];
  double worst = 0;
  double largest = 1;
  for (const double g : gradient) largest = std::max(largest, std::abs(g));
  for (const runtime::Site& site : subject.model->sites()) {
    const Coordinates& there = coordinates_of(c, site.name);
    for (Eigen::Index i = 0; i < site.size; ++i) {
      const double expected = gradient[static_cast<std::size_t>(there.first + i)] * there.scale;
      worst = std::max(worst, std::abs(subject.one_gradient(0, site.offset + i) - expected));
      for (Eigen::Index b = 0; b < lanes; ++b)
        worst = std::max(worst, std::abs(subject.many_gradients(b, site.offset + i) - expected));
    }
  }
  const runtime::Points at = subject.one;
  subject.one *= 1.01;
  for (double& z : point) z *= 1.01;
  const double moved = by_hand.evaluate(point.data(), gradient.data());
  subject.evaluate_one();
  const double change = subject.one_value[0] - here;
  subject.one = at;
  return std::max(worst / largest,
                  std::abs(change - (moved - value)) / std::max(1.0, std::abs(value)));
}

/// Of the rows of the table.
struct Ratios {
  double log_at_one = 0;
  double log_at_eight = 0;
  int rows = 0;
};

bool run(const Case& c, int pairs, Ratios& ratios) {
  const runtime::DataSet data = c.load();
  Data converted = c.convert(data);
  std::vector<std::unique_ptr<HandWritten>> by_hand;
  for (const std::string& name : c.by_hand) by_hand.push_back(make_hand_written(name, converted));

  bool agree = true;
  for (const std::string& script : c.scripts) {
    Subject subject = prepare(c, load(script, data));
    const std::vector<double> point = point_of(c, *subject.model);
    const double difference = disagreement(c, subject, *by_hand[0], point);
    if (!(difference <= c.tolerance)) agree = false;

    std::vector<double> gradient(point.size());
    std::vector<Contestant> contestants;
    contestants.push_back({[&] { subject.evaluate_one(); }});
    contestants.push_back({[&] { subject.evaluate_many(); }, static_cast<double>(lanes)});
    for (const auto& one : by_hand)
      contestants.push_back({[&] { one->evaluate(point.data(), gradient.data()); }});
    for (Contestant& contestant : contestants) contestant.calibrate();
    for (int pair = 0; pair < pairs; ++pair) {
      for (Contestant& contestant : contestants) contestant.race();
    }
    const double best = contestants[2].best;
    ratios.log_at_one += std::log(contestants[0].best / best);
    ratios.log_at_eight += std::log(contestants[1].best / best);
    ++ratios.rows;
    fmt::print("| {} | {:.3g} | {} | {:.3g} | {:.3g} | {:.2f} | {:.2f} | {} | {:.0e}{} |\n",
               name_of(c, script), best, c.published > 0 ? fmt::format("{:.3g}", c.published) : "",
               contestants[0].best, contestants[1].best, contestants[0].best / best,
               contestants[1].best / best,
               contestants.size() > 3 ? fmt::format("{:.3g}", contestants[3].best) : "", difference,
               difference <= c.tolerance ? "" : " DIFFER");
    std::fflush(stdout);
  }
  return agree;
}

void repeat(const std::string& name, int points, int calls) {
  for (const Case& c : all_cases()) {
    for (const std::string& script : c.scripts) {
      if (name_of(c, script) != name) continue;
      Subject subject = prepare(c, load(script, c.load()));
      for (int i = 0; i < calls; ++i) {
        if (points == 1) {
          subject.evaluate_one();
        } else {
          subject.evaluate_many();
        }
      }
    }
  }
}

void list() {
  for (const Case& c : all_cases()) {
    for (const std::string& script : c.scripts) fmt::print("{}\n", name_of(c, script));
  }
}

}  // namespace

}  // namespace vippl::bench

int main(int argc, char** argv) {
  if (argc == 5 && std::string(argv[1]) == "--repeat") {
    vippl::bench::repeat(argv[2], std::atoi(argv[3]), std::atoi(argv[4]));
    return 0;
  }
  if (argc == 2 && std::string(argv[1]) == "--list") {
    vippl::bench::list();
    return 0;
  }
  const std::string part = argc > 1 ? argv[1] : "";
  const int pairs = argc > 2 ? std::atoi(argv[2]) : 15;
  fmt::print(
      "| model | by hand, us | published | vippl, 1 point | 8 points, per point | ratio at 1 | "
      "ratio at 8 | by hand, another way | difference |\n"
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
  bool agree = true;
  vippl::bench::Ratios ratios;
  for (const vippl::bench::Case& c : vippl::bench::all_cases()) {
    if (c.name.find(part) == std::string::npos) continue;
    agree = vippl::bench::run(c, pairs, ratios) && agree;
  }
  if (ratios.rows > 1)
    fmt::print("| geometric mean | | | | | {:.2f} | {:.2f} | | |\n",
               std::exp(ratios.log_at_one / ratios.rows),
               std::exp(ratios.log_at_eight / ratios.rows));
  return agree ? 0 : 1;
}
