// The last error in a task's log, as the database tells it for many tasks at once.
#pragma once

#include <string>

#include "session/database.hpp"

namespace akqueue::queue {

/// An expression of the task row `t`: class and text of the last error that it logged, without the middle of a long
/// one; NULL for none. Throws Error (unsupported), with this hint, where this release keeps no log that is known.
std::string last_error(session::Statement& statement, const session::Database& database, const std::string& hint);

/// What last_error() gave as it is named: class and message, ids and numbers folded (fold_error()).
std::string named_error(const std::string& text);

}  // namespace akqueue::queue
