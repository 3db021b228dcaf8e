#pragma once
#include <functional>
#include <string>

#include "lang/ast.h"
#include "runtime/data.h"
#include "tests/support/reference/tensor.h"

namespace vippl::reference {

/// What binding a `data` statement needs of the evaluator.
struct Names {
  std::function<bool(const std::string&)> is_defined;
  std::function<void(const std::string&, std::size_t)> define_size;
  std::function<Tensor(const lang::ast::Expression&)> evaluate;
};

/// The value of a `data` statement; sizes that it binds are defined on the way.
Tensor bind_data(const lang::ast::Data& statement, const runtime::DataSet& data,
                 const Names& names);

}  // namespace vippl::reference
