#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/random.h"

// What inference sees of a model, and all it sees of it: any object with a log density over R^d.
// Algorithms are tested on hand-written implementations of this interface.

namespace vippl::runtime {

/// Row b is one point; column-major, so that the B lanes of one coordinate are contiguous.
using Points = Eigen::MatrixXd;
using LogDensities = Eigen::VectorXd;

/// A latent of the model: where its unconstrained coordinates stand in z.
struct Site {
  std::string name;
  std::vector<Eigen::Index> shape;  ///< of the constrained value; empty for a scalar
  std::vector<std::string>
      dimensions;           ///< name of each dimension of `shape`; empty where it has none
  Eigen::Index offset = 0;  ///< first coordinate in z
  Eigen::Index size = 0;    ///< number of coordinates in z, which may differ from that of the value
};

/// How one reported scalar follows from z, where that is an elementwise map: shift + scale *
/// f(z[coordinate]).
struct ScalarMap {
  enum class Kind { identity, exponential, inverse_logit, other };
  Kind kind = Kind::other;
  Eigen::Index coordinate = 0;
  double shift = 0;
  double scale = 1;
};

/// What whole numbers stand for: 0 and 1 for false and true, 1, 2, ... for the levels of a
/// category.
struct Words {
  std::vector<std::string> texts;  ///< empty: numbers are just that
  Eigen::Index first = 0;          ///< the number that texts[0] stands for
};

/// A reported value: a latent on its constrained scale, or what `derive` or `generate` computes.
struct Quantity {
  enum class Kind { latent, derived, generated };
  std::string name;
  Kind kind = Kind::latent;
  std::vector<Eigen::Index> shape;
  std::vector<std::string> dimensions;
  std::vector<std::vector<std::string>> labels;  ///< per dimension; empty where it has no labels
  Eigen::Index offset = 0;      ///< first column in Draws; elements follow in row-major order
  std::vector<ScalarMap> maps;  ///< one per element
  /// Names of the scalars where they are not all elements of an array: "age[17]", the missing value
  /// of a row. Else empty.
  std::vector<std::string> scalar_names = {};
  Words words = {};  ///< of bools and categories
};

/// Row s holds all reported scalars of draw s, in the order of quantities(), row-major within each.
using Draws = Eigen::MatrixXd;

/// The rows of the plate that an evaluation uses. Empty indices: all rows.
struct Rows {
  std::span<const std::int32_t> indices;  ///< from 0, no repeats
  bool all() const { return indices.empty(); }
};

/// The log density that one statement adds, at one point.
struct Term {
  std::string statement;  ///< its text, shortened to one line
  std::string place;      ///< file:line
  double value = 0;
};

/// Buffers of one evaluation; made by a LogDensity for itself, used by one thread at a time.
class Workspace {
 public:
  virtual ~Workspace() = default;
};

/// The joint log p(data, T(z)) + log |det J_T(z)| of one model; z is unconstrained, of size
/// dimension(). All constants are kept. const and thread-safe with one Workspace per thread.
class LogDensity {
 public:
  virtual ~LogDensity() = default;

  virtual Eigen::Index dimension() const = 0;
  virtual std::span<const Site> sites() const = 0;
  virtual std::span<const Quantity> quantities() const = 0;

  /// Rows of the plate that minibatches cut; 0 if this model is not cut.
  virtual Eigen::Index row_count() const { return 0; }
  /// Rows per minibatch that the workspace is laid out for; 0 if this model is not cut.
  virtual Eigen::Index batch_size() const { return 0; }

  /// Buffers for up to `lanes` points at once; evaluate() accepts any number of points and cuts
  /// them itself.
  virtual std::unique_ptr<Workspace> make_workspace() const = 0;

  /// Row b of `points` (B x dimension()) is one z. Writes the B log densities and the gradients (B
  /// x dimension()), both sized by the caller. With `rows`, statements over the plate are scaled by
  /// row_count() / rows. Outside the support: -infinity and a zero gradient, no exception. After
  /// the first call with a workspace it allocates nothing.
  virtual void evaluate(const Points& points, const Rows& rows, Workspace& workspace,
                        LogDensities& values, Points& gradients) const = 0;

  /// The values alone; cheaper than evaluate().
  virtual void evaluate(const Points& points, const Rows& rows, Workspace& workspace,
                        LogDensities& values) const = 0;

  /// All reported values at each point (points x scalars), `generate` statements drawn with `seed`
  /// and the row number.
  virtual void constrain(const Points& points, std::uint64_t seed, Draws& draws) const = 0;

  /// Row i becomes a draw from the prior; where the prior is improper, uniform on (-2, 2) on the
  /// unconstrained scale.
  virtual void draw_prior(std::uint64_t seed, Points& points) const = 0;

  /// One term per `sample` (its Jacobian included), `observe` and `factor`, at one point.
  virtual std::vector<Term> terms(const Eigen::VectorXd& point) const = 0;

  /// Where a value that is not finite first appears at this point, in words with file and line;
  /// empty if all are finite.
  virtual std::string trace_non_finite(const Eigen::VectorXd& point) const = 0;
};

}  // namespace vippl::runtime
