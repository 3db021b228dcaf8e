#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "stdlib/registry.h"
#include "tests/stdlib/distribution_integral.h"
#include "tests/stdlib/distribution_points.h"

using namespace vippl;
using runtime::Distribution;
using runtime::KernelArgument;
using runtime::ScalarKernel;
using tests::ScalarPoint;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// A tail at one point: its log and the partials.
struct Tail {
  double value = 0;
  std::vector<double> partials;
};

Tail tail(ScalarKernel kernel, const ScalarPoint& point) {
  std::vector<KernelArgument> arguments;
  Tail result;
  result.partials.resize(point.size());
  std::vector<double*> partials;
  for (std::size_t k = 0; k < point.size(); ++k) {
    arguments.push_back({&point[k], 0});
    partials.push_back(&result.partials[k]);
  }
  kernel(1, arguments.data(), &result.value, partials.data());
  return result;
}

/// Without partials.
double log_tail(ScalarKernel kernel, const ScalarPoint& point) {
  std::vector<KernelArgument> arguments;
  for (const double& x : point) arguments.push_back({&x, 0});
  double value = 0;
  kernel(1, arguments.data(), &value, nullptr);
  return value;
}

std::span<const double> parameters_of(const ScalarPoint& point) {
  return std::span<const double>(point).subspan(1);
}

ScalarPoint with_value(ScalarPoint point, double y) {
  point[0] = y;
  return point;
}

std::vector<const Distribution*> distributions_with_tails() {
  std::vector<const Distribution*> result;
  for (const Distribution* distribution : stdlib::registry().distributions())
    if (distribution->log_cdf != nullptr) result.push_back(distribution);
  return result;
}

/// Points in the middle, and for the same parameters far out in both tails.
std::vector<ScalarPoint> points_everywhere(const Distribution& distribution, std::size_t count) {
  std::vector<ScalarPoint> points;
  for (const ScalarPoint& point : tests::interior_points(distribution, count)) {
    points.push_back(point);
    const auto quantile = [&](double p) { return distribution.quantile(p, parameters_of(point)); };
    const auto [lower, upper] = tests::ends(distribution, point);
    const bool continuous = tests::is_continuous(distribution, 0);
    const double median = quantile(0.5);
    // Next to a bound other than 0 there is no number so far out.
    const double low = quantile(1e-20);
    if (continuous && low > lower) points.push_back(with_value(point, low));
    double far = median + 15 * (quantile(0.99) - median);
    if (far >= upper) far = continuous ? upper - 1e-6 * (upper - median) : upper - 1;
    if (far > lower) points.push_back(with_value(point, far));
  }
  return points;
}

/// Fourth order; `f` as a function of a step.
template <class F>
double central_difference(const F& f, double h) {
  return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
}

struct Reference {
  std::string_view name;
  ScalarPoint point;  // the value, then the parameters
  double log_cdf;
  double log_ccdf;
};

