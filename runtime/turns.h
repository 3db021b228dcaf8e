#pragma once
#include <cstdint>
#include <span>

#include "runtime/recorder.h"

// Values that differ between the turns of a loop that are recorded together (Value::turns).

namespace vippl::runtime {

/// The elements of all turns as one plain array.
Value flattened(const Value& value);

/// The other way round: `all` holds arrays of this shape, one per turn, one behind the other.
Value split_by_turn(const Value& all, lang::Shape shape);

/// A value that is in turn t what `value` is in turn from[t].
Value pick_turns(const Value& value, std::span<const std::int32_t> from, Recorder& recorder,
                 lang::Span span);

}  // namespace vippl::runtime
