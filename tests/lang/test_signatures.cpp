#include "tests/support/test_signatures.h"

#include <algorithm>
#include <array>

namespace vippl::tests {
namespace {

using namespace lang;
using Result = std::variant<ResultType, Mismatch>;

// sum, mean, ...: everything to a scalar, or one dimension removed.
Result reduce(std::span<const ArgumentType> arguments, Element element) {
  Shape shape = arguments[0].shape;
  if (!arguments[1].given) return ResultType{element, {}};
  if (!arguments[1].value) return ResultType{element, Shape(shape.size() - 1, Size::unknown())};
  const double axis = *arguments[1].value;
  if (axis < 1 || axis > static_cast<double>(shape.size())) return Mismatch{1, "no such axis"};
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis) - 1);
  return ResultType{element, shape};
}

Result reduce_real(std::span<const ArgumentType> arguments) {
  return reduce(arguments, Element::real);
}

Result reduce_same(std::span<const ArgumentType> arguments) {
  const bool real = arguments[0].element == Element::real;
  return reduce(arguments, real ? Element::real : Element::integer);
}

Result filled(std::span<const ArgumentType> arguments) {
  ResultType type;
  for (const ArgumentType& size : arguments) {
    type.shape.push_back(size.size.value_or(Size::unknown()));
  }
  return type;
}

Result joined(std::span<const ArgumentType> arguments) {
  ResultType type{Element::real, arguments[0].shape};
  for (std::size_t i = 1; i + 1 < arguments.size(); ++i) {
    if (arguments[i].shape.size() != type.shape.size()) return Mismatch{i, "other dimensions"};
    type.shape[0] = type.shape[0] + arguments[i].shape[0];
  }
  return type;
}

constexpr Parameter x_any[] = {{"x", Support::real}};
constexpr Parameter x_positive[] = {{"x", Support::positive}};
constexpr Parameter x_axis[] = {
    {"x", Support::real, "*"},
    {.name = "axis", .support = Support::whole, .shape = "", .optional = true, .setting = true}};
constexpr Parameter sizes[] = {
    {.name = "sizes", .support = Support::count, .shape = "", .setting = true}};
constexpr Parameter vector_any[] = {{"x", Support::real, "..., k"}};
constexpr Parameter square_matrix[] = {{"x", Support::real, "..., k, k"}};
constexpr Parameter matrix_and_vector[] = {{"a", Support::real, "n, k"}, {"b", Support::real, "k"}};
constexpr Parameter two_ints[] = {{"n", Support::whole}, {"k", Support::whole}};
constexpr Parameter grouped[] = {
    {"x", Support::real, "n"},
    {"group", Support::whole, "n"},
    {.name = "size", .support = Support::count, .shape = "", .setting = true}};

constexpr Signature functions[] = {
    {.name = "exp", .parameters = x_any},
    {.name = "log", .parameters = x_positive},
    {.name = "sqrt", .parameters = x_positive},
    {.name = "abs", .parameters = x_any, .result_element = ResultElement::as_arguments},
    {.name = "inv_logit", .parameters = x_any},
    {.name = "choose", .parameters = two_ints, .result_element = ResultElement::integer},
    {.name = "infinity"},
    {.name = "sum", .parameters = x_axis, .rule = reduce_same},
    {.name = "mean", .parameters = x_axis, .rule = reduce_real},
    {.name = "sd", .parameters = x_axis, .rule = reduce_real},
    {.name = "log_sum_exp", .parameters = x_axis, .rule = reduce_real},
    {.name = "zeros", .parameters = sizes, .rule = filled, .variadic = true},
    {.name = "ones", .parameters = sizes, .rule = filled, .variadic = true},
    {.name = "concat", .parameters = x_axis, .rule = joined, .variadic = true},
    {.name = "standardize", .parameters = x_any},
    {.name = "softmax", .parameters = vector_any, .result = "..., k"},
    {.name = "as_column", .parameters = vector_any, .result = "..., k, 1"},
    {.name = "cholesky", .parameters = square_matrix, .result = "..., k, k"},
    {.name = "solve", .parameters = matrix_and_vector, .result = "n"},
    {.name = "sort", .parameters = vector_any, .result = "..., k", .fixed_only = true},
    {.name = "segment_sum", .parameters = grouped, .result = "?"},
};

