// The program akqueue-sim: its commands as rows of one table, from which help is made.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/command_line.hpp"
#include "kubectl/client.hpp"

namespace akqueue::sim {

struct Command {
  std::string_view name;
  std::string_view arguments;  ///< like `WORLD`
  std::string_view summary;    ///< one line
  std::span<const Option> options;
  std::span<const std::string_view> examples;
  /// `words` are the arguments as they came; with `own_parsing` nobody else reads them.
  int (*run)(const Options& options, const std::vector<std::string>& words, const Streams& streams);
  bool own_parsing = false;
};

/// All commands, in the order of help.
std::span<const Command> commands();

/// The text of `help`, or of `help NAME`. Throws Error (usage) for an unknown command.
std::string help_text(std::string_view name = {});

/// Runs the program: `args` without its name. As `kubectl` (by its name, `called_as`) it is `akqueue-sim kubectl`.
/// Errors end here: `error: …`, `hint: …`, and the status of the error's kind.
int run_program(std::string_view called_as, const std::vector<std::string>& args, const Streams& streams);

}  // namespace akqueue::sim
