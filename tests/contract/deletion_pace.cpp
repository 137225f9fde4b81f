// How large delete_tasks() makes its batches: small where rows cost time, not where every batch does.
#include <chrono>
#include <thread>

#include "between.hpp"
#include "deletions.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

/// A peer at the end of a long line, each request is on its way for a while; or of a narrow one, each line and each row
/// of an answer is.
class FarProcess final : public Between {
 public:
  FarProcess(std::unique_ptr<system::Process> process, std::chrono::milliseconds way,
             std::chrono::milliseconds way_back = std::chrono::milliseconds(0))
      : Between(std::move(process)), way_(way), way_back_(way_back) {}
  void write(std::string_view bytes) override {
    std::this_thread::sleep_for(way_);
    Between::write(bytes);
  }
  std::optional<std::string_view> read_line(std::chrono::milliseconds patience) override {
    std::this_thread::sleep_for(way_back_);
    return Between::read_line(patience);
  }
  std::optional<std::string_view> read_bytes(std::size_t count, std::chrono::milliseconds patience) override {
    constexpr std::size_t kLine = 600;  // about a row
    std::this_thread::sleep_for(way_back_ * static_cast<int>(count / kLine));
    return Between::read_bytes(count, patience);
  }

 private:
  std::chrono::milliseconds way_;
  std::chrono::milliseconds way_back_;
};

/// A peer of which a database that is busy takes so long for each of its statements that deletes, whatever it deletes.
class BusyProcess final : public Between {
 public:
  BusyProcess(std::unique_ptr<system::Process> process, std::chrono::milliseconds busy)
      : Between(std::move(process)), busy_(busy) {}
  void write(std::string_view bytes) override {
    if (bytes.find("DELETE FROM") != std::string_view::npos) std::this_thread::sleep_for(busy_);
    Between::write(bytes);
  }

 private:
  std::chrono::milliseconds busy_;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(deletion_pace, Deletions, *boost::unit_test::label("once") * boost::unit_test::label("slow"))

BOOST_AUTO_TEST_CASE(a_long_line_does_not_make_the_batches_small) {
  insert_many(20'000, "many");
  const queue::DeletionPlan given = orders();
  // The requests of one batch take longer than a batch shall: smaller ones would only be more of them.
  const session::Opened far = open_through(
      [](auto process) { return std::make_unique<FarProcess>(std::move(process), std::chrono::milliseconds(40)); });
  const session::Database near = database();
  const queue::DeletionResult result = queue::delete_tasks({*far.session, near.catalog, near.dialect}, given);
  check_complete(result, 20'000);
  BOOST_TEST(result.batches < 40);
}

/// Whether it walks through the table or goes by ids.
BOOST_AUTO_TEST_CASE(a_batch_costs_one_round_trip) {
  for (const bool by_ids : {false, true}) {
    insert_many(20'000, "many", 1, by_ids ? "0aaaaaaa" : "0bbbbbbb");
    Choice choice;
    for (const session::Value& row :
         by_ids ? read({"SELECT t.message_id FROM authentik_tasks_task AS t"}) : std::vector<session::Value>())
      choice.ids.push_back(session::text(row.at(0)));
    queue::DeletionPlan given = orders(choice);
    Books books;
    given.sink = &books;
    int trips = 0;
    const session::Opened counted =
        open_through([&](auto process) { return std::make_unique<CountingProcess>(std::move(process), trips); });
    const session::Database near = database();
    trips = 0;
    const queue::DeletionResult result = queue::delete_tasks({*counted.session, near.catalog, near.dialect}, given);
    check_complete(result, 20'000);
    BOOST_TEST(result.batches >= 6);
    constexpr int kBeforeAndAfter = 10;  // how long the table is, the first BEGIN, what is left
    BOOST_TEST(trips <= result.batches + kBeforeAndAfter, trips << " trips for " << result.batches << " batches");
  }
}

BOOST_AUTO_TEST_CASE(a_narrow_line_makes_the_batches_small) {
  if (peer.is_postgres()) {
    BOOST_TEST_MESSAGE("how many rows are on a page is PostgreSQL's: the replica's steps are rows");
    return;
  }
  insert_many(3000, "many");
  queue::DeletionPlan given = orders();
  Books books;
  given.sink = &books;
  // A hundred rows, which is a tenth of the first step, take more than half a second: it must get below that.
  std::int64_t before = 0;
  std::int64_t smallest = 3000;
  given.progress = [&](const queue::Progress& progress) {
    if (progress.deleted > before) smallest = std::min(smallest, progress.deleted - before);
    before = progress.deleted;
  };
  given.stop = [&] { return smallest < 100 || before > 2000; };  // the last batch is small anyway
  const session::Opened narrow = open_through([](auto process) {
    return std::make_unique<FarProcess>(std::move(process), std::chrono::milliseconds(0), std::chrono::milliseconds(6));
  });
  const session::Database near = database();
  const queue::DeletionResult result = queue::delete_tasks({*narrow.session, near.catalog, near.dialect}, given);
  BOOST_TEST((result.ending == Ending::interrupted));
  BOOST_TEST(smallest < 100);
  BOOST_TEST(backup::total(result.deleted) + tasks() == 3000);
}

/// A transaction that takes longer than that time is followed by a smaller one.
BOOST_AUTO_TEST_CASE(a_busy_database_makes_the_batches_small) {
  insert_many(5000, "many");
  queue::DeletionPlan given = orders();
  given.expected = 2000;  // so few are swept up: pages that earlier cases have left empty are no batches
  std::vector<std::int64_t> batches;
  std::int64_t before = 0;
  given.progress = [&](const queue::Progress& progress) {
    if (progress.deleted > before) batches.push_back(progress.deleted - before);
    before = progress.deleted;
  };
  given.stop = [&] { return batches.size() == 4; };
  const session::Opened busy = open_through(
      [](auto process) { return std::make_unique<BusyProcess>(std::move(process), std::chrono::milliseconds(500)); });
  const session::Database near = database();
  const queue::DeletionResult result = queue::delete_tasks({*busy.session, near.catalog, near.dialect}, given);
  BOOST_TEST((result.ending == Ending::interrupted));
  BOOST_TEST_REQUIRE(batches.size() == 4u);
  BOOST_TEST(batches[3] * 4 < batches[0],
             batches[0] << " tasks in the first batch, " << batches[3] << " in the fourth");
}

/// The sync comes with every batch, whatever is in it: rows are not charged for it.
BOOST_AUTO_TEST_CASE(a_slow_disk_does_not_make_the_batches_small) {
  insert_many(20'000, "many");
  const auto batches_with = [&](std::chrono::milliseconds sync) {
    queue::DeletionPlan given = orders();
    Books books;
    books.on_seal = [&](const std::set<std::string>&) { std::this_thread::sleep_for(sync); };
    given.sink = &books;
    const queue::DeletionResult result = run(given);
    check_complete(result, 20'000);
    return result.batches;
  };
  const std::int64_t quick = batches_with(std::chrono::milliseconds(0));
  insert_many(20'000, "many", 0, "0bbbbbbb");
  const std::int64_t slow = batches_with(std::chrono::milliseconds(300));
  // Charged to the rows, each sync would have made the next batch smaller, down to one page.
  BOOST_TEST(slow <= 2 * quick, slow << " batches with a slow disk, " << quick << " with a quick one");
}

BOOST_AUTO_TEST_SUITE_END()
