#pragma once
#include <Eigen/Core>
#include <vector>

#include "inference/evaluator.h"
#include "inference/guide.h"
#include "inference/progress.h"

namespace vippl::inference {

/// The ELBO over fixed draws of the noise, in nats: a plain function of the guide's parameters, for
/// a quasi-Newton optimiser. The entropy is in closed form. Giordano, Ingram & Broderick (2024);
/// Burroni, Domke & Sheldon (2024).
class FixedNoiseElbo {
 public:
  /// Borrows the evaluator and the guide, whose parameters each evaluation sets, and who watches.
  /// `noise` is N x noise_dimension().
  FixedNoiseElbo(Evaluator& evaluator, Guide& guide, const Points& noise,
                 const Progress* progress = nullptr);

  /// The ELBO and its gradient (parameter_count()). -infinity and an unspecified gradient where a
  /// draw has no finite density, and where the user interrupts: on large data one evaluation can
  /// take long. Allocates nothing beyond what the model does.
  double evaluate(const Eigen::VectorXd& parameters, Eigen::VectorXd& gradient);

  /// Of the last evaluation.
  Eigen::Index non_finite_draws() const { return non_finite_draws_; }

 private:
  /// What a block of draws is placed and evaluated in.
  struct Buffers {
    Points z;
    LogDensities values;
    Points gradients;
  };

  Evaluator& evaluator_;
  Guide& guide_;
  const Progress* progress_;
  double draw_weight_;
  std::vector<Points> blocks_;  // the noise; all of one size, except that the last may be smaller
  Buffers full_;
  Buffers last_;
  Eigen::Index non_finite_draws_ = 0;
};

}  // namespace vippl::inference
