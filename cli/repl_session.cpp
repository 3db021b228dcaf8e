#include "cli/repl_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "cli/defined_names.h"
#include "cli/failure.h"
#include "cli/interrupt.h"
#include "cli/load.h"
#include "cli/repl_values.h"
#include "cli/scalar_names.h"
#include "stdlib/registry.h"

namespace vippl::cli {
namespace {

namespace ast = lang::ast;

/// The name under which a typed expression is computed, and that of a latent for models that have
/// none yet.
constexpr const char* value_name = "entered_value__";
constexpr const char* latent_name = "no_latent__";
constexpr Eigen::Index prior_draws = 1000;

ast::Statement placeholder_latent() {
  const lang::SourceText text("", fmt::format("sample {} ~ normal(0, 1)", latent_name));
  return lang::parse(text).script.statements.at(0);
}

const runtime::Quantity* find_quantity(std::span<const runtime::Quantity> quantities,
                                       std::string_view name) {
  for (const runtime::Quantity& quantity : quantities) {
    if (quantity.name == name) return &quantity;
  }
  return nullptr;
}

Eigen::Index reported_scalars(const runtime::LogDensity& model) {
  Eigen::Index count = 0;
  for (const runtime::Quantity& quantity : model.quantities()) {
    count = std::max(count, quantity.offset + scalar_count(quantity));
  }
  return count;
}

/// A name that subscripts can follow: `a + b` becomes `(a + b)`.
std::string subscriptable(const std::string& text) {
  const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' ||
           static_cast<unsigned char>(c) >= 0x80U;
  });
  return is_plain ? text : "(" + text + ")";
}

/// Whether a diagnostic says no more than that an array has elements without a `sample` yet: the
/// next entries may bring them. A scalar without a prior stays an error.
bool is_unfinished(const lang::Diagnostic& diagnostic, const ast::Script& script) {
  if (diagnostic.code == "element-not-sampled" || diagnostic.code == "element-not-generated") {
    return true;
  }
  if (diagnostic.code != "missing-prior") return false;
  return std::any_of(script.statements.begin(), script.statements.end(),
                     [&](const ast::Statement& statement) {
                       const auto* sample = std::get_if<ast::Sample>(&statement.node);
                       const auto* data = std::get_if<ast::Data>(&statement.node);
                       const bool declares = sample != nullptr && sample->type &&
                                             !sample->distribution && !sample->type->shape.empty();
                       return (declares || (data != nullptr && data->type.optional)) &&
                              statement.span.source == diagnostic.span.source &&
                              statement.span.begin <= diagnostic.span.begin &&
                              diagnostic.span.end <= statement.span.end;
                     });
}

std::string kind_text(const runtime::Field& field) {
  switch (field.kind) {
    case runtime::Field::Kind::integer:
      return "int";
    case runtime::Field::Kind::real:
      return "real";
    case runtime::Field::Kind::boolean:
      return "bool";
    case runtime::Field::Kind::text:
      return "category";
  }
  return "";
}

}  // namespace

ReplSession::ReplSession(const Terminal& terminal, std::map<std::string, double> settings)
    : terminal_(terminal) {
  options_.set = std::move(settings);
  options_.settings_may_wait = true;
}

ReplSession::Draft ReplSession::draft(lang::SourceText text, lang::Diagnostics& diagnostics,
                                      bool takes_expressions) const {
  Draft draft{sources_, statements_, sources_.size(), statements_.size()};
  draft.sources.push_back(std::move(text));
  lang::ParseResult parsed =
      lang::parse(draft.sources.back(), static_cast<std::uint32_t>(draft.first_new_source),
                  takes_expressions ? lang::Dialect::repl : lang::Dialect::script);
  diagnostics = std::move(parsed.diagnostics);
  const lang::Diagnostics imported =
      lang::expand_imports(parsed.script, draft.sources, &read_import);
  diagnostics.insert(diagnostics.end(), imported.begin(), imported.end());
  if (lang::has_errors(diagnostics)) {
    throw Failure(ExitCode::model, lang::render(diagnostics, draft.sources));
  }
  for (ast::Statement& statement : parsed.script.statements) {
    draft.statements.push_back(std::move(statement));
  }
  return draft;
}

