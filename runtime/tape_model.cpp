#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "lang/checking/report.h"
#include "runtime/exact_prior.h"
#include "runtime/jitter_count.h"
#include "runtime/lanes.h"
#include "runtime/nominal_cost.h"
#include "runtime/path.h"
#include "runtime/point_source.h"
#include "runtime/trace.h"

namespace vippl::runtime {

namespace {

// Points evaluated together: as many as vector registers like, and the kernels' loops unroll for.
constexpr Index block_lanes = 8;

class TapeWorkspace final : public Workspace {
 public:
  /// Valid while `path` is.
  Replay& replay(const std::shared_ptr<const Path>& path, Index lanes) {
    Replays& replays = lanes == 1 ? single_ : block_;
    if (replays.latest != nullptr && replays.latest->is_of(path)) return *replays.latest->replay;
    Entry& entry = replays.all[path.get()];
    replays.latest = &entry;
    // Another path may have been forgotten and its address used again.
    if (!entry.is_of(path)) {
      entry = {path, std::make_unique<Replay>(path->recording.tape, path->schedule, lanes)};
      std::erase_if(replays.all, [](const auto& each) { return each.second.path.expired(); });
    }
    return *entry.replay;
  }

 private:
  struct Entry {
    std::weak_ptr<const Path> path;
    std::unique_ptr<Replay> replay;
    bool is_of(const std::shared_ptr<const Path>& other) const {
      return replay && !path.owner_before(other) && !other.owner_before(path);
    }
  };
  struct Replays {
    std::unordered_map<const Path*, Entry> all;
    Entry* latest = nullptr;  // asked for; mostly the same again
  };
  Replays single_;
  Replays block_;
};

// Lane l of a block of `lanes` holds point first + l; lanes beyond the last point repeat it.
void load(const Points& points, Index first, Replay& replay) {
  double* out = replay.point().data();
  if (points.rows() == replay.lanes()) {  // one block is all, and lies as it should
    std::copy_n(points.data(), points.size(), out);
    return;
  }
  const Index last = points.rows() - 1;
  with_lanes(replay.lanes(), [&](auto lanes) {
    const bool is_full = first + lanes <= points.rows();
    for (Index i = 0; i < points.cols(); ++i, out += lanes) {
      const double* const column = points.data() + i * points.rows();
      for (Index l = 0; is_full && l < lanes; ++l) out[l] = column[first + l];
      for (Index l = 0; !is_full && l < lanes; ++l) out[l] = column[std::min(first + l, last)];
    }
  });
}

class TapeModel final : public Model {
 public:
  TapeModel(const lang::ast::Script& script, const lang::Sources& sources, const DataSet& data,
            const Registry& registry, const ModelOptions& options)
      : program_{script, sources, data, &registry, options, {}},
        full_(program_, std::nullopt, options.passes) {
    PriorDraw prior(options.seed, 0);
    full_.record(prior);
    Index offset = 0;
    for (const Reported& reported : recording().reported) {
      quantities_.push_back(reported.quantity);
      quantities_.back().offset = offset;
      offset += static_cast<Index>(reported.quantity.maps.size());
    }
    draw_size_ = offset;
    if (options.batch) cut(*options.batch);
  }

  const lang::Diagnostics& warnings() const { return recording().warnings; }
  Index dimension() const override { return recording().tape.dimension; }
  std::span<const Site> sites() const override { return recording().sites; }
  std::span<const Quantity> quantities() const override { return quantities_; }
  const std::vector<BoundSize>& sizes() const override { return recording().sizes; }
  const std::vector<FrozenStatistic>& frozen() const override { return recording().frozen; }
  const std::vector<std::string>& scaled_latents() const override {
    return recording().scaled_latents;
  }
  Index row_count() const override { return batch_ ? batch_->plate()->rows : 0; }
  Index batch_size() const override { return batch_ ? batch_->plate()->batch : 0; }
  std::unique_ptr<Workspace> make_workspace() const override {
    return std::make_unique<TapeWorkspace>();
  }
  std::string listing(Stage stage) const override {
    const Paths& used = batch_ ? *batch_ : full_;
    if (stage == Stage::optimised)
      return runtime::listing(used.first()->recording.tape, program_.sources);
    GivenPoint same(recording().point);
    Paths recorded(program_, used.plate(), PassSet::none());
    return runtime::listing(recorded.record(same)->recording.tape, program_.sources);
  }

