// Whether rows of a backup fit the site that they shall go into.
#pragma once

#include <string>
#include <vector>

#include "backup/parser.hpp"
#include "session/database.hpp"

namespace akqueue {

/// What has to be known of the target before the first row goes in. In a transaction. Throws Error: (unsupported) for
/// tables or columns that it lacks (unless `drop_columns`) or needs and the backup has not; (refused) for tenants and
/// content types that tasks name and it does not have.
void check_target(const Database& database, const BackupContents& contents, bool drop_columns);

/// The site's table for one of the backup, by schema and name: what stood in the schema of authentik's tables stands in
/// theirs here, whatever both are called. Null where there is none.
const Table* target_of(const Database& database, const BackupHeader& header, const KeptTable& backed_up);

/// The columns that both have and that may be written, as the site has them.
std::vector<Column> common_columns(const KeptTable& backed_up, const Table& target);

}  // namespace akqueue
