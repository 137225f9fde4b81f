// In which order the rows of a batch go into the site's tables.
#include <algorithm>

#include "akqueue/tasks.hpp"
#include "queue/change/restore_batch.hpp"

namespace akqueue::queue {

std::int64_t BatchRestorer::put_by_steps(RestoredRows& batch, std::int64_t& retracted) {
  batch.present = present();
  note_running(batch);
  const std::int64_t chosen = choose(batch.waiting);
  const bool logs_first = key_of_logs_can_wait();
  if (logs_first) put_logs(batch);
  retracted = insert(0, is_chosen("r.message_id")) < chosen ? retract_waiting() : 0;
  if (!logs_first) put_logs_afterwards(batch);
  batch.restored = tally();
  return chosen;
}

std::int64_t BatchRestorer::put_together(RestoredRows& batch) {
  std::int64_t chosen = 0;
  std::vector<session::Request> together;
  together.push_back(
      session::query_request({"SELECT count(*) FROM " + rows_of(0) + " WHERE " + is_there("r.message_id")},
                             [&](const session::Value& row) { batch.present = session::integer(row.at(0)); }));
  if (may_run_again()) {
    together.push_back(
        session::query_request(running_tasks(), [&](const session::Value& row) { add_running(row, batch); }));
  }
  together.push_back(session::execute_request(chosen_tasks(), [&](std::int64_t rows) { chosen = rows; }));
  for (std::size_t table = 1; table < header_.tables.size(); ++table) {
    if (!is_log(table)) continue;
    together.push_back(session::execute_request(insertion(table, is_chosen("r.task_id")),
                                                [&](std::int64_t rows) { batch.other_rows.logs += rows; }));
  }
  together.push_back(session::execute_request(insertion(0, is_chosen("r.message_id"))));
  together.push_back(session::query_request(restored_tasks(), [&](const session::Value& row) {
    batch.restored[{session::text(row.at(0)), session::text(row.at(1))}] += session::integer(row.at(2));
  }));
  send(std::move(together));
  database_.session.await(database_.session.awaited());
  return chosen;
}

RestoredRows BatchRestorer::put(std::int64_t tasks) {
  staged_.end_copy();
  RestoredRows batch;
  std::int64_t retracted = 0;
  const bool at_once = !of_json() && key_of_logs_can_wait() && header_dependencies() == std::nullopt;
  const std::int64_t chosen = at_once ? put_together(batch) : put_by_steps(batch, retracted);
  const std::int64_t restored = backup::total(batch.restored);
  batch.passed_over = tasks - batch.present - batch.waiting - batch.running - chosen;
  batch.waiting += retracted;
  if (restored < chosen) {
    // Somebody else restored them at the same time, or an index keeps them out.
    const std::int64_t there = chosen_there();
    batch.present += there - restored;
    batch.conflicting = chosen - there - retracted;
    batch.other_rows.logs -= remove_stray_logs();
  }
  if (of_json()) return batch;
  for (std::size_t table = 1; table < header_.tables.size(); ++table) put_other(table, batch);
  return batch;
}

RestoredRows BatchRestorer::put_others() {
  staged_.finish();
  RestoredRows batch;
  for (std::size_t table = 1; table < header_.tables.size(); ++table) put_other(table, batch);
  return batch;
}

bool BatchRestorer::key_of_logs_can_wait() const {
  const session::Table* log = database_.referencing(kTaskLogTable);
  return log == nullptr || std::ranges::all_of(database_.catalog.references, [&](const session::Reference& reference) {
           return reference.table != log->name || reference.schema != log->schema || reference.deferrable;
         });
}

/// The status of a task is computed from its log when the task is written: write it again, now that it has a log.
void BatchRestorer::put_logs_afterwards(RestoredRows& batch) {
  put_logs(batch);
  session::Statement statement;
  statement.sql = "UPDATE " + database_.task().quoted() + " AS t SET state = t.state WHERE " +
                  is_chosen("t.message_id") + " AND " +
                  any_of(statement, "t", "state", {task_state::kFinished.begin(), task_state::kFinished.end()});
  database_.session.execute(statement);
}

void BatchRestorer::put_logs(RestoredRows& batch) {
  for (std::size_t table = 1; table < header_.tables.size(); ++table) {
    if (is_log(table) && staged_.count(table) > 0) batch.other_rows.logs += insert(table, is_chosen("r.task_id"));
  }
}

}  // namespace akqueue::queue
