#include "cli/simulated_data.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/failure.h"
#include "cli/scalar_names.h"
#include "stdlib/registry.h"

namespace vippl::cli {
namespace {

namespace ast = lang::ast;

const ast::Data& data_named(const ast::Script& script, const std::string& name) {
  const auto found = std::find_if(script.statements.begin(), script.statements.end(),
                                  [&](const ast::Statement& statement) {
                                    const auto* data = std::get_if<ast::Data>(&statement.node);
                                    return data != nullptr && data->name.name == name;
                                  });
  return std::get<ast::Data>(found->node);
}

/// The name of the field that a `data` statement reads as it is; empty if it does something else.
std::string field_name(const ast::Data& data) {
  const auto* call = data.source ? std::get_if<ast::Call>(&data.source->node) : nullptr;
  if (call == nullptr) return data.name.name;
  if (call->callee.name != "field" || call->arguments.size() != 1) return "";
  const ast::Expression& column = *call->arguments.front().value;
  if (const auto* text = std::get_if<ast::Text>(&column.node)) return text->value;
  if (const auto* name = std::get_if<ast::Name>(&column.node)) return name->name;
  return "";
}

const runtime::Field& field_of(const ast::Data& data, const runtime::DataSet& loaded) {
  const std::string name = field_name(data);
  const auto fail = [&](std::string message, std::string hint) {
    throw lang::ModelError(lang::error("not-simulated", data.name.span,
                                       "the data cannot be simulated: " + std::move(message),
                                       std::move(hint)));
  };
  if (name.empty()) {
    fail(fmt::format("`{}` is put together from columns", data.name.name),
         "observe data that are one column or field");
  }
  const runtime::Field* field = loaded.find(name);
  if (field == nullptr) {
    fail(fmt::format("there is no column or field `{}`, whose values are to be replaced", name),
         "add one to a data file; any values of the right shape will do");
  }
  return *field;
}

const runtime::Quantity& quantity_named(const runtime::Model& model, const std::string& name) {
  const auto quantities = model.quantities();
  return *std::find_if(quantities.begin(), quantities.end(),
                       [&](const runtime::Quantity& each) { return each.name == name; });
}

/// Messages about the `generate` that stands for an `observe` speak of simulation.
lang::Diagnostic of_simulation(lang::Diagnostic diagnostic) {
  if (diagnostic.code == "element-not-generated" || diagnostic.code == "unassigned-element") {
    diagnostic.message =
        "some elements of what is observed here have no `observe` of their own, "
        "or are read before it";
    diagnostic.hint = "SBC draws all data: give the first values of a series a distribution too";
  }
  if (diagnostic.code != "not-simulated")
    diagnostic.message = "the data cannot be simulated: " + diagnostic.message;
  return diagnostic;
}

}  // namespace

SimulatedData::SimulatedData(const LoadedModel& loaded, const runtime::ModelOptions& options,
                             Eigen::Index replicates)
    : loaded_(loaded) {
  try {
    const lang::Simulation simulation = lang::simulation_of(loaded.program.script);
    lang::Diagnostics said_before;
    model_ = runtime::make_model(simulation.script, loaded.program.sources, loaded.data,
                                 stdlib::registry(), options, said_before);
    for (const lang::Simulation::Drawn& drawn : simulation.drawn) {
      const ast::Data& data = data_named(loaded.program.script, drawn.data);
      const std::string& element = data.type.element.name;
      replaced_.push_back({&field_of(data, loaded.data),
                           quantity_named(*model_, drawn.generated).offset,
                           element == "int" || element == "bool"});
    }
    runtime::Points points(replicates, model_->dimension());
    model_->draw_prior_exactly(options.seed, points);
    model_->constrain(points, options.seed, draws_);
  } catch (const lang::ModelError& error) {
    throw Failure(ExitCode::model,
                  rendered(of_simulation(error.diagnostic()), loaded.program.sources));
  }
}

runtime::DataSet SimulatedData::data(Eigen::Index replicate) const {
  runtime::DataSet result;
  for (const runtime::DataFile& file : loaded_.data.files()) {
    runtime::DataFile copy = file;
    for (const Replaced& replaced : replaced_) {
      for (std::size_t f = 0; f < file.fields.size(); ++f) {
        if (&file.fields[f] != replaced.field) continue;
        runtime::Field& field = copy.fields[f];
        for (std::size_t i = 0; i < field.values.size(); ++i)
          field.values[i] = draws_(replicate, replaced.offset + static_cast<Eigen::Index>(i));
        field.kind = replaced.is_whole ? runtime::Field::Kind::integer : runtime::Field::Kind::real;
        field.missing.clear();
      }
    }
    result.add(std::move(copy));
  }
  return result;
}

}  // namespace vippl::cli
