#pragma once
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "lang/diagnostic.h"

namespace vippl::lang::checking {

/// Collects what the checks say: each thing once, nothing while quiet, and only so much of it.
class Report {
 public:
  /// Returns whether it was taken.
  bool add(Diagnostic diagnostic);
  bool has_errors() const { return errors_ > 0; }
  /// Looking for similar names is worth its time for the first errors only.
  bool wants_hints() const { return quiet_ == 0 && errors_ < 100; }
  Diagnostics take() { return std::move(diagnostics_); }

  /// Says nothing while it lives: a loop's body is read several times, until the types of its
  /// variables settle.
  class Quiet {
   public:
    explicit Quiet(Report& report) : report_(report) { ++report_.quiet_; }
    ~Quiet() { --report_.quiet_; }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;

   private:
    Report& report_;
  };

  /// What is said while it lives gets a note that points at the call whose function is being read.
  class InCall {
   public:
    InCall(Report& report, std::optional<Note> call) : report_(report), noted_(call.has_value()) {
      if (call) report_.calls_.push_back(*std::move(call));
    }
    ~InCall() {
      if (noted_) report_.calls_.pop_back();
    }
    InCall(const InCall&) = delete;
    InCall& operator=(const InCall&) = delete;

   private:
    Report& report_;
    bool noted_;
  };

 private:
  Diagnostics diagnostics_;
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::string>> seen_;  // source, place, code
  std::vector<Note> calls_;
  std::size_t errors_ = 0;
  int quiet_ = 0;
};

/// Takes out the warnings that a comment `# allow: CODE` on their line silences.
void remove_allowed(Diagnostics& diagnostics, const Sources& sources);

}  // namespace vippl::lang::checking
