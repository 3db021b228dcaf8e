#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>
#include <utility>

#include "inference/guide.h"
#include "inference/guides/roll_call.h"
#include "inference/scale_map.h"
#include "lang/diagnostic.h"

namespace vippl::inference::guides {

namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using Eigen::Index;

const double log_two_pi = std::log(2 * std::numbers::pi);

/// A joint normal whose precision is L L' with the zeros of an elimination (sparse_cholesky.h): z =
/// m + inverse(L)' noise, the noise in the order of elimination. Until a start brings its graph,
/// coordinates are independent. The parameters are the shift of m in units of the start's scale,
/// then for each entry of L: in column k, with U the start's factor, L(k, k) = U(k, k) / scale and
/// L(i, k) = U(i, k) + U(k, k) times the parameter.
class Sparse final : public Guide {
 public:
  Sparse(Index dimension, ScaleMap map) : map_(map) {
    MarkovGraph nothing_joined;
    nothing_joined.neighbours.resize(static_cast<std::size_t>(dimension));
    std::optional<Elimination> elimination = Elimination::of(nothing_joined, dimension);
    VIPPL_ASSERT(elimination, "a diagonal has d entries");
    units_ = sparse_start(Vector::Zero(dimension),
                          SparseCholesky::from_factor(*elimination, Vector::Ones(dimension)));
    start_at(units_, 1);
  }

  std::unique_ptr<Guide> clone() const override { return std::make_unique<Sparse>(*this); }
  std::string_view name() const override { return "sparse"; }
  Index dimension() const override { return location_.size(); }
  Index parameter_count() const override { return parameters_.size(); }
  bool is_normal() const override { return true; }

  void start_at(const Start& start, double shrink) override {
    units_ = start;
    if (start.precision.size() == 0) {
      const Elimination elimination = precision_.elimination();
      Vector factor = Vector::Zero(elimination.entries());
      for (Index k = 0; k < elimination.size(); ++k)
        factor[elimination.begin(k)] = 1 / start.scale[elimination.coordinate(k)];
      units_.precision = SparseCholesky::from_factor(elimination, std::move(factor));
    }
    const Elimination& e = units_.precision.elimination();
    Vector parameters = Vector::Zero(start.location.size() + e.entries());
    auto of_factor = parameters.tail(e.entries());
    for (Index k = 0; k < e.size(); ++k) {
      of_factor[e.begin(k)] = scale_parameter(map_, shrink);
      for (Index i = e.begin(k) + 1; i < e.begin(k + 1); ++i)
        of_factor[i] = (1 / shrink - 1) * unit(i) / unit(e.begin(k));
    }
    location_ = start.location;
    set_parameters(parameters);
  }

  Start as_start() const override { return sparse_start(location_, precision_); }

  Vector parameters() const override { return parameters_; }

  void set_parameters(const Eigen::Ref<const Vector>& parameters) override {
    parameters_ = parameters;
    location_ = units_.location + units_.scale.cwiseProduct(parameters_.head(dimension()));
    const Elimination& e = units_.precision.elimination();
    const auto of_factor = parameters_.tail(e.entries());
    Vector factor = units_.precision.factor();
    for (Index k = 0; k < e.size(); ++k) {
      const double diagonal = unit(e.begin(k));
      factor[e.begin(k)] = diagonal / scale_of(map_, of_factor[e.begin(k)]);
      for (Index i = e.begin(k) + 1; i < e.begin(k + 1); ++i) factor[i] += diagonal * of_factor[i];
    }
    precision_ = SparseCholesky::from_factor(e, std::move(factor));
  }

  void place(const Points& noise, Points& z) const override {
    precision_.place(noise, z);
    z.rowwise() += location_.transpose();
  }

  void pull_back(const Points& noise, const Points& dz, Eigen::Ref<Vector> gradient) override {
    Points shift(noise.rows(), dimension()), pulled(noise.rows(), dimension());
    precision_.place(noise, shift);
    precision_.pull(dz, pulled);
    const Elimination& e = precision_.elimination();
    gradient.head(dimension()) += units_.scale.cwiseProduct(dz.colwise().sum().transpose());
    auto of_factor = gradient.tail(e.entries());
    for (Index k = 0; k < e.size(); ++k) {
      const Index diagonal = e.begin(k);
      of_factor[diagonal] -=
          diagonal_slope(diagonal) * pulled.col(k).dot(shift.col(e.coordinate(k)));
      for (Index i = diagonal + 1; i < e.begin(k + 1); ++i)
        of_factor[i] -= unit(diagonal) * pulled.col(k).dot(shift.col(e.coordinate(e.row(i))));
    }
  }

  void log_density(const Points& z, LogDensities& values) const override {
    log_density_of_placed(noise_of(z), values);
  }

  void log_density(const Points& z, LogDensities& values, Points& gradients) const override {
    const Points noise = noise_of(z);
    log_density_of_placed(noise, values);
    precision_.push(noise, gradients);
    gradients *= -1;
  }

  void log_density_of_placed(const Points& noise, LogDensities& values) const override {
    values.setConstant(log_normaliser());
    for (Index j = 0; j < dimension(); ++j) values.array() -= 0.5 * noise.col(j).array().square();
  }

  std::optional<double> entropy() const override {
    return 0.5 * static_cast<double>(dimension()) - log_normaliser();
  }

  void add_entropy_gradient(double weight, Eigen::Ref<Vector> gradient) const override {
    const Elimination& e = precision_.elimination();
    for (Index k = 0; k < e.size(); ++k) {
      const Index diagonal = e.begin(k);
      gradient[dimension() + diagonal] -=
          weight * diagonal_slope(diagonal) / precision_.factor()[diagonal];
    }
  }

  Vector mean() const override { return location_; }

  Vector variance() const override {
    const Elimination& e = precision_.elimination();
    const Vector entries = precision_.covariance_entries();
    Vector variance(dimension());
    for (Index k = 0; k < e.size(); ++k) variance[e.coordinate(k)] = entries[e.begin(k)];
    return variance;
  }

  Matrix covariance() const override {
    Points root(dimension(), dimension());
    precision_.place(Matrix::Identity(dimension(), dimension()), root);
    return root.transpose() * root;
  }

 private:
  double unit(Index entry) const { return units_.precision.factor()[entry]; }

  /// Of the factor's diagonal entry in its parameter.
  double diagonal_slope(Index entry) const {
    const double raw = parameters_[dimension() + entry];
    const double scale = scale_of(map_, raw);
    return -unit(entry) * scale_derivative(map_, raw, scale) / (scale * scale);
  }

  Points noise_of(const Points& z) const {
    const Points shift = z.rowwise() - location_.transpose();
    Points noise(z.rows(), z.cols());
    precision_.standardise(shift, noise);
    return noise;
  }

  double log_normaliser() const {
    return -0.5 * static_cast<double>(dimension()) * log_two_pi +
           precision_.log_determinant_of_factor();
  }

  ScaleMap map_;
  Start units_;
  Vector parameters_;
  Vector location_;
  SparseCholesky precision_;
};

std::unique_ptr<Guide> make(Index dimension, std::string_view argument,
                            const GuideSettings& settings) {
  if (!argument.empty())
    throw std::invalid_argument("the guide `sparse` takes no argument, got `" +
                                std::string(argument) + "`");
  return std::make_unique<Sparse>(dimension, settings.scale_map);
}

}  // namespace

constinit const GuideFamily sparse = {
    .name = "sparse",
    .summary = "a joint normal with the conditional independences of the model",
    .make = &make};

}  // namespace vippl::inference::guides
