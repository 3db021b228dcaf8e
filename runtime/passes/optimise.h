#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runtime/tape.h"

namespace vippl::runtime {

/// One way to make a tape faster. It takes a tape and returns one with the same terms per
/// statement, guards and reported values, up to rounding.
struct Pass {
  std::string_view name;
  std::string_view summary;
  Tape (*run)(Tape tape);   ///< null: the recording itself, which asks PassSet::records_together()
  bool comes_last = false;  ///< what it makes is closed to the others: not before the last round
};

/// In the order in which they run.
std::span<const Pass> all_passes();

/// Which passes run. All of them, unless something is being looked into.
class PassSet {
 public:
  static PassSet all();
  static PassSet none() { return PassSet(0); }
  /// "all", "none", or names of passes with commas between; nothing if one is not known.
  static std::optional<PassSet> from_text(std::string_view text);
  /// One bit per pass, in their order.
  static PassSet from_bits(std::uint32_t bits) { return PassSet(bits); }

  bool has(std::size_t pass) const { return (bits_ >> pass & 1U) != 0; }
  /// Whether the turns of a loop are recorded together where none needs another.
  bool records_together() const;

 private:
  explicit PassSet(std::uint32_t bits) : bits_(bits) {}
  std::uint32_t bits_;
};

/// Runs the passes, twice where the later ones leave work for the earlier.
Tape optimise(Tape tape, const PassSet& passes);

/// The same for the tape of a function, which is there for one result; that is moved along.
Tape optimise_function(Tape tape, NodeId& result, const PassSet& passes);

}  // namespace vippl::runtime
