#include <cmath>
#include <numbers>

#include "stdlib/elementwise.h"
#include "stdlib/roll_call.h"

namespace vippl::stdlib::functions {

namespace {

using lang::Bound;
using lang::Parameter;
using lang::ResultElement;
using lang::Support;
using runtime::simd::Engine;

constexpr Support above_minus_one{Support::Kind::number, {Bound::Kind::constant, -1, false}, {}};
constexpr Support minus_one_to_one{
    Support::Kind::number, {Bound::Kind::constant, -1, false}, {Bound::Kind::constant, 1, false}};
// 0 belongs to the domain of the logarithms and of the root: their values there are good numbers.
constexpr Parameter any[] = {{"x", Support::real}};
constexpr Parameter nonnegative[] = {{"x", Support::nonnegative}};
constexpr Parameter above[] = {{"x", above_minus_one}};
constexpr Parameter sine[] = {{"x", minus_one_to_one}};
constexpr Parameter y_x[] = {{"y", Support::real}, {"x", Support::real}};
constexpr Parameter whole_pair[] = {{"a", Support::whole}, {"b", Support::whole}};
constexpr Parameter interval[] = {
    {"x", Support::real}, {"lower", Support::real}, {"upper", Support::real}};

constexpr auto as_arguments = ResultElement::as_arguments;

// Whole numbers, which are ints where the argument is fixed; of a latent they are reals, because
// an int of a latent would claim to be a discrete one.
std::variant<lang::ResultType, lang::Mismatch> rounded(
    std::span<const lang::ArgumentType> arguments) {
  return lang::ResultType{arguments[0].fixed ? lang::Element::integer : lang::Element::real,
                          arguments[0].shape};
}

// clang-format off
constexpr runtime::Function rows[] = {
    map<"abs", [](double x) { return std::abs(x); },
        [](double x, double) { return static_cast<double>(x > 0) - static_cast<double>(x < 0); }>(
        {.parameters = any, .summary = "absolute value", .result_element = as_arguments}),
    map<"sign", [](double x) { return x == 0 || std::isnan(x) ? x : std::copysign(1.0, x); }, no_derivative>(
        {.parameters = any, .summary = "-1, 0 or 1, as x is negative, zero or positive", .result_element = as_arguments}),
    map<"sqrt", &Engine::sqrt, [](double, double y) { return 0.5 / y; }>(
        {.parameters = nonnegative, .summary = "square root"}),
    map<"square", [](double x) { return x * x; }, [](double x, double) { return 2 * x; }>(
        {.parameters = any, .summary = "x * x", .result_element = as_arguments}),
    map<"exp", &Engine::exp, [](double, double y) { return y; }>(
        {.parameters = any, .summary = "e to the power x"}),
    map<"expm1", &Engine::expm1, [](double, double y) { return y + 1; }>(
        {.parameters = any, .summary = "exp(x) - 1, exact near 0"}),
    map<"log", &Engine::log, [](double x, double) { return 1 / x; }>(
        {.parameters = nonnegative, .summary = "natural logarithm"}),
    map<"log1p", &Engine::log1p, [](double x, double) { return 1 / (1 + x); }>(
        {.parameters = above, .summary = "log(1 + x), exact near 0"}),
    map<"log2", [](double x) { return std::log2(x); }, [](double x, double) { return std::numbers::log2e / x; }>(
        {.parameters = nonnegative, .summary = "logarithm to base 2"}),
    map<"log10", [](double x) { return std::log10(x); }, [](double x, double) { return std::numbers::log10e / x; }>(
        {.parameters = nonnegative, .summary = "logarithm to base 10"}),
    map<"sin", [](double x) { return std::sin(x); }, [](double x, double) { return std::cos(x); }>(
        {.parameters = any, .summary = "sine of x in radians"}),
    map<"cos", [](double x) { return std::cos(x); }, [](double x, double) { return -std::sin(x); }>(
        {.parameters = any, .summary = "cosine of x in radians"}),
    map<"tan", [](double x) { return std::tan(x); }, [](double, double y) { return 1 + y * y; }>(
        {.parameters = any, .summary = "tangent of x in radians"}),
    map<"asin", [](double x) { return std::asin(x); }, [](double x, double) { return 1 / std::sqrt((1 - x) * (1 + x)); }>(
        {.parameters = sine, .summary = "the angle in radians whose sine is x"}),
    map<"acos", [](double x) { return std::acos(x); }, [](double x, double) { return -1 / std::sqrt((1 - x) * (1 + x)); }>(
        {.parameters = sine, .summary = "the angle in radians whose cosine is x"}),
    map<"atan", [](double x) { return std::atan(x); }, [](double x, double) { return 1 / (1 + x * x); }>(
        {.parameters = any, .summary = "the angle in radians whose tangent is x"}),
    elementwise<"atan2", [](double y, double x) { return std::atan2(y, x); },
                [](double y, double x, double) { return x / (x * x + y * y); },
                [](double y, double x, double) { return -y / (x * x + y * y); }>(
        {.parameters = y_x, .summary = "the angle in radians of the point (x, y)"}),
    map<"sinh", [](double x) { return std::sinh(x); }, [](double x, double) { return std::cosh(x); }>(
        {.parameters = any, .summary = "hyperbolic sine"}),
    map<"cosh", [](double x) { return std::cosh(x); }, [](double x, double) { return std::sinh(x); }>(
        {.parameters = any, .summary = "hyperbolic cosine"}),
    map<"tanh", &Engine::tanh, [](double, double y) { return (1 - y) * (1 + y); }>(
        {.parameters = any, .summary = "hyperbolic tangent"}),
    map<"round", [](double x) { return std::round(x); }, no_derivative>(
        {.parameters = any, .summary = "the nearest whole number, halves away from 0", .rule = &rounded}),
    map<"floor", [](double x) { return std::floor(x); }, no_derivative>(
        {.parameters = any, .summary = "the largest whole number up to x", .rule = &rounded}),
    map<"ceil", [](double x) { return std::ceil(x); }, no_derivative>(
        {.parameters = any, .summary = "the smallest whole number from x", .rule = &rounded}),
    constant_elementwise<"div", [](double a, double b) { return std::floor(a / b); }>(
        {.parameters = whole_pair, .summary = "a / b rounded down", .result_element = ResultElement::integer}),
    constant_elementwise<"mod", [](double a, double b) { return a - b * std::floor(a / b); }>(
        {.parameters = whole_pair, .summary = "what div leaves: a - b * div(a, b), of the sign of b",
         .result_element = ResultElement::integer}),
    elementwise<"clamp", [](double x, double lower, double upper) { return x < lower ? lower : (x > upper) ? upper : x; },
                [](double x, double lower, double upper, double) { return static_cast<double>(x >= lower && x <= upper); },
                [](double x, double lower, double, double) { return static_cast<double>(x < lower); },
                [](double x, double lower, double upper, double) { return static_cast<double>(x >= lower && x > upper); }>(
        {.parameters = interval, .summary = "x moved into [lower, upper]", .result_element = as_arguments}),
};
// clang-format on

}  // namespace

constinit const FunctionTable elementary = rows;

}  // namespace vippl::stdlib::functions
