#include "queue/change/change_undo.hpp"

#include <algorithm>
#include <numeric>

#include "akqueue/sqlstate.hpp"
#include "akqueue/tasks.hpp"
#include "akqueue/words.hpp"
#include "queue/change/kept_tasks.hpp"
#include "queue/change/row_change.hpp"
#include "queue/change/staged_rows.hpp"

namespace akqueue::queue {
namespace {

using Milliseconds = std::chrono::milliseconds;

constexpr std::string_view kUndoing = "akqueue_undoing";
constexpr std::string_view kLeftAs = "akqueue_left_as";
constexpr session::TransactionSettings kTakingBack{
    .read_only = false, .statement_timeout_ms = 60'000, .lock_timeout_ms = 5'000};
constexpr int kUndoTries = 6;

RowChange change_of(const backup::BackupFile& record) {
  const std::string& name = record.contents().header.change;
  if (const auto change = row_change_named(name)) return *change;
  throw Error(ErrorCode::unsupported, "it records a change that this version does not know: " + name,
              "use a newer kubectl-akqueue");
}

/// The rows of a batch go into the temporary tables, and what the change made of each task's retries is worked out
/// again from its message.
class ReadAgain final : public backup::BatchRows {
 public:
  ReadAgain(StagedRows& staged, const backup::KeptTable& tasks, bool reads_messages)
      : staged_(staged), retries_(tasks), reads_messages_(reads_messages) {}

  void rows(std::size_t table, std::string_view tuples) override {
    staged_.rows(table, tuples);
    if (table != 0 || !reads_messages_) return;
    TupleReader reader(tuples);
    while (reader.next()) {
      const auto id = retries_.id(reader.fields());
      const auto retries = retries_.in(reader.fields());
      if (id && retries && *retries != 0) by_retries[*retries].push_back(*id);
    }
  }
  void json_row(std::size_t, std::string_view) override {}

  std::map<std::int64_t, std::vector<Uuid>> by_retries;  ///< but for those without any

 private:
  StagedRows& staged_;
  MessageRetries retries_;
  bool reads_messages_;
};

/// One batch in an open transaction.
class BatchUndoer {
 public:
  BatchUndoer(const session::Database& database, const backup::BackupHeader& header, RowChange change)
      : database_(database), header_(header), change_(change), staged_(database, header) {
    staged_.create();
    create_temporary_table(database_, kUndoing, "message_id uuid, queue_name text, state text");
    create_temporary_table(database_, kLeftAs, "message_id uuid, retries bigint");
  }

  void read(backup::BackupFile& record, const backup::BackupBatch& batch) {
    ReadAgain rows(staged_, header_.tables.front(), takes_retries_of_message(change_));
    record.read(batch, rows);
    staged_.finish();
    for (const auto& [retries, ids] : rows.by_retries) {
      session::Statement statement;
      const std::string number = "CAST(" + statement.bind(retries) + " AS bigint)";
      const std::string listed = database_.dialect.listed(statement, ids);
      statement.sql = "INSERT INTO " + std::string(kLeftAs) + " SELECT r.message_id, " + number + " FROM " +
                      staged_.rows_of(0) + " WHERE " + database_.dialect.among("r.message_id", listed);
      database_.session.execute(statement);
    }
  }

  /// Locks the rows that are as the change left them. Returns how many.
  std::int64_t choose(const Selection& selection, ChangeUndoResult& result) {
    session::Statement statement;
    const std::string wanted = selection.where_now(statement, database_, "r");
    const std::string as_left = is_as_left(statement);
    statement.sql = "INSERT INTO " + std::string(kUndoing) + " SELECT t.message_id, t.queue_name, r.state FROM " +
                    database_.task().quoted() + " AS t JOIN " + staged_.rows_of(0) +
                    " ON r.message_id = t.message_id WHERE " + is_of_batch("t") + " AND " + wanted + " AND " + as_left +
                    database_.dialect.lock_rows("t");
    database_.session.execute(statement);
    // A worker that has the lock and waits for the row has taken it.
    if (!database_.workers_gone)
      database_.session.execute(
          {"DELETE FROM " + std::string(kUndoing) + " AS b WHERE " + database_.dialect.held("b")});
    count_left(selection, result);
    return count({"SELECT count(*) FROM " + std::string(kUndoing)});
  }

  void put_back(ChangeUndoResult& result) {
    result.log_rows += put_logs_back();
    put_tasks_back();
    database_.session.query({"SELECT t.state, t.actor_name, count(*) FROM " + database_.task().quoted() +
                             " AS t WHERE " + among_chosen("t.message_id") + " GROUP BY t.state, t.actor_name"},
                            [&](const session::Value& row) {
                              result.restored[{session::text(row.at(0)), session::text(row.at(1))}] +=
                                  session::integer(row.at(2));
                            });
  }

