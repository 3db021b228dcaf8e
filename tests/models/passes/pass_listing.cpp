#include "tests/models/passes/pass_listing.h"

#include <stdexcept>

namespace vippl::test {

std::string listing_after(const std::string& passes, const std::string& script, Given given) {
  given.options.passes = runtime::PassSet::from_text(passes).value();
  const Outcome outcome = make(script, given);
  if (!outcome.model) throw std::runtime_error(outcome.message());
  return outcome.model->listing(runtime::Model::Stage::optimised);
}

int count_of(const std::string& part, const std::string& text) {
  int count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

}  // namespace vippl::test
