#include <numbers>
#include <stdexcept>

#include "inference/guide.h"
#include "inference/guides/roll_call.h"
#include "inference/scale_map.h"

namespace vippl::inference::guides {

namespace {

using Vector = Eigen::VectorXd;

const double log_two_pi = std::log(2 * std::numbers::pi);

/// Independent normals: z_j = m_j + s_j (mu_j + sigma_j noise_j), where m and s are the units and
/// the parameters are all mu, then all parameters of sigma.
class MeanField final : public Guide {
 public:
  MeanField(Eigen::Index dimension, ScaleMap map)
      : map_(map),
        unit_location_(Vector::Zero(dimension)),
        unit_scale_(Vector::Ones(dimension)),
        parameters_(2 * dimension),
        location_(dimension),
        scale_(dimension),
        slope_(dimension) {
    start_at(identity_start(dimension), 1);
  }

  std::unique_ptr<Guide> clone() const override { return std::make_unique<MeanField>(*this); }
  std::string_view name() const override { return "meanfield"; }
  Eigen::Index dimension() const override { return location_.size(); }
  Eigen::Index parameter_count() const override { return parameters_.size(); }
  bool is_normal() const override { return true; }

  void start_at(const Start& start, double shrink) override {
    unit_location_ = start.location;
    unit_scale_ = start.scale;
    Vector parameters(parameter_count());
    parameters.head(dimension()).setZero();
    parameters.tail(dimension()).setConstant(scale_parameter(map_, shrink));
    set_parameters(parameters);
  }

  Start as_start() const override { return {location_, Eigen::MatrixXd(), scale_}; }

  Vector parameters() const override { return parameters_; }

  void set_parameters(const Eigen::Ref<const Vector>& parameters) override {
    parameters_ = parameters;
    const Eigen::Index d = dimension();
    for (Eigen::Index j = 0; j < d; ++j) {
      const double raw = parameters_[d + j];
      const double sigma = scale_of(map_, raw);
      location_[j] = unit_location_[j] + unit_scale_[j] * parameters_[j];
      scale_[j] = unit_scale_[j] * sigma;
      slope_[j] = unit_scale_[j] * scale_derivative(map_, raw, sigma);
    }
  }

  void place(const Points& noise, Points& z) const override {
    for (Eigen::Index j = 0; j < dimension(); ++j)
      z.col(j).array() = location_[j] + scale_[j] * noise.col(j).array();
  }

  void pull_back(const Points& noise, const Points& dz, Eigen::Ref<Vector> gradient) override {
    const Eigen::Index d = dimension();
    for (Eigen::Index j = 0; j < d; ++j) {
      gradient[j] += unit_scale_[j] * dz.col(j).sum();
      gradient[d + j] += slope_[j] * dz.col(j).dot(noise.col(j));
    }
  }

  void log_density(const Points& z, LogDensities& values) const override {
    values.setConstant(log_normaliser());
    for (Eigen::Index j = 0; j < dimension(); ++j)
      values.array() -= 0.5 * ((z.col(j).array() - location_[j]) / scale_[j]).square();
  }

  void log_density(const Points& z, LogDensities& values, Points& gradients) const override {
    log_density(z, values);
    for (Eigen::Index j = 0; j < dimension(); ++j)
      gradients.col(j).array() = (location_[j] - z.col(j).array()) / (scale_[j] * scale_[j]);
  }

  void log_density_of_placed(const Points& noise, LogDensities& values) const override {
    values.setConstant(log_normaliser());
    for (Eigen::Index j = 0; j < dimension(); ++j)
      values.array() -= 0.5 * noise.col(j).array().square();
  }

  std::optional<double> entropy() const override {
    return 0.5 * static_cast<double>(dimension()) - log_normaliser();
  }

  void add_entropy_gradient(double weight, Eigen::Ref<Vector> gradient) const override {
    gradient.tail(dimension()).array() += weight * slope_.array() / scale_.array();
  }

  Vector mean() const override { return location_; }
  Vector variance() const override { return scale_.array().square(); }
  Eigen::MatrixXd covariance() const override { return variance().asDiagonal(); }

 private:
  double log_normaliser() const {
    return -0.5 * static_cast<double>(dimension()) * log_two_pi - scale_.array().log().sum();
  }

  ScaleMap map_;
  Vector unit_location_;
  Vector unit_scale_;
  Vector parameters_;
  Vector location_;  // of z
  Vector scale_;     // of z
  Vector slope_;     // d scale_ / d its parameter
};

std::unique_ptr<Guide> make(Eigen::Index dimension, std::string_view argument,
                            const GuideSettings& settings) {
  if (!argument.empty())
    throw std::invalid_argument("the guide `meanfield` takes no argument, got `" +
                                std::string(argument) + "`");
  return std::make_unique<MeanField>(dimension, settings.scale_map);
}

}  // namespace

constinit const GuideFamily mean_field = {
    .name = "meanfield",
    .summary = "independent normals, one per unconstrained coordinate",
    .make = &make};

}  // namespace vippl::inference::guides
