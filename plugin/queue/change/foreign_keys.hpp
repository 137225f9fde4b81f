// What must go before a task can: the rows of every table that references it.
//
// authentik declares its foreign keys without ON DELETE CASCADE and checks them at COMMIT, so a deletion by
// SQL has to delete those rows in the same transaction. Newer releases have more such tables; they are taken from the
// catalog.
#pragma once

#include <string>
#include <vector>

#include "session/catalog.hpp"

namespace akqueue::queue {

/// Rows of `table` whose `column` names a task that goes.
struct ReferencingRows {
  const session::Table* table = nullptr;
  std::string column;
};

/// Throws Error (unsupported), naming the table, if its rows could go without being in the backup: it has row security
/// for this user or a rule on DELETE, or others inherit from it; and for a task table of several parts (partitions,
/// inheritance), in which one place may be that of several rows. Partitions of other tables are no obstacle:
/// their rows are deleted by key.
void check_can_be_kept(const session::Catalog& catalog);

/// Every foreign key to the task table, in an order in which the rows can be deleted. Throws Error (unsupported) by
/// name for what can't be deleted safely: what check_can_be_kept() refuses, a table that is referenced in turn, a key
/// of several columns, one that does not refer to the message id, one where the database would change the row.
std::vector<ReferencingRows> rows_to_delete_first(const session::Catalog& catalog);

}  // namespace akqueue::queue
