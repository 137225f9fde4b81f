// Options as rows of data, and their values once parsed. Both programs declare rows; only command_line.cpp knows the
// library that parses them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace akqueue {

/// One option. Every field is for people as well: help, completion and the reference are made from it.
struct Option {
  std::string_view name;           ///< without the dashes
  char letter = 0;                 ///< 0: no short form
  std::string_view argument = {};  ///< what stands for the value in help, like `DURATION`; empty: a flag
  std::string_view help = {};      ///< one line, lower case, no full stop
  bool repeatable = false;         ///< may be given several times; a comma separates as well
  std::string_view values = {};    ///< `table|wide|json`: the only values allowed; empty: any
};

/// What was given on a command line.
class Options {
 public:
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// The (last) value, or nothing where it was not given.
  std::optional<std::string> value(std::string_view name) const;
  /// The (last) value, or `otherwise`.
  std::string text(std::string_view name, std::string_view otherwise = {}) const;
  /// A whole number from `least` on. Throws Error (usage) for anything else.
  std::optional<long long> number(std::string_view name, long long least = 0) const;
  /// All values of a repeatable option, commas split.
  std::vector<std::string> all(std::string_view name) const;
  /// All values of a repeatable option as they were given: a comma is part of the value.
  std::vector<std::string> each(std::string_view name) const;
  /// What is no option, in order.
  const std::vector<std::string>& arguments() const { return arguments_; }

  void set(std::string_view name, std::string value);
  void add_argument(std::string value) { arguments_.push_back(std::move(value)); }

 private:
  struct Given {
    std::string name;
    std::vector<std::string> values;
  };
  const Given* find(std::string_view name) const;

  std::vector<Given> given_;
  std::vector<std::string> arguments_;
};

/// Parses `args` (without the program's name) by `rows`, in the ways of kubectl: `--name value`, `--name=value`,
/// `-n value`, `-nvalue`, options and arguments mixed, `--` ends the options.
/// Throws Error (usage) for an unknown option (with the nearest one), a missing or a forbidden value.
Options parse_command_line(std::span<const Option> rows, const std::vector<std::string>& args);

/// The entry of `known` that is nearest to `word` by edits, if one is near enough to be a slip of the hand.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace akqueue