ReplSession::Built ReplSession::build(const Draft& draft, Statements statements,
                                      const runtime::ModelOptions& options,
                                      lang::Diagnostics& warnings) const {
  ast::Script script{std::move(statements)};
  const lang::Diagnostics found =
      lang::check(script, draft.sources, stdlib::registry(), facts_of(data_, options));
  Built built;
  for (const lang::Diagnostic& each : found) {
    if (is_unfinished(each, script)) built.unfinished.push_back(each);
  }
  const auto errors = std::count_if(found.begin(), found.end(), [](const lang::Diagnostic& each) {
    return each.severity == lang::Severity::error;
  });
  if (errors > static_cast<std::ptrdiff_t>(built.unfinished.size())) {
    throw Failure(ExitCode::model, lang::render(found, draft.sources));
  }
  if (!built.unfinished.empty()) return built;
  warnings.insert(warnings.end(), found.begin(), found.end());
  if (!has_sample(script.statements)) script.statements.push_back(placeholder_latent());
  try {
    built.model =
        runtime::make_model(script, draft.sources, data_, stdlib::registry(), options, warnings);
  } catch (const lang::ModelError& error) {
    if (!is_unfinished(error.diagnostic(), script)) {
      throw Failure(ExitCode::model, rendered(error.diagnostic(), draft.sources));
    }
    built.unfinished.push_back(error.diagnostic());
  }
  return built;
}

std::unique_ptr<runtime::Model> ReplSession::build_finished(
    const Draft& draft, Statements statements, const runtime::ModelOptions& options) const {
  lang::Diagnostics said_before;
  Built built = build(draft, std::move(statements), options, said_before);
  if (!built.model) {
    throw Failure(ExitCode::model, lang::render(built.unfinished, draft.sources));
  }
  return std::move(built.model);
}

std::string ReplSession::warnings_text(const lang::Diagnostics& warnings,
                                       const Draft& draft) const {
  lang::Diagnostics shown;
  for (const lang::Diagnostic& warning : warnings) {
    // What is not used yet may be used by the next entry; what older entries deserved was said
    // then.
    const bool is_new = warning.span.source >= draft.first_new_source;
    if (is_new && !warning.code.starts_with("unused-")) shown.push_back(warning);
  }
  return shown.empty() ? "" : lang::render(shown, draft.sources);
}

std::string ReplSession::enter(const std::string& text) {
  lang::Diagnostics diagnostics;
  Draft entry = draft({fmt::format("entry {}", ++entries_), text}, diagnostics, true);
  std::vector<ast::Expression> expressions;
  for (std::size_t i = entry.first_new_statement; i < entry.statements.size(); ++i) {
    if (const auto* evaluate = std::get_if<ast::Evaluate>(&entry.statements[i].node)) {
      expressions.push_back(evaluate->value);
    }
  }
  std::erase_if(entry.statements, [](const ast::Statement& statement) {
    return std::holds_alternative<ast::Evaluate>(statement.node);
  });
  std::string output;
  if (entry.statements.size() > entry.first_new_statement) output += accept(entry, diagnostics);
  for (const ast::Expression& expression : expressions) output += evaluate(entry, expression);
  return output;
}

std::string ReplSession::load(const std::filesystem::path& path) {
  const bool is_loaded =
      std::any_of(statements_.begin(), statements_.end(), [&](const ast::Statement& statement) {
        return sources_.at(statement.span.source).name() == path.string();
      });
  if (is_loaded) {
    throw Failure(ExitCode::usage,
                  fmt::format("{} is loaded already; type :reset, which keeps the data, or :undo "
                              "before loading it again\n",
                              path.string()));
  }
  lang::Diagnostics diagnostics;
  Draft file = draft(read_script(path), diagnostics, false);
  const std::size_t count = file.statements.size() - file.first_new_statement;
  return accept(std::move(file), diagnostics) +
         fmt::format("{}: {} statement{}\n", path.string(), count, count == 1 ? "" : "s");
}

