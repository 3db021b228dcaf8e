#pragma once
#include <memory>
#include <span>

#include "runtime/operation.h"

namespace vippl::runtime {

/// out[r, i, j] = sum over k of a[r, i, k] b[r, k, j], for `batches` values of r; a vector is a
/// matrix with one row (left) or one column (right).
struct ContractionExtents {
  Index batches = 1;
  Index rows = 1;
  Index inner = 1;
  Index columns = 1;
  bool left_is_batched = false;
  bool right_is_batched = false;
};

class ContractionOperation : public Operation {
 public:
  explicit ContractionOperation(const ContractionExtents& extents) : extents_(extents) {}
  const ContractionExtents& extents() const { return extents_; }
  bool fingerprint(std::vector<std::uint64_t>& numbers) const final;
  std::shared_ptr<const Operation> repeated(Index count, std::span<const bool> shared) const final;

 protected:
  ContractionExtents extents_;
};

/// `a @ b`: the last dimension of a against the first of a vector b, or the last but one. Extents
/// as in the table of language.md section 3, already checked to fit; up to three dimensions, the
/// first of three being a batch.
std::shared_ptr<const Operation> make_contraction(std::span<const Index> a,
                                                  std::span<const Index> b);

}  // namespace vippl::runtime
