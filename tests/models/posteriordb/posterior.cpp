#include "tests/models/posteriordb/posterior.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <map>
#include <stdexcept>

#include "lang/check.h"
#include "lang/parse.h"
#include "stdlib/registry.h"
#include "tests/models/script_file.h"

namespace vippl::test {
namespace {

std::ifstream open(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return file;
}

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> result(1);
  for (const char c : line) {
    if (c == ',') {
      result.emplace_back();
    } else {
      result.back() += c;
    }
  }
  return result;
}

runtime::Field field(const std::string& name, runtime::Field::Kind kind,
                     std::vector<Eigen::Index> extents, std::vector<double> values) {
  runtime::Field result;
  result.name = name;
  result.kind = kind;
  result.extents = std::move(extents);
  result.values = std::move(values);
  return result;
}

runtime::Field integer(const std::string& name, Eigen::Index value) {
  return field(name, runtime::Field::Kind::integer, {}, {static_cast<double>(value)});
}

runtime::Field real(const std::string& name, double value) {
  return field(name, runtime::Field::Kind::real, {}, {value});
}

/// Row l holds the orthonormal polynomials of degree 1, 2, ... at level l of so many, as R's
/// contr.poly.
Eigen::MatrixXd polynomials(Eigen::Index levels) {
  const Eigen::VectorXd centred = Eigen::VectorXd::LinSpaced(
      levels, -0.5 * static_cast<double>(levels - 1), 0.5 * static_cast<double>(levels - 1));
  Eigen::MatrixXd basis(levels, levels);
  basis.col(0).setConstant(1 / std::sqrt(static_cast<double>(levels)));
  for (Eigen::Index degree = 1; degree < levels; ++degree) {
    Eigen::VectorXd column = centred.cwiseProduct(basis.col(degree - 1));
    for (int pass = 0; pass < 2; ++pass) {  // the second removes what rounding has left
      for (Eigen::Index other = 0; other < degree; ++other) {
        column -= column.dot(basis.col(other)) * basis.col(other);
      }
    }
    basis.col(degree) = column.normalized();
  }
  return basis.rightCols(levels - 1);
}

void append_row(std::vector<double>& values, const Eigen::MatrixXd& contrasts,
                const std::string& level) {
  const Eigen::Index row = std::stol(level) - 1;
  for (Eigen::Index j = 0; j < contrasts.cols(); ++j) values.push_back(contrasts(row, j));
}

runtime::DataFile diamonds(std::ifstream table) {
  const std::array<Eigen::MatrixXd, 3> contrasts = {polynomials(5), polynomials(7), polynomials(8)};
  std::vector<double> prices;
  std::vector<double> rows;
  std::string line;
  std::getline(table, line);  // the header: price, carat, x, y, z, cut, color, clarity
  while (std::getline(table, line)) {
    const std::vector<std::string> stone = cells(line);
    prices.push_back(std::log(std::stod(stone.at(0))));
    const double carat = std::stod(stone.at(1));
    std::array<double, 3> sides = {};
    for (std::size_t i = 0; i < 3; ++i) sides.at(i) = std::log(std::stod(stone.at(2 + i)));
    rows.insert(rows.end(), {1, carat, sides[0], sides[1], sides[2]});
    for (std::size_t i = 0; i < 3; ++i) append_row(rows, contrasts.at(i), stone.at(5 + i));
    for (const double side : sides) rows.push_back(carat * side);
  }
  const auto n = static_cast<Eigen::Index>(prices.size());
  const Eigen::Index k = static_cast<Eigen::Index>(rows.size()) / n;
  runtime::DataFile data;
  data.fields = {integer("N", n), integer("K", k),
                 field("Y", runtime::Field::Kind::real, {n}, std::move(prices)),
                 field("X", runtime::Field::Kind::real, {n, k}, std::move(rows)),
                 integer("prior_only", 0)};
  return data;
}

runtime::DataFile prostate(std::ifstream table) {
  std::vector<double> answers;
  std::vector<double> rows;
  for (std::string line; std::getline(table, line);) {
    const std::vector<std::string> tissue = cells(line);
    answers.push_back(std::stod(tissue.at(0)));
    for (std::size_t j = 1; j < tissue.size(); ++j) {
      rows.push_back(tissue[j].empty() ? 1 : std::log10(std::stod(tissue[j]) / 10));
    }
  }
  const auto n = static_cast<Eigen::Index>(answers.size());
  const Eigen::Index d = static_cast<Eigen::Index>(rows.size()) / n;
  runtime::DataFile data;
  data.fields = {integer("n", n),
                 integer("d", d),
                 field("y", runtime::Field::Kind::integer, {n}, std::move(answers)),
                 field("x", runtime::Field::Kind::real, {n, d}, std::move(rows)),
                 integer("nu_local", 1),
                 integer("nu_global", 1),
                 real("scale_global", 8.30521341198351e-05),
                 integer("scale_icept", 5),
                 integer("slab_scale", 2),
                 integer("slab_df", 100)};
  return data;
}

void require_no_errors(const lang::Diagnostics& diagnostics, const lang::Sources& sources) {
  if (lang::has_errors(diagnostics)) throw std::runtime_error(lang::render(diagnostics, sources));
}

}  // namespace

std::filesystem::path posterior_folder() {
  return std::filesystem::path(VIPPL_SOURCE_DIR) / "examples/posteriordb";
}

std::vector<std::string> posterior_names() {
  std::vector<std::string> names;
  for (const std::filesystem::path& path : script_paths(posterior_folder())) {
    names.push_back(path.stem().string());
  }
  return names;
}

runtime::DataFile posterior_data(const std::string& name) {
  using Reader = runtime::DataFile (*)(std::ifstream);
  static const std::map<std::string, Reader> tables = {
      {"diamonds-diamonds", diamonds}, {"prostate-logistic_regression_rhs", prostate}};
  const auto table = tables.find(name);
  if (table == tables.end())
    return runtime::read_data(posterior_folder() / "data" / (name + ".json"));
  runtime::DataFile data = table->second(open(posterior_folder() / "data" / (name + ".csv")));
  data.path = data.stem = name;
  return data;
}

Posterior make_posterior(const std::string& name) {
  Posterior posterior;
  posterior.sources.push_back(read_script(posterior_folder() / (name + ".vi")).text);
  const lang::ParseResult parsed = lang::parse(posterior.sources[0]);
  require_no_errors(parsed.diagnostics, posterior.sources);
  runtime::DataSet data;
  data.add(posterior_data(name));
  posterior.warnings = lang::check(parsed.script, posterior.sources, stdlib::registry(),
                                   {.names = data.names(), .known = true});
  require_no_errors(posterior.warnings, posterior.sources);
  try {
    posterior.model = runtime::make_model(parsed.script, posterior.sources, data,
                                          stdlib::registry(), {}, posterior.warnings);
  } catch (const lang::ModelError& failure) {
    throw std::runtime_error(lang::render(failure.diagnostic(), posterior.sources));
  }
  return posterior;
}

}  // namespace vippl::test