// The output of `/usr/bin/python3 tests/stdlib/distribution_tails_reference.py` (mpmath 1.2.1,
// scipy 1.10.1).
const std::vector<Reference> references = {
    {"normal", {0.3, 1.2, 0.7}, -2.3098977973267796, -0.10455128411104841},
    {"normal", {-12, 1.2, 0.7}, -181.6545413846809, -1.283615828933123e-79},
    {"normal", {30, 1.2, 0.7}, -0, -851.0039256931254},
    {"laplace", {0.3, 1.2, 0.7}, -1.978861466274231, -0.1487628309214715},
    {"laplace", {-12, 1.2, 0.7}, -19.550290037702805, -3.2315949271546023e-09},
    {"laplace", {30, 1.2, 0.7}, -6.774140149238386e-19, -41.83600432341709},
    {"logistic", {0.3, 1.2, 0.7}, -1.5297994598382878, -0.24408517412400205},
    {"logistic", {-12, 1.2, 0.7}, -18.857142863606047, -6.463189822979588e-09},
    {"logistic", {30, 1.2, 0.7}, -1.3548280298476772e-18, -41.142857142857146},
    {"cauchy", {0.3, 1.2, 0.7}, -1.5586660187149433, -0.23624978378766606},
    {"cauchy", {-12, 1.2, 0.7}, -4.082557923347152, -0.017008094019433477},
    {"cauchy", {30, 1.2, 0.7}, -0.007765247296062742, -4.86197708654783},
    {"cauchy", {-1000000000, 1.2, 0.7}, -22.224670667934543, -2.2281692008609685e-10},
    {"normal", {-40, 0, 1}, -804.6084420137489, -0},
    {"normal", {8, 0, 1}, -6.220960574271786e-16, -35.01343715991455},
    {"laplace", {-40, 0, 1}, -40.69314718055995, -2.1241771276457944e-18},
    {"laplace", {8, 0, 1}, -0.00016774538242126646, -8.693147180559945},
    {"logistic", {-40, 0, 1}, -40, -4.248354255291589e-18},
    {"logistic", {8, 0, 1}, -0.00033540637289576885, -8.000335406372896},
    {"cauchy", {-40, 0, 1}, -4.833817616894664, -0.00798790847530824},
    {"cauchy", {8, 0, 1}, -0.04038815547594649, -3.22934483015542},
    {"cauchy", {-1000000000, 0, 1}, -21.86799572279581, -3.1830988623445127e-10},
    {"gumbel", {0.3, 1.2, 0.7}, -3.6172507852299365, -0.027223632277754282},
    {"gumbel", {-2.5, 1.2, 0.7}, -197.4952010794879, -1.6940412015796623e-86},
    {"gumbel", {60, 1.2, 0.7}, -3.305700626723027e-37, -84.00000000001141},
    {"student_t", {1.2, 0.7, 1.2, 0.7}, -0.6931471805599453, -0.6931471805599453},
    {"student_t", {1.1, 0.7, 1.2, 0.7}, -0.7803376134275618, -0.6129529891042843},
    {"student_t", {-30, 0.7, 1.2, 0.7}, -3.8265551050440814, -0.02202531822388959},
    {"student_t", {1000000, 0.7, 1.2, 0.7}, -1.52789619477075e-05, -11.089041351364315},
    {"half_student_t", {1e-09, 0.7, 0.7}, -20.895457294071182, -8.41817986041955e-10},
    {"half_student_t", {0.5, 0.7, 0.7}, -1.027769188670347, -0.4428621381592315},
    {"half_student_t", {10000, 0.7, 0.7}, -0.0007678685704781043, -7.172275881369004},
    {"student_t", {1.2, 4.5, 1.2, 0.7}, -0.6931471805599453, -0.6931471805599453},
    {"student_t", {1.1, 4.5, 1.2, 0.7}, -0.8067911934143809, -0.5911102622475612},
    {"student_t", {-30, 4.5, 1.2, 0.7}, -15.433151740172308, -1.983660767200075e-07},
    {"student_t", {1000000, 4.5, 1.2, 0.7}, -1.054474888864371e-27, -62.116754603496304},
    {"half_student_t", {1e-09, 4.5, 0.7}, -20.64750440173803, -1.0787052029585614e-09},
    {"half_student_t", {0.5, 4.5, 0.7}, -0.7140975188714804, -0.6726267672515889},
    {"half_student_t", {10000, 4.5, 0.7}, -2.108938300899886e-18, -40.700347027968796},
    {"student_t", {1.2, 200, 1.2, 0.7}, -0.6931471805599453, -0.6931471805599453},
    {"student_t", {1.1, 200, 1.2, 0.7}, -0.8135685145363408, -0.5856810264597859},
    {"student_t", {-30, 200, 1.2, 0.7}, -242.7010175118149, -3.947183732678809e-106},
    {"student_t", {1000000, 200, 1.2, 0.7}, -0, -2308.1744709466707},
    {"half_student_t", {1e-09, 200, 0.7}, -20.59363224044423, -1.1384111897049345e-09},
    {"half_student_t", {0.5, 200, 0.7}, -0.6460409863559521, -0.7425825382678375},
    {"half_student_t", {10000, 200, 0.7}, -0, -1386.4476240736888},
    {"skew_normal", {1.3, 1.2, 0.7, -4}, -0.034350073840881554, -3.3882769844093015},
    {"skew_normal", {-1.5, 1.2, 0.7, -4}, -9.07301512596568, -0.00011472670190295603},
    {"skew_normal", {-20, 1.2, 0.7, -4}, -462.2497996661252, -1.767920550450853e-201},
    {"skew_normal", {20, 1.2, 0.7, -4}, -0, -6143.047591713315},
    {"skew_normal", {1.3, 1.2, 0.7, 0.5}, -0.8895758581613549, -0.5290404544468834},
    {"skew_normal", {-1.5, 1.2, 0.7, 0.5}, -12.936152024759739, -2.409356592717652e-06},
    {"skew_normal", {-20, 1.2, 0.7, 0.5}, -580.767431502974, -5.969105146848901e-253},
    {"skew_normal", {20, 1.2, 0.7, 0.5}, -6.960586887886883e-159, -364.17076599228966},
    {"skew_normal", {1.3, 1.2, 0.7, 4}, -1.9148509116533234, -0.15942231856657108},
    {"skew_normal", {-1.5, 1.2, 0.7, 4}, -134.5352165931992, -3.7333423075926044e-59},
    {"skew_normal", {-20, 1.2, 0.7, 4}, -7808.5939494671, -0},
    {"skew_normal", {20, 1.2, 0.7, 4}, -6.960586887886883e-159, -364.17076599228966},
    {"exp_mod_normal", {1.3, 1.2, 0.7, 0.05}, -4.1208964361436236, -0.016363107206087708},
    {"exp_mod_normal", {-1.5, 1.2, 0.7, 0.05}, -14.585353081737095, -4.630860948280864e-07},
    {"exp_mod_normal", {-20, 1.2, 0.7, 0.05}, -469.70935249220776, -1.0181695726589879e-204},
    {"exp_mod_normal", {20, 1.2, 0.7, 0.05}, -0.4957189204348846, -0.9393875},
    {"exp_mod_normal", {1.3, 1.2, 0.7, 3}, -0.94751740797655, -0.49053673630606104},
    {"exp_mod_normal", {-1.5, 1.2, 0.7, 3}, -10.870594272874847, -1.9009251651859453e-05},
    {"exp_mod_normal", {-20, 1.2, 0.7, 3}, -465.68069195831197, -5.720647049175416e-203},
    {"exp_mod_normal", {20, 1.2, 0.7, 3}, -2.9067692232457703e-24, -54.195},
    {"asymmetric_laplace", {1.2, 1.2, 0.7, 0.3}, -1.2039728043259361, -0.35667494393873234},
    {"asymmetric_laplace", {-40, 1.2, 0.7, 0.3}, -42.40397280432594, -3.838739135539189e-19},
    {"asymmetric_laplace", {70, 1.2, 0.7, 0.3}, -1.0955066817117737e-13, -29.84238922965302},
    {"asymmetric_laplace", {1, 1.2, 0.7, 0.3}, -1.403972804325936, -0.2818580330398585},
    {"generalized_normal", {1.2, 1.2, 0.7, 0.6}, -0.6931471805599453, -0.6931471805599453},
    {"generalized_normal", {1, 1.2, 0.7, 0.6}, -0.8468180456574876, -0.5599758001264477},
    {"generalized_normal", {-7, 1.2, 0.7, 0.6}, -3.8502942455300877, -0.021503017550645303},
    {"generalized_normal", {9, 1.2, 0.7, 0.6}, -0.024106722908992302, -3.7372936661593386},
    {"generalized_normal", {1.2, 1.2, 0.7, 3}, -0.6931471805599453, -0.6931471805599453},
    {"generalized_normal", {1, 1.2, 0.7, 3}, -1.0760236643403338, -0.41695368943720507},
    {"generalized_normal", {-7, 1.2, 0.7, 3}, -1614.0874808729743, -0},
    {"generalized_normal", {9, 1.2, 0.7, 3}, -0, -1390.0341742740213},
    {"half_normal", {1e-09, 0.7}, -20.592382245652406, -1.1398350875108484e-09},
    {"half_normal", {0.5, 0.7}, -0.6444532573147662, -0.7443341141746287},
    {"half_normal", {30, 0.7}, -0, -922.3515543223941},
    {"half_cauchy", {1e-09, 0.7}, -20.818173598297133, -9.094568180815293e-10},
    {"half_cauchy", {0.5, 0.7}, -0.9292161904258266, -0.5023005433762999},
    {"half_cauchy", {10000000, 0.7}, -4.456338505867825e-08, -16.92635330018651},
    {"lognormal", {1e-20, 0.4, 1.3}, -642.8864808030072, -6.279844602352069e-280},
    {"lognormal", {1.3, 0.4, 1.3}, -0.7812326542873053, -0.612196522035074},
    {"lognormal", {1000000000000, 0.4, 1.3}, -1.0004233644794833e-97, -223.3503307455364},
    {"exponential", {1e-12, 0.6}, -28.141846739694838, -6e-13},
    {"exponential", {1.3, 0.6}, -0.6132386566059773, -0.78},
    {"exponential", {2000, 0.6}, -0, -1199.999999999995},
    {"gamma", {1e-08, 0.03, 0.4}, -0.5635222905137307, -0.8421128164925545},
    {"gamma", {0.4, 0.03, 0.4}, -0.04287823698815317, -3.1707533917806905},
    {"inverse_gamma", {40000000, 1.03, 0.4}, -5.680235653005977e-09, -18.9862731197088},
    {"inverse_gamma", {1, 1.03, 0.4}, -0.37929097349691704, -1.1531100498103815},
    {"gamma", {1e-05, 2.5, 0.4}, -32.27401695160053, -9.628808048299144e-15},
    {"gamma", {5, 2.5, 0.4}, -0.7972106518608856, -0.5988994716092456},
    {"gamma", {2000, 2.5, 0.4}, -0, -790.255890865633},
    {"inverse_gamma", {40000, 3.5, 0.4}, -2.718644174763635e-19, -42.748983476014445},
    {"inverse_gamma", {0.08, 3.5, 0.4}, -1.6682675999441632, -0.20896142910607063},
    {"inverse_gamma", {0.0002, 3.5, 0.4}, -1982.1974672975234, -0},
    {"gamma", {150, 400, 0.4}, -422.6008710092287, -2.92936624698459e-184},
    {"gamma", {990, 400, 0.4}, -0.8509453931608604, -0.5568888429767922},
    {"gamma", {1003, 400, 0.4}, -0.6338777218966137, -0.7561520669380114},
    {"gamma", {2500, 400, 0.4}, -5.270023921152084e-104, -237.80681476971975},
    {"inverse_gamma",
     {0.002666666666666667, 401, 0.4},
     -1.8252013452937082e-64,
     -146.76375564448162},
    {"inverse_gamma",
     {0.00040404040404040404, 401, 0.4},
     -230.9022803019529,
     -5.253077474304538e-101},
    {"inverse_gamma",
     {0.0003988035892323031, 401, 0.4},
     -238.69264268550506,
     -2.1732135829346063e-104},
    {"inverse_gamma", {0.00016, 401, 0.4}, -1370.7080308497739, -0},
    {"chi_square", {1e-06, 3.5}, -25.86536602751413, -5.845400358179191e-12},
    {"chi_square", {3, 3.5}, -0.6475325899630296, -0.7409423231367419},
    {"chi_square", {1500, 3.5}, -5e-324, -744.9495448061908},
    {"inverse_chi_square", {0.001, 3.5}, -495.25314467604727, -8.209035276615285e-216},
    {"inverse_chi_square", {0.3, 3.5}, -0.8577420031023598, -0.5518536474180572},
    {"inverse_chi_square", {100000, 3.5}, -3.2871007711450067e-10, -21.83584497841015},
    {"scaled_inverse_chi_square", {0.01, 3.5, 2}, -695.0012181542537, -1.4615242967317993e-302},
    {"scaled_inverse_chi_square", {4, 3.5, 2}, -0.9173610551331806, -0.510112710837219},
    {"scaled_inverse_chi_square", {1000000, 3.5, 2}, -5.922929018554908e-10, -21.24701983704956},
    {"weibull", {1e-30, 1.7, 2.2}, -118.77221725531521, -2.6174683719245866e-52},
    {"weibull", {2, 1.7, 2.2}, -0.5572820681180095, -0.8504179829926404},
    {"weibull", {90, 1.7, 2.2}, -1.9316507820738633e-239, -549.6594622607448},
    {"frechet", {0.05, 1.7, 2.2}, -622.1133915558662, -6.600653409161741e-271},
    {"frechet", {2, 1.7, 2.2}, -1.1758923494079665, -0.3689550773236796},
    {"frechet", {1e+20, 1.7, 2.2}, -3.82048551465431e-34, -76.9475156491783},
    {"log_logistic", {1e-30, 1.7, 2.2}, -118.77221725531521, -2.6174683719245866e-52},
    {"log_logistic", {2, 1.7, 2.2}, -0.7774388559905002, -0.6154115503231478},
    {"log_logistic", {1e+20, 1.7, 2.2}, -3.82048551465431e-34, -76.9475156491783},
    {"rayleigh", {1e-30, 2.2}, -140.42516748093118, -1.0330578512397072e-61},
    {"rayleigh", {2, 2.2}, -1.0832744834293593, -0.4132231404958677},
    {"rayleigh", {90, 2.2}, -0, -836.7768595041272},
    {"pareto", {2.2000001, 1.7, 2.2}, -16.375924823260632, -7.727272539006606e-08},
    {"pareto", {3, 1.7, 2.2}, -0.8921298825755011, -0.527263378116527},
    {"pareto", {1e+30, 1.7, 2.2}, -3.820485514658696e-51, -116.09146223007593},
    {"lomax", {1e-20, 1.7, 2.2}, -46.309530969183015, -7.727272727272726e-21},
    {"lomax", {3, 1.7, 2.2}, -0.2635658585632313, -1.4623421508792895},
    {"lomax", {1e+30, 1.7, 2.2}, -3.820485514658696e-51, -116.09146223007593},
    {"inverse_gaussian", {0.02, 1.5, 0.8}, -21.563896395973735, -4.314383903614368e-10},
    {"inverse_gaussian", {1.4, 1.5, 0.8}, -0.37258578575215234, -1.1678033662026492},
    {"inverse_gaussian", {1.6, 1.5, 0.8}, -0.31760605939544057, -1.3015469612556791},
    {"inverse_gaussian", {90, 1.5, 0.8}, -4.123961850055505e-10, -21.60903661474872},
    {"inverse_gaussian", {0.02, 1.5, 300}, -7306.366916347241, -0},
    {"inverse_gaussian", {1.4, 1.5, 300}, -1.7527196440299206, -0.19031580452087735},
    {"inverse_gaussian", {1.6, 1.5, 300}, -0.18798540334226452, -1.7639116580111562},
    {"inverse_gaussian", {90, 1.5, 300}, -0, -5810.683105818646},
    {"uniform", {-0.999, -1, 4}, -8.517193191416236, -0.0002000200026670669},
    {"uniform", {0.3, -1, 4}, -1.3470736479666092, -0.3011050927839216},
    {"uniform", {3.9999, -1, 4}, -2.0000200002708915e-05, -10.819778284408173},
    {"triangular", {-0.999, -1, 0.5, 4}, -15.830413578506537, -1.3333334222222324e-07},
    {"triangular", {0.5, -1, 0.5, 4}, -1.203972804325936, -0.3566749439387324},
    {"triangular", {3.9999, -1, 0.5, 4}, -5.714285715942486e-10, -21.282881624877614},
    {"beta", {1e-07, 0.5, 3}, -7.430439232723453, -0.0005931028724942038},
    {"beta", {0.3, 0.5, 3}, -0.17427068511998386, -1.833015761626661},
    {"beta", {0.7, 0.5, 3}, -0.009650106451215246, -4.645607505516918},
    {"beta", {1e-07, 40, 7}, -628.6711425148445, -9.36681351703585e-274},
    {"beta", {0.3, 40, 7}, -34.182318412663456, -1.428261516918545e-15},
    {"beta", {0.7, 40, 7}, -5.059348084258291, -0.006369942707332697},
    {"beta", {1e-07, 900, 2500}, -12545.826213244147, -0},
    {"beta", {0.3, 900, 2500}, -2.672384190095163e-06, -12.832540865099311},
    {"beta", {0.7, 900, 2500}, -0, -1370.9770663369052},
    {"beta_proportion", {1e-07, 0.3, 12}, -52.45857920724005, -1.6501693708146265e-23},
    {"beta_proportion", {0.3, 0.3, 12}, -0.6275963882860541, -0.7632981894642618},
    {"beta_proportion", {0.99, 0.3, 12}, -1.7354697863816765e-15, -33.98749824791471},
    {"kumaraswamy", {1e-20, 2.5, 3}, -114.03064236103764, -2.999999999989635e-50},
    {"kumaraswamy", {0.3, 2.5, 3}, -1.9610195816477582, -0.15165448826532527},
    {"kumaraswamy", {0.99999, 2.5, 3}, -1.562464844050944e-14, -31.789926699348747},
    {"logit_normal", {1e-07, 0.3, 1.1}, -115.01234526185775, -1.1240175754207054e-50},
    {"logit_normal", {0.3, 0.3, 1.1}, -1.9073414006101044, -0.160725945868439},
    {"logit_normal", {0.9999, 0.3, 1.1}, -2.7430279108835015e-16, -35.832299100688054},
    {"bernoulli", {0, 0.2}, -0.22314355131420976, -1.6094379124341003},
    {"bernoulli", {0.5, 0.2}, -0.22314355131420976, -1.6094379124341003},
    {"bernoulli_logit", {0, -60}, -8.75651076269652e-27, -60},
    {"bernoulli_logit", {0.5, -60}, -8.75651076269652e-27, -60},
    {"binomial", {0, 12, 0.35}, -5.16939499310945, -0.005704247391772985},
    {"binomial", {3, 12, 0.35}, -1.0594318758114782, -0.42564643225431165},
    {"binomial", {10.5, 12, 0.35}, -7.869065928775268e-05, -9.450025442232684},
    {"binomial", {2000, 9000, 0.4}, -645.0396674002715, -7.291751159196651e-281},
    {"binomial", {3590, 9000, 0.4}, -0.8692000167455419, -0.5434983403655863},
    {"binomial", {4000, 9000, 0.4}, -5.11657847651038e-18, -39.81404572453743},
    {"binomial", {5000, 9000, 0.4}, -9.602607523564745e-195, -446.74205845520834},
    {"binomial_logit", {0, 12, -0.6}, -5.249855405830628, -0.005262097798844925},
    {"binomial_logit", {3, 12, -0.6}, -1.0936272024844047, -0.4079670014343454},
    {"binomial_logit", {10.5, 12, -0.6}, -8.959736591023002e-05, -9.320229435087322},
    {"beta_binomial", {0, 25, 0.4, 2}, -1.0970257376000088, -0.406259328570809},
    {"beta_binomial", {7, 25, 0.4, 2}, -0.24073191567153646, -1.5420238100015937},
    {"beta_binomial", {24, 25, 0.4, 2}, -0.0008354717917496346, -7.087931679429704},
    {"beta_binomial", {0, 25, 30, 20}, -17.029783187684597, -4.018455305243445e-08},
    {"beta_binomial", {7, 25, 30, 20}, -5.0228316088299865, -0.006607634137072781},
    {"beta_binomial", {24, 25, 30, 20}, -4.801136288843204e-05, -9.944096853814825},
    {"poisson", {0, 2.7}, -2.7, -0.06957037328732384},
    {"poisson", {2.5, 2.7}, -0.7059801903741595, -0.6804767724209565},
    {"poisson", {60, 2.7}, -2.847164597850393e-59, -134.8061968655349},
    {"poisson", {1000, 2050}, -335.864959999721, -1.3667881583020092e-146},
    {"poisson", {2050, 2050}, -0.6814681641682537, -0.7049642098173013},
    {"poisson", {4000, 2050}, -2.95701e-317, -728.8352959020665},
    {"poisson_log", {0, 0.8}, -2.225540928492468, -0.11429921113505448},
    {"poisson_log", {2.5, 0.8}, -0.4847139168859371, -0.95678299569249},
    {"poisson_log", {60, 0.8}, -3.446611948935559e-64, -146.12805424688338},
    {"neg_binomial_2", {0, 4, 1.5}, -1.9489244761953912, -0.15364917416601936},
    {"neg_binomial_2", {7, 4, 1.5}, -0.1679784662752642, -1.8667332956473128},
    {"neg_binomial_2", {900, 4, 1.5}, -4.342821071549925e-124, -284.0520273778324},
    {"neg_binomial_2", {0, 300, 80}, -124.65156944372399, -7.320002510579664e-55},
    {"neg_binomial_2", {7, 300, 80}, -103.79448944939185, -8.3680830194376e-46},
    {"neg_binomial_2", {900, 300, 80}, -1.4649196840109713e-28, -64.09058218606779},
    {"neg_binomial_2_log", {0, 1.2, 1.5}, -1.750999616233931, -0.19067675201283504},
    {"neg_binomial_2_log", {7, 1.2, 1.5}, -0.11088915094009491, -2.25415649462462},
    {"neg_binomial_2_log", {900, 1.2, 1.5}, -2.519807064100234e-145, -332.9506561474093},
    {"neg_binomial", {0, 1.5, 0.4}, -1.8791444527430519, -0.16572489802643683},
    {"neg_binomial", {7, 1.5, 0.4}, -0.14629630251018128, -1.994377779531699},
    {"neg_binomial", {900, 1.5, 0.4}, -3.9555290559924333e-131, -300.26353282104844},
    {"geometric", {0, 0.15}, -1.8971199848858813, -0.1625189294977749},
    {"geometric", {7, 0.15}, -0.3181282560200124, -1.3001514359821993},
    {"geometric", {3000, 0.15}, -1.535309964486253e-212, -487.7193074228225},
    {"hypergeometric", {1, 20, 30, 45}, -9.26137451207023, -9.502913797381143e-05},
    {"hypergeometric", {7, 20, 30, 45}, -0.9206250741509404, -0.5079464641455368},
    {"hypergeometric", {18, 20, 30, 45}, -3.0980735332083685e-09, -19.592485361079305},
    {"discrete_uniform", {-3, -3, 8}, -2.4849066497880004, -0.08701137698962977},
    {"discrete_uniform", {0.5, -3, 8}, -1.0986122886681098, -0.4054651081081644},
    {"discrete_uniform", {7, -3, 8}, -0.08701137698962977, -2.4849066497880004},
    {"skellam", {-40, 1.7, 4.2}, -58.53616810295541, -3.784994049986066e-26},
    {"skellam", {-3, 1.7, 4.2}, -0.7189953122484172, -0.6679503745796102},
    {"skellam", {0.5, 1.7, 4.2}, -0.1063005256254272, -2.29416453097772},
    {"skellam", {25, 1.7, 4.2}, -9.245538047987683e-24, -53.03790116990266},
    {"skellam", {-150, 250, 200}, -47.4246026690374, -2.5337091184090886e-21},
    {"skellam", {50, 250, 200}, -0.6738267167095641, -0.7128482910776064},
    {"skellam", {260, 250, 200}, -7.972807792874088e-23, -50.883420412886},
};

}  // namespace

