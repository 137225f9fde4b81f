// A backup whose batch failed, came damaged or ended unheard, and a file that is cut or changed: nothing is deleted
// that does not come back, and nothing comes back that was never deleted.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>

#include "kept.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

std::string failure_of_reading(const std::string& path) {
  return failure_of([&] { backup::BackupFile(path).check(); });
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(backup_faults, Kept, *boost::unit_test::label("once"))

BOOST_AUTO_TEST_CASE(a_batch_that_could_not_be_sealed_stays_in_the_table) {
  insert_many(9000, "a", 1);
  const queue::DeletionResult result = remove({}, false, [](Faulty& sink) { sink.fail_at = 2; });
  BOOST_TEST((result.ending == Ending::failed));
  const backup::BackupContents found = contents();
  BOOST_TEST(backup::total(found.tasks) == backup::total(result.deleted));
  BOOST_TEST(tasks() + backup::total(result.deleted) == 9000);
  BOOST_TEST(backup::total(bring_back().restored) == backup::total(result.deleted));
  BOOST_TEST(tasks() == 9000);
  BOOST_TEST(logs() == (database().referencing("authentik_tasks_tasklog") != nullptr ? 9000 : 0));
}

BOOST_AUTO_TEST_CASE(rows_that_came_damaged_do_no_harm_to_those_before) {
  insert_many(9000, "a", 1);
  const queue::DeletionResult result = remove({}, false, [](Faulty& sink) { sink.damaged_after = 1; });
  BOOST_TEST((result.ending == Ending::failed));
  BOOST_TEST(backup::total(result.deleted) > 0);
  BOOST_TEST(tasks() + backup::total(result.deleted) == 9000);
  const backup::BackupContents found = contents();
  BOOST_REQUIRE_EQUAL(found.batches.size(), 1u);
  BOOST_TEST(backup::total(bring_back().restored) == backup::total(result.deleted));
  BOOST_TEST(tasks() == 9000);
}

/// The code that restores reads each batch before it commits: what it does not take is not deleted.
BOOST_AUTO_TEST_CASE(rows_that_a_restoration_would_not_take_are_not_deleted) {
  insert_many(9000, "a", 1);
  const queue::DeletionResult result =
      remove({}, false, [](Faulty& sink) { sink.damaged_after = 1, sink.unnoticed = true; });
  BOOST_TEST((result.ending == Ending::failed));
  BOOST_REQUIRE(result.failure.has_value());
  BOOST_TEST((result.failure->code() == ErrorCode::damaged), result.failure->what());
  BOOST_TEST(backup::total(result.deleted) > 0);
  BOOST_TEST(tasks() + backup::total(result.deleted) == 9000);
  BOOST_TEST(backup::total(bring_back().restored) == backup::total(result.deleted));
  BOOST_TEST(tasks() == 9000);
}

BOOST_AUTO_TEST_CASE(batches_whose_fate_nobody_heard_are_told_apart) {
  insert_many(6000, "a");
  const queue::DeletionResult result = remove({}, true, [](Faulty& sink) { sink.forget = true; });
  BOOST_TEST(tasks() == 0);
  const backup::BackupContents found = contents();
  BOOST_TEST(!found.complete);
  BOOST_TEST((found.batches.front().fate == backup::BatchFate::uncertain));
  BOOST_TEST(found.batches.front().transaction.empty() == !peer.is_postgres());
  BOOST_TEST(backup::total(bring_back().restored) == backup::total(result.deleted));
}

BOOST_AUTO_TEST_CASE(a_batch_that_was_never_committed_brings_nothing_back) {
  insert_many(3000, "a");
  remove({}, true, [](Faulty& sink) {
    sink.fail_at = 1;
    sink.forget = true;
  });
  BOOST_TEST(tasks() == 3000);
  // A worker takes one meanwhile: it must not be brought back.
  write(
      {"DELETE FROM authentik_tasks_task WHERE message_id = (SELECT min(CAST(t.message_id AS text)) FROM "
       "authentik_tasks_task AS t)" +
       std::string(peer.is_postgres() ? "::uuid" : "")});
  const queue::RestoreResult result = bring_back();
  BOOST_TEST(backup::total(result.restored) == 0);
  const backup::BackupContents found = contents();
  BOOST_REQUIRE_EQUAL(found.batches.size(), 1u);
  BOOST_TEST(result.never_deleted == found.batches.front().tasks());
  BOOST_TEST(result.never_deleted > 0);
  BOOST_TEST(tasks() == 2999);
}

BOOST_AUTO_TEST_CASE(what_another_database_calls_aborted_comes_back_where_it_is_gone) {
  insert_many(3000, "a");
  remove({}, true, [](Faulty& sink) {
    sink.fail_at = 1;
    sink.forget = true;
  });
  BOOST_TEST(tasks() == 3000);
  const std::int64_t in_backup = contents().batches.front().tasks();
  write({"DELETE FROM authentik_tasks_task"});
  BOOST_TEST(backup::total(bring_back().restored) == in_backup);
}

BOOST_AUTO_TEST_CASE(what_is_left_of_a_batch_comes_back_after_a_part_of_it) {
  insert_many(2000, "a");
  remove({}, true, [](Faulty& sink) { sink.forget = true; });
  const backup::BackupContents found = contents();
  BOOST_TEST(backup::total(bring_back().restored) == 2000);
  write(
      {"DELETE FROM authentik_tasks_task WHERE message_id IN (SELECT t.message_id FROM authentik_tasks_task AS t LIMIT "
       "700)"});
  const auto again = [](queue::RestoreOrders& orders) { orders.partly_restored = true; };
  BOOST_TEST(backup::total(bring_back().restored) == (peer.is_postgres() ? 700 : 0));
  BOOST_TEST(backup::total(bring_back(again).restored) == (peer.is_postgres() ? 0 : 700));
  BOOST_TEST(bring_back(again).present == (peer.is_postgres() ? 2000 : 0));
  BOOST_TEST(tasks() == 2000);
}

BOOST_AUTO_TEST_CASE(every_truncated_file_is_a_shorter_backup_or_an_error) {
  insert_many(3000, "a");
  remove({}, true);
  std::ifstream whole(path(), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(whole)), {});
  const std::int64_t all = backup::total(contents().tasks);
  for (std::size_t length = 0; length < bytes.size(); length += 1 + bytes.size() / 97) {
    std::ofstream(path("cut"), std::ios::binary) << bytes.substr(0, length);
    const std::string failure = failure_of([&] {
      const backup::BackupContents found = contents("cut");
      BOOST_TEST(!found.complete);
      BOOST_TEST(backup::total(found.tasks) <= all);
    });
    BOOST_TEST((failure.empty() || failure == "damaged"), failure << " at " << length);
  }
}

