// Tasks that wait for others: they go with or before these, and come back with or after them.
#include <boost/test/unit_test.hpp>

#include "kept.hpp"

using namespace akqueue;
using namespace akqueue::contract;

BOOST_FIXTURE_TEST_SUITE(backup_and_restore, Kept)

/// A waiting task goes with or before what it waits for, and comes back with or after it: it is never there without.
BOOST_AUTO_TEST_CASE(nobody_stands_without_what_it_waits_for) {
  if (!offers(kDependencyTable)) return;
  // Chains across the whole table, in both directions of its pages.
  constexpr int kTasks = 6000;
  insert_many(kTasks, "a", 1);
  std::vector<std::string> ids;
  for (const session::Value& row : read({"SELECT t.message_id FROM authentik_tasks_task AS t ORDER BY t.message_id"}))
    ids.push_back(session::text(row.at(0)));
  for (int i = 0; i < 300; ++i) {
    const std::size_t low = static_cast<std::size_t>(i);
    const std::size_t high = static_cast<std::size_t>(kTasks - 1 - i);
    const auto [waiting, awaited] = i % 2 == 0 ? std::pair(low, high) : std::pair(high, low);
    write({"UPDATE authentik_tasks_task SET state = 'waiting_for_dependencies' WHERE message_id = $1", {ids[waiting]}});
    write({"INSERT INTO authentik_tasks_taskdependency (task_id, dependency_id) VALUES ($1, $2)",
           {ids[waiting], ids[awaited]}});
  }
  // A chain of three.
  write({"UPDATE authentik_tasks_task SET state = 'waiting_for_dependencies' WHERE message_id IN ($1, $2)",
         {ids[3000], ids[1000]}});
  write({"INSERT INTO authentik_tasks_taskdependency (task_id, dependency_id) VALUES ($1, $2), ($2, $3)",
         {ids[3000], ids[1000], ids[5000]}});
  const auto before = everything();
  const session::Opened other = peer.open();
  // What authentik's sweep would take for ready.
  int looks = 0;
  const auto look = [&] {
    ++looks;
    const session::Transaction transaction(*other.session, kReading);
    const auto ready = other.session->rows(
        {"SELECT count(*) FROM authentik_tasks_task AS t WHERE t.state = 'waiting_for_dependencies' AND NOT EXISTS"
         " (SELECT 1 FROM authentik_tasks_taskdependency AS d WHERE d.task_id = t.message_id)"});
    BOOST_TEST(session::integer(ready.at(0).at(0)) == 0);
  };
  {
    backup::BackupWriter writer(path(), header(), true);
    queue::DeletionPlan given = orders();
    given.sink = &writer;
    given.progress = [&](const queue::Progress&) { look(); };
    check_complete(run(given), kTasks);
    writer.finish("complete");
  }
  BOOST_TEST(tasks() == 0);
  const queue::RestoreResult result =
      bring_back([&](queue::RestoreOrders& given) { given.progress = [&](const queue::Progress&) { look(); }; });
  BOOST_TEST(looks > 4);
  BOOST_TEST(result.waiting == 0);
  BOOST_TEST(backup::total(result.restored) == kTasks);
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_CASE(who_waits_is_left_out_until_what_it_waits_for_is_there) {
  if (!offers(kDependencyTable)) return;
  const std::string waiting = insert_task({.actor = "waits", .state = "waiting_for_dependencies"});
  const std::string awaited = insert_task({.actor = "awaited"});
  write({"INSERT INTO authentik_tasks_taskdependency (task_id, dependency_id) VALUES ($1, $2)", {waiting, awaited}});
  const auto before = everything();
  check_complete(remove(), 2);
  const queue::RestoreResult part =
      bring_back([](queue::RestoreOrders& given) { given.ways.selection.filter.actors = {"waits"}; });
  BOOST_TEST(backup::total(part.restored) == 0);
  BOOST_TEST(part.waiting == 1);
  BOOST_TEST(part.missing() == 1);
  BOOST_TEST(tasks() == 0);
  BOOST_TEST(backup::total(bring_back([](queue::RestoreOrders& given) {
                             given.ways.selection.filter.actors = {"awaited"};
                           }).restored) == 1);
  BOOST_TEST(backup::total(bring_back().restored) == 1);
  BOOST_TEST(everything() == before, boost::test_tools::per_element());
}

/// Their workers went on with them: they would run again.
BOOST_AUTO_TEST_CASE(what_was_running_stays_out_unless_it_is_asked_for) {
  const std::string held = insert_task({.actor = "runs", .state = "running"});
  const std::string ended = insert_task({.actor = "runs", .state = "running"});
  insert_task({.actor = "other", .state = "preprocess"});
  insert_task({.actor = "waits"});
  worker.hold(held);
  backup::BackupHeader head = header();
  head.include_running = true;
  backup::BackupWriter writer(path(), head, true);
  queue::DeletionPlan given = orders();
  given.include_held = true;
  given.sink = &writer;
  check_complete(run(given), 4);
  writer.finish("complete");
  const auto there = [&](bool with_running) {
    const session::Database open = database();
    backup::BackupFile file(path());
    file.check();
    return queue::all_there(open, file, with_running);
  };
  BOOST_TEST(!there(false));
  const queue::RestoreResult part = bring_back();
  BOOST_TEST(backup::total(part.restored) == 1);
  BOOST_TEST(part.running == 3);
  BOOST_TEST(part.missing() == 3);
  BOOST_TEST(part.passed_over + part.present == 0);
  BOOST_TEST(part.were_running.size() == 2u);
  BOOST_TEST(part.were_running.at("runs").tasks == 2);
  BOOST_TEST(part.were_running.at("runs").held == 1);
  BOOST_TEST(part.were_running.at("other").held == 0);
  BOOST_TEST(there(false));
  BOOST_TEST(!there(true));
  const queue::RestoreResult rest = bring_back([](queue::RestoreOrders& more) { more.ways.with_running = true; });
  BOOST_TEST(backup::total(rest.restored) == 3);
  BOOST_TEST(rest.running == 0);
  BOOST_TEST(rest.were_running.at("runs").tasks == 2);
  BOOST_TEST(there(true));
  write({"DELETE FROM authentik_tasks_task WHERE message_id = $1", {ended}});
  const queue::RestoreResult rejected = bring_back([](queue::RestoreOrders& more) { more.ways.as_rejected = true; });
  BOOST_TEST(backup::total(rejected.restored) == 1, "as rejected it does not run again");
}

/// Old backups don't tell what was held: all of it comes back, as before.
BOOST_AUTO_TEST_CASE(a_backup_that_does_not_tell_brings_back_what_was_running) {
  worker.hold(insert_task({.state = "running"}));
  check_complete(remove(), 1);
  const queue::RestoreResult result = bring_back();
  BOOST_TEST(backup::total(result.restored) == 1);
  BOOST_TEST(result.were_running.empty());
}

BOOST_AUTO_TEST_SUITE_END()
