#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "lang/ast.h"
#include "lang/source.h"
#include "runtime/data.h"
#include "runtime/model.h"
#include "tests/models/script_file.h"
#include "tests/support/reference/evaluate.h"

// A script in two readings: the model that vippl records, and the reference evaluator's walk over
// the same tree.

namespace vippl::test {

using Latents = std::map<std::string, reference::Tensor>;

class Comparison {
 public:
  /// Parses the script, expands its imports and reads its data; throws on any that is wrong.
  Comparison(const ScriptFile& file, const std::filesystem::path& data_folder);

  /// By the reference evaluator, at values of all latents.
  reference::Result evaluate(const Latents& latents) const;

  std::unique_ptr<runtime::Model> make_model() const;

 private:
  lang::Sources sources_;
  lang::ast::Script script_;
  runtime::DataSet data_;
};

/// The values in `{"beta": [..], "sigma": 1.2}`.
Latents read_latents(const std::string& json);

/// The constrained values of all latents of `model` at `point`.
Latents constrain(const runtime::Model& model, const Eigen::VectorXd& point);

/// The first disagreement of the model with the reference at `point`, in words; empty if there is
/// none. Compared are the log joint, its gradient (with differences of the reference), the sum of
/// all terms and every derived value. Where the reference is not finite, the model must not be
/// finite either, and `is_finite` is set to false.
std::string disagreement(const Comparison& comparison, const runtime::Model& model,
                         const Eigen::VectorXd& point, bool& is_finite);

}  // namespace vippl::test
