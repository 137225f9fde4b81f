// Arguments as one command line, with which Windows starts a process. Pure text, so that it can be tested everywhere.
#pragma once

#include <string>
#include <vector>

namespace akqueue::system {

/// A line that CommandLineToArgvW, the C runtimes and Go split into `words` again. `words[0]` is the program's path.
std::string windows_command_line(const std::vector<std::string>& words);

}  // namespace akqueue::system
