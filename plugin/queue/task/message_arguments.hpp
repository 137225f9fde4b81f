// What a task's actor would be called with, in a form that can be compared.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace akqueue::queue {

/// Bytes that are the same for two messages only if their arguments are: positional and named ones, with their types
/// (but a list is like a tuple), nested as they are. The same arguments may differ in it (a dictionary in another
/// order). Nothing for a message that is empty, can't be read, or holds more than is looked through. Never unpickles
/// (pickle_nodes.hpp).
std::optional<std::string> arguments_of_message(std::string_view bytes);

}  // namespace akqueue::queue
