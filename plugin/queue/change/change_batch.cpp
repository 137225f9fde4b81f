#include "queue/change/change_batch.hpp"

#include <algorithm>
#include <map>

#include "akqueue/tasks.hpp"
#include "backup/format.hpp"
#include "backup/rows.hpp"
#include "queue/change/kept_tasks.hpp"
#include "queue/change/staged_rows.hpp"
#include "queue/filter/in_hand.hpp"

namespace akqueue::queue {
namespace {

using Milliseconds = std::chrono::milliseconds;

constexpr std::string_view kChanging = "akqueue_changing";
constexpr int kChangeRequests = 10;

/// Tells the record how the batch ended, whichever way it ended.
struct ChangeOutcome {
  backup::BackupSink& record;
  bool committed = false;
  bool certain = true;

  ~ChangeOutcome() { record.ended(committed, certain); }
};

std::string changing(std::string_view column) {
  return "SELECT b." + std::string(column) + " FROM " + std::string(kChanging) + " AS b";
}

/// As authentik writes an entry of the list that 2025.8 keeps in the task's row.
std::string entry_of(const ChangeNote& note, Timestamp now) {
  Json entry{{"event", note.event},
             {"logger", note.old_logger},
             {"log_level", note.level},
             {"timestamp", format_timestamp(now)},
             {"attributes", Json::object()}};
  if (note.begins_attempt) entry["attributes"]["delay"] = nullptr;
  return Json::array({entry}).dump();
}

}  // namespace

ChangeBatch::ChangeBatch(session::Database database, const ChangeWays& ways, backup::BackupSink& record,
                         BatchLimits limits)
    : database_(database), ways_(ways), record_(record), limits_(limits) {}

ChangeBatchResult ChangeBatch::run(const Selection& selection, const BatchRows::Restriction& condition,
                                   std::int64_t limit) {
  const auto started = std::chrono::steady_clock::now();
  const auto since = [](auto from) {
    return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - from);
  };
  ChangeBatchResult result;
  bytes_ = 0;
  ChangeOutcome outcome{record_};
  try {
    session::Transaction transaction(database_.session, {.read_only = false,
                                                         .statement_timeout_ms = limits_.statement_timeout_ms,
                                                         .lock_timeout_ms = limits_.lock_timeout_ms});
    quickest_ = std::min<std::chrono::nanoseconds>(quickest_, std::chrono::steady_clock::now() - started);
    fill(selection, condition, limit);
    drop_held();
    const std::int64_t kept = keep_tasks(result);
    if (kept > 0) {
      const std::int64_t log_rows = keep_logs();
      result.log_rows = mark_logs();
      add_logs(transaction.now());
      const std::int64_t changed = update_tasks(transaction.now());
      result.changed = tally();
      if (changed != kept || changed != backup::total(result.changed) || log_rows != result.log_rows) {
        throw Error(ErrorCode::unsupported,
                    "the database changed " + std::to_string(changed) + " of the " + std::to_string(kept) +
                        " tasks that were locked, and " + std::to_string(result.log_rows) + " of " +
                        std::to_string(log_rows) + " log rows",
                    "a trigger or a rule in this database interferes; the batch was rolled back");
      }
      const std::string name = transaction_id();
      const auto sealing = std::chrono::steady_clock::now();
      record_.seal(name, kept + log_rows);
      result.cost.disk = since(sealing);
    }
    in_doubt_ = kept;
    transaction.commit();
    in_doubt_ = 0;
    outcome.committed = true;
  } catch (const Error& error) {
    // An answer, even a bad one, leaves no doubt.
    if (!session::ends_session(error)) in_doubt_ = 0;
    outcome.certain = in_doubt_ == 0;
    throw;
  }
  result.cost.bytes = bytes_;
  result.cost.took = since(started);
  result.cost.line = std::chrono::duration_cast<Milliseconds>(quickest_ * kChangeRequests);
  return result;
}

