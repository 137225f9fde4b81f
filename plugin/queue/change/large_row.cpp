#include "queue/change/large_row.hpp"

#include "akqueue/sqlstate.hpp"
#include "queue/change/foreign_keys.hpp"

namespace akqueue::queue {
namespace {

constexpr session::TransactionSettings kSearching{
    .read_only = true, .statement_timeout_ms = 30'000, .lock_timeout_ms = 2'000};

struct LargeRow {
  std::string table;
  std::string task;
  std::int64_t bytes = 0;
};

/// SELECT task, size FROM table ORDER BY size DESC LIMIT 1
void look(const session::Database& database, const session::Table& table, const std::string& task, LargeRow& largest) {
  std::string size;
  for (const session::Column& column : table.columns) {
    size +=
        (size.empty() ? "" : " + ") +
        ("coalesce(" + database.dialect.size_of(column.type, "r." + session::quote_identifier(column.name)) + ", 0)");
  }
  database.session.query({"SELECT CAST(r." + session::quote_identifier(task) + " AS text), " + size + " AS size FROM " +
                          table.quoted() + " AS r ORDER BY size DESC LIMIT 1"},
                         [&](const session::Value& row) {
                           if (session::integer(row.at(1)) > largest.bytes)
                             largest = {table.name, session::text(row.at(0)), session::integer(row.at(1))};
                         });
}

}  // namespace

Error with_large_row(const session::Database& database, const Error& error) {
  if (error.sqlstate() != sqlstate::kLimitExceeded) return error;
  LargeRow largest;
  try {
    const session::Transaction transaction(database.session, kSearching);
    look(database, database.task(), "message_id", largest);
    for (const ReferencingRows& rows : rows_to_delete_first(database.catalog))
      look(database, *rows.table, rows.column, largest);
  } catch (const Error&) {
    return error;  // it says what is wrong, if not where
  }
  const bool of_task = largest.table == database.task().name;
  return Error(ErrorCode::unsupported,
               std::string(of_task ? "task " : "a row of " + largest.table + " of task ") + largest.task +
                   " has about " + std::to_string(largest.bytes >> 20) +
                   " MiB, more than the 256 MiB that a backup can take in one row",
               "its batch was not deleted: kubectl akqueue delete " + largest.task +
                   " --no-backup deletes the task for good; then run this again");
}

}  // namespace akqueue::queue
