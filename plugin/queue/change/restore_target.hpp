// Whether the rows of a backup fit the site that they are to go into.
#pragma once

#include <string>
#include <vector>

#include "backup/parser.hpp"
#include "session/database.hpp"

namespace akqueue::queue {

/// Checks the target before the first row goes in. In a transaction. Throws Error: (unsupported) for tables or columns
/// that it lacks (unless `drop_columns`), or that it needs and the backup lacks; (refused) for tenants and content
/// types of tasks that it does not have.
void check_target(const session::Database& database, const backup::BackupContents& contents, bool drop_columns);

/// The site's table for one of the backup, by schema and name: a table from the schema of authentik's tables is looked
/// for in the schema of authentik's tables here, whatever each is called. Null if there is none.
const session::Table* target_of(const session::Database& database, const backup::BackupHeader& header,
                                const backup::KeptTable& backed_up);

/// The columns that both have and that may be written, as the site has them.
std::vector<session::Column> common_columns(const backup::KeptTable& backed_up, const session::Table& target);

}  // namespace akqueue::queue
