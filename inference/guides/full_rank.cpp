#include <numbers>
#include <stdexcept>

#include "inference/guide.h"
#include "inference/guides/roll_call.h"
#include "inference/scale_map.h"

namespace vippl::inference::guides {

namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using Eigen::Index;

const double log_two_pi = std::log(2 * std::numbers::pi);

/// out.col(j) += sum over k <= j of factor(j, k) in.col(k): in * factor' of a lower triangle. Four
/// columns a pass; not Eigen's product, which allocates for large sizes.
void add_times_transposed(const Points& in, const Matrix& factor, Points& out) {
  for (Index j = 0; j < factor.cols(); ++j) {
    Index k = 0;
    for (; k + 3 <= j; k += 4)
      out.col(j) += factor(j, k) * in.col(k) + factor(j, k + 1) * in.col(k + 1) +
                    factor(j, k + 2) * in.col(k + 2) + factor(j, k + 3) * in.col(k + 3);
    for (; k <= j; ++k) out.col(j) += factor(j, k) * in.col(k);
  }
}

/// A joint normal: z = m + L (mu + T noise), where m and the lower triangle L are the units. The
/// parameters are mu, then the lower triangle T column by column, its diagonal through the scale
/// map.
class FullRank final : public Guide {
 public:
  FullRank(Index dimension, ScaleMap map)
      : map_(map),
        parameters_(dimension + dimension * (dimension + 1) / 2),
        inner_(Matrix::Zero(dimension, dimension)),
        location_(dimension),
        factor_(Matrix::Zero(dimension, dimension)),
        adjoint_(dimension, dimension) {
    start_at(identity_start(dimension), 1);
  }

  std::unique_ptr<Guide> clone() const override { return std::make_unique<FullRank>(*this); }
  std::string_view name() const override { return "fullrank"; }
  Index dimension() const override { return location_.size(); }
  Index parameter_count() const override { return parameters_.size(); }
  bool is_normal() const override { return true; }

  void start_at(const Start& start, double shrink) override {
    unit_location_ = start.location;
    if (start.factor.size() == 0) {
      unit_factor_ = start.scale.asDiagonal();
    } else {
      unit_factor_ = start.factor.triangularView<Eigen::Lower>();
    }
    units_are_identity_ = unit_factor_.isIdentity(0);
    Vector parameters = Vector::Zero(parameter_count());
    const double diagonal = scale_parameter(map_, shrink);
    for (Index j = 0; j < dimension(); ++j) parameters[diagonal_place(j)] = diagonal;
    set_parameters(parameters);
  }

  Start as_start() const override { return normal_start(location_, factor_); }

  Vector parameters() const override { return parameters_; }

  void set_parameters(const Eigen::Ref<const Vector>& parameters) override {
    parameters_ = parameters;
    const Index d = dimension();
    for (Index j = 0; j < d; ++j) {
      const Index place = diagonal_place(j);
      inner_(j, j) = scale_of(map_, parameters_[place]);
      inner_.col(j).tail(d - j - 1) = parameters_.segment(place + 1, d - j - 1);
    }
    if (units_are_identity_) {
      location_ = unit_location_ + parameters_.head(d);
      factor_ = inner_;
      return;
    }
    location_ = unit_location_;
    factor_.setZero();
    for (Index k = 0; k < d; ++k) {
      location_.tail(d - k) += parameters_[k] * unit_factor_.col(k).tail(d - k);
      for (Index j = 0; j <= k; ++j)
        factor_.col(j).tail(d - k) += inner_(k, j) * unit_factor_.col(k).tail(d - k);
    }
  }

  void place(const Points& noise, Points& z) const override {
    for (Index j = 0; j < dimension(); ++j) z.col(j).setConstant(location_[j]);
    add_times_transposed(noise, factor_, z);
  }

