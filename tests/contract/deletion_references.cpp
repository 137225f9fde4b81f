// delete_tasks() and tables that it has never heard of: handled with the task, or refused by name before anything is
// done.
#include "deletions.hpp"

using namespace akqueue;
using namespace akqueue::contract;

BOOST_FIXTURE_TEST_SUITE(deletion_references, Deletions)

BOOST_AUTO_TEST_CASE(rows_of_an_unknown_table_go_with_the_task_and_reach_the_sink) {
  const ExtraTable extra(*this, "akqueue_note",
                         "id text NOT NULL PRIMARY KEY, task_id uuid NOT NULL REFERENCES authentik_tasks_task "
                         "(message_id) DEFERRABLE INITIALLY DEFERRED");
  const std::string gone = insert_task({.actor = "a"});
  const std::string kept = insert_task({.actor = "b"});
  for (const auto& [id, task] : {std::pair("one", gone), std::pair("two", gone), std::pair("three", kept)}) {
    write({"INSERT INTO akqueue_note VALUES ($1, $2)", session::Value::array({id, task})});
  }
  insert_log({.task = gone});
  Books books;
  queue::DeletionPlan given = orders({.actors = {"a"}});
  given.sink = &books;
  const queue::DeletionResult result = run(given);
  check_complete(result, 1);
  BOOST_TEST(result.other_rows.total() == 2 + log_rows(1));
  BOOST_TEST(count("akqueue_note") == 1);
  BOOST_TEST(books.gone.contains("akqueue_note one"));
  BOOST_TEST(books.gone.contains("akqueue_note two"));
  BOOST_TEST(static_cast<std::int64_t>(books.gone.size()) == 3 + log_rows(1));
}

BOOST_AUTO_TEST_CASE(rows_that_the_database_would_cascade_reach_the_sink_first) {
  const ExtraTable extra(
      *this, "akqueue_child",
      "id text NOT NULL PRIMARY KEY, task_id uuid REFERENCES authentik_tasks_task (message_id) ON DELETE CASCADE");
  write({"INSERT INTO akqueue_child VALUES ('one', $1)", session::Value::array({insert_task()})});
  write({"INSERT INTO akqueue_child VALUES ('free', NULL)"});
  Books books;
  queue::DeletionPlan given = orders();
  given.sink = &books;
  const queue::DeletionResult result = run(given);
  check_complete(result, 1);
  BOOST_TEST(result.other_rows.total() == 1);
  BOOST_TEST(books.gone.contains("akqueue_child one"));
  BOOST_TEST(count("akqueue_child") == 1);
}

/// As 2026.8 has it: two keys to the task, and none of its own.
BOOST_AUTO_TEST_CASE(two_keys_of_one_table) {
  const ExtraTable extra(
      *this, "akqueue_dependency",
      "task_id uuid NOT NULL REFERENCES authentik_tasks_task (message_id) DEFERRABLE INITIALLY DEFERRED,"
      " depends_on_id uuid NOT NULL REFERENCES authentik_tasks_task (message_id) DEFERRABLE INITIALLY DEFERRED,"
      " PRIMARY KEY (task_id, depends_on_id)");
  const std::string a = insert_task({.actor = "a"});
  const std::string b = insert_task({.actor = "b"});
  const std::string c = insert_task({.actor = "c"});
  for (const auto& [task, on] : {std::pair(a, b), std::pair(b, a), std::pair(b, c), std::pair(a, a)}) {
    write({"INSERT INTO akqueue_dependency VALUES ($1, $2)", session::Value::array({task, on})});
  }
  const queue::DeletionResult result = run({.actors = {"a"}});
  check_complete(result, 1);
  BOOST_TEST(result.other_rows.total() == 3);
  BOOST_TEST(count("akqueue_dependency") == 1);
}

