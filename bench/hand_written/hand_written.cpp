#include "bench/hand_written/hand_written.h"

#include "bench/hand_written/tools.h"

namespace vippl::bench {

std::unique_ptr<HandWritten> make_hand_written(const std::string& name, Data& data) {
  for (const auto make :
       {&make_regression, &make_hierarchy, &make_series, &make_process, &make_own_model}) {
    if (std::unique_ptr<HandWritten> model = make(name, data)) return model;
  }
  return nullptr;
}

}  // namespace vippl::bench
