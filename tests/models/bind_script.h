#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lang/diagnostic.h"
#include "runtime/model.h"

namespace vippl::test {

/// What a script is bound to.
struct Given {
  std::string csv = {};   ///< the file d.csv
  std::string json = {};  ///< the file d.json
  runtime::ModelOptions options = {};
  std::vector<std::pair<std::string, std::string>> tables = {};  ///< more CSV: names and texts
};

/// The model, or why there is none.
struct Outcome {
  std::unique_ptr<runtime::Model> model;
  lang::Diagnostics warnings;
  std::optional<lang::Diagnostic> error;

  std::string code() const { return error ? error->code : ""; }
  std::string message() const { return error ? error->message : ""; }
};

/// Binds a script that can be read; it is not checked before.
Outcome make(const std::string& script, const Given& given);

}  // namespace vippl::test
