// Whose a task is that a worker has taken. The one rule for everything that counts, shows, waits for or deletes such
// tasks:
//
//   held      its lock is held, and workers are there who can be behind it
//   stranded  its lock is held, but no worker is there: a pooler keeps the connection of one that is gone, or the
//             database has not noticed yet (Database::workers_gone)
//   ending    `postprocess`, without a lock, written less than a minute ago: a worker lets go of the lock before it
//             writes how the task ended, so on a busy site there is always one (kEndingSeconds)
//   orphaned  none of these: its worker died
//
// Held and ending tasks are in hand: a deletion leaves both alone. A task that is queued is none of these, even if its
// lock is held: from 2026.8 on a worker may lock one for an instant while it looks for work.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "session/database.hpp"

namespace akqueue::queue {

/// A worker needs some milliseconds from its lock to the last row; clocks differ by more.
inline constexpr std::int64_t kEndingSeconds = 60;

// Conditions on the task row `alias`, or on another row with its message_id, queue_name, state and mtime. In a
// transaction: ages count from its beginning, by the database's clock.

std::string is_taken(session::Statement& statement, std::string_view alias);
std::string is_held(session::Statement& statement, const session::Database& database, std::string_view alias);
std::string is_stranded(session::Statement& statement, const session::Database& database, std::string_view alias);
std::string is_ending(session::Statement& statement, const session::Database& database, std::string_view alias);
std::string is_orphaned(session::Statement& statement, const session::Database& database, std::string_view alias);
/// Held by a worker that the database knows by one of these names (Dialect::holders()).
std::string is_held_by(session::Statement& statement, const session::Database& database, std::string_view alias,
                       const std::vector<std::string>& holders);
/// Held or ending.
std::string is_in_hand(session::Statement& statement, const session::Database& database, std::string_view alias);

}  // namespace akqueue::queue
