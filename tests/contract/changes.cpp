// change_tasks() and undo_change(): what a retry leaves behind, column by column, and the way back.
#include "changes.hpp"

using namespace akqueue;
using namespace akqueue::contract;

BOOST_FIXTURE_TEST_SUITE(changes, Changes)

BOOST_AUTO_TEST_CASE(a_retry_leaves_what_authentiks_own_leaves) {
  const std::string id = rejected();
  const std::string fresh = rejected(kFresh);
  set(id, "result_expiry", format_timestamp(now()));
  const std::vector<std::string> same{"queue_name", "actor_name",    "message", "mtime",
                                      "result",     "result_expiry", "_uid"};
  std::vector<session::Value> before;
  for (const std::string& name : same) before.push_back(column(id, name));
  const queue::ChangeResult result = change(queue::RowChange::retry, {.actors = {"a"}});
  BOOST_TEST(backup::total(result.changed) == 2);
  BOOST_TEST(result.log_rows == log_rows(2));
  BOOST_TEST(result.counted);
  BOOST_TEST(result.locked + result.moved + result.unreadable == 0);
  for (std::size_t i = 0; i < same.size(); ++i) BOOST_TEST((column(id, same[i]) == before[i]), same[i]);
  BOOST_TEST(column(id, "state") == "queued");
  BOOST_TEST(column(id, "aggregated_status") == "queued");
  if (release().has(kTaskTable, "retries")) {
    BOOST_TEST(column(id, "retries") == 3);
    BOOST_TEST(column(fresh, "retries") == 0);
    BOOST_TEST(column(id, "eta").is_null());
  }
  if (!has_logs()) {
    const std::string log = session::text(column(id, "_messages"));
    BOOST_TEST(log.find("Task will be retried") != std::string::npos);
    return;
  }
  const auto logs =
      read({"SELECT l.event, l.log_level, l.logger, CAST(l.attributes AS text), l.previous FROM "
            "authentik_tasks_tasklog AS l WHERE l.task_id = $1 ORDER BY l.previous, l.event",
            session::Value::array({id})});
  BOOST_REQUIRE_EQUAL(logs.size(), 3U);
  BOOST_TEST(logs[0].at(0) == "Task will be retried");
  BOOST_TEST(logs[0].at(1) == "info");
  BOOST_TEST(logs[0].at(2) == "authentik.tasks.middleware.TaskLogMiddleware");
  BOOST_TEST((ForeignJson::parse(session::text(logs[0].at(3))) == ForeignJson{{"delay", nullptr}}));
  BOOST_TEST(logs[0].at(4) == false);
  BOOST_TEST(logs[1].at(4) == true);
  BOOST_TEST(logs[2].at(4) == true);
}

BOOST_AUTO_TEST_CASE(undo_leaves_what_was_there_before) {
  rejected();
  rejected(kFresh);
  const std::string odd = rejected();
  set(odd, "_messages", R"([{"event": "x", "log_level": "error", "timestamp": "2026-01-01T00:00:00+00:00"}])");
  const auto before = everything();
  change(queue::RowChange::retry, {.actors = {"a"}});
  BOOST_TEST((everything() != before));
  BOOST_TEST(can_undo());
  BOOST_TEST(backup::total(undo(true).restored) == 3);
  const queue::ChangeUndoResult result = undo();
  BOOST_TEST((result.restored == backup::Tally{{{"rejected", "a"}, 3}}));
  BOOST_TEST(result.log_rows == log_rows(3));
  BOOST_TEST(result.left() == 0);
  BOOST_TEST(everything() == before, boost::test_tools::per_element());
  BOOST_TEST(!can_undo());
  BOOST_TEST(undo().as_before == 3);
}

BOOST_AUTO_TEST_CASE(what_workers_took_since_is_not_taken_back) {
  const std::string waits = rejected();
  const std::string finished = rejected();
  const std::string failed_again = rejected();
  const std::string taken = rejected();
  const std::string gone = rejected();
  change(queue::RowChange::retry, {.actors = {"a"}});
  write({"UPDATE authentik_tasks_task SET state = 'done', mtime = $2 WHERE message_id = $1",
         {finished, format_timestamp(now())}});
  // A worker took it, it failed, and waits again.
  write({"UPDATE authentik_tasks_task SET mtime = $2 WHERE message_id = $1", {failed_again, format_timestamp(now())}});
  worker.hold(taken);
  if (has_logs()) write({"DELETE FROM authentik_tasks_tasklog WHERE task_id = $1", session::Value::array({gone})});
  write({"DELETE FROM authentik_tasks_task WHERE message_id = $1", session::Value::array({gone})});
  const queue::ChangeUndoResult result = undo();
  BOOST_TEST((result.restored == backup::Tally{{{"rejected", "a"}, 1}}));
  BOOST_TEST(column(waits, "state") == "rejected");
  BOOST_TEST(column(taken, "state") == "queued");
  BOOST_TEST((result.went_on == std::map<std::string, std::int64_t>{{"done", 1}, {"queued", 1}}));
  BOOST_TEST(result.held == 1);
  BOOST_TEST(result.gone == 1);
}

