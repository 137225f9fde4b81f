// Arguments as kubectl (Go's pflag) takes them: flags anywhere, `--name value`, `--name=value`, `-n value`, `-nvalue`,
// one-letter flags without a value together, `--` ends them.
//
// Errors: Failure with kubectl's own text.
#pragma once

#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace akqueue::sim {

/// Ends the stand-in: what kubectl writes to standard error (without the last line end), and its exit status.
class Failure : public std::runtime_error {
 public:
  explicit Failure(const std::string& text, int status = 1) : std::runtime_error(text), status_(status) {}
  int status() const { return status_; }

 private:
  int status_;
};

struct Flag {
  std::string_view name;
  char letter = 0;
  bool takes_value = true;
};

struct Arguments {
  std::vector<std::string> words;
  /// What came after `--`; nothing if there was no `--`.
  std::optional<std::vector<std::string>> after_dashes;
  std::vector<std::pair<std::string, std::string>> flags;  ///< by long name; "true" for one without a value

  bool has(std::string_view flag) const;
  /// The last value, or `otherwise`.
  std::string value(std::string_view flag, std::string_view otherwise = {}) const;
  /// A flag without a value: given, and not as `--flag=false`.
  bool set(std::string_view flag) const { return value(flag, "false") == "true"; }
};

/// The flags that every command of kubectl takes, as far as they matter here.
std::span<const Flag> global_flags();

/// `command` is what the error texts call it, like `kubectl get`.
Arguments parse_arguments(std::span<const Flag> own_flags, const std::vector<std::string>& args,
                          const std::string& command);

/// The place of the first word in `args` that is neither a global flag nor the value of one; args.size() without any.
/// A command's own flags can only come after the command, so this finds it.
std::size_t first_word(const std::vector<std::string>& args, std::size_t from = 0);

}  // namespace akqueue::sim
