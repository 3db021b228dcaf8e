#include "lang/checking/synonyms.h"

#include <algorithm>
#include <vector>

namespace vippl::lang::checking {

namespace {

struct Synonym {
  std::string_view squashed;  // in lower case, without `_`
  std::string_view name;
};

constexpr Synonym synonyms[] = {
    {"gaussian", "normal"},
    {"gauss", "normal"},
    {"norm", "normal"},
    {"stdnormal", "normal"},
    {"halfgaussian", "half_normal"},
    {"halfnorm", "half_normal"},
    {"t", "student_t"},
    {"student", "student_t"},
    {"halft", "half_student_t"},
    {"halfstudent", "half_student_t"},
    {"doubleexponential", "laplace"},
    {"lnorm", "lognormal"},
    {"expon", "exponential"},
    {"exp", "exponential"},
    {"invgamma", "inverse_gamma"},
    {"chi2", "chi_square"},
    {"chisq", "chi_square"},
    {"chisquared", "chi_square"},
    {"invchisquare", "inverse_chi_square"},
    {"weib", "weibull"},
    {"wald", "inverse_gaussian"},
    {"invgaussian", "inverse_gaussian"},
    {"unif", "uniform"},
    {"improperuniform", "flat"},
    {"logisticnormal", "logit_normal"},
    {"skewnorm", "skew_normal"},
    {"dirch", "dirichlet"},
    {"multivariatenormal", "multi_normal"},
    {"multinormal", "multi_normal"},
    {"mvnormal", "multi_normal"},
    {"mvnorm", "multi_normal"},
    {"mnorm", "multi_normal"},
    {"mvn", "multi_normal"},
    {"multivariatestudentt", "multi_student_t"},
    {"mvstudentt", "multi_student_t"},
    {"mvt", "multi_student_t"},
    {"lkj", "lkj_corr_cholesky"},
    {"lkjcholesky", "lkj_corr_cholesky"},
    {"invwishart", "inverse_wishart"},
    {"bern", "bernoulli"},
    {"bernoullilogits", "bernoulli_logit"},
    {"binom", "binomial"},
    {"binomiallogits", "binomial_logit"},
    {"betabinom", "beta_binomial"},
    {"pois", "poisson"},
    {"negativebinomial", "neg_binomial_2"},
    {"negbinomial", "neg_binomial_2"},
    {"negbin", "neg_binomial_2"},
    {"nbinom", "neg_binomial_2"},
    {"nbinom2", "neg_binomial_2"},
    {"geom", "geometric"},
    {"hyper", "hypergeometric"},
    {"discreteunif", "discrete_uniform"},
    {"cat", "categorical"},
    {"multinom", "multinomial"},
    {"orderedlogit", "ordered_logistic"},
};

// `Normal`, `half_normal` and `HalfNormal` are spelled alike.
std::string squashed(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (c != '_') result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

// The name as it is, and without what marks a density or a draw: `normal_lpdf`, `normal_rng`,
// `dnorm`, `rnorm`.
std::vector<std::string> readings(std::string_view name) {
  std::vector<std::string> result = {squashed(name)};
  for (const std::string_view suffix : {"_lpdf", "_lpmf", "_rng", "_pdf", "_pmf"}) {
    if (name.ends_with(suffix)) {
      result.push_back(squashed(name.substr(0, name.size() - suffix.size())));
    }
  }
  const bool has_prefix = name.starts_with('d') || name.starts_with('r');
  if (has_prefix && name.size() > 1) result.push_back(squashed(name.substr(1)));
  return result;
}

}  // namespace

std::optional<std::string> distribution_meant(std::string_view name, const SignatureTable& table) {
  const std::vector<std::string_view> known = table.distribution_names();
  for (const std::string& reading : readings(name)) {
    const auto alike = std::find_if(known.begin(), known.end(), [&](std::string_view each) {
      return squashed(each) == reading && each != name;
    });
    if (alike != known.end()) return std::string(*alike);
    const auto* synonym =
        std::find_if(std::begin(synonyms), std::end(synonyms),
                     [&](const Synonym& each) { return each.squashed == reading; });
    if (synonym != std::end(synonyms) && table.find_distribution(synonym->name) != nullptr) {
      return std::string(synonym->name);
    }
  }
  return std::nullopt;
}

}  // namespace vippl::lang::checking