BOOST_AUTO_TEST_CASE(each_that_is_left_alone_has_its_reason) {
  const std::string fine = rejected();
  insert_task({.actor = "a", .state = "rejected", .message = {{"b64", ""}}});
  insert_task({.actor = "a", .state = "rejected", .message = nullptr});
  insert_task({.actor = "a", .state = "rejected", .message = {{"b64", "gASVAAAA"}}});  // ends early
  insert_task({.actor = "a", .state = "done", .message = kFresh});
  insert_task({.actor = "a", .state = "queued", .message = kFresh});
  const std::string later = insert_task({.actor = "a", .state = "queued", .eta_in_s = 600, .message = kFresh});
  worker.hold(insert_task({.actor = "a", .state = "running", .message = kFresh}));
  insert_task({.actor = "a", .state = "running", .message = kFresh});
  insert_task({.actor = "a", .state = "future_state", .message = kFresh});
  const queue::ChangeResult result = change(queue::RowChange::retry, {.actors = {"a"}});
  BOOST_TEST((result.changed == backup::Tally{{{"rejected", "a"}, 1}}));
  BOOST_TEST(column(fine, "state") == "queued");
  BOOST_TEST(result.unreadable == 1);
  BOOST_TEST(result.moved == 0);
  BOOST_TEST(verdict(queue::verdict::kTaken) == 2);
  BOOST_TEST(verdict(queue::verdict::kEmpty) == 2);
  BOOST_TEST(verdict(queue::verdict::kDone) == 1);
  BOOST_TEST(verdict(queue::verdict::kHeld) == 1);
  BOOST_TEST(verdict(queue::verdict::kOrphaned) == 1);
  BOOST_TEST(verdict(queue::verdict::kUnknown) == 1);
  BOOST_TEST(verdict(queue::verdict::kWaiting) == (release().has(kTaskTable, "eta") ? 1 : 0));
  BOOST_TEST(verdict(queue::verdict::kQueued) == (release().has(kTaskTable, "eta") ? 1 : 2));
  BOOST_TEST(contents().tasks == (backup::Tally{{{"rejected", "a"}, 1}}));
}

/// Its actor is none of the site's authentik any more: neither tried again nor put back, but it can be given up.
BOOST_AUTO_TEST_CASE(what_no_worker_can_run_is_left_alone) {
  rejected();
  const std::string old = insert_task({.actor = "old", .state = "rejected", .message = kFresh});
  const std::string orphan = insert_task({.actor = "old", .state = "running", .message = kFresh});
  insert_task({.actor = "old", .state = "queued", .eta_in_s = 600, .message = kFresh});
  const auto judged = [&](queue::RowChange kind) {
    queue::ChangePlan made = plan(kind, {});
    made.ways.absent_actors = {"old", "older"};
    const session::Database open = database();
    std::map<std::string, std::int64_t> found;
    {
      const session::Transaction transaction(*session, kReading);
      for (const queue::VerdictGroup& group : queue::judge(open, made.selection, made.ways).groups) {
        if (group.actor == "old") found[group.verdict] += group.tasks;
      }
    }
    if (kind == queue::RowChange::retry) carry_out(made);
    return found;
  };
  using Found = std::map<std::string, std::int64_t>;
  const bool tells_when = release().has(kTaskTable, "eta");
  BOOST_TEST(
      (judged(queue::RowChange::retry) == (tells_when ? Found{{"no_actor", 1}, {"orphaned", 1}, {"waiting", 1}}
                                                      : Found{{"no_actor", 1}, {"orphaned", 1}, {"queued", 1}})));
  BOOST_TEST(column(old, "state") == "rejected");
  if (tells_when) BOOST_TEST((judged(queue::RowChange::hasten)["no_actor"] == 1));
  BOOST_TEST((judged(queue::RowChange::requeue)["no_actor"] == 1));
  BOOST_TEST((judged(queue::RowChange::reject)["taken"] == 1));
  BOOST_TEST(column(orphan, "state") == "running");
}

