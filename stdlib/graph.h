#pragma once
#include <span>

// Graphs as two lists of nodes, numbered from 1: edge e joins node1[e] and node2[e].

namespace vippl::stdlib {

/// Whether every edge joins two different nodes from 1 to `count`.
bool are_edges(std::span<const double> node1, std::span<const double> node2, std::size_t count);

/// Calls body(i, j) with the ends of every edge, from 0.
template <class Body>
void for_each_edge(std::span<const double> node1, std::span<const double> node2, Body&& body) {
  for (std::size_t e = 0; e < node1.size(); ++e)
    body(static_cast<std::size_t>(node1[e]) - 1, static_cast<std::size_t>(node2[e]) - 1);
}

}  // namespace vippl::stdlib