std::string ReplSession::accept(Draft draft, const lang::Diagnostics& parsed) {
  lang::Diagnostics warnings = parsed;
  const Built built = build(draft, draft.statements, options_, warnings);
  std::string output;
  if (!built.model) {
    output = fmt::format("to be continued: {}\n", built.unfinished.front().message);
  }
  if (const std::string text = warnings_text(warnings, draft); !text.empty()) {
    std::fputs(text.c_str(), stderr);
  }
  const auto first_new =
      draft.statements.begin() + static_cast<std::ptrdiff_t>(draft.first_new_statement);
  if (fitted_ && std::any_of(first_new, draft.statements.end(), &changes_log_joint)) {
    fitted_.reset();
    output += "the model has changed: the fit is forgotten\n";
  }
  undo_sizes_.push_back(draft.first_new_statement);
  sources_ = std::move(draft.sources);
  statements_ = std::move(draft.statements);
  return output;
}

std::string ReplSession::evaluate(const Draft& draft, const ast::Expression& expression) const {
  const std::string text(draft.sources.at(expression.span.source).slice(expression.span));
  if (const auto* literal = std::get_if<ast::Text>(&expression.node)) return literal->value + "\n";
  if (fitted_) {
    if (const runtime::Quantity* quantity = find_quantity(fitted_->report.quantities, text)) {
      return "posterior\n" + quantity_rows(fitted_->report, *quantity, terminal_, Length::elided);
    }
  }
  Statements statements = statements_;
  statements.push_back(
      {expression.span, ast::Derive{{value_name, expression.span}, {}, expression}});
  const std::unique_ptr<runtime::Model> model =
      build_finished(draft, std::move(statements), options_);
  const runtime::Quantity* found = find_quantity(model->quantities(), value_name);
  VIPPL_ASSERT(found != nullptr, "a derived value is reported");
  runtime::Quantity quantity = *found;

  runtime::Points points;
  Eigen::VectorXd weights;
  const bool is_posterior = fitted_ && fitted_->posterior.draws.cols() == model->dimension();
  if (is_posterior) {
    points = fitted_->posterior.draws;
    const auto& summaries = fitted_->report.summaries;
    const bool is_corrected = std::any_of(
        summaries.begin(), summaries.end(), [](const inference::ScalarSummary& summary) {
          return summary.estimate == inference::Estimate::corrected;
        });
    if (is_corrected) weights = fitted_->posterior.log_weights.array().exp().matrix();
  } else {
    points.resize(has_sample(statements_) ? prior_draws : 1, model->dimension());
    model->draw_prior(options_.seed, points);
  }
  runtime::Draws draws(points.rows(), reported_scalars(*model));
  with_rendered_errors(draft.sources, [&] { model->constrain(points, options_.seed, draws); });
  const Eigen::Index count = scalar_count(quantity);
  const Eigen::MatrixXd values = draws.middleCols(quantity.offset, count);
  if (count == 0) return "[]\n";
  if (const auto row = constant_row(values))
    return value_text(quantity.shape, *row, terminal_, quantity.words);

  FitReport report;
  for (Eigen::Index i = 0; i < count; ++i) {
    report.summaries.push_back(summary_of_draws(values.col(i), weights));
  }
  quantity.name = quantity.shape.empty() ? text : subscriptable(text);
  quantity.offset = 0;
  return (is_posterior ? "posterior\n" : "prior\n") +
         quantity_rows(report, quantity, terminal_, Length::elided);
}

std::string ReplSession::add_data(const std::string& path) {
  runtime::DataSet read = load_data({path});
  const runtime::DataFile& file = read.files().at(0);
  std::string text =
      fmt::format("{}: {} field{}\n", path, file.fields.size(), file.fields.size() == 1 ? "" : "s");
  constexpr std::size_t most_fields = 40;
  for (std::size_t i = 0; i < std::min(file.fields.size(), most_fields); ++i) {
    const runtime::Field& field = file.fields[i];
    text += fmt::format("  {} : {}", field.name, kind_text(field));
    if (!field.extents.empty()) text += fmt::format("[{}]", fmt::join(field.extents, ", "));
    const auto missing = std::count(field.missing.begin(), field.missing.end(), true);
    if (missing > 0) text += fmt::format(", {} missing", missing);
    text += '\n';
  }
  if (file.fields.size() > most_fields) {
    text += fmt::format("  and {} more\n", file.fields.size() - most_fields);
  }
  // The first file that has a name wins: the newest goes to the front.
  runtime::DataSet data;
  data.add(file);
  for (const runtime::DataFile& older : data_.files()) {
    if (older.path == file.path) continue;
    for (const runtime::Field& field : older.fields) {
      if (file.find(field.name) == nullptr) continue;
      text +=
          fmt::format("`{}` is now that of {}, no longer of {}\n", field.name, path, older.path);
    }
    data.add(older);
  }
  data_ = std::move(data);
  if (fitted_) {
    fitted_.reset();
    text += "the data have changed: the fit is forgotten\n";
  }
  return text;
}

