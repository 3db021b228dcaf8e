#pragma once
#include <cstddef>

// The hot loops, compiled for any processor, for x86-64-v3 (AVX2 and FMA) and for x86-64-v4
// (AVX-512); which of these is used is decided when the program starts. The names below are the
// whole interface: what is behind them is compiled with instructions that the rest of the program
// must not contain.

namespace vippl::runtime::simd {

/// y[i] = f(x[i]); x and y may be the same. Special values as in the standard library.
using Map = void (*)(std::size_t count, const double* x, double* y);

/// Sums of products of a matrix of data (rows x inner, row-major) and eight vectors lying together
/// (inner x 8, or rows x 8).
struct Products {
  /// out[i, l] = sum over k of a[i, k] b[k, l]
  void (*forward)(std::size_t rows, std::size_t inner, const double* a, const double* b,
                  double* out);
  /// b_adjoint[k, l] += sum over i of a[i, k] y[i, l]
  void (*backward)(std::size_t rows, std::size_t inner, const double* a, const double* y,
                   double* b_adjoint);
};

/// Argument k of evaluation i is data[i * step], with step 0 (the same for all) or 1.
struct Argument {
  const double* data = nullptr;
  int step = 0;
};

/// A log density at `count` places, and its partial derivatives by those arguments that have a
/// place in `partials` (one entry per argument, null where none is wanted). Right where all
/// parameters are inside their domains.
using Density = void (*)(std::size_t count, const Argument* arguments, double* values,
                         double* const* partials);

/// Element i of lane l is data[i * element + l * lane]. The lanes of an element lie together or are
/// one number; for one point elements do, or are one.
struct Strided {
  const double* data = nullptr;
  std::size_t element = 0;
  std::size_t lane = 0;
};

/// What fused sums are made of: over `elements` x `row_size` numbers, row_size being the number of
/// points. At most 512 elements at once.
struct FusedSteps {
  using Combine = void (*)(std::size_t elements, std::size_t row_size, const Strided& a,
                           const Strided& b, double* out);
  Combine add;
  Combine subtract;
  Combine multiply;
  /// x + factor * a * b
  void (*add_product)(std::size_t elements, std::size_t row_size, const Strided& x, double factor,
                      const Strided& a, const Strided& b, double* out);
  /// sums[l] += factor * the sum over i of x[i, l]
  void (*add_rows)(std::size_t elements, std::size_t row_size, double factor, const double* x,
                   double* sums);
  /// y[i] += factor * x[i]
  void (*add_scaled)(std::size_t count, double factor, const double* x, double* y);
  /// Element index[i] of y += factor * element i of x.
  void (*add_scattered)(std::size_t elements, std::size_t row_size, double factor, const double* x,
                        const int* index, double* y);
  /// Adds the log densities of outcomes to sums and writes their slopes by the logits. False where
  /// it meets an outcome that is not 0 or 1, a logit that is not finite, or a layout that it does
  /// not know: the sums are then void.
  bool (*bernoulli_logit)(std::size_t elements, std::size_t row_size, const Strided& y,
                          const Strided& logit, double* sums, double* slope);
  /// The same for counts and logs of rates, without the log(y!): false where a rate is out of the
  /// range of normal numbers, or a layout unknown. The counts are not looked at.
  bool (*poisson_log)(std::size_t elements, std::size_t row_size, const Strided& y,
                      const Strided& log_rate, double* sums, double* slope);
  /// Adds normal log densities to sums and writes their slopes by the location (that by y is the
  /// opposite) and by the scale, where these are not null. False as above, where a scale is not
  /// positive or a number not finite.
  bool (*normal)(std::size_t elements, std::size_t row_size, const Strided& y,
                 const Strided& location, const Strided& scale, double* sums, double* slope,
                 double* by_scale);
  /// The same where the scales are known: of one over them, and without what depends on them alone.
  bool (*normal_known_scale)(std::size_t elements, std::size_t row_size, const Strided& y,
                             const Strided& location, const Strided& inverse, double* sums,
                             double* slope);
  /// Adds log densities of Student's t to sums, without what depends on the degrees of freedom
  /// alone, which are one for all elements; and writes their slopes by the location, and by the
  /// scale: of all elements together where that is one for all. Likewise `by_df`, of all together.
  /// False as above, where rounding would count too: for very many degrees, or where y is very far
  /// away.
  bool (*student_t)(std::size_t elements, std::size_t row_size, const Strided& y, const Strided& df,
                    const Strided& location, const Strided& scale, double* sums, double* slope,
                    double* by_df, double* by_scale);
  /// Adds slope * adjoint to `to`, or its sum over the elements where that is one number for all;
  /// nothing where the adjoint is 0.
  void (*pull_back)(std::size_t elements, std::size_t row_size, const Strided& slope,
                    const double* adjoint, bool sum, double* to);
  /// Adds slope * adjoint of element i to element i % period of `to`; nothing where the adjoint is
  /// 0.
  void (*pull_back_cycle)(std::size_t elements, std::size_t row_size, std::size_t period,
                          const double* slope, const double* adjoint, double* to);
  /// Element i of lane l of y += weight[l] times that of x; nothing where the weight is 0.
  void (*add_weighted)(std::size_t elements, std::size_t row_size, const double* weight,
                       const double* x, double* y);
};

/// Normal densities of latents x (elements x row_size) with known locations and inverses of scales:
/// one per element, or one for all.
struct NormalPrior {
  /// Adds the log densities to sums, one per point, without what depends on the scales alone.
  void (*forward)(std::size_t elements, std::size_t row_size, const double* x,
                  const Argument& location, const Argument& inverse, double* sums);
  /// Adds the slopes, times the weight of their point, to the adjoints of x.
  void (*backward)(std::size_t elements, std::size_t row_size, const double* x,
                   const Argument& location, const Argument& inverse, const double* weight,
                   double* adjoint);
};

/// A hidden Markov model, for one point or for the `row_size` of eight that lie together.
struct HiddenMarkov {
  /// The log of the sum over all paths. False where this way would be inaccurate. `work` holds
  /// (2 states + 2) times + 2 states numbers per point, which backward() needs.
  bool (*forward)(std::size_t times, std::size_t states, std::size_t row_size,
                  const double* emission, const double* transition, const double* initial,
                  double* work, double* out);
  /// Adds the derivatives, times `weight` (one per point), to those that are not null.
  void (*backward)(std::size_t times, std::size_t states, std::size_t row_size,
                   const double* transition, const double* weight, double* work,
                   double* emission_adjoint, double* transition_adjoint, double* initial_adjoint);
};

/// One step of a scalar program: a number from one or two others.
struct ScalarCode {
  enum class Kind : unsigned char {
    add,
    subtract,
    multiply,
    divide,
    square,
    exp,
    log,
    sqrt,
    log_add_exp,  ///< log(exp(a) + exp(b))
    map
  };
  Kind kind = Kind::add;
  /// Numbers of the program: the inputs, its own, then the results. Where there is no second, b is
  /// a.
  int a = 0;
  int b = 0;
  int result = 0;
  Map map =
      nullptr;  ///< of a map, and what adds its derivative times the adjoint of y to that of x
  void (*derivative)(std::size_t count, const double* x, const double* y, const double* y_adjoint,
                     double* x_adjoint) = nullptr;
};

/// Runs programs; every number has `row_size` lanes. The first `input_count` numbers stand in
/// `inputs`, the others in `results`.
struct Scalars {
  void (*run)(std::size_t count, const ScalarCode* codes, std::size_t row_size,
              std::size_t input_count, double* inputs, double* results);
  /// Adds to the adjoints of inputs and results; those of the results are those of the outside
  /// before.
  void (*pull_back)(std::size_t count, const ScalarCode* codes, std::size_t row_size,
                    std::size_t input_count, const double* inputs, const double* results,
                    double* input_adjoints, double* adjoints);
};

/// not_above is true of NaN, the others are not.
enum class Comparison : unsigned char { below, at_or_below, above, at_or_above, not_above };

/// Components of a mixture of normal densities at most.
inline constexpr std::size_t most_normal_components = 16;

struct Engine {
  const char* name;
  Map exp;
  Map log;
  Map log1p;
  Map expm1;
  Map tanh;
  Map sqrt;
  Map inv_logit;  ///< 1 / (1 + exp(-x))
  Map log1p_exp;  ///< log(1 + exp(x))
  Map erf;
  Map log_gamma;   ///< for x > 0; NaN elsewhere
  Map digamma;     ///< for x > 0; NaN elsewhere
  Products eight;  ///< for eight points at once
  Products one;    ///< for one

