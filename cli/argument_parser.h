#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace vippl::cli {

/// Whether the command should go on, or has printed its help and is done.
enum class Parsed { go_on, printed_help };

/// How an option is given and listed, where that differs from the usual.
struct OptionStyle {
  std::string value = {};  ///< what the help calls its value, such as FILE
  bool is_required = false;
  bool may_stand_alone = false;  ///< its value, "", may be left out
  std::string group = {};        ///< heading in the help
};

/// The options and arguments of one command. Its source is the only file that sees CLI11, whose
/// headers take seconds to compile. `names` are CLI11's: "--data,-d", or "MODEL" for an argument.
/// What is filled by parse() is kept by reference and must outlive it.
class ArgumentParser {
 public:
  ArgumentParser(const std::string& summary, const std::string& command);
  ~ArgumentParser();
  ArgumentParser(const ArgumentParser&) = delete;
  ArgumentParser& operator=(const ArgumentParser&) = delete;

  void add_option(const std::string& names, std::string& value, const std::string& help,
                  const OptionStyle& style);
  void add_option(const std::string& names, std::vector<std::string>& values,
                  const std::string& help, const OptionStyle& style);
  void add_option(const std::string& names, std::int64_t& value, const std::string& help,
                  const OptionStyle& style);
  void add_option(const std::string& names, const std::function<void(const std::string&)>& take,
                  const std::string& help, const OptionStyle& style);
  /// One of `choices`.
  void add_choice(const std::string& names, std::string& value,
                  const std::vector<std::string>& choices, const std::string& help);
  void add_flag(const std::string& names, bool& flag, const std::string& help);

  /// Parses what stands after the command's name; `usage` follows that name in the help. Throws
  /// Failure with the reason, the nearest known flag, and where to find help.
  Parsed parse(std::span<const std::string> texts, const std::string& usage);

  /// Throws Failure that says so and where to find help.
  [[noreturn]] void fail(const std::string& message) const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace vippl::cli
