#include "stdlib/operations/hmm.h"
#include "stdlib/roll_call.h"

namespace vippl::stdlib::functions {

namespace {

using lang::Parameter;
using lang::Support;

constexpr Parameter chain[] = {{"emission", Support::real, "n, k"},
                               {"transition", Support::nonnegative, "k, k"},
                               {"initial", Support::nonnegative, "k"}};

constexpr std::string_view source = "Rabiner (1989), Proc. IEEE 77(2)";

constexpr runtime::Function rows[] = {
    {{.name = "hmm_log_density",
      .parameters = chain,
      .summary = "log density of a hidden Markov chain, from the log densities of its states, the "
                 "rows of transition probabilities and the weights of the first state",
      .source = source,
      .result = ""},
     &make_hmm_log_density},
    {{.name = "hmm_smooth",
      .parameters = chain,
      .summary = "the probability of each state at each time, given everything observed",
      .source = source,
      .result = "n, k"},
     &make_hmm_smooth},
};

}  // namespace

constinit const FunctionTable dynamics = rows;

}  // namespace vippl::stdlib::functions
