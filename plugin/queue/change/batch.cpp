#include "queue/change/batch.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "backup/format.hpp"
#include "queue/filter/dependencies.hpp"
#include "queue/filter/in_hand.hpp"

namespace akqueue::queue {
namespace {

constexpr std::string_view kBatch = "akqueue_batch";
/// Requests of a batch, not counting one for each referencing table: begin, two for the temporary table, held, tasks,
/// tally, the transaction's name, commit.
constexpr int kRequests = 8;
constexpr std::string_view kBatchColumns =
    "message_id uuid, queue_name text, actor_name text, state text, "
    "mtime timestamp with time zone, row_id ";

/// Tells the sink how the batch ended, whichever way it ended.
struct Outcome {
  backup::BackupSink* sink = nullptr;
  bool committed = false;
  bool certain = true;

  ~Outcome() {
    if (sink != nullptr) sink->ended(committed, certain);
  }
};

}  // namespace

Batch::Batch(session::Database database, const Selection& all, bool include_held, backup::BackupSink* sink,
             BatchLimits limits)
    : database_(database),
      all_(all),
      first_(rows_to_delete_first(database.catalog)),
      include_held_(include_held),
      sink_(sink),
      limits_(limits) {}

BatchResult Batch::run(const Selection& selection, const Restriction& condition, std::int64_t limit) {
  const auto started = std::chrono::steady_clock::now();
  BatchResult result;
  bytes_ = 0;
  Outcome outcome{sink_};
  try {
    session::Transaction transaction(database_.session, {.read_only = false,
                                                         .statement_timeout_ms = limits_.statement_timeout_ms,
                                                         .lock_timeout_ms = limits_.lock_timeout_ms});
    quickest_ = std::min<std::chrono::nanoseconds>(quickest_, std::chrono::steady_clock::now() - started);
    fill(selection, condition, limit);
    if (!include_held_) result.held = drop_held();
    drop_awaited();
    for (const ReferencingRows& rows : first_) result.other_rows.add(rows.table->name, delete_referencing(rows));
    const std::int64_t gone = delete_tasks();
    result.deleted = tally();
    if (gone != backup::total(result.deleted)) {
      throw Error(ErrorCode::unsupported,
                  "the database deleted " + std::to_string(gone) + " of the " +
                      std::to_string(backup::total(result.deleted)) + " tasks that were locked",
                  "a trigger or a rule in this database interferes; the batch was rolled back");
    }
    if (sink_ != nullptr && gone + result.other_rows.total() > 0) {
      const std::string transaction_name = transaction_id();
      const auto sealing = std::chrono::steady_clock::now();
      sink_->seal(transaction_name, gone + result.other_rows.total());
      result.disk = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - sealing);
    }
    in_doubt_ = gone;
    transaction.commit();
    in_doubt_ = 0;
    outcome.committed = true;
  } catch (const Error& error) {
    // An answer, even a bad one, leaves no doubt.
    if (!session::ends_session(error)) in_doubt_ = 0;
    outcome.certain = in_doubt_ == 0;
    throw;
  }
  result.bytes = bytes_;
  result.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
  result.line =
      std::chrono::duration_cast<std::chrono::milliseconds>(quickest_ * (kRequests + static_cast<int>(first_.size())));
  return result;
}

/// INSERT INTO akqueue_batch SELECT t.message_id, …, t.ctid FROM task AS t WHERE … LIMIT … FOR UPDATE OF t SKIP LOCKED
void Batch::fill(const Selection& selection, const Restriction& condition, std::int64_t limit) {
  const std::string columns = std::string(kBatchColumns) + std::string(database_.dialect.row_id_type());
  for (const std::string& sql : database_.dialect.create_temporary(kBatch, columns)) database_.session.execute({sql});
  session::Statement statement;
  const std::string where = condition(statement) + " AND " + selection.where(statement, database_, "t");
  statement.sql = "INSERT INTO " + std::string(kBatch) +
                  " SELECT t.message_id, t.queue_name, t.actor_name, t.state, t.mtime, " +
                  database_.dialect.row_id("t") + " FROM " + database_.task().quoted() + " AS t WHERE " + where;
  if (limit > 0) statement.sql += " LIMIT " + std::to_string(limit);
  statement.sql += database_.dialect.lock_rows("t");
  database_.session.execute(statement);
}

/// The rows are locked now, so their state can't change: a worker that holds a task held it before. Checked again
/// here, because a worker may have taken a row between the statement's snapshot and its lock.
std::int64_t Batch::drop_held() {
  session::Statement statement;
  statement.sql = "DELETE FROM " + std::string(kBatch) + " AS b WHERE " + is_in_hand(statement, database_, "b");
  return database_.session.execute(statement);
}

/// Waiting tasks go before what they wait for: a task whose dependencies were gone for a moment would look ready,
/// and run. Tasks that others in the rest of the deletion wait for are left to a later batch; where a deletion spares
/// who waits, so are those for which anybody waits. The rows are locked, so nobody can begin to wait for them.
void Batch::drop_awaited() {
  if (!waits_are_known(database_)) return;
  session::Statement statement;
  std::string who = "w.message_id NOT IN (SELECT m.message_id FROM " + std::string(kBatch) + " AS m)";
  if (all_.dependents == Dependents::left) who += " AND " + all_.where(statement, database_, "w");
  statement.sql = "DELETE FROM " + std::string(kBatch) + " AS b WHERE " + is_awaited(statement, database_, "b", who);
  // Each round takes one link off a chain.
  while (database_.session.execute(statement) > 0) {}
}

std::int64_t Batch::delete_referencing(const ReferencingRows& rows) {
  return delete_rows(*rows.table, "r." + session::quote_identifier(rows.column), "message_id");
}

/// By their place in the table: the rows are locked, so none has moved, and no index is needed.
std::int64_t Batch::delete_tasks() { return delete_rows(database_.task(), database_.dialect.row_id("r"), "row_id"); }

std::int64_t Batch::delete_rows(const session::Table& table, const std::string& key, const std::string& batch_column) {
  const std::string chosen = "SELECT b." + batch_column + " FROM " + std::string(kBatch) + " AS b";
  const std::string sql = "DELETE FROM " + table.quoted() + " AS r WHERE " + database_.dialect.among(key, chosen);
  if (sink_ == nullptr) return database_.session.execute({sql});
  backup::TableSink sink(*sink_, table);
  const std::int64_t rows = database_.session.copy_out(
      sql + " RETURNING " + backup::kept_values(backup::kept(table, database_.dialect), database_.dialect, "r"), sink);
  bytes_ += sink.bytes();
  return rows;
}

std::string Batch::transaction_id() {
  const std::string sql = database_.dialect.transaction_id();
  std::string id;
  if (!sql.empty()) database_.session.query({sql}, [&](const session::Value& row) { id = session::text(row.at(0)); });
  return id;
}

backup::Tally Batch::tally() {
  backup::Tally counts;
  database_.session.query(
      {"SELECT b.state, b.actor_name, count(*) FROM " + std::string(kBatch) + " AS b GROUP BY b.state, b.actor_name"},
      [&](const session::Value& row) {
        counts[{session::text(row.at(0)), session::text(row.at(1))}] = session::integer(row.at(2));
      });
  return counts;
}

}  // namespace akqueue::queue