  double nominal_seconds() const override {
    const Paths& used = batch_ ? *batch_ : full_;
    return runtime::nominal_seconds(used.first()->recording.tape);
  }

  void rows_log_density(const Points& points, const Rows& rows, Workspace& buffers,
                        LogDensities& values) const override {
    VIPPL_ASSERT(batch_ && !rows.all(), "only a model that is cut has a density of some rows");
    visit(*batch_, points, rows, static_cast<TapeWorkspace&>(buffers),
          [&](const Path& path, const Replay& replay, Index lane, Index row) {
            values[row] = 0;
            for (const LogTerm& term : path.recording.tape.terms)
              if (term.over_rows) values[row] += term_at(term, replay, lane);
          });
  }

  SitePriors site_priors(const Points& points, std::uint64_t seed) const override {
    const auto site_count = static_cast<Index>(sites().size());
    SitePriors priors;
    priors.log_density = Eigen::MatrixXd::Zero(points.rows(), site_count);
    Eigen::VectorXd has_density = Eigen::VectorXd::Zero(site_count);
    TapeWorkspace workspace;
    visit(full_, points, {}, workspace,
          [&](const Path& path, const Replay& replay, Index lane, Index row) {
            for (const LogTerm& term : path.recording.tape.terms) {
              if (term.site < 0) continue;
              priors.log_density(row, term.site) += term_at(term, replay, lane);
              if (term.kind == LogTerm::Kind::density) has_density[term.site] = 1;
            }
          });
    PriorSpread spread = prior_spread(points, seed);
    priors.sd = spread.sd();
    for (Index s = 0; s < site_count; ++s) {
      priors.log_density.col(s).array() -=
          has_density[s] > 0 ? spread.log_mass(sites()[static_cast<std::size_t>(s)])
                             : std::numeric_limits<double>::quiet_NaN();
    }
    return priors;
  }

  void draw_prior_exactly(std::uint64_t seed, Points& points) const override {
    Paths paths(program_, std::nullopt, PassSet::none());
    for (Index i = 0; i < points.rows(); ++i) {
      ExactPriorDraw prior(seed, static_cast<std::uint32_t>(i));
      const std::shared_ptr<const Path> path = paths.record(prior);
      const std::vector<double>& point = path->recording.point;
      points.row(i) = Eigen::Map<const Eigen::RowVectorXd>(point.data(), points.cols());
    }
  }

  lang::Diagnostics jitter_warnings(const Points& points) const override {
    constexpr Index most_points = 64;
    const Index count = std::min(points.rows(), most_points);
    JitterCount found;
    TapeWorkspace workspace;
    for (Index i = 0; i < count; ++i) {
      double value = 0;
      const auto [path, replay] = at(points.row(i), workspace, false, &value);
      replay->forward_reported(1, i);
      found.add(path->recording.tape, *replay);
    }
    lang::Diagnostics warnings = found.warnings(count);
    lang::checking::remove_allowed(warnings, program_.sources);
    return warnings;
  }

  void evaluate(const Points& points, const Rows& rows, Workspace& workspace, LogDensities& values,
                Points& gradients) const override {
    evaluate(points, rows, workspace, values, &gradients);
  }
  void evaluate(const Points& points, const Rows& rows, Workspace& workspace,
                LogDensities& values) const override {
    evaluate(points, rows, workspace, values, nullptr);
  }

  void constrain(const Points& points, std::uint64_t seed, Draws& draws) const override {
    TapeWorkspace workspace;
    draws.resize(points.rows(), draw_size_);
    for (Index first = 0; first < points.rows(); first += block_lanes) {
      const Index lanes = points.rows() - first == 1 ? 1 : block_lanes;
      Replay& replay = workspace.replay(full_.first(), lanes);
      load(points, first, replay);
      replay.forward_reported(seed, first);
      const std::uint64_t failed = replay.failed_lanes();
      const Index count = std::min(lanes, points.rows() - first);
      for (Index l = 0; l < count; ++l) {
        if ((failed >> l & 1U) == 0) {
          read(*full_.first(), replay, l, draws, first + l);
        } else {
          double value = 0;
          const auto [path, single] =
              replay_elsewhere(full_, points, first + l, workspace, {}, false, 1, &value);
          single->forward_reported(seed, first + l);
          read(*path, *single, 0, draws, first + l);
        }
      }
    }
  }