TEST_CASE("tails come with quantiles, and the signature says so") {
  for (const Distribution* distribution : stdlib::registry().distributions()) {
    INFO(distribution->facts.name);
    const bool has_tails = distribution->log_cdf != nullptr;
    CHECK(has_tails == (distribution->log_ccdf != nullptr));
    CHECK(has_tails == (distribution->quantile != nullptr));
    CHECK(has_tails == distribution->facts.has_cdf);
    CHECK((distribution->mean != nullptr) == (distribution->variance != nullptr));
  }
}

TEST_CASE("of distributions of a number, these alone have no tails") {
  std::vector<std::string_view> without;
  for (const Distribution* distribution : stdlib::registry().distributions())
    if (distribution->kernel != nullptr && distribution->log_cdf == nullptr)
      without.push_back(distribution->facts.name);
  CHECK(without == std::vector<std::string_view>{"flat", "von_mises"});
}

TEST_CASE("tails agree with integrals of the density, far out too") {
  for (const Reference& c : references) {
    INFO(c.name, " at ", c.point[0], ", first parameter ", c.point[1]);
    const Distribution* distribution = stdlib::registry().distribution(c.name);
    REQUIRE(distribution != nullptr);
    const double log_cdf = log_tail(distribution->log_cdf, c.point);
    const double log_ccdf = log_tail(distribution->log_ccdf, c.point);
    // Of a chance near 1 the log has the digits of the chance.
    CHECK(std::abs(log_cdf - c.log_cdf) <= 1e-11 * std::abs(c.log_cdf) + 256 * epsilon);
    CHECK(std::abs(log_ccdf - c.log_ccdf) <= 1e-11 * std::abs(c.log_ccdf) + 256 * epsilon);
  }
}

