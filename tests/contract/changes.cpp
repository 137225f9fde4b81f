// change_tasks() and undo_change(): what a retry leaves behind, column by column, and the way back.
#include "kept.hpp"
#include "queue/change/along.hpp"
#include "queue/change/change.hpp"
#include "queue/change/change_undo.hpp"
#include "queue/change/error_groups.hpp"
#include "queue/change/fates.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

// Pickles of {"queue_name": "default", …, "options": {}} and of the same with {"retries": 3, "traceback": "T"}.
const session::Value kFresh{{"b64",
                             "gASVcwAAAAAAAAB9lCiMCnF1ZXVlX25hbWWUjAdkZWZhdWx0lIwKYWN0b3JfbmFtZZSMAWGUjARhcmdzlCmMBmt3Y"
                             "XJnc5R9lIwHb3B0aW9uc5R9lIwKbWVzc2FnZV9pZJSMAXiUjBFtZXNzYWdlX3RpbWVzdGFtcJRLAXUu"}};
const session::Value kTriedThrice{
    {"b64",
     "gASVkQAAAAAAAAB9lCiMCnF1ZXVlX25hbWWUjAdkZWZhdWx0lIwKYWN0b3JfbmFtZZSMAWGUjARhcmdzlCmMBmt3YXJnc5R9lIwHb3B0aW9uc5R9l"
     "CiMB3JldHJpZXOUSwOMCXRyYWNlYmFja5SMAVSUdYwKbWVzc2FnZV9pZJSMAXiUjBFtZXNzYWdlX3RpbWVzdGFtcJRLAXUu"}};

struct Changes : Kept {
  Changes() { insert_log({.task = insert_task({.actor = "other", .state = "queued", .message = kFresh})}); }

  std::string rejected(const session::Value& message = kTriedThrice) {
    const std::string id = insert_task({.actor = "a", .state = "rejected", .message = message});
    set(id, "retries", 2);
    insert_log({.task = id, .event = "it was queued", .previous = true});
    insert_log({.task = id, .event = "it failed", .level = "error"});
    return id;
  }

  /// What a preview of this moment chooses.
  queue::ChangePlan plan(queue::RowChange change, const Choice& choice = {}) {
    queue::ChangePlan made;
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    made.ways = {.change = change};
    made.selection = queue::pin(open, choice.filter(), transaction.now());
    verdicts = queue::judge(open, made.selection, made.ways);
    made.expected = verdicts.taken();
    created = format_timestamp(made.selection.as_of);
    return made;
  }

  queue::ChangeResult carry_out(queue::ChangePlan& made, const std::function<void(Faulty&)>& set_up = {}) {
    backup::BackupHeader head = header();
    head.created = created;
    head.change = queue::row_change_name(made.ways.change);
    backup::BackupWriter writer(path(), head, true);
    Faulty record(writer);
    if (set_up) set_up(record);
    made.record = &record;
    const queue::ChangeResult result = queue::change_tasks(database(), made);
    writer.finish(ending_word(result.ending));
    return result;
  }

  queue::ChangeResult change(queue::RowChange what, const Choice& choice = {}) {
    queue::ChangePlan made = plan(what, choice);
    const queue::ChangeResult result = carry_out(made);
    BOOST_TEST(!result.failure.has_value(), (result.failure ? result.failure->what() : ""));
    return result;
  }

  queue::ChangeUndoResult undo(bool dry_run = false) {
    const session::Database open = database();
    backup::BackupFile file(path());
    file.check();
    const queue::ChangeUndoResult result =
        queue::undo_change(open, file, {.selection = {.as_of = now()}, .dry_run = dry_run});
    BOOST_TEST(!result.failure.has_value(), (result.failure ? result.failure->what() : ""));
    return result;
  }

  bool can_undo() {
    const session::Database open = database();
    backup::BackupFile file(path());
    file.check();
    return queue::can_be_taken_back(open, file);
  }

