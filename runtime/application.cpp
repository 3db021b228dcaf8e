#include "runtime/application.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "runtime/elementwise_operation.h"

namespace vippl::runtime {

namespace {

using Parameters = std::span<const std::span<const double>>;

// Draws are rejected so often before the quantile function is asked; without one, so often before
// giving up.
constexpr int max_rejections = 50;
constexpr int max_rejections_alone = 1'000'000;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::vector<const lang::Signature*> signatures(const std::vector<Application>& parts) {
  std::vector<const lang::Signature*> result;
  for (const Application& part : parts) result.push_back(&part.distribution->facts);
  return result;
}

double tail(ScalarKernel kernel, double y, Parameters parameters) {
  VIPPL_ASSERT(parameters.size() < max_kernel_arguments, "a kernel has few arguments");
  KernelArgument arguments[max_kernel_arguments];
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
  std::shared_ptr<const Wrapped> keeper;  // of `distribution`, where that is a wrapper's

  Parameters own(Parameters all) const { return all.subspan(offset, count); }
  void draw(Parameters all, Rng& rng, std::span<double> out) const { sampler(own(all), rng, out); }
  // Whether a draw was accepted before the patience ended.
  template <class Accept>
  bool draw_until(const Accept& accept, Parameters all, Rng& rng, std::span<double> out) const {
    const int most = distribution->quantile != nullptr ? max_rejections : max_rejections_alone;
    for (int attempt = 0; attempt < most; ++attempt) {
      draw(all, rng, out);
      if (accept(out[0])) return true;
    }
    return false;
  }
};

// The y between two ends where a log tail probability is `target`, by bisection: in the far tails,
// where the probability itself underflows or is 1, the quantile function knows nothing. Looks from
// the finite end outwards.
double far_quantile(const Distribution& distribution, Parameters own, double least, double most,
                    bool is_lower, double target) {
  const ScalarKernel kernel = is_lower ? distribution.log_cdf : distribution.log_ccdf;
  const double direction = is_lower ? -1 : 1;
  double near = is_lower ? most : least;
  const double end = is_lower ? least : most;
  double far = near + direction;
  constexpr double longest = 1e300;
  for (double step = 2; tail(kernel, far, own) > target && step < longest; step *= 2)
    far = near + direction * step;
  if (is_lower ? far < end : far > end) far = end;
  for (int i = 0; i < 1100; ++i) {
    const double middle = near + (far - near) / 2;
    if (middle == near || middle == far) break;
    (tail(kernel, middle, own) > target ? near : far) = middle;
  }
  return far;
}

// By inverting the distribution function between its values at the bounds, from the shorter tail.
double draw_between(const Part& part, Parameters all, double lower, double upper, Rng& rng) {
  const Distribution& distribution = *part.distribution;
  const Parameters own = part.own(all);
  const bool discrete = distribution.facts.support.is_discrete();
  const double least = discrete ? std::ceil(lower) : lower;
  const double most = discrete ? std::floor(upper) : upper;
  if (!(least <= most)) return not_a_number;
  const double before = discrete ? least - 1 : least;
  constexpr double smallest = -700;  // below, exp underflows
  const double u = rng.uniform();
  double y = 0;
  if (tail(distribution.log_cdf, before, own) < tail(distribution.log_ccdf, before, own)) {
    const double last = tail(distribution.log_cdf, most, own);
    const double target =
        last + std::log(u + (1 - u) * std::exp(tail(distribution.log_cdf, before, own) - last));
    std::vector<double> numbers;
    for (const std::span<const double> parameter : own) numbers.push_back(parameter[0]);
    y = target > smallest ? distribution.quantile(std::exp(target), numbers)
                          : far_quantile(distribution, own, before, most, true, target);
  } else {
    const double first = tail(distribution.log_ccdf, before, own);
    const double target =
        first + std::log(u + (1 - u) * std::exp(tail(distribution.log_ccdf, most, own) - first));
    y = far_quantile(distribution, own, before, most, false, target);
  }
  if (discrete) y = std::ceil(y);
  return std::clamp(y, least, most);
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
                     part.distribution->facts.parameters.size(), part.wrapped});
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
        const auto is_inside = [=](double y) { return y >= lower && y <= upper; };
        if (part.draw_until(is_inside, all, rng, out)) return;
        out[0] = part.distribution->quantile != nullptr ? draw_between(part, all, lower, upper, rng)
                                                        : not_a_number;
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
        if (part.draw_until([](double y) { return y != 0; }, all, rng, out)) return;
        out[0] = part.distribution->quantile != nullptr ? draw_between(part, all, 1, infinity, rng)
                                                        : not_a_number;
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
