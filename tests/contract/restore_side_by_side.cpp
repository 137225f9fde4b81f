// restore() with several sessions: together they do what one does; where one of them ends early the other ends as well,
// and what is missing comes back later; and two such restorations at once bring each task back once.
#include <atomic>
#include <thread>

#include "between.hpp"
#include "kept.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

constexpr int kTasks = 6'000;

struct TwoRestore : Kept {
  /// All of them, in several batches, are in a backup and not in the table.
  void remove_all() {
    before = everything();
    fs::remove(path());
    backup::BackupWriter writer(path(), header(), true);
    queue::DeletionPlan given = orders();
    given.sink = &writer;
    given.batch_time = std::chrono::milliseconds(10);
    const queue::DeletionResult result = run(given);
    writer.finish(ending_word(result.ending));
    BOOST_REQUIRE(result.batches >= 5);
    BOOST_REQUIRE(tasks() == 0);
  }

  session::Database beside(session::Session& other) const {
    return {other, near.catalog, near.dialect, near.workers_gone, near.locks_tell};
  }

  /// By two sessions. A failure is not one of the case.
  queue::RestoreResult restore(session::Session& first, session::Session& second,
                               const std::function<void(queue::RestoreOrders&)>& set_up = {}) {
    backup::BackupFile file(path());
    file.check();
    queue::RestoreOrders given;
    given.ways.selection.as_of = as_of;
    given.partly_restored = true;
    if (set_up) set_up(given);
    given.beside.push_back(beside(second));
    return queue::restore(beside(first), file, given);
  }

