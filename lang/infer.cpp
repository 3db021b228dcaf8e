#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "lang/signature.h"
#include "lang/support_text.h"

namespace vippl::lang {

namespace {

// A shape pattern taken apart: Parameter::shape has the language.
struct Pattern {
  bool anything = false;  // "*"
  bool leading = false;   // begins with "..."
  std::array<std::string_view, 3> sizes;
  std::size_t rank = 0;  // how many of `sizes` there are
};

Pattern read(std::string_view text) {
  Pattern pattern;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    std::string_view part = text.substr(0, comma);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    if (part == "*") {
      pattern.anything = true;
    } else if (part == "...") {
      pattern.leading = true;
    } else {
      VIPPL_ASSERT(pattern.rank < pattern.sizes.size(), "a pattern names at most three sizes");
      pattern.sizes[pattern.rank++] = part;
    }
  }
  return pattern;
}

std::optional<std::int64_t> as_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (wrong != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_distribution(const Signature& signature) {
  return signature.callable == Signature::Callable::distribution;
}

// Arguments of a variadic function come first, all of them for its first parameter.
std::size_t parameter_of(const Signature& signature, std::size_t argument, std::size_t count) {
  if (!signature.variadic) return argument;
  const std::size_t positional = count + 1 - signature.parameters.size();
  return argument < positional ? 0 : argument - positional + 1;
}

std::string place(const Signature& signature, const Parameter& parameter) {
  return fmt::format("`{}` of `{}`", parameter.name, signature.name);
}

// Whether a parameter takes this kind of value at all, whatever its shape.
std::optional<std::string> wrong_value(const Signature& signature, const Parameter& parameter,
                                       const ArgumentType& argument) {
  const auto should_be = [&] {
    return fmt::format("{} should be {}, got {}", place(signature, parameter),
                       text(parameter.support, signature.parameters), text(argument.element));
  };
  if (!argument.fixed && parameter.setting) {
    return fmt::format("{} must be fixed, but it depends on a latent value",
                       place(signature, parameter));
  }
  if (!argument.fixed && signature.fixed_only) {
    return fmt::format("`{}` takes fixed values only, but {} depends on a latent value",
                       signature.name, place(signature, parameter));
  }
  if (parameter.shape == "*") return std::nullopt;
  switch (argument.element) {
    case Element::boolean:
    case Element::integer:
      return std::nullopt;
    case Element::real:
      if (!parameter.support.is_discrete()) return std::nullopt;
      return should_be();
    case Element::category:  // an index or a group; nothing else may be computed from it
      if (parameter.support.is_discrete()) return std::nullopt;
      return should_be();
    case Element::text:  // settings such as a method are named by text
      if (parameter.setting && !parameter.support.is_discrete()) return std::nullopt;
      return should_be();
  }
  return std::nullopt;
}

// Matches the arguments of one call against the patterns, collecting the sizes that the patterns
// name.
class Matcher {
 public:
  Matcher(const Signature& signature, std::span<const ArgumentType> arguments)
      : signature_(signature), arguments_(arguments) {}

  std::optional<Mismatch> match_all() {
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
      if (!arguments_[i].given) continue;
      if (std::optional<std::string> wrong = match(i)) return Mismatch{i, *std::move(wrong)};
    }
    return std::nullopt;
  }

  // The shape that a result pattern stands for; sizes that no argument has are unknown.
  Shape build(std::string_view text, bool with_leading) const {
    const Pattern pattern = read(text);
    Shape shape;
    if ((pattern.leading || with_leading) && leading_ != nullptr) shape = *leading_;
    for (std::size_t i = 0; i < pattern.rank; ++i) shape.push_back(size_of(pattern.sizes[i]));
    return shape;
  }

 private:
  struct Named {
    std::string_view name;
    Size size;
    std::size_t argument;
  };

  const Parameter& parameter(std::size_t argument) const {
    return signature_.parameters[parameter_of(signature_, argument, arguments_.size())];
  }

  std::optional<std::string> match(std::size_t i) {
    const Parameter& wanted = parameter(i);
    const Shape& shape = arguments_[i].shape;
    Pattern pattern = read(wanted.shape);
    if (pattern.anything) return std::nullopt;
    if (is_distribution(signature_)) {
      pattern.leading = true;  // copies of the event
      if (shape.empty() && repeats_scalars(wanted, pattern)) return std::nullopt;
    }
    const bool fits = pattern.leading ? shape.size() >= pattern.rank : shape.size() == pattern.rank;
    if (!fits) return wrong_rank(i, pattern);
    const std::size_t lead = shape.size() - pattern.rank;
    for (std::size_t d = 0; d < pattern.rank; ++d) {
      if (!unify(pattern.sizes[d], shape[lead + d], i)) return wrong_size(i, pattern.sizes[d]);
    }
    if (lead == 0 || spread(i, lead)) return std::nullopt;
    return wrong_leading(i);
  }

  // Whether a scalar stands for an array of equal numbers: where the event says how many.
  bool repeats_scalars(const Parameter& wanted, const Pattern& pattern) const {
    if (pattern.rank == 2) return wanted.shape == signature_.event && wanted.support.is_scalar();
    if (pattern.rank != 1 || signature_.event.empty()) return pattern.rank == 1;
    const Pattern event = read(signature_.event);
    return std::find(event.sizes.begin(), event.sizes.end(), pattern.sizes[0]) != event.sizes.end();
  }

  bool unify(std::string_view name, const Size& size, std::size_t i) {
    using enum Size::Comparison;
    if (const std::optional<std::int64_t> number = as_number(name)) {
      return compare(size, Size::number(*number)) != different;
    }
    for (Named& named : named_) {
      if (named.name != name) continue;
      if (compare(named.size, size) == different) return false;
      if (named.size.is_unknown() || named.size.is_number()) named.size = size;
      return true;
    }
    named_.push_back({name, size, i});
    return true;
  }

  // Broadcasts the leading dimensions of an argument with those before it. The usual call has one
  // shape only, which is then not copied.
  bool spread(std::size_t i, std::size_t lead) {
    const Shape& shape = arguments_[i].shape;
    const bool whole = lead == shape.size();
    if (leading_ == nullptr) {
      leading_argument_ = i;
      if (!whole) own_ = Shape(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(lead));
      leading_ = whole ? &shape : &own_;
      return true;
    }
    std::optional<Shape> both =
        whole ? broadcast(*leading_, shape)
              : broadcast(*leading_,
                          Shape(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(lead)));
    if (!both) return false;
    own_ = *std::move(both);
    leading_ = &own_;
    return true;
  }

  Size size_of(std::string_view name) const {
    if (const std::optional<std::int64_t> number = as_number(name)) return Size::number(*number);
    for (const Named& named : named_) {
      if (named.name == name) return named.size;
    }
    return Size::unknown();
  }

  std::string wrong_rank(std::size_t i, const Pattern& pattern) const {
    const std::string found = text(arguments_[i].shape);
    if (pattern.rank == 0) {
      return fmt::format("{} should be a scalar, got shape {}", place(signature_, parameter(i)),
                         found);
    }
    const std::string_view wanted = parameter(i).shape;
    return fmt::format("{} should have shape [{}], got {}", place(signature_, parameter(i)), wanted,
                       found);
  }

  std::string wrong_size(std::size_t i, std::string_view name) const {
    const std::string found = text(arguments_[i].shape);
    const auto named = std::find_if(named_.begin(), named_.end(),
                                    [name](const Named& n) { return n.name == name; });
    if (named == named_.end() || named->argument == i) {
      return fmt::format("{} should have shape [{}], got {}", place(signature_, parameter(i)),
                         parameter(i).shape, found);
    }
    return fmt::format("{} should have shape [{}] with {} = {}, as `{}` has shape {}, got {}",
                       place(signature_, parameter(i)), parameter(i).shape, name,
                       named->size.text(), parameter(named->argument).name,
                       text(arguments_[named->argument].shape), found);
  }

  std::string wrong_leading(std::size_t i) const {
    return fmt::format("`{}` and `{}` of `{}` have shapes {} and {}, which do not fit",
                       parameter(leading_argument_).name, parameter(i).name, signature_.name,
                       text(arguments_[leading_argument_].shape), text(arguments_[i].shape));
  }

  const Signature& signature_;
  std::span<const ArgumentType> arguments_;
  std::vector<Named> named_;
  const Shape* leading_ = nullptr;  // an argument's own shape, or own_
  Shape own_;
  std::size_t leading_argument_ = 0;
};

std::optional<Mismatch> check_values(const Signature& signature,
                                     std::span<const ArgumentType> arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].given) continue;
    const Parameter& parameter = signature.parameters[parameter_of(signature, i, arguments.size())];
    if (std::optional<std::string> wrong = wrong_value(signature, parameter, arguments[i])) {
      return Mismatch{i, *std::move(wrong)};
    }
  }
  return std::nullopt;
}

