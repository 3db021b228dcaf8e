#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lang/ast.h"
#include "lang/diagnostic.h"
#include "runtime/data.h"
#include "runtime/frozen.h"
#include "runtime/log_density.h"
#include "runtime/passes/optimise.h"
#include "runtime/registry.h"
#include "runtime/site_priors.h"

namespace vippl::runtime {

/// Evaluations on `size` rows of the plate `plate`.
struct Batch {
  std::string plate;
  Index size = 0;
  /// Minibatches stand for all rows: what is over the plate is scaled by rows / size. A part of the
  /// rows that is fitted alone stands for itself.
  bool stands_for_all = true;
};

struct ModelOptions {
  std::optional<Batch> batch;
  std::map<std::string, double>
      set;  ///< values of `data` scalars given by the user, before those of files
  bool settings_may_wait = false;  ///< `set` may name data that the script does not have yet
  /// Names of latents, among Model::scaled_latents(), whose coordinates are z with x = location +
  /// scale z (of log x where x is positive) instead of x itself.
  std::set<std::string> noncentred;
  std::uint64_t seed = 1;           ///< for the point at which the program is first recorded
  PassSet passes = PassSet::all();  ///< that optimise what is recorded
};

/// A size that the data have bound, with the labels it carries (levels, column names), if any.
struct BoundSize {
  std::string name;
  Index extent = 0;
  std::vector<std::string> labels;
};

/// A checked script, bound to data and recorded: the LogDensity that inference works on.
class Model : public LogDensity {
 public:
  /// The sizes bound by the data, in the order in which the script binds them.
  virtual const std::vector<BoundSize>& sizes() const = 0;

  /// What the script computes from all rows of a plate of the data, in the order of the walk.
  virtual const std::vector<FrozenStatistic>& frozen() const = 0;

  /// Names of the latents whose scale is itself latent, in the order of the script: those that can
  /// be fitted non-centred.
  virtual const std::vector<std::string>& scaled_latents() const = 0;

  /// Warnings that only evaluations can give: which matrices needed jitter at these points, the
  /// first few of them, to be factored. One per place.
  virtual lang::Diagnostics jitter_warnings(const Points& points) const = 0;

  /// z from natural values of every latent (scalars, or arrays in row-major order), as `{"beta":
  /// [..], "sigma": 1.2}` read by parse_json. Throws lang::ModelError if a latent is missing, has
  /// the wrong shape, or lies off its support.
  virtual Eigen::VectorXd unconstrain(const DataFile& values) const = 0;

  /// The log density at one point, apart: that of the constrained values, and the log Jacobian of
  /// the transforms.
  struct Parts {
    double log_joint = 0;  ///< without Jacobian
    double log_jacobian = 0;
  };
  virtual Parts log_joint(const Eigen::VectorXd& point) const = 0;
  /// Gradient of the log joint with respect to z, with or without that of the log Jacobian.
  virtual Eigen::VectorXd gradient(const Eigen::VectorXd& point, bool jacobian) const = 0;

  /// The program as text, one instruction a line: as it runs, or as it was first recorded. Of a
  /// model that is cut to rows, that of the rows.
  enum class Stage { recorded, optimised };
  virtual std::string listing(Stage stage) const = 0;

  /// Of one gradient, as nominal_cost.h reckons it.
  virtual double nominal_seconds() const = 0;

  /// Of a model that is cut to rows (ModelOptions::batch): what those rows add to the log joint at
  /// each point, not scaled; for one row, its log density given the latents.
  virtual void rows_log_density(const Points& points, const Rows& rows, Workspace& workspace,
                                LogDensities& values) const = 0;

  /// The priors of the sites around `points`, draws of a guide.
  virtual SitePriors site_priors(const Points& points, std::uint64_t seed) const = 0;

  /// As draw_prior(), but throws lang::ModelError where a prior cannot be drawn from as it is
  /// written: an improper one, or one that a type cuts off to next to nothing, or cuts off by an
  /// amount that depends on other latents.
  virtual void draw_prior_exactly(std::uint64_t seed, Points& points) const = 0;
};

/// Binds `script` to `data` and records it. Throws lang::ModelError with the place of what is
/// wrong; warnings are added to `warnings`. The model keeps its own copies of all it needs, except
/// `registry`, which must outlive it.
std::unique_ptr<Model> make_model(const lang::ast::Script& script, const lang::Sources& sources,
                                  const DataSet& data, const Registry& registry,
                                  const ModelOptions& options, lang::Diagnostics& warnings);

}  // namespace vippl::runtime