constexpr Parameter location_scale[] = {{"location", Support::real}, {"scale", Support::positive}};
constexpr Parameter scale[] = {{"scale", Support::positive}};
constexpr Parameter rate[] = {{"rate", Support::positive}};
constexpr Parameter lower_upper[] = {{"lower", Support::real}, {"upper", Support::real}};
constexpr Parameter alpha_beta[] = {{"alpha", Support::positive}, {"beta", Support::positive}};
constexpr Parameter concentration[] = {{"concentration", Support::positive, "k"}};
constexpr Parameter covariance[] = {{"location", Support::real, "k"},
                                    {"covariance", Support::covariance, "k, k"}};
constexpr Parameter cholesky_factor[] = {{"location", Support::real, "k"},
                                         {"cholesky", Support::real, "k, k"}};
constexpr Parameter simplex[] = {{"p", Support::simplex, "k"}};
constexpr Parameter logit[] = {{"logit", Support::real}};
constexpr Parameter probability[] = {{"p", Support::unit_interval}};
constexpr Parameter trials_p[] = {{"trials", Support::count}, {"p", Support::unit_interval}};
constexpr Parameter shape_positive[] = {{"shape", Support::positive, ""}};

using enum Signature::Callable;
constexpr Bound first{Bound::Kind::parameter, 0, false};
constexpr Bound second{Bound::Kind::parameter, 1, false};
constexpr Bound one{Bound::Kind::constant, 1, false};
constexpr Bound zero{Bound::Kind::constant, 0, false};
constexpr Bound levels{Bound::Kind::parameter_size, 0, false};

constexpr Signature distributions[] = {
    {.name = "flat", .callable = distribution, .support = Support::real, .improper = true},
    {.name = "normal",
     .callable = distribution,
     .parameters = location_scale,
     .support = Support::real},
    {.name = "cauchy",
     .callable = distribution,
     .parameters = location_scale,
     .support = Support::real},
    {.name = "half_normal",
     .callable = distribution,
     .parameters = scale,
     .support = Support::nonnegative},
    {.name = "exponential",
     .callable = distribution,
     .parameters = rate,
     .support = Support::positive},
    {.name = "gamma",
     .callable = distribution,
     .parameters = alpha_beta,
     .support = Support::positive},
    {.name = "beta",
     .callable = distribution,
     .parameters = alpha_beta,
     .support = Support::open_unit_interval},
    {.name = "uniform",
     .callable = distribution,
     .parameters = lower_upper,
     .support = between(first, second)},
    {.name = "dirichlet",
     .callable = distribution,
     .parameters = concentration,
     .support = Support::simplex,
     .event = "k"},
    {.name = "multi_normal",
     .callable = distribution,
     .parameters = covariance,
     .support = Support::real,
     .event = "k"},
    {.name = "multi_normal_cholesky",
     .callable = distribution,
     .parameters = cholesky_factor,
     .support = Support::real,
     .event = "k"},
    {.name = "lkj_corr_cholesky",
     .callable = distribution,
     .parameters = shape_positive,
     .support = Support::correlation_cholesky,
     .event = "k, k"},
    {.name = "categorical",
     .callable = distribution,
     .parameters = simplex,
     .support = between(one, levels, Support::Kind::whole_number)},
    {.name = "bernoulli",
     .callable = distribution,
     .parameters = probability,
     .support = Support::binary},
    {.name = "bernoulli_logit",
     .callable = distribution,
     .parameters = logit,
     .support = Support::binary},
    {.name = "binomial",
     .callable = distribution,
     .parameters = trials_p,
     .support = between(zero, first, Support::Kind::whole_number)},
    {.name = "poisson", .callable = distribution, .parameters = rate, .support = Support::count},
};

class Table : public SignatureTable {
 public:
  const Signature* find_function(std::string_view name) const override {
    return find(functions, name);
  }
  const Signature* find_distribution(std::string_view name) const override {
    return find(distributions, name);
  }
  std::vector<std::string_view> function_names() const override { return names(functions); }
  std::vector<std::string_view> distribution_names() const override { return names(distributions); }

 private:
  static const Signature* find(std::span<const Signature> entries, std::string_view name) {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [name](const Signature& s) { return s.name == name; });
    return found == entries.end() ? nullptr : &*found;
  }
  static std::vector<std::string_view> names(std::span<const Signature> entries) {
    std::vector<std::string_view> result;
    for (const Signature& entry : entries) result.push_back(entry.name);
    return result;
  }
};

}  // namespace

const lang::SignatureTable& test_signatures() {
  static const Table table;
  return table;
}

}  // namespace vippl::tests
