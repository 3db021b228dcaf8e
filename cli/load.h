#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "lang/ast.h"
#include "lang/check.h"
#include "lang/diagnostic.h"
#include "lang/parse.h"
#include "runtime/model.h"

namespace vippl::cli {

/// A script with everything it imports, checked.
struct LoadedScript {
  lang::Sources sources;
  lang::ast::Script script;
  lang::Diagnostics warnings;
};

/// A script bound to its data.
struct LoadedModel {
  LoadedScript program;
  runtime::DataSet data;
  std::unique_ptr<runtime::Model> model;
};

/// Reads a whole script file. Throws Failure if it is missing, a folder, unreadable or larger than
/// a script can be.
lang::SourceText read_script(const std::filesystem::path& path);

/// For lang::expand_imports: files beside the importing one.
std::optional<lang::SourceText> read_import(const std::string& path,
                                            const lang::SourceText& importer);

/// Reads data files in order. Throws Failure.
runtime::DataSet load_data(const std::vector<std::string>& paths);

/// What the checker may know of the data.
lang::DataFacts facts_of(const runtime::DataSet& data, const runtime::ModelOptions& options);

/// Reads, parses and checks; Failure carries all diagnostics, rendered.
LoadedScript load_script(const std::filesystem::path& path, const lang::DataFacts& facts);

/// load_script(), then binds the data; new warnings are added to those of the script.
LoadedModel load_model(const std::filesystem::path& path, const std::vector<std::string>& data,
                       const runtime::ModelOptions& options);

/// Its model made once more with other options; what there is to warn of was said before.
std::unique_ptr<runtime::Model> model_again(const LoadedModel& loaded,
                                            const runtime::ModelOptions& options);

}  // namespace vippl::cli