Element result_element(const Signature& signature, std::span<const ArgumentType> arguments) {
  switch (signature.result_element) {
    case ResultElement::real:
      return Element::real;
    case ResultElement::integer:
      return Element::integer;
    case ResultElement::boolean:
      return Element::boolean;
    case ResultElement::as_arguments:
      break;
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool setting = signature.parameters[parameter_of(signature, i, arguments.size())].setting;
    if (arguments[i].given && !setting && arguments[i].element == Element::real) {
      return Element::real;
    }
  }
  return Element::integer;
}

}  // namespace

std::variant<ResultType, Mismatch> infer(const Signature& signature,
                                         std::span<const ArgumentType> arguments) {
  if (std::optional<Mismatch> wrong = check_values(signature, arguments)) return *std::move(wrong);
  if (signature.rule != nullptr) return signature.rule(arguments);
  Matcher matcher(signature, arguments);
  if (std::optional<Mismatch> wrong = matcher.match_all()) return *std::move(wrong);
  return ResultType{result_element(signature, arguments), matcher.build(signature.result, false)};
}

std::variant<ResultType, Mismatch> infer_value(const Signature& signature,
                                               std::span<const ArgumentType> arguments) {
  if (std::optional<Mismatch> wrong = check_values(signature, arguments)) return *std::move(wrong);
  const Element element = signature.support.is_discrete() ? Element::integer : Element::real;
  if (signature.rule != nullptr) return signature.rule(arguments);
  Matcher matcher(signature, arguments);
  if (std::optional<Mismatch> wrong = matcher.match_all()) return *std::move(wrong);
  return ResultType{element, matcher.build(signature.event, true)};
}

std::optional<std::string> fit_value(const Signature& distribution, const Shape& given,
                                     const Shape& value) {
  const std::size_t rank = event_rank(distribution);
  if (value.size() < rank) {
    return fmt::format("`{}` is a distribution of a {}, [{}], but the value has shape {}",
                       distribution.name, rank == 1 ? "vector" : "matrix", distribution.event,
                       text(value));
  }
  const auto mismatch = [&](std::size_t i, bool stretches) {  // i counts from the last dimension
    const Size& from = given[given.size() - 1 - i];
    if (stretches && from.is_literal_one()) return false;
    return compare(from, value[value.size() - 1 - i]) == Size::Comparison::different;
  };
  bool fits = given.size() <= value.size();
  for (std::size_t i = 0; fits && i < given.size(); ++i) fits = !mismatch(i, i >= rank);
  if (fits) return std::nullopt;
  return fmt::format("the arguments of `{}` give shape {}, which does not fit the value's shape {}",
                     distribution.name, text(given), text(value));
}

}  // namespace vippl::lang
