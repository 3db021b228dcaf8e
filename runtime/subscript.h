#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lang/source.h"
#include "runtime/value.h"

namespace vippl::runtime {

/// One place of a subscript, evaluated.
struct PlaceValue {
  enum class Kind {
    all,
    index,
    range
  };  ///< `:`; an int or an array of ints, read together; a range, read crosswise
  Kind kind = Kind::all;
  Value value;
  lang::Span span;
};

/// Which elements a subscript picks out of an array.
struct Selection {
  lang::Shape shape;  ///< of the result
  std::vector<std::int32_t>
      positions;  ///< in the array, row-major, from 0; in the order of the result
};

/// A subscript that does not fit, at one place.
struct SubscriptError {
  lang::Span span;
  std::string code;
  std::string message;
  std::string hint;
};

/// Resolves a subscript as language.md section 7: from 1, both ends count, index arrays together,
/// ranges crosswise, a bool mask keeps the true ones, dimensions without a place are taken whole.
std::variant<Selection, SubscriptError> resolve(const lang::Shape& base,
                                                const std::vector<PlaceValue>& places,
                                                lang::Span span);

}  // namespace vippl::runtime
