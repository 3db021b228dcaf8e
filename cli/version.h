#pragma once
#include <string_view>

namespace vippl::cli {

extern const std::string_view version;

}  // namespace vippl::cli
