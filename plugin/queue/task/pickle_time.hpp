// Dates and times of Python's datetime in a pickle, which it writes as a few bytes.
#pragma once

#include <string>

#include "queue/task/pickle_nodes.hpp"

namespace akqueue::queue {

/// An object of datetime (datetime, date or time) as its isoformat() would print it, the name of a zone without an
/// offset of its own behind it: `2026-05-01T12:30:05.123456+00:00`, `2026-05-01T12:30:05[Europe/Vienna]`. Empty for
/// anything else, and for bytes that are no time.
std::string iso_time(const PickleNode& object);

}  // namespace akqueue::queue
