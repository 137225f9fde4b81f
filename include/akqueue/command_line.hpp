// Options as rows of data, and their values once parsed. Both programs declare rows; only command_line.cpp knows the
// library that parses them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace akqueue {

/// One option. People see every field: help, completion and the reference are made from it.
struct Option {
  std::string_view name;           ///< without the dashes
  char letter = 0;                 ///< 0: no short form
  std::string_view argument = {};  ///< the value's name in help, like `DURATION`; empty: a flag
  std::string_view help = {};      ///< one line, lower case, no full stop
  bool repeatable = false;         ///< may be given several times, or once with commas between the values
  std::string_view values =
      {};  ///< `table|wide|json`: the only values allowed, `KEY=` with a text of one's own; empty: any
  /// The same in many commands, whose help only names it: `options` explains it.
  bool common = false;
};

/// What was given on a command line.
class Options {
 public:
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// The (last) value, or nothing if it was not given.
  std::optional<std::string> value(std::string_view name) const;
  /// The (last) value, or `otherwise`.
  std::string text(std::string_view name, std::string_view otherwise = {}) const;
  /// A whole number from `least` on. Throws Error (usage) for anything else.
  std::optional<long long> number(std::string_view name, long long least = 0) const;
  /// All values of a repeatable option, commas split.
  std::vector<std::string> all(std::string_view name) const;
  /// All values of a repeatable option as they were given: a comma is part of the value.
  std::vector<std::string> each(std::string_view name) const;
  /// Everything that is not an option, in order.
  const std::vector<std::string>& arguments() const { return arguments_; }

  void set(std::string_view name, std::string value);
  void add_argument(std::string value) { arguments_.push_back(std::move(value)); }
  /// Removes the first argument: a word that says what the others are. There must be one.
  std::string take_argument();

 private:
  struct Given {
    std::string name;
    std::vector<std::string> values;
  };
  const Given* find(std::string_view name) const;

  std::vector<Given> given_;
  std::vector<std::string> arguments_;
};

/// Parses `args` (without the program's name) by `rows`, as kubectl does: `--name value`, `--name=value`,
/// `-n value`, `-nvalue`, `-n=value`, options and arguments mixed, `--` ends the options.
/// Throws Error (usage) for an unknown option (suggesting the nearest), a missing or a forbidden value.
Options parse_command_line(std::span<const Option> rows, const std::vector<std::string>& args);

/// The only entry of `known` that begins with `word`, or the one that is nearest to it by edits, if one is near enough
/// for a typing mistake.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace akqueue