  void draw_prior(std::uint64_t seed, Points& points) const override {
    Paths paths(program_, std::nullopt, PassSet::none());
    for (Index i = 0; i < points.rows(); ++i) {
      PriorDraw prior(seed, static_cast<std::uint32_t>(i));
      const std::shared_ptr<const Path> path = paths.record(prior);
      for (Index k = 0; k < points.cols(); ++k)
        points(i, k) = path->recording.point[static_cast<std::size_t>(k)];
    }
  }

  std::vector<Term> terms(const Eigen::VectorXd& point) const override {
    TapeWorkspace workspace;
    double value = 0;
    const auto [path, replay] = at(point, workspace, false, &value);
    return statement_terms(path->recording.tape, *replay, program_.sources);
  }

  std::string trace_non_finite(const Eigen::VectorXd& point) const override {
    TapeWorkspace workspace;
    double value = 0;
    const auto [path, replay] = at(point, workspace, true, &value);
    replay->backward(1);
    return first_non_finite(path->recording.tape, path->schedule, *replay, program_.sources);
  }

  Eigen::VectorXd unconstrain(const DataFile& values) const override {
    NaturalValues source(values);
    Paths paths(program_, std::nullopt, PassSet::none());
    const std::shared_ptr<const Path> path = paths.record(source);
    const std::vector<double>& point = path->recording.point;
    return Eigen::Map<const Eigen::VectorXd>(point.data(), static_cast<Index>(point.size()));
  }

  Parts log_joint(const Eigen::VectorXd& point) const override {
    TapeWorkspace workspace;
    double value = 0;
    const auto [path, replay] = at(point, workspace, false, &value);
    Parts parts;
    for (const LogTerm& term : path->recording.tape.terms) {
      const double number = term.node == no_node ? term.value : replay->values(term.node)[0];
      (term.kind == LogTerm::Kind::jacobian ? parts.log_jacobian : parts.log_joint) += number;
    }
    return parts;
  }

  Eigen::VectorXd gradient(const Eigen::VectorXd& point, bool jacobian) const override {
    TapeWorkspace workspace;
    double value = 0;
    const auto [path, replay] = at(point, workspace, true, &value);
    replay->backward(1, jacobian ? Replay::Terms::all : Replay::Terms::density);
    const std::span<const double> result = replay->gradient();
    return Eigen::Map<const Eigen::VectorXd>(result.data(), static_cast<Index>(result.size()));
  }

 private:
  const Recording& recording() const { return full_.first()->recording; }

  void cut(const Batch& batch) {
    const auto found =
        std::find_if(recording().sizes.begin(), recording().sizes.end(),
                     [&](const BoundSize& size) { return size.name == batch.plate; });
    if (found == recording().sizes.end()) {
      fail_batch(
          "unknown-plate",
          fmt::format("--batch names `{}`, which is not a size bound by the data", batch.plate));
    }
    if (batch.size < 1 || batch.size > found->extent) {
      fail_batch("batch-size", fmt::format("--batch asks for {} rows of `{}`, which has {}",
                                           batch.size, batch.plate, found->extent));
    }
    batch_.emplace(program_, Recorder::Plate{batch.plate, found->extent, batch.size},
                   program_.options.passes);
    GivenPoint same(recording().point);
    const std::shared_ptr<const Path> path = batch_->record(same);
    const std::vector<LogTerm>& terms = path->recording.tape.terms;
    if (std::none_of(terms.begin(), terms.end(),
                     [](const LogTerm& term) { return term.over_rows; })) {
      fail_batch(
          "batch-cuts-nothing",
          fmt::format("no statement is over `{}`, so --batch has nothing to cut", batch.plate));
    }
  }

  [[noreturn]] void fail_batch(std::string code, std::string message) const {
    std::string plates;
    for (const BoundSize& size : recording().sizes) {
      plates += fmt::format("{}{} = {}", plates.empty() ? "" : ", ", size.name, size.extent);
    }
    throw lang::ModelError(
        lang::error(std::move(code), {}, std::move(message), "the sizes are " + plates));
  }