TEST_CASE("every distribution with tails has a reference value") {
  for (const Distribution* distribution : distributions_with_tails()) {
    CAPTURE(distribution->facts.name);
    CHECK(std::ranges::any_of(
        references, [&](const Reference& c) { return c.name == distribution->facts.name; }));
  }
}

TEST_CASE("the two tails are the whole, with and without partials") {
  for (const Distribution* distribution : distributions_with_tails()) {
    for (const ScalarPoint& point : points_everywhere(*distribution, 20)) {
      INFO(distribution->facts.name, " at ", point[0], ", first parameter ", point[1]);
      const double lower = log_tail(distribution->log_cdf, point);
      const double upper = log_tail(distribution->log_ccdf, point);
      CHECK(std::exp(lower) + std::exp(upper) == doctest::Approx(1).epsilon(1e-12));
      CHECK(tail(distribution->log_cdf, point).value == lower);
      CHECK(tail(distribution->log_ccdf, point).value == upper);
    }
  }
}

TEST_CASE("the slope of a tail by the value is the density") {
  for (const Distribution* distribution : distributions_with_tails()) {
    if (!tests::is_continuous(*distribution, 0)) continue;
    for (const ScalarPoint& point : points_everywhere(*distribution, 20)) {
      INFO(distribution->facts.name, " at ", point[0], ", first parameter ", point[1]);
      const double log_density = tests::log_density(*distribution, point);
      for (bool is_lower : {true, false}) {
        CAPTURE(is_lower);
        const Tail found = tail(is_lower ? distribution->log_cdf : distribution->log_ccdf, point);
        const double expected = std::exp(log_density - found.value) * (is_lower ? 1 : -1);
        CHECK(std::abs(found.partials[0] - expected) <= 1e-9 * std::abs(expected) + 1e-300);
      }
    }
  }
}

