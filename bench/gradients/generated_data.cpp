#include "bench/gradients/generated_data.h"

#include <cmath>
#include <numeric>
#include <utility>

#include "runtime/random.h"

namespace vippl::bench {

namespace {

using Eigen::Index;
using runtime::DataFile;
using runtime::DataSet;
using runtime::Field;
using runtime::Rng;

Rng generator(std::uint64_t seed) { return Rng(seed, runtime::Purpose::test); }

Field field(const std::string& name, Field::Kind kind, std::vector<Index> extents,
            std::vector<double> values) {
  Field result;
  result.name = name;
  result.kind = kind;
  result.extents = std::move(extents);
  result.values = std::move(values);
  return result;
}
Field reals(const std::string& name, std::vector<Index> extents, std::vector<double> values) {
  return field(name, Field::Kind::real, std::move(extents), std::move(values));
}
Field whole_numbers(const std::string& name, std::vector<Index> extents,
                    std::vector<double> values) {
  return field(name, Field::Kind::integer, std::move(extents), std::move(values));
}

DataSet file_of(const std::string& name, std::vector<Field> fields) {
  DataFile file;
  file.path = file.stem = name;
  file.fields = std::move(fields);
  DataSet data;
  data.add(file);
  return data;
}

std::vector<double> normals(Rng& rng, std::size_t count) {
  std::vector<double> values(count);
  rng.fill_normal(values);
  return values;
}

double success(Rng& rng, double logit) { return rng.uniform() < 1 / (1 + std::exp(-logit)); }

}  // namespace

DataSet logistic_data() {
  constexpr Index rows = 100000;
  constexpr Index columns = 20;
  Rng rng = generator(20240611);
  std::vector<double> slope(columns);
  for (double& b : slope) b = 0.3 * rng.normal();
  std::vector<double> x = normals(rng, rows * columns);
  std::vector<double> y(rows);
  for (std::size_t i = 0; i < y.size(); ++i) {
    double logit = 0.2;
    for (std::size_t j = 0; j < slope.size(); ++j) logit += slope[j] * x[i * columns + j];
    y[i] = success(rng, logit);
  }
  return file_of("logistic", {whole_numbers("y", {rows}, std::move(y)),
                              reals("X", {rows, columns}, std::move(x))});
}

DataSet level_data() {
  constexpr Index months = 300;
  Rng rng = generator(1);
  std::vector<double> level = {0.4, -0.1};
  while (level.size() < months) {
    const std::size_t t = level.size();
    level.push_back(0.3 * level[t - 2] + 0.5 * level[t - 1] + 0.2 + 0.6 * rng.student_t(4));
  }
  return file_of("ar2", {reals("level", {months}, std::move(level))});
}

DataSet claims_data() {
  constexpr Index policies = 4000;
  constexpr Index columns = 8;
  Rng rng = generator(2);
  std::vector<double> effect = normals(rng, columns);
  std::vector<double> features = normals(rng, policies * columns);
  std::vector<double> claims;
  std::vector<double> exposure;
  for (std::size_t i = 0; i < policies; ++i) {
    exposure.push_back(0.2 + rng.uniform());
    double log_rate = -0.5 + std::log(exposure[i]);
    for (std::size_t j = 0; j < columns; ++j)
      log_rate += 0.2 * effect[j] * features[i * columns + j];
    claims.push_back(rng.poisson(std::exp(log_rate)));
  }
  return file_of("claims", {whole_numbers("claims", {policies}, std::move(claims)),
                            reals("exposure", {policies}, std::move(exposure)),
                            reals("features", {policies, columns}, std::move(features))});
}

DataSet clinics_data() {
  constexpr Index patients = 8000;
  constexpr std::size_t clinics = 60;
  Rng rng = generator(3);
  const std::vector<double> offset = normals(rng, clinics);
  std::vector<double> dose = normals(rng, patients);
  std::vector<double> age = normals(rng, patients);
  std::vector<double> clinic;
  std::vector<double> cured;
  for (std::size_t i = 0; i < patients; ++i) {
    const std::size_t k = i < clinics ? i : rng.index(clinics);
    clinic.push_back(static_cast<double>(k + 1));
    cured.push_back(success(rng, 0.3 + 0.7 * offset[k] + 0.8 * dose[i] - 0.4 * age[i]));
  }
  return file_of("clinics", {whole_numbers("cured", {patients}, std::move(cured)),
                             whole_numbers("clinic", {patients}, std::move(clinic)),
                             whole_numbers("clinics", {}, {clinics}),
                             reals("dose", {patients}, std::move(dose)),
                             reals("age", {patients}, std::move(age))});
}

DataSet sizes_data() {
  constexpr Index count = 1000;
  Rng rng = generator(4);
  std::vector<double> size;
  for (Index i = 0; i < count; ++i) {
    const double kind = rng.uniform();
    size.push_back(kind < 0.3   ? -3 + 0.5 * rng.normal()
                   : kind < 0.7 ? 0.3 + 0.8 * rng.normal()
                                : 2.5 + 1.1 * rng.normal());
  }
  return file_of("three_kinds", {reals("size", {count}, std::move(size))});
}

DataSet shuffled_houses(const std::string& path) {
  DataSet houses;
  houses.add(runtime::read_data(path));
  const Field& where = *houses.find("county_idx");
  const Field& below = *houses.find("floor_measure");
  const Field& level = *houses.find("log_radon");
  std::vector<std::size_t> order(where.values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Rng rng = generator(5);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng.index(i)]);
  const auto in_order = [&](const Field& column) {
    std::vector<double> values;
    for (const std::size_t i : order) values.push_back(column.values[i]);
    return values;
  };
  const auto count = static_cast<Index>(order.size());
  return file_of("radon_shuffled", {whole_numbers("K", {}, houses.find("J")->values),
                                    whole_numbers("where", {count}, in_order(where)),
                                    whole_numbers("below", {count}, in_order(below)),
                                    reals("level", {count}, in_order(level))});
}

}  // namespace vippl::bench
