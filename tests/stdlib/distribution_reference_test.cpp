#include <doctest/doctest.h>

#include <algorithm>

#include "stdlib/registry.h"
#include "tests/stdlib/distribution_points.h"

// The expected values are the output of `/usr/bin/python3 tests/stdlib/distribution_reference.py`
// (scipy 1.10.1).

using namespace vippl;

namespace {

struct NumberCase {
  std::string_view name;
  tests::ScalarPoint point;  // the value, then the parameters
  double log_density;
};

struct EventCase {
  std::string_view name;
  tests::EventPoint point;
  double log_density;
};

const std::vector<NumberCase> number_cases = {
    {"normal", {0.3, 1.2, 0.7}, -1.388794201510838},
    {"cauchy", {0.3, 1.2, 0.7}, -1.7637690942556232},
    {"laplace", {0.3, 1.2, 0.7}, -1.6221865223354983},
    {"logistic", {0.3, 1.2, 0.7}, -1.4172096900235573},
    {"student_t", {0.3, 4.5, 1.2, 0.7}, -1.4777846288724974},
    {"gumbel", {0.3, 1.2, 0.7}, -1.974861555576918},
    {"normal", {-40, 2, 1.5}, -393.3244036413128},
    {"cauchy", {-40, 2, 1.5}, -8.215878711739972},
    {"laplace", {-40, 2, 1.5}, -29.098612288668107},
    {"logistic", {-40, 2, 1.5}, -28.405465108109546},
    {"student_t", {-40, 4.5, 2, 1.5}, -15.586177073872213},
    {"normal", {0.001, 0, 0.01}, 3.6812316527834184},
    {"cauchy", {0.001, 0, 0.01}, 3.4504899692855227},
    {"laplace", {0.001, 0, 0.01}, 3.8120230054281454},
    {"logistic", {0.001, 0, 0.01}, 3.216376865840949},
    {"student_t", {0.001, 4.5, 0, 0.01}, 3.6250051656674342},
    {"gumbel", {0.001, 0, 0.01}, 3.600332767952131},
    {"student_t", {1.5, 0.5, 0, 2}, -2.5690089582537396},
    {"student_t", {1.5, 300, 0, 2}, -1.8948423249977937},
    {"lognormal", {0.02, 0.4, 1.3}, -2.770327839386496},
    {"exponential", {0.02, 0.6}, -0.5228256237659907},
    {"gamma", {0.02, 2.5, 0.4}, -8.451444208300526},
    {"gamma", {0.02, 0.3, 2}, 1.81056226314961},
    {"inverse_gamma", {0.02, 2.5, 0.4}, -8.883329181159796},
    {"chi_square", {0.02, 3.5}, -4.072623699030528},
    {"weibull", {0.02, 1.7, 2.2}, -3.5485039228537887},
    {"half_normal", {0.02, 5}, -1.8352372650788276},
    {"half_cauchy", {0.02, 5}, -2.0610366175955566},
    {"half_student_t", {0.02, 3, 2.5}, -1.2240750671492817},
    {"lognormal", {1.3, 0.4, 1.3}, -1.4492716762507714},
    {"exponential", {1.3, 0.6}, -1.2908256237659907},
    {"gamma", {1.3, 2.5, 0.4}, -2.70186330345707},
    {"gamma", {1.3, 0.3, 2}, -3.6715088257773356},
    {"inverse_gamma", {1.3, 2.5, 0.4}, -3.801376933486832},
    {"chi_square", {1.3, 3.5}, -1.5818332466088003},
    {"weibull", {1.3, 1.7, 2.2}, -1.0349641778308898},
    {"half_normal", {1.3, 5}, -1.8690292650788276},
    {"half_cauchy", {1.3, 5}, -2.126433756271787},
    {"half_student_t", {1.3, 3, 2.5}, -1.3966324267758874},
    {"lognormal", {25, 0.4, 1.3}, -6.751084218997873},
    {"exponential", {25, 0.6}, -15.51082562376599},
    {"gamma", {25, 2.5, 0.4}, -7.747095962856005},
    {"gamma", {25, 0.3, 2}, -53.14106691805783},
    {"inverse_gamma", {25, 2.5, 0.4}, -13.857475087197011},
    {"chi_square", {25, 3.5}, -11.214449576308267},
    {"weibull", {25, 1.7, 2.2}, -60.84096088010691},
    {"half_normal", {25, 5}, -14.335229265078826},
    {"half_cauchy", {25, 5}, -5.319117155745038},
    {"half_student_t", {25, 3, 2.5}, -8.296265800060771},
    {"beta", {0.0001, 0.5, 3}, 4.540431654849853},
    {"beta", {0.0001, 20, 7}, -159.65450073575704},
    {"logit_normal", {0.0001, 0.3, 1.1}, -29.17763967390725},
    {"beta", {0.3, 0.5, 3}, -0.1759020068520678},
    {"beta", {0.3, 20, 7}, -9.672966584032771},
    {"logit_normal", {0.3, 0.3, 1.1}, 0.0024765639957307073},
    {"beta", {0.98, 0.5, 3}, -7.8784831783351015},
    {"beta", {0.98, 20, 7}, -8.513423109809334},
    {"logit_normal", {0.98, 0.3, 1.1}, -2.4130862456846143},
    {"uniform", {0.3, -1, 4}, -1.6094379124341003},
    {"uniform", {4, -1, 4}, -1.6094379124341003},
    {"bernoulli", {0, 0.2}, -0.22314355131420976},
    {"bernoulli_logit", {0, -0.7}, -0.40318604888545784},
    {"bernoulli", {1, 0.2}, -1.6094379124341003},
    {"bernoulli_logit", {1, -0.7}, -1.103186048885458},
    {"bernoulli_logit", {1, -40}, -40.0},
    {"bernoulli_logit", {0, 800}, -800.0},
    {"bernoulli_logit", {1, 800}, 0.0},
    {"binomial", {0, 12, 0.35}, -5.169394993109451},
    {"binomial_logit", {0, 12, 0.4}, -10.956183028799432},
    {"poisson", {0, 2.7}, -2.7},
    {"poisson_log", {0, 0.8}, -2.225540928492468},
    {"neg_binomial_2", {0, 4, 1.5}, -1.9489244761953914},
    {"neg_binomial_2_log", {0, 1.2, 1.5}, -1.7509996162339312},
    {"binomial", {3, 12, 0.35}, -1.6328850719757604},
    {"binomial_logit", {3, 12, 0.4}, -4.362555482447071},
    {"poisson", {3, 2.7}, -1.5120041501972046},
    {"poisson_log", {3, 0.8}, -1.6173003977205225},
    {"neg_binomial_2", {3, 4, 1.5}, -2.1215263303013625},
    {"neg_binomial_2_log", {3, 1.2, 1.5}, -2.086634833776654},
    {"binomial", {12, 12, 0.35}, -12.597865493984134},
    {"binomial_logit", {12, 12, 0.4}, -6.156183028799431},
    {"poisson", {12, 2.7}, -10.768193219538482},
    {"poisson_log", {12, 0.8}, -12.61275542415435},
    {"neg_binomial_2", {12, 4, 1.5}, -4.376725351399745},
    {"neg_binomial_2_log", {12, 1.2, 1.5}, -4.830933945185291},
    {"poisson", {2000, 2050}, -5.334206248900955},
    {"binomial", {4000, 9000, 0.4}, -41.408955212217734},
    {"flat", {17.5}, 0.0},
};

const std::vector<EventCase> event_cases = {
    {"multi_normal",
     {{{1, 0.2, 1.1}, {0.5, -1, 2}, {2, 0.5, 0.1, 0.5, 1.5, -0.3, 0.1, -0.3, 0.8}},
      {{3}, {3}, {3, 3}}},
     -3.8932010646133453},
    {"multi_normal_cholesky",
     {{{1, 0.2, 1.1}, {0.5, -1, 2}, {1.5, 0, 0, -0.4, 0.7, 0, 0.2, 0.9, 1.1}}, {{3}, {3}, {3, 3}}},
     -7.740574120908294},
    {"dirichlet", {{{0.2, 0.5, 0.3}, {1.5, 2, 0.7}}, {{3}, {3}}}, 0.7717963325849542},
    {"categorical", {{{2}, {0.2, 0.5, 0.3}}, {{}, {3}}}, -0.6931471805599453},
    {"categorical_logit", {{{3}, {0.3, -1, 2}}, {{}, {3}}}, -0.20902076654506022},
    {"ordered_logistic", {{{1}, {0.3}, {-1, 0.5, 2}}, {{}, {}, {3}}}, -1.5410084538329922},
    {"ordered_logistic", {{{3}, {0.3}, {-1, 0.5, 2}}, {{}, {}, {3}}}, -1.218407357693312},
    {"ordered_logistic", {{{4}, {0.3}, {-1, 0.5, 2}}, {{}, {}, {3}}}, -1.8677860293862656},
    {"multinomial", {{{2, 0, 3}, {5}, {0.2, 0.5, 0.3}}, {{3}, {}, {3}}}, -4.528209144851963},
    {"lkj_corr_cholesky", {{{1, 0, 0.6, 0.8}, {0.7}}, {{2, 2}, {}}}, -0.7847201486711569},
    {"lkj_corr_cholesky", {{{1, 0, 0.6, 0.8}, {1}}, {{2, 2}, {}}}, -0.6931471805599453},
    {"lkj_corr_cholesky", {{{1, 0, 0.6, 0.8}, {3}}, {{2, 2}, {}}}, -0.9571127263944103},
    {"lkj_corr_cholesky",
     {{{1, 0, 0, 0.6, 0.8, 0, 0, 0.6, 0.8}, {1}}, {{3, 3}, {}}},
     -1.8194561424530646},
};

}  // namespace

TEST_CASE("densities of numbers agree with scipy") {
  for (const NumberCase& c : number_cases) {
    INFO(c.name, " at ", c.point[0]);
    const runtime::Distribution* distribution = stdlib::registry().distribution(c.name);
    REQUIRE(distribution != nullptr);
    CHECK(tests::log_density(*distribution, c.point) ==
          doctest::Approx(c.log_density).epsilon(1e-11));
  }
}

TEST_CASE("densities with vectors and matrices agree with scipy") {
  for (const EventCase& c : event_cases) {
    CAPTURE(c.name);
    const runtime::Distribution* distribution = stdlib::registry().distribution(c.name);
    REQUIRE(distribution != nullptr);
    CHECK(tests::event_log_density(*distribution, c.point) ==
          doctest::Approx(c.log_density).epsilon(1e-11));
  }
}

TEST_CASE("every distribution has a reference value") {
  for (const runtime::Distribution* distribution : stdlib::registry().distributions()) {
    const auto is_of_it = [&](const auto& c) { return c.name == distribution->facts.name; };
    CAPTURE(distribution->facts.name);
    CHECK((std::ranges::any_of(number_cases, is_of_it) ||
           std::ranges::any_of(event_cases, is_of_it)));
  }
}
