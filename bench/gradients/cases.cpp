#include "bench/gradients/cases.h"

#include <cmath>

#include "bench/gradients/generated_data.h"

namespace vippl::bench {

namespace {

using runtime::DataSet;
using runtime::Field;

const std::string posteriordb = VIPPL_SOURCE_DIR "/examples/posteriordb/";
const std::string radon_stem = "radon_all-radon_variable_intercept_slope_noncentered";
const std::string models = VIPPL_SOURCE_DIR "/bench/models/";

std::function<DataSet()> reading(const std::string& path) {
  return [path] {
    DataSet data;
    data.add(runtime::read_data(path));
    return data;
  };
}

Matrix matrix(const DataSet& data, const std::string& name) {
  const Field& field = *data.find(name);
  Matrix result{1, 1, field.values};
  if (!field.extents.empty()) result.r = field.extents[0];
  if (field.extents.size() > 1) result.c = field.extents[1];
  return result;
}

/// {name there, name here} of what is used as it is.
std::function<Data(const DataSet&)> renaming(
    const std::vector<std::pair<std::string, std::string>>& names) {
  return [names](const DataSet& data) {
    Data result;
    for (const auto& [there, here] : names) result[there] = matrix(data, here);
    return result;
  };
}

Data diamonds(const DataSet& data) {
  Matrix x = matrix(data, "X");
  Matrix centred{x.r, x.c - 1, {}};
  std::vector<double> means(static_cast<std::size_t>(x.c), 0.0);
  for (std::size_t i = 0; i < x.v.size(); ++i)
    means[i % means.size()] += x.v[i] / static_cast<double>(x.r);
  for (std::size_t i = 0; i < x.v.size(); ++i) {
    if (i % means.size() > 0) centred.v.push_back(x.v[i] - means[i % means.size()]);
  }
  return {{"dia.X", centred}, {"dia.y", matrix(data, "Y")}};
}

Data radon(const DataSet& data) {
  Matrix index = matrix(data, "county_idx");
  for (double& county : index.v) county -= 1;
  return {{"rad.idx", index},
          {"rad.f", matrix(data, "floor_measure")},
          {"rad.y", matrix(data, "log_radon")},
          {"rad.J", matrix(data, "J")}};
}

void standardise(std::vector<double>& x) {
  const auto n = static_cast<double>(x.size());
  double mean = 0;
  for (const double value : x) mean += value / n;
  double variance = 0;
  for (const double value : x) variance += (value - mean) * (value - mean) / (n - 1);
  for (double& value : x) value = (value - mean) / std::sqrt(variance);
}

Data wine(const DataSet& data) {
  std::vector<std::vector<double>> columns;
  for (const Field& field : data.files()[0].fields) {
    if (field.name == "alcohol" || field.name == "cultivar") continue;
    columns.push_back(field.values);
    standardise(columns.back());
  }
  Matrix y = matrix(data, "alcohol");
  standardise(y.v);
  Matrix x{y.r, static_cast<long>(columns.size()) + 1, {}};
  for (std::size_t i = 0; i < y.v.size(); ++i) {
    for (const std::vector<double>& column : columns) x.v.push_back(column[i]);
    x.v.push_back(1);
  }
  return {{"wine.X", x}, {"wine.y", y}};
}

std::vector<double> logs(std::vector<double> values) {
  for (double& value : values) value = std::log(value);
  return values;
}

Data houses(const DataSet& data) {
  Matrix index = matrix(data, "where");
  for (double& county : index.v) county -= 1;
  return {{"rad.idx", index},
          {"rad.f", matrix(data, "below")},
          {"rad.y", matrix(data, "level")},
          {"rad.J", matrix(data, "K")}};
}

Case posterior(const std::string& name, const std::string& stem) {
  Case result;
  result.name = name;
  result.scripts = {posteriordb + stem + ".vi"};
  result.load = reading(posteriordb + "data/" + stem + ".json");
  result.by_hand = {name};
  return result;
}

// A model of models/ with data that are drawn.
Case drawn(const std::string& name, std::function<DataSet()> load) {
  Case result;
  result.name = name;
  result.scripts = {models + name + ".vi"};
  result.load = std::move(load);
  result.by_hand = {name};
  return result;
}

std::vector<Case> own_models() {
  std::vector<Case> cases;

  Case c = drawn("ar2", &level_data);
  c.coordinates = {{"width", 0}, {"back_two", 1}, {"back_one", 2}, {"drift", 3}};
  c.convert = renaming({{"ar2.y", "level"}});
  cases.push_back(c);

  c = drawn("claims", &claims_data);
  c.coordinates = {{"level", 0}, {"effect", 1}};
  c.convert =
      renaming({{"claims.X", "features"}, {"claims.y", "claims"}, {"claims.exposure", "exposure"}});
  cases.push_back(c);

  c = drawn("clinics", &clinics_data);
  c.coordinates = {{"centre", 0}, {"spread", 1}, {"offset", 2}, {"by_dose", 62}, {"by_age", 63}};
  c.convert = renaming({{"clinics.y", "cured"},
                        {"clinics.clinic", "clinic"},
                        {"clinics.dose", "dose"},
                        {"clinics.age", "age"}});
  cases.push_back(c);

  c = drawn("radon_shuffled",
            [] { return shuffled_houses(posteriordb + "data/" + radon_stem + ".json"); });
  c.by_hand = {"radon", "radon, sums"};
  c.coordinates = {{"noise", 0},
                   {"base_spread", 1},
                   {"slope_spread", 2},
                   {"base_offset", 3},
                   {"slope_offset", 3 + 386},
                   {"base_centre", 3 + 2 * 386},
                   {"slope_centre", 4 + 2 * 386}};
  c.convert = &houses;
  cases.push_back(c);

  c = drawn("three_kinds", &sizes_data);
  c.coordinates = {{"preference", 0}, {"first", 2}, {"second", 3}, {"third", 4}, {"spread", 5}};
  c.convert = renaming({{"kinds.y", "size"}});
  c.point = {0.2, -0.3, -2.8, 0.2, 2.4, -0.6, -0.2, 0.1};
  cases.push_back(c);
  return cases;
}

}  // namespace

std::vector<Case> all_cases() {
  std::vector<Case> cases;

  Case c = posterior("eight_schools", "eight_schools-eight_schools_noncentered");
  c.published = 0.033;
  c.coordinates = {{"eta", 0}, {"mu", 8}, {"tau", 9}};
  c.convert = renaming({{"es.y", "y"}, {"es.s", "sigma"}});
  cases.push_back(c);

  c = posterior("diamonds", "diamonds-diamonds");
  c.published = 20.7;
  c.scripts.push_back(models + "diamonds_loop.vi");
  c.load = reading(VIPPL_DIAMONDS);
  c.by_hand.push_back("diamonds, sums");
  c.coordinates = {{"b", 0}, {"Intercept", 24}, {"sigma", 25}};
  c.convert = &diamonds;
  for (int i = 0; i < 24; ++i) c.point.push_back(0.3 * std::sin(1.7 * i + 0.5));
  c.point.insert(c.point.end(), {7.7, -0.5});
  cases.push_back(c);

  c = posterior("radon", radon_stem);
  c.published = 7.8;
  c.scripts.push_back(models + "radon_loop.vi");
  c.by_hand.push_back("radon, sums");
  c.coordinates = {{"sigma_y", 0},          {"sigma_alpha", 1},    {"sigma_beta", 2},
                   {"alpha_raw", 3},        {"beta_raw", 3 + 386}, {"mu_alpha", 3 + 2 * 386},
                   {"mu_beta", 4 + 2 * 386}};
  c.convert = &radon;
  cases.push_back(c);

  c = posterior("arK", "arK-arK");
  c.published = 0.23;
  c.coordinates = {{"alpha", 0}, {"beta", 1}, {"sigma", 6}};
  c.convert = renaming({{"ark.y", "y"}});
  cases.push_back(c);

  c = posterior("garch11", "garch-garch11");
  c.published = 1.16;
  c.coordinates = {{"mu", 0}, {"alpha0", 1}, {"alpha1", 2}, {"beta1", 3}};
  c.convert = renaming({{"garch.y", "y"}, {"garch.s1", "sigma1"}});
  c.point = {0.3, -0.2, 0.4, -0.3};
  cases.push_back(c);

  c = posterior("irt_2pl", "irt_2pl-irt_2pl");
  c.published = 5.8;
  c.coordinates = {{"sigma_theta", 0}, {"theta", 1},     {"sigma_a", 101}, {"a", 102},
                   {"mu_b", 122},      {"sigma_b", 123}, {"b", 124}};
  c.convert = renaming({{"irt.y", "y"}});
  cases.push_back(c);

  c = posterior("gp_regr", "gp_pois_regr-gp_regr");
  c.published = 1.83;
  c.coordinates = {{"rho", 0}, {"alpha", 1}, {"sigma", 2}};
  c.convert = renaming({{"gp.x", "x"}, {"gp.y", "y"}});
  c.point = {1.6, 0.4, 0.2};
  cases.push_back(c);

  c = posterior("hmm_drive_0", "bball_drive_event_0-hmm_drive_0");
  c.published = 2.86;
  c.scripts.push_back(models + "hmm_loop.vi");
  const double two = std::sqrt(2.0);  // the isometric log-ratio of two chances is logit / sqrt(2)
  c.coordinates = {{"theta1", 0, two}, {"theta2", 1, two}, {"phi", 2}, {"lambda", 4}};
  c.convert = renaming({{"hmm.u", "u"}, {"hmm.v", "v"}, {"hmm.alpha", "alpha"}});
  c.point = {1.0, -1.2, 0.2, 0.5, -3.0, -2.0};
  cases.push_back(c);

  c = posterior("low_dim_gauss_mix", "low_dim_gauss_mix-low_dim_gauss_mix");
  c.published = 3.9;
  c.scripts.push_back(models + "mixture_loop.vi");
  c.coordinates = {{"mu", 0}, {"sigma", 2}, {"theta", 4}};
  c.convert = renaming({{"mix.y", "y"}});
  c.point = {-2.5, 1.6, 0.1, 0.05, 0.3};
  cases.push_back(c);

  c = posterior("logistic", "");
  c.published = 1289;
  c.scripts = {models + "logistic.vi"};
  c.load = &logistic_data;
  c.coordinates = {{"slope", 0}, {"intercept", 20}};
  c.convert = renaming({{"log.X", "X"}, {"log.y", "y"}});
  cases.push_back(c);

  // The two choose their steps by themselves and agree as far as they are accurate.
  c = posterior("lotka_volterra", "hudson_lynx_hare-lotka_volterra");
  c.by_hand.push_back("lotka_volterra, fixed steps");
  c.coordinates = {{"theta", 0}, {"z_init", 4}, {"sigma", 6}};
  c.convert = renaming({{"lv.y0", "y_init"}, {"lv.y", "y"}});
  c.point = logs({0.55, 0.028, 0.80, 0.024, 33.9, 5.9, 0.25, 0.25});
  c.tolerance = 1e-3;
  cases.push_back(c);

  c = posterior("wine", "");
  c.published = 0.43;
  c.scripts = {VIPPL_SOURCE_DIR "/examples/wine/wine.vi"};
  c.load = reading(VIPPL_SOURCE_DIR "/examples/wine/wine.csv");
  c.by_hand.push_back("wine, sums");
  c.coordinates = {{"weight", 0}, {"bias", 12}};
  c.convert = &wine;
  cases.push_back(c);

  for (Case& own : own_models()) cases.push_back(std::move(own));
  return cases;
}

}  // namespace vippl::bench