BOOST_AUTO_TEST_CASE(what_is_done_where_the_release_takes_it) {
  insert_task({.actor = "a", .state = "done", .message = kFresh});
  insert_task({.actor = "a", .state = "done", .message = {{"b64", ""}}});
  queue::ChangePlan made = plan(queue::RowChange::retry, {.states = {"done"}});
  made.ways.takes_done = true;
  made.expected = 1;
  BOOST_TEST((carry_out(made).changed == backup::Tally{{{"done", "a"}, 1}}));
}

BOOST_AUTO_TEST_CASE(what_came_or_changed_after_the_preview_stays) {
  const std::string changed = rejected();
  rejected();
  queue::ChangePlan made = plan(queue::RowChange::retry, {.actors = {"a"}});
  rejected();
  write({"UPDATE authentik_tasks_task SET queue_name = 'default' WHERE message_id = $1",
         session::Value::array({changed})});
  const queue::ChangeResult result = carry_out(made);
  BOOST_TEST(backup::total(result.changed) == 1);
  BOOST_TEST(result.moved == 1);
  BOOST_TEST(result.locked == 0);
}

BOOST_AUTO_TEST_CASE(many_batches_and_back) {
  insert_many(9000, "many", 2);
  const session::Statement reject{
      "UPDATE authentik_tasks_task SET state = 'rejected', message = $1 WHERE actor_name = 'many'",
      session::Value::array({kTriedThrice})};
  write(reject);
  analyze();
  const auto before = everything();
  const queue::ChangeResult result = change(queue::RowChange::retry, {.actors = {"many"}});
  BOOST_TEST(backup::total(result.changed) == 9000);
  BOOST_TEST(result.log_rows == log_rows(18'000));
  BOOST_TEST(result.batches > 2);
  BOOST_TEST(tasks("state = 'queued' AND actor_name = 'many'") == 9000);
  if (has_logs()) {
    BOOST_TEST(count(kTaskLogTable, "event = 'Task will be retried' AND NOT previous") == 9000);
    BOOST_TEST(count("(SELECT DISTINCT id FROM authentik_tasks_tasklog) AS d") == 27'001);
  }
  BOOST_TEST(backup::total(undo().restored) == 9000);
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_CASE(a_record_that_fails_leaves_the_batch_as_it_was) {
  rejected();
  const auto before = everything();
  queue::ChangePlan made = plan(queue::RowChange::retry, {.actors = {"a"}});
  const queue::ChangeResult result = carry_out(made, [](Faulty& record) { record.fail_at = 1; });
  BOOST_TEST((result.ending == Ending::failed));
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_CASE(a_batch_whose_end_nobody_heard_is_told_by_its_rows) {
  rejected();
  const auto before = everything();
  queue::ChangePlan made = plan(queue::RowChange::retry, {.actors = {"a"}});
  carry_out(made, [](Faulty& record) { record.forget = true; });
  BOOST_TEST((contents().batches.front().fate == backup::BatchFate::uncertain));
  BOOST_TEST(backup::total(undo().restored) == 1);
  BOOST_TEST((everything() == before));
  BOOST_TEST(undo().as_before == 1);
}

BOOST_AUTO_TEST_CASE(what_waits_for_its_next_try_is_tried_now) {
  if (!offers(kTaskTable, "eta")) {
    BOOST_TEST(failure_of([&] { plan(queue::RowChange::hasten); }) == "unsupported");
    return;
  }
  const std::string later = insert_task({.actor = "a", .eta_in_s = 600, .message = kTriedThrice});
  set(later, "retries", 3);
  insert_log({.task = later, .event = "it was queued"});
  insert_task({.actor = "a", .eta_in_s = -5, .message = kFresh});
  const auto before = everything();
  const queue::ChangeResult result = change(queue::RowChange::hasten, {.actors = {"a"}});
  BOOST_TEST(backup::total(result.changed) == 1);
  BOOST_TEST(verdict(queue::verdict::kQueued) == 1);
  BOOST_TEST(column(later, "eta").is_null());
  BOOST_TEST(column(later, "retries") == 3);
  BOOST_TEST(count(kTaskLogTable, "previous") == 0);
  undo();
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_SUITE_END()
