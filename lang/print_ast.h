#pragma once
#include <string>

#include "lang/ast.h"

namespace vippl::lang {

/// The tree in brackets, `(+ a (* b c))`: each statement of a block on a line, for tests and for
/// looking at a parse.
std::string print_tree(const ast::Expression& expression);
std::string print_tree(const ast::Type& type);
std::string print_tree(const ast::Statement& statement);
std::string print_tree(const ast::Script& script);

/// The expression as one would write it, with no more brackets than it needs: how an expression
/// without a name is called in output, as the `log(y)` of `observe log(y) ~ normal(0, 1)`.
std::string print_source(const ast::Expression& expression);

}  // namespace vippl::lang