  /// The log density of outcomes y, each 0 or 1, with these logits, and its slope.
  void (*bernoulli_logit)(std::size_t count, const double* y, const double* logit, double* values,
                          double* slope);
  /// y x - exp(x) and its slope: a Poisson log density without its log(y!).
  void (*poisson_log)(std::size_t count, const double* y, const double* log_rate, double* values,
                      double* slope);
  /// Whether some element compares so with the bound.
  bool (*any_beyond)(std::size_t count, const double* x, Comparison comparison, double bound);
  Density normal;       ///< of y, location, scale
  Density exponential;  ///< of y, rate
  Density cauchy;       ///< of y, location, scale
  Density half_cauchy;  ///< of y, scale
  Density lognormal;    ///< of y, location, scale
  Density student_t;    ///< of y, df, location, scale
  Density gamma;        ///< of y, shape, rate
  // Counts, without the terms that depend on these alone, nor slopes by them.
  Density poisson;             ///< of y, rate
  Density binomial_logit;      ///< of y, trials, logit
  Density neg_binomial_2;      ///< of y, mean, concentration
  Density neg_binomial_2_log;  ///< of y, log of the mean, concentration

  /// The sum over rows of log(sum over k of weights[k] exp(densities[k][row])), for one point or
  /// for `row_size` of eight lying together in every array. With `weighted` and `shares` also its
  /// derivatives: by each density (component by component) and by each weight. False, and nothing
  /// of use, where this way would be inaccurate or has not been built.
  bool (*mixture)(std::size_t rows, std::size_t row_size, std::size_t components,
                  const double* weights, const double* const* densities, double* sums,
                  double* weighted, double* shares);

  /// The same for components that are normal densities of one datum per row. `parameters`: for each
  /// component (row_size numbers each) the log of its weight over its scale and sqrt(2 pi), then
  /// likewise the locations and the inverses of the scales. `sums` (null where no derivative is
  /// wanted) gets the sums over rows of each component's share in the density, of that times z, and
  /// times z^2, where z is the distance from the location in scales.
  bool (*normal_mixture)(std::size_t rows, std::size_t row_size, std::size_t components,
                         const double* y, const double* parameters, double* out, double* sums);

  FusedSteps fused;
  NormalPrior normal_prior;
  HiddenMarkov hidden_markov;
  Scalars scalars;
};

/// The engine of this run: the best that the processor can run, or that which the environment
/// names, as in VIPPL_SIMD=baseline, if it can.
const Engine& engine();

/// All engines that this processor can run, the portable one first.
struct Engines {
  const Engine* table[3] = {};
  std::size_t count = 0;
};
Engines all_engines();

}  // namespace vippl::runtime::simd
