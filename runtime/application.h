#pragma once
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "lang/wrapper.h"
#include "runtime/registry.h"
#include "runtime/value.h"

namespace vippl::runtime {

struct Wrapped;

/// A distribution applied to arguments, as it stands after `~`.
struct Application {
  const Distribution* distribution = nullptr;  ///< of a wrapper: its facts, and no kernels
  std::vector<Value> parameters;               ///< of a wrapper: its own, then those of its parts
  std::vector<lang::Span> spans;               ///< one per parameter
  lang::Span span;
  std::shared_ptr<const Wrapped> wrapped = nullptr;  ///< null for a distribution of the library
};

/// The distributions inside a wrapper. The components of a mixture are one part each.
struct Wrapped {
  Wrapped(lang::Wrapper which, bool has_lower, bool has_upper, std::vector<Application> inner);

  lang::Wrapper wrapper;
  std::vector<Application> parts;
  lang::WrappedSignature signature;
  Distribution distribution;
  bool has_lower;
  bool has_upper;
};

/// Draws one event into `out`, parameters as contiguous arrays in order.
using Sampler = std::function<void(std::span<const std::span<const double>> parameters, Rng& rng,
                                   std::span<double> out)>;

/// Of the library's distributions and of wrappers; empty if improper.
Sampler make_sampler(const Application& application);

}  // namespace vippl::runtime
