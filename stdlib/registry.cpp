#include "stdlib/registry.h"

#include <algorithm>

#include "lang/diagnostic.h"
#include "stdlib/roll_call.h"

namespace vippl::stdlib {

namespace {

constexpr auto name_of = [](const auto* entry) { return entry->facts.name; };

template <class Entry>
void sort_by_name(std::vector<const Entry*>& entries) {
  std::ranges::sort(entries, {}, name_of);
  const auto twice = std::ranges::adjacent_find(entries, {}, name_of);
  VIPPL_ASSERT(twice == entries.end(), "every entry has a name of its own");
}

template <class Entry>
const Entry* find(const std::vector<const Entry*>& entries, std::string_view name) {
  const auto found = std::ranges::lower_bound(entries, name, {}, name_of);
  return found == entries.end() || (*found)->facts.name != name ? nullptr : *found;
}

template <class Entry>
std::vector<std::string_view> names(const std::vector<const Entry*>& entries) {
  std::vector<std::string_view> result;
  for (const Entry* entry : entries) result.push_back(entry->facts.name);
  return result;
}

class StandardLibrary final : public runtime::Registry {
 public:
  StandardLibrary() : distributions_(all_distributions().begin(), all_distributions().end()) {
    for (const FunctionTable* table : all_function_tables())
      for (const runtime::Function& function : *table) functions_.push_back(&function);
    sort_by_name(distributions_);
    sort_by_name(functions_);
  }

  const runtime::Function* function(std::string_view name) const override {
    return find(functions_, name);
  }
  const runtime::Distribution* distribution(std::string_view name) const override {
    return find(distributions_, name);
  }
  std::span<const runtime::Function* const> functions() const override { return functions_; }
  std::span<const runtime::Distribution* const> distributions() const override {
    return distributions_;
  }

  const lang::Signature* find_function(std::string_view name) const override {
    const runtime::Function* found = function(name);
    return found == nullptr ? nullptr : &found->facts;
  }
  const lang::Signature* find_distribution(std::string_view name) const override {
    const runtime::Distribution* found = distribution(name);
    return found == nullptr ? nullptr : &found->facts;
  }
  std::vector<std::string_view> function_names() const override { return names(functions_); }
  std::vector<std::string_view> distribution_names() const override {
    return names(distributions_);
  }

 private:
  std::vector<const runtime::Distribution*> distributions_;
  std::vector<const runtime::Function*> functions_;
};

}  // namespace

const runtime::Registry& registry() {
  static const StandardLibrary library;
  return library;
}

}  // namespace vippl::stdlib
