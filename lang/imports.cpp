#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "lang/check.h"
#include "lang/parse.h"

namespace vippl::lang {

namespace {

constexpr std::size_t most_files = 1000;

// The path of an imported file relative to the folder of the script, without "." and ".."; nothing
// if it leaves it.
std::optional<std::string> resolve(const std::string& importer, const std::string& path) {
  if (path.empty() || path.front() == '/' || path.find('\\') != std::string::npos)
    return std::nullopt;
  const std::size_t slash = importer.rfind('/');
  std::string whole = slash == std::string::npos ? path : importer.substr(0, slash + 1) + path;
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (at <= whole.size()) {
    const std::size_t end = std::min(whole.find('/', at), whole.size());
    const std::string part = whole.substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (parts.empty()) {
      return std::nullopt;
    } else {
      parts.pop_back();
    }
  }
  std::string result;
  for (const std::string& part : parts) result += (result.empty() ? "" : "/") + part;
  if (result.empty()) return std::nullopt;
  return result;
}

bool may_be_imported(const ast::Statement& statement) {
  return std::holds_alternative<ast::Let>(statement.node) ||
         std::holds_alternative<ast::Function>(statement.node) ||
         std::holds_alternative<ast::Model>(statement.node) ||
         std::holds_alternative<ast::Import>(statement.node);
}

class Importer {
 public:
  Importer(Sources& sources, const ReadImport& read) : sources_(sources), read_(read) {}

  // `file`: of the statements, relative to the folder of the script; empty for the script itself.
  ast::Block expand(ast::Block statements, std::uint32_t source, const std::string& file) {
    ast::Block result;
    for (ast::Statement& statement : statements) {
      if (const auto* import = std::get_if<ast::Import>(&statement.node)) {
        const ast::Import named = *import;
        ast::Block imported = read_file(named, source, file);
        std::move(imported.begin(), imported.end(), std::back_inserter(result));
      } else {
        result.push_back(std::move(statement));
      }
    }
    return result;
  }

  Diagnostics take() { return std::move(diagnostics_); }

 private:
  ast::Block read_file(const ast::Import& import, std::uint32_t source, const std::string& file) {
    const std::optional<std::string> path = resolve(file, import.path);
    if (!path) {
      return refuse("import-outside-folder", import.path_span,
                    fmt::format("\"{}\" leaves the folder of the script", import.path),
                    "write a path relative to the importing file");
    }
    if (std::find(open_.begin(), open_.end(), *path) != open_.end()) {
      return refuse("import-cycle", import.path_span,
                    fmt::format("\"{}\" imports itself, directly or through others", import.path),
                    "move what both need to a third file");
    }
    if (!seen_.insert(*path).second) return {};  // each file once
    if (seen_.size() > most_files) {
      return refuse("import-unreadable", import.path_span, "too many files are imported", "");
    }
    std::optional<SourceText> text = read_(import.path, sources_[source]);
    if (!text) {
      return refuse("import-unreadable", import.path_span,
                    fmt::format("the file \"{}\" cannot be read", import.path),
                    "the path is relative to the importing file");
    }
    const auto index = static_cast<std::uint32_t>(sources_.size());
    sources_.push_back(*std::move(text));
    ParseResult parsed = parse(sources_.back(), index);
    diagnostics_.insert(diagnostics_.end(), parsed.diagnostics.begin(), parsed.diagnostics.end());
    ast::Block kept;
    for (ast::Statement& statement : parsed.script.statements) {
      if (may_be_imported(statement)) {
        kept.push_back(std::move(statement));
      } else {
        refuse("import-statement", statement.span,
               "an imported file may hold `let`, `fn`, `model` and `import` only",
               "move this statement to the script");
      }
    }
    open_.push_back(*path);
    ast::Block result = expand(std::move(kept), index, *path);
    open_.pop_back();
    return result;
  }

  ast::Block refuse(std::string code, Span span, std::string message, std::string hint) {
    diagnostics_.push_back(error(std::move(code), span, std::move(message), std::move(hint)));
    return {};
  }

  Sources& sources_;
  const ReadImport& read_;
  Diagnostics diagnostics_;
  std::set<std::string> seen_;
  std::vector<std::string> open_;  // the files that import each other down to the one that is read
};

}  // namespace

Diagnostics expand_imports(ast::Script& script, Sources& sources, const ReadImport& read) {
  Importer importer(sources, read);
  script.statements = importer.expand(std::move(script.statements), 0, "");
  return importer.take();
}

}  // namespace vippl::lang
