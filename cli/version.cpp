#include "cli/version.h"

namespace vippl::cli {

const std::string_view version = VIPPL_VERSION;

}  // namespace vippl::cli
