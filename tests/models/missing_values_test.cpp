// What becomes of `data x : real?`: names, supports and draws of what is missing, and what is
// refused.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/models/bind_script.h"

namespace vippl::test {

namespace {

const runtime::Quantity& quantity(const runtime::Model& model, const std::string& name) {
  const auto quantities = model.quantities();
  const auto found = std::ranges::find(quantities, name, &runtime::Quantity::name);
  REQUIRE(found != quantities.end());
  return *found;
}

runtime::Draws prior_draws(const runtime::Model& model, Eigen::Index count) {
  runtime::Points points(count, model.dimension());
  model.draw_prior(1, points);
  Eigen::Index scalars = 0;
  for (const runtime::Quantity& each : model.quantities()) {
    scalars += static_cast<Eigen::Index>(each.maps.size());
  }
  runtime::Draws draws(count, scalars);
  model.constrain(points, 1, draws);
  return draws;
}

}  // namespace

TEST_CASE("missing values are named by their place in the data") {
  const Outcome rows = make("data age : real?[n]\nobserve age ~ normal(0, 1)",
                            {.csv = "age,y\n1,2\nNA,2\n3,1\n,1\n"});
  REQUIRE(rows.message() == "");
  CHECK(rows.model->dimension() == 2);
  CHECK(quantity(*rows.model, "age").scalar_names == std::vector<std::string>{"age[2]", "age[4]"});

  const Outcome entries = make(
      "data Y : real?[2, 3]\ndata x : real?\nobserve Y ~ normal(0, 1)\nobserve x ~ normal(0, 1)",
      {.json = R"({"Y": [[1, null, 2.5], [0.5, 2, "NaN"]], "x": null})"});
  REQUIRE(entries.message() == "");
  CHECK(quantity(*entries.model, "Y").scalar_names == std::vector<std::string>{"Y[1,2]", "Y[2,3]"});
  CHECK(quantity(*entries.model, "x").scalar_names == std::vector<std::string>{"x"});
}

TEST_CASE("an array without a missing value is observed as any other") {
  const std::string script = "sample a ~ normal(0, 1)\nobserve y ~ normal(a, 1)\nderive z = y";
  const Given given{.csv = "y\n1\n2\n"};
  const Outcome optional = make("data y : real?[n]\n" + script, given);
  const Outcome plain = make("data y : real[n]\n" + script, given);
  REQUIRE(optional.message() == "");
  CHECK(optional.model->dimension() == 1);
  CHECK(optional.model->listing(runtime::Model::Stage::recorded) ==
        plain.model->listing(runtime::Model::Stage::recorded));
}

TEST_CASE("what is missing lies in the support of the distribution and of the type") {
  const Given given{.csv = "top,y\n3,1\n2,NA\n1,0.5\n4,\n"};
  const Outcome outcome = make(
      "data top : real[n]\ndata y : real?(upper = top)[n]\nobserve y ~ exponential(0.2)\n"
      "derive all_of_it = y",
      given);
  REQUIRE(outcome.message() == "");
  const runtime::Draws draws = prior_draws(*outcome.model, 200);
  const Eigen::Index first = quantity(*outcome.model, "y").offset;
  CHECK(draws.col(first).minCoeff() > 0);
  CHECK(draws.col(first).maxCoeff() < 2);
  CHECK(draws.col(first).maxCoeff() > 1.5);
  CHECK(draws.col(first + 1).maxCoeff() < 4);
  CHECK(draws.col(first + 1).maxCoeff() > 3);
  // The array holds both, each in its place.
  const Eigen::Index whole = quantity(*outcome.model, "all_of_it").offset;
  CHECK((draws.col(whole).array() == 1).all());
  CHECK((draws.col(whole + 1) - draws.col(first)).norm() == 0);
  CHECK((draws.col(whole + 2).array() == 0.5).all());
  CHECK((draws.col(whole + 3) - draws.col(first + 1)).norm() == 0);
}

TEST_CASE("a prior draw of a missing value uses the arguments of its own row") {
  const Outcome outcome =
      make("data x : real[n]\ndata y : real?[n]\nobserve y ~ normal(100 * x, 0.1)",
           {.csv = "x,y\n1,100\n2,NA\n3,300\n4,NA\n"});
  REQUIRE(outcome.message() == "");
  const runtime::Draws draws = prior_draws(*outcome.model, 50);
  CHECK((draws.col(0).array() - 200).abs().maxCoeff() < 1);
  CHECK((draws.col(1).array() - 400).abs().maxCoeff() < 1);
}

TEST_CASE("is_missing tells where, before and after the observe") {
  const Outcome outcome = make(
      "data y : real?[n]\nlet before = is_missing(y)\nobserve y ~ normal(0, 1)\n"
      "derive early = 1 * before\nderive late = 1 * is_missing(y)",
      {.csv = "y,z\n1,0\n,0\n3,0\n"});
  REQUIRE(outcome.message() == "");
  const runtime::Draws draws = prior_draws(*outcome.model, 1);
  for (const char* name : {"early", "late"}) {
    const Eigen::Index offset = quantity(*outcome.model, name).offset;
    CHECK(draws.row(0).segment(offset, 3) == Eigen::RowVector3d(0, 1, 0));
  }
}

TEST_CASE("what is there is held to type and support, also beside what is missing") {
  const std::string csv = "y\n1\nNA\n-3\n";
  CHECK(make("data y : real?(lower = 0)[n]\nobserve y ~ normal(0, 1)", {.csv = csv}).message() ==
        "`y` must be at least 0, but d.csv, line 4 is -3");
  CHECK(make("data y : real?[n]\nobserve y ~ exponential(1)", {.csv = csv}).message() ==
        "d.csv, line 4 is -3, which `exponential` cannot produce");
  CHECK(make("data y : real?[n]\nobserve y ~ normal(0, 1)", {.csv = "y\n1\nNA\ninf\n"}).message() ==
        "`y` is infinite: d.csv, line 4");
  CHECK(make("data y : real?[n]\nobserve y ~ normal(0, 1)", {.csv = "y\n1\nNA\nabc\n"}).code() ==
        "text-in-numbers");
}

TEST_CASE("missing values over the rows of a minibatch are refused") {
  Given given{.csv = "y\n1\nNA\n3\n"};
  given.options.batch = runtime::Batch{"n", 2};
  CHECK(make("data y : real?[n]\nsample a ~ normal(0, 1)\nobserve y ~ normal(a, 1)", given)
            .message() ==
        "`y` has missing values, and latents over the rows of a minibatch are not supported");
}

}  // namespace vippl::test