TEST_CASE("the tails of counts differ by the chances of the counts between") {
  for (const Distribution* distribution : distributions_with_tails()) {
    if (tests::is_continuous(*distribution, 0)) continue;
    for (const ScalarPoint& point : points_everywhere(*distribution, 20)) {
      INFO(distribution->facts.name, " at ", point[0], ", first parameter ", point[1]);
      const double mass = std::exp(tests::log_density(*distribution, point));
      const ScalarPoint before = with_value(point, point[0] - 1);
      for (ScalarKernel kernel : {distribution->log_cdf, distribution->log_ccdf}) {
        const double here = std::exp(log_tail(kernel, point));
        const double change = std::abs(here - std::exp(log_tail(kernel, before)));
        CHECK(std::abs(change - mass) <= 1e-11 * (mass + here));
        CHECK(log_tail(kernel, with_value(point, point[0] + 0.5)) ==
              (point[0] < tests::ends(*distribution, point).upper ? log_tail(kernel, point)
               : kernel == distribution->log_cdf                  ? 0
                                                                  : -infinity));
        CHECK(tail(kernel, point).partials[0] == 0);
      }
    }
  }
}

TEST_CASE("the slopes of tails by the parameters agree with differences") {
  for (const Distribution* distribution : distributions_with_tails()) {
    for (const ScalarPoint& point : points_everywhere(*distribution, 20)) {
      for (ScalarKernel kernel : {distribution->log_cdf, distribution->log_ccdf}) {
        const Tail found = tail(kernel, point);
        for (std::size_t k = 1; k < point.size(); ++k) {
          INFO(distribution->facts.name, ", argument ", k, " at ", point[k], ", value ", point[0],
               kernel == distribution->log_cdf ? ", lower" : ", upper");
          if (!tests::is_continuous(*distribution, k) || found.value == -infinity) {
            CHECK(found.partials[k] == 0);
            continue;
          }
          const auto along = [&](double h) {
            ScalarPoint other = point;
            other[k] += h;
            return log_tail(kernel, other);
          };
          // Inside the domains, whose margins are relative, and short of the value, which may be
          // as near as 1e-6 to a parameter that bounds it.
          const double room = std::min(std::abs(point[k]), 0.05);
          const double gap = std::abs(point[0] - point[k]);
          const double step = std::min(1e-3 * room + 1e-6, 0.01 * gap + (gap == 0 ? 1e-6 : 0));
          const double expected = central_difference(along, step);
          const double rounding =
              4 * epsilon * (std::abs(found.value) + std::abs(point[k] * expected)) / step;
          CHECK(std::abs(found.partials[k] - expected) <=
                1e-6 * (1 + std::abs(expected)) + rounding);
        }
      }
    }
  }
}

