#include "runtime/special.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace vippl;

// Expected values: scipy 1.10.1, gammaln, digamma, polygamma(1, x), betaln, ndtr, ndtri, and
// log(comb(n, k)).

TEST_CASE("log_gamma and its derivatives agree with scipy") {
  struct Case {
    double x;
    double log_gamma;
    double digamma;
    double trigamma;
  };
  const Case cases[] = {
      {1e-05, 11.512919692895826, -100000.57719921567, 10000000001.644913},
      {0.3, 1.0957979948180756, -3.502524222200133, 12.245364546107734},
      {1, 0.0, -0.5772156649015329, 1.6449340668482266},
      {2.5, 0.2846828704729192, 0.7031566406452432, 0.4903577561002349},
      {30, 71.257038967168, 3.384438132685525, 0.033895060357739946},
      {1e6, 12815504.569147611, 13.81551005796419, 1.0000005000001667e-06},
      {-1.5, 0.860047015376481, 0.7031566406452434, 9.379246644989124},
  };
  for (const Case& c : cases) {
    CAPTURE(c.x);
    CHECK(runtime::log_gamma(c.x) == doctest::Approx(c.log_gamma).epsilon(1e-13));
    CHECK(runtime::digamma(c.x) == doctest::Approx(c.digamma).epsilon(1e-13));
    CHECK(runtime::trigamma(c.x) == doctest::Approx(c.trigamma).epsilon(1e-13));
  }
}

TEST_CASE("no special function throws, whatever its argument") {
  const double infinity = std::numeric_limits<double>::infinity();
  const double not_a_number = std::numeric_limits<double>::quiet_NaN();
  CHECK(runtime::log_gamma(0) == infinity);
  CHECK(runtime::log_gamma(-2) == infinity);
  CHECK(std::isnan(runtime::digamma(-2)));
  CHECK(runtime::trigamma(0) == infinity);
  CHECK(runtime::digamma(infinity) == infinity);
  CHECK(runtime::trigamma(infinity) == 0);
  CHECK(std::isnan(runtime::log_gamma(not_a_number)));
  CHECK(std::isnan(runtime::digamma(not_a_number)));
  CHECK(std::isnan(runtime::trigamma(not_a_number)));
  CHECK(std::isnan(runtime::normal_cdf(not_a_number)));
  CHECK(std::isnan(runtime::normal_quantile(not_a_number)));
  CHECK(std::isnan(runtime::normal_quantile(1.5)));
  CHECK(runtime::normal_quantile(0) == -infinity);
  CHECK(runtime::normal_quantile(1) == infinity);
}

TEST_CASE("factorials and binomial coefficients agree with scipy, in the table and beyond it") {
  CHECK(runtime::log_factorial(0) == 0);
  CHECK(runtime::log_factorial(5) == doctest::Approx(std::log(120)));
  CHECK(runtime::log_factorial(1023) == doctest::Approx(std::lgamma(1024)).epsilon(1e-14));
  CHECK(runtime::log_factorial(5000) == doctest::Approx(37591.14350887677).epsilon(1e-14));
  CHECK(runtime::log_choose(30, 11) == doctest::Approx(17.816044315756784).epsilon(1e-12));
  CHECK(runtime::log_beta(2.5, 0.7) == doctest::Approx(-0.33985471015032337).epsilon(1e-12));
}

TEST_CASE("the normal distribution function and its inverse agree with scipy, far out too") {
  CHECK(runtime::normal_cdf(-20) == doctest::Approx(2.7536241186061556e-89).epsilon(1e-12));
  CHECK(runtime::normal_cdf(-1.3) == doctest::Approx(0.09680048458561036).epsilon(1e-14));
  CHECK(runtime::normal_cdf(2.2) == doctest::Approx(0.9860965524865014).epsilon(1e-14));
  CHECK(runtime::normal_quantile(1e-30) == doctest::Approx(-11.464024688443613).epsilon(1e-12));
  CHECK(runtime::normal_quantile(0.02) == doctest::Approx(-2.053748910631823).epsilon(1e-13));
  CHECK(runtime::normal_quantile(0.97) == doctest::Approx(1.8807936081512509).epsilon(1e-13));
}

TEST_CASE(
    "the log of the normal distribution function and Mills' ratio keep their digits far out") {
  struct Case {
    double x;
    double log_normal_cdf;
    double log_mills;
    double log_mills_slope;
  };
  // mpmath 1.2.1: log(erfc(-x / sqrt(2)) / 2), the log of the ratio, and x - 1 / ratio.
  const Case cases[] = {
      {-1000000, -500000000014.73444, 500000000000.91895, -1000000.0},
      {-50, -1254.8313611394199, 1250.9189385332047, -50.0},
      {-35.5, -634.6142631550883, 631.0439385332047, -35.5},
      {-10.5, -58.404187061073245, 56.043938533204674, -10.5},
      {-9.5, -48.30601929896523, 46.043938533204674, -9.5},
      {-1.3, -2.3351032786624426, 1.6621267305370178, -1.4897350354192596},
      {0, -0.6931471805599453, 0.22579135264472744, -0.7978845608028654},
      {2.2, -0.014001005759384578, -0.9366799138394702, -0.3514961531512081},
      {9.9, -2.081375219493206e-23, -2.302489767199369, -0.09904678748682286},
      {10.1, -2.762109471764517e-24, -2.3221090094889623, -0.0971575459568369},
      {40, 0.0, -3.6895034805491154, -0.024968847207263722},
      {1000000, 0.0, -13.815510557965274, -9.99999999998e-07},
  };
  for (const Case& c : cases) {
    CAPTURE(c.x);
    CHECK(std::abs(runtime::log_normal_cdf(c.x) - c.log_normal_cdf) <=
          3e-14 * std::abs(c.log_normal_cdf));
    CHECK(std::abs(runtime::log_mills(c.x) - c.log_mills) <= 1e-13 * (1 + std::abs(c.log_mills)));
    CHECK(std::abs(runtime::log_mills_slope(c.x) - c.log_mills_slope) <=
          1e-11 * std::abs(c.log_mills_slope));
  }
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(runtime::log_normal_cdf(-infinity) == -infinity);
  CHECK(runtime::log_normal_cdf(infinity) == 0);
  CHECK(std::isnan(runtime::log_normal_cdf(std::numeric_limits<double>::quiet_NaN())));
}
