// delete_tasks() with several sessions: together they do what one does, into one backup; and where one of them fails,
// the others end, and nothing is lost. Cases must not use BOOST_TEST in the sinks: these are called in several threads.
#include <atomic>
#include <set>

#include "between.hpp"
#include "kept.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

constexpr int kMany = 12'000;

/// A deletion by two sessions into one backup.
struct TwoSessions : Kept {
  queue::DeletionPlan plan(const Choice& choice = {}) {
    if (!other) other = std::move(peer.open().session);
    writer = std::make_unique<backup::BackupWriter>(path(), header(), true);
    other_writer = writer->beside();
    own_sink.emplace(*writer);
    other_sink.emplace(*other_writer);
    queue::DeletionPlan given = orders(choice);
    given.sink = &*own_sink;
    const session::Database near = database();
    given.beside.push_back({{*other, near.catalog, near.dialect, near.workers_gone, near.locks_tell}, &*other_sink});
    return given;
  }
  queue::DeletionResult end(const queue::DeletionPlan& given) {
    const queue::DeletionResult result = run(given);
    writer->finish(ending_word(result.ending));
    return result;
  }

  /// The sums are those of the table and of the file, and the file has everything that is gone.
  void check_nothing_is_lost(const queue::DeletionResult& result, int all, const std::vector<std::string>& before) {
    const std::int64_t deleted = backup::total(result.deleted);
    const std::int64_t left = tasks();
    BOOST_TEST(deleted <= all - left);
    BOOST_TEST(all - left <= deleted + result.in_doubt);
    BOOST_TEST(result.other_rows.total() <= log_rows(all) - logs());
    const queue::RestoreResult back = bring_back();
    BOOST_TEST(backup::total(back.restored) == all - left);
    BOOST_TEST((everything() == before));
  }