TEST_CASE("quantiles invert the distribution function") {
  for (const Distribution* distribution : distributions_with_tails()) {
    if (!tests::is_continuous(*distribution, 0)) continue;
    for (const ScalarPoint& interior : tests::interior_points(*distribution, 10)) {
      for (double p : {1e-40, 1e-12, 0.03, 0.49, 0.5, 0.9, 1 - 1e-6}) {
        INFO(distribution->facts.name, ", p ", p, ", first parameter ", interior[1]);
        const double y = distribution->quantile(p, parameters_of(interior));
        const auto [lower, upper] = tests::ends(*distribution, interior);
        if (y == lower || y == upper) continue;  // nearer to it than any other number
        const ScalarPoint point = with_value(interior, y);
        const Tail found = tail(p < 0.7 ? distribution->log_cdf : distribution->log_ccdf, point);
        const double expected = p < 0.7 ? std::log(p) : std::log1p(-p);
        // The quantile is a rounded number, next to parameters of some size.
        double size = std::abs(y);
        for (double parameter : interior) size = std::max(size, std::abs(parameter));
        const double rounding = 8 * epsilon * size * std::abs(found.partials[0]);
        CHECK(std::abs(found.value - expected) <= 1e-9 + rounding);
      }
    }
  }
}

TEST_CASE("quantiles of numbers folded at 0 keep their digits where squares underflow") {
  const auto quantile = [](std::string_view name, std::vector<double> parameters) {
    return stdlib::registry().distribution(name)->quantile(1e-200, parameters);
  };
  CHECK(quantile("half_normal", {3}) / 1e-200 == doctest::Approx(3 * 1.2533141373155001));
  CHECK(quantile("half_cauchy", {3}) / 1e-200 == doctest::Approx(3 * 1.5707963267948966));
  CHECK(quantile("half_student_t", {1, 3}) / 1e-200 == doctest::Approx(3 * 1.5707963267948966));
}

