#include "lang/wrapper.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lang/nearest.h"

namespace vippl::lang {

namespace {

struct Entry {
  Wrapper wrapper;
  std::string_view name;
  std::string_view form;
  std::string_view summary;
};

constexpr Entry entries[] = {
    {Wrapper::truncated, "truncated", "truncated(D, lower = a, upper = b)",
     "D given that it lies in [a, b]: its density, renormalised"},
    {Wrapper::censored, "censored", "censored(D, lower = a, upper = b)",
     "what a reading of D that is clamped to [a, b] follows"},
    {Wrapper::mixture, "mixture", "mixture(weights, D1, D2, ...) or mixture(weights, D)",
     "one of several distributions, drawn by weight"},
    {Wrapper::zero_inflated, "zero_inflated", "zero_inflated(p, D)",
     "0 with probability p, else a count from D"},
    {Wrapper::hurdle, "hurdle", "hurdle(p, D)",
     "0 with probability p, else a count from D that is not 0"},
};

const Entry& entry_of(Wrapper wrapper) {
  return *std::ranges::find(entries, wrapper, &Entry::wrapper);
}

constexpr std::string_view one_distribution[] = {"distribution", "lower", "upper"};
constexpr std::string_view probability_first[] = {"p", "distribution"};
constexpr std::string_view weights_first[] = {"weights", "distribution"};

std::span<const std::string_view> parameter_names(Wrapper wrapper) {
  switch (wrapper) {
    case Wrapper::truncated:
    case Wrapper::censored:
      return one_distribution;
    case Wrapper::zero_inflated:
    case Wrapper::hurdle:
      return probability_first;
    case Wrapper::mixture:
      return weights_first;
  }
  return {};
}

Diagnostic wrong_call(Wrapper wrapper, Span span, std::string message) {
  return error("wrong-argument-count", span, std::move(message),
               fmt::format("write: {}", form(wrapper)));
}

// A bound of a part, whose parameters stand `offset` places later among those of the wrapper.
Bound shifted(Bound bound, std::size_t offset) {
  if (bound.kind == Bound::Kind::parameter || bound.kind == Bound::Kind::parameter_size)
    bound.value += static_cast<double>(offset);
  return bound;
}

}  // namespace

std::optional<Wrapper> find_wrapper(std::string_view name) {
  const auto found = std::ranges::find(entries, name, &Entry::name);
  if (found == std::end(entries)) return std::nullopt;
  return found->wrapper;
}

std::string_view text(Wrapper wrapper) { return entry_of(wrapper).name; }
std::string_view form(Wrapper wrapper) { return entry_of(wrapper).form; }
std::string_view summary(Wrapper wrapper) { return entry_of(wrapper).summary; }

std::variant<WrapperCall, Diagnostic> read_wrapper(Wrapper wrapper, const ast::Call& call,
                                                   Span call_span) {
  WrapperCall result;
  result.wrapper = wrapper;
  const std::span<const std::string_view> names = parameter_names(wrapper);
  std::vector<const ast::Expression*> bound(names.size(), nullptr);
  std::size_t next = 0;
  for (const ast::Argument& argument : call.arguments) {
    std::size_t at = next;
    if (argument.name) {
      const auto found = std::ranges::find(names, std::string_view(argument.name->name));
      if (found == names.end()) {
        std::vector<std::string> known(names.begin(), names.end());
        const auto near = nearest(argument.name->name, known);
        return error("unknown-argument", argument.name->span,
                     fmt::format("`{}` has no argument `{}`", text(wrapper), argument.name->name),
                     near ? fmt::format("did you mean `{}`?", *near)
                          : fmt::format("write: {}", form(wrapper)));
      }
      at = static_cast<std::size_t>(found - names.begin());
    } else if (&argument != call.arguments.data() && (&argument - 1)->name) {
      return error("wrong-argument-count", argument.value->span,
                   fmt::format("arguments of `{}` without a name come before those with one: leave "
                               "out `{} =`, and keep the order of the form",
                               text(wrapper), (&argument - 1)->name->name),
                   fmt::format("write: {}", form(wrapper)));
    } else {
      ++next;
    }
    const bool further = wrapper == Wrapper::mixture && !argument.name && at >= 2;
    if (further) {
      result.distributions.push_back(&*argument.value);
      continue;
    }
    if (at >= names.size()) {
      return wrong_call(
          wrapper, argument.value->span,
          fmt::format("`{}` takes no more than {} arguments", text(wrapper), names.size()));
    }
    if (bound[at] != nullptr) {
      return error("wrong-argument-count", argument.value->span,
                   fmt::format("`{}` of `{}` is given twice", names[at], text(wrapper)));
    }
    bound[at] = &*argument.value;
    if (names[at] == "distribution") {
      result.distributions.insert(result.distributions.begin(), &*argument.value);
    }
  }
  if (result.distributions.empty()) {
    return wrong_call(wrapper, call_span,
                      fmt::format("`{}` needs a distribution to wrap", text(wrapper)));
  }
  switch (wrapper) {
    case Wrapper::truncated:
    case Wrapper::censored:
      result.lower = bound[1];
      result.upper = bound[2];
      if (result.lower == nullptr && result.upper == nullptr) {
        return wrong_call(
            wrapper, call_span,
            fmt::format("`{}` needs a bound: `lower`, `upper` or both", text(wrapper)));
      }
      break;
    case Wrapper::zero_inflated:
    case Wrapper::hurdle:
      result.p = bound[0];
      break;
    case Wrapper::mixture:
      result.weights = bound[0];
      break;
  }
  if (names.front() != "distribution" && bound[0] == nullptr) {
    return wrong_call(wrapper, call_span,
                      fmt::format("`{}` needs `{}`", text(wrapper), names.front()));
  }
  return result;
}

std::optional<WrapperProblem> check_parts(Wrapper wrapper,
                                          std::span<const Signature* const> parts) {
  const auto quoted = [&](std::size_t i) { return fmt::format("`{}`", parts[i]->name); };
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i]->improper) continue;
    return WrapperProblem{i, fmt::format("{} is improper, so there is nothing to wrap", quoted(i)),
                          "use a distribution that integrates to 1"};
  }
  switch (wrapper) {
    case Wrapper::truncated:
    case Wrapper::censored:
      if (parts[0]->has_cdf) return std::nullopt;
      return WrapperProblem{
          0,
          fmt::format("`{}` needs a distribution whose cdf is known, which that of {} is not",
                      text(wrapper), quoted(0)),
          wrapper == Wrapper::truncated && parts[0]->support.is_scalar()
              ? "of a latent whose prior has fixed arguments a type cuts off as much: sample x : "
                "real(lower = 0) ~ ..."
              : ""};
    case Wrapper::zero_inflated:
    case Wrapper::hurdle: {
      const Support& support = parts[0]->support;
      const bool counts = support.is_discrete() && event_rank(*parts[0]) == 0 &&
                          support.lower.kind == Bound::Kind::constant && support.lower.value == 0;
      if (counts) return std::nullopt;
      return WrapperProblem{0,
                            fmt::format("`{}` needs a distribution of counts, which {} is not",
                                        text(wrapper), quoted(0)),
                            "such as poisson(rate) or neg_binomial_2(mean, concentration)"};
    }
    case Wrapper::mixture:
      for (std::size_t i = 1; i < parts.size(); ++i) {
        const Support& first = parts[0]->support;
        const Support& other = parts[i]->support;
        const bool alike = first.is_scalar() == other.is_scalar() &&
                           (first.is_scalar() ? first.is_discrete() == other.is_discrete()
                                              : first.kind == other.kind) &&
                           event_rank(*parts[0]) == event_rank(*parts[i]);
        if (alike) continue;
        return WrapperProblem{
            i,
            fmt::format("the parts of a mixture are distributions of the same kind of value, but "
                        "{} is one of {} and {} one of {}",
                        quoted(0), text(first), quoted(i), text(other)),
            ""};
      }
      return std::nullopt;
  }
  return std::nullopt;
}

