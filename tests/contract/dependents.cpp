// Tasks that wait for others, and deletions that take a part of them: who would run without what it waits for is
// counted, taken along, or spared; and at no statement does authentik's sweep find anything ready that is not.
#include <boost/test/unit_test.hpp>

#include "kept.hpp"
#include "queue/measure/dependent_counts.hpp"

using namespace akqueue;
using namespace akqueue::contract;

namespace {

constexpr const char* kWaits = "waiting_for_dependencies";

/// What authentik's sweep would queue: a waiting task of whose dependencies none is left that is not done.
constexpr const char* kReady =
    "SELECT count(*) FROM authentik_tasks_task AS t WHERE t.state = 'waiting_for_dependencies' AND NOT EXISTS"
    " (SELECT 1 FROM authentik_tasks_taskdependency AS d JOIN authentik_tasks_task AS o"
    " ON o.message_id = d.dependency_id WHERE d.task_id = t.message_id AND o.state <> 'done')";

struct Waiting : Kept {
  void depend(const std::string& task, const std::string& on) {
    write({"INSERT INTO authentik_tasks_taskdependency (task_id, dependency_id) VALUES ($1, $2)", {task, on}});
  }
  std::string waiting(const std::string& actor, const std::string& on) {
    const std::string id = insert_task({.actor = actor, .state = kWaits});
    depend(id, on);
    return id;
  }
  std::int64_t ready() { return session::integer(one({kReady})); }

  queue::DeletionPlan plan(const Choice& choice, queue::Dependents dependents, bool include_held = false) {
    queue::DeletionPlan made = orders(choice);
    made.selection.dependents = dependents;
    made.selection.takes_held = made.include_held = include_held;
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    made.expected = queue::count_selection(open, made.selection).total();
    return made;
  }
  queue::DependentCounts counts(const queue::DeletionPlan& plan) {
    const session::Database open = database();
    const session::Transaction transaction(*session, kReading);
    return queue::count_dependents(open, plan.selection);
  }
  std::vector<std::string> ids() {
    std::vector<std::string> all;
    for (const session::Value& row : read({"SELECT t.message_id FROM authentik_tasks_task AS t ORDER BY t.message_id"}))
      all.push_back(session::text(row.at(0)));
    return all;
  }

  /// An expression: the id of the task `number` that insert_many() makes.
  static std::string id_of(const std::string& number) {
    return "CAST('0aaaaaaa-0000-4000-8000-' || substr(CAST(1000000000000 + " + number + " AS text), 2) AS uuid)";
  }

  static constexpr int kFinishedOnes = 20;

  /// Chains of three across the whole table, in both directions of its pages, some of them with something done or
  /// rejected among what is waited for. The actors are `a` (awaited), `b` (waits for an `a`) and `c` (waits for a `b`).
  void insert_chains(int count) {
    insert_many(3 * count, "a", 1);
    const std::string all = std::to_string(count);
    const std::string chains =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + all + ") SELECT ";
    const std::string middle = id_of("i + " + all);
    const std::string odd_end = id_of("i + (i % 2) * 2 * " + all);
    const std::string even_end = id_of("i + (1 - i % 2) * 2 * " + all);
    const std::string wait = "UPDATE authentik_tasks_task SET state = 'waiting_for_dependencies', actor_name = ";
    write({wait + "'b' WHERE message_id IN (" + chains + middle + " FROM n)"});
    write({wait + "'c' WHERE message_id IN (" + chains + odd_end + " FROM n)"});
    const std::string edge = "INSERT INTO authentik_tasks_taskdependency (task_id, dependency_id) ";
    write({edge + chains + middle + ", " + even_end + " FROM n"});
    write({edge + chains + odd_end + ", " + middle + " FROM n"});
    for (int i = 1; i <= kFinishedOnes; ++i) {
      const std::string finished = insert_task({.actor = "finished", .state = i % 2 == 0 ? "done" : "rejected"});
      write({edge + "SELECT " + id_of(std::to_string(i + count)) + ", CAST($1 AS uuid)", {finished}});
    }
  }

  /// Runs the sweep from a session of its own before each statement of this one.
  template <class Deed>
  auto swept(const Deed& deed) {
    const session::Opened other = peer.open();
    int sweeps = 0;
    std::int64_t found = 0;
    session->on_statement([&](const session::Statement&) {
      const session::Transaction transaction(*other.session, kReading);
      found += session::integer(other.session->rows({kReady}).at(0).at(0));
      ++sweeps;
    });
    auto result = deed();
    session->on_statement({});
    BOOST_TEST(sweeps > 10);
    BOOST_TEST(found == 0, "the sweep found " << found << " tasks ready in " << sweeps << " looks");
    BOOST_TEST(ready() == 0);
    return result;
  }

