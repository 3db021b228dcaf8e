#pragma once

namespace vippl::cli {

/// What the program's exit status tells; part of the contract with scripts that call it.
enum class ExitCode : int {
  success = 0,
  model = 1,         ///< the script or the data are wrong
  usage = 2,         ///< the command line is wrong
  inference = 3,     ///< no fit could be made
  quality = 4,       ///< --strict: the fit is below the bar
  input_output = 5,  ///< a file cannot be read or written
  internal = 70,     ///< a bug of vippl
  interrupted = 130
};

}  // namespace vippl::cli