 private:
  std::string among_chosen(const std::string& column) const {
    return database_.dialect.among(column, "SELECT b.message_id FROM " + std::string(kUndoing) + " AS b");
  }

  /// So that no plan reads the whole table: by the key.
  std::string is_of_batch(const std::string& alias) const {
    return database_.dialect.among(alias + ".message_id", "SELECT r.message_id FROM " + staged_.rows_of(0));
  }

  bool has(std::string_view column) const {
    return database_.task().has(column) && header_.tables.front().find(column) != nullptr;
  }

  /// The task's row `t`, which was the row `r`: not taken since, nor changed otherwise. Every way in which authentik
  /// writes a task sets its mtime, but for the admin UI's retry, and that takes none that is queued.
  std::string is_as_left(session::Statement& statement) const {
    std::vector<std::string> states{std::string(state_after(change_))};
    if (change_ == RowChange::retry) states.emplace_back(task_state::kWaiting);
    std::string same = any_of(statement, "t", "state", states) + " AND t.mtime = r.mtime";
    if (has("eta")) same += " AND t.eta IS NULL AND (r.state <> t.state OR r.eta IS NOT NULL)";
    else same += " AND r.state <> t.state";
    if (!has("retries")) return same;
    if (!takes_retries_of_message(change_)) return same + " AND t.retries = r.retries";
    return same + " AND t.retries = coalesce((SELECT l.retries FROM " + std::string(kLeftAs) +
           " AS l WHERE l.message_id = r.message_id), 0)";
  }

  /// Why the others are left alone.
  void count_left(const Selection& selection, ChangeUndoResult& result) {
    session::Statement statement;
    const std::string wanted = selection.where_now(statement, database_, "r");
    const std::string as_left = is_as_left(statement);
    std::string before = "t.state = r.state AND t.mtime = r.mtime";
    if (has("eta")) before += " AND t.eta IS NOT DISTINCT FROM r.eta";
    statement.sql = "SELECT j.fate, j.state, count(*) FROM (SELECT CASE WHEN (" + wanted +
                    ") IS NOT TRUE THEN 'passed over' WHEN t.message_id IS NULL THEN 'gone' WHEN " +
                    among_chosen("r.message_id") + " THEN 'chosen' WHEN " + as_left + " THEN 'held' WHEN " + before +
                    " THEN 'before' ELSE 'went on' END AS fate, coalesce(t.state, '') AS state FROM " +
                    staged_.rows_of(0) + " LEFT JOIN " + database_.task().quoted() +
                    " AS t ON t.message_id = r.message_id AND " + is_of_batch("t") + ") AS j GROUP BY j.fate, j.state";
    database_.session.query(statement, [&](const session::Value& row) {
      const std::string fate = session::text(row.at(0));
      const std::int64_t tasks = session::integer(row.at(2));
      if (fate == "passed over") result.passed_over += tasks;
      if (fate == "gone") result.gone += tasks;
      if (fate == "held") result.held += tasks;
      if (fate == "before") result.as_before += tasks;
      if (fate == "went on") result.went_on[session::text(row.at(1))] += tasks;
    });
  }

  /// The change marked these rows, and added one.
  std::int64_t put_logs_back() {
    const session::Table* log = database_.referencing(kTaskLogTable);
    const auto note = note_of(change_);
    if (log == nullptr || !note) return 0;
    session::Statement added;
    added.sql =
        "DELETE FROM " + log->quoted() + " AS r WHERE " + among_chosen("r.task_id") +
        " AND NOT r.previous AND r.event = " + added.bind(note->event) + " AND r.logger = " + added.bind(note->logger) +
        " AND r.timestamp >= " +
        database_.dialect.from_text("timestamp with time zone", "CAST(" + added.bind(header_.created) + " AS text)");
    database_.session.execute(added);
    const auto table =
        std::ranges::find_if(header_.tables, [&](const backup::KeptTable& one) { return one.name == log->name; }) -
        header_.tables.begin();
    const auto place = static_cast<std::size_t>(table);
    if (place == header_.tables.size() || staged_.count(place) == 0) return 0;
    return database_.session.execute({"UPDATE " + log->quoted() + " AS l SET previous = FALSE WHERE " +
                                      database_.dialect.among("l.id", "SELECT r.id FROM " + staged_.rows_of(place) +
                                                                          " WHERE " + among_chosen("r.task_id")) +
                                      " AND l.previous"});
  }

