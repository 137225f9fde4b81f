// What holds a deletion back between its batches, on the database itself: a rate, and what others feel of it.
#include <boost/test/unit_test.hpp>
#include <thread>

#include "deletions.hpp"
#include "queue/change/brake.hpp"

using namespace akqueue;
using namespace akqueue::contract;
using namespace std::chrono_literals;

namespace {

/// A deletion of everything, whose waits the case makes up: the clock goes on by them, and by nothing else.
struct Braked : Deletions {
  queue::DeletionResult run(const queue::BrakeLimits& limits) {
    queue::Brake brake(limits, [this] { return now; });
    queue::DeletionPlan given = orders();
    given.brake = &brake;
    given.pause = [this](std::chrono::milliseconds time) {
      now += time;
      waited += time;
      ++waits;
      if (on_wait) on_wait();
    };
    given.progress = [this](const queue::Progress& progress) {
      if (!progress.brake.empty()) brake_words = progress.brake;
    };
    const session::Database open = database();
    return queue::delete_tasks(open, given);
  }

  queue::Brake::Clock::time_point now{1h};
  std::chrono::milliseconds waited{0};
  int waits = 0;
  std::function<void()> on_wait;
  std::string brake_words;
};

const queue::BrakeLimits kNone{.replica_lag = 0ms, .others_wait = 0ms};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(deletion_brakes, Braked, *boost::unit_test::label("once"))

BOOST_AUTO_TEST_CASE(rows_go_at_their_rate_with_no_transaction_open_meanwhile) {
  insert_many(9'000, "many", 1);
  on_wait = [&] { session->begin(kReading), session->rollback(); };  // refused if one were open
  queue::BrakeLimits limits = kNone;
  limits.rows_per_second = 3'000;
  check_complete(run(limits), 9'000);
  // Tasks and their logs, 18,000 rows: the first second's go at once.
  BOOST_TEST((waited >= 4s && waited <= 6s), waited.count());
  BOOST_TEST(brake_words == "held back by --max-rate");
}

BOOST_AUTO_TEST_CASE(without_limits_it_never_waits) {
  insert_many(5'000, "many");
  check_complete(run(kNone), 5'000);
  BOOST_TEST(waits == 0);
}

BOOST_AUTO_TEST_CASE(it_waits_until_an_old_transaction_is_over) {
  if (dialect->load().empty()) return;  // nobody else on the replica
  insert_many(5'000, "many");
  session::Opened other = peer.open();
  other.session->begin(kReading);
  other.session->rows({"SELECT 1"});
  std::this_thread::sleep_for(1500ms);
  on_wait = [&] {
    if (waits == 3) other.session->rollback();
  };
  queue::BrakeLimits limits = kNone;
  limits.transaction_age = 1s;
  check_complete(run(limits), 5'000);
  BOOST_TEST((waits >= 3 && waits <= 5), waits);
  BOOST_TEST(
      (brake_words.starts_with("held back, a transaction is open since ") && brake_words.ends_with(" (--max-age)")),
      brake_words);
}

/// Of what somebody else wants, and this session has locked.
BOOST_AUTO_TEST_CASE(how_long_others_wait_is_seen) {
  if (dialect->load().empty()) return;
  insert_many(1, "one");
  session->begin(kWriting);
  session->execute({"UPDATE authentik_tasks_task SET state = 'done'"});
  session::Opened other = peer.open();
  std::thread waits_for_it([&] {
    other.session->begin(kWriting);
    other.session->execute({"UPDATE authentik_tasks_task SET state = 'rejected'"});
    other.session->rollback();
  });
  std::int64_t waited_ms = 0;
  for (int look = 0; look < 100 && waited_ms < 300; ++look) {
    std::this_thread::sleep_for(50ms);
    waited_ms = session::integer(session->rows({dialect->load()}).at(0).at(1));
  }
  session->rollback();
  waits_for_it.join();
  BOOST_TEST(waited_ms >= 300);
  session->begin(kReading);
  BOOST_TEST(session::integer(session->rows({dialect->load()}).at(0).at(1)) == 0, "nobody does now");
  session->rollback();
}

BOOST_AUTO_TEST_SUITE_END()
