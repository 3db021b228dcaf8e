#include "runtime/lanes.h"

#include <algorithm>

namespace vippl::runtime {

namespace {

// Independent partial sums: additions of one chain would wait for each other.
template <Index width>
void add_blocks(const double* x, Index elements, double* sums) {
  double partial[width] = {};
  for (Index i = 0; i < elements; ++i) {
    for (Index b = 0; b < width; ++b) partial[b] += x[i * width + b];
  }
  for (Index b = 0; b < width; ++b) sums[b] += partial[b];
}

}  // namespace

void add_over_elements(const double* x, Index elements, Index lanes, double* sums) {
  if (lanes == 1) {
    constexpr Index width = 8;
    const Index blocks = elements / width;
    double partial[width] = {};
    add_blocks<width>(x, blocks, partial);
    double rest = 0;
    for (Index i = blocks * width; i < elements; ++i) rest += x[i];
    sums[0] += ((partial[0] + partial[4]) + (partial[1] + partial[5])) +
               ((partial[2] + partial[6]) + (partial[3] + partial[7])) + rest;
    return;
  }
  if (lanes == 8) return add_blocks<8>(x, elements, sums);
  for (Index i = 0; i < elements; ++i) {
    for (Index b = 0; b < lanes; ++b) sums[b] += x[i * lanes + b];
  }
}

void expand_lanes(double* values, Index size, Index lanes) {
  for (Index i = size; lanes > 1 && i-- > 0;)
    std::fill_n(values + i * lanes, lanes, double{values[i]});
}

}  // namespace vippl::runtime
