#pragma once
#include <string>
#include <vector>

#include "lang/ast.h"

namespace vippl::cli {

/// The names that a statement defines for the statements after it.
std::vector<std::string> defined_names(const lang::ast::Statement& statement);

/// Whether a statement can change the log joint density, so that a fit made before is out of date.
bool changes_log_joint(const lang::ast::Statement& statement);

/// Whether a latent is sampled anywhere in the statements.
bool has_sample(const std::vector<lang::ast::Statement>& statements);

}  // namespace vippl::cli