  /// Deletes by a plan into a backup, under the sweep.
  queue::DeletionResult swept_deletion(queue::DeletionPlan given) {
    fs::remove(path());
    backup::BackupWriter writer(path(), header(), true);
    given.sink = &writer;
    const queue::DeletionResult result = swept([&] { return run(given); });
    writer.finish("complete");
    return result;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dependents, Waiting)

BOOST_AUTO_TEST_CASE(who_would_run_without_is_counted) {
  if (!offers(kDependencyTable)) return;
  const std::string awaited = insert_task({.actor = "a"});
  const std::string second = insert_task({.actor = "a"});
  const std::string direct = waiting("b", awaited);
  depend(direct, second);
  waiting("c", direct);
  const std::string done = insert_task({.actor = "a", .state = "done"});
  waiting("d", done);  // ready as it is
  const std::string held = insert_task({.actor = "a", .state = "running"});
  worker.hold(held);
  waiting("e", held);                            // what is held stays
  depend(insert_task({.actor = "f"}), awaited);  // waits no more
  using queue::Dependents;
  const auto counted = [&](const Choice& choice, Dependents dependents, bool include_held = false) {
    const queue::DependentCounts found = counts(plan(choice, dependents, include_held));
    return std::array{found.left, found.along, found.kept};
  };
  using Numbers = std::array<std::int64_t, 3>;
  BOOST_TEST((counted({.actors = {"a"}}, Dependents::left) == Numbers{1, 0, 0}));
  BOOST_TEST((counted({.actors = {"a"}}, Dependents::left, true) == Numbers{2, 0, 0}));
  BOOST_TEST((counted({.actors = {"a"}}, Dependents::along) == Numbers{0, 2, 0}));
  BOOST_TEST((counted({.actors = {"a"}}, Dependents::along, true) == Numbers{0, 3, 0}));
  BOOST_TEST((counted({.actors = {"a"}}, Dependents::kept) == Numbers{0, 0, 3}));
  BOOST_TEST((counted({.actors = {"a", "b"}}, Dependents::kept) == Numbers{0, 0, 4}), "the whole group is kept");
  BOOST_TEST((counted({.actors = {"a", "b", "c"}}, Dependents::kept) == Numbers{0, 0, 1}));
  BOOST_TEST((counted({.actors = {"c"}}, Dependents::left) == Numbers{0, 0, 0}));
  BOOST_TEST((counted({}, Dependents::left) == Numbers{0, 0, 0}));
  BOOST_TEST(plan({.actors = {"a"}}, Dependents::along).expected == 4 + 2);
  BOOST_TEST(plan({.actors = {"a"}}, Dependents::kept).expected == 1);
}

BOOST_AUTO_TEST_CASE(a_release_without_dependencies_has_none_to_count) {
  if (release().has(kDependencyTable)) return;
  insert_task({.actor = "a"});
  for (const auto dependents : {queue::Dependents::left, queue::Dependents::along, queue::Dependents::kept}) {
    const queue::DeletionPlan given = plan({.actors = {"a"}}, dependents);
    BOOST_TEST(given.expected == 1);
    const queue::DependentCounts found = counts(given);
    BOOST_TEST(found.left + found.along + found.kept == 0);
  }
  check_complete(run(plan({.actors = {"a"}}, queue::Dependents::along)), 1);
}

BOOST_AUTO_TEST_CASE(what_waits_goes_along_and_nothing_looks_ready_meanwhile) {
  if (!offers(kDependencyTable)) return;
  constexpr int kChains = 1000;
  insert_chains(kChains);
  const auto before = everything();
  const queue::DeletionResult result = swept_deletion(plan({.actors = {"a"}}, queue::Dependents::along));
  check_complete(result, 3 * kChains);
  BOOST_TEST(result.other_rows.dependencies == 2 * kChains + kFinishedOnes);
  BOOST_TEST(result.other_rows.logs == log_rows(3 * kChains));
  BOOST_TEST(result.awaited + result.locked + result.held + result.remaining == 0);
  BOOST_TEST(tasks("actor_name <> 'finished'") == 0);
  const queue::RestoreResult back = swept([&] { return bring_back(); });
  BOOST_TEST(backup::total(back.restored) == 3 * kChains);
  BOOST_TEST((back.other_rows == result.other_rows));
  BOOST_TEST((everything() == before));
}

BOOST_AUTO_TEST_CASE(what_is_waited_for_is_kept_and_nothing_looks_ready_meanwhile) {
  if (!offers(kDependencyTable)) return;
  constexpr int kChains = 400;
  insert_chains(kChains);
  insert_many(2500, "a", 0, "0bbbbbbb");
  const queue::DeletionResult result = swept_deletion(plan({.actors = {"a", "b"}}, queue::Dependents::kept));
  check_complete(result, 2500);
  BOOST_TEST(result.awaited == 2 * kChains);
  BOOST_TEST(result.locked + result.held == 0);
  BOOST_TEST(tasks("actor_name <> 'finished'") == 3 * kChains);
  BOOST_TEST(count(kDependencyTable) == 2 * kChains + kFinishedOnes);
}

BOOST_AUTO_TEST_CASE(all_of_it_goes_and_nothing_looks_ready_meanwhile) {
  if (!offers(kDependencyTable)) return;
  insert_chains(600);
  const std::int64_t all = tasks();
  const auto before = everything();
  check_complete(swept_deletion(plan({}, queue::Dependents::left)), all);
  const queue::RestoreResult back = swept([&] { return bring_back(); });
  BOOST_TEST(backup::total(back.restored) == all);
  BOOST_TEST((everything() == before));
}

/// More ids than one statement takes: what waits in one piece for a task of another goes as well.
BOOST_AUTO_TEST_CASE(pieces_of_a_long_list_of_ids_belong_together) {
  if (!offers(kDependencyTable)) return;
  constexpr int kChains = 1800;
  insert_chains(kChains);
  Choice choice{.ids = ids()};
  check_complete(swept_deletion(plan(choice, queue::Dependents::left)), static_cast<std::int64_t>(choice.ids.size()));
  BOOST_TEST(tasks() == 0);
  BOOST_TEST(backup::total(swept([&] { return bring_back(); }).restored) ==
             static_cast<std::int64_t>(choice.ids.size()));
  const queue::DeletionPlan kept = plan(choice, queue::Dependents::kept);
  BOOST_TEST(kept.expected == static_cast<std::int64_t>(choice.ids.size()));
  const queue::DeletionPlan along =
      plan({.ids = {choice.ids.begin(), choice.ids.begin() + 1}}, queue::Dependents::along);
  BOOST_TEST(along.expected == 3);
  check_complete(swept_deletion(along), 3);
}

/// It came after the preview: it is not taken along, and what it waits for is spared.
BOOST_AUTO_TEST_CASE(who_begins_to_wait_after_the_preview_does_not_lose_it) {
  if (!offers(kDependencyTable)) return;
  const std::string awaited = insert_task({.actor = "a"});
  insert_task({.actor = "a"});
  waiting("b", awaited);
  const queue::DeletionPlan given = plan({.actors = {"a"}}, queue::Dependents::along);
  waiting("late", awaited);
  const queue::DeletionResult result = swept_deletion(given);
  check_complete(result, 2);
  BOOST_TEST(result.awaited == 1);
  BOOST_TEST(result.locked == 0);
  BOOST_TEST(tasks() == 2);
}

BOOST_AUTO_TEST_CASE(a_circle_of_waiting_tasks_goes_whole) {
  if (!offers(kDependencyTable)) return;
  const std::string one = insert_task({.actor = "a", .state = kWaits});
  const std::string two = waiting("b", one);
  depend(one, two);
  const queue::DeletionPlan kept = plan({.actors = {"a"}}, queue::Dependents::kept);
  BOOST_TEST(kept.expected == 0);
  check_complete(run(plan({.actors = {"a"}}, queue::Dependents::along)), 2);
  BOOST_TEST(tasks() == 0);
}

/// An index keeps out what is waited for: who waits for it does not come back without it.
BOOST_AUTO_TEST_CASE(who_waits_for_what_an_index_keeps_out_waits_in_the_backup) {
  if (!offers(kDependencyTable)) return;
  const std::string awaited = insert_task({.actor = "a", .uid = "same"});
  const std::string direct = waiting("b", awaited);
  insert_log({.task = direct});
  waiting("c", direct);
  swept_deletion(plan({}, queue::Dependents::left));
  const std::string twin = insert_task({.actor = "a", .uid = "same"});
  write({"CREATE UNIQUE INDEX akqueue_one_uid ON authentik_tasks_task (_uid)"});
  const queue::RestoreResult part = swept([&] { return bring_back(); });
  write({"DROP INDEX akqueue_one_uid"});
  BOOST_TEST(backup::total(part.restored) == 0);
  BOOST_TEST(part.conflicting == 1);
  BOOST_TEST(part.waiting == 2);
  BOOST_TEST(part.missing() == 3);
  BOOST_TEST(part.other_rows.total() == 0);
  BOOST_TEST(logs() == 0);
  BOOST_TEST(backup::total(swept([&] { return bring_back(); }).restored) == 3);
}

BOOST_AUTO_TEST_SUITE_END()
