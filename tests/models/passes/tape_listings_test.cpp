// The optimised programs of some examples, line by line. After a deliberate change, `vippl tape
// MODEL --data DATA --passes PASSES` prints the new ones: what follows "# as it runs". The passes
// are unused,fold,subscripts,share,reroll,statistics, and all for those in listings/as_it_runs. The
// data of diamonds is what examples/posteriordb/unpack.py writes.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "lang/check.h"
#include "lang/parse.h"
#include "runtime/model.h"
#include "stdlib/registry.h"
#include "tests/models/posteriordb/posterior.h"

namespace vippl::test {
namespace {

namespace fs = std::filesystem;

const fs::path root = VIPPL_SOURCE_DIR;
const fs::path listings = root / "tests/models/passes/listings";

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file.good(), path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string listing(const std::string& model, const runtime::DataFile& data, const char* passes) {
  lang::Sources sources;
  sources.emplace_back(model, text_of(root / model));
  const lang::ast::Script script = lang::parse(sources[0]).script;
  runtime::DataSet set;
  set.add(data);
  lang::check(script, sources, stdlib::registry(), {.names = set.names(), .known = true});
  runtime::ModelOptions options;
  options.passes = runtime::PassSet::from_text(passes).value();
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
    CHECK(listing(example.model, runtime::read_data(root / example.data),
                  "unused,fold,subscripts,share,reroll,statistics") ==
          text_of(listings / (std::string(example.name) + ".txt")));
  }
}

TEST_CASE("the programs that run are as listed, of arrays and of loops") {
  struct Example {
    const char* posterior;
    const char* loop;  // the same model in another form; may be null
  };
  for (const Example& example :
       {Example{"diamonds-diamonds", "diamonds_loop"},
        Example{"radon_all-radon_variable_intercept_slope_noncentered", "radon_loop"},
        Example{"garch-garch11", nullptr}, Example{"gp_pois_regr-gp_regr", nullptr},
        Example{"bball_drive_event_0-hmm_drive_0", "hmm_loop"},
        Example{"low_dim_gauss_mix-low_dim_gauss_mix", "mixture_loop"},
        Example{"hudson_lynx_hare-lotka_volterra", nullptr}}) {
    CAPTURE(example.posterior);
    const std::string name = example.posterior;
    const runtime::DataFile data = posterior_data(name);
    CHECK(listing("examples/posteriordb/" + name + ".vi", data, "all") ==
          text_of(listings / "as_it_runs" / (name + ".txt")));
    if (example.loop == nullptr) continue;
    const std::string loop = example.loop;
    CHECK(listing("bench/models/" + loop + ".vi", data, "all") ==
          text_of(listings / "as_it_runs" / (loop + ".txt")));
  }
  CHECK(listing("bench/models/logistic.vi", runtime::read_data(listings / "logistic.json"),
                "all") == text_of(listings / "as_it_runs/logistic.txt"));
}

}  // namespace
}  // namespace vippl::test
