#pragma once
#include <string>
#include <string_view>

#include "cli/line_editor.h"
#include "cli/repl_session.h"
#include "runtime/registry.h"

namespace vippl::cli {

/// What `?name` prints: the reference text of what the library has under this name, after the
/// statement that defines it in the session. Throws Failure with the nearest name if there is none.
std::string help_on(std::string_view name, const runtime::Registry& registry,
                    const ReplSession& session);

/// What Tab offers: commands after `:`, files after `:data` and `:load`, else names.
Completions completions(const std::string& before_cursor, const runtime::Registry& registry,
                        const ReplSession& session);

}  // namespace vippl::cli
