#include "queue/change/batch.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "akqueue/tasks.hpp"
#include "backup/format.hpp"
#include "queue/change/batch_weight.hpp"
#include "queue/filter/dependencies.hpp"
#include "queue/filter/in_hand.hpp"

namespace akqueue::queue {
namespace {

constexpr std::string_view kBatch = "akqueue_batch";
constexpr std::string_view kBatchColumns =
    "message_id uuid, queue_name text, actor_name text, state text, "
    "mtime timestamp with time zone, weight bigint, row_id ";

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

BatchResult Batch::run(const BatchRows& rows, const Next& next) {
  BatchResult result;
  Outcome outcome{sink_};
  try {
    const std::int64_t bytes_before = bytes();
    if (!open_) begin(rows);
    answers_ = {};
    database_.session.await(database_.session.awaited());
    result.held = answers_.held;
    result.left = answers_.left;
    result.deleted = answers_.tally;
    result.other_rows = answers_.other_rows;
    result.bytes = bytes() - bytes_before;
    seal(result);
    const auto in_ms = [](std::chrono::nanoseconds time) {
      return std::chrono::duration_cast<std::chrono::milliseconds>(time);
    };
    result.took = in_ms(Clock::now() - sent_);
    result.line = std::min(result.took - result.disk, in_ms(quickest_));
    const auto began = began_;
    commit(next(result));
    outcome.committed = true;
    result.took = in_ms(began_ - began);
  } catch (const Error& error) {
    // An answer, even a bad one, leaves no doubt.
    if (!session::ends_session(error)) in_doubt_ = 0;
    outcome.certain = in_doubt_ == 0;
    abandon();
    throw;
  }
  return result;
}

session::TransactionSettings Batch::settings() const {
  return {.read_only = false,
          .statement_timeout_ms = limits_.statement_timeout_ms,
          .lock_timeout_ms = limits_.lock_timeout_ms};
}

/// The very first BEGIN goes alone, to know the line.
void Batch::begin(const BatchRows& rows) {
  sent_ = began_ = Clock::now();
  Requests together;
  if (quickest_ == std::chrono::nanoseconds::max()) {
    database_.session.begin(settings());
    quickest_ = Clock::now() - sent_;
  } else {
    together.push_back(session::begin_request(settings()));
  }
  open_ = true;
  std::ranges::move(requests(rows), std::back_inserter(together));
  database_.session.send(std::move(together));
}

void Batch::seal(BatchResult& result) {
  if (answers_.tasks != backup::total(answers_.tally)) {
    throw Error(ErrorCode::unsupported,
                "the database deleted " + std::to_string(answers_.tasks) + " of the " +
                    std::to_string(backup::total(answers_.tally)) + " tasks that were locked",
                "a trigger or a rule in this database interferes; the batch was rolled back");
  }
  if (sink_ == nullptr || answers_.rows() == 0) return;
  const auto sealing = Clock::now();
  sink_->seal(answers_.transaction, answers_.rows());
  result.disk = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - sealing);
}

/// Only what is sealed gets here.
void Batch::commit(const std::optional<BatchRows>& following) {
  Requests together;
  together.push_back(session::commit_request());
  if (following) {
    together.push_back(session::begin_request(settings()));
    std::ranges::move(requests(*following), std::back_inserter(together));
  }
  const auto sending = Clock::now();
  in_doubt_ = answers_.tasks;
  open_ = following.has_value();
  database_.session.send(std::move(together));
  database_.session.await(1);
  in_doubt_ = 0;
  sent_ = sending;
  began_ = Clock::now();
  quickest_ = std::min<std::chrono::nanoseconds>(quickest_, began_ - sending);
}

void Batch::abandon() noexcept {
  if (!std::exchange(open_, false)) return;
  try {
    database_.session.rollback();
  } catch (...) {
    // The session is gone, and the transaction with it.
  }
}

Batch::Requests Batch::requests(const BatchRows& rows) {
  Requests together;
  fill(rows, together);
  if (!include_held_) drop_held(together);
  drop_heavy(together);
  drop_awaited(together);
  delete_all(together);
  tell(together);
  return together;
}

/// INSERT INTO akqueue_batch SELECT t.message_id, …, ctid FROM task AS t WHERE … LIMIT n FOR UPDATE SKIP LOCKED
void Batch::fill(const BatchRows& rows, Requests& together) {
  const std::string columns = std::string(kBatchColumns) + std::string(database_.dialect.row_id_type());
  for (const std::string& sql : database_.dialect.create_temporary(kBatch, columns))
    together.push_back(session::execute_request({sql}));
  session::Statement statement;
  const std::string where = rows.condition(statement) + " AND " + rows.selection->where(statement, database_, "t");
  statement.sql = "INSERT INTO " + std::string(kBatch) +
                  " SELECT t.message_id, t.queue_name, t.actor_name, t.state, t.mtime, " +
                  weight_of(database_, counted_, "t") + ", " + database_.dialect.row_id("t") + " FROM " +
                  database_.task().quoted() + " AS t WHERE " + where;
  if (rows.limit > 0) statement.sql += " LIMIT " + std::to_string(rows.limit);
  statement.sql += database_.dialect.lock_rows("t");
  together.push_back(session::execute_request(statement));
}

/// The rows are locked now, so their state can't change: a worker that holds a task held it before. Checked again
/// here, because a worker may have taken a row between the statement's snapshot and its lock.
void Batch::drop_held(Requests& together) {
  session::Statement statement;
  statement.sql = "DELETE FROM " + std::string(kBatch) + " AS b WHERE " + is_in_hand(statement, database_, "b");
  together.push_back(session::execute_request(statement, [this](std::int64_t rows) { answers_.held = rows; }));
}

/// What is beyond the weight of a batch, except for a first task that is too heavy by itself. Before drop_awaited(),
/// which has to know what goes.
void Batch::drop_heavy(Requests& together) {
  const std::string batch(kBatch);
  const std::string most = std::to_string(kBatchBytes);
  const std::string beyond =
      "SELECT x.row_id FROM (SELECT s.row_id, s.weight, sum(s.weight) OVER (ORDER BY s.row_id) AS up_to FROM " + batch +
      " AS s) AS x WHERE x.up_to > " + most + " AND x.up_to > x.weight";
  together.push_back(
      session::execute_request({"DELETE FROM " + batch + " AS b WHERE (SELECT sum(s.weight) FROM " + batch +
                                " AS s) > " + most + " AND " + database_.dialect.among("b.row_id", beyond)},
                               [this](std::int64_t rows) { answers_.left = rows; }));
}

/// Waiting tasks go before what they wait for: a task whose dependencies were gone for a moment would look ready,
/// and run. Tasks that others in the rest of the deletion wait for are left to a later batch; where a deletion spares
/// who waits, so are those for which anybody waits. The rows are locked, so nobody can begin to wait for them. What
/// one that is left waits for is left as well, down the chain.
void Batch::drop_awaited(Requests& together) {
  if (!waits_are_known(database_)) return;
  const std::string batch(kBatch);
  session::Statement statement;
  std::string who = "w.message_id NOT IN (SELECT m.message_id FROM " + batch + " AS m)";
  if (all_.dependents == Dependents::left) who += " AND " + all_.where(statement, database_, "w", Row::found);
  const std::string awaited = is_awaited(statement, database_, "a", who);
  const std::string waits = any_of(statement, "l", "state", {std::string(task_state::kWaiting)});
  const std::string done = any_of(statement, "c", "state", {std::string(task_state::kDone)});
  statement.sql = "DELETE FROM " + batch +
                  " AS b WHERE b.message_id IN (WITH RECURSIVE l(message_id, state) AS (SELECT a.message_id, a.state"
                  " FROM " +
                  batch + " AS a WHERE " + awaited + " UNION SELECT c.message_id, c.state FROM l JOIN " +
                  database_.referencing(kDependencyTable)->quoted() + " AS e ON e.task_id = l.message_id JOIN " +
                  batch + " AS c ON c.message_id = e.dependency_id WHERE " + waits + " AND NOT " + done +
                  ") SELECT l.message_id FROM l)";
  together.push_back(session::execute_request(statement));
}

/// The tasks by their place in the table: the rows are locked, so none has moved, and no index is needed.
void Batch::delete_all(Requests& together) {
  for (const ReferencingRows& rows : first_) {
    const session::Table* table = rows.table;
    delete_rows(
        *table, "r." + session::quote_identifier(rows.column), "message_id",
        [this, table](std::int64_t gone) { answers_.other_rows.add(table->name, gone); }, together);
  }
  delete_rows(
      database_.task(), database_.dialect.row_id("r"), "row_id", [this](std::int64_t gone) { answers_.tasks = gone; },
      together);
}

void Batch::delete_rows(const session::Table& table, const std::string& key, const std::string& batch_column,
                        std::function<void(std::int64_t)> gone, Requests& together) {
  const std::string chosen = "SELECT b." + batch_column + " FROM " + std::string(kBatch) + " AS b";
  const std::string sql = "DELETE FROM " + table.quoted() + " AS r WHERE " + database_.dialect.among(key, chosen);
  if (sink_ == nullptr) return together.push_back(session::execute_request({sql}, std::move(gone)));
  const std::string values = backup::kept_values(backup::kept(table, database_.dialect), database_.dialect, "r");
  together.push_back(session::copy_out_request(sql + " RETURNING " + values, sink_for(table), std::move(gone)));
}

backup::TableSink& Batch::sink_for(const session::Table& table) {
  return sinks_.try_emplace(&table, *sink_, table).first->second;
}

std::int64_t Batch::bytes() const {
  std::int64_t sum = 0;
  for (const auto& [table, sink] : sinks_) sum += sink.bytes();
  return sum;
}

/// What was deleted, by state and actor, and the transaction's name.
void Batch::tell(Requests& together) {
  together.push_back(session::query_request(
      {"SELECT b.state, b.actor_name, count(*) FROM " + std::string(kBatch) + " AS b GROUP BY b.state, b.actor_name"},
      [this](const session::Value& row) {
        answers_.tally[{session::text(row.at(0)), session::text(row.at(1))}] = session::integer(row.at(2));
      }));
  if (limits_.brake != nullptr && limits_.brake->wants_a_look()) {
    if (auto look = limits_.brake->look(database_.dialect)) together.push_back(std::move(*look));
  }
  const std::string name = database_.dialect.transaction_id();
  if (sink_ == nullptr || name.empty()) return;
  together.push_back(session::query_request(
      {name}, [this](const session::Value& row) { answers_.transaction = session::text(row.at(0)); }));
}

}  // namespace akqueue::queue
