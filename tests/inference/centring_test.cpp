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
        1, progress);
  };
  CHECK(either_way(true) == std::vector<bool>{true});
  CHECK(either_way(false) == std::vector<bool>{false});
}

TEST_CASE("where both kinds fit alike, what is written stays") {
  SilentProgress progress;
  CHECK(choose_centring(
            3, [](const std::vector<bool>&) { return normal(); }, 1, progress) ==
        std::vector<bool>(3, false));
}

TEST_CASE("single candidates are chosen apart from the others") {
  SilentProgress progress;
  const std::vector<bool> right = {false, true, false};
  CHECK(choose_centring(
            3, [&](const std::vector<bool>& tried) { return tried == right ? normal() : funnel(); },
            1, progress) == right);
}

TEST_CASE("without candidates no model is made") {
  SilentProgress progress;
  int made = 0;
  const auto count = [&](const std::vector<bool>&) {
    ++made;
    return normal();
  };
  CHECK(choose_centring(0, count, 1, progress).empty());
  CHECK(made == 0);
}
