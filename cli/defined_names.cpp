#include "cli/defined_names.h"

#include <algorithm>

#include "lang/match.h"

namespace vippl::cli {
namespace {

namespace ast = lang::ast;

/// Latents and derived values of a block belong to the script; its other names do not leave it.
std::vector<std::string> names_out_of(const ast::Block& block) {
  std::vector<std::string> names;
  for (const ast::Statement& statement : block) {
    const bool is_local = std::holds_alternative<ast::Let>(statement.node) ||
                          std::holds_alternative<ast::Var>(statement.node);
    if (is_local) continue;
    const std::vector<std::string> inner = defined_names(statement);
    names.insert(names.end(), inner.begin(), inner.end());
  }
  return names;
}

}  // namespace

std::vector<std::string> defined_names(const ast::Statement& statement) {
  using Names = std::vector<std::string>;
  return lang::match(
      statement.node, [](const ast::Data& data) { return Names{data.name.name}; },
      [](const ast::Let& let) { return Names{let.name.name}; },
      [](const ast::Var& var) { return Names{var.name.name}; },
      [](const ast::Assign&) { return Names{}; },
      [](const ast::Sample& sample) { return Names{sample.target.name}; },
      [](const ast::Observe&) { return Names{}; }, [](const ast::Factor&) { return Names{}; },
      [](const ast::Derive& derive) { return Names{derive.name.name}; },
      [](const ast::Generate& generate) { return Names{generate.target.name}; },
      [](const ast::Param& param) { return Names{param.name.name}; },
      [](const ast::If& choice) {
        Names names = names_out_of(choice.accepted);
        const Names others = names_out_of(choice.rejected);
        names.insert(names.end(), others.begin(), others.end());
        return names;
      },
      [](const ast::For& loop) { return names_out_of(loop.body); },
      [](const ast::While& loop) { return names_out_of(loop.body); },
      [](const ast::Return&) { return Names{}; },
      [](const ast::Function& function) { return Names{function.name.name}; },
      [](const ast::Model& model) { return Names{model.name.name}; },
      [](const ast::Guide&) { return Names{}; }, [](const ast::Import&) { return Names{}; },
      [](const ast::Evaluate&) { return Names{}; });
}

bool changes_log_joint(const ast::Statement& statement) {
  return lang::match(
      statement.node, [](const ast::Data&) { return false; }, [](const ast::Let&) { return false; },
      [](const ast::Var&) { return false; }, [](const ast::Assign&) { return true; },
      [](const ast::Sample&) { return true; }, [](const ast::Observe&) { return true; },
      [](const ast::Factor&) { return true; }, [](const ast::Derive&) { return false; },
      [](const ast::Generate&) { return false; }, [](const ast::Param&) { return true; },
      [](const ast::If&) { return true; }, [](const ast::For&) { return true; },
      [](const ast::While&) { return true; }, [](const ast::Return&) { return false; },
      [](const ast::Function&) { return false; }, [](const ast::Model&) { return false; },
      [](const ast::Guide&) { return true; }, [](const ast::Import&) { return false; },
      [](const ast::Evaluate&) { return false; });
}

bool has_sample(const std::vector<ast::Statement>& statements) {
  return std::any_of(statements.begin(), statements.end(), [](const ast::Statement& statement) {
    if (std::holds_alternative<ast::Sample>(statement.node)) return true;
    if (const auto* choice = std::get_if<ast::If>(&statement.node)) {
      return has_sample(choice->accepted) || has_sample(choice->rejected);
    }
    if (const auto* loop = std::get_if<ast::For>(&statement.node)) return has_sample(loop->body);
    if (const auto* loop = std::get_if<ast::While>(&statement.node)) return has_sample(loop->body);
    return false;
  });
}

}  // namespace vippl::cli
