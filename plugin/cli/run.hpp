// From a command line to an exit status.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/error.hpp"
#include "cli/command.hpp"
#include "cli/completion.hpp"

namespace akqueue::cli {

/// `kubectl akqueue flush --reason 'incident 42'`, as a shell takes it again; the value of --token is left out.
std::string remembered_line(const std::vector<std::string>& args);

/// The words to run for a program called `program` with `args`: under the completer's name, completion.
std::vector<std::string> command_line_of(std::string_view program, std::vector<std::string> args);

/// The values with which lines are completed, apart from the commands themselves (commands/completion/live_values.hpp).
using LiveValues = std::function<ValueSource(Environment& environment)>;

/// Runs `args` (without the program's name). Never throws: a failure is printed on standard error as `error: …`, with
/// `hint: …` if there is a next step, and becomes the exit status of its kind.
int run(const std::vector<std::string>& args, Environment& environment, const LiveValues& live_values);

}  // namespace akqueue::cli
