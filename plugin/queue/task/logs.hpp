// A task's log: from 2025.10 on in rows of its own, before that a list in the task's row.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "akqueue/time.hpp"
#include "session/database.hpp"

namespace akqueue::queue {

struct LogLine {
  std::optional<Timestamp> at;
  std::string level;
  std::string logger;
  std::string event;            ///< cut to the length that was asked for
  std::string ending = {};      ///< the last so many characters of an event that was cut
  std::int64_t event_size = 0;  ///< characters of the whole event
  std::string attributes;       ///< JSON; `{}` for none
  bool previous = false;        ///< of an attempt before the current one
};

/// The log of one task, oldest first, events cut to `longest` characters (0: whole). In a transaction.
void read_logs(const session::Database& database, const std::string& id, std::int64_t longest,
               const std::function<void(const LogLine&)>& on_line);

/// An expression of the task row `alias`: the rank of the worst level in the log of its current attempt, NULL for an
/// empty log. Empty if this release keeps no log that is known.
std::string worst_level(const session::Database& database, std::string_view alias);

/// The name of a rank from worst_level().
std::string level_named(std::int64_t rank);

}  // namespace akqueue::queue