/// INSERT INTO akqueue_changing SELECT t.message_id, …, t.ctid, <new state> FROM task AS t WHERE … AND <verdict> =
/// 'taken' LIMIT … FOR UPDATE OF t SKIP LOCKED
void ChangeBatch::fill(const Selection& selection, const BatchRows::Restriction& condition, std::int64_t limit) {
  create_temporary_table(database_, kChanging,
                         "message_id uuid, queue_name text, actor_name text, state text, mtime timestamp with time "
                         "zone, row_id " +
                             std::string(database_.dialect.row_id_type()) + ", to_state text, retries bigint");
  database_.session.await(database_.session.awaited());
  session::Statement statement;
  const std::string where = condition(statement) + " AND " + selection.where(statement, database_, "t") + " AND " +
                            verdict_of(statement, database_, ways_, "t") + " = '" + std::string(verdict::kTaken) + "'";
  const std::string to = state_given(statement, database_, ways_, "t");
  statement.sql = "INSERT INTO " + std::string(kChanging) +
                  " SELECT t.message_id, t.queue_name, t.actor_name, t.state, t.mtime, " +
                  database_.dialect.row_id("t") + ", " + to + ", 0 FROM " + database_.task().quoted() + " AS t WHERE " +
                  where + " LIMIT " + std::to_string(limit) + database_.dialect.lock_rows("t");
  database_.session.execute(statement);
}

/// The rows are locked now, so their state can't change. A worker may have taken a row's lock between the statement's
/// snapshot and ours on the row.
void ChangeBatch::drop_held() {
  session::Statement statement;
  const std::string finished =
      any_of(statement, "b", "state", {task_state::kFinished.begin(), task_state::kFinished.end()});
  // A worker that lets a task go writes the end afterwards: what is finished is not held, whatever the lock says.
  statement.sql =
      "DELETE FROM " + std::string(kChanging) + " AS b WHERE NOT (" + finished + ") AND " + database_.dialect.held("b");
  database_.session.execute(statement);
}

/// The tasks' former rows go to the record, but for those whose messages can't be read. Returns how many.
std::int64_t ChangeBatch::keep_tasks(ChangeBatchResult& result) {
  const session::Table& task = database_.task();
  const backup::KeptTable table = backup::kept(task, database_.dialect);
  KeptTasks rows(record_, task, table, takes_retries_of_message(ways_.change));
  database_.session.copy_out("SELECT " + backup::kept_values(table, database_.dialect, "r") + " FROM " + task.quoted() +
                                 " AS r WHERE " +
                                 database_.dialect.among(database_.dialect.row_id("r"), changing("row_id")),
                             rows);
  bytes_ += rows.bytes();
  result.unreadable = rows.unreadable();
  result.ids = rows.ids();
  const auto mark = [&](const std::string& what, const std::vector<Uuid>& ids, const std::optional<std::int64_t>& set) {
    session::Statement statement;
    statement.sql = what;
    if (set) statement.sql += "CAST(" + statement.bind(*set) + " AS bigint)";
    statement.sql += " WHERE " + database_.dialect.among("message_id", database_.dialect.listed(statement, ids));
    database_.session.execute(statement);
  };
  if (!result.unreadable.empty()) mark("DELETE FROM " + std::string(kChanging), result.unreadable, std::nullopt);
  for (const auto& [retries, ids] : rows.by_retries())
    if (retries != 0) mark("UPDATE " + std::string(kChanging) + " SET retries = ", ids, retries);
  return static_cast<std::int64_t>(result.ids.size());
}

/// The log rows that are to be marked, as they are.
std::int64_t ChangeBatch::keep_logs() {
  const session::Table* log = database_.referencing(kTaskLogTable);
  const auto note = note_of(ways_.change);
  if (log == nullptr || !note || !note->begins_attempt) return 0;
  backup::TableSink sink(record_, *log);
  const std::int64_t rows = database_.session.copy_out(
      "SELECT " + backup::kept_values(backup::kept(*log, database_.dialect), database_.dialect, "r") + " FROM " +
          log->quoted() + " AS r WHERE " + database_.dialect.among("r.task_id", changing("message_id")) +
          " AND NOT r.previous",
      sink);
  bytes_ += sink.bytes();
  return rows;
}

std::int64_t ChangeBatch::mark_logs() {
  const session::Table* log = database_.referencing(kTaskLogTable);
  const auto note = note_of(ways_.change);
  if (log == nullptr || !note || !note->begins_attempt) return 0;
  return database_.session.execute({"UPDATE " + log->quoted() + " AS r SET previous = TRUE WHERE " +
                                    database_.dialect.among("r.task_id", changing("message_id")) +
                                    " AND NOT r.previous"});
}