  std::vector<std::string> before;
  Timestamp as_of = now();
  const session::Database near = database();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(restore_side_by_side, TwoRestore)

BOOST_AUTO_TEST_CASE(two_sessions_bring_back_what_one_would, *boost::unit_test::label("once")) {
  insert_many(kTasks, "many", 1);
  remove_all();
  std::atomic<int> statements = 0;
  session::Opened other = peer.open();
  other.session->on_statement([&](const session::Statement&) { ++statements; });
  std::vector<queue::Progress> steps;
  const queue::RestoreResult result = restore(*session, *other.session, [&](queue::RestoreOrders& given) {
    given.progress = [&](const queue::Progress& progress) { steps.push_back(progress); };
  });
  BOOST_TEST(!result.failure.has_value());
  BOOST_TEST((result.ending == Ending::complete));
  BOOST_TEST((result.restored == backup::Tally{{{"queued", "many"}, kTasks}}));
  BOOST_TEST(result.other_rows.total() == log_rows(kTasks));
  BOOST_TEST(result.missing() + result.present + result.in_doubt + result.other_left == 0);
  BOOST_TEST(statements > 0, "the other session did nothing");
  for (std::size_t i = 1; i < steps.size(); ++i) BOOST_TEST(steps[i - 1].deleted <= steps[i].deleted);
  BOOST_REQUIRE(!steps.empty());
  BOOST_TEST(steps.back().deleted == kTasks);
  BOOST_TEST((everything() == before));
  BOOST_TEST(backup::total(bring_back().restored) == 0);
}

BOOST_AUTO_TEST_CASE(a_stop_ends_both_and_the_rest_comes_later,
                     *boost::unit_test::label("once") * boost::unit_test::label("slow")) {
  insert_many(kTasks, "many", 1);
  remove_all();
  session::Opened other = peer.open();
  std::atomic<bool> stop = false;
  const queue::RestoreResult result = restore(*session, *other.session, [&](queue::RestoreOrders& given) {
    given.progress = [&](const queue::Progress&) { stop = true; };
    given.stop = [&] { return stop.load(); };
  });
  BOOST_TEST((result.ending == Ending::interrupted));
  BOOST_TEST(result.in_doubt == 0);
  BOOST_TEST(result.not_reached > 0);
  BOOST_TEST(tasks() == backup::total(result.restored));
  BOOST_TEST(tasks() == kTasks - result.not_reached);
  BOOST_TEST(backup::total(bring_back().restored) == result.not_reached);
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_CASE(a_session_that_is_cut_ends_the_other_and_nothing_is_lost,
                     *boost::unit_test::label("once") * boost::unit_test::label("slow")) {
  insert_many(kTasks, "many", 1);
  for (const bool first : {false, true}) {
    remove_all();
    session::Opened whole = peer.open();
    session::Opened cut =
        open_through([](auto process) { return std::make_unique<CutAtCommit>(std::move(process), 0); });
    const queue::RestoreResult result =
        first ? restore(*cut.session, *whole.session) : restore(*whole.session, *cut.session);
    BOOST_TEST((result.ending == Ending::failed));
    BOOST_REQUIRE(result.failure.has_value());
    BOOST_TEST(session::ends_session(*result.failure));
    BOOST_TEST(tasks() <= backup::total(result.restored) + result.in_doubt);
    BOOST_TEST(tasks() >= backup::total(result.restored));
    bring_back([](queue::RestoreOrders& given) { given.partly_restored = true; });
    BOOST_TEST((everything() == before));
  }
}

/// Chains whose tasks are in other batches than what they wait for: at no moment is one there without that.
BOOST_AUTO_TEST_CASE(who_waits_comes_no_earlier_than_what_it_waits_for) {
  if (!offers(kDependencyTable)) return;
  insert_many(kTasks, "many");
  const auto id_of = [](const std::string& number) {
    return "CAST('0aaaaaaa-0000-4000-8000-' || substr(CAST(1000000000000 + " + number + " AS text), 2) AS uuid)";
  };
  const std::string numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) ";
  for (const auto& [waits, awaited] : {std::pair("i", "6001 - i"), std::pair("6001 - i", "3000 + i")}) {
    write({numbers + "UPDATE authentik_tasks_task SET state = 'waiting_for_dependencies' WHERE message_id IN (SELECT " +
           id_of(waits) + " FROM n)"});
    write({"INSERT INTO authentik_tasks_taskdependency (task_id, dependency_id) " + numbers + "SELECT " + id_of(waits) +
           ", " + id_of(awaited) + " FROM n"});
  }
  remove_all();
  const session::Opened third = peer.open();
  session::Opened other = peer.open();
  const auto ready = [&] {
    const session::Transaction transaction(*third.session, kReading);
    return session::integer(third.session
                                ->rows({"SELECT count(*) FROM authentik_tasks_task AS t WHERE t.state = "
                                        "'waiting_for_dependencies' AND NOT EXISTS (SELECT 1 FROM "
                                        "authentik_tasks_taskdependency AS d JOIN authentik_tasks_task AS o ON "
                                        "o.message_id = d.dependency_id WHERE d.task_id = t.message_id)"})
                                .at(0)
                                .at(0));
  };
  const queue::RestoreResult result = restore(*session, *other.session, [&](queue::RestoreOrders& given) {
    given.progress = [&](const queue::Progress&) { BOOST_TEST(ready() == 0); };
  });
  BOOST_TEST(!result.failure.has_value());
  BOOST_TEST(result.waiting == 0);
  BOOST_TEST(backup::total(result.restored) == kTasks);
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_CASE(two_restorations_at_once_bring_each_task_back_once, *boost::unit_test::label("once")) {
  insert_many(kTasks, "many", 1);
  remove_all();
  if (!peer.is_postgres()) return;  // the replica has one writer, and four would only wait for each other
  std::vector<session::Opened> sessions;
  for (int i = 0; i < 3; ++i) sessions.push_back(peer.open());
  queue::RestoreResult theirs;
  std::thread another([&] { theirs = restore(*sessions[1].session, *sessions[2].session); });
  const queue::RestoreResult ours = restore(*session, *sessions[0].session);
  another.join();
  BOOST_TEST(!ours.failure.has_value(), (ours.failure ? ours.failure->what() : ""));
  BOOST_TEST(!theirs.failure.has_value(), (theirs.failure ? theirs.failure->what() : ""));
  BOOST_TEST(backup::total(ours.restored) + backup::total(theirs.restored) == kTasks);
  BOOST_TEST(ours.other_rows.total() + theirs.other_rows.total() == log_rows(kTasks));
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_SUITE_END()
