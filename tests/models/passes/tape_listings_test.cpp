// The optimised programs of some examples, line by line. After a deliberate change, `vippl tape
// MODEL --data DATA --passes unused,fold,subscripts,share,reroll,statistics` prints the new ones:
// what follows "# as it runs".
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "lang/check.h"
#include "lang/parse.h"
#include "runtime/model.h"
#include "stdlib/registry.h"

namespace vippl::test {
namespace {

namespace fs = std::filesystem;

const fs::path root = VIPPL_SOURCE_DIR;

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file.good(), path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string listing(const std::string& model, const std::string& data) {
  lang::Sources sources;
  sources.emplace_back(model, text_of(root / model));
  const lang::ast::Script script = lang::parse(sources[0]).script;
  runtime::DataSet set;
  set.add(runtime::read_data(root / data));
  lang::check(script, sources, stdlib::registry(), {.names = set.names(), .known = true});
  runtime::ModelOptions options;
  options.passes =
      runtime::PassSet::from_text("unused,fold,subscripts,share,reroll,statistics").value();
  lang::Diagnostics warnings;
  return runtime::make_model(script, sources, set, stdlib::registry(), options, warnings)
      ->listing(runtime::Model::Stage::optimised);
}

TEST_CASE("the optimised programs of the examples are as listed") {
  struct Example {
    const char* name;
    const char* model;
    const char* data;
  };
  for (const Example& example :
       {Example{"wine", "examples/wine/wine.vi", "examples/wine/wine.csv"},
        Example{"arK", "examples/posteriordb/arK-arK.vi", "examples/posteriordb/data/arK-arK.json"},
        Example{"eight_schools", "examples/posteriordb/eight_schools-eight_schools_noncentered.vi",
                "examples/posteriordb/data/eight_schools-eight_schools_noncentered.json"},
        Example{"irt_2pl", "examples/posteriordb/irt_2pl-irt_2pl.vi",
                "examples/posteriordb/data/irt_2pl-irt_2pl.json"},
        Example{"rats", "examples/posteriordb/rats_data-rats_model.vi",
                "examples/posteriordb/data/rats_data-rats_model.json"},
        Example{"dogs", "examples/posteriordb/dogs-dogs.vi",
                "examples/posteriordb/data/dogs-dogs.json"}}) {
    CAPTURE(example.name);
    const fs::path expected =
        root / "tests/models/passes/listings" / (std::string(example.name) + ".txt");
    CHECK(listing(example.model, example.data) == text_of(expected));
  }
}

}  // namespace
}  // namespace vippl::test
