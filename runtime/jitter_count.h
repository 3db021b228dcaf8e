#pragma once
#include <map>
#include <string_view>

#include "lang/diagnostic.h"
#include "runtime/replay.h"

namespace vippl::runtime {

/// The warning that `cholesky` has changed its matrix; `where`: in how many cases.
lang::Diagnostic added_jitter(lang::Span span, double share, std::string_view where);

/// How often, and how much, jitter was added at each place of a script.
class JitterCount {
 public:
  /// Of one point, replayed whole with one lane.
  void add(const Tape& tape, const Replay& replay);
  /// One per place where there was some, of so many points.
  lang::Diagnostics warnings(Index points) const;

 private:
  struct InOrder {
    bool operator()(const lang::Span& a, const lang::Span& b) const;
  };
  struct Found {
    Index points = 0;
    double largest = 0;
  };
  std::map<lang::Span, Found, InOrder> found_;
};

}  // namespace vippl::runtime
