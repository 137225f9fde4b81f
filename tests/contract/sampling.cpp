// The look that watch and wait take: counts, what changed since the look before, actors, what workers hold.
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "queue.hpp"
#include "queue/measure/trend.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

struct Sampling : EmptyQueue {
  queue::Sample look(const queue::TaskFilter& scope = {}, const queue::Sampler::Limits& limits = {},
                     std::optional<Timestamp> since = {}) {
    const session::Database open = database();
    return queue::Sampler(open, scope, false, limits).take(since);
  }
  static const queue::ActorSample* find(const queue::Sample& sample, const std::string& actor) {
    const auto found = std::ranges::find(sample.actors, actor, &queue::ActorSample::actor);
    return found == sample.actors.end() ? nullptr : &*found;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sampling, Sampling)

BOOST_AUTO_TEST_CASE(an_empty_table) {
  const queue::Sample sample = look();
  BOOST_TEST(sample.total() == 0);
  BOOST_TEST(sample.queued() == 0);
  BOOST_TEST(sample.actors.empty());
  BOOST_TEST(sample.held.value() == 0);
  BOOST_TEST(sample.workers_alive.value() == 0);
  BOOST_TEST(sample.now >= now());
  BOOST_TEST(sample.since == sample.now - queue::Sampler::kFirstWindowSeconds * kSecond);
}

BOOST_AUTO_TEST_CASE(what_there_is_and_what_changed) {
  insert_task({.actor = "a", .age_s = 100});
  insert_task({.actor = "a", .age_s = 5});
  insert_task({.actor = "b", .age_s = 5});
  insert_task({.actor = "b", .state = "done", .age_s = 5});
  insert_task({.actor = "c", .state = "rejected", .age_s = 7});
  insert_task({.actor = "c", .state = "done", .age_s = 500});
  insert_task({.actor = "c", .state = "future_state", .age_s = 5});
  const queue::Sample sample = look({}, {}, now() - 10 * kSecond);
  BOOST_TEST(sample.queued() == 3);
  BOOST_TEST(sample.in("future_state") == 1);
  BOOST_TEST(sample.done_or_rejected() == 3);
  BOOST_TEST(sample.unfinished() == 4);
  BOOST_TEST(sample.came == 2);
  BOOST_TEST(sample.put_back == 0);
  BOOST_TEST(sample.finished == 2);
  BOOST_TEST(!sample.estimated);
  BOOST_REQUIRE(find(sample, "a") != nullptr);
  BOOST_TEST(sample.actors.front().actor == "a");
  BOOST_TEST(sample.actors.front().queued == 2);
  BOOST_TEST(find(sample, "a")->came == 1);
  BOOST_TEST(find(sample, "b")->finished == 1);
  BOOST_TEST(find(sample, "c")->queued == 0);
}

BOOST_AUTO_TEST_CASE(another_try_is_no_arrival) {
  const std::string id = insert_task({.age_s = 5});
  insert_task({.age_s = 5});
  if (!offers(kTaskTable, "retries")) return;
  write({"UPDATE authentik_tasks_task SET retries = 2 WHERE message_id = $1", session::Value::array({id})});
  const queue::Sample sample = look();
  BOOST_TEST(sample.came == 1);
  BOOST_TEST(sample.put_back == 1);
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_ahead_counts_once) {
  insert_task({.age_s = -30});
  insert_task({.state = "done", .age_s = -30});
  const queue::Sample sample = look();
  BOOST_TEST(sample.queued() == 1);
  BOOST_TEST(sample.came == 0);
  BOOST_TEST(sample.finished == 0);
}

BOOST_AUTO_TEST_CASE(only_some_queues_or_actors) {
  insert_task({.actor = "a", .age_s = 5});
  insert_task({.queue = "other", .actor = "a", .age_s = 5});
  insert_task({.actor = "b", .state = "running", .age_s = 5});
  insert_task({.actor = "b", .state = "done", .age_s = 5});
  const queue::Sample queue = look({.queues = {"other"}});
  BOOST_TEST(queue.total() == 1);
  BOOST_TEST(queue.came == 1);
  BOOST_TEST(queue.taken == 0);
  const queue::Sample actor = look({.actors = {"b"}});
  BOOST_TEST(actor.total() == 2);
  BOOST_TEST(actor.finished == 1);
  BOOST_TEST(actor.taken == 1);
  BOOST_TEST(actor.came == 0);
  BOOST_TEST(look({.queues = {"default"}, .actors = {"a"}}).queued() == 1);
}

BOOST_AUTO_TEST_CASE(what_workers_hold_and_who_lives) {
  const std::string mine = insert_task({.state = "running"});
  insert_task({.state = "consumed"});
  worker.hold(mine);
  worker.live(insert_worker("alive", 5), "alive");
  insert_worker("dead", 3600);
  const queue::Sample sample = look();
  BOOST_TEST(sample.taken == 2);
  BOOST_TEST(sample.held.value() == 1);
  BOOST_TEST(sample.workers_alive.value() == 1);
}

BOOST_AUTO_TEST_CASE(large_tables_are_estimated) {
  insert_many(9000, "many");
  insert_many(900, "few", 0, "0bbbbbbb");
  analyze();
  const queue::Sampler::Limits small{.counts = {.exact_rows = 5000, .counted_up_to = 2000, .sampled_rows = 6000},
                                     .exact_actors = 5000};
  for (const queue::TaskFilter& scope : {queue::TaskFilter(), queue::TaskFilter{.actors = {"many", "few"}}}) {
    const queue::Sample sample = look(scope, small);
    BOOST_TEST(sample.queued_estimated == peer.is_postgres());
    BOOST_TEST(sample.actors_estimated == peer.is_postgres());
    BOOST_TEST(sample.queued() > 7000);
    BOOST_TEST(sample.queued() < 13'000);
    BOOST_REQUIRE(!sample.actors.empty());
    BOOST_TEST(sample.actors.front().actor == "many");
  }
}

BOOST_AUTO_TEST_CASE(looks_follow_each_other) {
  insert_many(20, "a");
  session::Database open = database();
  queue::Sampler sampler(open, {}, false);
  queue::Trend trend;
  trend.add(sampler.take(std::nullopt));
  write(
      {"UPDATE authentik_tasks_task SET state = 'done', mtime = now() WHERE message_id IN (SELECT t.message_id FROM "
       "authentik_tasks_task AS t LIMIT 5)"});
  insert_many(3, "b", 0, "0bbbbbbb");
  trend.add(sampler.take(trend.last().now));
  write({"DELETE FROM authentik_tasks_task WHERE state = 'queued'"});
  trend.add(sampler.take(trend.last().now));
  BOOST_TEST(trend.last().queued() == 0);
  BOOST_TEST(trend.totals().finished == 5);
  BOOST_TEST(trend.totals().came == 3);
  BOOST_TEST(trend.totals().removed == 18);
}

BOOST_AUTO_TEST_CASE(reads_only) {
  insert_task();
  look();
  const session::Database open = database();
  queue::Sampler sampler(open, {}, false);
  sampler.take(std::nullopt);
  BOOST_TEST(count("authentik_tasks_task") == 1);
  BOOST_TEST(failure_of([&] { sampler.take(std::nullopt); }).empty());  // no transaction stays open
}

BOOST_AUTO_TEST_SUITE_END()
