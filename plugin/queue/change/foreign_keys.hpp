// What must go before a task can: the rows of every table that references it.
//
// authentik declares its foreign keys without ON DELETE CASCADE and checks them at COMMIT, so whoever deletes tasks by
// SQL deletes those rows in the same transaction. Newer releases have more such tables; they are taken from the
// catalog.
#pragma once

#include <string>
#include <vector>

#include "session/catalog.hpp"

namespace akqueue {

/// Rows of `table` whose `column` names a task that goes.
struct ReferencingRows {
  const Table* table = nullptr;
  std::string column;
};

/// Throws Error (unsupported) by name for a table whose rows could go without being in the backup: one with row
/// security for this user, with a rule on DELETE, or that others inherit from; and for a task table of several parts
/// (partitions, inheritance), in which a row's place does not name one row. Partitions of other tables are no obstacle:
/// their rows are deleted by key.
void check_can_be_kept(const Catalog& catalog);

/// Every foreign key to the task table, in an order in which the rows can be deleted. Throws Error (unsupported) by
/// name for what can't be deleted safely: what check_can_be_kept() refuses, a table that is referenced in turn, a key
/// of several columns, one that does not name the message id, one that the database would change instead of refuse.
std::vector<ReferencingRows> rows_to_delete_first(const Catalog& catalog);

}  // namespace akqueue
