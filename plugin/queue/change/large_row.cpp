#include "queue/change/large_row.hpp"

#include "akqueue/sqlstate.hpp"
#include "queue/change/foreign_keys.hpp"

namespace akqueue {
namespace {

constexpr TransactionSettings kSearching{.read_only = true, .statement_timeout_ms = 30'000, .lock_timeout_ms = 2'000};

struct LargeRow {
  std::string table;
  std::string task;
  std::int64_t bytes = 0;
};

/// SELECT task, size FROM table ORDER BY size DESC LIMIT 1
void look(const Database& database, const Table& table, const std::string& task, LargeRow& largest) {
  std::string size;
  for (const Column& column : table.columns) {
    size += (size.empty() ? "" : " + ") +
            ("coalesce(" + database.dialect.size_of(column.type, "r." + quote_identifier(column.name)) + ", 0)");
  }
  database.session.query({"SELECT CAST(r." + quote_identifier(task) + " AS text), " + size + " AS size FROM " +
                          table.quoted() + " AS r ORDER BY size DESC LIMIT 1"},
                         [&](const Value& row) {
                           if (integer(row.at(1)) > largest.bytes)
                             largest = {table.name, text(row.at(0)), integer(row.at(1))};
                         });
}

}  // namespace

Error with_large_row(const Database& database, const Error& error) {
  if (error.sqlstate() != sqlstate::kLimitExceeded) return error;
  LargeRow largest;
  try {
    const Transaction transaction(database.session, kSearching);
    look(database, database.task(), "message_id", largest);
    for (const ReferencingRows& rows : rows_to_delete_first(database.catalog))
      look(database, *rows.table, rows.column, largest);
  } catch (const Error&) {
    return error;  // it says what is so, if not where
  }
  const bool of_task = largest.table == database.task().name;
  return Error(ErrorCode::unsupported,
               std::string(of_task ? "task " : "a row of " + largest.table + " of task ") + largest.task +
                   " has about " + std::to_string(largest.bytes >> 20) +
                   " MiB, and a backup takes no row of more than 256",
               "its batch was not deleted; kubectl akqueue delete " + largest.task +
                   " --no-backup deletes it without keeping it, then run this again");
}

}  // namespace akqueue