std::string ReplSession::fit(const FitOptions& options) {
  const FitPlan plan = plan_fit(options);
  if (!has_sample(statements_)) {
    throw Failure(ExitCode::model, "nothing to fit: no statement has a `sample` yet\n");
  }
  runtime::ModelOptions model_options = options_;
  model_options.batch = plan.batch;
  model_options.seed = plan.settings.seed;
  const Draft now{sources_, statements_, sources_.size(), statements_.size()};
  auto fitted = std::make_unique<Fitted>();
  fitted->model = build_finished(now, statements_, model_options);
  const auto make = [&](const runtime::ModelOptions& changed) {
    return build_finished(now, statements_, changed);
  };
  std::optional<InterruptGuard> guard(std::in_place);  // of the choice and the fit together
  const Coordinates coordinates =
      choose_coordinates(*fitted->model, plan, make, Verbosity::normal, model_options);
  if (coordinates.differ) fitted->model = make(model_options);
  fitted->posterior = cli::fit(*fitted->model, plan, coordinates, sources_, Verbosity::normal);
  guard.reset();
  FitReport& report = fitted->report;
  report.quantities = fitted->model->quantities();
  report.dimension = fitted->model->dimension();
  report.posterior = &fitted->posterior;
  report.noncentred = model_options.noncentred;
  report.summaries = with_rendered_errors(
      sources_, [&] { return inference::summarise(fitted->posterior, *fitted->model); });
  report.total_seconds = fitted->posterior.seconds.total();
  fitted_ = std::move(fitted);
  return summary_table(fitted_->report, terminal_, Length::elided);
}

std::string ReplSession::summary(Length length) const {
  if (!fitted_) throw Failure(ExitCode::usage, "nothing is fitted yet; type :fit\n");
  return summary_table(fitted_->report, terminal_, length);
}

std::string ReplSession::listing() const {
  std::string text;
  for (const ast::Statement& statement : statements_) {
    text += std::string(sources_.at(statement.span.source).slice(statement.span)) + '\n';
  }
  return text.empty() ? "no statements yet\n" : text;
}

std::string ReplSession::undo() {
  if (undo_sizes_.empty()) throw Failure(ExitCode::usage, "nothing to undo\n");
  const auto first = statements_.begin() + static_cast<std::ptrdiff_t>(undo_sizes_.back());
  std::string text;
  for (auto statement = first; statement != statements_.end(); ++statement) {
    text +=
        fmt::format("dropped: {}\n", sources_.at(statement->span.source).slice(statement->span));
  }
  if (fitted_) {
    // What the fit reports may be among what is dropped.
    fitted_.reset();
    text += "the fit is forgotten\n";
  }
  statements_.erase(first, statements_.end());
  undo_sizes_.pop_back();
  return text;
}

void ReplSession::reset() {
  undo_sizes_.clear();
  fitted_.reset();
  statements_.clear();
  sources_.clear();
  entries_ = 0;
}

std::vector<std::string> ReplSession::names() const {
  std::vector<std::string> names;
  for (const ast::Statement& statement : statements_) {
    const std::vector<std::string> more = defined_names(statement);
    names.insert(names.end(), more.begin(), more.end());
  }
  return names;
}

std::optional<std::string> ReplSession::definition(std::string_view name) const {
  for (const ast::Statement& statement : statements_) {
    const std::vector<std::string> defined = defined_names(statement);
    if (std::find(defined.begin(), defined.end(), name) == defined.end()) continue;
    return std::string(sources_.at(statement.span.source).slice(statement.span));
  }
  return std::nullopt;
}

}  // namespace vippl::cli
