#pragma once
#include <limits>
#include <numeric>
#include <string>

#include "runtime/registry.h"
#include "runtime/value.h"
#include "stdlib/registry.h"
#include "tests/support/operation_check.h"

// Calls a function of the registry on plain arrays, as the interpreter would.

namespace vippl::testing {

/// An argument: shape and elements, row by row. An argument that is left out is `absent`.
struct Array {
  std::vector<runtime::Index> extents;
  std::vector<double> elements;
  lang::Element element = lang::Element::real;
  bool is_given = true;
  std::string text = {};  ///< of a setting that is named by text
};

inline const Array absent{{}, {}, lang::Element::real, false, {}};
inline Array number(double value) { return {{}, {value}}; }
inline Array whole(double value) { return {{}, {value}, lang::Element::integer}; }
inline Array name_of(std::string text) {
  return {{}, {0}, lang::Element::text, true, std::move(text)};
}
inline Array vector(std::vector<double> elements) {
  const auto size = static_cast<runtime::Index>(elements.size());
  return {{size}, std::move(elements)};
}
inline Array ints(std::vector<double> elements) {
  Array result = vector(std::move(elements));
  result.element = lang::Element::integer;
  return result;
}
inline Array matrix(runtime::Index rows, runtime::Index columns, std::vector<double> elements) {
  return {{rows, columns}, std::move(elements)};
}

/// A call that has been checked and recorded.
struct RecordedCall {
  const runtime::Function* function = nullptr;
  lang::ResultType result;
  std::shared_ptr<const runtime::Operation> operation;
  std::vector<std::size_t> inputs;  ///< which arguments are inputs of the operation
  runtime::Index out_size = 0;
};

inline lang::Shape shape_of(const Array& array) {
  lang::Shape shape;
  for (const runtime::Index extent : array.extents) shape.push_back(lang::Size::number(extent));
  return shape;
}

inline const lang::Parameter& parameter_of(const lang::Signature& facts, std::size_t argument,
                                           std::size_t count) {
  const std::size_t rest = facts.variadic ? count + 1 - facts.parameters.size() : 1;
  return facts.parameters[argument < rest ? 0 : argument - rest + 1];
}

/// Bit k of `latent` makes argument k latent. A mismatch is thrown as an ArgumentError.
inline RecordedCall record_call(std::string_view name, const std::vector<Array>& arguments,
                                unsigned latent = 0) {
  RecordedCall call;
  call.function = stdlib::registry().function(name);
  REQUIRE_MESSAGE(call.function != nullptr, name);
  const lang::Signature& facts = call.function->facts;
  std::vector<lang::ArgumentType> types;
  std::vector<runtime::CallArgument> call_arguments;
  for (std::size_t k = 0; k < arguments.size(); ++k) {
    const Array& array = arguments[k];
    lang::ArgumentType type;
    runtime::CallArgument argument;
    if (array.is_given) {
      type.given = true;
      type.element = array.element;
      type.shape = shape_of(array);
      type.fixed = ((latent >> k) & 1U) == 0;
      if (type.fixed && array.extents.empty() && array.text.empty()) type.value = array.elements[0];
      argument.shape = type.shape;
      argument.extents = array.extents;
      argument.data = array.elements.data();
      argument.size = static_cast<runtime::Index>(array.elements.size());
      argument.fixed = type.fixed;
      argument.text = array.text;
      if (!parameter_of(facts, k, arguments.size()).setting) call.inputs.push_back(k);
    }
    types.push_back(type);
    call_arguments.push_back(argument);
  }
  auto inferred = lang::infer(facts, types);
  if (const auto* mismatch = std::get_if<lang::Mismatch>(&inferred)) {
    throw runtime::ArgumentError(mismatch->parameter.value_or(99), mismatch->message);
  }
  call.result = std::get<lang::ResultType>(std::move(inferred));
  for (const lang::Size& size : call.result.shape) {
    if (size.value() || call.function->measure == nullptr) continue;
    call.result.shape = call.function->measure(call_arguments);
    break;
  }
  call.operation = call.function->make(call_arguments, call.result.shape);
  call.out_size = lang::element_count(call.result.shape);
  return call;
}

/// The value of a call of fixed arguments.
inline std::vector<double> evaluate_call(std::string_view name,
                                         const std::vector<Array>& arguments) {
  const RecordedCall call = record_call(name, arguments);
  std::vector<OperationInput> inputs;
  for (const std::size_t k : call.inputs) {
    const auto size = static_cast<runtime::Index>(arguments[k].elements.size());
    inputs.push_back({arguments[k].elements, size, true});
  }
  return run_operation(*call.operation, inputs, call.out_size, 1).out;
}

/// The message with which a call is refused; empty if it is not.
inline std::string refusal(std::string_view name, const std::vector<Array>& arguments,
                           unsigned latent = 0) {
  try {
    record_call(name, arguments, latent);
  } catch (const runtime::ArgumentError& error) {
    return error.what();
  }
  return "";
}

}  // namespace vippl::testing
