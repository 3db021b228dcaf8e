#include "runtime/application.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vippl::runtime {

namespace {

// Of one distribution of the library at most.
constexpr std::size_t max_parameters = 8;

using Parameters = std::span<const std::span<const double>>;

// Draws are rejected so often before the quantile function is asked, which is exact too but not for
// the far tails of every distribution.
constexpr int max_rejections = 50;

std::vector<const lang::Signature*> signatures(const std::vector<Application>& parts) {
  std::vector<const lang::Signature*> result;
  for (const Application& part : parts) result.push_back(&part.distribution->facts);
  return result;
}

double tail(ScalarKernel kernel, double y, Parameters parameters) {
  KernelArgument arguments[max_parameters + 1];
  arguments[0] = {&y, 0};
  for (std::size_t k = 0; k < parameters.size(); ++k) arguments[k + 1] = {parameters[k].data(), 0};
  double value = 0;
  kernel(1, arguments, &value, nullptr);
  return value;
}

// A sampler of one part of a wrapper, which finds its parameters among those of all.
struct Part {
  Sampler sampler;
  const Distribution* distribution;
  std::size_t offset;
  std::size_t count;

  Parameters own(Parameters all) const { return all.subspan(offset, count); }
  void draw(Parameters all, Rng& rng, std::span<double> out) const { sampler(own(all), rng, out); }
};

// The y >= lower with log P(Y > y) = log_ccdf, by bisection: where P(Y <= y) is 1 in double
// precision, the quantile function knows nothing any more.
double far_quantile(const Distribution& distribution, Parameters own, double lower, double upper,
                    double log_ccdf) {
  double step = 1;
  double above = std::min(upper, lower + step);
  while (above < upper && tail(distribution.log_ccdf, above, own) > log_ccdf)
    above = std::min(upper, lower + (step *= 2));
  double below = lower;
  for (int i = 0; i < 200; ++i) {
    const double middle = below + (above - below) / 2;
    if (middle == below || middle == above) break;
    (tail(distribution.log_ccdf, middle, own) > log_ccdf ? below : above) = middle;
  }
  return above;
}

// By inverting the distribution function between its values at the bounds.
double draw_between(const Part& part, Parameters all, double lower, double upper, Rng& rng) {
  const Distribution& distribution = *part.distribution;
  const Parameters own = part.own(all);
  const bool discrete = distribution.facts.support.is_discrete();
  const double before = discrete ? std::ceil(lower) - 1 : lower;
  const double from = std::exp(tail(distribution.log_cdf, before, own));
  double y = 0;
  if (from < 0.5) {
    const double to = std::exp(tail(distribution.log_cdf, upper, own));
    std::vector<double> numbers;
    for (const std::span<const double> parameter : own) numbers.push_back(parameter[0]);
    y = distribution.quantile(from + (to - from) * rng.uniform(), numbers);
  } else {
    const double u = rng.uniform();
    const double first = tail(distribution.log_ccdf, before, own);
    const double last = tail(distribution.log_ccdf, upper, own);
    const double log_ccdf = first + std::log(u + (1 - u) * std::exp(last - first));
    y = far_quantile(distribution, own, before, upper, log_ccdf);
    if (discrete) y = std::ceil(y);
  }
  return std::clamp(y, discrete ? std::ceil(lower) : lower, discrete ? std::floor(upper) : upper);
}

}  // namespace

Wrapped::Wrapped(lang::Wrapper which, bool lower, bool upper, std::vector<Application> inner)
    : wrapper(which),
      parts(std::move(inner)),
      signature(which, lower, upper, signatures(parts)),
      has_lower(lower),
      has_upper(upper) {
  distribution.facts = signature.facts();
}

Sampler make_sampler(const Application& application) {
  if (application.wrapped == nullptr) return Sampler(application.distribution->sample);
  const std::shared_ptr<const Wrapped> wrapped = application.wrapped;
  std::vector<Part> parts;
  for (std::size_t i = 0; i < wrapped->parts.size(); ++i) {
    const Application& part = wrapped->parts[i];
    parts.push_back({make_sampler(part), part.distribution, wrapped->signature.offset(i),
                     part.distribution->facts.parameters.size()});
  }
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const bool has_lower = wrapped->has_lower;
  const bool has_upper = wrapped->has_upper;
  const auto lower_of = [has_lower](Parameters all) { return has_lower ? all[0][0] : -infinity; };
  const auto upper_of = [has_lower, has_upper](Parameters all) {
    return has_upper ? all[has_lower ? 1 : 0][0] : infinity;
  };
  switch (wrapped->wrapper) {
    case lang::Wrapper::truncated:
      return [=, part = parts[0]](Parameters all, Rng& rng, std::span<double> out) {
        const double lower = lower_of(all);
        const double upper = upper_of(all);
        for (int attempt = 0; attempt < max_rejections; ++attempt) {
          part.draw(all, rng, out);
          if (out[0] >= lower && out[0] <= upper) return;
        }
        if (part.distribution->quantile != nullptr)
          out[0] = draw_between(part, all, lower, upper, rng);
        else
          out[0] = std::numeric_limits<double>::quiet_NaN();
      };
    case lang::Wrapper::censored:
      return [=, part = parts[0]](Parameters all, Rng& rng, std::span<double> out) {
        part.draw(all, rng, out);
        out[0] = std::min(std::max(out[0], lower_of(all)), upper_of(all));
      };
    case lang::Wrapper::zero_inflated:
      return [part = parts[0]](Parameters all, Rng& rng, std::span<double> out) {
        if (rng.uniform() < all[0][0])
          out[0] = 0;
        else
          part.draw(all, rng, out);
      };
    case lang::Wrapper::hurdle:
      return [part = parts[0]](Parameters all, Rng& rng, std::span<double> out) {
        out[0] = 0;
        if (rng.uniform() < all[0][0]) return;
        for (int attempt = 0; attempt < max_rejections && out[0] == 0; ++attempt)
          part.draw(all, rng, out);
        // Zero almost always: the least of the counts that are left stands for them.
        if (out[0] == 0 && part.distribution->quantile != nullptr)
          out[0] = draw_between(part, all, 1, infinity, rng);
        else if (out[0] == 0)
          out[0] = 1;
      };
    case lang::Wrapper::mixture:
      return [parts](Parameters all, Rng& rng, std::span<double> out) {
        const std::span<const double> weights = all[0];
        double rest = rng.uniform();
        std::size_t k = 0;
        while (k + 1 < parts.size() && rest >= weights[k]) rest -= weights[k++];
        parts[k].draw(all, rng, out);
      };
  }
  return {};
}

}  // namespace vippl::runtime
