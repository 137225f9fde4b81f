// Arguments as the one command line that a process of Windows is started with. Pure text, so that it is tested
// everywhere.
#pragma once

#include <string>
#include <vector>

namespace akqueue {

/// What CommandLineToArgvW, the C runtimes and Go take apart into `words` again. `words[0]` is the program's path.
std::string windows_command_line(const std::vector<std::string>& words);

}  // namespace akqueue
