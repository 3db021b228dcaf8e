#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lang/checking/type.h"

namespace vippl::lang::checking {

enum class Kind { data, size, let, var, latent, derived, generated, loop_variable, parameter };

/// "data", "a size", "a `let`", ...: as in messages.
std::string_view text(Kind kind);

/// One name and what is known of its value.
struct Definition {
  Kind kind = Kind::let;
  Type type = {};
  Span span = {};
  std::size_t order = 0;    ///< definitions are numbered in the order of the text
  std::string origin = {};  ///< of a size: what binds it, such as "data y"
  bool to_fill = false;     ///< a `sample x : T` whose elements are sampled one by one
  bool filled = false;      ///< some element of it is sampled
  bool has_floor = false;   ///< of a latent: its written type may exclude values below zero
  bool negative = false;    ///< of a latent: values below zero are known to be possible
  bool keeps_above = true;  ///< of a latent: a bound may keep it above some data
  bool keeps_below = true;  ///< the same of below
  bool typed = false;       ///< a `var` with a written type, which assignments may not widen
  /// Of `data x : real?`: may have missing values; not yet, or already, given a prior by `observe`.
  enum class Missing { no, awaited, observed };
  Missing missing = Missing::no;
  Span observed = {};     ///< the left side of that `observe`
  bool is_model = false;  ///< a `sample` from a model, which has parts
};

/// The names that a statement can see. The outermost scope is that of the script; a function has
/// its own scopes and sees through them only the constants of the script that were defined before
/// it.
class Scopes {
 public:
  Scopes();

  void push() { scopes_.emplace_back(); }
  void pop() { scopes_.pop_back(); }
  bool at_script() const { return scopes_.size() == 1; }

  /// Null if no such name can be seen from here.
  Definition* find(const std::string& name);
  /// A name of the script that exists although a function may not see it: a `var`, or one defined
  /// after the function.
  const Definition* find_hidden(const std::string& name) const;

  /// In the innermost scope; replaces.
  Definition& define(const std::string& name, Definition definition);
  /// Names of latents, derived and generated values belong to the script, or to the model whose
  /// body is being read, wherever they stand.
  Definition& define_in_script(const std::string& name, Definition definition);

  /// Takes the names defined in the script (or model) since `order` out of it.
  std::unordered_map<std::string, Definition> take_since(std::size_t order);
  std::size_t next_order() const { return next_order_; }

  /// Enters the body of a function whose definition has this order; the token restores what was
  /// there.
  struct Frame {
    std::size_t base = 0;
    std::size_t limit = 0;
    std::size_t names = 0;  // how many of script_order_ are those of outer frames
  };
  Frame enter_function(std::size_t order);
  void leave_function(Frame outer);

  std::vector<std::string> visible_names() const;
  const std::unordered_map<std::string, Definition>& script() const { return scopes_.front(); }
  /// Names of the script, or of the function or model whose body is being read.
  const std::unordered_map<std::string, Definition>& frame() const { return scopes_[frame_.base]; }

 private:
  bool sees(const Definition& definition) const;
  std::unordered_map<std::string, Definition>& own() { return scopes_[frame_.base]; }

  std::vector<std::unordered_map<std::string, Definition>> scopes_;
  std::vector<std::pair<std::size_t, std::string>>
      script_order_;  // names of the script as they were defined
  std::size_t next_order_ = 0;
  Frame frame_;  // base 0: outside of functions
};

}  // namespace vippl::lang::checking
