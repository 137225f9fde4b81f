// Exceptions in a task's log. Releases until 2025.10 write the traceback as the event's text, ending with the
// exception; later ones write its message as the event, and class, message and frames into the attribute `exception`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "session/session.hpp"

namespace akqueue::queue {

/// The attribute that has an exception as data.
inline constexpr std::string_view kExceptionAttribute = "exception";

/// The attributes of a log line; discarded (is_discarded()) for what can't be read.
session::Value read_attributes(const std::string& json);

/// What Python would print of the exception: frames, the exception last. Empty where there is none.
std::vector<std::string> traceback_in(std::string_view event, const session::Value& attributes);

/// `ConnectionError: timed out`: class and message of the exception or, where there is none, the event's first line.
std::string error_in(std::string_view event, const session::Value& attributes);

}  // namespace akqueue::queue