  void put_tasks_back() {
    std::vector<std::string> columns{"state"};
    if (has("eta")) columns.emplace_back("eta");
    if (has("retries") && takes_retries_of_message(change_)) columns.emplace_back("retries");
    if (database_.referencing(kTaskLogTable) == nullptr && note_of(change_)) {
      for (const char* list : {"_messages", "_previous_messages"}) {
        if (has(list)) columns.emplace_back(list);
      }
    }
    std::vector<std::string> set;
    for (const std::string& column : columns) set.push_back(column + " = r." + column);
    database_.session.execute({"UPDATE " + database_.task().quoted() + " AS t SET " + joined(set) + " FROM " +
                               staged_.rows_of(0) + " WHERE t.message_id = r.message_id AND " +
                               among_chosen("t.message_id")});
  }

  std::int64_t count(const session::Statement& statement) {
    std::int64_t number = 0;
    database_.session.query(statement, [&](const session::Value& row) { number = session::integer(row.at(0)); });
    return number;
  }

  const session::Database& database_;
  const backup::BackupHeader& header_;
  RowChange change_;
  StagedRows staged_;
};

class ChangeUndoer {
 public:
  ChangeUndoer(const session::Database& database, backup::BackupFile& record, const ChangeUndoOrders& orders)
      : database_(database), record_(record), orders_(orders), change_(change_of(record)) {
    for (const backup::BackupBatch& batch : record_.contents().batches) {
      if (batch.fate != backup::BatchFate::rolled_back) expected_ += batch.tasks();
    }
    left_ = expected_;
  }

  ChangeUndoResult run() {
    const auto started = std::chrono::steady_clock::now();
    try {
      all_batches();
    } catch (const Error& error) {
      result_.ending = error.code() == ErrorCode::interrupted ? Ending::interrupted : Ending::failed;
      result_.failure = error;
      if (session::ends_session(error)) result_.in_doubt = in_doubt_;
    }
    result_.not_reached = left_;
    result_.took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - started);
    return std::move(result_);
  }

 private:
  void all_batches() {
    for (const backup::BackupBatch& batch : record_.contents().batches) {
      if (batch.fate == backup::BatchFate::rolled_back) continue;
      if (orders_.stop()) {
        result_.ending = Ending::interrupted;
        return;
      }
      const auto began = std::chrono::steady_clock::now();
      in_turn(batch);
      result_.longest =
          std::max(result_.longest, std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - began));
      ++result_.batches;
      left_ -= batch.tasks();
      report(false);
    }
  }

  /// A batch that waited too long for what others hold is tried again.
  void in_turn(const backup::BackupBatch& batch) {
    for (int attempt = 1;; ++attempt) {
      try {
        return put(batch);
      } catch (const Error& error) {
        const bool passing = error.code() == ErrorCode::sql &&
                             (error.sqlstate() == sqlstate::kLockTimeout || error.sqlstate() == sqlstate::kDeadlock);
        if (!passing || attempt == kUndoTries || orders_.stop()) throw;
        report(true);
      }
    }
  }

  /// What a batch did counts once it is committed.
  void put(const backup::BackupBatch& batch) {
    session::Transaction transaction(database_.session, kTakingBack);
    ChangeUndoResult so_far = result_;
    BatchUndoer rows(database_, record_.contents().header, change_);
    rows.read(record_, batch);
    const std::int64_t chosen = rows.choose(orders_.selection, so_far);
    if (chosen > 0) rows.put_back(so_far);
    if (!orders_.dry_run && chosen > 0) {
      in_doubt_ = chosen;
      transaction.commit();
      in_doubt_ = 0;
    }
    result_ = std::move(so_far);
  }

  void report(bool waiting) { orders_.progress({backup::total(result_.restored), expected_, waiting}); }

  const session::Database& database_;
  backup::BackupFile& record_;
  const ChangeUndoOrders& orders_;
  RowChange change_;
  std::int64_t expected_ = 0;
  std::int64_t left_ = 0;
  std::int64_t in_doubt_ = 0;
  ChangeUndoResult result_;
};

}  // namespace

std::int64_t ChangeUndoResult::left() const {
  return std::accumulate(went_on.begin(), went_on.end(), as_before + held + gone,
                         [](std::int64_t sum, const auto& one) { return sum + one.second; });
}

ChangeUndoResult undo_change(const session::Database& database, backup::BackupFile& record,
                             const ChangeUndoOrders& orders) {
  return ChangeUndoer(database, record, orders).run();
}

bool can_be_taken_back(const session::Database& database, backup::BackupFile& record) {
  const RowChange change = change_of(record);
  const backup::BackupContents& contents = record.contents();
  return std::ranges::any_of(contents.batches, [&](const backup::BackupBatch& batch) {
    if (batch.fate == backup::BatchFate::rolled_back) return false;
    const session::Transaction transaction(database.session, kTakingBack);
    BatchUndoer rows(database, contents.header, change);
    rows.read(record, batch);
    ChangeUndoResult unused;
    return rows.choose({}, unused) > 0;
  });
}

}  // namespace akqueue::queue