/// Of 2026.8 on: who waits for the task, and whom the task waits for.
BOOST_AUTO_TEST_CASE(dependencies_go_with_either_task) {
  if (!offers(kDependencyTable)) return;
  const std::string waiting = insert_task({.actor = "a", .state = "waiting_for_dependencies"});
  const std::string between = insert_task({.actor = "b", .state = "waiting_for_dependencies"});
  const std::string first = insert_task({.actor = "c"});
  const std::string other = insert_task({.actor = "d", .state = "waiting_for_dependencies"});
  for (const auto& [task, on] : {std::pair(waiting, between), std::pair(between, first), std::pair(other, first)}) {
    write({"INSERT INTO authentik_tasks_taskdependency (task_id, dependency_id) VALUES ($1, $2)",
           session::Value::array({task, on})});
  }
  Books books;
  queue::DeletionPlan given = orders({.actors = {"b"}});
  given.sink = &books;
  const queue::DeletionResult result = run(given);
  check_complete(result, 1);
  BOOST_TEST(result.other_rows.total() == 2);
  BOOST_TEST(result.other_rows.dependencies == 2);
  const auto went = [&](const std::string& task, const std::string& on) {
    const bool task_first = database().referencing(kDependencyTable)->primary_key.front() == "task_id";
    return books.gone.contains("authentik_tasks_taskdependency " + (task_first ? task + " " + on : on + " " + task));
  };
  BOOST_TEST(went(waiting, between));
  BOOST_TEST(went(between, first));
  BOOST_TEST(one({"SELECT d.task_id FROM authentik_tasks_taskdependency AS d"}) == session::Value(other));
  check_complete(run({.states = {"waiting_for_dependencies"}}), 2);
  BOOST_TEST(count(kDependencyTable) == 0);
  BOOST_TEST(tasks() == 1);
}

BOOST_AUTO_TEST_CASE(a_table_whose_rows_would_be_changed_is_refused) {
  const ExtraTable extra(
      *this, "akqueue_loose",
      "id integer NOT NULL PRIMARY KEY, task_id uuid REFERENCES authentik_tasks_task (message_id) ON DELETE SET NULL");
  check_refused("akqueue_loose");
}

BOOST_AUTO_TEST_CASE(a_table_two_steps_away_is_refused) {
  const ExtraTable near_by(
      *this, "akqueue_near",
      "id integer NOT NULL PRIMARY KEY, task_id uuid REFERENCES authentik_tasks_task (message_id)");
  {
    const ExtraTable far(*this, "akqueue_far",
                         "id integer NOT NULL PRIMARY KEY, near_id integer REFERENCES akqueue_near (id)");
    check_refused("akqueue_far");
  }
  if (!offers(kTaskLogTable)) return;
  const ExtraTable extra(*this, "akqueue_far",
                         "id integer NOT NULL PRIMARY KEY, log_id uuid REFERENCES authentik_tasks_tasklog (id)");
  check_refused("akqueue_far");
}

BOOST_AUTO_TEST_CASE(a_table_that_refers_to_itself_is_refused) {
  const ExtraTable extra(*this, "akqueue_tree",
                         "id integer NOT NULL PRIMARY KEY, task_id uuid REFERENCES authentik_tasks_task (message_id),"
                         " parent integer REFERENCES akqueue_tree (id)");
  check_refused("akqueue_tree");
}

BOOST_AUTO_TEST_CASE(a_key_of_several_columns_is_refused) {
  // A primary key of two columns can't be had on the task table, a unique index can.
  write({"CREATE UNIQUE INDEX akqueue_pair ON authentik_tasks_task (message_id, state)"});
  {
    const ExtraTable extra(*this, "akqueue_pairs",
                           "task_id uuid, state character varying, FOREIGN KEY (task_id, state) REFERENCES "
                           "authentik_tasks_task (message_id, state)");
    check_refused("akqueue_pairs");
  }
  write({"DROP INDEX akqueue_pair"});
}

BOOST_AUTO_TEST_SUITE_END()