  void pull_back(const Points& noise, const Points& dz, Eigen::Ref<Vector> gradient) override {
    const Index d = dimension();
    for (Index k = 0; k < d; ++k)
      for (Index j = k; j < d; ++j) adjoint_(j, k) = dz.col(j).dot(noise.col(k));
    for (Index k = 0; k < d; ++k) {
      if (units_are_identity_) {
        gradient[k] += dz.col(k).sum();
        for (Index j = k; j < d; ++j) add_inner(j, k, adjoint_(j, k), gradient);
        continue;
      }
      for (Index j = k; j < d; ++j) gradient[k] += unit_factor_(j, k) * dz.col(j).sum();
      // The adjoint of L T in T is L' times it; only rows from j on of either column are not zero.
      for (Index j = k; j < d; ++j)
        add_inner(j, k, unit_factor_.col(j).tail(d - j).dot(adjoint_.col(k).tail(d - j)), gradient);
    }
  }

  void log_density(const Points& z, LogDensities& values) const override {
    Points noise(z.rows(), z.cols());
    noise_of(z, noise);
    log_density_of_placed(noise, values);
  }

  void log_density(const Points& z, LogDensities& values, Points& gradients) const override {
    noise_of(z, gradients);
    log_density_of_placed(gradients, values);
    // gradient = -inverse(factor)' noise: back substitution, in place.
    for (Index j = dimension() - 1; j >= 0; --j) {
      gradients.col(j) *= -1;
      for (Index k = j + 1; k < dimension(); ++k)
        gradients.col(j) -= factor_(k, j) * gradients.col(k);
      gradients.col(j) /= factor_(j, j);
    }
  }

  void log_density_of_placed(const Points& noise, LogDensities& values) const override {
    values.setConstant(log_normaliser());
    for (Index j = 0; j < dimension(); ++j) values.array() -= 0.5 * noise.col(j).array().square();
  }

  std::optional<double> entropy() const override {
    return 0.5 * static_cast<double>(dimension()) - log_normaliser();
  }

  void add_entropy_gradient(double weight, Eigen::Ref<Vector> gradient) const override {
    for (Index j = 0; j < dimension(); ++j) {
      const Index place = diagonal_place(j);
      gradient[place] +=
          weight * scale_derivative(map_, parameters_[place], inner_(j, j)) / inner_(j, j);
    }
  }

  Vector mean() const override { return location_; }
  Vector variance() const override { return factor_.rowwise().squaredNorm(); }
  Matrix covariance() const override { return factor_ * factor_.transpose(); }

 private:
  /// Where the diagonal element of column j stands in the parameters; the rest of the column
  /// follows.
  Index diagonal_place(Index j) const {
    const Index d = dimension();
    return d + j * d - j * (j - 1) / 2;
  }

  void add_inner(Index row, Index column, double value, Eigen::Ref<Vector> gradient) const {
    const Index place = diagonal_place(column) + row - column;
    if (row == column) value *= scale_derivative(map_, parameters_[place], inner_(row, row));
    gradient[place] += value;
  }

  /// Solves factor * noise = z - location for each row.
  void noise_of(const Points& z, Points& noise) const {
    for (Index j = 0; j < dimension(); ++j) {
      noise.col(j).array() = z.col(j).array() - location_[j];
      for (Index k = 0; k < j; ++k) noise.col(j) -= factor_(j, k) * noise.col(k);
      noise.col(j) /= factor_(j, j);
    }
  }

  double log_normaliser() const {
    return -0.5 * static_cast<double>(dimension()) * log_two_pi -
           factor_.diagonal().array().log().sum();
  }

  ScaleMap map_;
  Vector unit_location_;
  Matrix unit_factor_;
  bool units_are_identity_ = true;
  Vector parameters_;
  Matrix inner_;     // T
  Vector location_;  // of z
  Matrix factor_;    // of z: L T
  Matrix adjoint_;   // of factor_, lower triangle
};

std::unique_ptr<Guide> make(Index dimension, std::string_view argument,
                            const GuideSettings& settings) {
  if (!argument.empty())
    throw std::invalid_argument("the guide `fullrank` takes no argument, got `" +
                                std::string(argument) + "`");
  return std::make_unique<FullRank>(dimension, settings.scale_map);
}

}  // namespace

constinit const GuideFamily full_rank = {
    .name = "fullrank",
    .summary = "a joint normal of all unconstrained coordinates",
    .make = &make};

}  // namespace vippl::inference::guides