TEST_CASE("quantiles of counts are the smallest counts that reach the chance") {
  for (const Distribution* distribution : distributions_with_tails()) {
    if (tests::is_continuous(*distribution, 0)) continue;
    for (const ScalarPoint& interior : tests::interior_points(*distribution, 10)) {
      const auto log_cdf = [&](double y) {
        return log_tail(distribution->log_cdf, with_value(interior, y));
      };
      for (double p : {1e-9, 0.03, 0.3, 0.5, 0.9, 1 - 1e-9}) {
        INFO(distribution->facts.name, ", p ", p, ", first parameter ", interior[1]);
        const double y = distribution->quantile(p, parameters_of(interior));
        CHECK(std::floor(y) == y);
        CHECK(log_cdf(y) >= std::log(p) - 1e-9);
        CHECK(log_cdf(y - 1) < std::log(p));
      }
      if (tests::log_density(*distribution, interior) > -20) {
        const double p = std::exp(log_cdf(interior[0]));
        INFO(distribution->facts.name, ", of the chance of at most ", interior[0]);
        if (p < 1) CHECK(distribution->quantile(p, parameters_of(interior)) == interior[0]);
      }
    }
  }
}

TEST_CASE("the quantiles of 0 and 1 are the ends of the support") {
  for (const Distribution* distribution : distributions_with_tails()) {
    for (const ScalarPoint& point : tests::interior_points(*distribution, 3)) {
      INFO(distribution->facts.name);
      const auto [lower, upper] = tests::ends(*distribution, point);
      const double least = distribution->quantile(0, parameters_of(point));
      const double greatest = distribution->quantile(1, parameters_of(point));
      // The support that a signature can tell may be wider (hypergeometric).
      const bool is_wide = distribution->facts.name == "hypergeometric";
      CHECK((is_wide ? least >= lower : least == lower));
      CHECK((is_wide ? greatest <= upper : greatest == upper));
    }
  }
}

TEST_CASE("tails are monotone") {
  for (const Distribution* distribution : distributions_with_tails()) {
    for (const ScalarPoint& point : tests::interior_points(*distribution, 5)) {
      const double from = distribution->quantile(1e-4, parameters_of(point));
      const double to = distribution->quantile(1 - 1e-4, parameters_of(point));
      double lower = -infinity;
      double upper = 0;
      for (int i = 0; i <= 60; ++i) {
        const ScalarPoint at = with_value(point, from + (to - from) * i / 60);
        INFO(distribution->facts.name, " at ", at[0], ", first parameter ", point[1]);
        const double next_lower = log_tail(distribution->log_cdf, at);
        const double next_upper = log_tail(distribution->log_ccdf, at);
        CHECK(next_lower >= lower - 1e-14);
        CHECK(next_upper <= upper + 1e-14);
        lower = next_lower;
        upper = next_upper;
      }
    }
  }
}

