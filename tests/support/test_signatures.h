#pragma once
#include "lang/signature.h"

namespace vippl::tests {

/// A small table of callables for tests of the checker: signatures without kernels, independent of
/// the standard library.
const lang::SignatureTable& test_signatures();

}  // namespace vippl::tests
