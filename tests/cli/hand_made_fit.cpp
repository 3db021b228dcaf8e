#include "tests/cli/hand_made_fit.h"

#include "cli/scalar_names.h"

namespace vippl::cli::testing {
namespace {

runtime::Quantity quantity(const char* name, runtime::Quantity::Kind kind,
                           std::vector<Eigen::Index> shape) {
  runtime::Quantity result;
  result.name = name;
  result.kind = kind;
  result.dimensions.resize(shape.size());
  result.labels.resize(shape.size());
  result.shape = std::move(shape);
  return result;
}

}  // namespace

HandMadeFit::HandMadeFit(Eigen::Index rows) {
  using Kind = runtime::Quantity::Kind;
  // Derived values may stand before latents in the model; the table shows latents first.
  quantities = {quantity("fitted", Kind::derived, {rows}), quantity("bias", Kind::latent, {}),
                quantity("weight", Kind::latent, {2}), quantity("W", Kind::latent, {2, 2})};
  quantities[2].dimensions = {"p"};
  quantities[2].labels = {{"malic_acid", "ash"}};
  Eigen::Index offset = 0;
  for (runtime::Quantity& each : quantities) {
    each.offset = offset;
    offset += scalar_count(each);
  }
  for (Eigen::Index i = 0; i < offset; ++i) {
    const double x = static_cast<double>(i);
    inference::ScalarSummary summary;
    summary.reported = {x - 1, 0.25, x - 1.4, x - 1, x - 0.6};
    summary.mcse = 0.0001;
    summary.raw = summary.reported;
    summary.trust = inference::Trust::full;
    report.summaries.push_back(summary);
  }
  posterior.algorithm = "saa";
  posterior.guide_request = "meanfield";
  posterior.elbo = -123.456789;
  posterior.elbo_se = 0.0123;
  posterior.khat = 0.31;
  posterior.weight_spread = 0.4;
  posterior.converged = true;
  posterior.stop_reason = inference::StopReason::converged;
  posterior.stop_sentence = "converged after 12 iterations";
  posterior.seed = 7;
  posterior.draws = runtime::Points::Zero(1000, 7);
  posterior.log_weights = Eigen::VectorXd::Constant(1000, -std::log(1000.0));
  report.model = "wine.vi";
  report.data_files = {"wine.csv"};
  report.quantities = quantities;
  report.dimension = 7;
  report.posterior = &posterior;
  report.total_seconds = 0.0421;
}

}  // namespace vippl::cli::testing
