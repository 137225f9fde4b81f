// How often a task was tried again, as its message says: authentik copies that number into the task's row whenever it
// puts the message into the queue.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace akqueue::queue {

/// The message's `options["retries"]`; 0 where it has none. Nothing for a message that can't be read, or in which it is
/// not a whole number from 0 on. Reads pickles as pickle.hpp does: nothing is unpickled. Never throws.
std::optional<std::int64_t> retries_in_message(std::string_view bytes);

}  // namespace akqueue::queue
