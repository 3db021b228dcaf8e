#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "lang/diagnostic.h"
#include "runtime/data.h"
#include "runtime/model.h"

// The posteriors of examples/posteriordb, bound to the data that are kept there.

namespace vippl::test {

/// Where the scripts, their data and their sources are.
std::filesystem::path posterior_folder();

/// The names of all scripts, sorted.
std::vector<std::string> posterior_names();

/// The data of one posterior as its posteriordb file has them. Two files are too large to keep;
/// they are computed from their tables as examples/posteriordb/unpack.py does.
runtime::DataFile posterior_data(const std::string& name);

struct Posterior {
  std::unique_ptr<runtime::Model> model;
  lang::Diagnostics warnings;  ///< of the check and of binding
  lang::Sources sources;
};

/// Throws std::runtime_error with the rendered diagnostics if the script is refused.
Posterior make_posterior(const std::string& name);

}  // namespace vippl::test
