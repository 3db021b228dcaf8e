#include "tests/models/comparison.h"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>

#include "lang/check.h"
#include "lang/diagnostic.h"
#include "lang/parse.h"
#include "stdlib/registry.h"

namespace vippl::test {

namespace {

std::optional<lang::SourceText> read_import(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return lang::SourceText(path.generic_string(),
                          std::string(std::istreambuf_iterator<char>(file), {}));
}

void require_no_errors(const lang::Diagnostics& diagnostics, const lang::Sources& sources) {
  if (lang::has_errors(diagnostics)) throw std::runtime_error(lang::render(diagnostics, sources));
}

/// Equal up to rounding; infinities of the same sign and two NaN are equal.
bool is_close(double a, double b, double relative) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (std::isinf(a) || std::isinf(b)) return a == b;
  return std::abs(a - b) <= relative * std::max({1.0, std::abs(a), std::abs(b)});
}

reference::Tensor latent_value(const runtime::Quantity& quantity, const runtime::Draws& draws) {
  reference::Tensor value = reference::filled({}, 0);
  for (const Eigen::Index extent : quantity.shape) {
    value.shape.push_back(static_cast<std::size_t>(extent));
  }
  const auto count = static_cast<Eigen::Index>(reference::element_count(value.shape));
  value.values.clear();
  for (Eigen::Index i = 0; i < count; ++i) value.values.push_back(draws(0, quantity.offset + i));
  return value;
}

runtime::Draws constrained(const runtime::Model& model, const Eigen::VectorXd& point) {
  Eigen::Index scalars = 0;
  for (const runtime::Quantity& quantity : model.quantities()) {
    Eigen::Index count = 1;
    for (const Eigen::Index extent : quantity.shape) count *= extent;
    scalars += count;
  }
  const runtime::Points points = point.transpose();
  runtime::Draws draws(1, scalars);
  model.constrain(points, 1, draws);
  return draws;
}

/// The derivative of the reference along coordinate `i` of z, from four points around it.
double reference_derivative(const Comparison& comparison, const runtime::Model& model,
                            Eigen::VectorXd point, Eigen::Index i) {
  constexpr double step = 1e-3;  // the error is of order step^4
  const double centre = point[i];
  const auto at = [&](double steps) {
    point[i] = centre + steps * step;
    return comparison.evaluate(constrain(model, point)).log_joint;
  };
  return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step);
}

std::string derived_disagreement(const reference::Result& expected, const runtime::Model& model,
                                 const runtime::Draws& draws) {
  for (const runtime::Quantity& quantity : model.quantities()) {
    if (quantity.kind != runtime::Quantity::Kind::derived ||
        expected.drawn.contains(quantity.name)) {
      continue;
    }
    const reference::Tensor found = latent_value(quantity, draws);
    const auto derived = expected.derived.find(quantity.name);
    if (derived == expected.derived.end()) return fmt::format("`{}` is not derived", quantity.name);
    if (derived->second.shape != found.shape) {
      return fmt::format("`{}` has shape {}, the reference {}", quantity.name,
                         reference::text(found.shape), reference::text(derived->second.shape));
    }
    for (std::size_t i = 0; i < found.values.size(); ++i) {
      if (is_close(found.values[i], derived->second.values[i], 1e-9)) continue;
      return fmt::format("element {} of `{}` is {}, the reference {}", i + 1, quantity.name,
                         found.values[i], derived->second.values[i]);
    }
  }
  return "";
}

std::string gradient_disagreement(const Comparison& comparison, const runtime::Model& model,
                                  const Eigen::VectorXd& point, double log_joint) {
  const Eigen::VectorXd gradient = model.gradient(point, false);
  for (Eigen::Index i = 0; i < point.size(); ++i) {
    const double expected = reference_derivative(comparison, model, point, i);
    // Differences of a large number lose its last digits.
    const double slack = 1e-11 * std::abs(log_joint);
    if (std::abs(gradient[i] - expected) <= 1e-5 * std::max(1.0, std::abs(expected)) + slack) {
      continue;
    }
    return fmt::format("the derivative by coordinate {} is {:.6g}, the reference {:.6g}", i,
                       gradient[i], expected);
  }
  return "";
}

}  // namespace

Comparison::Comparison(const ScriptFile& file, const std::filesystem::path& data_folder) {
  sources_.push_back(file.text);
  lang::ParseResult parsed = lang::parse(sources_[0]);
  require_no_errors(parsed.diagnostics, sources_);
  const std::filesystem::path folder = file.path.parent_path();
  require_no_errors(
      lang::expand_imports(parsed.script, sources_,
                           [&](const std::string& path, const lang::SourceText& importer) {
                             const std::filesystem::path beside(importer.name());
                             return read_import(folder / beside.parent_path() / path);
                           }),
      sources_);
  script_ = std::move(parsed.script);
  for (const std::string& name : file.data) data_.add(runtime::read_data(data_folder / name));
}

reference::Result Comparison::evaluate(const Latents& latents) const {
  return reference::evaluate(script_, data_, latents);
}

std::unique_ptr<runtime::Model> Comparison::make_model() const {
  require_no_errors(lang::check(script_, sources_, stdlib::registry(),
                                {.names = data_.names(), .known = !data_.empty()}),
                    sources_);
  try {
    lang::Diagnostics warnings;
    return runtime::make_model(script_, sources_, data_, stdlib::registry(), {}, warnings);
  } catch (const lang::ModelError& failure) {
    throw std::runtime_error(lang::render(failure.diagnostic(), sources_));
  }
}

Latents read_latents(const std::string& json) {
  Latents latents;
  for (const runtime::Field& field : runtime::parse_json(json, "the values").fields) {
    reference::Tensor value = reference::filled({}, 0);
    for (const Eigen::Index extent : field.extents) {
      value.shape.push_back(static_cast<std::size_t>(extent));
    }
    value.values = field.values;
    latents[field.name] = value;
  }
  return latents;
}

Latents constrain(const runtime::Model& model, const Eigen::VectorXd& point) {
  const runtime::Draws draws = constrained(model, point);
  Latents latents;
  for (const runtime::Quantity& quantity : model.quantities()) {
    if (quantity.kind == runtime::Quantity::Kind::latent) {
      latents[quantity.name] = latent_value(quantity, draws);
    }
  }
  return latents;
}

std::string disagreement(const Comparison& comparison, const runtime::Model& model,
                         const Eigen::VectorXd& point, bool& is_finite) {
  const reference::Result expected = comparison.evaluate(constrain(model, point));
  const runtime::Model::Parts found = model.log_joint(point);
  is_finite = std::isfinite(expected.log_joint);
  if (!is_finite) {
    return std::isfinite(found.log_joint) ? fmt::format("the log joint is {}, the reference {}",
                                                        found.log_joint, expected.log_joint)
                                          : "";
  }
  if (!is_close(found.log_joint, expected.log_joint, 1e-9)) {
    return fmt::format("the log joint is {}, the reference {}", found.log_joint,
                       expected.log_joint);
  }
  double sum = 0;
  for (const runtime::Term& term : model.terms(point)) sum += term.value;
  if (!is_close(sum, found.log_joint + found.log_jacobian, 1e-9)) {
    return fmt::format("the terms sum to {}, not {}", sum, found.log_joint + found.log_jacobian);
  }
  std::string problem = derived_disagreement(expected, model, constrained(model, point));
  if (problem.empty()) {
    problem = gradient_disagreement(comparison, model, point, expected.log_joint);
  }
  return problem;
}

}  // namespace vippl::test