void ChangeBatch::add_logs(Timestamp now) {
  const session::Table* log = database_.referencing(kTaskLogTable);
  const auto note = note_of(ways_.change);
  if (log == nullptr || !note) return;
  session::Statement statement;
  const session::Dialect& dialect = database_.dialect;
  const std::string attributes =
      "CAST(" + statement.bind(note->begins_attempt ? R"({"delay": null})" : "{}") + " AS text)";
  const std::string text[] = {statement.bind(note->event), statement.bind(note->level), statement.bind(note->logger)};
  const std::string at = "CAST(" + statement.bind(format_timestamp(now)) + " AS text)";
  statement.sql = "INSERT INTO " + log->quoted() +
                  " (id, event, log_level, logger, timestamp, attributes, previous, task_id) SELECT " +
                  dialect.new_id("b.message_id") + ", CAST(" + text[0] + " AS text), CAST(" + text[1] +
                  " AS text), CAST(" + text[2] + " AS text), " + dialect.from_text("timestamp with time zone", at) +
                  ", " + dialect.from_text("jsonb", attributes) + ", FALSE, b.message_id FROM " +
                  std::string(kChanging) + " AS b";
  database_.session.execute(statement);
}

/// SET state = …, eta = NULL, retries = …, _messages = …
std::string ChangeBatch::assignments(session::Statement& statement, const std::string& state, std::int64_t retries,
                                     Timestamp now) const {
  const session::Table& task = database_.task();
  std::string set = "state = " + statement.bind(state);
  if (task.has("eta")) set += ", eta = NULL";
  if (takes_retries_of_message(ways_.change) && task.has("retries")) set += ", retries = " + statement.bind(retries);
  const auto note = note_of(ways_.change);
  if (!note || database_.referencing(kTaskLogTable) != nullptr || !task.has("_messages")) return set;
  const session::Dialect& dialect = database_.dialect;
  const std::string entry = dialect.from_text("jsonb", "CAST(" + statement.bind(entry_of(*note, now)) + " AS text)");
  if (!note->begins_attempt) return set + ", _messages = " + dialect.appended("r._messages", entry);
  if (task.has("_previous_messages"))
    set += ", _previous_messages = " + dialect.appended("r._previous_messages", "r._messages");
  return set + ", _messages = " + entry;
}

/// One UPDATE for all that become alike: by their places, since the rows are locked, so that no plan reads the table.
std::int64_t ChangeBatch::update_tasks(Timestamp now) {
  std::vector<std::pair<std::string, std::int64_t>> alike;
  database_.session.query(
      {"SELECT DISTINCT b.to_state, b.retries FROM " + std::string(kChanging) + " AS b ORDER BY b.to_state, b.retries"},
      [&](const session::Value& row) { alike.emplace_back(session::text(row.at(0)), session::integer(row.at(1))); });
  std::int64_t changed = 0;
  for (const auto& one : alike) {
    session::Statement statement;
    const std::string set = assignments(statement, one.first, one.second, now);
    const std::string of = changing("row_id") + " WHERE b.to_state = " + statement.bind(one.first) +
                           " AND b.retries = " + statement.bind(one.second);
    statement.sql = "UPDATE " + database_.task().quoted() + " AS r SET " + set + " WHERE " +
                    database_.dialect.among(database_.dialect.row_id("r"), of);
    changed += database_.session.execute(statement);
  }
  return changed;
}

backup::Tally ChangeBatch::tally() {
  backup::Tally counts;
  database_.session.query({"SELECT b.state, b.actor_name, count(*) FROM " + std::string(kChanging) +
                           " AS b GROUP BY b.state, b.actor_name"},
                          [&](const session::Value& row) {
                            counts[{session::text(row.at(0)), session::text(row.at(1))}] = session::integer(row.at(2));
                          });
  return counts;
}

std::string ChangeBatch::transaction_id() {
  const std::string sql = database_.dialect.transaction_id();
  std::string id;
  if (!sql.empty()) database_.session.query({sql}, [&](const session::Value& row) { id = session::text(row.at(0)); });
  return id;
}

}  // namespace akqueue::queue
