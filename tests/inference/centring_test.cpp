#include "inference/centring.h"

#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <numbers>

#include "tests/support/targets.h"

using namespace vippl::inference;
using namespace vippl::testing;

namespace {

std::unique_ptr<vippl::runtime::LogDensity> funnel() { return std::make_unique<Funnel>(9); }

/// The same evidence as the funnel, 1, in coordinates where it is a normal.
class Standard : public Target {
 public:
  using Target::Target;
  double at(const Eigen::VectorXd& z, const Rows&, Eigen::VectorXd* gradient) const override {
    if (gradient != nullptr) *gradient -= z;
    return -0.5 * z.squaredNorm() -
           0.5 * static_cast<double>(z.size()) * std::log(2 * std::numbers::pi);
  }
};

std::unique_ptr<vippl::runtime::LogDensity> normal() { return std::make_unique<Standard>(10); }

}  // namespace

TEST_CASE("the coordinates in which the target is nearly normal are chosen") {
  SilentProgress progress;
  const auto either_way = [&](bool written_is_funnel) {
    return choose_centring(
               1,
               [&](const std::vector<bool>& noncentred) {
                 return noncentred[0] == written_is_funnel ? normal() : funnel();
               },
               1, progress)
        .noncentred;
  };
  CHECK(either_way(true) == std::vector<bool>{true});
  CHECK(either_way(false) == std::vector<bool>{false});
}

TEST_CASE("where both kinds fit alike, what is written stays") {
  SilentProgress progress;
  CHECK(choose_centring(
            3, [](const std::vector<bool>&) { return normal(); }, 1, progress)
            .noncentred == std::vector<bool>(3, false));
}

TEST_CASE("single candidates are chosen apart from the others") {
  SilentProgress progress;
  const std::vector<bool> right = {false, true, false};
  CHECK(choose_centring(
            3, [&](const std::vector<bool>& tried) { return tried == right ? normal() : funnel(); },
            1, progress)
            .noncentred == right);
}

TEST_CASE("every gradient that the choice takes is counted") {
  SilentProgress progress;
  const auto spent = [&](std::size_t candidates) {
    return choose_centring(
               candidates, [](const std::vector<bool>&) { return normal(); }, 1, progress)
        .gradient_evaluations;
  };
  // The variants are all alike: as written and all of them, then each candidate alone.
  const std::int64_t of_two = spent(1);
  CHECK(of_two > 0);
  CHECK(spent(3) * 2 == of_two * 5);
}

TEST_CASE("a budget ends the choice after what was written, and that is known") {
  SilentProgress progress;
  const auto choice = [&](double gradients) {
    return choose_centring(3, [](const std::vector<bool>&) { return normal(); }, 1, progress,
                           {gradients, 1, 0});
  };
  const CentringChoice whole = choice(1e6), cut = choice(10);
  CHECK_FALSE(whole.is_cut);
  CHECK(cut.is_cut);
  CHECK(cut.noncentred == std::vector<bool>(3, false));
  CHECK(cut.gradient_evaluations * 5 <= whole.gradient_evaluations);
}

TEST_CASE("without candidates no model is made") {
  SilentProgress progress;
  int made = 0;
  const auto count = [&](const std::vector<bool>&) {
    ++made;
    return normal();
  };
  const CentringChoice choice = choose_centring(0, count, 1, progress);
  CHECK(choice.noncentred.empty());
  CHECK(choice.gradient_evaluations == 0);
  CHECK(made == 0);
}