BOOST_AUTO_TEST_CASE(a_changed_byte_is_noticed) {
  insert_many(200, "a");
  backup::BackupWriter writer(path("plain"), header(), false);
  queue::DeletionPlan given = orders();
  given.sink = &writer;
  run(given);
  writer.finish("complete");
  std::ifstream whole(path("plain"), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(whole)), {});
  BOOST_TEST(failure_of_reading(path("plain")).empty());
  const std::size_t rows = bytes.find('\n') + 1;
  const std::size_t sealed = bytes.find("{\"sealed\"");
  for (std::size_t at = rows; at < sealed; at += 211) {
    std::string changed = bytes;
    changed[at] = changed[at] == 'x' ? 'y' : 'x';
    std::ofstream(path("changed"), std::ios::binary) << changed;
    BOOST_TEST(failure_of_reading(path("changed")) == "damaged", at);
  }
  std::ofstream(path("changed"), std::ios::binary) << bytes << "[0,{}]\n";
  BOOST_TEST(failure_of_reading(path("changed")) == "damaged");
  std::ofstream(path("none"), std::ios::binary) << "hello\n";
  BOOST_TEST(failure_of_reading(path("none")) == "damaged");
  BOOST_TEST(failure_of_reading(path("missing")) == "system");
}

BOOST_AUTO_TEST_SUITE_END()
