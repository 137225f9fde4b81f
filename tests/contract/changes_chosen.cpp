// Which tasks a change takes: orphans, what failed in one way, what depends on others; and what becomes of them.
#include "changes.hpp"
#include "queue/change/along.hpp"
#include "queue/change/error_groups.hpp"
#include "queue/change/fates.hpp"

using namespace akqueue;
using namespace akqueue::contract;

BOOST_FIXTURE_TEST_SUITE(changes, Changes)

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
