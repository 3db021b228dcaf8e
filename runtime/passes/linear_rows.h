#pragma once
#include <unordered_map>
#include <vector>

#include "runtime/passes/elements.h"

namespace vippl::runtime::passes {

/// Numbers, each a constant plus a weighted sum of numbers of the tape.
struct LinearRows {
  struct Entry {
    Element of;
    double weight = 0;
  };
  std::vector<double> constants;          // per row
  std::vector<std::size_t> begins = {0};  // of the entries of each row, and their end
  std::vector<Entry> entries;

  Index size() const { return static_cast<Index>(constants.size()); }
  void add_row(double constant) {
    constants.push_back(constant);
    begins.push_back(entries.size());
  }
  /// Goes on with the row that the next add_row() ends: weight times row i of `other`. Returns the
  /// constant of that.
  double extend(const LinearRows& other, Index i, double weight);
};

/// How the elements of nodes follow from others, through whatever is linear: +, -, products with
/// constants, sums and subscripts. Results that come from fewer numbers than they have elements are
/// taken apart; what does not is a coefficient.
class LinearReader {
 public:
  LinearReader(const Tape& tape, const ElementMap& map) : tape_(tape), map_(map) {}

  const LinearRows& rows_of(NodeId node);

 private:
  LinearRows read(NodeId node);
  LinearRows elements(NodeId node);
  bool is_taken_apart(NodeId node);
  Index width(NodeId node);
  Index width_of_elements(NodeId node);
  bool is_constant(NodeId node) const;

  const Tape& tape_;
  const ElementMap& map_;
  std::unordered_map<NodeId, LinearRows> known_;
  std::unordered_map<NodeId, Index> widths_;
};

}  // namespace vippl::runtime::passes