  std::int64_t verdict(std::string_view word) const {
    std::int64_t sum = 0;
    for (const queue::VerdictGroup& group : verdicts.groups) sum += group.verdict == word ? group.tasks : 0;
    return sum;
  }

  session::Value column(const std::string& id, const std::string& name) {
    return one(
        {"SELECT t." + session::quote_identifier(name) + " FROM authentik_tasks_task AS t WHERE t.message_id = $1",
         session::Value::array({id})});
  }

  queue::Verdicts verdicts;
  std::string created;
};

}  // namespace

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

BOOST_AUTO_TEST_CASE(orphans_are_put_back_or_rejected) {
  const std::string orphan = insert_task({.actor = "a", .state = "running", .message = kTriedThrice});
  set(orphan, "retries", 2);
  insert_log({.task = orphan, .event = "it began"});
  const std::string held = insert_task({.actor = "a", .state = "running", .message = kFresh});
  worker.hold(held);
  const std::string ending = insert_task({.actor = "a", .state = "postprocess", .age_s = 1, .message = kFresh});
  const auto before = everything();
  BOOST_TEST(backup::total(change(queue::RowChange::requeue, {.actors = {"a"}}).changed) == 1);
  BOOST_TEST(verdict(queue::verdict::kHeld) == 2);
  BOOST_TEST(column(orphan, "state") == "queued");
  if (release().has(kTaskTable, "retries")) BOOST_TEST(column(orphan, "retries") == 2);
  if (has_logs()) BOOST_TEST(count(kTaskLogTable, "previous") == 0);
  BOOST_TEST(backup::total(undo().restored) == 1);
  BOOST_TEST((everything() == before));
  fs::remove(path());
  BOOST_TEST(backup::total(change(queue::RowChange::reject, {.actors = {"a"}}).changed) == 1);
  BOOST_TEST(column(orphan, "state") == "rejected");
  BOOST_TEST(column(held, "state") == "running");
  BOOST_TEST(column(ending, "state") == "postprocess");
  if (has_logs()) BOOST_TEST(count(kTaskLogTable, "logger = 'kubectl-akqueue' AND NOT previous") == 1);
  BOOST_TEST(backup::total(undo().restored) == 1);
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_CASE(what_was_rejected_with_them) {
  if (!offers(kDependencyTable)) return;
  const std::string first = rejected();
  const std::string second = insert_task({.actor = "b", .state = "rejected", .message = kFresh});
  const std::string third = insert_task({.actor = "b", .state = "rejected", .message = kFresh});
  const std::string stays = insert_task({.actor = "b", .state = "rejected", .message = kFresh});
  const std::string broken = insert_task({.actor = "c", .state = "rejected", .message = kFresh});
  const std::pair<std::string, std::string> edges[] = {
      {second, first}, {third, second}, {stays, first}, {stays, broken}};
  for (const auto& edge : edges)
    write({"INSERT INTO authentik_tasks_taskdependency (task_id, dependency_id) VALUES ($1, $2)",
           session::Value::array({edge.first, edge.second})});
  const queue::ChangePlan made = plan(queue::RowChange::retry, {.actors = {"a"}});
  {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    const std::vector<Uuid> along = queue::rejected_with(open, made.selection, made.ways);
    BOOST_TEST((along == std::vector<Uuid>{Uuid::parse(second).value(), Uuid::parse(third).value()}));
  }
  BOOST_TEST(backup::total(change(queue::RowChange::retry, {.actors = {"a"}}).changed) == 1);
  fs::remove(path());
  BOOST_TEST(backup::total(change(queue::RowChange::retry, {.actors = {"b"}}).changed) == 1);
  BOOST_TEST(column(second, "state") == "waiting_for_dependencies");
  BOOST_TEST(column(third, "state") == "rejected");
  BOOST_TEST(column(stays, "state") == "rejected");
  fs::remove(path());
  BOOST_TEST(backup::total(change(queue::RowChange::retry, {.actors = {"b"}}).changed) == 1);
  BOOST_TEST(column(third, "state") == "waiting_for_dependencies");
}

BOOST_AUTO_TEST_CASE(in_which_ways_they_failed) {
  if (!has_logs()) return;
  for (const std::string with : {"no answer from 10.0.0.1", "no answer from 10.0.0.2", "refused", ""}) {
    const std::string id = insert_task({.actor = "a", .state = "rejected", .message = kFresh});
    if (!with.empty()) insert_log({.task = id, .event = with, .level = "error"});
  }
  insert_task({.actor = "a", .state = "done"});
  const queue::ChangePlan made = plan(queue::RowChange::retry, {.actors = {"a"}});
  const session::Database open = database();
  const session::Transaction transaction(*session, kReading);
  const auto groups = queue::group_by_error(open, made.selection, made.ways);
  BOOST_REQUIRE_EQUAL(groups.size(), 3U);
  BOOST_TEST(groups[0].error == "no answer from <n>.<n>.<n>.<n>");
  BOOST_TEST(groups[0].ids.size() == 2U);
  BOOST_TEST(groups[1].error == "");
  BOOST_TEST(groups[2].error == "refused");
}

BOOST_AUTO_TEST_CASE(what_became_of_them) {
  std::vector<Uuid> ids;
  const auto add = [&](const Task& task) {
    const std::string id = insert_task(task);
    ids.push_back(Uuid::parse(id).value());
    return id;
  };
  add({.state = "queued"});
  add({.state = "running"});
  add({.state = "done"});
  insert_log({.task = add({.state = "rejected"}), .event = "refused 7 times", .level = "error"});
  insert_log({.task = add({.state = "queued", .eta_in_s = 60}), .event = "refused 9 times", .level = "error"});
  ids.push_back(Uuid::parse("ffffffff-1111-4111-8111-000000000000").value());
  const session::Database open = database();
  const session::Transaction transaction(*session, kReading);
  const queue::Fates fates = queue::read_fates(open, ids);
  const bool has_eta = release().has(kTaskTable, "eta");
  BOOST_TEST(fates.waiting == (has_eta ? 1 : 2));
  BOOST_TEST(fates.again == (has_eta ? 1 : 0));
  BOOST_TEST(fates.running == 1);
  BOOST_TEST(fates.finished == 1);
  BOOST_TEST(fates.rejected == 1);
  BOOST_TEST(fates.gone == 1);
  BOOST_TEST(fates.errors.at(has_logs() ? "refused <n> times" : "") == fates.failed());
}

BOOST_AUTO_TEST_CASE(a_task_waits_again_for_what_is_not_done) {
  if (!offers(kDependencyTable)) return;
  const std::string running = insert_task({.actor = "b", .state = "queued", .message = kFresh});
  const std::string refused = insert_task({.actor = "b", .state = "rejected", .message = kFresh});
  const std::string done = insert_task({.actor = "b", .state = "done"});
  const std::string waits = rejected();
  const std::string free = rejected();
  const std::string stuck = rejected();
  const std::pair<std::string, std::string> edges[] = {{waits, running}, {free, done}, {stuck, refused}};
  for (const auto& edge : edges)
    write({"INSERT INTO authentik_tasks_taskdependency (task_id, dependency_id) VALUES ($1, $2)",
           session::Value::array({edge.first, edge.second})});
  const auto before = everything();
  BOOST_TEST(backup::total(change(queue::RowChange::retry, {.actors = {"a"}}).changed) == 2);
  BOOST_TEST(verdict(queue::verdict::kDependency) == 1);
  BOOST_TEST(column(waits, "state") == "waiting_for_dependencies");
  BOOST_TEST(column(free, "state") == "queued");
  BOOST_TEST(column(stuck, "state") == "rejected");
  BOOST_TEST(backup::total(undo().restored) == 2);
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_SUITE_END()
