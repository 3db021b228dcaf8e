#include "stdlib/elementwise.h"

namespace vippl::stdlib {

std::vector<runtime::ElementwiseInput> elementwise_inputs(
    std::span<const runtime::CallArgument> arguments, const lang::Shape& result) {
  const std::vector<runtime::Index> full = runtime::extents(result);
  std::vector<runtime::ElementwiseInput> inputs;
  for (const runtime::CallArgument& argument : arguments) {
    inputs.push_back(
        {runtime::make_broadcast(argument.extents, full), argument.size, argument.fixed});
  }
  return inputs;
}

}  // namespace vippl::stdlib
