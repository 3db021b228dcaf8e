// The scripts that the documents show, between ```vi and ```, and those of the tutorial.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/cli/process.h"
#include "tests/support/sanitizers.h"

namespace vippl::cli {

namespace {

namespace fs = std::filesystem;
using test::under_sanitizers;
using testing::Outcome;
using testing::run_vippl;
using testing::Scratch;

const fs::path source_folder = VIPPL_SOURCE_DIR;
const fs::path tutorial_folder = source_folder / "examples/tutorial";

std::vector<fs::path> files_of(const fs::path& folder, const std::string& extension) {
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == extension) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string file_text(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

struct Block {
  int line = 0;  ///< of the document, where the script begins
  std::string script;
};

std::vector<Block> script_blocks(const fs::path& document) {
  std::vector<Block> blocks;
  bool is_inside = false;
  int number = 0;
  std::istringstream lines(file_text(document));
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (!is_inside && line == "```vi") {
      is_inside = true;
      blocks.push_back({number + 1, ""});
    } else if (is_inside && line == "```") {
      is_inside = false;
    } else if (is_inside) {
      blocks.back().script += line + '\n';
    }
  }
  return blocks;
}

// Short: what the documents show comes from longer fits.
Outcome run_with_data(std::vector<std::string> arguments, const std::vector<fs::path>& data) {
  for (const fs::path& file : data) {
    arguments.push_back("--data");
    arguments.push_back(file.string());
  }
  return run_vippl(arguments);
}

void check_fits(const fs::path& script, const std::vector<fs::path>& data) {
  CAPTURE(script.filename().string());
  const Outcome outcome = run_with_data({"run", script.string(), "--quiet", "--guide", "meanfield",
                                         "--starts", "1", "--stages", "1", "--draws", "16"},
                                        data);
  CAPTURE(outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.out.find("verdict") != std::string::npos);
}

void check_is_recorded(const fs::path& script, const std::vector<fs::path>& data) {
  CAPTURE(script.filename().string());
  const Outcome outcome = run_with_data({"tape", script.string()}, data);
  CAPTURE(outcome.err);
  CHECK(outcome.status == 0);
  CHECK(outcome.out.find("instructions") != std::string::npos);
}

/// Under the sanitizers a fit takes minutes: the script is recorded only.
void check_runs(const fs::path& script, const std::vector<fs::path>& data) {
  if (under_sanitizers) {
    check_is_recorded(script, data);
  } else {
    check_fits(script, data);
  }
}

}  // namespace

TEST_CASE("every script in the documents is right and draws no warning") {
  const Scratch scratch;
  std::vector<fs::path> documents = files_of(source_folder / "docs", ".md");
  documents.push_back(source_folder / "README.md");
  std::size_t count = 0;
  for (const fs::path& document : documents) {
    for (const Block& block : script_blocks(document)) {
      INFO(document.filename().string(), ", line ", block.line);
      const Outcome outcome =
          run_vippl({"check", "--strict", scratch.write("shown.vi", block.script)});
      CAPTURE(outcome.err);
      CHECK(outcome.status == 0);
      ++count;
    }
  }
  CHECK(count >= 20);
}

TEST_CASE("the tutorial shows its scripts as they are") {
  std::vector<std::string> scripts;
  for (const fs::path& path : files_of(tutorial_folder, ".vi")) scripts.push_back(file_text(path));
  const std::vector<Block> blocks = script_blocks(source_folder / "docs/tutorial.md");
  CHECK(blocks.size() >= 4);
  for (const Block& block : blocks) {
    INFO("docs/tutorial.md, line ", block.line, ": no file of examples/tutorial has this text");
    CHECK(std::find(scripts.begin(), scripts.end(), block.script) != scripts.end());
  }
}

TEST_CASE("every script of the tutorial can be fitted to its data") {
  for (const fs::path& path : files_of(tutorial_folder, ".vi")) {
    std::vector<fs::path> data = {tutorial_folder / "radon.csv"};
    if (file_text(path).find("counties.") != std::string::npos)
      data.push_back(tutorial_folder / "counties.csv");
    check_runs(path, data);
  }
}

TEST_CASE("every script of examples/uses can be fitted to data made for it") {
  const fs::path folder = source_folder / "examples/uses";
  const std::vector<fs::path> scripts = files_of(folder, ".vi");
  CHECK(scripts.size() == 20);
  for (const fs::path& path : scripts) {
    const std::string name = path.stem().string();
    std::vector<fs::path> data = {folder / "data" / (name + ".csv")};
    if (!fs::exists(data[0])) data[0].replace_extension(".json");
    if (!fs::exists(data[0])) data[0] = source_folder / "examples/wine/wine.csv";
    if (name == "two_tables") data = {folder / "data/houses.csv", folder / "data/counties.csv"};
    // These take seconds to fit.
    const bool is_long = name.starts_with("bayesian") || name.starts_with("poisson") ||
                         name == "gp_latent_multi" || name == "minibatch_local" ||
                         name == "stochastic_volatility";
    if (is_long) {
      check_is_recorded(path, data);
    } else {
      check_runs(path, data);
    }
  }
}

}  // namespace vippl::cli