WrappedSignature::WrappedSignature(Wrapper wrapper, bool has_lower, bool has_upper,
                                   std::span<const Signature* const> parts) {
  switch (wrapper) {
    case Wrapper::truncated:
    case Wrapper::censored:
      if (has_lower) parameters_.push_back({"lower", Support::real, ""});
      if (has_upper) parameters_.push_back({"upper", Support::real, ""});
      break;
    case Wrapper::zero_inflated:
    case Wrapper::hurdle:
      parameters_.push_back({"p", Support::unit_interval, ""});
      break;
    case Wrapper::mixture:
      parameters_.push_back({"weights", Support::simplex, "components"});
      break;
  }
  name_ = fmt::format("{}(", text(wrapper));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    offsets_.push_back(parameters_.size());
    parameters_.insert(parameters_.end(), parts[i]->parameters.begin(), parts[i]->parameters.end());
    constexpr std::size_t shown = 3;
    if (i < shown) name_ += fmt::format("{}{}", i == 0 ? "" : ", ", parts[i]->name);
    if (i == shown) name_ += ", ...";
  }
  name_ += ")";

  const Signature& first = *parts[0];
  facts_.name = name_;
  facts_.callable = Signature::Callable::distribution;
  facts_.parameters = parameters_;
  facts_.summary = summary(wrapper);
  facts_.event = first.event;
  facts_.support = first.support;
  facts_.support.lower = shifted(first.support.lower, offsets_[0]);
  facts_.support.upper = shifted(first.support.upper, offsets_[0]);
  if (wrapper == Wrapper::truncated) {
    if (has_lower) facts_.support.lower = {Bound::Kind::parameter, 0, false};
    if (has_upper) facts_.support.upper = {Bound::Kind::parameter, has_lower ? 1.0 : 0.0, false};
  }
  if (wrapper == Wrapper::censored) {
    // Readings beyond a bound are those at the bound.
    if (has_lower) facts_.support.lower = {};
    if (has_upper) facts_.support.upper = {};
  }
  // A mixture draws whatever one of its parts does: bounds that all have in common stay.
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto same = [](const Bound& a, const Bound& b) {
      return a.kind == Bound::Kind::constant && b.kind == a.kind && a.value == b.value;
    };
    if (!same(first.support.lower, parts[i]->support.lower)) facts_.support.lower = {};
    if (!same(first.support.upper, parts[i]->support.upper)) facts_.support.upper = {};
  }
  facts_.has_cdf = wrapper == Wrapper::mixture &&
                   std::ranges::all_of(parts, [](const Signature* part) { return part->has_cdf; });
}