  // The value of one point on the path that it takes. Each path that is tried shows how one more
  // branch goes, so that few are tried, however many are remembered.
  std::pair<std::shared_ptr<const Path>, Replay*> replay_elsewhere(
      Paths& paths, const Points& points, Index row, TapeWorkspace& workspace, const Rows& rows,
      bool with_gradient, double row_scale, double* value) const {
    const auto run = [&](const std::shared_ptr<const Path>& path) {
      Replay& replay = workspace.replay(path, 1);
      for (Index k = 0; k < points.cols(); ++k)
        replay.point()[static_cast<std::size_t>(k)] = points(row, k);
      if (!rows.all()) replay.set_rows(rows.indices);
      replay.forward(with_gradient, row_scale, {value, 1});
      return &replay;
    };
    for (std::shared_ptr<const Path> path = paths.first(); path;) {
      Replay* replay = run(path);
      const std::size_t failed = replay->first_failed_guard();
      Decisions known = path->decisions();
      if (failed == known.size()) return {std::move(path), replay};
      known.resize(failed + 1);
      known[failed] = !known[failed];
      path = paths.find(known);
    }
    std::vector<double> z(static_cast<std::size_t>(points.cols()));
    for (Index k = 0; k < points.cols(); ++k) z[static_cast<std::size_t>(k)] = points(row, k);
    GivenPoint source(std::move(z));
    std::shared_ptr<const Path> path = paths.record(source);
    Replay* replay = run(path);
    return {std::move(path), replay};
  }

  static double term_at(const LogTerm& term, const Replay& replay, Index lane) {
    return term.node == no_node ? term.value : replay.values(term.node)[lane];
  }

  /// Calls read(path, replay, lane, row) for every point once its terms are computed.
  template <class Read>
  void visit(Paths& paths, const Points& points, const Rows& rows, TapeWorkspace& workspace,
             const Read& read) const {
    const std::shared_ptr<const Path>& path = paths.first();
    double log_joint[block_lanes];
    Replay* filled = nullptr;  // whose rows are in place
    for (Index first = 0; first < points.rows();) {
      const Index lanes = points.rows() - first == 1 ? 1 : block_lanes;
      Replay& replay = workspace.replay(path, lanes);
      load(points, first, replay);
      if (!rows.all() && filled != &replay) replay.set_rows(rows.indices);
      filled = &replay;
      replay.forward(false, 1, {log_joint, static_cast<std::size_t>(lanes)});
      const std::uint64_t failed = replay.failed_lanes();
      for (Index l = 0; l < std::min(lanes, points.rows() - first); ++l) {
        if ((failed >> l & 1U) == 0) {
          read(*path, replay, l, first + l);
        } else {
          const auto [other, single] =
              replay_elsewhere(paths, points, first + l, workspace, rows, false, 1, &log_joint[l]);
          read(*other, *single, 0, first + l);
        }
      }
      first += lanes;
    }
  }

  /// Walks as many of the points as are needed, fewer in high dimension: a walk takes long there.
  PriorSpread prior_spread(const Points& points, std::uint64_t seed) const {
    constexpr double most_coordinates = 3000;
    constexpr Index most_walks = 32;
    const auto affordable = static_cast<Index>(most_coordinates / static_cast<double>(dimension()));
    const Index walks = std::min(points.rows(), std::clamp<Index>(affordable, 2, most_walks));
    PriorSpread spread(seed, dimension());
    Paths paths(program_, std::nullopt, PassSet::none());
    for (Index w = 0; w < walks; ++w) {
      std::vector<double> point(static_cast<std::size_t>(points.cols()));
      for (Index k = 0; k < points.cols(); ++k)
        point[static_cast<std::size_t>(k)] = points(w * points.rows() / walks, k);
      spread.go_to(std::move(point));
      paths.record(spread);
    }
    return spread;
  }

  std::pair<std::shared_ptr<const Path>, Replay*> at(const Eigen::VectorXd& point,
                                                     TapeWorkspace& workspace, bool with_gradient,
                                                     double* value) const {
    const Points one = point.transpose();
    return replay_elsewhere(full_, one, 0, workspace, {}, with_gradient, 1, value);
  }

