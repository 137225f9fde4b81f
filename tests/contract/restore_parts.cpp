// restore() of a batch that would be a long transaction: it comes back in parts, and wherever that ends, each task is
// there once, with its log, and the sums say so.
#include "between.hpp"
#include "kept.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

constexpr int kInOneBatch = 6'000;

struct Divided : Kept {
  /// So many tasks with a log row each are in one batch of a backup, and not in the table.
  void remove_at_once() {
    insert_many(kInOneBatch, "many", 1);
    before = everything();
    {
      backup::BackupWriter writer(path(), header(), true);
      queue::DeletionPlan given = orders();
      given.sink = &writer;
      given.batch_time = std::chrono::seconds(60);
      run(given);
      writer.finish("complete");
    }
    BOOST_REQUIRE(tasks() == 0);
    largest = 0;
    for (const backup::BackupBatch& batch : contents().batches) largest = std::max(largest, batch.tasks());
    BOOST_REQUIRE(largest > 2'000);
    batches = static_cast<std::int64_t>(contents().batches.size());
  }

  void empty() {
    if (has_logs()) write({"DELETE FROM authentik_tasks_tasklog"});
    write({"DELETE FROM authentik_tasks_task"});
  }

  std::vector<std::string> before;
  std::int64_t largest = 0;
  std::int64_t batches = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(restore_parts, Divided)

BOOST_AUTO_TEST_CASE(a_large_batch_comes_back_in_several_transactions) {
  remove_at_once();
  std::vector<std::int64_t> steps;
  const queue::RestoreResult result = bring_back([&](queue::RestoreOrders& given) {
    given.progress = [&](const queue::Progress& progress) { steps.push_back(progress.deleted); };
  });
  BOOST_TEST(result.batches > batches);
  BOOST_TEST((result.restored == backup::Tally{{{"queued", "many"}, kInOneBatch}}));
  BOOST_TEST(result.other_rows.total() == log_rows(kInOneBatch));
  BOOST_TEST(result.missing() + result.present + result.passed_over + result.in_doubt + result.other_left == 0);
  BOOST_TEST(std::ranges::is_sorted(steps));
  BOOST_TEST(steps.back() == kInOneBatch);
  BOOST_TEST((everything() == before));
  const queue::RestoreResult again = bring_back();
  BOOST_TEST(backup::total(again.restored) == 0);
  BOOST_TEST(again.present == kInOneBatch);
}

BOOST_AUTO_TEST_CASE(a_dry_run_counts_all_parts) {
  remove_at_once();
  const queue::RestoreResult result = bring_back([](queue::RestoreOrders& given) { given.ways.dry_run = true; });
  BOOST_TEST(backup::total(result.restored) == kInOneBatch);
  BOOST_TEST(tasks() == 0);
}

BOOST_AUTO_TEST_CASE(what_is_there_and_what_is_not_chosen_are_counted_once) {
  remove_at_once();
  const queue::RestoreResult none =
      bring_back([](queue::RestoreOrders& given) { given.ways.selection.filter.actors = {"another"}; });
  BOOST_TEST(none.passed_over == kInOneBatch);
  BOOST_TEST(none.present == 0);
  BOOST_TEST(tasks() == 0);
  insert_many(100, "many", 1);
  const queue::RestoreResult result = bring_back();
  BOOST_TEST(backup::total(result.restored) == kInOneBatch - 100);
  BOOST_TEST(result.present == 100);
  BOOST_TEST(result.missing() + result.passed_over + result.other_left == 0);
  BOOST_TEST(tasks() == kInOneBatch);
}

BOOST_AUTO_TEST_CASE(a_session_that_is_cut_between_parts_tells_what_it_has_not_reached,
                     *boost::unit_test::label("once") * boost::unit_test::label("slow")) {
  remove_at_once();
  const session::Database near = database();
  for (const int number : {0, 2, 4}) {
    empty();
    session::Opened cut =
        open_through([&](auto process) { return std::make_unique<CutAtCommit>(std::move(process), number, true); });
    backup::BackupFile file(path());
    file.check();
    queue::RestoreOrders given;
    given.partly_restored = true;
    const queue::RestoreResult result = queue::restore({*cut.session, near.catalog, near.dialect}, file, given);
    const std::int64_t restored = backup::total(result.restored);
    BOOST_TEST((result.ending == Ending::failed));
    BOOST_TEST(restored + result.not_reached == kInOneBatch);
    BOOST_TEST(result.in_doubt > 0);
    BOOST_TEST(tasks() >= restored);
    BOOST_TEST(tasks() <= restored + result.in_doubt);
    const std::int64_t there = tasks();
    const queue::RestoreResult rest = bring_back([](queue::RestoreOrders& orders) { orders.partly_restored = true; });
    BOOST_TEST(backup::total(rest.restored) == kInOneBatch - there);
    BOOST_TEST(rest.present == there);
    BOOST_TEST((everything() == before));
  }
}

/// Somebody else is about to insert one of the tasks: the parts before it stay, and are not counted twice.
BOOST_AUTO_TEST_CASE(a_part_that_waits_too_long_is_tried_again,
                     *boost::unit_test::label("once") * boost::unit_test::label("slow")) {
  if (!peer.is_postgres()) {
    BOOST_TEST_MESSAGE("SQLite has one writer at a time");
    return;
  }
  remove_at_once();
  bring_back();
  AboutToInsert somebody;
  empty();
  somebody.insert();
  int waits = 0;
  const queue::RestoreResult result = bring_back([&](queue::RestoreOrders& given) {
    given.progress = [&](const queue::Progress& progress) { waits += progress.waiting_for_locks ? 1 : 0; };
  });
  BOOST_TEST(waits == 1);
  BOOST_TEST(result.batches > batches);
  BOOST_TEST(backup::total(result.restored) == kInOneBatch);
  BOOST_TEST(result.present == 0);
  BOOST_TEST(result.missing() == 0);
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_SUITE_END()
