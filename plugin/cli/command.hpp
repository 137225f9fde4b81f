// A command is a row: name, what it does, its options, examples and the function that runs it. Parsing, help,
// completion and the reference in docs/commands.md come from the rows.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/command_line.hpp"
#include "akqueue/effect.hpp"
#include "system/clock.hpp"
#include "system/process.hpp"
#include "ui/terminal.hpp"

namespace akqueue {

class StateDirectory;  // backup/state_directory.hpp

/// The outside world, passed in. main.cpp builds the real one, tests their own.
struct Environment {
  Launcher& launcher;
  Interrupts& interrupts;
  Terminal& terminal;
  const Clock& clock;
  const StateDirectory& state;
};

/// How a command ends that Ctrl-C has cut short: as a shell tells of SIGINT.
inline constexpr int kInterruptedStatus = 130;

struct Command;

struct Invocation {
  const Command& command;
  const Options& options;
  Environment& environment;

  /// `json` or `jsonl` was asked for.
  bool machine_output() const;
};

struct Example {
  std::string_view line;     ///< after `kubectl akqueue `
  std::string_view meaning;  ///< lower case, no full stop
};

struct Command {
  std::string_view name;
  std::string_view group;
  std::string_view summary;    ///< one line, upper case, no full stop
  std::string_view arguments;  ///< as in a usage line
  std::size_t most_arguments = 0;
  std::string_view description = {};  ///< paragraphs of lines of at most 78 columns
  Effect effect = Effect::looks;
  /// Its own options; the sets that it shares come on top (see options_of()).
  std::vector<Option> options = {};
  std::vector<Example> examples = {};
  /// Allowed values of -o, `table|json`; empty: the command has no -o.
  std::string_view outputs = {};
  /// It reaches into the cluster: has the options of kubectl and of the pod.
  bool enters_cluster = true;
  int (*run)(const Invocation& invocation) = nullptr;
};

/// All commands in the order of help.
std::span<const Command> commands();

/// The row of `name`; null for none.
const Command* find_command(std::string_view name);

/// Everything that `command` accepts: its own, what its effect brings, how it prints, how it finds its pod, kubectl's.
std::vector<Option> options_of(const Command& command);

/// kubectl's own global options, which are passed on to every call of kubectl.
std::span<const Option> kubectl_options();

/// Options of every command.
std::span<const Option> common_options();

/// Which pod to enter.
std::span<const Option> target_options();

}  // namespace akqueue
