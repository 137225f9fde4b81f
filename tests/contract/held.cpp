// Dialect::held(): a taken row whose key a live worker has, against the orphan of one that died.
#include <boost/test/unit_test.hpp>

#include "queue.hpp"
#include "queue/measure/sample.hpp"
#include "queue/measure/status.hpp"
#include "queue/measure/workers.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

struct Holding : EmptyQueue {
  std::vector<std::string> held() {
    std::vector<std::string> ids;
    for (const session::Value& row : read({"SELECT t.message_id FROM authentik_tasks_task AS t WHERE " +
                                           dialect->held("t") + " ORDER BY t.message_id"})) {
      ids.push_back(session::text(row.at(0)));
    }
    return ids;
  }
};

using Ids = std::vector<std::string>;
constexpr const char* kExample = "11111111-2222-4333-8444-555555555555";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(held_rows, Holding)

BOOST_AUTO_TEST_CASE(nobody_holds_an_orphan) {
  insert_task({.state = "running"});
  insert_task({.state = "consumed"});
  BOOST_TEST(held() == Ids(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_row_that_a_worker_has_and_no_other) {
  const std::string mine = insert_task({.state = "running"});
  insert_task({.state = "running"});
  worker.hold(mine);
  BOOST_TEST(held() == Ids{mine}, boost::test_tools::per_element());
  worker.die();
  BOOST_TEST(held() == Ids(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(holders_are_counted) {
  const auto seen = [&] {
    const session::Transaction transaction(*session, {.read_only = true});
    return queue::read_workers(database(), transaction.now());
  };
  insert_worker("authentik-worker-0", 5);
  for (int i = 0; i < 3; ++i) worker.hold(insert_task({.state = i == 2 ? "consumed" : "running"}));
  insert_task({.state = "running"});
  insert_task({.state = "queued"});
  BOOST_TEST(seen().held_in_all() == 3);
  BOOST_TEST(seen().held.size() == 1u);
  BOOST_TEST(seen().queued == 1);
  worker.die();
  BOOST_TEST(seen().held_in_all() == 0);
}

/// No sign of life for a minute and a half, as behind a pooler: the locks are nobody's.
BOOST_AUTO_TEST_CASE(locks_that_outlive_every_worker) {
  const std::string silent = insert_worker("silent", 100);
  for (int i = 0; i < 3; ++i) worker.hold(insert_task({.state = i == 2 ? "consumed" : "running"}));
  worker.hold(insert_task({.state = "queued"}));  // 2026.8 locks one for an instant while it looks for work
  insert_task({.state = "running"});
  insert_task({.state = "postprocess", .age_s = 5});
  const auto taken = [&] {
    const session::Transaction transaction(*session, {.read_only = true});
    return queue::read_status(database(), transaction.now());
  };
  const queue::QueueStatus gone = taken();
  BOOST_TEST(gone.held == 0);
  BOOST_TEST(gone.stranded == 3);
  BOOST_TEST(gone.ending == 0);
  BOOST_TEST(gone.orphaned == 2);
  const auto workers = [&] {
    const session::Transaction transaction(*session, {.read_only = true});
    return queue::read_workers(database(), transaction.now());
  };
  BOOST_TEST(workers().held_in_all() == 0);
  BOOST_TEST(workers().stranded == 3);
  queue::Sampler sampler(database(), {}, false);
  BOOST_TEST(sampler.take({}).held.value() == 0);
  BOOST_TEST(sampler.take({}).stranded.value() == 3);

  worker.live(silent, "silent");
  const queue::QueueStatus alive = taken();
  BOOST_TEST(alive.held == 3);
  BOOST_TEST(alive.stranded == 0);
  BOOST_TEST(alive.ending == 1);
  BOOST_TEST(alive.orphaned == 1);
  BOOST_TEST(workers().held_in_all() == 3);
  BOOST_TEST(sampler.take({}).held.value() == 3);
}

/// Behind a pooler nothing tells whose a lock is; but a worker has taken only so many.
BOOST_AUTO_TEST_CASE(more_is_locked_than_workers_can_have) {
  worker.live(insert_worker("lives", 5), "lives");
  insert_worker("dead", 300);
  for (int i = 0; i < 5; ++i) worker.hold(insert_task({.state = "running"}));
  const auto sampled = [&](std::optional<std::int64_t> most) {
    queue::Sampler sampler(database(), {}, false, queue::Sampler::Limits{.most_held_each = most});
    const queue::Sample sample = sampler.take({});
    return std::pair(sample.held.value(), sample.stranded.value());
  };
  const auto workers = [&](std::optional<std::int64_t> most) {
    const session::Transaction transaction(*session, {.read_only = true});
    const queue::WorkersSeen seen = queue::read_workers(database(), transaction.now(), most);
    return std::pair(seen.held_in_all(), seen.stranded);
  };
  for (const auto& [most, stranded] : {std::pair(2, 3), std::pair(5, 0), std::pair(9, 0)}) {
    BOOST_TEST((sampled(most) == std::pair(std::int64_t{5} - stranded, std::int64_t{stranded})));
    BOOST_TEST((workers(most) == std::pair(std::int64_t{5} - stranded, std::int64_t{stranded})));
  }
  BOOST_TEST((sampled(std::nullopt) == std::pair(std::int64_t{5}, std::int64_t{0})));
  BOOST_TEST((workers(std::nullopt) == std::pair(std::int64_t{5}, std::int64_t{0})));
}

/// Their pods are gone, whatever the last heartbeat says; until one reports that came back.
BOOST_AUTO_TEST_CASE(workers_that_are_gone_hold_nothing) {
  insert_worker("gone", 5);
  worker.hold(insert_task({.state = "running"}));
  session::Database without = database();
  without.workers_gone = true;
  queue::Sampler sampler(without, {}, false);
  BOOST_TEST(sampler.take({}).held.value() == 0);
  BOOST_TEST(sampler.take({}).stranded.value() == 1);
  insert_worker("came", -30);
  BOOST_TEST(sampler.take({}).held.value() == 1);
  BOOST_TEST(sampler.take({}).stranded.value() == 0);
}

BOOST_AUTO_TEST_CASE(many_at_once_in_several_queues) {
  Ids wanted;
  for (int i = 0; i < 12; ++i) {
    const std::string queue = i % 3 == 0 ? "default.DQ" : i % 3 == 1 ? "default" : "ä queue";
    const std::string id = insert_task({.queue = queue, .state = "running"});
    if (i % 2 == 0) continue;
    worker.hold(id, queue);
    wanted.push_back(id);
  }
  BOOST_TEST(held() == wanted, boost::test_tools::per_element());
}

/// queue-facts' worked example: 1974044843751159782, classid 459618131, objid 2457516006.
BOOST_AUTO_TEST_CASE(the_worked_example_of_the_key) {
  insert_task({.id = kExample, .state = "running"});
  worker.hold(kExample);
  BOOST_TEST(held() == Ids{kExample}, boost::test_tools::per_element());
  if (!peer.is_postgres()) return;  // the replica's locks are rows and have no key
  const auto rows =
      read({"SELECT CAST(l.classid AS bigint), CAST(l.objid AS bigint), CAST(l.objsubid AS bigint)"
            " FROM pg_locks AS l WHERE l.locktype = 'advisory'"});
  BOOST_REQUIRE_EQUAL(rows.size(), 1U);
  BOOST_TEST(rows[0] == session::Value::array({459618131LL, 2457516006LL, 1}));
}

/// PostgreSQL only: other users of advisory locks must not look like workers.
BOOST_AUTO_TEST_CASE(other_advisory_locks_hold_nothing) {
  if (!peer.is_postgres()) {
    BOOST_TEST_MESSAGE("the replica has no advisory locks");
    return;
  }
  insert_task({.id = kExample, .state = "running"});
  session::Session& other = worker.connection();
  {
    const session::Transaction transaction(other, kWriting);
    other.rows({"SELECT pg_advisory_lock(42)"});
    // The same two halves, given as two keys: another space of locks (objsubid 2).
    other.rows({"SELECT pg_advisory_lock(459618131, CAST(2457516006 - 4294967296 AS integer))"});
  }
  BOOST_TEST(held() == Ids(), boost::test_tools::per_element());
  worker.hold(kExample, "another queue");
  BOOST_TEST(held() == Ids(), boost::test_tools::per_element());
  worker.hold(kExample);
  BOOST_TEST(held() == Ids{kExample}, boost::test_tools::per_element());
}

/// Keys with zero bytes and a high bit at either end: found among a few hundred ids, each must be recognised.
BOOST_AUTO_TEST_CASE(every_key_is_recognised) {
  insert_many(300, "many");
  write({"UPDATE authentik_tasks_task SET state = 'running'"});
  Ids wanted;
  for (const session::Value& row : read({"SELECT t.message_id FROM authentik_tasks_task AS t ORDER BY t.message_id"}))
    wanted.push_back(session::text(row.at(0)));
  for (const std::string& id : wanted) worker.hold(id);
  BOOST_TEST(held() == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
