#include "lang/support_text.h"

#include <fmt/format.h>

namespace vippl::lang {

std::string text(const Support& support, std::span<const Parameter> parameters) {
  std::string result = text(support);
  for (std::size_t k = parameters.size(); k > 0; --k) {  // 12 before 1
    const std::string number = fmt::format("argument {}", k);
    for (std::size_t at = result.find(number); at != result.npos; at = result.find(number))
      result.replace(at, number.size(), parameters[k - 1].name);
  }
  return result;
}

}  // namespace vippl::lang
