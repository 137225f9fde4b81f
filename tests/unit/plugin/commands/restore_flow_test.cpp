// Undo and restore from their lines to their exit statuses. What comes back was flushed before, at the same desk.
#include <boost/test/unit_test.hpp>

#include "backup/history.hpp"
#include "commands/flushed.hpp"

using namespace akqueue;
using namespace akqueue::commands;
using namespace akqueue::testing;

namespace {

/// The batches come back the last one first: one task, then two.
struct UndoDesk : FlushDesk {
  UndoDesk() {
    BOOST_REQUIRE(flush({"--yes"}) == 0);
    forget();
    site.on("execute INSERT INTO akqueue_chosen", {changed(1), changed(2)});
    site.on("query SELECT t.state, t.actor_name, count(*)", {back(1), back(2)});
  }

  /// What was seen so far.
  void forget() {
    site.journal.clear();
    terminal.printed.clear();
    terminal.said.clear();
  }

  static Answer back(int tasks) {
    return rows_are({R"(["queued","authentik.tasks.mail",)" + std::to_string(tasks) + "]"});
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(restore_flow, UndoDesk)

BOOST_AUTO_TEST_CASE(a_no_brings_nothing_back) {
  terminal.answers = {"no"};
  BOOST_TEST(run({"undo"}) == status_of(ErrorCode::declined));
  BOOST_TEST(said("backup " + backups().at(0) + "\nof 2026-05-01T12:00:00Z, flush: queued tasks in "), terminal.said);
  BOOST_TEST(said("restores: all tasks\ninto context prod, namespace sso, database authentik\n"), terminal.said);
  BOOST_TEST(said("Restore? [y/N] error: declined; nothing was restored\n"), terminal.said);
  BOOST_TEST(site.asked("copy_in") + site.asked("execute") + site.asked("commit") == 0u);
  BOOST_TEST(backup::read_history(state).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_yes_brings_back_batch_by_batch_the_last_one_first) {
  terminal.answers = {"y"};
  BOOST_TEST(run({"undo"}) == 0);
  BOOST_TEST(site.asked("commit") == 2u);
  BOOST_TEST(site.copied.find(id("3")) < site.copied.find(id("1")));
  BOOST_TEST(site.copied.find(id("1")) < site.copied.find(id("2")));
  BOOST_TEST(site.copied.find(id("2")) != std::string::npos);
  BOOST_TEST(printed("restored 3 tasks and 0 log rows in "), terminal.printed);
  BOOST_TEST(terminal.printed.ends_with(": complete\n"), terminal.printed);
  const auto history = backup::read_history(state);
  BOOST_REQUIRE(history.size() == 2u);
  BOOST_TEST(history[1].of == history[0].id);
  BOOST_TEST(history[1].end.value().tasks == 3);
  BOOST_TEST((passed() == std::chrono::seconds(0)));
}

BOOST_AUTO_TEST_CASE(where_all_are_there_nothing_is_to_undo) {
  site.on("query SELECT count(*) FROM \"public\".\"authentik_tasks_task\" AS t WHERE t.message_id IN",
          {rows_are({"[1]"}), rows_are({"[2]"})});
  BOOST_TEST(run({"undo"}) == status_of(ErrorCode::not_found));
  BOOST_TEST(said("error: nothing to undo: every task that was deleted here is in the table\n"), terminal.said);
}

BOOST_AUTO_TEST_CASE(a_dry_run_rolls_back_what_it_tries) {
  BOOST_TEST(run({"undo", "--dry-run"}) == 0);
  BOOST_TEST(site.asked("copy_in") == 2u);
  BOOST_TEST(site.asked("commit") == 0u);
  BOOST_TEST(printed("would restore 3 tasks and 0 log rows in "), terminal.printed);
  BOOST_TEST(terminal.printed.ends_with(": complete (dry run)\n"), terminal.printed);
  BOOST_TEST(!said("[y/N]"), terminal.said);
  BOOST_TEST(backup::read_history(state).size() == 1u);
}

BOOST_AUTO_TEST_CASE(rows_that_are_there_already_are_left_alone) {
  site.on("query SELECT count(*) FROM (SELECT", {rows_are({"[0]"}), rows_are({"[1]"})});
  site.on("execute INSERT INTO akqueue_chosen", {changed(1)});
  site.on("query SELECT t.state, t.actor_name, count(*)", {back(1)});
  BOOST_TEST(run({"undo", "--yes"}) == 0);
  BOOST_TEST(printed("left alone: 1 there already\nrestored 2 tasks and "), terminal.printed);
  BOOST_TEST(!printed("only in the backup"), terminal.printed);
}

BOOST_AUTO_TEST_CASE(what_a_unique_index_keeps_out_stays_in_the_backup_and_is_said) {
  site.on("query SELECT t.state, t.actor_name, count(*)", {back(1), back(1)});
  site.on("query SELECT count(*) FROM akqueue_chosen", {rows_are({"[1]"})});
  BOOST_TEST(run({"undo", "--yes"}) == 0);
  BOOST_TEST(printed("left alone: 1 that a unique index does not let in\n"
                     "only in the backup: 1 task; kubectl akqueue undo brings back what can be brought back "
                     "then\nrestored 2 tasks and "),
             terminal.printed);
}

BOOST_AUTO_TEST_CASE(a_session_that_is_lost_in_a_commit_leaves_a_doubt) {
  site.on("commit", {Answer(), cut()});
  BOOST_TEST(run({"undo", "--yes"}) == status_of(ErrorCode::partial));
  BOOST_TEST(printed("in doubt: 2 tasks of the last batch, whose commit was never confirmed; run it again to see\n"),
             terminal.printed);
  BOOST_TEST(printed("only in the backup: 2 tasks; "), terminal.printed);
  BOOST_TEST(printed("restored 1 task and 0 log rows in "), terminal.printed);
  BOOST_TEST(said("error: the session was cut: the peer ended with status 137\n"), terminal.said);
  BOOST_TEST(backup::read_history(state).at(1).end.value().tasks == 1);
}

/// The answer comes when the next batch is on its way: both are done again, in their order.
BOOST_AUTO_TEST_CASE(a_commit_that_meets_somebody_elses_is_done_again) {
  site.on("commit", {fails(R"({"code":"sql","sqlstate":"40P01","message":"deadlock detected"})"), Answer()});
  site.on("execute INSERT INTO akqueue_chosen", {changed(1), changed(2), changed(1), changed(2)});
  site.on("query SELECT t.state, t.actor_name, count(*)", {back(1), back(2), back(1), back(2)});
  BOOST_TEST(run({"undo", "--yes"}) == 0);
  BOOST_TEST(site.asked("commit") == 3u);
  BOOST_TEST(printed("restored 3 tasks and 0 log rows in "), terminal.printed);
  BOOST_TEST(!printed("in doubt"), terminal.printed);
}

BOOST_AUTO_TEST_CASE(a_last_commit_that_meets_somebody_elses_is_done_again) {
  site.on("commit", {Answer(), fails(R"({"code":"sql","sqlstate":"40P01","message":"deadlock detected"})"), Answer()});
  site.on("execute INSERT INTO akqueue_chosen", {changed(1), changed(2), changed(2)});
  site.on("query SELECT t.state, t.actor_name, count(*)", {back(1), back(2), back(2)});
  BOOST_TEST(run({"undo", "--yes"}) == 0);
  BOOST_TEST(site.asked("commit") == 3u);
  BOOST_TEST(printed("restored 3 tasks and 0 log rows in "), terminal.printed);
}

BOOST_AUTO_TEST_CASE(a_commit_that_fails_brings_nothing_back_and_what_travelled_behind_it_neither) {
  site.on("commit", {fails(R"({"code":"sql","sqlstate":"23505","message":"duplicate key"})"), Answer()});
  BOOST_TEST(run({"undo", "--yes"}) == 1);
  BOOST_TEST(site.asked("commit") == 1u);
  BOOST_TEST(printed("restored 0 tasks and "), terminal.printed);
  BOOST_TEST(printed("only in the backup: 3 tasks; "), terminal.printed);
  BOOST_TEST(said("error: duplicate key"), terminal.said);
}

BOOST_AUTO_TEST_CASE(a_session_that_is_lost_before_any_commit_has_done_nothing) {
  site.on("execute INSERT INTO akqueue_chosen", {cut()});
  BOOST_TEST(run({"undo", "--yes"}) == status_of(ErrorCode::lost));
  BOOST_TEST(!printed("in doubt"), terminal.printed);
  BOOST_TEST(printed("restored 0 tasks and "), terminal.printed);
  BOOST_TEST(said("hint: what was not committed is rolled back; run the command again\n"), terminal.said);
}

BOOST_AUTO_TEST_CASE(ctrl_c_between_two_batches_ends_after_the_one_that_runs) {
  site.on("commit", {after([&] { interrupts.seen = 1; })});
  BOOST_TEST(run({"undo", "--yes"}) == status_of(ErrorCode::interrupted));
  BOOST_TEST(site.asked("commit") == 1u);
  BOOST_TEST(printed("only in the backup: 2 tasks; "), terminal.printed);
  BOOST_TEST(printed("restored 1 task and "), terminal.printed);
  BOOST_TEST(terminal.printed.ends_with(": interrupted\n"), terminal.printed);
}

/// A person is warned; without a terminal it is refused.
BOOST_AUTO_TEST_CASE(the_backup_of_another_database) {
  site.system = "9009/5";
  BOOST_TEST(run({"restore", backups().at(0), "--yes"}) == status_of(ErrorCode::refused));
  BOOST_TEST(
      said("error: the backup was taken from a different database (7001/16384, not 9009/5); nothing was restored\n"),
      terminal.said);
  terminal.answers = {"n"};
  BOOST_TEST(run({"restore", backups().at(0)}) == status_of(ErrorCode::declined));
  BOOST_TEST(said("It was taken from a different database, even if both have the same name.\n"), terminal.said);
  BOOST_TEST(site.asked("commit") == 0u);
  BOOST_TEST(run({"restore", backups().at(0), "--yes", "--other-site"}) == 0);
  BOOST_TEST(site.asked("commit") == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