  std::unique_ptr<session::Session> other;
  std::unique_ptr<backup::BackupWriter> writer;
  std::unique_ptr<backup::BackupWriter> other_writer;
  std::optional<Faulty> own_sink;
  std::optional<Faulty> other_sink;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(deletion_side_by_side, TwoSessions)

BOOST_AUTO_TEST_CASE(two_sessions_delete_what_one_would, *boost::unit_test::label("once")) {
  insert_many(kMany, "many", 1);
  insert_many(500, "few", 0, "0bbbbbbb");
  const auto before = everything();
  std::vector<queue::Progress> steps;
  queue::DeletionPlan given = plan({.actors = {"many"}});
  given.progress = [&](const queue::Progress& progress) { steps.push_back(progress); };
  const queue::DeletionResult result = end(given);
  check_complete(result, kMany);
  BOOST_TEST((result.deleted == backup::Tally{{{"queued", "many"}, kMany}}));
  BOOST_TEST(result.other_rows.total() == log_rows(kMany));
  BOOST_TEST(result.remaining + result.arrived + result.locked + result.held == 0);
  BOOST_TEST(own_sink->seals > 1);
  BOOST_TEST(other_sink->seals > 1);
  BOOST_TEST(tasks() == 500);
  BOOST_TEST(logs() == 0);
  for (std::size_t i = 1; i < steps.size(); ++i) BOOST_TEST(steps[i - 1].deleted <= steps[i].deleted);
  BOOST_REQUIRE(!steps.empty());

  const backup::BackupContents found = contents();
  BOOST_TEST(found.complete);
  BOOST_TEST(backup::total(found.tasks) == kMany);
  BOOST_TEST(static_cast<int>(found.batches.size()) == own_sink->seals + other_sink->seals);
  for (const backup::BackupBatch& batch : found.batches) BOOST_TEST((batch.fate == backup::BatchFate::committed));
  const queue::RestoreResult back = bring_back();
  BOOST_TEST(backup::total(back.restored) == kMany);
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_CASE(few_ids_are_for_one_session, *boost::unit_test::label("once")) {
  insert_many(100, "many");
  Choice choice;
  for (const session::Value& row : read({"SELECT t.message_id FROM authentik_tasks_task AS t LIMIT 60"}))
    choice.ids.push_back(session::text(row.at(0)));
  const queue::DeletionPlan given = plan(choice);
  BOOST_TEST(!given.walks());
  check_complete(end(given), 60);
  BOOST_TEST(other_sink->seals == 0);
  BOOST_TEST(tasks() == 40);
}

/// What the preview chose, though two sessions meet it in another order.
BOOST_AUTO_TEST_CASE(a_limit_and_the_newest_are_those_of_the_preview, *boost::unit_test::label("once")) {
  insert_many(6000, "many", 1);
  write(
      {"UPDATE authentik_tasks_task SET mtime = $1 WHERE message_id < CAST('0aaaaaaa-0000-4000-8000-000000001000' AS "
       "uuid)",
       session::Value::array({format_timestamp(now() - 100'000 * kSecond)})});
  queue::TaskFilter filter;
  filter.actors = {"many"};
  filter.limit = 999;
  queue::DeletionPlan given = plan();
  {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    given.selection = queue::pin(open, filter, transaction.now());
    given.expected = queue::count_selection(open, given.selection).total();
  }
  check_complete(end(given), 999);
  BOOST_TEST(tasks("message_id < CAST('0aaaaaaa-0000-4000-8000-000000001000' AS uuid)") == 0);
  BOOST_TEST(tasks() == 6000 - 999);
}

BOOST_AUTO_TEST_CASE(a_stop_ends_both_after_their_batches, *boost::unit_test::label("once")) {
  insert_many(kMany, "many", 1);
  const auto before = everything();
  queue::DeletionPlan given = plan();
  std::atomic<bool> stop = false;
  given.progress = [&](const queue::Progress& progress) { stop = progress.deleted > 0; };
  given.stop = [&] { return stop.load(); };
  const queue::DeletionResult result = end(given);
  BOOST_TEST((result.ending == Ending::interrupted));
  BOOST_TEST(result.in_doubt == 0);
  BOOST_TEST(backup::total(result.deleted) > 0);
  BOOST_TEST(tasks() > 0);
  check_nothing_is_lost(result, kMany, before);
}

/// Full of what it has deleted, or of what it could not: each row is there or in the backup.
BOOST_AUTO_TEST_CASE(where_one_can_not_keep_its_rows_the_other_ends, *boost::unit_test::label("once")) {
  insert_many(kMany, "many", 1);
  const auto before = everything();
  for (const bool of_other : {true, false}) {
    const queue::DeletionPlan given = plan();
    (of_other ? other_sink : own_sink)->fail_at = 1;
    const queue::DeletionResult result = end(given);
    BOOST_TEST((result.ending == Ending::failed));
    BOOST_REQUIRE(result.failure.has_value());
    BOOST_TEST((result.failure->code() == ErrorCode::system));
    BOOST_TEST(result.in_doubt == 0);
    BOOST_TEST(tasks() > 0);
    check_nothing_is_lost(result, kMany, before);
    fs::remove(path());
  }
}

BOOST_AUTO_TEST_CASE(a_session_that_is_cut_at_its_commit_is_in_doubt_and_the_other_ends,
                     *boost::unit_test::label("once")) {
  insert_many(kMany, "many", 1);
  const auto before = everything();
  other = std::move(
      open_through([](auto process) { return std::make_unique<CutAtCommit>(std::move(process), 1); }).session);
  const queue::DeletionResult result = end(plan());
  BOOST_TEST((result.ending == Ending::failed));
  BOOST_REQUIRE(result.failure.has_value());
  BOOST_TEST(session::ends_session(*result.failure));
  BOOST_TEST(result.in_doubt > 0);
  BOOST_TEST(tasks() > 0);
  BOOST_TEST(tasks() + backup::total(result.deleted) + result.in_doubt == kMany);  // it was committed
  check_nothing_is_lost(result, kMany, before);
}

/// Neither counts what the other has locked for one that stays.
BOOST_AUTO_TEST_CASE(what_somebody_else_has_locked_is_counted_once, *boost::unit_test::label("once")) {
  insert_many(6000, "many");
  if (!peer.is_postgres()) return;  // the replica has one writer
  session::Opened third = peer.open();
  third.session->begin(kWriting);
  third.session->rows(
      {"SELECT t.message_id FROM authentik_tasks_task AS t WHERE t.message_id < "
       "CAST('0aaaaaaa-0000-4000-8000-000000000008' AS uuid) FOR UPDATE"});
  const queue::DeletionResult result = end(plan());
  third.session->rollback();
  check_complete(result, 5993);
  BOOST_TEST(result.locked == 7);
  BOOST_TEST(tasks() == 7);
}

BOOST_AUTO_TEST_CASE(nobody_stands_without_what_it_waits_for_between_two_sessions) {
  if (!offers(kDependencyTable)) return;
  insert_many(kMany, "a", 1);
  const auto id_of = [](const std::string& number) {
    return "CAST('0aaaaaaa-0000-4000-8000-' || substr(CAST(1000000000000 + " + number + " AS text), 2) AS uuid)";
  };
  // Each of the first thousand waits for one at the end of the table, and each at the end for one in its middle.
  const std::string numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) ";
  const std::string all = std::to_string(kMany);
  for (const auto& [waits, awaited] :
       {std::pair(std::string("i"), all + " + 1 - i"), std::pair(all + " + 1 - i", all + " / 2 + i")}) {
    write({numbers + "UPDATE authentik_tasks_task SET state = 'waiting_for_dependencies' WHERE message_id IN (SELECT " +
           id_of(waits) + " FROM n)"});
    write({"INSERT INTO authentik_tasks_taskdependency (task_id, dependency_id) " + numbers + "SELECT " + id_of(waits) +
           ", " + id_of(awaited) + " FROM n"});
  }
  const auto before = everything();
  const session::Opened third = peer.open();
  const auto look = [&] {
    const session::Transaction transaction(*third.session, kReading);
    const auto ready = third.session->rows(
        {"SELECT count(*) FROM authentik_tasks_task AS t WHERE t.state = 'waiting_for_dependencies' AND NOT EXISTS"
         " (SELECT 1 FROM authentik_tasks_taskdependency AS d WHERE d.task_id = t.message_id)"});
    BOOST_TEST(session::integer(ready.at(0).at(0)) == 0);
  };
  queue::DeletionPlan given = plan();
  given.progress = [&](const queue::Progress&) { look(); };
  check_complete(end(given), kMany);
  BOOST_TEST(tasks() == 0);
  const queue::RestoreResult back = bring_back(
      [&](queue::RestoreOrders& restoring) { restoring.progress = [&](const queue::Progress&) { look(); }; });
  BOOST_TEST(back.waiting == 0);
  BOOST_TEST(backup::total(back.restored) == kMany);
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_SUITE_END()
