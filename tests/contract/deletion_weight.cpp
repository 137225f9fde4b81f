// Batches of delete_tasks() where tasks have large messages, or many rows in their log: what one transaction takes
// stays small, and a task that is too heavy by itself goes alone.
#include <algorithm>

#include "deletions.hpp"
#include "queue/change/batch_weight.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

/// The replica gives bytes as twice as many digits.
std::int64_t form_of_bytes() { return peer().is_postgres() ? 1 : 2; }

/// Weighs each batch.
class Scales final : public backup::BackupSink {
 public:
  void rows(const session::Table&, std::string_view tuples) override {
    bytes_ += static_cast<std::int64_t>(tuples.size());
  }
  void seal(const std::string&, std::int64_t rows) override {
    most_bytes = std::max(most_bytes, bytes_);
    most_rows = std::max(most_rows, rows);
  }
  void ended(bool, bool) noexcept override { bytes_ = 0; }

  std::int64_t most_bytes = 0;
  std::int64_t most_rows = 0;

 private:
  std::int64_t bytes_ = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(deletion_weight, Deletions, *boost::unit_test::label("once") * boost::unit_test::label("slow"))

BOOST_AUTO_TEST_CASE(large_messages_make_batches_of_few_tasks) {
  constexpr int kLarge = 5;
  constexpr std::int64_t kMessage = 6'000'000;
  insert_many(2500, "small");
  for (int i = 0; i < kLarge; ++i)
    insert_task({.actor = "large", .message = {{"b64", std::string(kMessage / 3 * 4, static_cast<char>('A' + i))}}});
  Choice by_ids;
  for (const bool ids : {false, true}) {
    queue::DeletionPlan given = orders(ids ? by_ids : Choice{.actors = {"large"}});
    Scales scales;
    given.sink = &scales;
    const queue::DeletionResult result = run(given);
    check_complete(result, kLarge);
    BOOST_TEST(result.locked + result.held + result.remaining == 0);
    BOOST_TEST(scales.most_bytes >= form_of_bytes() * 2 * kMessage);
    BOOST_TEST(scales.most_bytes < form_of_bytes() * 3 * kMessage);
    for (int i = 0; i < kLarge && !ids; ++i)
      by_ids.ids.push_back(insert_task(
          {.actor = "large", .message = {{"b64", std::string(kMessage / 3 * 4, static_cast<char>('A' + i))}}}));
  }
  BOOST_TEST(tasks() == 2500);
}

BOOST_AUTO_TEST_CASE(one_that_is_too_heavy_goes_alone) {
  const auto message = static_cast<std::size_t>(queue::kBatchBytes) / 3 * 4 + 400'000;
  const std::string heavy = insert_task({.message = {{"b64", std::string(message / 4 * 4, 'A')}}});
  insert_many(3000, "small");
  queue::DeletionPlan given = orders();
  Scales scales;
  given.sink = &scales;
  const queue::DeletionResult result = run(given);
  check_complete(result, 3001);
  BOOST_TEST(scales.most_bytes > queue::kBatchBytes);
  BOOST_TEST(scales.most_bytes < form_of_bytes() * (queue::kBatchBytes + 400'000));
  BOOST_TEST(tasks() == 0);
}

BOOST_AUTO_TEST_CASE(long_logs_make_batches_of_few_tasks) {
  constexpr int kLogs = 12'000;
  insert_many(5, "heavy", kLogs, "0bbbbbbb");
  insert_many(2500, "small");
  analyze();
  queue::DeletionPlan given = orders();
  Scales scales;
  given.sink = &scales;
  const queue::DeletionResult result = run(given);
  check_complete(result, 2505);
  BOOST_TEST(result.other_rows.total() == log_rows(5 * kLogs));
  BOOST_TEST(scales.most_rows >= log_rows(kLogs));
  BOOST_TEST(scales.most_rows < 2 * kLogs);
  BOOST_TEST(tasks() + logs() == 0);
}

/// A look at the log takes no time, and finds nothing where nothing is.
BOOST_AUTO_TEST_CASE(usual_logs_are_not_counted) {
  if (!has_logs()) return;
  insert_many(12'000, "many", 2);
  analyze();
  const session::Database open = database();
  const auto tables = queue::rows_to_delete_first(open.catalog);
  std::vector<queue::ReferencingRows> heavy;
  const session::Transaction transaction(*session, kReading);
  session->send(queue::ask_for_heavy_tasks(open, tables, heavy));
  session->await(session->awaited());
  BOOST_TEST(heavy.empty());
}

BOOST_AUTO_TEST_SUITE_END()
