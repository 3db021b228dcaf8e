#include "stdlib/graph.h"

#include "stdlib/event.h"

namespace vippl::stdlib {

bool are_edges(std::span<const double> node1, std::span<const double> node2, std::size_t count) {
  if (node1.size() != node2.size()) return false;
  for (std::size_t e = 0; e < node1.size(); ++e) {
    const bool good = is_category(node1[e], count) && is_category(node2[e], count);
    if (!good || node1[e] == node2[e]) return false;
  }
  return true;
}

}  // namespace vippl::stdlib
