// A row that is too large for a backup, named.
#pragma once

#include "session/database.hpp"

namespace akqueue::queue {

/// The error as it is; or, where it says that a row is too large (54000), one that names the largest row among the
/// task table and those that reference it, and says what to do. Outside a transaction; asks the database, for at most
/// half a minute.
Error with_large_row(const session::Database& database, const Error& error);

}  // namespace akqueue::queue
