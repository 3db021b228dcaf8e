#include <doctest/doctest.h>

#include "cli/summary_table.h"
#include "tests/cli/hand_made_fit.h"

namespace vippl::cli {

namespace {

std::string course_of(const testing::HandMadeFit& fit) {
  const std::string text = summary_table(fit.report, Terminal{}, Length::elided);
  const std::size_t begin = text.find("\ncourse ");
  if (begin == std::string::npos) return "";
  return text.substr(begin + 1, text.find('\n', begin + 1) - begin - 1);
}

}  // namespace

TEST_CASE("the table shows the course of the ELBO in one line") {
  testing::HandMadeFit fit;
  CHECK(course_of(fit).empty());
  // The first value is so low that on its scale the others would all look alike.
  const double elbos[] = {-1e6, -8, -7, -6, -5, -4, -3, -2, -1};
  for (const double elbo : elbos)
    fit.posterior.trace.push_back(
        {static_cast<std::int64_t>(fit.posterior.trace.size()), 0.1, elbo, 1, 1});
  const std::string course = course_of(fit);
  CHECK(course.starts_with("course    ."));
  CHECK(course.ends_with("@  ELBO over 9 iterations"));
  CHECK(course.find("#@") != std::string::npos);

  // A long one is thinned, and keeps its end.
  for (int i = 0; i < 1000; ++i) fit.posterior.trace.push_back({i, 0.1, -1.0, 1, 1});
  fit.posterior.trace.push_back({1000, 0.1, 5.0, 1, 1});
  CHECK(course_of(fit).size() == std::string("course      ELBO over 1010 iterations").size() + 40);
  CHECK(course_of(fit).ends_with("@  ELBO over 1010 iterations"));
}

}  // namespace vippl::cli
