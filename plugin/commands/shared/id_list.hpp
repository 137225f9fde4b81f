// Ids of tasks from a file or from another command, like `kubectl akqueue list -o name | kubectl akqueue delete -f -`.
#pragma once

#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "akqueue/uuid.hpp"

namespace akqueue::commands {

/// One id a line, `task/` before it or not; empty lines and lines that begin with `#` are passed over. `-` is standard
/// input. Throws Error (usage) with the line's number for what is no whole id and for a file without any, (system) for
/// a file that can't be read.
std::vector<Uuid> read_id_list(const std::string& file);

/// The same from a stream; `name` is what errors call it.
std::vector<Uuid> read_id_list(std::istream& stream, const std::string& name);

/// `task/ID` as -o name prints it, without its kind.
std::string_view without_kind(std::string_view name);

}  // namespace akqueue::commands
