#include <string>
#include <vector>

#include "cli/command_line.h"

int main(int count, char** texts) {
  const std::vector<std::string> arguments(texts + 1, texts + count);
  return static_cast<int>(vippl::cli::run_command_line(arguments));
}
