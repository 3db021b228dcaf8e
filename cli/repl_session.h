#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/fit.h"
#include "cli/summary_table.h"
#include "cli/terminal.h"
#include "lang/ast.h"
#include "lang/diagnostic.h"
#include "runtime/data.h"
#include "runtime/model.h"

namespace vippl::cli {

/// What the REPL knows: the statements accepted so far, the data, and the last fit if it still
/// holds. Every action returns the text to print, or throws Failure and leaves the session as it
/// was.
class ReplSession {
 public:
  ReplSession(const Terminal& terminal, std::map<std::string, double> settings);

  /// Statements and expressions of the language, as typed.
  std::string enter(const std::string& text);
  /// The statements of a script file.
  std::string load(const std::filesystem::path& path);
  /// Reads a file. It replaces one of the same path; of equal names the newest file's is used.
  std::string add_data(const std::string& path);
  std::string fit(const FitOptions& options);
  std::string summary(Length length) const;
  /// The statements accepted so far.
  std::string listing() const;
  /// Drops the statements of the last accepted entry or file.
  std::string undo();
  /// Forgets the statements and the fit, keeps the data.
  void reset();

  std::vector<std::string> names() const;
  /// The text of the statement that defines a name.
  std::optional<std::string> definition(std::string_view name) const;
  /// Columns of the data that are not yet in use too: what `data` statements can name.
  std::vector<std::string> data_names() const { return data_.names(); }

 private:
  using Statements = std::vector<lang::ast::Statement>;
  struct Fitted {
    std::unique_ptr<runtime::Model> model;
    inference::Posterior posterior;
    FitReport report;  // borrows from both
  };
  /// Texts and statements that become the session's when all is well.
  struct Draft {
    lang::Sources sources;
    Statements statements;
    std::size_t first_new_source = 0;
    std::size_t first_new_statement = 0;
  };

  Draft draft(lang::SourceText text, lang::Diagnostics& diagnostics, bool takes_expressions) const;
  /// A model, or why there is none yet: an array that later entries go on filling.
  struct Built {
    std::unique_ptr<runtime::Model> model;
    lang::Diagnostics unfinished;
  };
  Built build(const Draft& draft, Statements statements, const runtime::ModelOptions& options,
              lang::Diagnostics& warnings) const;
  std::unique_ptr<runtime::Model> build_finished(const Draft& draft, Statements statements,
                                                 const runtime::ModelOptions& options) const;
  std::string accept(Draft draft, const lang::Diagnostics& parsed);
  std::string evaluate(const Draft& draft, const lang::ast::Expression& expression) const;
  std::string warnings_text(const lang::Diagnostics& warnings, const Draft& draft) const;

  Terminal terminal_;
  runtime::ModelOptions options_;
  runtime::DataSet data_;
  lang::Sources sources_;
  Statements statements_;
  std::vector<std::size_t> undo_sizes_;  // of statements_, before each accepted entry
  std::unique_ptr<Fitted> fitted_;
  std::size_t entries_ = 0;  // typed so far, the bad ones too: their number names them in messages
};

}  // namespace vippl::cli