  void evaluate(const Points& points, const Rows& rows, Workspace& buffers, LogDensities& values,
                Points* gradients) const {
    auto& workspace = static_cast<TapeWorkspace&>(buffers);
    VIPPL_ASSERT(rows.all() || batch_,
                 "only a model made for minibatches is evaluated on some rows");
    Paths& paths = rows.all() ? full_ : *batch_;
    const bool is_scaled = !rows.all() && program_.options.batch->stands_for_all;
    const double row_scale = !is_scaled ? 1.0
                                        : static_cast<double>(batch_->plate()->rows) /
                                              static_cast<double>(batch_->plate()->batch);
    const std::shared_ptr<const Path>& path = paths.first();
    double log_joint[block_lanes];
    Replay* filled = nullptr;  // whose minibatch is in place
    for (Index first = 0; first < points.rows();) {
      const Index lanes = points.rows() - first == 1 ? 1 : block_lanes;
      Replay& replay = workspace.replay(path, lanes);
      load(points, first, replay);
      if (!rows.all() && filled != &replay) {
        replay.set_rows(rows.indices);
        filled = &replay;
      }
      replay.forward(gradients != nullptr, row_scale, {log_joint, static_cast<std::size_t>(lanes)});
      if (gradients != nullptr) replay.backward(row_scale);
      const std::uint64_t failed = replay.failed_lanes();
      const Index count = std::min(lanes, points.rows() - first);
      if (count == lanes && failed == 0 && store_all(log_joint, replay, first, values, gradients)) {
        first += lanes;
        continue;
      }
      for (Index l = 0; l < count; ++l) {
        if ((failed >> l & 1U) == 0) {
          store(log_joint[l], replay, l, first + l, values, gradients);
          continue;
        }
        double value = 0;
        const auto [other, single] = replay_elsewhere(paths, points, first + l, workspace, rows,
                                                      gradients != nullptr, row_scale, &value);
        if (gradients != nullptr) single->backward(row_scale);
        store(value, *single, 0, first + l, values, gradients);
      }
      first += lanes;
    }
  }

  // All lanes of a block, where all are inside the support; else does nothing and returns false.
  static bool store_all(const double* log_joint, const Replay& replay, Index first,
                        LogDensities& values, Points* gradients) {
    for (Index l = 0; l < replay.lanes(); ++l) {
      if (!(log_joint[l] > -std::numeric_limits<double>::infinity())) return false;
    }
    std::copy_n(log_joint, replay.lanes(), values.data() + first);
    if (gradients == nullptr) return true;
    const double* gradient = replay.gradient().data();
    if (gradients->rows() == replay.lanes()) {
      std::copy_n(gradient, gradients->size(), gradients->data());
      return true;
    }
    double* out = gradients->data() + first;
    with_lanes(replay.lanes(), [&](auto lanes) {
      for (Index k = 0; k < gradients->cols(); ++k, gradient += lanes, out += gradients->rows()) {
        for (Index l = 0; l < lanes; ++l) out[l] = gradient[l];
      }
    });
    return true;
  }

  // Outside the support the gradient is zero, whatever the operations made of it.
  static void store(double value, const Replay& replay, Index lane, Index row, LogDensities& values,
                    Points* gradients) {
    values[row] = value;
    if (gradients == nullptr) return;
    const bool inside = value > -std::numeric_limits<double>::infinity();
    const double* gradient = replay.gradient().data() + lane;
    double* out = gradients->data() + row;
    const Index stride = gradients->rows();
    for (Index k = 0; k < gradients->cols(); ++k) {
      out[k * stride] = inside ? gradient[k * replay.lanes()] : 0.0;
    }
  }

  void read(const Path& path, const Replay& replay, Index lane, Draws& draws, Index row) const {
    for (std::size_t q = 0; q < quantities_.size(); ++q) {
      const Reported& reported = path.recording.reported[q];
      const auto count = static_cast<Index>(quantities_[q].maps.size());
      const double* values =
          reported.node == no_node ? reported.value.data() : replay.values(reported.node) + lane;
      const Index step = reported.node == no_node ? 1 : replay.lanes();
      for (Index i = 0; i < count; ++i) draws(row, quantities_[q].offset + i) = values[i * step];
    }
  }

  mutable Program program_;  // data are bound once, by whichever walk comes first
  mutable Paths full_;
  mutable std::optional<Paths> batch_;
  std::vector<Quantity> quantities_;
  Index draw_size_ = 0;
};

}  // namespace

std::unique_ptr<Model> make_model(const lang::ast::Script& script, const lang::Sources& sources,
                                  const DataSet& data, const Registry& registry,
                                  const ModelOptions& options, lang::Diagnostics& warnings) {
  auto model = std::make_unique<TapeModel>(script, sources, data, registry, options);
  lang::Diagnostics found = model->warnings();
  lang::checking::remove_allowed(found, sources);
  warnings.insert(warnings.end(), found.begin(), found.end());
  return model;
}

}  // namespace vippl::runtime
