#include "cli/repl_help.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "cli/failure.h"
#include "cli/reference.h"
#include "cli/repl.h"
#include "lang/nearest.h"

namespace vippl::cli {
namespace {

bool is_word_byte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80U;
}

std::vector<std::string> all_names(const runtime::Registry& registry, const ReplSession& session) {
  std::vector<std::string> names = session.names();
  for (std::string& name : reference_names(registry)) names.push_back(std::move(name));
  return names;
}

std::vector<std::string> files_beginning_with(const std::string& text) {
  namespace fs = std::filesystem;
  const std::size_t slash = text.rfind('/');
  const std::string folder = slash == text.npos ? "" : text.substr(0, slash + 1);
  std::vector<std::string> files;
  std::error_code problem;
  for (fs::directory_iterator entry(folder.empty() ? fs::path(".") : fs::path(folder), problem),
       end;
       !problem && entry != end; entry.increment(problem)) {
    std::string path = folder + entry->path().filename().string();
    if (!path.starts_with(text)) continue;
    std::error_code ignored;
    if (entry->is_directory(ignored)) path += '/';
    files.push_back(std::move(path));
  }
  return files;
}

void keep_matches(std::vector<std::string>& names, const std::string& prefix) {
  std::erase_if(names, [&](const std::string& name) { return !name.starts_with(prefix); });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace

std::string help_on(std::string_view name, const runtime::Registry& registry,
                    const ReplSession& session) {
  std::string text;
  if (const auto definition = session.definition(name)) text += *definition + '\n';
  text += reference_text(name, registry);
  if (!text.empty()) return text;
  const auto guess = lang::nearest(name, all_names(registry, session));
  throw Failure(ExitCode::usage,
                fmt::format("nothing is named `{}`{}\n", name,
                            guess ? fmt::format("; did you mean `{}`?", *guess) : ""));
}

Completions completions(const std::string& before_cursor, const runtime::Registry& registry,
                        const ReplSession& session) {
  Completions found;
  const bool names_a_file =
      before_cursor.starts_with(":data ") || before_cursor.starts_with(":load ");
  if (names_a_file) {
    const std::string prefix = before_cursor.substr(std::string_view(":data ").size());
    found.replaced = prefix.size();
    found.candidates = files_beginning_with(prefix);
    keep_matches(found.candidates, prefix);
    return found;
  }
  if (before_cursor.starts_with(':') && before_cursor.find(' ') == before_cursor.npos) {
    found.replaced = before_cursor.size();
    found.candidates = command_names();
    keep_matches(found.candidates, before_cursor);
    return found;
  }
  std::size_t begin = before_cursor.size();
  while (begin > 0 && is_word_byte(before_cursor[begin - 1])) --begin;
  const std::string prefix = before_cursor.substr(begin);
  if (prefix.empty()) return found;
  found.replaced = prefix.size();
  found.candidates = all_names(registry, session);
  const std::vector<std::string> columns = session.data_names();
  found.candidates.insert(found.candidates.end(), columns.begin(), columns.end());
  keep_matches(found.candidates, prefix);
  return found;
}

}  // namespace vippl::cli
