#include "cli/load.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "cli/failure.h"
#include "stdlib/registry.h"

namespace vippl::cli {
namespace {

constexpr std::size_t greatest_script = std::size_t{64} << 20U;  // bytes

Failure unreadable(const std::filesystem::path& path, const std::string& reason) {
  return {ExitCode::input_output, fmt::format("vippl: {}: {}\n", path.string(), reason)};
}

/// The text, cut at one byte more than the greatest legal size: /dev/zero has an end here.
std::string read_text(const std::filesystem::path& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw unreadable(path, std::strerror(errno));
  std::string text;
  std::string chunk(std::size_t{1} << 16U, '\0');
  while (file && text.size() <= greatest_script) {
    file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    text.append(chunk, 0, static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) throw unreadable(path, std::strerror(errno));
  return text;
}

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

}  // namespace

lang::SourceText read_script(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    throw unreadable(path, "this is a folder; expected a script");
  }
  std::string text = read_text(path);
  if (text.size() > greatest_script) {
    throw Failure(ExitCode::model, fmt::format("vippl: {}: too large for a script (over {} MB)\n",
                                               path.string(), greatest_script >> 20U));
  }
  if (is_blank(text)) {
    throw Failure(ExitCode::model, fmt::format("vippl: {}: the script is empty\n"
                                               "  hint: sample mu ~ normal(0, 1)\n"
                                               "        observe 1.5 ~ normal(mu, 1)\n",
                                               path.string()));
  }
  return {path.string(), std::move(text)};
}

std::optional<lang::SourceText> read_import(const std::string& path,
                                            const lang::SourceText& importer) {
  try {
    return read_script(std::filesystem::path(importer.name()).parent_path() / path);
  } catch (const Failure&) {
    return std::nullopt;
  }
}

runtime::DataSet load_data(const std::vector<std::string>& paths) {
  runtime::DataSet data;
  for (const std::string& path : paths) {
    try {
      data.add(runtime::read_data(path));
    } catch (const runtime::DataFileError& error) {
      throw Failure(ExitCode::input_output, fmt::format("vippl: {}\n", error.what()));
    } catch (const runtime::DataError& error) {
      throw Failure(ExitCode::model, fmt::format("vippl: {}\n", error.what()));
    }
  }
  return data;
}

lang::DataFacts facts_of(const runtime::DataSet& data, const runtime::ModelOptions& options) {
  lang::DataFacts facts;
  facts.names = data.names();
  for (const auto& [name, value] : options.set) facts.names.push_back(name);
  facts.known = !data.empty();
  return facts;
}

LoadedScript load_script(const std::filesystem::path& path, const lang::DataFacts& facts) {
  LoadedScript loaded;
  loaded.sources.push_back(read_script(path));
  lang::ParseResult parsed = lang::parse(loaded.sources[0], 0, lang::Dialect::script);
  loaded.script = std::move(parsed.script);
  lang::Diagnostics diagnostics = std::move(parsed.diagnostics);
  const auto add = [&](lang::Diagnostics more) {
    diagnostics.insert(diagnostics.end(), more.begin(), more.end());
  };
  add(lang::expand_imports(loaded.script, loaded.sources, &read_import));
  // With statements missing, the checker would complain of every name that they define.
  if (!lang::has_errors(diagnostics)) {
    add(lang::check(loaded.script, loaded.sources, stdlib::registry(), facts));
  }
  if (lang::has_errors(diagnostics)) {
    throw Failure(ExitCode::model, lang::render(diagnostics, loaded.sources));
  }
  loaded.warnings = std::move(diagnostics);
  return loaded;
}

LoadedModel load_model(const std::filesystem::path& path, const std::vector<std::string>& data,
                       const runtime::ModelOptions& options) {
  LoadedModel loaded;
  loaded.data = load_data(data);
  loaded.program = load_script(path, facts_of(loaded.data, options));
  LoadedScript& program = loaded.program;
  loaded.model = with_rendered_errors(program.sources, [&] {
    return runtime::make_model(program.script, program.sources, loaded.data, stdlib::registry(),
                               options, program.warnings);
  });
  return loaded;
}

std::unique_ptr<runtime::Model> model_again(const LoadedModel& loaded,
                                            const runtime::ModelOptions& options) {
  const LoadedScript& program = loaded.program;
  lang::Diagnostics said_before;
  return with_rendered_errors(program.sources, [&] {
    return runtime::make_model(program.script, program.sources, loaded.data, stdlib::registry(),
                               options, said_before);
  });
}

}  // namespace vippl::cli