bool is_censored(const Signature& distribution) {
  return distribution.name.find("censored(") != std::string_view::npos;
}

namespace {

struct FunctionEntry {
  DistributionFunction function;
  std::string_view name;
  std::string_view form;
  std::size_t arguments;
};

constexpr FunctionEntry functions[] = {
    {DistributionFunction::log_density, "log_density", "log_density(normal(0, 1), x)", 2},
    {DistributionFunction::cdf, "cdf", "cdf(normal(0, 1), x)", 2},
    {DistributionFunction::log_cdf, "log_cdf", "log_cdf(normal(0, 1), x)", 2},
    {DistributionFunction::log_ccdf, "log_ccdf", "log_ccdf(normal(0, 1), x)", 2},
    {DistributionFunction::log_probability, "log_probability",
     "log_probability(normal(0, 1), lower, upper)", 3},
    {DistributionFunction::quantile, "quantile", "quantile(normal(0, 1), p)", 2},
};

const FunctionEntry& entry_of(DistributionFunction function) {
  return *std::ranges::find(functions, function, &FunctionEntry::function);
}

}  // namespace

std::optional<DistributionFunction> distribution_function(const ast::Call& call,
                                                          const SignatureTable& table) {
  const auto found =
      std::ranges::find(functions, std::string_view(call.callee.name), &FunctionEntry::name);
  if (found == std::end(functions)) return std::nullopt;
  if (found->function != DistributionFunction::quantile) return found->function;
  const auto* first = call.arguments.empty()
                          ? nullptr
                          : std::get_if<ast::Call>(&call.arguments.front().value->node);
  if (first == nullptr) return std::nullopt;
  const std::string& name = first->callee.name;
  const bool is_distribution = find_wrapper(name) || table.find_distribution(name) != nullptr;
  return is_distribution ? std::optional(found->function) : std::nullopt;
}

std::string_view form(DistributionFunction function) { return entry_of(function).form; }
std::size_t argument_count(DistributionFunction function) { return entry_of(function).arguments; }

bool has_quantile(const Signature& distribution) {
  const bool wrapped = distribution.name.find('(') != std::string_view::npos;
  return distribution.has_cdf && !wrapped;
}

}  // namespace vippl::lang
