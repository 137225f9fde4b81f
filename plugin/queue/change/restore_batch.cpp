#include "queue/change/restore_batch.hpp"

#include <algorithm>

#include "akqueue/tasks.hpp"
#include "akqueue/words.hpp"
#include "backup/rows.hpp"
#include "queue/change/restore_target.hpp"
#include "queue/filter/in_hand.hpp"

namespace akqueue::queue {
namespace {

constexpr std::string_view kChosen = "akqueue_chosen";

std::string as_rejected(session::Statement& statement) {
  const std::string rejected = statement.bind(task_state::kRejected);
  return "CASE WHEN " + any_of(statement, "r", "state", {task_state::kFinished.begin(), task_state::kFinished.end()}) +
         " THEN r.\"state\" ELSE " + rejected + " END";
}

}  // namespace

BatchRestorer::BatchRestorer(const session::Database& database, const backup::BackupHeader& header,
                             const RestoreWays& ways, std::optional<std::int64_t> beside)
    : database_(database), header_(header), ways_(ways), staged_(database, header) {
  for (const std::string& sql : database_.dialect.before_restoring(beside)) send({session::query_request({sql}, {})});
  staged_.create();
  create_temporary_table(database_, kChosen, "message_id uuid, state text");
}

void BatchRestorer::send(std::vector<session::Request> together) { database_.session.send(std::move(together)); }

bool BatchRestorer::is_log(std::size_t table) const {
  return target(table) != nullptr && target(table) == database_.referencing(kTaskLogTable);
}

std::int64_t BatchRestorer::count(const session::Statement& statement) {
  std::int64_t number = 0;
  database_.session.query(statement, [&](const session::Value& row) { number = session::integer(row.at(0)); });
  return number;
}

std::string BatchRestorer::is_there(const std::string& id) const {
  return "EXISTS (SELECT 1 FROM " + database_.task().quoted() + " AS t WHERE t.message_id = " + id + ")";
}

std::string BatchRestorer::is_chosen(const std::string& column) {
  return column + " IN (SELECT c.message_id FROM " + std::string(kChosen) + " AS c)";
}

std::int64_t BatchRestorer::present() {
  staged_.finish();
  return count({"SELECT count(*) FROM " + rows_of(0) + " WHERE " + is_there("r.message_id")});
}

session::Statement BatchRestorer::chosen_tasks() const {
  session::Statement statement;
  std::string condition = ways_.selection.where_now(statement, database_, "r");
  if (may_run_again() && !ways_.with_running) condition += " AND NOT " + is_taken(statement, "r");
  statement.sql = "INSERT INTO " + std::string(kChosen) + " (message_id, state) SELECT r.message_id, r.state FROM " +
                  rows_of(0) + " WHERE " + condition + " AND NOT " + is_there("r.message_id");
  return statement;
}

/// Lists the tasks to restore. Returns how many; `waiting`: how many more have to wait.
std::int64_t BatchRestorer::choose(std::int64_t& waiting) {
  const std::int64_t chosen = database_.session.execute(chosen_tasks());
  waiting = hold_back();
  return chosen - waiting;
}

/// Takes out those that would be in the table without what they wait for. Tasks that wait for these are taken out in
/// the next round.
std::int64_t BatchRestorer::hold_back() {
  const auto table = dependencies();
  if (!table) return 0;
  session::Statement statement;
  statement.sql = "DELETE FROM " + std::string(kChosen) + " AS c WHERE " +
                  any_of(statement, "c", "state", {std::string(task_state::kWaiting)}) + " AND EXISTS (SELECT 1 FROM " +
                  rows_of(*table) + " WHERE r.task_id = c.message_id AND NOT " + is_there("r.dependency_id") +
                  " AND r.dependency_id NOT IN (SELECT m.message_id FROM " + std::string(kChosen) + " AS m))";
  std::int64_t all = 0;
  for (std::int64_t gone = 1; gone > 0; all += gone) gone = database_.session.execute(statement);
  return all;
}

/// The batch's rows that say who waits for whom, if that matters here.
std::optional<std::size_t> BatchRestorer::dependencies() const {
  const auto table = header_dependencies();
  return !table || staged_.count(*table) == 0 ? std::nullopt : table;
}

/// The table that the backup has for them, if it matters here.
std::optional<std::size_t> BatchRestorer::header_dependencies() const {
  const auto found = std::ranges::find_if(
      header_.tables, [&](const backup::KeptTable& table) { return table.name == kDependencyTable; });
  if (ways_.dry_run || ways_.as_rejected || found == header_.tables.end()) return std::nullopt;
  const auto table = static_cast<std::size_t>(found - header_.tables.begin());
  return target(table) == nullptr ? std::nullopt : std::optional(table);
}

/// Where an index kept out a task for which another of the batch waits: takes that other out again. As above.
std::int64_t BatchRestorer::retract_waiting() {
  const auto table = dependencies();
  if (!table) return 0;
  session::Statement statement;
  statement.sql = "DELETE FROM " + database_.task().quoted() + " AS t WHERE " +
                  any_of(statement, "t", "state", {std::string(task_state::kWaiting)}) + " AND " +
                  is_chosen("t.message_id") + " AND " + database_.dialect.own_row("t") + " AND EXISTS (SELECT 1 FROM " +
                  rows_of(*table) + " WHERE r.task_id = t.message_id AND NOT " + is_there("r.dependency_id") + ")";
  std::int64_t all = 0;
  for (std::int64_t gone = 1; gone > 0; all += gone) gone = database_.session.execute(statement);
  return all;
}

/// Rejected tasks run only if they are retried.
bool BatchRestorer::may_run_again() const { return header_.include_running && !ways_.as_rejected; }

session::Statement BatchRestorer::running_tasks() const {
  session::Statement statement;
  const std::string condition = ways_.selection.where_now(statement, database_, "r");
  const std::string held = is_held(statement, database_, "r");
  statement.sql = "SELECT r.actor_name, count(*), count(*) FILTER (WHERE " + held + ") FROM " + rows_of(0) + " WHERE " +
                  condition + " AND " + is_taken(statement, "r") + " AND NOT " + is_there("r.message_id") +
                  " GROUP BY r.actor_name";
  return statement;
}

void BatchRestorer::add_running(const session::Value& row, RestoredRows& batch) const {
  batch.were_running[session::text(row.at(0))] = {session::integer(row.at(1)), session::integer(row.at(2))};
  if (!ways_.with_running) batch.running += session::integer(row.at(1));
}

void BatchRestorer::note_running(RestoredRows& batch) {
  if (!may_run_again()) return;
  database_.session.query(running_tasks(), [&](const session::Value& row) { add_running(row, batch); });
}

std::int64_t BatchRestorer::insert(std::size_t table, const std::string& condition) {
  return database_.session.execute(insertion(table, condition));
}

session::Statement BatchRestorer::insertion(std::size_t table, const std::string& condition) const {
  const session::Table& into = *target(table);
  session::Statement statement;
  std::vector<std::string> columns;
  std::vector<std::string> values;
  for (const session::Column& column : common_columns(backed_up(table), into)) {
    const std::string name = session::quote_identifier(column.name);
    std::string value = "r." + name;
    if (ways_.as_rejected && table == 0 && column.name == "state") value = as_rejected(statement);
    // Rows of JSON don't tell SQL's NULL from JSON's null: in a column that takes no NULL it was JSON's.
    const bool json = column.type == "jsonb" || column.type == "json";
    if (of_json() && json && !backed_up(table).find(column.name)->nullable)
      value = "coalesce(" + value + ", " + database_.dialect.from_text(column.type, "'null'") + ")";
    columns.push_back(name);
    values.push_back(value);
  }
  statement.sql = "INSERT INTO " + into.quoted() + " (" + joined(columns) + ")" +
                  std::string(database_.dialect.overriding()) + " SELECT " + joined(values) + " FROM " +
                  rows_of(table) + " WHERE " + condition + not_there_yet(table) + " ON CONFLICT DO NOTHING";
  return statement;
}

/// A table without a key would take the same row twice.
std::string BatchRestorer::not_there_yet(std::size_t table) const {
  const session::Table& into = *target(table);
  if (!into.primary_key.empty()) return {};
  std::string same;
  for (const session::Column& column : common_columns(backed_up(table), into)) {
    const std::string name = session::quote_identifier(column.name);
    same += (same.empty() ? "" : " AND ") + database_.dialect.as_text(column.type, "x." + name) +
            " IS NOT DISTINCT FROM " + database_.dialect.as_text(column.type, "r." + name);
  }
  return " AND NOT EXISTS (SELECT 1 FROM " + into.quoted() + " AS x WHERE " + same + ")";
}

/// Rows whose tasks are all there now. A key that is NULL names no task.
void BatchRestorer::put_other(std::size_t table, RestoredRows& batch) {
  const session::Table* into = target(table);
  if (into == nullptr || is_log(table) || staged_.count(table) == 0) return;
  std::string there = "1 = 1";
  for (const session::Reference& reference : database_.catalog.references) {
    if (reference.table != into->name || reference.schema != into->schema) continue;
    const std::string key = "r." + session::quote_identifier(reference.columns.front());
    there += " AND (" + key + " IS NULL OR " + is_there(key) + ")";
  }
  if (ways_.dry_run) there = "1 = 1";  // the batches that were rolled back would have brought the tasks
  const std::int64_t inserted = insert(table, there);
  batch.other_rows.add(into->name, inserted);
  if (inserted < staged_.count(table))
    batch.other_left += staged_.count(table) - count({"SELECT count(*) FROM " + rows_of(table) + " WHERE " + there});
}

std::int64_t BatchRestorer::chosen_there() {
  return count({"SELECT count(*) FROM " + std::string(kChosen) + " AS c WHERE " + is_there("c.message_id")});
}

/// Of tasks that a unique index did not let in.
std::int64_t BatchRestorer::remove_stray_logs() {
  const session::Table* log = database_.referencing(kTaskLogTable);
  if (log == nullptr) return 0;
  return database_.session.execute(
      {"DELETE FROM " + log->quoted() + " AS l WHERE " + is_chosen("l.task_id") + " AND NOT " + is_there("l.task_id")});
}

session::Statement BatchRestorer::restored_tasks() const {
  return {"SELECT t.state, t.actor_name, count(*) FROM " + database_.task().quoted() + " AS t WHERE " +
          is_chosen("t.message_id") + " AND " + database_.dialect.own_row("t") + " GROUP BY t.state, t.actor_name"};
}

backup::Tally BatchRestorer::tally() {
  backup::Tally counts;
  database_.session.query(restored_tasks(), [&](const session::Value& row) {
    counts[{session::text(row.at(0)), session::text(row.at(1))}] += session::integer(row.at(2));
  });
  return counts;
}

}  // namespace akqueue::queue
