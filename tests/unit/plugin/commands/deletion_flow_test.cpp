// A deletion from its line to its exit status: what is shown, asked, done, in which order, and how it ends.
#include <boost/test/unit_test.hpp>

#include "backup/history.hpp"
#include "backup/reader.hpp"
#include "commands/flushed.hpp"

using namespace akqueue;
using namespace akqueue::commands;
using namespace akqueue::testing;

namespace {

/// What a reader finds in the only backup.
backup::BackupContents only_backup(const FlushDesk& desk) {
  const std::vector<std::string> files = desk.backups();
  BOOST_REQUIRE(files.size() == 1u);
  return backup::BackupFile(files.front()).check();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(deletion_flow, FlushDesk)

BOOST_AUTO_TEST_CASE(a_no_leaves_everything_as_it_was) {
  terminal.answers = {"n"};
  BOOST_TEST(flush({}) == status_of(ErrorCode::declined));
  BOOST_TEST(said("This deletes 3 tasks: queued tasks in queue default, default.DQ or default.XQ.\n"), terminal.said);
  BOOST_TEST(said("authentik.tasks.mail"), terminal.said);
  BOOST_TEST(said("by state: 3 queued\ncontext prod, namespace sso, database authentik\nbackup: about "),
             terminal.said);
  BOOST_TEST(said("Delete 3 tasks? [y/N] error: declined; nothing was deleted\n"), terminal.said);
  BOOST_TEST(terminal.printed == "");
  BOOST_TEST(site.asked("execute") + site.asked("copy_out") + site.asked("commit") == 0u);
  BOOST_TEST(backups().empty());
  BOOST_TEST(backup::read_history(state).empty());
}

BOOST_AUTO_TEST_CASE(no_answer_is_a_no) {
  BOOST_TEST(flush({}) == status_of(ErrorCode::declined));
  terminal.terminal = false;
  BOOST_TEST(flush({}) == status_of(ErrorCode::refused));
  BOOST_TEST(said("error: this needs an answer and standard input is not a terminal; nothing was deleted\n"),
             terminal.said);
  BOOST_TEST(site.asked("commit") == 0u);
}

BOOST_AUTO_TEST_CASE(ctrl_c_at_the_question_is_a_no) {
  terminal.answers = {"y"};
  site.on("query SELECT CAST(c.changes AS text)", {after([&] { interrupts.seen = 1; }, rows_are({R"(["7"])"}))});
  BOOST_TEST(flush({}) == status_of(ErrorCode::interrupted));
  BOOST_TEST(said("error: interrupted; nothing was deleted\n"), terminal.said);
  BOOST_TEST(site.asked("commit") == 0u);
}

BOOST_AUTO_TEST_CASE(a_dry_run_looks_and_ends) {
  site.on("query SELECT t.message_id, t.actor_name, t.state, t.mtime",
          {rows_are({R"([")" + id("1") + R"(","authentik.tasks.mail","queued","2026-05-01T11:00:00.000000Z"])"})});
  BOOST_TEST(flush({"--dry-run"}) == 0);
  BOOST_TEST(printed("would delete 3 tasks: queued tasks in "), terminal.printed);
  BOOST_TEST(printed("some of them:\n"), terminal.printed);
  BOOST_TEST(printed(id("1") + "   authentik.tasks.mail   queued   60m\n"), terminal.printed);
  BOOST_TEST(!said("[y/N]"), terminal.said);
  BOOST_TEST(site.asked("begin") == 1u);
  BOOST_TEST(site.asked("commit") == 0u);
  BOOST_TEST(!std::filesystem::exists(state.backups()));
}

BOOST_AUTO_TEST_CASE(where_nothing_matches_nobody_is_asked) {
  site.on("query SELECT t.queue_name, t.actor_name, t.state, count(*), min", {Answer()});
  BOOST_TEST(flush({}) == 0);
  BOOST_TEST(terminal.printed == "no queued tasks in queue default, default.DQ or default.XQ: nothing to delete\n");
  BOOST_TEST(!said("[y/N]"), terminal.said);
}

BOOST_AUTO_TEST_CASE(a_yes_deletes_batch_by_batch_until_none_is_left) {
  terminal.answers = {"y"};
  BOOST_TEST(flush({"--reason", "ticket 7"}) == 0);
  BOOST_TEST(site.asked("commit") == 3u);  // the third finds nothing
  BOOST_TEST(printed("before 3, deleted 3, after 0\ndeleted 3 tasks and 0 log rows in "), terminal.printed);
  BOOST_TEST(printed(": complete\nbackup: " + backups().at(0)), terminal.printed);
  BOOST_TEST(printed("reason: ticket 7\nrefilling: "), terminal.printed);
  const backup::BackupContents kept = only_backup(*this);
  BOOST_TEST(kept.complete);
  BOOST_REQUIRE(kept.batches.size() == 2u);
  BOOST_TEST(kept.batches[0].tasks() == 2);
  BOOST_TEST((kept.batches[1].fate == backup::BatchFate::committed));
  const auto history = backup::read_history(state);
  BOOST_REQUIRE(history.size() == 1u);
  BOOST_TEST(history[0].reason == "ticket 7");
  BOOST_TEST(history[0].end.value().tasks == 3);
  BOOST_TEST((passed() == std::chrono::seconds(0)));
}

BOOST_AUTO_TEST_CASE(yes_asks_nothing_and_no_backup_keeps_nothing) {
  BOOST_TEST(flush({"--yes", "--no-backup"}) == 0);
  BOOST_TEST(!said("[y/N]"), terminal.said);
  BOOST_TEST(printed("no backup was written: there is no undo\n"), terminal.printed);
  BOOST_TEST(site.asked("copy_out") == 0u);
  BOOST_TEST(backups().empty());
}

BOOST_AUTO_TEST_CASE(a_whole_queue_wants_its_name) {
  terminal.answers = {"y"};
  BOOST_TEST(run({"flush"}) == status_of(ErrorCode::declined));
  BOOST_TEST(said("Type the queue's name, default, to delete 3 tasks: "), terminal.said);
  BOOST_TEST(site.asked("commit") == 0u);
  terminal.answers = {"default"};
  BOOST_TEST(run({"flush"}) == 0);
  BOOST_TEST(printed("deleted 3 tasks"), terminal.printed);
}

/// When COMMIT arrives, another reader finds the whole batch in the file, and the history's first line. How a batch
/// ended is written with the next one; the third has no rows.
BOOST_AUTO_TEST_CASE(a_batch_is_in_the_backup_before_its_commit) {
  std::vector<std::string> found;
  site.on(
      "commit", {after([&] {
        for (const backup::BackupBatch& batch : only_backup(*this).batches)
          found.push_back(std::to_string(batch.tasks()) + (batch.fate == backup::BatchFate::committed ? "" : ", open"));
        for (const backup::HistoryEntry& entry : backup::read_history(state))
          found.push_back(entry.end ? "over" : entry.command);
      })});
  BOOST_TEST(flush({"--yes"}) == 0);
  BOOST_TEST(found == (std::vector<std::string>{"2, open", "flush", "2", "1, open", "flush", "2", "1, open", "flush"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ctrl_c_between_two_batches_ends_after_the_one_that_runs) {
  site.on("commit", {after([&] { interrupts.seen = 1; })});
  BOOST_TEST(flush({"--yes"}) == status_of(ErrorCode::interrupted));
  BOOST_TEST(site.asked("commit") == 1u);
  BOOST_TEST(printed("before 3, deleted 2, after not counted\ndeleted 2 tasks and 0 log rows in "), terminal.printed);
  BOOST_TEST(printed(": interrupted\nbackup: "), terminal.printed);
  BOOST_TEST(printed("kubectl akqueue undo brings them back\n"), terminal.printed);
  BOOST_TEST(!printed("refilling"), terminal.printed);
  BOOST_TEST(!said("error: "), terminal.said);
  BOOST_TEST(backup::read_history(state).at(0).end.value().tasks == 2);
}

BOOST_AUTO_TEST_CASE(a_session_that_is_lost_in_a_commit_leaves_a_doubt) {
  site.on("commit", {Answer(), cut()});
  BOOST_TEST(flush({"--yes"}) == status_of(ErrorCode::partial));
  BOOST_TEST(printed("before 3, deleted 2, after not counted\n"
                     "in doubt: 1 task, whose commit was never confirmed; run it again to see\n"),
             terminal.printed);
  BOOST_TEST(said("error: the session was cut: the peer ended with status 137\n"), terminal.said);
  const backup::BackupContents kept = only_backup(*this);
  BOOST_TEST((kept.batches.at(0).fate == backup::BatchFate::committed));
  BOOST_TEST((kept.batches.at(1).fate == backup::BatchFate::uncertain));
}

BOOST_AUTO_TEST_CASE(a_session_that_is_lost_before_a_commit_leaves_none) {
  site.on("query SELECT b.state", {rows_are({R"(["queued","authentik.tasks.mail",2])"}), cut()});
  BOOST_TEST(flush({"--yes"}) == status_of(ErrorCode::partial));
  BOOST_TEST(site.asked("commit") == 1u);
  BOOST_TEST(!printed("in doubt"), terminal.printed);
  BOOST_TEST(printed("deleted 2 tasks"), terminal.printed);
  BOOST_TEST(only_backup(*this).batches.size() == 1u);
}

BOOST_AUTO_TEST_CASE(of_a_first_batch_that_fails_nothing_is_left_behind) {
  site.on("copy_out DELETE FROM", {fails(R"({"code":"sql","message":"permission denied","sqlstate":"42501"})")});
  BOOST_TEST(flush({"--yes"}) == status_of(ErrorCode::sql));
  BOOST_TEST(printed("before 3, deleted 0, after not counted\n"), terminal.printed);
  BOOST_TEST(said("error: permission denied (SQLSTATE 42501)\n"), terminal.said);
  BOOST_TEST(backups().empty());
}

BOOST_AUTO_TEST_CASE(a_lock_in_the_way_is_tried_again) {
  site.on("copy_out DELETE FROM", {fails(R"({"code":"sql","message":"lock timeout","sqlstate":"55P03"})"),
                                   rows_of({"1", "2"}), rows_of({"3"}), Answer()});
  BOOST_TEST(flush({"--yes"}) == 0);
  BOOST_TEST(printed("before 3, deleted 3, after 0\n"), terminal.printed);
}

/// What was locked and what went must be the same: otherwise something else has a hand in it.
BOOST_AUTO_TEST_CASE(a_batch_that_deletes_another_number_is_rolled_back) {
  site.on("query SELECT b.state", {rows_are({R"(["queued","authentik.tasks.mail",3])"})});
  BOOST_TEST(flush({"--yes"}) == status_of(ErrorCode::unsupported));
  BOOST_TEST(said("error: the database deleted 2 of the 3 tasks that were locked\n"), terminal.said);
  BOOST_TEST(site.asked("commit") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
