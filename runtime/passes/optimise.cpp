#include "runtime/passes/optimise.h"

#include <algorithm>
#include <array>

#include "runtime/passes/passes.h"

namespace vippl::runtime {

namespace {

constexpr std::array table = {
    Pass{"unused", "drop what nothing needs", &passes::drop_unused},
    Pass{"fold", "compute what is constant", &passes::fold_constants},
    Pass{"subscripts", "turn subscripts into views", &passes::simplify_subscripts},
    Pass{"share", "compute equal expressions once", &passes::share_results},
    Pass{"reroll", "turn loops into array instructions", &passes::reroll_loops},
    Pass{"products", "sums of data times latents as matrix products", &passes::find_products},
    Pass{"groups", "compute once per group what does not differ within",
         &passes::compute_per_group},
    Pass{"statistics", "sufficient statistics of normal regressions", &passes::collect_statistics},
    Pass{"mixtures", "densities and logs of a mixture in one instruction", &passes::fuse_mixtures,
         true},
    Pass{"categories", "mixtures of categorical densities in one instruction",
         &passes::fuse_categories, true},
    Pass{"sums", "compute the arguments of a likelihood where they are used", &passes::fuse_sums,
         true},
    Pass{"scalars", "compile chains of operations on single numbers", &passes::compile_scalars,
         true},
    Pass{"turns", "record the turns of a loop together", nullptr},
};
constexpr std::size_t turns = table.size() - 1;

// What rerolling leaves is worth a second look.
constexpr int rounds = 2;

}  // namespace

std::span<const Pass> all_passes() { return table; }

PassSet PassSet::all() { return PassSet((1U << table.size()) - 1); }

bool PassSet::records_together() const { return has(turns); }

std::optional<PassSet> PassSet::from_text(std::string_view text) {
  if (text == "all") return all();
  if (text == "none") return none();
  std::uint32_t bits = 0;
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), name.size() + 1));
    const auto found = std::ranges::find(table, name, &Pass::name);
    if (found == table.end()) return std::nullopt;
    bits |= 1U << (found - table.begin());
  }
  return PassSet(bits);
}

Tape optimise(Tape tape, const PassSet& passes) {
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (table[i].run != nullptr && passes.has(i) && (round == rounds - 1 || !table[i].comes_last))
        tape = table[i].run(std::move(tape));
    }
  }
  return tape;
}

Tape optimise_function(Tape tape, NodeId& result, const PassSet& passes) {
  // What a guard reads is needed, and stays a result of its own.
  tape.guards.push_back({result, false, {}});
  tape = optimise(std::move(tape), passes);
  result = tape.guards.back().condition;
  tape.guards.pop_back();
  return tape;
}

}  // namespace vippl::runtime
