#include "cli/defined_names.h"

#include <doctest/doctest.h>

#include "lang/parse.h"

using vippl::cli::changes_log_joint;
using vippl::cli::defined_names;
using vippl::cli::has_sample;
using vippl::lang::ast::Script;

namespace {

Script parsed(const std::string& text) {
  vippl::lang::ParseResult result = vippl::lang::parse({"t", text});
  REQUIRE(result.diagnostics.empty());
  return std::move(result.script);
}

}  // namespace

TEST_CASE("the names of a statement are those that later statements can use") {
  using Names = std::vector<std::string>;
  CHECK(defined_names(parsed("let a = 1").statements.at(0)) == Names{"a"});
  CHECK(defined_names(parsed("data y : real[n]").statements.at(0)) == Names{"y"});
  CHECK(defined_names(parsed("observe 1 ~ normal(0, 1)").statements.at(0)).empty());
  CHECK(defined_names(parsed("for i in 1..3 {\n let a = i\n sample x[i] ~ normal(a, 1)\n}")
                          .statements.at(0)) == Names{"x"});
}

TEST_CASE("only statements with densities make a fit out of date") {
  CHECK(changes_log_joint(parsed("sample x ~ normal(0, 1)").statements.at(0)));
  CHECK(changes_log_joint(parsed("factor 1").statements.at(0)));
  CHECK_FALSE(changes_log_joint(parsed("derive x = 1").statements.at(0)));
  CHECK(has_sample(parsed("for i in 1..3 { sample x[i] ~ normal(0, 1) }").statements));
  CHECK_FALSE(has_sample(parsed("let a = 1").statements));
}