TEST_CASE("tails are known beyond the support, and nowhere where a parameter is illegal") {
  const auto check = [](ScalarKernel kernel, const ScalarPoint& point, double expected) {
    const Tail found = tail(kernel, point);
    CHECK(found.value == expected);
    for (double partial : found.partials) CHECK(partial == 0);
  };
  for (const Distribution* distribution : distributions_with_tails()) {
    INFO(distribution->facts.name);
    const ScalarPoint point = tests::interior_points(*distribution, 1)[0];
    const auto [lower, upper] = tests::ends(*distribution, point);
    for (double y : {-infinity, lower - 1}) {
      check(distribution->log_cdf, with_value(point, y), -infinity);
      check(distribution->log_ccdf, with_value(point, y), 0);
    }
    for (double y : {infinity, upper + 1}) {
      check(distribution->log_cdf, with_value(point, y), 0);
      check(distribution->log_ccdf, with_value(point, y), -infinity);
    }
    for (std::size_t k = 0; k < point.size(); ++k) {
      ScalarPoint other = point;
      other[k] = not_a_number;
      CHECK(std::isnan(log_tail(distribution->log_cdf, other)));
      CHECK(std::isnan(log_tail(distribution->log_ccdf, other)));
      if (k == 0 || tests::support_of(*distribution, k).lower.kind == lang::Bound::Kind::none)
        continue;
      other[k] = -100;  // all parameters with a lower bound exceed this
      check(distribution->log_cdf, other, -infinity);
      check(distribution->log_ccdf, other, -infinity);
    }
  }
}

TEST_CASE("means and variances agree with integrals of the density") {
  std::size_t checked = 0;
  for (const Distribution* distribution : stdlib::registry().distributions()) {
    if (distribution->mean == nullptr) continue;
    for (const ScalarPoint& point : tests::interior_points(*distribution, 10)) {
      INFO(distribution->facts.name, ", first parameter ", point[1]);
      const auto [first, upper] = tests::ends(*distribution, point);
      const double lower = tests::is_continuous(*distribution, 0) ? first : first - 1;
      const double mean = distribution->mean(parameters_of(point));
      const double variance = distribution->variance(parameters_of(point));
      CHECK(!(variance < 0));
      if (!std::isfinite(mean)) {
        CHECK(!std::isfinite(variance));
        continue;
      }
      if (!tests::is_resolved(*distribution, point)) continue;
      // The rule stops short where the integrand falls hardly faster than 1 / y.
      const double tolerance = std::isfinite(variance) ? 1e-6 : 1e-3;
      CHECK(tests::expectation(*distribution, point, lower, upper, [](double y) { return y; }) ==
            doctest::Approx(mean).epsilon(tolerance));
      if (!std::isfinite(variance)) continue;
      ++checked;
      const double square = tests::expectation(*distribution, point, lower, upper,
                                               [&](double y) { return (y - mean) * (y - mean); });
      CHECK(square == doctest::Approx(variance).epsilon(1e-5));
    }
  }
  CHECK(checked > 300);
}

TEST_CASE("moments that do not exist are infinite or no number") {
  const auto mean = [](std::string_view name, std::vector<double> parameters) {
    return stdlib::registry().distribution(name)->mean(parameters);
  };
  const auto variance = [](std::string_view name, std::vector<double> parameters) {
    return stdlib::registry().distribution(name)->variance(parameters);
  };
  CHECK(std::isnan(mean("cauchy", {0, 1})));
  CHECK(std::isnan(variance("cauchy", {0, 1})));
  CHECK(std::isnan(mean("student_t", {1, 0, 1})));
  CHECK(variance("student_t", {2, 0, 1}) == infinity);
  CHECK(std::isnan(variance("student_t", {1, 0, 1})));
  CHECK(mean("half_cauchy", {1}) == infinity);
  CHECK(mean("half_student_t", {1, 1}) == infinity);
  CHECK(variance("half_student_t", {2, 1}) == infinity);
  for (std::string_view name : {"inverse_gamma", "frechet", "log_logistic", "pareto", "lomax"}) {
    CAPTURE(name);
    CHECK(mean(name, {1, 1}) == infinity);
    CHECK(variance(name, {2, 1}) == infinity);
  }
  CHECK(mean("inverse_chi_square", {2}) == infinity);
  CHECK(variance("inverse_chi_square", {4}) == infinity);
  CHECK(mean("scaled_inverse_chi_square", {2, 1}) == infinity);
  CHECK(variance("scaled_inverse_chi_square", {4, 1}) == infinity);
}

TEST_CASE("a tail kernel serves any layout of its arguments and any choice of partials") {
  const Distribution& gamma = *stdlib::registry().distribution("gamma");
  const double y[] = {1.5, -1, 40};
  const double shape[] = {2, 2, 3};
  const double rate = 3;
  const KernelArgument arguments[] = {{y, 1}, {shape, 1}, {&rate, 0}};
  double values[3];
  double by_shape[3];
  double* partials[] = {nullptr, by_shape, nullptr};
  gamma.log_ccdf(3, arguments, values, partials);
  for (std::size_t i = 0; i < 3; ++i) {
    const Tail alone = tail(gamma.log_ccdf, {y[i], shape[i], rate});
    CHECK(values[i] == alone.value);
    CHECK(by_shape[i] == alone.partials[1]);
  }
  CHECK(values[1] == 0);
  gamma.log_ccdf(0, arguments, nullptr, partials);
}
