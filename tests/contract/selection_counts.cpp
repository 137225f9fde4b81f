// What `status` and `top` count.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "queue.hpp"
#include "queue/measure/status.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

struct CountingSelections : EmptyQueue {
  queue::SelectionCounts counts_of(const Choice& choice) {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    return queue::count_selection(open, {.filter = choice.filter(), .as_of = now()});
  }
  queue::QueueStatus status() {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    return queue::read_status(open, transaction.now());
  }
};

const queue::QueueState* find(const queue::QueueStatus& status, const std::string& queue, const std::string& state) {
  const auto found = std::ranges::find_if(status.states, [&](const queue::QueueState& one) {
    return one.count.queue == queue && one.count.state == state;
  });
  return found == status.states.end() ? nullptr : &*found;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(counting, CountingSelections)

BOOST_AUTO_TEST_CASE(an_empty_queue) {
  const queue::SelectionCounts nothing = counts_of({});
  BOOST_TEST(nothing.groups.empty());
  BOOST_TEST(nothing.total() == 0);
  const queue::QueueStatus empty = status();
  BOOST_TEST(empty.states.empty());
  BOOST_TEST(empty.heartbeats.workers.empty());
  BOOST_TEST(empty.held + empty.orphaned == 0);
  BOOST_TEST(!empty.oldest_queued().has_value());
}

BOOST_AUTO_TEST_CASE(groups_with_their_oldest_and_newest) {
  insert_task({.actor = "a", .age_s = 10});
  insert_task({.actor = "a", .age_s = 500});
  insert_task({.actor = "a", .state = "done", .age_s = 20});
  insert_task({.queue = "default.DQ", .actor = "a", .age_s = 30});
  insert_task({.actor = "b", .age_s = 40});
  const queue::SelectionCounts found = counts_of({});
  BOOST_TEST(found.total() == 5);
  BOOST_TEST(found.groups.size() == 4U);
  BOOST_TEST((found.by_state() == std::map<std::string, std::int64_t>{{"done", 1}, {"queued", 4}}));
  BOOST_TEST((found.by_actor() == std::vector<std::pair<std::string, std::int64_t>>{{"a", 4}, {"b", 1}}));
  const auto group = std::ranges::find_if(found.groups, [](const queue::Group& one) {
    return one.actor == "a" && one.queue == "default" && one.state == "queued";
  });
  BOOST_REQUIRE(group != found.groups.end());
  BOOST_TEST(group->tasks == 2);
  BOOST_TEST(group->oldest.value() == now() - 500 * kSecond);
  BOOST_TEST(group->newest.value() == now() - 10 * kSecond);
}

BOOST_AUTO_TEST_CASE(each_condition_of_the_filter) {
  insert_task({.queue = "default.XQ", .actor = "a", .state = "rejected", .age_s = 5});
  const std::string old = insert_task({.actor = "a", .age_s = 7200});
  insert_task({.actor = "it's \"b\" %_", .state = "done", .age_s = 60});
  BOOST_TEST(counts_of({.queues = {"default"}}).total() == 2);
  BOOST_TEST(counts_of({.queues = {"default", "default.XQ"}}).total() == 3);
  BOOST_TEST(counts_of({.states = {"rejected", "done"}}).total() == 2);
  BOOST_TEST(counts_of({.actors = {"it's \"b\" %_"}}).total() == 1);
  BOOST_TEST(counts_of({.actors = {"it's \"b\" %%"}}).total() == 0);
  BOOST_TEST(counts_of({.ids = {old, "ffffffff-1111-4111-8111-000000000000"}}).total() == 1);
  BOOST_TEST(counts_of({.older_than_s = 3600}).total() == 1);
  BOOST_TEST(counts_of({.states = {"queued"}, .actors = {"a"}, .older_than_s = 3600}).total() == 1);
  BOOST_TEST(counts_of({.states = {"done"}, .actors = {"a"}}).total() == 0);
}

BOOST_AUTO_TEST_CASE(the_age_is_compared_exactly) {
  insert_task({.age_s = 100});
  BOOST_TEST(counts_of({.older_than_s = 100}).total() == 0);
  BOOST_TEST(counts_of({.older_than_s = 99}).total() == 1);
}

/// By what was committed then, not by the times in the rows: their clocks may be ahead or behind.
BOOST_AUTO_TEST_CASE(what_came_or_changed_after_the_snapshot_is_told_apart) {
  insert_task({.actor = "there", .age_s = 10});
  insert_task({.actor = "ahead", .age_s = -300});
  const std::string changed = insert_task({.actor = "changed", .age_s = 10});
  const session::Database open = database();
  queue::Selection selection;
  {
    const session::Transaction transaction(*session, kReading);
    selection = queue::pin(open, {}, transaction.now());
    BOOST_TEST(queue::count_selection(open, selection).total() == 3);
  }
  insert_task({.actor = "late, with a clock behind", .age_s = 10});
  write({"UPDATE authentik_tasks_task SET actor_name = 'x' WHERE message_id = $1", {changed}});
  const session::Transaction transaction(*session, kReading);
  BOOST_TEST(queue::count_selection(open, selection).total() == 2);
  const queue::Remaining remaining = queue::count_remaining(open, selection);
  BOOST_TEST(remaining.now == 4);
  BOOST_TEST(remaining.previewed == 2);
  BOOST_TEST(queue::count_selection(open, {.as_of = now()}).total() == 4);
}

/// Somebody's transaction that is open when the preview looks, and commits afterwards.
BOOST_AUTO_TEST_CASE(what_was_not_yet_committed_then_is_told_apart) {
  if (!peer.is_postgres()) {
    BOOST_TEST_MESSAGE("SQLite has one writer at a time");
    return;
  }
  insert_task({.actor = "there"});
  const std::string id = insert_task({.actor = "open"});
  const session::Opened other = peer.open();
  other.session->begin(kWriting);
  other.session->execute({"UPDATE authentik_tasks_task SET state = state WHERE message_id = $1", {id}});
  insert_task({.actor = "later number, committed before"});
  const session::Database open = database();
  queue::Selection selection;
  {
    const session::Transaction transaction(*session, kReading);
    selection = queue::pin(open, {}, transaction.now());
    BOOST_TEST(queue::count_selection(open, selection).total() == 3);
  }
  other.session->commit();
  const session::Transaction transaction(*session, kReading);
  BOOST_TEST(queue::count_selection(open, selection).total() == 2);
}

BOOST_AUTO_TEST_CASE(held_ones_are_counted_beside) {
  insert_worker("authentik-worker-0", 5);
  const std::string mine = insert_task({.actor = "a", .state = "running"});
  const std::string consumed = insert_task({.actor = "b", .state = "consumed"});
  insert_task({.actor = "a", .state = "running"});
  const std::string queued = insert_task({.actor = "a"});
  for (const std::string& id : {mine, consumed, queued}) worker.hold(id);
  const queue::SelectionCounts found = counts_of({});
  BOOST_TEST(found.total() == 4);
  BOOST_TEST(found.held() == 2);  // a lock on a queued row is a worker's attempt, no more
  BOOST_TEST(counts_of({.actors = {"a"}}).held() == 1);
  const queue::QueueStatus seen = status();
  BOOST_TEST(seen.held == 2);
  BOOST_TEST(seen.orphaned == 1);
}

BOOST_AUTO_TEST_CASE(more_ids_than_one_statement_takes) {
  insert_many(2500, "many");
  Choice choice;
  for (const session::Value& row : read({"SELECT t.message_id FROM authentik_tasks_task AS t"}))
    choice.ids.push_back(session::text(row.at(0)));
  choice.ids.resize(2400);
  const queue::SelectionCounts found = counts_of(choice);
  BOOST_TEST(found.total() == 2400);
  BOOST_TEST(found.groups.size() == 1U);
  const session::Database open = database();
  const session::Transaction transaction(*session, kReading);
  BOOST_TEST(queue::count_remaining(open, {.filter = choice.filter(), .as_of = now()}).now == 2400);
}

BOOST_AUTO_TEST_CASE(status_splits_what_is_due_from_what_comes_later) {
  insert_task({.age_s = 400});
  insert_task({.age_s = 300, .eta_in_s = -60});
  insert_task({.age_s = 200, .eta_in_s = 600});
  insert_task({.age_s = 100, .eta_in_s = 1200});
  insert_task({.queue = "default.DQ", .age_s = 900, .eta_in_s = 300});
  insert_task({.state = "future_state", .age_s = 5000});
  const bool etas = offers(kTaskTable, "eta");  // where there are none, all is due
  const queue::QueueStatus seen = status();
  BOOST_TEST(seen.total() == 6);
  BOOST_TEST(seen.queued() == 5);
  BOOST_TEST(seen.queued_later() == (etas ? 3 : 0));
  BOOST_TEST(seen.oldest_queued().value() == now() - 900 * kSecond);
  BOOST_TEST((seen.next_eta() == (etas ? std::optional(now() + 300 * kSecond) : std::nullopt)));
  const queue::QueueState* queued = find(seen, "default", "queued");
  BOOST_REQUIRE(queued != nullptr);
  BOOST_TEST(queued->count.tasks == 4);
  BOOST_TEST(queued->count.later == (etas ? 2 : 0));
  BOOST_TEST((queued->count.next_eta == (etas ? std::optional(now() + 600 * kSecond) : std::nullopt)));
  BOOST_REQUIRE(find(seen, "default", "future_state") != nullptr);
  std::size_t tables = 1;
  for (const std::string_view table : {kTaskLogTable, kDependencyTable}) tables += release().has(table) ? 1 : 0;
  BOOST_REQUIRE_EQUAL(seen.tables.size(), tables);
  BOOST_TEST(seen.tables[0].table == "authentik_tasks_task");
  BOOST_TEST(seen.tables[0].bytes > 0);
}

BOOST_AUTO_TEST_CASE(heartbeats_last_seen_first) {
  insert_worker("dead", 3600, "2025.10.4");
  insert_worker("late", 80);
  insert_worker("fresh", 5);
  const queue::QueueStatus seen = status();
  BOOST_REQUIRE_EQUAL(seen.heartbeats.workers.size(), 3U);
  BOOST_TEST(seen.heartbeats.workers[0].hostname == "fresh");
  BOOST_TEST(seen.heartbeats.workers[2].hostname == "dead");
  BOOST_TEST(seen.heartbeats.workers[2].version == "2025.10.4");
  BOOST_TEST(seen.heartbeats.workers[0].recent);
  BOOST_TEST(seen.heartbeats.workers[1].recent);
  BOOST_TEST(!seen.heartbeats.workers[2].recent);
}

/// The lock that it keeps says at once that it died; the heartbeat only where locks don't tell.
BOOST_AUTO_TEST_CASE(who_lives) {
  const std::string killed = insert_worker("killed", 5);
  const std::string busy = insert_worker("busy", 3600);
  worker.live(busy, "busy");
  const auto seen = [&](bool locks_tell) {
    session::Database asked = database();
    asked.locks_tell = locks_tell;
    const session::Transaction transaction(*session, {.read_only = true});
    return queue::read_heartbeats(asked, transaction.now());
  };
  const auto living = [&](bool locks_tell) {
    std::vector<std::string> names;
    for (const queue::WorkerHeartbeat& one : seen(locks_tell).workers) {
      if (one.alive) names.push_back(one.hostname);
    }
    return names;
  };
  using Names = std::vector<std::string>;
  BOOST_TEST(living(true) == Names{"busy"}, boost::test_tools::per_element());
  BOOST_TEST(living(false) == Names{"killed"}, boost::test_tools::per_element());
  worker.live(killed, "killed");
  BOOST_TEST(living(true) == (Names{"killed", "busy"}), boost::test_tools::per_element());
  worker.die();
  BOOST_TEST(living(true) == Names(), boost::test_tools::per_element());
  BOOST_TEST(!seen(true).nobody_lives());  // one has reported just now
}

BOOST_AUTO_TEST_CASE(a_time_that_is_infinite_is_no_time) {
  insert_task();
  const bool etas = offers(kTaskTable, "eta");
  write({"UPDATE authentik_tasks_task SET mtime = '-infinity'"});
  if (etas) write({"UPDATE authentik_tasks_task SET eta = 'infinity'"});
  const queue::QueueStatus seen = status();
  BOOST_TEST(!seen.oldest_queued().has_value());
  BOOST_TEST(seen.queued_later() == (etas ? 1 : 0));
  BOOST_TEST(!seen.next_eta().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
