// A command is a row: name, what it does, its options, examples and the function that runs it. So is each verb of a
// command that has several (`backups list|show|verify|prune`). Parsing, help, completion and the reference in
// docs/commands.md come from the rows.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/command_line.hpp"
#include "akqueue/effect.hpp"
#include "system/clock.hpp"
#include "system/process.hpp"
#include "ui/terminal.hpp"

namespace akqueue::backup {
class StateDirectory;  // backup/state_directory.hpp
}  // namespace akqueue::backup

namespace akqueue::cli {

/// The outside world, passed in. main.cpp builds the real one; tests build their own.
struct Environment {
  system::Launcher& launcher;
  system::Interrupts& interrupts;
  ui::Terminal& terminal;
  const system::Clock& clock;
  const backup::StateDirectory& state;
  std::filesystem::path sites_file = {};  ///< what is kept of sites (cluster/kept_sites.hpp); empty: nothing is
  std::string command_line = {};          ///< as it was typed, without secrets: for what is remembered of it
};

/// The exit status of a command that Ctrl-C ended: as shells report SIGINT.
inline constexpr int kInterruptedStatus = 130;

struct Command;

/// What a row's function gets. It goes no further: the function turns it into a request, which says what is wanted.
struct Invocation {
  const Command& command;
  const Options& options;
  Environment& environment;
};

struct Example {
  std::string_view line;     ///< after `kubectl akqueue `
  std::string_view meaning;  ///< lower case, no full stop
};

struct Command {
  std::string_view name;  ///< for a verb: the word alone
  /// Other words for it, as kubectl's users type them. Two commands may share one: it is the command whose arguments
  /// are optional if the line has none, the other one if it has (`get`).
  std::vector<std::string_view> short_names = {};
  std::string_view group = {};      ///< the heading in help's list; a verb has none
  std::string_view summary = {};    ///< one line, upper case, no full stop
  std::string_view arguments = {};  ///< as in a usage line
  std::size_t most_arguments = 0;
  std::string_view description = {};  ///< paragraphs of lines of at most 78 columns
  Effect effect = Effect::looks;
  /// Its own options; those that it shares with others come on top (see options_of()).
  std::vector<Option> options = {};
  std::vector<Example> examples = {};
  /// Allowed values of -o, `table|json`; empty: the command has no -o. One with `csv` has the options of tables.
  std::string_view outputs = {};
  /// It talks to the cluster, so it has the options of kubectl and of the pod.
  bool enters_cluster = true;
  /// -n may be given several times.
  bool several_namespaces = false;
  int (*run)(const Invocation& invocation) = nullptr;
  /// Rows of their own. The first one runs if no verb is given. Apart from them a command with verbs has only its name,
  /// group, summary and description.
  std::vector<Command> verbs = {};
  /// Of a verb: its command; the table fills it in.
  std::string_view verb_of = {};

  /// `backups show`, or the name of a command.
  std::string full_name() const;
};

/// All commands in the order of help: commands/table.cpp has the rows, which nothing here includes.
std::span<const Command> all_commands();

/// The row of `name`; null for none.
const Command* find_command(std::string_view name);

/// The row of a verb; null for none.
const Command* find_verb(const Command& command, std::string_view name);

/// Everything that `command` accepts: its own options, those of its effect, of printing, of finding the pod, and
/// kubectl's. For a command with verbs: what any of them accepts, with any value, to read a line whose verb is not
/// known yet.
std::vector<Option> options_of(const Command& command);

/// kubectl's own global options, passed on to every call of kubectl.
std::span<const Option> kubectl_options();

/// The options of every command.
std::span<const Option> common_options();

/// The same as `command` takes them.
std::vector<Option> kubectl_options_of(const Command& command);

/// The options that say which pod to enter.
std::span<const Option> target_options();

}  // namespace akqueue::cli
