#include "lang/checking/vocabulary.h"

#include <algorithm>

namespace vippl::lang::checking {

namespace {

// The names of the language reference.
constexpr Subject function_subject_table[] = {
    {"Elementwise",
     "abs sign sqrt square exp expm1 log log1p log2 log10 sin cos tan asin acos atan atan2 "
     "sinh cosh tanh round floor ceil div mod clamp"},
    {"Special functions",
     "logit inv_logit log_inv_logit log1m_exp phi inv_phi erf erfc gamma log_gamma digamma "
     "beta log_beta choose log_choose bessel_i bessel_k softplus relu gelu"},
    {"Constants", "pi infinity machine_epsilon"},
    {"Reductions",
     "sum prod mean sd variance min max median quantile norm any all count log_sum_exp cumsum "
     "cumprod"},
    {"Arrangement of arrays",
     "zeros ones repeat identity diagonal diagonal_matrix as_column reshape flatten concat "
     "reverse sort rank order which unique diff lag rows columns_of size outer"},
    {"By group", "segment_sum segment_mean segment_max one_hot dummies"},
    {"Linear algebra",
     "cholesky solve solve_lower inverse det log_det trace eigenvalues eigenvectors matrix_exp "
     "quad_form kronecker add_diagonal corr_from_cholesky"},
    {"Probability", "softmax log_softmax log_mix standardize cov corr is_missing"},
    {"Functions of distributions", "log_density cdf log_cdf log_ccdf log_probability"},
    {"Kernels and splines",
     "exp_quad_kernel matern32_kernel matern52_kernel periodic_kernel linear_kernel bspline"},
    {"Recursions", "ode scan hmm_log_density hmm_smooth"},
    {"Neural networks", "mlp mlp_size mlp_start mlp_scale"},
};

constexpr Subject distribution_subject_table[] = {
    {"Improper", "flat"},
    {"On the real line",
     "normal student_t cauchy laplace logistic gumbel skew_normal exp_mod_normal "
     "asymmetric_laplace generalized_normal"},
    {"On the positive line",
     "half_normal half_cauchy half_student_t lognormal exponential gamma inverse_gamma "
     "chi_square inverse_chi_square scaled_inverse_chi_square weibull frechet log_logistic "
     "rayleigh pareto lomax inverse_gaussian"},
    {"On an interval",
     "uniform triangular beta kumaraswamy logit_normal beta_proportion von_mises"},
    {"On the simplex", "dirichlet"},
    {"Vectors",
     "multi_normal multi_normal_cholesky multi_normal_precision multi_student_t "
     "gaussian_random_walk ar car icar"},
    {"Matrices", "lkj_corr lkj_corr_cholesky wishart inverse_wishart matrix_normal"},
    {"Numbers of successes", "bernoulli bernoulli_logit binomial binomial_logit beta_binomial"},
    {"Counts",
     "poisson poisson_log neg_binomial neg_binomial_2 neg_binomial_2_log geometric "
     "hypergeometric discrete_uniform poisson_binomial skellam"},
    {"Categories", "categorical categorical_logit ordered_logistic ordered_probit"},
    {"Counts by category", "multinomial multinomial_logit dirichlet_multinomial"},
    {"Made of distributions",
     "mixture truncated censored zero_inflated hurdle delta unconstrained"},
};

// The names of a group, one by one.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}
  bool next(std::string_view& word) {
    if (rest_.empty()) return false;
    const std::size_t end = std::min(rest_.find(' '), rest_.size());
    word = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return true;
  }

 private:
  std::string_view rest_;
};

bool has(std::string_view group, std::string_view name) {
  Words words(group);
  std::string_view word;
  while (words.next(word)) {
    if (word == name) return true;
  }
  return false;
}

std::string_view group_of(std::span<const Subject> subjects, std::string_view name) {
  const auto found = std::find_if(subjects.begin(), subjects.end(), [name](const Subject& subject) {
    return has(subject.names, name);
  });
  return found == subjects.end() ? std::string_view() : found->names;
}

template <class IsAvailable>
std::vector<std::string> available(std::string_view group, IsAvailable is_available) {
  std::vector<std::string> names;
  Words words(group);
  std::string_view word;
  while (words.next(word)) {
    if (is_available(word)) names.emplace_back(word);
  }
  return names;
}

}  // namespace

std::span<const Subject> function_subjects() { return function_subject_table; }

std::span<const Subject> distribution_subjects() { return distribution_subject_table; }

bool is_language_function(std::string_view name) {
  return !group_of(function_subject_table, name).empty();
}

bool is_language_distribution(std::string_view name) {
  return !group_of(distribution_subject_table, name).empty();
}

std::vector<std::string> similar_functions(std::string_view name, const SignatureTable& table) {
  return available(group_of(function_subject_table, name), [&table](std::string_view word) {
    return table.find_function(word) != nullptr;
  });
}

std::vector<std::string> similar_distributions(std::string_view name, const SignatureTable& table) {
  return available(group_of(distribution_subject_table, name), [&table](std::string_view word) {
    return table.find_distribution(word) != nullptr;
  });
}

}  // namespace vippl::lang::checking
