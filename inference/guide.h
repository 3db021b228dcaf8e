#pragma once
#include <Eigen/Core>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "inference/sparse_cholesky.h"
#include "runtime/log_density.h"
#include "runtime/random.h"

namespace vippl::inference {

using runtime::LogDensities;
using runtime::Points;
using runtime::Rng;

/// A normal approximation found before the fit. A guide takes its units from it, so that the
/// optimiser works where the target is close to a standard normal.
struct Start {
  Eigen::VectorXd location;
  /// d x d, lower triangle: factor * factor' is the covariance. Empty where only `scale` is known.
  Eigen::MatrixXd factor;
  /// 1 / sqrt of the diagonal of the precision: what a mean field wants, smaller than the marginal
  /// sds.
  Eigen::VectorXd scale;
  /// d x K where the covariance is known to be diag(own_scale)^2 + loadings * loadings'; else
  /// empty.
  Eigen::MatrixXd loadings = {};
  Eigen::VectorXd own_scale = {};
  /// Where the precision is known to be sparse; else empty.
  SparseCholesky precision = {};
};

/// The normal with this location and lower triangle; works out the scale.
Start normal_start(Eigen::VectorXd location, Eigen::MatrixXd factor);

/// The normal with this location and sparse precision.
Start sparse_start(Eigen::VectorXd location, SparseCholesky precision);

/// Location 0 and covariance I: units as they are.
Start identity_start(Eigen::Index dimension);

/// How an unconstrained parameter becomes a scale.
enum class ScaleMap { log, softplus };

struct GuideSettings {
  ScaleMap scale_map = ScaleMap::log;
};

/// A family of densities over z with parameters in one flat vector; knows no model and no loop.
/// Noise is standard normal, B x noise_dimension(); z is B x dimension().
class Guide {
 public:
  virtual ~Guide() = default;
  virtual std::unique_ptr<Guide> clone() const = 0;

  /// As in `--guide`: "meanfield".
  virtual std::string_view name() const = 0;
  virtual Eigen::Index dimension() const = 0;
  virtual Eigen::Index noise_dimension() const { return dimension(); }
  virtual Eigen::Index parameter_count() const = 0;

  /// Makes the normal of `start`, its scales times `shrink`, both the units and the present member
  /// of the family.
  virtual void start_at(const Start& start, double shrink) = 0;
  /// The present member as a start, so that the next stage can begin in its units.
  virtual Start as_start() const = 0;

  virtual Eigen::VectorXd parameters() const = 0;
  virtual void set_parameters(const Eigen::Ref<const Eigen::VectorXd>& parameters) = 0;

  /// Row b of z is the draw that row b of the noise makes.
  virtual void place(const Points& noise, Points& z) const = 0;
  /// Adds to `gradient` (parameter_count()) the sum over b of (dz_b / dparameters)' dz_b. May use
  /// buffers of this object: one thread at a time.
  virtual void pull_back(const Points& noise, const Points& dz,
                         Eigen::Ref<Eigen::VectorXd> gradient) = 0;

  /// log q(z) in nats, for each row.
  virtual void log_density(const Points& z, LogDensities& values) const = 0;
  /// The same with its gradient in z (B x dimension()).
  virtual void log_density(const Points& z, LogDensities& values, Points& gradients) const = 0;
  /// log q(place(noise)); cheaper than log_density() of the placed points.
  virtual void log_density_of_placed(const Points& noise, LogDensities& values) const = 0;

  /// In nats, in closed form; nothing where the family has none.
  virtual std::optional<double> entropy() const = 0;
  /// Adds `weight` times the gradient of the entropy in the parameters.
  virtual void add_entropy_gradient(double weight, Eigen::Ref<Eigen::VectorXd> gradient) const = 0;

  virtual Eigen::VectorXd mean() const = 0;
  virtual Eigen::VectorXd variance() const = 0;
  virtual Eigen::MatrixXd covariance() const = 0;
  /// Whether z is jointly normal, so that mean() and covariance() say all.
  virtual bool is_normal() const = 0;

  /// Fills `noise` and places it.
  void draw(Rng& rng, Points& noise, Points& z) const;
};

/// Closed-form KL(a || b) + KL(b || a) of two normal guides of one family, in nats.
double symmetrised_kl(const Guide& a, const Guide& b);

/// One entry of the table of guides; one per file of inference/guides/.
struct GuideFamily {
  std::string_view name;     ///< "meanfield", as typed
  std::string_view summary;  ///< one line for --help
  /// `argument` is what follows the colon of `--guide name:argument`; throws std::invalid_argument
  /// with what is wrong with it, in words.
  std::unique_ptr<Guide> (*make)(Eigen::Index dimension, std::string_view argument,
                                 const GuideSettings& settings);
};

std::span<const GuideFamily* const> all_guides();

/// From what follows `--guide`; "auto" chooses by size. Throws std::invalid_argument, in words, for
/// a name that is not in the table.
std::unique_ptr<Guide> make_guide(std::string_view text, Eigen::Index dimension,
                                  const GuideSettings& settings = {});

/// The family of `--guide auto` for a target of this size.
std::string_view family_by_size(Eigen::Index dimension);

}  // namespace vippl::inference
